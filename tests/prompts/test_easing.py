"""Prompts ease when nobody answers them, and come back with the first word; one in four is left out by chance."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine

from api.db import transaction
from api.people.models import Person
from api.prompts import choosing, queries, services
from api.prompts.models import Prompt, Rhythm
from tests.cast import Cast
from tests.prompts.steps import HOUR, NOON, open_due, prompts_of, settle, thursday

DAILY = [{"weekday": day, "time": "12:30", "protocol": None} for day in (0, 2, 4, 6)]


def begin(engine: Engine, person: Person, **changes: Any) -> None:
    with transaction(engine) as db:
        services.change_rhythm(db, person, thursday(slots=DAILY, **changes), NOON)


def misses(engine: Engine, person: Person) -> int:
    with transaction(engine, write=False) as db:
        return db.get_one(Rhythm, person.id).misses


def live_through(engine: Engine, start: datetime, days: int) -> datetime:
    """A worker that plans, opens and closes every three hours, while nobody answers; when it ends."""
    for step in range(days * 8):
        now = start + 3 * step * HOUR
        with transaction(engine) as db:
            services.materialise(db, now)
            services.pass_expired(db, now)
            services.open_due(db, now)
    return start + timedelta(days=days)


def test_two_misses_halve_the_rhythm_and_four_let_it_rest(engine: Engine, cast: Cast) -> None:
    begin(engine, cast.rita)
    live_through(engine, NOON, 24)
    assert misses(engine, cast.rita) == 4
    came = [prompt.local_date for prompt in prompts_of(engine, cast.rita)]
    assert len(came) == 4
    gaps = [(later - before).days for before, later in pairwise(came)]
    assert gaps[0] <= 3
    assert max(gaps[1:]) >= 4


@pytest.mark.parametrize("outcome", ["answered", "declined"])
def test_a_word_from_the_resident_brings_everything_back(engine: Engine, cast: Cast, outcome: str) -> None:
    begin(engine, cast.rita)
    now = live_through(engine, NOON, 6)
    assert misses(engine, cast.rita) >= 2
    last = prompts_of(engine, cast.rita)[-1]
    with transaction(engine) as db:
        db.get_one(Prompt, last.id).state = "open"
        db.get_one(Prompt, last.id).until = now + HOUR
    settle(engine, cast.rita, last, outcome, now)
    assert misses(engine, cast.rita) == 0
    assert queries.eased_by(misses(engine, cast.rita)) == "usual"


def test_whoever_chooses_new_times_is_asked_in_full_again(engine: Engine, cast: Cast) -> None:
    begin(engine, cast.rita)
    with transaction(engine) as db:
        db.get_one(Rhythm, cast.rita.id).misses = 4
    begin(engine, cast.rita)
    assert misses(engine, cast.rita) == 0
    assert prompts_of(engine, cast.rita) != []


def test_what_passed_while_no_worker_ran_was_missed_by_nobody(engine: Engine, cast: Cast) -> None:
    begin(engine, cast.rita)
    with transaction(engine) as db:
        assert services.pass_expired(db, NOON + timedelta(days=9)) == 1
    assert misses(engine, cast.rita) == 0


def test_an_asked_prompt_that_passes_is_not_a_miss(engine: Engine, cast: Cast) -> None:
    begin(engine, cast.rita)
    with transaction(engine) as db:
        services.ask_now(db, cast.rita, "P01", NOON)
        assert services.pass_expired(db, NOON + 3 * HOUR) == 1
    assert misses(engine, cast.rita) == 0


def test_a_check_in_that_was_asked_for_and_answered_satisfies_the_same_one_later_that_day(
    engine: Engine, cast: Cast
) -> None:
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(), NOON)
        asked = services.ask_now(db, cast.rita, "P01", NOON)
    settle(engine, cast.rita, asked, "answered", NOON)
    assert [prompt.state for prompt in prompts_of(engine, cast.rita)] == ["answered", "answered"]
    assert open_due(engine, NOON + 7 * HOUR) == []


def test_a_prompt_held_back_by_chance_is_kept_with_its_probability_and_never_shown_or_sent(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "HELD_BACK_CHANCE", 1.0)
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(hold_back=True), NOON)
    (prompt,) = prompts_of(engine, cast.rita)
    assert (prompt.state, prompt.chance, prompt.alert_at) == ("held_back", 1.0, None)
    for now in (NOON, prompt.due_at, prompt.until):
        assert open_due(engine, now) == []
        with transaction(engine) as db:
            assert services.pass_expired(db, now) == 0
            assert queries.for_phone(db, cast.rita, now) == []
    assert misses(engine, cast.rita) == 0


def test_nothing_is_held_back_from_a_resident_who_does_not_want_it(
    engine: Engine, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "HELD_BACK_CHANCE", 1.0)
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(hold_back=False), NOON)
    (prompt,) = prompts_of(engine, cast.rita)
    assert (prompt.state, prompt.chance) == ("planned", None)
