"""The one body the server reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from api.journal.outcome import Outcome, read

PROMPT = "3f2b8c1e-7a64-4d0f-9b1e-0c5d2a7f6e10"


def test_an_outcome_is_read_with_its_time_in_utc() -> None:
    told = json.dumps({"prompt_id": PROMPT, "outcome": "snoozed", "until": "2026-11-19T14:00:00+02:00"})
    assert read(told) == Outcome(PROMPT, "snoozed", datetime(2026, 11, 19, 12, tzinfo=UTC))


@pytest.mark.parametrize("until", [{}, {"until": None}])
def test_an_outcome_needs_no_time(until: dict[str, None]) -> None:
    assert read(json.dumps({"prompt_id": PROMPT, "outcome": "answered", **until})) == Outcome(PROMPT, "answered", None)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "answered",
        "[]",
        "null",
        "[" * 500,
        "1" * 5000,
        '{"prompt_id": "p", "outcome": "answered"}',
        json.dumps({"prompt_id": PROMPT}),
        json.dumps({"prompt_id": PROMPT, "outcome": "ignored"}),
        json.dumps({"prompt_id": PROMPT, "outcome": ["answered"]}),
        json.dumps({"prompt_id": PROMPT, "outcome": "answered", "note": "in the clear"}),
        json.dumps({"prompt_id": PROMPT, "outcome": "snoozed", "until": 5}),
        json.dumps({"prompt_id": PROMPT, "outcome": "snoozed", "until": "2026-11-19T14:00:00"}),
        json.dumps({"prompt_id": PROMPT, "outcome": "snoozed", "until": "0001-01-01T00:00:00+14:00"}),
    ],
)
def test_anything_else_is_no_outcome(body: str) -> None:
    assert read(body) is None
