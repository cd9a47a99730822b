"""Prompts and rhythm over HTTP: a resident's own, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.clock import FrozenClock
from tests.cast import Cast
from tests.client import JsonClient

SignIn = Callable[..., JsonClient]


def test_the_first_rhythm_is_there_to_be_changed(client_for: SignIn, cast: Cast, frozen: FrozenClock) -> None:
    rita = client_for(cast.rita)
    rhythm = rita.get("/api/rhythm").json
    assert rhythm["quiet_from"] == "22:00"
    assert [(slot["weekday"], slot["time"], slot["protocol"]) for slot in rhythm["slots"]] == [
        (0, "18:30", "P10"),
        (2, "20:30", "P01"),
        (5, "10:00", "P02"),
    ]
    rhythm["slots"] = [{"weekday": 3, "time": "19:00", "protocol": "P01"}]
    rhythm["zone"] = "America/New_York"
    changed = rita.put("/api/rhythm", rhythm)
    assert (changed.status_code, changed.json) == (200, rhythm)
    assert rita.get("/api/rhythm").json == rhythm
    (prompt,) = rita.get("/api/prompts").json["prompts"]
    assert prompt["due_at"] == "2026-11-20T00:00:00.000Z"
    assert (prompt["protocol"], prompt["state"], prompt["why"]) == ("P01", "planned", "You chose this time.")


@pytest.mark.parametrize(
    "change",
    [
        {"slots": [{"weekday": 7, "time": "19:00", "protocol": "P01"}]},
        {"slots": [{"weekday": 0, "time": "24:00", "protocol": "P01"}]},
        {"slots": [{"weekday": 0, "time": "19:00\n", "protocol": "P01"}]},
        {"slots": [{"weekday": 0, "time": "23:00", "protocol": "P01"}]},
        {"slots": [{"weekday": 0, "time": "19:00", "protocol": "P06"}]},
        {"slots": [{"weekday": day, "time": "19:00", "protocol": "P01"} for day in range(5)]},
        {"zone": "Mars/Olympus"},
        {"paused_until": "someday"},
        {"cap": 9},
    ],
)
def test_a_rhythm_that_cannot_be_kept_is_refused(
    client_for: SignIn, cast: Cast, frozen: FrozenClock, change: dict[str, Any]
) -> None:
    rita = client_for(cast.rita)
    before = rita.get("/api/rhythm").json
    refused = rita.put("/api/rhythm", {**before, **change})
    assert (refused.status_code, refused.json["code"]) == (422, "invalid")
    assert set(refused.json["errors"]) == set(change)
    assert rita.get("/api/rhythm").json == before


def test_ask_me_now_makes_a_prompt_at_once(client_for: SignIn, cast: Cast, frozen: FrozenClock) -> None:
    rita = client_for(cast.rita)
    asked = rita.post("/api/prompts/ask-now", {"protocol": "P10"})
    assert asked.status_code == 201
    assert (asked.json["state"], asked.json["due_at"]) == ("open", "2026-11-19T12:00:00.000Z")
    assert asked.json in rita.get("/api/prompts").json["prompts"]
    assert rita.post("/api/prompts/ask-now", {}).status_code == 201
    assert rita.post("/api/prompts/ask-now", {"protocol": "P06"}).status_code == 422


def test_nobody_but_a_resident_has_prompts(client_for: SignIn, cast: Cast, anyone: JsonClient) -> None:
    for person in (cast.cal, cast.otto, cast.ada):
        for path in ("/api/prompts", "/api/rhythm"):
            assert client_for(person).get(path).status_code == 403
        assert client_for(person).post("/api/prompts/ask-now", {}).status_code == 403
    assert anyone.get("/api/prompts").status_code == 401


def test_residents_do_not_see_each_others_prompts(client_for: SignIn, cast: Cast, frozen: FrozenClock) -> None:
    client_for(cast.rita).post("/api/prompts/ask-now", {})
    assert client_for(cast.ravi).get("/api/prompts").json == {"prompts": []}
