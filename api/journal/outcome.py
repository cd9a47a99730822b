"""What a phone tells about a prompt: the body of an op of kind "prompt", the one body the server reads. Pure.

The body is JSON `{"prompt_id", "outcome", "until"?}`: a UUID, one of OUTCOMES, and an ISO 8601 instant or null.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, cast, get_args

Kind = Literal["answered", "snoozed", "declined"]
OUTCOMES: Final = frozenset(get_args(Kind))
BODY_MAX: Final = 512

_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


@dataclass(frozen=True, slots=True)
class Outcome:
    """`until` is aware and in UTC; None when the phone named no time."""

    prompt_id: str
    outcome: Kind
    until: datetime | None


def read(body: str) -> Outcome | None:
    """The outcome in a body, or None when there is none to be read. Never raises."""
    if len(body) > BODY_MAX:
        return None
    try:
        told = json.loads(body)
        return _outcome(told) if isinstance(told, dict) else None
    except (ValueError, OverflowError, RecursionError):
        return None


def _outcome(told: dict[str, Any]) -> Outcome | None:
    prompt_id, outcome, until = told.get("prompt_id"), told.get("outcome"), told.get("until")
    if told.keys() - {"prompt_id", "outcome", "until"} or not isinstance(prompt_id, str) or not _uuid(prompt_id):
        return None
    if not isinstance(outcome, str) or outcome not in OUTCOMES or not isinstance(until, str | None):
        return None
    return Outcome(prompt_id, cast(Kind, outcome), None if until is None else _instant(until))


def _instant(text: str) -> datetime:
    """Raises ValueError for a time without a zone, which would mean another instant on every machine."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(UTC)
