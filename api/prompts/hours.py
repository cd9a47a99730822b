"""A resident's hours on the wall clock of their own zone: pure, and the one place that minds daylight saving.

A local time that a change of clocks skips is moved forward by the gap; one that happens twice means the first. Quiet is
what the wall clock reads: an hour that happens twice is quiet twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SHORTEST = timedelta(minutes=15)
# Somebody on nights sleeps by day, so for as long as they say so these are the quiet hours instead of their own.
NIGHTS_QUIET = time(8, 30), time(17)


@dataclass(frozen=True)
class Slot:
    """A weekday (Monday is 0), a wall-clock time, and the protocol asked then; None leaves that to the planner."""

    weekday: int
    at: time
    protocol: str | None

    @property
    def name(self) -> str:
        """What makes a prompt of this slot unique on its local day."""
        return f"{self.at:%H:%M}"


@dataclass(frozen=True)
class Times:
    """A person's hours. Equal ends of quiet mean no quiet hours.

    `paused_until` is the first local day on which prompts arrive again; None when nothing is paused. `nights_until` is
    the last local day on which they sleep by day: their own quiet hours hold again from 17:00 of it.
    """

    slots: tuple[Slot, ...]
    quiet_from: time
    quiet_to: time
    paused_until: date | None
    zone: str
    nights_until: date | None = None


def instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall-clock time: skipped times move forward by the gap, doubled ones are the first."""
    # fold=0 uses the offset before a change of clocks, which is exactly both rules.
    return datetime.combine(day, at, ZoneInfo(zone)).replace(fold=0).astimezone(UTC)


def local_date(moment: datetime, zone: str) -> date:
    """The day on the wall at this instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


def on_nights(moment: datetime, times: Times) -> bool:
    """Whether the person said that they are on nights at this instant."""
    return _on_nights(moment.astimezone(ZoneInfo(times.zone)), times)


def is_quiet(moment: datetime, times: Times) -> bool:
    """Whether this instant lies in the person's quiet hours."""
    wall = moment.astimezone(ZoneInfo(times.zone))
    begin, end = NIGHTS_QUIET if _on_nights(wall, times) else (times.quiet_from, times.quiet_to)
    at = wall.time()
    return begin <= at < end if begin <= end else at >= begin or at < end


def is_paused(day: date, times: Times) -> bool:
    """Whether the person paused prompts on this local day."""
    return times.paused_until is not None and day < times.paused_until


def is_hushed(moment: datetime, times: Times) -> bool:
    """Whether nothing may alert the person at this instant: in quiet hours, or while they paused prompts."""
    return is_quiet(moment, times) or is_paused(local_date(moment, times.zone), times)


def first_quiet(start: datetime, end: datetime, times: Times) -> datetime | None:
    """The first quiet instant after `start` and before `end`; None when there is none. At most a day lies between."""
    begins = (moment for moment in _turns(start, end, times) if start < moment < end and is_quiet(moment, times))
    return min(begins, default=None)


def fits(slot: Slot, times: Times) -> bool:
    """Whether the slot lies outside their own quiet hours, with room to answer, on a day without a change of clocks."""
    at, quiet = _minutes(slot.at), _minutes(times.quiet_from)
    if times.quiet_from == times.quiet_to:
        return True
    quiet_for = (_minutes(times.quiet_to) - quiet) % 1440
    room = (quiet - at) % 1440
    return (at - quiet) % 1440 >= quiet_for and room >= SHORTEST.total_seconds() / 60


def _on_nights(wall: datetime, times: Times) -> bool:
    last = times.nights_until
    return last is not None and (wall.date() < last or (wall.date() == last and wall.time() < NIGHTS_QUIET[1]))


def _turns(start: datetime, end: datetime, times: Times) -> Iterator[datetime]:
    """Every instant at which quiet may begin: its own hour, the end of nights, and a change of clocks into it."""
    zone = ZoneInfo(times.zone)
    begins = [times.quiet_from] if times.nights_until is None else [times.quiet_from, *NIGHTS_QUIET]
    for day in {start.astimezone(zone).date(), end.astimezone(zone).date()}:
        for at in begins:
            wall = datetime.combine(day, at, zone)
            yield wall.astimezone(UTC)
            yield wall.replace(fold=1).astimezone(UTC)
    if start.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset():
        yield _change_of_clocks(start, end, zone)


def _change_of_clocks(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """The first minute between these instants at which the zone's new offset holds."""
    before, early, late = start.astimezone(zone).utcoffset(), 0, int((end - start) / MINUTE) + 1
    start = start.replace(second=0, microsecond=0)
    while late - early > 1:
        middle = (early + late) // 2
        same = (start + middle * MINUTE).astimezone(zone).utcoffset() == before
        early, late = (middle, late) if same else (early, middle)
    return start + late * MINUTE


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
