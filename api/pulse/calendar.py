"""When blocks begin, end, close and are shown. Pure; days are local to a group's zone, instants are UTC.

Blocks are counted from the term's start, without a gap, in a length that is fixed by the group's size (R2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AGE = timedelta(days=28)
NOTICE = timedelta(days=7)
AHEAD = 2


@dataclass(frozen=True)
class Block:
    """One block of a group; `index` counts from the term's start, 0 first, and `end_day` is its last day."""

    index: int
    open_day: date
    end_day: date

    @property
    def label(self) -> str:
        """The block's name on the wire: its first day, which also sorts."""
        return self.open_day.isoformat()

    @property
    def issue_day(self) -> date:
        """From this day on tokens are issued, to residents who joined before it."""
        return issue_day(self.open_day)


def issue_day(open_day: date) -> date:
    return open_day - AGE


def block(term_start: date, weeks: int, index: int) -> Block:
    opens = term_start + timedelta(weeks=weeks * index)
    return Block(index, opens, opens + timedelta(weeks=weeks, days=-1))


def due(term_start: date, weeks: int, today: date) -> list[Block]:
    """The blocks that should have a key today and can still be given one.

    Every block that opens within 35 days and at least the next two, so that phones can stock tokens; but none that
    opens in less than a week, because a key must be public that long before anybody uses it.
    """
    index = max(0, (today - term_start) // timedelta(weeks=weeks) + 1)
    coming: list[Block] = []
    while len(coming) < AHEAD or not is_far(block(term_start, weeks, index).open_day, today):
        coming.append(block(term_start, weeks, index))
        index += 1
    return [one for one in coming if one.open_day >= today + NOTICE]


def is_far(open_day: date, today: date) -> bool:
    """Whether what opens that day is too far ahead to need a key already."""
    return open_day > today + AGE + NOTICE


def closes_at(end_day: date, zone: str, grace_h: int) -> datetime:
    """The end of the block's last local day, and some hours' grace for phones that were offline."""
    midnight = datetime.combine(end_day + timedelta(days=1), time(0), ZoneInfo(zone))
    return midnight.astimezone(UTC) + timedelta(hours=grace_h)


def shown_at(closed_at: datetime, zone: str, hour: int) -> datetime:
    """The residents' hour: the first `hour` o'clock on the group's wall at or after this close."""
    day = closed_at.astimezone(ZoneInfo(zone)).date()
    for later in range(3):
        at = datetime.combine(day + timedelta(days=later), time(hour), ZoneInfo(zone)).astimezone(UTC)
        if at >= closed_at:
            return at
    raise AssertionError("every wall clock reaches every hour within two days")
