"""A prompt falls due, is settled by its resident or by the clock, and is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from api.clock import FrozenClock
from api.db import new_id, transaction
from api.problems import Problem
from api.prompts import queries, services, words
from api.prompts.models import Prompt
from api.prompts.services import settling
from tests.cast import Cast
from tests.prompts.steps import HOUR, NOON, open_due, planned, prompts_of, settle, state_of, thursday


def test_a_prompt_opens_once_when_it_falls_due(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    assert open_due(engine, prompt.due_at - timedelta(seconds=1)) == []
    (opened,) = open_due(engine, prompt.due_at)
    assert (opened.prompt.id, opened.prompt.state, opened.late_by) == (prompt.id, "open", timedelta(0))
    assert open_due(engine, prompt.due_at) == []


def test_an_answer_settles_a_prompt_and_outweighs_everything_else(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    now = prompt.due_at + HOUR
    assert settle(engine, cast.rita, prompt, "declined", now) == "settled"
    assert settle(engine, cast.rita, prompt, "snoozed", now) == "already"
    assert settle(engine, cast.rita, prompt, "answered", now) == "settled"
    assert settle(engine, cast.rita, prompt, "answered", now) == "already"
    assert settle(engine, cast.rita, prompt, "declined", now) == "already"
    assert state_of(engine, prompt) == "answered"


def test_a_late_tap_is_taken_kindly(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    with transaction(engine) as db:
        assert services.pass_expired(db, prompt.until) == 1
    assert settle(engine, cast.rita, prompt, "declined", prompt.until + HOUR) == "already"
    assert settle(engine, cast.rita, prompt, "answered", prompt.until + HOUR) == "late"
    assert state_of(engine, prompt) == "answered"


def test_an_early_check_in_is_not_asked_for_again(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    assert settle(engine, cast.rita, prompt, "answered", NOON + HOUR) == "settled"
    assert open_due(engine, prompt.due_at) == []
    with transaction(engine) as db:
        services.materialise(db, NOON + 10 * HOUR)
    assert len(prompts_of(engine, cast.rita)) == 1


def test_somebody_elses_prompt_looks_like_none(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    assert settle(engine, cast.ravi, prompt, "answered", prompt.due_at) == "unknown"
    assert state_of(engine, prompt) == "planned"
    with transaction(engine) as db:
        assert services.settle(db, cast.rita, new_id(), "answered", None, NOON) == "unknown"


def test_a_snoozed_prompt_comes_back_once(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    open_due(engine, prompt.due_at)
    again = prompt.due_at + HOUR
    assert settle(engine, cast.rita, prompt, "snoozed", prompt.due_at, until=again) == "settled"
    assert state_of(engine, prompt) == "snoozed"
    assert open_due(engine, again - timedelta(seconds=1)) == []
    assert [opened.prompt.id for opened in open_due(engine, again)] == [prompt.id]
    assert settle(engine, cast.rita, prompt, "snoozed", again, until=again) == "already"


def test_a_snooze_without_a_time_is_an_hour(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    settle(engine, cast.rita, prompt, "snoozed", prompt.due_at)
    assert prompts_of(engine, cast.rita)[0].alert_at == prompt.due_at + HOUR


def test_a_snooze_never_reaches_the_end_of_the_window(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    settle(engine, cast.rita, prompt, "snoozed", prompt.due_at, until=prompt.until + 5 * HOUR)
    assert prompts_of(engine, cast.rita)[0].alert_at == prompt.until - timedelta(minutes=15)
    assert settle(engine, cast.rita, prompt, "snoozed", prompt.until - timedelta(minutes=5)) == "already"


def test_a_window_closes_on_time(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    open_due(engine, prompt.due_at)
    with transaction(engine) as db:
        assert services.pass_expired(db, prompt.until - timedelta(seconds=1)) == 0
        assert services.pass_expired(db, prompt.until) == 1
    assert open_due(engine, prompt.until) == []


def test_only_the_latest_of_several_due_prompts_is_opened(engine: Engine, cast: Cast) -> None:
    later = planned(engine, cast.rita, at="12:30")
    with transaction(engine) as db:
        db.add(_another(later, "10:30", due_at=later.due_at - 2 * HOUR))
        db.add(_another(later, "11:00", due_at=later.due_at - 3 * HOUR, state="open", alert_at=None))
    assert [opened.prompt.id for opened in open_due(engine, later.due_at)] == [later.id]
    assert [prompt.state for prompt in prompts_of(engine, cast.rita)] == ["passed", "passed", "open"]


def _another(prompt: Prompt, slot: str, **changes: Any) -> Prompt:
    kept = {"person_id": prompt.person_id, "local_date": prompt.local_date, "protocol": "P02", "until": prompt.until}
    made = {"slot": slot, "topic": slot, "why": "", "state": "planned", "alert_at": prompt.due_at, **kept, **changes}
    return Prompt(**made)


def test_asking_now_works_in_quiet_hours_and_outside_every_cap(engine: Engine, cast: Cast, frozen: FrozenClock) -> None:
    night = datetime(2026, 11, 19, 8, tzinfo=UTC)
    with transaction(engine) as db:
        asked = services.ask_now(db, cast.rita, "P02", night)
    assert (asked.protocol, asked.state, asked.due_at, asked.why) == ("P02", "open", night, words.WHY_ASKED)
    assert asked.until == night + 2 * HOUR
    assert [opened.prompt.id for opened in open_due(engine, night)] == [asked.id]
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(), night)
    assert len(prompts_of(engine, cast.rita)) == 2


def test_asking_again_lets_the_earlier_one_pass_and_leaves_scheduled_ones(engine: Engine, cast: Cast) -> None:
    scheduled = planned(engine, cast.rita)
    open_due(engine, scheduled.due_at)
    with transaction(engine) as db:
        first = services.ask_now(db, cast.rita, None, scheduled.due_at)
        second = services.ask_now(db, cast.rita, "P10", scheduled.due_at)
    assert first.protocol == "P01"
    assert [state_of(engine, prompt) for prompt in (scheduled, first, second)] == ["open", "passed", "open"]


def test_what_is_never_pushed_cannot_be_asked_for(engine: Engine, cast: Cast) -> None:
    for protocol in ("P06", "P99"):
        with pytest.raises(Problem) as refused, transaction(engine) as db:
            services.ask_now(db, cast.rita, protocol, NOON)
        assert refused.value.code == "invalid"


def test_asking_without_end_is_slowed_down(engine: Engine, cast: Cast) -> None:
    with transaction(engine) as db:
        for _ in range(settling.ASKED_PER_DAY_MAX):
            services.ask_now(db, cast.rita, None, NOON)
    with pytest.raises(Problem) as refused, transaction(engine) as db:
        services.ask_now(db, cast.rita, None, NOON)
    assert (refused.value.code, refused.value.headers) == ("too_many", {"Retry-After": "3600"})


def test_prompts_and_their_outcomes_are_gone_after_35_days(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    with transaction(engine) as db:
        assert services.purge(db, prompt.until + timedelta(days=35)) == 0
        assert services.purge(db, prompt.until + timedelta(days=35, seconds=1)) == 1
    assert prompts_of(engine, cast.rita) == []


def test_when_somebody_asked_is_gone_a_day_after_it_closed(engine: Engine, cast: Cast) -> None:
    with transaction(engine) as db:
        asked = services.ask_now(db, cast.rita, None, NOON)
    with transaction(engine) as db:
        assert services.purge(db, asked.until + timedelta(days=1)) == 0
        assert services.purge(db, asked.until + timedelta(days=1, seconds=1)) == 1


def test_the_phone_is_told_the_state_by_the_clock_even_when_no_worker_ran(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)

    def told(now: datetime) -> list[str]:
        with transaction(engine, write=False) as db:
            return [shown["state"] for shown in queries.for_phone(db, cast.rita, now)]

    assert told(NOON) == ["planned"]
    assert told(prompt.due_at) == ["open"]
    assert told(prompt.until) == ["passed"]
    assert told(prompt.until + 23 * HOUR) == ["passed"]
    assert told(prompt.until + 25 * HOUR) == []
    settle(engine, cast.rita, prompt, "snoozed", prompt.due_at)
    assert told(prompt.due_at) == ["snoozed"]
    with transaction(engine, write=False) as db:
        (shown,) = queries.for_phone(db, cast.rita, prompt.due_at)
    assert shown["due_at"] == prompt.due_at + HOUR
    assert told(prompt.due_at + HOUR) == ["open"]
