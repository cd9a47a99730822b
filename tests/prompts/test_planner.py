"""The planner, against the changes of clocks of four zones and against its own promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.prompts import planner
from api.prompts.planner import Slot, Times

NEW_YORK, BERLIN, LORD_HOWE, PHOENIX = "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Phoenix"
ZONES = (NEW_YORK, BERLIN, LORD_HOWE, PHOENIX, "America/Chicago", "Pacific/Apia", "Africa/Casablanca")


def times(*slots: Slot, quiet: tuple[str, str] = ("22:00", "07:00"), zone: str = NEW_YORK, **more: date) -> Times:
    return Times(slots, time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1]), more.get("paused_until"), zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slot(weekday: int, at: str, protocol: str = "P01") -> Slot:
    return Slot(weekday, time.fromisoformat(at), protocol)


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        (NEW_YORK, "2026-03-07", "02:30", "2026-03-07T07:30"),
        (NEW_YORK, "2026-03-08", "02:30", "2026-03-08T07:30"),  # skipped: 03:30 on the wall
        (NEW_YORK, "2026-03-08", "18:30", "2026-03-08T22:30"),
        (NEW_YORK, "2026-11-01", "01:30", "2026-11-01T05:30"),  # twice: the first
        (NEW_YORK, "2026-11-01", "18:30", "2026-11-01T23:30"),
        (BERLIN, "2026-03-29", "02:15", "2026-03-29T01:15"),  # skipped: 03:15 on the wall
        (BERLIN, "2026-10-25", "02:15", "2026-10-25T00:15"),  # twice: the first
        (BERLIN, "2026-10-25", "20:30", "2026-10-25T19:30"),
        (LORD_HOWE, "2026-04-05", "01:45", "2026-04-04T14:45"),  # twice, half an hour apart: the first
        (LORD_HOWE, "2026-10-04", "02:10", "2026-10-03T15:40"),  # skipped by half an hour: 02:40 on the wall
        (LORD_HOWE, "2026-10-04", "18:30", "2026-10-04T07:30"),
        (PHOENIX, "2026-03-08", "02:30", "2026-03-08T09:30"),  # no change of clocks at all
        (PHOENIX, "2026-11-01", "01:30", "2026-11-01T08:30"),
    ],
)
def test_a_wall_clock_time_becomes_the_right_instant(zone: str, day: str, at: str, expected: str) -> None:
    assert planner.instant(date.fromisoformat(day), time.fromisoformat(at), zone) == utc(expected)


def test_a_slot_keeps_its_wall_clock_time_across_a_change_of_clocks() -> None:
    dues = planner.plan(times(slot(6, "18:30")), utc("2026-10-24T00:00"), utc("2026-11-09T00:00"))
    assert [due.due_at for due in dues] == [utc("2026-10-25T22:30"), utc("2026-11-01T23:30"), utc("2026-11-08T23:30")]


def test_a_prompt_closes_after_four_hours() -> None:
    (due,) = planner.plan(times(slot(3, "15:00")), utc("2026-11-19T12:00"), utc("2026-11-21T12:00"))
    assert due.until - due.due_at == timedelta(hours=4)


def test_a_prompt_closes_when_quiet_hours_begin() -> None:
    (due,) = planner.plan(times(slot(3, "20:30")), utc("2026-11-19T12:00"), utc("2026-11-21T12:00"))
    assert due.until == utc("2026-11-20T03:00")


def test_quiet_hours_follow_the_wall_clock_through_a_change_of_clocks() -> None:
    quiet_late = times(slot(6, "00:15"), quiet=("03:30", "12:00"))
    (due,) = planner.plan(quiet_late, utc("2026-03-08T00:00"), utc("2026-03-09T00:00"))
    assert due.until == utc("2026-03-08T07:30")
    assert due.until - due.due_at == timedelta(hours=2, minutes=15)


def test_nothing_is_planned_in_quiet_hours_or_in_the_last_minutes_before_them() -> None:
    for at in ("23:00", "02:00", "06:59", "21:50", "22:00"):
        assert planner.plan(times(slot(3, at)), utc("2026-11-18T12:00"), utc("2026-11-21T12:00")) == []
        assert not planner.fits(slot(3, at), times())


def test_equal_ends_mean_no_quiet_hours() -> None:
    always = times(slot(3, "23:00"), quiet=("07:00", "07:00"))
    assert len(planner.plan(always, utc("2026-11-18T12:00"), utc("2026-11-21T12:00"))) == 1
    assert planner.fits(slot(3, "23:00"), always)


def test_quiet_hours_in_the_daytime_hold_for_people_on_nights() -> None:
    nights = times(slot(3, "12:00"), slot(4, "19:30"), quiet=("08:30", "17:00"))
    dues = planner.plan(nights, utc("2026-11-19T00:00"), utc("2026-11-21T12:00"))
    assert [due.slot.at for due in dues] == [time(19, 30)]


def test_a_pause_ends_on_the_day_it_names() -> None:
    daily = [slot(day, "12:00") for day in range(7)]
    resting = times(*daily, paused_until=date(2026, 11, 21))
    dues = planner.plan(resting, utc("2026-11-19T00:00"), utc("2026-11-22T00:00"))
    assert [due.local_date for due in dues] == [date(2026, 11, 21)]


def test_quiet_hours_and_pauses_hush_and_nothing_else_does() -> None:
    rhythm = times(paused_until=date(2026, 11, 21))
    for at, hushed in (
        ("2026-11-20T17:00", True),  # noon of a paused day
        ("2026-11-21T04:59", True),  # its last minute
        ("2026-11-21T05:00", True),  # the pause is over at midnight; quiet hours are not
        ("2026-11-21T11:59", True),
        ("2026-11-21T12:00", False),
        ("2026-11-22T02:59", False),
        ("2026-11-22T03:00", True),
    ):
        assert planner.is_hushed(utc(at), rhythm) == hushed, at


def test_at_most_four_prompts_a_week_and_one_a_day() -> None:
    daily = [slot(day, at) for day in range(7) for at in ("10:00", "18:30")]
    dues = planner.plan(times(*daily), utc("2026-11-16T00:00"), utc("2026-11-23T04:00"))
    assert [due.local_date.weekday() for due in dues] == [0, 1, 2, 3]
    assert {due.slot.at for due in dues} == {time(10)}


def test_days_that_had_a_prompt_count_towards_the_week_and_get_no_second_one() -> None:
    taken = frozenset({date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 19)})
    daily = [slot(day, "12:00") for day in range(7)]
    dues = planner.plan(times(*daily), utc("2026-11-19T00:00"), utc("2026-11-23T00:00"), taken)
    assert [due.local_date for due in dues] == [date(2026, 11, 20)]


def test_planning_in_two_steps_gives_what_one_step_gives() -> None:
    rhythm = times(slot(0, "18:30"), slot(2, "20:30"), slot(5, "10:00"), zone=BERLIN)
    start, middle, end = utc("2026-10-19T00:00"), utc("2026-10-24T08:00"), utc("2026-11-02T00:00")
    whole = planner.plan(rhythm, start, end)
    first = planner.plan(rhythm, start, middle)
    second = planner.plan(rhythm, middle, end, frozenset(due.local_date for due in first))
    assert first + second == whole


clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
slots = st.lists(st.builds(Slot, st.integers(0, 6), clock_times, st.just("P01")), max_size=8)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(slots, clock_times, clock_times, st.sampled_from(ZONES), moments)
def test_no_plan_ever_breaks_a_promise(
    chosen: list[Slot], quiet_from: time, quiet_to: time, zone: str, after: datetime
) -> None:
    rhythm = Times(tuple(chosen), quiet_from, quiet_to, None, zone)
    dues = planner.plan(rhythm, after, after + timedelta(days=9))
    days = [due.local_date for due in dues]
    assert len(set(days)) == len(days)
    assert max((sum(d.isocalendar()[:2] == day.isocalendar()[:2] for d in days) for day in days), default=0) <= 4
    for due in dues:
        assert after < due.due_at <= after + timedelta(days=9)
        assert planner.SHORTEST <= due.until - due.due_at <= planner.OPEN_FOR
        for minute in range(int((due.until - due.due_at).total_seconds() // 60)):
            assert not planner.is_quiet(due.due_at + timedelta(minutes=minute), rhythm)
        assert due.due_at.astimezone(ZoneInfo(zone)).date() in (due.local_date, due.local_date + timedelta(days=1))
    assert dues == planner.plan(rhythm, after, after + timedelta(days=9))
