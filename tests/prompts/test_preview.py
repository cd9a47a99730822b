"""The preview of two weeks is exactly what happens, and nobody else reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from api import migrate
from api.clock import FrozenClock
from api.db import Base, engine_for, transaction
from api.people.models import Person
from api.prompts import choosing, hours, preview, services
from api.prompts.models import Prompt, Rhythm
from api.shifts.models import ShiftRow
from tests.cast import LONG_AGO, Cast
from tests.client import JsonClient
from tests.prompts.scenes import DAYS, GAPS, ZONES
from tests.prompts.steps import HOUR, NOON, open_due, planned, prompts_of, settle, thursday

SignIn = Callable[..., JsonClient]

clock_times = st.times().map(lambda at: f"{at:%H:%M}")
protocols = st.none() | st.sampled_from(sorted(GAPS))
slots = st.lists(
    st.fixed_dictionaries({"weekday": st.integers(0, 6), "time": clock_times, "protocol": protocols}),
    max_size=4,
    unique_by=lambda slot: slot["weekday"],
)
levels = st.dictionaries(st.sampled_from(sorted(GAPS)), st.sampled_from(["more", "usual", "less", "off"]))
starts = st.sampled_from(["2026-03-01", "2026-10-20", "2026-03-20", "2026-10-15", "2026-03-27", "2026-09-25"]).flatmap(
    lambda day: st.integers(0, 72).map(lambda h: datetime.fromisoformat(day).replace(tzinfo=UTC) + h * HOUR)
)
rhythms = st.fixed_dictionaries(
    {
        "slots": slots,
        "quiet_from": clock_times,
        "quiet_to": clock_times,
        "protocols": levels,
        "weekly_cap": st.integers(1, 4),
        "after_shift": st.booleans(),
        "during_shift": st.booleans(),
        "post_call_h": st.integers(0, 24),
        "misses": st.sampled_from([0, 0, 2, 4]),
        "chosen": st.booleans(),
    }
)
work = st.lists(
    st.tuples(st.integers(-30, 24 * 14), st.integers(3, 30), st.sampled_from(["shift", "night", "off"])), max_size=8
)
ahead = st.none() | st.integers(-2, 9)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One database for all of Hypothesis' people."""
    path: Path = tmp_path_factory.mktemp("preview") / "handrail.sqlite"
    engine = engine_for(f"sqlite:///{path}")
    migrate.metadata()
    Base.metadata.create_all(engine)
    return engine


@given(rhythms, st.sampled_from(ZONES), starts, work, ahead, ahead, st.integers(5, 40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_preview_shows_is_what_the_planner_makes_day_by_day(
    house: Engine,
    monkeypatch: pytest.MonkeyPatch,
    chosen: dict[str, Any],
    zone: str,
    start: datetime,
    worked: list[tuple[int, int, str]],
    paused: int | None,
    nights: int | None,
    step_h: int,
) -> None:
    monkeypatch.setattr(choosing, "HELD_BACK_CHANCE", 0.25)
    today = hours.local_date(start, zone)
    with transaction(house) as db:
        for other in db.query(Person):
            db.delete(other)
    with transaction(house) as db:
        ends = {
            name: today + DAYS * n if n is not None else None
            for name, n in (("paused_until", paused), ("nights_until", nights))
        }
        rita = Person(name="Rita", email=f"{start}@x.example", role="resident", zone=zone, joined_at=LONG_AGO)
        db.add(rita)
        db.flush()
        rhythm = Rhythm(person_id=rita.id, planned_through=start, **chosen, **ends)
        db.add(rhythm)
        db.add_all(
            ShiftRow(person_id=rita.id, starts_at=start + at * HOUR, ends_at=start + (at + long) * HOUR, kind=kind)
            for at, long, kind in worked
        )
    with transaction(house) as db:
        shown = preview.two_weeks(db, db.get_one(Rhythm, rita.id), zone, start)
    now = start
    while now < start + 15 * DAYS:
        with transaction(house) as db:
            services.materialise(db, now)
        now += step_h * HOUR
    made = {prompt.local_date: prompt for prompt in prompts_of(house, rita)}
    assert len(shown["days"]) == 14
    for day in shown["days"]:
        there = made.get(day["date"])
        if day["prompt"]:
            assert there is not None
            assert (there.due_at, there.until, there.protocol, there.why) == tuple(day["prompt"].values())
            assert there.state == "planned"
        elif day["reason"] == "held_back":
            assert there is not None
            assert (there.state, there.chance) == ("held_back", 0.25)
        else:
            assert there is None, day


def days_of(rita: JsonClient) -> dict[str, Any]:
    return {day["date"]: day for day in rita.get("/api/rhythm/preview").json["days"]}


def test_the_preview_tells_each_day_of_two_weeks_and_why(client_for: SignIn, cast: Cast, frozen: FrozenClock) -> None:
    rita = client_for(cast.rita)
    rhythm = rita.get("/api/rhythm").json
    told = rita.put("/api/rhythm", {**rhythm, "paused_until": "2026-11-23", "protocols": {"P01": "off"}})
    assert told.status_code == 200
    days = days_of(rita)
    assert list(days) == [str(date(2026, 11, 19) + n * DAYS) for n in range(14)]
    assert days["2026-11-21"]["reason"] == "paused"
    assert days["2026-11-23"]["prompt"] == {
        "at": "2026-11-24T00:30:00.000Z",
        "until": "2026-11-24T04:00:00.000Z",
        "protocol": "P10",
        "why": "You chose this time.",
    }
    assert (days["2026-11-24"]["reason"], days["2026-11-25"]["reason"]) == ("no_slot", "off")
    assert all(day["why"] for day in days.values())


def test_a_prompt_that_came_or_was_answered_early_is_told_as_it_is(
    client_for: SignIn, engine: Engine, cast: Cast, frozen: FrozenClock
) -> None:
    rita, prompt = client_for(cast.rita), planned(engine, cast.rita)
    assert days_of(rita)["2026-11-19"]["prompt"]["at"] == "2026-11-19T18:30:00.000Z"
    settle(engine, cast.rita, prompt, "answered", NOON)
    assert days_of(rita)["2026-11-19"]["reason"] == "done"


def test_an_open_prompt_is_still_told_after_its_time_came(
    client_for: SignIn, engine: Engine, cast: Cast, frozen: FrozenClock
) -> None:
    prompt = planned(engine, cast.rita)
    frozen.at = prompt.due_at
    open_due(engine, prompt.due_at)
    assert days_of(client_for(cast.rita))["2026-11-19"]["prompt"]["protocol"] == "P01"
    frozen.at = prompt.until
    assert days_of(client_for(cast.rita))["2026-11-19"]["reason"] == "done"


def test_the_log_tells_the_resident_what_was_held_back_and_with_which_probability(
    client_for: SignIn, engine: Engine, cast: Cast, frozen: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "HELD_BACK_CHANCE", 1.0)
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(hold_back=True), NOON)
    rita = client_for(cast.rita)
    assert rita.get("/api/prompts/log").json == {"prompts": []}
    assert days_of(rita)["2026-11-19"]["reason"] == "held_back"
    frozen.at = NOON + timedelta(hours=7)
    (told,) = rita.get("/api/prompts/log").json["prompts"]
    assert told == {
        "date": "2026-11-19",
        "at": "2026-11-19T18:30:00.000Z",
        "protocol": "P01",
        "state": "held_back",
        "chance": 1.0,
    }
    assert rita.get("/api/prompts").json == {"prompts": []}
    assert days_of(rita)["2026-11-19"]["reason"] == "held_back"


def test_nobody_else_has_a_preview_or_a_log(client_for: SignIn, cast: Cast, anyone: JsonClient) -> None:
    for path in ("/api/rhythm/preview", "/api/prompts/log"):
        for person in (cast.cal, cast.otto, cast.ada):
            assert client_for(person).get(path).status_code == 403
        assert anyone.get(path).status_code == 401


def test_wishes_are_kept_and_what_is_left_out_stays(client_for: SignIn, cast: Cast, frozen: FrozenClock) -> None:
    rita = client_for(cast.rita)
    old_shape = {
        key: rita.get("/api/rhythm").json[key] for key in ("slots", "quiet_from", "quiet_to", "paused_until", "zone")
    }
    wished = {"weekly_cap": 2, "protocols": {"P01": "less"}, "nights_until": "2026-11-27", "after_shift": True}
    more = {"during_shift": True, "post_call_h": 12, "hold_back": False}
    kept = {**old_shape, **wished, **more}
    assert rita.put("/api/rhythm", kept).json == kept
    assert rita.put("/api/rhythm", old_shape).json == kept
    for change in (
        {"weekly_cap": 5},
        {"weekly_cap": 0},
        {"post_call_h": 25},
        {"protocols": {"P06": "less"}},
        {"protocols": {"P01": "never"}},
    ):
        refused = rita.put("/api/rhythm", {**old_shape, **change})
        assert (refused.status_code, list(refused.json["errors"])) == (422, list(change))


def test_a_prompt_of_the_past_stays_out_of_the_next_two_weeks(engine: Engine, cast: Cast) -> None:
    planned(engine, cast.rita)
    with transaction(engine) as db:
        shown = preview.two_weeks(db, db.get_one(Rhythm, cast.rita.id), "America/Chicago", NOON + 7 * DAYS)
    assert shown["days"][0]["date"] == date(2026, 11, 26)
    assert isinstance(prompts_of(engine, cast.rita)[0], Prompt)
