"""When prompts fall due: pure, and the one place that minds daylight saving.

A slot is a wall-clock time on a weekday in the person's own zone. A local time that a change of clocks skips is moved
forward by the gap; one that happens twice means the first. Given the same inputs the plan is always the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKLY_CAP = 4
OPEN_FOR = timedelta(hours=4)
SHORTEST = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Slot:
    """A weekday (Monday is 0), a wall-clock time, and the protocol that is asked then."""

    weekday: int
    at: time
    protocol: str

    @property
    def name(self) -> str:
        """What makes a prompt of this slot unique on its local day."""
        return f"{self.at:%H:%M}"


@dataclass(frozen=True)
class Times:
    """A person's rhythm as the planner reads it. Equal ends of quiet mean no quiet hours.

    `paused_until` is the first local day on which prompts arrive again; None when nothing is paused.
    """

    slots: tuple[Slot, ...]
    quiet_from: time
    quiet_to: time
    paused_until: date | None
    zone: str


@dataclass(frozen=True)
class Due:
    """One prompt to be: its slot on its local day, and the window in which it is open."""

    local_date: date
    slot: Slot
    due_at: datetime
    until: datetime


def instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall-clock time: skipped times move forward by the gap, doubled ones are the first."""
    # fold=0 uses the offset before a change of clocks, which is exactly both rules.
    return datetime.combine(day, at, ZoneInfo(zone)).replace(fold=0).astimezone(UTC)


def is_quiet(moment: datetime, times: Times) -> bool:
    """Whether this instant lies in the person's quiet hours."""
    at = moment.astimezone(ZoneInfo(times.zone)).time()
    if times.quiet_from <= times.quiet_to:
        return times.quiet_from <= at < times.quiet_to
    return at >= times.quiet_from or at < times.quiet_to


def is_hushed(moment: datetime, times: Times) -> bool:
    """Whether nothing may alert the person at this instant: in quiet hours, or while they paused prompts."""
    day = moment.astimezone(ZoneInfo(times.zone)).date()
    return is_quiet(moment, times) or (times.paused_until is not None and day < times.paused_until)


def next_quiet(moment: datetime, times: Times) -> datetime | None:
    """When quiet hours begin next after this instant; None when there are none."""
    if times.quiet_from == times.quiet_to:
        return None
    day = moment.astimezone(ZoneInfo(times.zone)).date()
    starts = (instant(day + n * DAY, times.quiet_from, times.zone) for n in range(3))
    return next(start for start in starts if start > moment)


def open_until(due_at: datetime, times: Times) -> datetime:
    """When a prompt closes: four hours after it fell due, and never later than quiet hours begin."""
    quiet = next_quiet(due_at, times)
    latest = due_at + OPEN_FOR
    return min(latest, quiet) if quiet else latest


def due_on(day: date, times: Times) -> Due | None:
    """The prompt of this local day, the earliest slot that fits; None when the day has none."""
    if times.paused_until and day < times.paused_until:
        return None
    for slot in sorted(slot for slot in times.slots if slot.weekday == day.weekday()):
        due_at = instant(day, slot.at, times.zone)
        until = open_until(due_at, times)
        if not is_quiet(due_at, times) and until - due_at >= SHORTEST:
            return Due(day, slot, due_at, until)
    return None


def plan(times: Times, after: datetime, before: datetime, taken: frozenset[date] = frozenset()) -> list[Due]:
    """Every prompt that falls due in (after, before]: one a day at most, and four from Monday to Sunday.

    `taken` are the local days that already have a scheduled prompt, at least back to the Monday before `after`: such a
    day gets no second one, and it counts towards its week's cap.
    """
    dues: list[Due] = []
    for day in _days(times.zone, after, before):
        monday = day - day.weekday() * DAY
        week = {monday + n * DAY for n in range(7)}
        used = len(week & taken) + sum(due.local_date in week for due in dues)
        due = due_on(day, times) if day not in taken and used < WEEKLY_CAP else None
        if due and after < due.due_at <= before:
            dues.append(due)
    return dues


def fits(slot: Slot, times: Times) -> bool:
    """Whether the slot lies outside quiet hours, with room to answer, on a day without a change of clocks."""
    at, quiet = _minutes(slot.at), _minutes(times.quiet_from)
    if times.quiet_from == times.quiet_to:
        return True
    quiet_for = (_minutes(times.quiet_to) - quiet) % 1440
    room = (quiet - at) % 1440
    return (at - quiet) % 1440 >= quiet_for and room >= SHORTEST.total_seconds() / 60


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _days(zone: str, after: datetime, before: datetime) -> Iterator[date]:
    day = after.astimezone(ZoneInfo(zone)).date()
    # A change of zone's rules can move a skipped midnight into the next day, so one day more is looked at on each side.
    last = before.astimezone(ZoneInfo(zone)).date() + DAY
    day -= DAY
    while day <= last:
        yield day
        day += DAY
