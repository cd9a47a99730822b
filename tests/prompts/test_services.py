"""The life of a prompt: planned once, opened once, settled by its resident, passed by the clock."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from api.clock import FrozenClock
from api.db import new_id, transaction
from api.people.models import Device, Person
from api.problems import Problem
from api.prompts import queries, services
from api.prompts.models import Prompt, Rhythm
from tests.cast import Cast

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)  # a Thursday, 06:00 in Chicago
HOUR = timedelta(hours=1)


def thursday(at: str = "12:30", **changes: Any) -> dict[str, Any]:
    """A rhythm with one slot on Thursdays, Chicago time."""
    slots = [{"weekday": 3, "time": at, "protocol": "P01"}]
    quiet = {"quiet_from": "22:00", "quiet_to": "05:00"}
    return {"slots": slots, "paused_until": None, "zone": "America/Chicago", **quiet, **changes}


def planned(engine: Engine, person: Person, now: datetime = NOON, at: str = "12:30") -> Prompt:
    """Rita's prompt of today, due at 12:30 her time (18:30Z) unless told otherwise."""
    with transaction(engine) as db:
        services.change_rhythm(db, person, thursday(at), now)
    return prompts_of(engine, person)[0]


def prompts_of(engine: Engine, person: Person) -> list[Prompt]:
    with transaction(engine, write=False) as db:
        return list(db.scalars(select(Prompt).where(Prompt.person_id == person.id).order_by(Prompt.due_at)))


def settle(engine: Engine, person: Person, prompt: Prompt, outcome: Any, now: datetime, until: Any = None) -> str:
    with transaction(engine) as db:
        return services.settle(db, person, prompt.id, outcome, until, now)


def open_due(engine: Engine, now: datetime) -> list[services.Opened]:
    with transaction(engine) as db:
        return services.open_due(db, now)


def state_of(engine: Engine, prompt: Prompt) -> str:
    with transaction(engine, write=False) as db:
        return db.get_one(Prompt, prompt.id).state


def test_a_phone_that_registered_gets_a_first_rhythm_and_its_prompts(engine: Engine, cast: Cast) -> None:
    with transaction(engine) as db:
        for person in (cast.rita, cast.cal):
            db.add(Device(id=new_id(), person_id=person.id, name="Phone", created_at=NOON))
    with transaction(engine) as db:
        assert services.begin_rhythms(db, NOON) == 1
        assert services.begin_rhythms(db, NOON) == 0
        assert services.materialise(db, NOON + 7 * HOUR) == 1
        assert services.materialise(db, NOON + 7 * HOUR) == 0
    (prompt,) = prompts_of(engine, cast.rita)
    assert (prompt.protocol, prompt.local_date, prompt.state) == ("P02", date(2026, 11, 21), "planned")
    assert prompt.due_at == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert prompt.why == services.WHY_FIRST
    assert prompts_of(engine, cast.ravi) == []


def test_nothing_is_made_more_than_48_hours_ahead(engine: Engine, cast: Cast) -> None:
    with transaction(engine) as db:
        services.begin_rhythm(db, cast.rita, NOON)
    for hours in range(0, 24 * 14, 5):
        now = NOON + hours * HOUR
        with transaction(engine) as db:
            services.materialise(db, now)
        assert all(prompt.due_at <= now + queries.AHEAD for prompt in prompts_of(engine, cast.rita))
    days = [prompt.local_date for prompt in prompts_of(engine, cast.rita)]
    assert [day.weekday() for day in days] == [5, 0, 2, 5, 0, 2]


def test_any_number_of_planners_make_one_row_a_slot(engine: Engine, cast: Cast) -> None:
    with transaction(engine) as db:
        for person in (cast.rita, cast.ravi):
            services.begin_rhythm(db, person, NOON)
    broken: list[Exception] = []

    def plan() -> None:
        try:
            for day in range(8):
                with transaction(engine) as db:
                    services.materialise(db, NOON + timedelta(days=day))
        except Exception as error:
            broken.append(error)

    planners = [threading.Thread(target=plan) for _ in range(4)]
    for planner in planners:
        planner.start()
    for planner in planners:
        planner.join()
    assert broken == []
    with transaction(engine, write=False) as db:
        rows = db.execute(select(Prompt.person_id, Prompt.local_date, func.count()).group_by(*_slot_key())).all()
    assert {count for *_, count in rows} == {1}
    assert len(rows) == 6


def _slot_key() -> tuple[Any, ...]:
    return Prompt.person_id, Prompt.local_date, Prompt.slot


def test_a_slot_still_open_when_the_planner_comes_back_is_made_late(engine: Engine, cast: Cast) -> None:
    planned(engine, cast.rita)
    back = datetime(2026, 11, 26, 20, tzinfo=UTC)
    with transaction(engine) as db:
        services.materialise(db, back)
        services.pass_expired(db, back)
    assert [prompt.state for prompt in prompts_of(engine, cast.rita)] == ["passed", "planned"]
    assert prompts_of(engine, cast.rita)[1].due_at == datetime(2026, 11, 26, 18, 30, tzinfo=UTC)


def test_a_slot_that_closed_while_no_planner_ran_is_never_made(engine: Engine, cast: Cast) -> None:
    planned(engine, cast.rita)
    with transaction(engine) as db:
        services.materialise(db, datetime(2026, 11, 27, 12, tzinfo=UTC))
    assert len(prompts_of(engine, cast.rita)) == 1


def test_every_prompt_has_a_topic_of_its_own_that_fits_a_push(engine: Engine, cast: Cast) -> None:
    first = planned(engine, cast.rita)
    second = planned(engine, cast.ravi)
    assert first.topic != second.topic
    assert len(first.topic) == 32
    assert first.topic.replace("-", "a").replace("_", "a").isalnum()


def test_a_changed_rhythm_replaces_what_has_not_fallen_due(engine: Engine, cast: Cast) -> None:
    planned(engine, cast.rita)
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday("14:00"), NOON + HOUR)
    (prompt,) = prompts_of(engine, cast.rita)
    assert prompt.due_at == datetime(2026, 11, 19, 20, tzinfo=UTC)
    assert prompt.why == services.WHY_CHOSEN


def test_a_changed_rhythm_gives_no_second_prompt_on_a_day_that_had_one(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    open_due(engine, prompt.due_at)
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday("16:00"), prompt.due_at + HOUR)
    assert [kept.id for kept in prompts_of(engine, cast.rita)] == [prompt.id]


def test_travel_between_zones_never_doubles_a_slot(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    open_due(engine, prompt.due_at)
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(zone="Pacific/Honolulu"), prompt.due_at + HOUR)
    assert [kept.id for kept in prompts_of(engine, cast.rita)] == [prompt.id]
    with transaction(engine, write=False) as db:
        assert db.get_one(Person, cast.rita.id).zone == "Pacific/Honolulu"


def test_a_pause_holds_until_its_day(engine: Engine, cast: Cast) -> None:
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(paused_until=date(2026, 11, 26)), NOON)
    assert prompts_of(engine, cast.rita) == []
    with transaction(engine) as db:
        services.materialise(db, NOON + timedelta(days=6))
    assert [prompt.local_date for prompt in prompts_of(engine, cast.rita)] == [date(2026, 11, 26)]


@pytest.mark.parametrize(
    ("slots", "place"),
    [
        ([{"weekday": 3, "time": "23:00", "protocol": "P01"}], {"0": {"time"}}),
        ([{"weekday": 3, "time": "21:50", "protocol": "P01"}], {"0": {"time"}}),
        ([{"weekday": 3, "time": "12:00", "protocol": "P06"}], {"0": {"protocol"}}),
        (
            [{"weekday": 3, "time": "12:00", "protocol": "P01"}, {"weekday": 3, "time": "18:00", "protocol": "P02"}],
            {"1": {"weekday"}},
        ),
    ],
)
def test_a_time_that_could_never_be_kept_is_refused_in_words(
    engine: Engine, cast: Cast, slots: list[dict[str, Any]], place: dict[str, set[str]]
) -> None:
    with pytest.raises(Problem) as refused, transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(slots=slots), NOON)
    assert {key: set(said) for key, said in refused.value.fields["slots"].items()} == place
    with transaction(engine, write=False) as db:
        assert db.get(Rhythm, cast.rita.id) is None


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
    assert (asked.protocol, asked.state, asked.due_at, asked.why) == ("P02", "open", night, services.WHY_ASKED)
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
        for _ in range(services.ASKED_PER_DAY_MAX):
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
    assert told(prompt.due_at + HOUR) == ["open"]
