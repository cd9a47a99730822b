"""The only reader of the time.

Instants are aware datetimes in UTC; a local day exists only together with a zone. A demo instance has a clock of
its own: the file named by `follow` holds seconds to add to the machine's time, so that the web, the worker and the
command line of one instance jump together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


class Clock:
    """The machine's time, moved on by the demo's offset where there is one."""

    def __init__(self) -> None:
        self.offset_file: Path | None = None
        self._read_at = 0
        self._offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """How far this instance stands ahead of the machine; zero outside a demo."""
        if self.offset_file is None:
            return timedelta(0)
        try:
            changed = os.stat(self.offset_file).st_mtime_ns
        except FileNotFoundError:
            return timedelta(0)
        if changed != self._read_at:
            self._offset = timedelta(seconds=float(self.offset_file.read_text() or "0"))
            self._read_at = changed
        return self._offset


class FrozenClock(Clock):
    """A clock for tests: it stands still until it is advanced."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **timedelta_parts: float) -> None:
        self.at += timedelta(**timedelta_parts)


_clock: Clock = Clock()


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _clock.now()


def today(zone: str) -> date:
    """The local calendar day in an IANA zone."""
    return local(now(), zone).date()


def local(instant: datetime, zone: str) -> datetime:
    """The same instant on the wall clock of an IANA zone."""
    return instant.astimezone(ZoneInfo(zone))


def offset_s() -> float:
    """Seconds this instance stands ahead of the machine's time; 0.0 outside a demo."""
    return _clock.offset().total_seconds()


def follow(offset_file: Path | None) -> None:
    """Read the demo's offset from this file from now on; None goes back to the machine's time."""
    _clock.offset_file = offset_file


def set_offset(offset_file: Path, seconds: float) -> None:
    """Move the demo's clock. The file is replaced in one step, so no reader ever sees half a number."""
    beside = offset_file.with_name(f"{offset_file.name}.{os.getpid()}")
    beside.write_text(f"{seconds:.3f}")
    os.replace(beside, offset_file)


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenClock]:
    """Stop the time for a test; the clock that is yielded moves only by its `advance`."""
    global _clock
    before, _clock = _clock, FrozenClock(at)
    try:
        yield _clock
    finally:
        _clock = before
