"""The only reader of the time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from api import clock
from api.clock import FrozenClock


def test_an_instant_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_a_local_day_depends_on_the_zone(frozen: FrozenClock) -> None:
    frozen.at = datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert clock.today("America/Chicago") == date(2026, 11, 19)
    assert clock.today("Europe/Berlin") == date(2026, 11, 20)


def test_a_demo_clock_jumps_for_every_reader_of_its_file(tmp_path: Path) -> None:
    here, there = clock.Clock(), clock.Clock()
    here.offset_file = there.offset_file = tmp_path / "demo-clock"
    assert here.offset() == timedelta(0)
    clock.set_offset(tmp_path / "demo-clock", 7 * 86_400)
    assert here.offset() == there.offset() == timedelta(days=7)
    clock.set_offset(tmp_path / "demo-clock", 8 * 86_400)
    assert there.offset() == timedelta(days=8)


def test_outside_a_demo_there_is_no_other_time(tmp_path: Path) -> None:
    clock.follow(None)
    assert clock.offset_s() == 0.0
