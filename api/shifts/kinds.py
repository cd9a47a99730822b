"""What a calendar's entries mean for prompts: work, a night, time off, or nothing. Pure.

A title is read here and nowhere else, and only to tell time off from work; what comes out holds hours alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from api.shifts.shift import Kind, Shift

SHORTEST_SHIFT = timedelta(hours=3)
LONGEST_SHIFT = timedelta(hours=36)
NIGHT_AT = time(3)
DAY = timedelta(days=1)

# A whole word each, in the languages rosters are written in; "off service" and "hand-off" are work.
_OFF = re.compile(
    r"(?<![\w-])(?:off(?! ?(?:service|site|campus))|day ?off|vacation|holidays?|leave|pto|post[- ]?call|sick"
    r"|urlaub|ferien|frei|dienstfrei|krank|elternzeit|vacaciones|libre|permiso|descanso|festivo|saliente)(?![\w-])",
    re.IGNORECASE,
)
_AWAY = frozenset({"OOF"})


@dataclass(frozen=True)
class Entry:
    """One occurrence as the calendar has it. Naive datetimes float: they are meant on the resident's wall clock.

    `all_day` entries have dates at both ends, the last one not included. `free` says that the calendar shows the time
    as free; `busy_status` is Exchange's word for it, or "".
    """

    start: datetime | date
    end: datetime | date
    title: str
    free: bool = False
    busy_status: str = ""

    @property
    def all_day(self) -> bool:
        return not isinstance(self.start, datetime)


@dataclass(frozen=True)
class Reading:
    """What a calendar says: its shifts by start, and how many entries said nothing about work (no hours, too short)."""

    shifts: tuple[Shift, ...]
    left_out: int


def read(entries: Iterable[Entry], zone: str) -> Reading:
    """The shifts among a calendar's entries, on the wall clock of `zone`: each once, work that touches put together."""
    found: set[Shift] = set()
    left_out = 0
    for entry in entries:
        shift = _shift_of(entry, zone)
        if shift:
            found.add(shift)
        else:
            left_out += 1
    off = [shift for shift in found if shift.kind == "off"]
    work = _joined(sorted(shift for shift in found if shift.kind != "off"), zone)
    return Reading(tuple(sorted([*off, *work])), left_out)


def _shift_of(entry: Entry, zone: str) -> Shift | None:
    start, end = _instant(entry.start, zone), _instant(entry.end, zone)
    if _is_off(entry):
        return Shift(start, end, "off") if end > start else None
    if entry.all_day or entry.free or not SHORTEST_SHIFT <= end - start <= LONGEST_SHIFT:
        return None
    return Shift(start, end, _work(start, end, zone))


def _is_off(entry: Entry) -> bool:
    return bool(_OFF.search(entry.title)) or (entry.all_day and entry.busy_status in _AWAY)


def _work(start: datetime, end: datetime, zone: str) -> Kind:
    """Night or shift: whether 03:00 on the wall clock lies inside the hours, on any day they touch."""
    there = ZoneInfo(zone)
    day, last = start.astimezone(there).date(), end.astimezone(there).date()
    while day <= last:
        at = datetime.combine(day, NIGHT_AT, there).astimezone(UTC)
        if start <= at < end:
            return "night"
        day += DAY
    return "shift"


def _joined(work: list[Shift], zone: str) -> list[Shift]:
    """Work that overlaps or touches, put together while it stays as long as anybody works, so that an end is an end."""
    joined: list[Shift] = []
    for shift in work:
        before = joined[-1] if joined else None
        end = max(before.end, shift.end) if before else shift.end
        if before and shift.start <= before.end and end - before.start <= LONGEST_SHIFT:
            joined[-1] = Shift(before.start, end, _work(before.start, end, zone))
        else:
            joined.append(shift)
    return joined


def _instant(at: datetime | date, zone: str) -> datetime:
    """The UTC instant of a calendar's time; a floating one that a change of clocks skips moves forward by the gap."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time(0))
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zone), fold=0)
    return at.astimezone(UTC)
