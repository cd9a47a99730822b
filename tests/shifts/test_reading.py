"""A stranger's calendar becomes hours, or a plain reason why not."""

from __future__ import annotations

import subprocess
import time
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from api.shifts import reading
from api.shifts.kinds import Reading
from api.shifts.shift import Shift
from api.shifts.trouble import SAID, CalendarTrouble, Reason
from tests.shifts import calendars
from tests.shifts.calendars import TIMED, calendar, event, night_over

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


def read(raw: bytes, zone: str = "America/New_York", since: datetime = NOON, days: int = 35) -> Reading:
    return reading.read(raw, zone, since - timedelta(days=2), since + timedelta(days=days))


def hours(raw: bytes, zone: str = "America/New_York") -> list[tuple[str, str, str]]:
    """(kind, start, end) on the wall clock of New York."""
    shown = [(one.kind, one.start.astimezone(NEW_YORK), one.end.astimezone(NEW_YORK)) for one in read(raw, zone).shifts]
    return [(kind, f"{start:%d %H:%M}", f"{end:%d %H:%M}") for kind, start, end in shown]


def refused(raw: bytes) -> str:
    with pytest.raises(CalendarTrouble) as caught:
        read(raw)
    return caught.value.reason


def test_an_exchange_export_keeps_its_nights_its_gap_and_its_days_away() -> None:
    assert hours(calendars.EXCHANGE) == [
        ("night", "18 19:00", "19 07:00"),
        ("night", "19 19:00", "20 07:00"),
        ("night", "21 19:00", "22 07:00"),
        ("night", "22 19:00", "23 07:00"),
        ("off", "25 00:00", "28 00:00"),
    ]


def test_a_zone_that_only_the_calendar_knows_is_read_from_it() -> None:
    assert hours(calendars.EXCHANGE_CUSTOM_ZONE, "Europe/Berlin") == [("shift", "19 07:00", "19 19:00")]


def test_a_rule_an_extra_day_a_cancelled_day_and_a_moved_day_are_all_kept() -> None:
    found = hours(calendars.OVERRIDES)
    assert found == [
        ("shift", "19 08:00", "19 17:00"),
        ("shift", "21 08:00", "21 17:00"),
        ("shift", "27 12:00", "27 18:00"),
        ("shift", "17 08:00", "17 17:00"),
    ]


def test_a_google_feed_in_utc_is_read_and_free_time_is_no_shift() -> None:
    assert hours(calendars.GOOGLE) == [("night", "19 19:00", "20 07:00"), ("off", "22 00:00", "23 00:00")]
    assert read(calendars.GOOGLE).left_out == 1


def test_a_floating_time_is_meant_where_the_resident_lives() -> None:
    for zone in ("America/New_York", "Europe/Berlin", "Asia/Tokyo"):
        shift = read(calendars.FLOATING, zone).shifts[0]
        assert f"{shift.start.astimezone(ZoneInfo(zone)):%d %H:%M}" == "19 19:00"
        assert shift.kind == "night"


@pytest.mark.parametrize(
    ("zone", "day", "next_day", "lasts"),
    [("America/New_York", "20260307", "20260308", 11), ("Eastern Standard Time", "20261031", "20261101", 13),
     ("Europe/Berlin", "20260328", "20260329", 11), ("W. Europe Standard Time", "20261024", "20261025", 13)],
)  # fmt: skip
def test_a_night_across_a_change_of_clocks_is_an_hour_shorter_or_longer(
    zone: str, day: str, next_day: str, lasts: int
) -> None:
    since = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    shift = read(night_over(zone, day, next_day), "Europe/Berlin" if "Eur" in zone else "America/New_York", since)
    assert [(one.kind, one.end - one.start) for one in shift.shifts] == [("night", timedelta(hours=lasts))]


def test_a_weekly_night_keeps_its_wall_clock_through_both_changes_of_a_year() -> None:
    raw = night_over("Europe/Berlin", "20260102", "20260103").replace(b"SUMMARY", b"RRULE:FREQ=WEEKLY\r\nSUMMARY")
    berlin = ZoneInfo("Europe/Berlin")
    found = read(raw, "Europe/Berlin", datetime(2026, 1, 1, tzinfo=UTC), days=364).shifts
    assert len(found) == 52
    assert {f"{one.start.astimezone(berlin):%H:%M}-{one.end.astimezone(berlin):%H:%M}" for one in found} == {
        "19:00-07:00"
    }


def test_lines_that_are_no_lines_and_entries_that_make_no_sense_take_only_themselves_out() -> None:
    found = read(calendars.BROKEN_LINES)
    assert [one.kind for one in found.shifts] == ["shift", "shift"]
    assert found.left_out >= 2


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_way_to_end_a_line_and_a_mark_at_the_front_are_read(end: str) -> None:
    raw = b"\xef\xbb\xbf" + calendar(event(TIMED), end=end)
    assert len(read(raw).shifts) == 1


def test_a_folded_line_inside_a_letter_is_put_together() -> None:
    raw = calendar(event(TIMED.replace("SUMMARY:ED", "SUMMARY:Urla\n ub"))).replace(b"Urla\r\n ub", b"Url\r\n\taub")
    assert [one.kind for one in read(raw).shifts] == ["off"]


def test_only_the_window_is_kept() -> None:
    raw = calendar(event(TIMED.replace("20261119", "20200101") + "\nRRULE:FREQ=DAILY"))
    found = read(raw, days=35).shifts
    assert len(found) == 37
    assert found[0].end > NOON - timedelta(days=2)
    assert found[-1].start < NOON + timedelta(days=35)


@pytest.mark.parametrize("name", calendars.BOMBS)
def test_a_rule_below_a_day_is_refused(name: str) -> None:
    assert refused(calendars.BOMBS[name]) == "sub_daily"


@pytest.mark.parametrize("name", calendars.SLOW)
def test_a_calendar_that_takes_too_long_is_given_up(name: str) -> None:
    began = time.monotonic()
    assert refused(calendars.SLOW[name]) in ("too_slow", "too_many")
    assert time.monotonic() - began < reading.WALL_S + 3


def test_a_process_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    stuck = tmp_path / "stuck.py"
    stuck.write_text("import time, os, sys\nopen(sys.argv[0] + '.pid', 'w').write(str(os.getpid()))\ntime.sleep(60)\n")
    monkeypatch.setattr(reading, "EXPAND", stuck)
    monkeypatch.setattr(reading, "WALL_S", 0.5)
    assert refused(calendar(event(TIMED))) == "too_slow"
    pid = (tmp_path / "stuck.py.pid").read_text()
    assert subprocess.run(["ps", "-p", pid], capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not_a_calendar"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 400, "not_a_calendar"),
        (b"<html><body>Sign in</body></html>", "not_a_calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "not_a_calendar"),
        (calendar(event(TIMED)).replace(b"END:VCALENDAR", b""), "not_a_calendar"),
        (calendar(*(event(TIMED, str(n)) for n in range(3500))), "too_many"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 6000 + b"END:VCALENDAR\r\n", "too_many"),
        (calendar(event(TIMED), head="X-NOTE:" + "a" * (600 * 1024)), "too_big"),
    ],
    ids=["nothing", "a photo", "a page", "a contact", "cut off", "one day in thousands", "no ends", "huge"],
)
def test_what_is_no_roster_is_refused_by_name(raw: bytes, reason: str) -> None:
    assert refused(raw) == reason


def test_every_reason_has_its_words() -> None:
    assert set(SAID) == set(get_args(Reason))


def test_an_empty_calendar_is_a_calendar() -> None:
    assert read(calendar()) == Reading((), 0)


def test_the_shifts_of_two_calendars_in_one_file_are_both_read() -> None:
    later = TIMED.replace("20261119", "20261125")
    assert len(read(calendar(event(TIMED)) + calendar(event(later, "two"))).shifts) == 2


def test_what_is_kept_of_an_entry_holds_no_title() -> None:
    assert set(Shift.__dataclass_fields__) == {"start", "end", "kind"}
    assert "MICU" not in repr(read(calendars.EXCHANGE))
