"""What a calendar's entries mean: work, a night, time off, or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.shifts.kinds import Entry, read
from api.shifts.shift import Shift

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, zone: ZoneInfo | None = NEW_YORK, month: int = 11, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


def entry(start: datetime | date, end: datetime | date, title: str = "MICU", **more: object) -> Entry:
    return Entry(start, end, title, **more)  # type: ignore[arg-type]


def kinds(*entries: Entry, zone: str = "America/New_York") -> list[str]:
    return [shift.kind for shift in read(entries, zone).shifts]


def test_hours_by_day_are_a_shift_and_hours_through_three_in_the_morning_a_night() -> None:
    assert kinds(entry(at(19, 7), at(19, 19))) == ["shift"]
    assert kinds(entry(at(19, 19), at(20, 7))) == ["night"]
    assert kinds(entry(at(19, 16), at(20, 1))) == ["shift"]
    assert kinds(entry(at(19, 7), at(20, 11))) == ["night"], "a call of 28 hours is followed by silence as well"


def test_night_is_told_on_the_residents_wall_clock_and_not_on_utc() -> None:
    same = entry(datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert kinds(same, zone="Europe/Berlin") == ["night"]
    assert kinds(same, zone="Asia/Tokyo") == ["shift"]


@pytest.mark.parametrize(
    "title",
    ["OFF", "Day off", "Vacation", "vacation (week 2)", "Annual Leave", "PTO", "Post-call", "postcall", "Urlaub",
     "Dienstfrei", "Vacaciones", "Libre", "Holiday: day 1"],
)  # fmt: skip
def test_time_off_is_told_by_its_title(title: str) -> None:
    assert kinds(entry(date(2026, 11, 20), date(2026, 11, 21), title)) == ["off"]


@pytest.mark.parametrize(
    "title", ["Off-service ICU", "off service", "Hand-off team", "Office hours", "Kickoff", "MICU"]
)
def test_work_is_not_taken_for_time_off(title: str) -> None:
    assert kinds(entry(at(20, 7), at(20, 17), title)) == ["shift"]


def test_all_day_time_off_lasts_from_midnight_to_midnight_where_the_resident_lives() -> None:
    found = read([entry(date(2026, 11, 20), date(2026, 11, 23), "Vacation")], "America/New_York").shifts
    assert found == (Shift(at(20, 0), at(23, 0), "off"),)
    assert found[0].start.tzinfo is UTC


def test_an_all_day_entry_without_hours_is_left_out_unless_exchange_says_away() -> None:
    day = date(2026, 11, 20), date(2026, 11, 27)
    assert read([entry(*day, "MICU rotation")], "America/New_York").left_out == 1
    assert kinds(entry(*day, "Elsewhere", busy_status="OOF")) == ["off"]


def test_what_is_too_short_too_long_or_free_is_no_shift() -> None:
    short = entry(at(20, 12), at(20, 13), "Noon conference")
    endless = entry(at(20, 7), at(23, 7), "Home call")
    free = entry(at(20, 7), at(20, 17), "Hold", free=True)
    reading = read([short, endless, free], "America/New_York")
    assert (reading.shifts, reading.left_out) == ((), 3)


def test_work_that_overlaps_or_touches_is_one_and_an_end_is_an_end() -> None:
    day, late = entry(at(20, 7), at(20, 19)), entry(at(20, 15), at(20, 23), "Admitting")
    assert read([late, day], "America/New_York").shifts == (Shift(at(20, 7), at(20, 23), "shift"),)
    night = entry(at(20, 19), at(21, 7))
    assert read([day, night], "America/New_York").shifts == (Shift(at(20, 7), at(21, 7), "night"),)


def test_a_week_of_touching_calls_is_not_one_endless_shift() -> None:
    calls = [entry(at(16 + n, 7), at(17 + n, 7), "Backup") for n in range(5)]
    assert all(one.end - one.start <= timedelta(hours=36) for one in read(calls, "America/New_York").shifts)


def test_the_same_entry_twice_is_one_shift() -> None:
    assert len(read([entry(at(20, 7), at(20, 19)), entry(at(20, 7), at(20, 19), "MICU day")], "UTC").shifts) == 1


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [("America/New_York", date(2026, 3, 8), 11), ("America/New_York", date(2026, 11, 1), 13),
     ("Europe/Berlin", date(2026, 3, 29), 11), ("Europe/Berlin", date(2026, 10, 25), 13),
     ("America/Phoenix", date(2026, 11, 1), 12)],
)  # fmt: skip
def test_a_floating_night_across_a_change_of_clocks_lasts_as_long_as_it_does(zone: str, day: date, hours: int) -> None:
    start = datetime(day.year, day.month, day.day, 19) - timedelta(days=1)
    found = read([entry(start, start + timedelta(hours=12))], zone).shifts
    assert found[0].kind == "night"
    assert found[0].end - found[0].start == timedelta(hours=hours)


def test_a_floating_time_that_the_clocks_skip_moves_forward() -> None:
    start = datetime(2026, 3, 8, 2, 30)
    found = read([entry(start, datetime(2026, 3, 8, 12))], "America/New_York").shifts
    assert found[0].start == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
