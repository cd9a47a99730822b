"""Shifts and time off: where a prompt may not come, and where a shift's end brings one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from api.db import transaction
from api.people.models import Person
from api.prompts import services
from api.shifts.models import ShiftCalendar, ShiftRow
from tests.cast import Cast
from tests.prompts.scenes import GAPS, daily, days, plan, reasons, scene, shift, slot, times, utc
from tests.prompts.steps import NOON, planned, prompts_of, thursday

DAY_SHIFT = shift("2026-11-19T12:00", "2026-11-19T23:00")  # Thursday 07:00 to 18:00 in New York
NIGHT = shift("2026-11-19T00:00", "2026-11-19T12:00", "night")  # Wednesday 19:00 to Thursday 07:00
THURSDAY = "2026-11-19", "2026-11-19"


def test_no_prompt_comes_during_a_shift_unless_the_resident_says_so() -> None:
    noon = times(slot(3, "12:00"))
    assert reasons(scene(noon, shifts=[DAY_SHIFT]), *THURSDAY) == {19: "on_shift"}
    assert reasons(scene(noon, shifts=[DAY_SHIFT], during_shift=True), *THURSDAY) == {19: "prompt"}


def test_a_window_closes_when_a_shift_begins() -> None:
    (due,) = plan(scene(times(slot(2, "18:00")), shifts=[NIGHT]), "2026-11-18T12:00", "2026-11-19T12:00")
    assert due.until - due.due_at == timedelta(hours=1)
    assert reasons(scene(times(slot(2, "18:50")), shifts=[NIGHT]), "2026-11-18", "2026-11-18") == {18: "on_shift"}


def test_hours_of_silence_follow_a_night_and_a_long_call_and_nothing_else() -> None:
    after = times(slot(3, "13:00"), slot(4, "14:00"))
    assert reasons(scene(after, shifts=[NIGHT], post_call_h=8), *THURSDAY) == {19: "post_call"}
    assert reasons(scene(after, shifts=[NIGHT], post_call_h=6), *THURSDAY) == {19: "prompt"}
    call = shift("2026-11-19T15:00", "2026-11-20T13:00")
    assert reasons(scene(after, shifts=[call], post_call_h=8), "2026-11-20", "2026-11-20") == {20: "post_call"}
    usual = shift("2026-11-20T05:00", "2026-11-20T13:00")
    assert reasons(scene(after, shifts=[usual], post_call_h=8), "2026-11-20", "2026-11-20") == {20: "prompt"}


def test_nothing_comes_on_days_off_and_a_window_never_reaches_into_them() -> None:
    week_off = shift("2026-11-19T05:00", "2026-11-26T05:00", "off")
    off = scene(times(*daily("23:00"), quiet=("05:00", "05:00")), shifts=[week_off])
    assert reasons(off, "2026-11-18", "2026-11-26") == {
        18: "prompt", **dict.fromkeys(range(19, 26), "vacation"), 26: "prompt",
    }  # fmt: skip
    assert days(off, "2026-11-18", "2026-11-18")[0].due.until == week_off.start  # type: ignore[union-attr]


def test_a_prompt_comes_half_an_hour_after_a_shift_and_asks_about_the_shift() -> None:
    tied = scene(times(), gaps=GAPS, shifts=[DAY_SHIFT], after_shift=True)
    (due,) = plan(tied, "2026-11-18T00:00", "2026-11-21T00:00")
    assert (due.due_at, due.slot, due.protocol, due.why) == (
        utc("2026-11-19T23:30"), "shift", "P01", "after_shift",
    )  # fmt: skip
    without = scene(times(), gaps=GAPS, shifts=[DAY_SHIFT], after_shift=True, levels={"P01": "off"})
    assert plan(without, "2026-11-18T00:00", "2026-11-21T00:00")[0].protocol == "P02"
    assert plan(scene(times(), shifts=[DAY_SHIFT]), "2026-11-18T00:00", "2026-11-21T00:00") == []


def test_chosen_times_go_first_and_a_shifts_end_takes_what_they_leave() -> None:
    work = [shift(f"2026-11-{day}T12:00", f"2026-11-{day}T23:00") for day in range(16, 21)]
    both = scene(times(slot(5, "10:00"), slot(6, "10:00")), shifts=work, after_shift=True, weekly_cap=4)
    assert reasons(both, "2026-11-16", "2026-11-22") == {
        16: "prompt", 17: "prompt", 18: "cap", 19: "cap", 20: "cap", 21: "prompt", 22: "prompt",
    }  # fmt: skip


def test_a_time_inside_a_shift_gives_way_to_its_end() -> None:
    noon = scene(times(slot(3, "12:00")), shifts=[DAY_SHIFT], after_shift=True)
    assert [due.slot for due in plan(noon, "2026-11-18T00:00", "2026-11-21T00:00")] == ["shift"]


def test_the_end_of_a_night_across_a_change_of_clocks_is_where_the_clock_says() -> None:
    night = shift("2026-10-31T23:00", "2026-11-01T12:00", "night")  # 19:00 to 07:00, thirteen hours long
    tied = scene(times(), shifts=[night], after_shift=True)
    (due,) = plan(tied, "2026-10-31T00:00", "2026-11-02T00:00")
    assert (due.due_at, due.local_date.day) == (utc("2026-11-01T12:30"), 1)


def put_in(engine: Engine, person: Person, start: datetime, hours: int, changed: bool = True) -> None:
    """A shift in the person's calendar, as a reading of it leaves it."""
    with transaction(engine) as db:
        db.add(ShiftCalendar(person_id=person.id, source="file", changed=changed))
        db.add(ShiftRow(person_id=person.id, starts_at=start, ends_at=start + timedelta(hours=hours), kind="shift"))


def test_a_changed_calendar_plans_anew_what_was_not_sent(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    put_in(engine, cast.rita, prompt.due_at - timedelta(hours=2), 8)
    with transaction(engine) as db:
        assert services.replan_changed(db, NOON) == 1
        assert services.replan_changed(db, NOON) == 0
    assert prompts_of(engine, cast.rita) == []


def test_a_prompt_that_stays_through_a_change_keeps_its_id_and_topic(engine: Engine, cast: Cast) -> None:
    prompt = planned(engine, cast.rita)
    put_in(engine, cast.rita, prompt.due_at + timedelta(hours=2), 8)
    with transaction(engine) as db:
        services.replan_changed(db, NOON)
    (kept,) = prompts_of(engine, cast.rita)
    assert (kept.id, kept.topic) == (prompt.id, prompt.topic)
    assert kept.until == prompt.due_at + timedelta(hours=2)


def test_a_shifts_end_is_planned_for_a_resident_who_wants_it(engine: Engine, cast: Cast) -> None:
    put_in(engine, cast.rita, datetime(2026, 11, 19, 14, tzinfo=UTC), 9, changed=False)
    with transaction(engine) as db:
        services.change_rhythm(db, cast.rita, thursday(slots=[], after_shift=True), NOON)
    (prompt,) = prompts_of(engine, cast.rita)
    assert (prompt.slot, prompt.due_at) == ("shift", datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
