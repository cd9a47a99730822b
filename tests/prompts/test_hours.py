"""The wall clock of a zone, against the changes of clocks of four zones, and the hours to be left in peace."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.prompts import hours
from tests.prompts.scenes import BERLIN, LORD_HOWE, NEW_YORK, PHOENIX, ZONES, slot, times, utc

MINUTE = timedelta(minutes=1)


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
    assert hours.instant(date.fromisoformat(day), time.fromisoformat(at), zone) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "start", "quiet_from", "expected"),
    [
        (NEW_YORK, "2026-03-08T05:15", "03:30", "2026-03-08T07:30"),  # two hours and a quarter from 00:15
        (NEW_YORK, "2026-03-08T05:15", "02:30", "2026-03-08T07:00"),  # skipped: quiet from the first minute after
        (NEW_YORK, "2026-11-01T04:15", "01:30", "2026-11-01T05:30"),  # twice: the first begins it
        (NEW_YORK, "2026-11-01T06:00", "01:30", "2026-11-01T06:30"),  # from between the two, the second
        (LORD_HOWE, "2026-10-03T14:00", "02:10", "2026-10-03T15:30"),
    ],
)
def test_quiet_hours_begin_by_the_wall_clock_through_a_change_of_clocks(
    zone: str, start: str, quiet_from: str, expected: str
) -> None:
    rhythm = times(quiet=(quiet_from, "12:00"), zone=zone)
    assert hours.first_quiet(utc(start), utc(start) + timedelta(hours=4), rhythm) == utc(expected)


clock_times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda at: utc(f"{at:%Y-%m-%dT%H:%M}"))
near_changes = st.sampled_from(["2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2026-04-04", "2026-10-03"])
around = st.builds(lambda day, minutes: utc(day) + minutes * MINUTE, near_changes, st.integers(-600, 1800))


@given(clock_times, clock_times, st.sampled_from(ZONES), moments | around, st.none() | st.integers(-1, 2))
def test_the_first_quiet_minute_is_the_one_a_clock_on_the_wall_would_show(
    quiet_from: time, quiet_to: time, zone: str, start: datetime, nights: int | None
) -> None:
    until = None if nights is None else hours.local_date(start, zone) + timedelta(days=nights)
    rhythm = hours.Times((), quiet_from, quiet_to, None, zone, until)
    end = start + timedelta(hours=4)
    if not hours.is_quiet(start, rhythm):
        minutes = (start + n * MINUTE for n in range(1, 240))
        looked_at = next((minute for minute in minutes if hours.is_quiet(minute, rhythm)), None)
        assert hours.first_quiet(start, end, rhythm) == looked_at


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
        assert hours.is_hushed(utc(at), rhythm) == hushed, at


def test_on_nights_the_day_is_quiet_and_the_night_is_not_until_the_last_sleep_is_over() -> None:
    rhythm = times(nights_until=date(2026, 11, 20))
    for at, quiet in (
        ("2026-11-19T13:29", False),  # 08:29 in New York
        ("2026-11-19T13:30", True),
        ("2026-11-19T21:59", True),
        ("2026-11-19T22:00", False),
        ("2026-11-20T04:00", False),  # 23:00, at work
        ("2026-11-20T13:30", True),  # home on Friday morning
        ("2026-11-20T21:59", True),
        ("2026-11-20T22:00", False),  # from 17:00 their own hours hold again
        ("2026-11-21T03:00", True),
    ):
        assert hours.is_quiet(utc(at), rhythm) == quiet, at


def test_a_time_in_quiet_hours_or_right_before_them_does_not_fit() -> None:
    for at in ("23:00", "02:00", "06:59", "21:50", "22:00"):
        assert not hours.fits(slot(3, at), times())
    assert hours.fits(slot(3, "21:45"), times())
    assert hours.fits(slot(3, "23:00"), times(quiet=("07:00", "07:00")))
