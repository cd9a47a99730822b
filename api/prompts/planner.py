"""The planner: what happens on each local day of one resident, and why. Pure: the same scene gives the same days.

Nothing is kept between two calls but the prompts that were made, so planning in many small steps gives exactly what one
look ahead gives; the preview rests on that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from api.prompts import choosing
from api.prompts.choosing import Level, choose, is_held_back
from api.prompts.hours import (
    DAY,
    SHORTEST,
    Times,
    first_quiet,
    instant,
    is_paused,
    is_quiet,
    local_date,
    on_nights,
)
from api.shifts.shift import Shift

WEEKLY_CAP = 4
OPEN_FOR = timedelta(hours=4)
AFTER_SHIFT = timedelta(minutes=30)
LONG_CALL = timedelta(hours=20)
# Shifts as far back and ahead as they can change what happens at one instant.
SHIFTS_REACH = timedelta(days=3)
AFTER_SHIFT_ASKS = "P01"

Eased = Literal["usual", "half", "resting"]
# Why a prompt comes, and why none does.
Why = Literal["chosen", "first", "picked", "after_shift", "follow_up"]
Reason = Literal[
    "no_slot", "quiet", "paused", "nights", "vacation", "on_shift", "post_call", "cap", "gap", "off", "eased",
    "resting", "held_back", "over", "done",
]  # fmt: skip


@dataclass(frozen=True)
class Wishes:
    """What a resident wants besides their hours. `post_call_h` are the hours of silence after a night or a call."""

    weekly_cap: int = WEEKLY_CAP
    levels: Mapping[str, Level] = field(default_factory=dict)
    after_shift: bool = False
    during_shift: bool = False
    post_call_h: int = 0
    hold_back: bool = True
    chosen: bool = True


@dataclass(frozen=True)
class FollowUp:
    """A prompt due once, which an earlier check-in led to. It keeps the hours; neither caps nor chance hold it."""

    name: str
    at: datetime
    protocol: str


@dataclass(frozen=True)
class Scene:
    """All the planner knows of one person.

    `asked` are the local days that have a scheduled prompt, with its protocol, back to the longest gap: such a day gets
    no second one. `gaps` are the days between two prompts for each protocol that may be asked for.
    """

    person_id: str
    times: Times
    wishes: Wishes
    gaps: Mapping[str, int]
    asked: Mapping[date, str] = field(default_factory=dict)
    shifts: Sequence[Shift] = ()
    eased: Eased = "usual"
    follow_ups: Sequence[FollowUp] = ()


@dataclass(frozen=True)
class Due:
    """One prompt to be, and the window in which it is open. `slot` makes it unique on its local day.

    `chance` is the probability with which it was to be held back, None where nothing was drawn.
    """

    local_date: date
    slot: str
    protocol: str
    due_at: datetime
    until: datetime
    why: Why
    held_back: bool = False
    chance: float | None = None


@dataclass(frozen=True)
class Planned:
    """What happens on a local day: a prompt, or the reason why none comes. Both when it is held back by chance."""

    day: date
    due: Due | None
    reason: Reason | None


@dataclass(frozen=True)
class _Candidate:
    """A moment that may become the day's prompt; `rank` is its place in the week."""

    name: str
    at: datetime
    protocol: str | None
    why: Why
    rank: int


def plan(scene: Scene, after: datetime, before: datetime) -> list[Due]:
    """Every prompt, held-back ones included, that falls due in (after, before], by day."""
    # A change of clocks can move a skipped midnight into the next day, so one day more is looked at on each side.
    first, last = local_date(after, scene.times.zone) - DAY, local_date(before, scene.times.zone) + DAY
    planned = look_ahead(scene, first, last, after, before)
    return [one.due for one in planned if one.due]


def look_ahead(scene: Scene, first: date, last: date, after: datetime, before: datetime) -> Iterator[Planned]:
    """What happens on each day from `first` to `last`, with what falls due in (after, before] as made on the way.

    What fell due earlier is "over"; what falls due later is not there yet, and its day has neither prompt nor reason.
    """
    asked, day = dict(scene.asked), first
    while day <= last:
        planned = _on(day, scene, asked, after, before)
        if planned.due:
            asked[day] = planned.due.protocol
        yield planned
        day += DAY


def _on(day: date, scene: Scene, asked: Mapping[date, str], after: datetime, before: datetime) -> Planned:
    if day in asked:
        return Planned(day, None, "done")
    found = _first_that_fits(day, scene, asked)
    if not isinstance(found, Due):
        return Planned(day, None, found)
    if found.due_at <= after:
        return Planned(day, None, "over")
    if found.due_at > before:
        return Planned(day, None, None)
    return Planned(day, found, "held_back" if found.held_back else None)


def _first_that_fits(day: date, scene: Scene, asked: Mapping[date, str]) -> Due | Reason:
    """The day's prompt, or what kept the first candidate from being it."""
    reason: Reason | None = None
    for one in _candidates(day, scene):
        found = _try(one, day, scene, asked)
        if isinstance(found, Due):
            return found
        reason = reason or found
    return reason or ("paused" if is_paused(day, scene.times) else "no_slot")


def _try(one: _Candidate, day: date, scene: Scene, asked: Mapping[date, str]) -> Due | Reason:
    if is_paused(day, scene.times):
        return "paused"
    free = one.why == "follow_up"
    if not free and (held := _held(one, day, scene, asked)):
        return held
    if trouble := _trouble(one.at, scene):
        return trouble
    until, closed_by = _until(one.at, scene)
    if until - one.at < SHORTEST:
        return closed_by
    first = AFTER_SHIFT_ASKS if one.why == "after_shift" else None
    protocol = one.protocol if free else choose(one.protocol, day, asked, scene.gaps, scene.wishes.levels, first)
    if protocol is None or protocol == "off" or protocol == "gap":
        return "gap" if protocol == "gap" else "off"
    drawn = scene.wishes.hold_back and not free
    held_back = drawn and is_held_back(scene.person_id, day)
    return Due(day, one.name, protocol, one.at, until, one.why, held_back, choosing.HELD_BACK_CHANCE if drawn else None)


def _candidates(day: date, scene: Scene) -> Iterator[_Candidate]:
    """Moments of this day by right of way: what was asked to follow, chosen times, ends of shifts."""
    zone, wishes = scene.times.zone, scene.wishes
    for follow_up in scene.follow_ups:
        if local_date(follow_up.at, zone) == day:
            yield _Candidate(follow_up.name, follow_up.at, follow_up.protocol, "follow_up", 0)
    slots = sorted(scene.times.slots, key=lambda slot: (slot.weekday, slot.at))
    for rank, slot in enumerate(slots):
        if slot.weekday == day.weekday():
            why: Why = "first" if not wishes.chosen else "chosen" if slot.protocol else "picked"
            yield _Candidate(slot.name, instant(day, slot.at, zone), slot.protocol, why, rank)
    for shift in scene.shifts if wishes.after_shift else ():
        at = shift.end + AFTER_SHIFT
        if shift.kind != "off" and local_date(at, zone) == day:
            yield _Candidate("shift", at, None, "after_shift", day.weekday())


def _held(one: _Candidate, day: date, scene: Scene, asked: Mapping[date, str]) -> Reason | None:
    """Whether the back-off or the week's cap keeps this one away."""
    if scene.eased == "resting":
        return "resting"
    monday = day - day.weekday() * DAY
    # Every other one of the week, and the others in the week after: exactly half over any two weeks.
    if scene.eased == "half" and (monday.toordinal() // 7 + one.rank) % 2:
        return "eased"
    used = sum(monday + n * DAY in asked for n in range(7))
    # A shift's end takes only what the times they chose for the rest of the week leave.
    chosen = {slot.weekday for slot in scene.times.slots if slot.weekday > day.weekday()}
    to_come = sum(monday + weekday * DAY not in asked for weekday in chosen) if one.why == "after_shift" else 0
    return "cap" if used + to_come >= scene.wishes.weekly_cap else None


def _trouble(at: datetime, scene: Scene) -> Reason | None:
    """Why nothing may fall due at this instant; None when it may."""
    silent_after = timedelta(hours=scene.wishes.post_call_h)
    for shift in scene.shifts:
        if shift.start <= at < shift.end:
            if shift.kind == "off":
                return "vacation"
            if not scene.wishes.during_shift:
                return "on_shift"
        if shift.end <= at < shift.end + silent_after and _is_call(shift):
            return "post_call"
    if is_quiet(at, scene.times):
        return "nights" if on_nights(at, scene.times) else "quiet"
    return None


def _until(at: datetime, scene: Scene) -> tuple[datetime, Reason]:
    """When a prompt that falls due now closes: after four hours, or sooner when quiet hours or a shift begin."""
    quiet: Reason = "nights" if on_nights(at, scene.times) else "quiet"
    ends: list[tuple[datetime, Reason]] = [(at + OPEN_FOR, quiet)]
    if begins := first_quiet(at, at + OPEN_FOR, scene.times):
        ends.append((begins, quiet))
    for shift in scene.shifts:
        if at < shift.start and (shift.kind == "off" or not scene.wishes.during_shift):
            ends.append((shift.start, "vacation" if shift.kind == "off" else "on_shift"))
    return min(ends)


def _is_call(shift: Shift) -> bool:
    return shift.kind == "night" or (shift.kind == "shift" and shift.end - shift.start >= LONG_CALL)
