"""Planning: each slot once, never far ahead, on the resident's own wall clock, and as they changed it."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from api.db import new_id, transaction
from api.people.models import Device, Person
from api.problems import Problem
from api.prompts import queries, services, words
from api.prompts.models import Prompt, Rhythm
from tests.cast import Cast
from tests.prompts.steps import HOUR, NOON, open_due, planned, prompts_of, thursday


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
    assert prompt.why == words.WHY["first"]
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
    # Planners share one time, as real ones do: nobody plans tomorrow while another still plans today.
    same_day = threading.Barrier(4, timeout=60)

    def plan() -> None:
        try:
            for day in range(8):
                same_day.wait()
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
    assert prompt.why == words.WHY["chosen"]


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
