"""Scenes for the planner, and what it makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from api.prompts import planner
from api.prompts.hours import Slot, Times
from api.prompts.planner import Due, Planned, Scene, Wishes
from api.shifts.shift import Kind, Shift

NEW_YORK, BERLIN, LORD_HOWE, PHOENIX = "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Phoenix"
ZONES = (NEW_YORK, BERLIN, LORD_HOWE, PHOENIX, "America/Chicago", "Pacific/Apia", "Africa/Casablanca")
GAPS = {"P01": 2, "P02": 5, "P10": 2}
NO_GAPS = {"P01": 1, "P02": 1, "P10": 1}
DAYS = timedelta(days=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slot(weekday: int, at: str, protocol: str | None = "P01") -> Slot:
    return Slot(weekday, time.fromisoformat(at), protocol)


def daily(at: str = "12:00", protocol: str | None = "P01") -> list[Slot]:
    return [slot(day, at, protocol) for day in range(7)]


def times(
    *slots: Slot, quiet: tuple[str, str] = ("22:00", "07:00"), zone: str = NEW_YORK, **more: date | None
) -> Times:
    ends = time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])
    return Times(slots, *ends, more.get("paused_until"), zone, more.get("nights_until"))


def scene(
    rhythm: Times, gaps: Mapping[str, int] = NO_GAPS, asked: Mapping[date, str] | None = None, **more: Any
) -> Scene:
    """A person nothing is held back from, unless told otherwise."""
    own = {key: more.pop(key) for key in ("eased", "follow_ups", "person_id") if key in more}
    shifts = more.pop("shifts", ())
    who = own.pop("person_id", "rita")
    return Scene(who, rhythm, Wishes(**{"hold_back": False, **more}), gaps, asked or {}, shifts, **own)


def plan(it: Scene | Times, after: str | datetime, before: str | datetime) -> list[Due]:
    """What is planned in (after, before]; instants as text are UTC."""
    held = it if isinstance(it, Scene) else scene(it)
    ends = [utc(at) if isinstance(at, str) else at for at in (after, before)]
    return planner.plan(held, *ends)


def days(it: Scene, first: str, last: str) -> list[Planned]:
    """What happens on each local day from first to last, looked at from the midnight UTC before."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return list(planner.look_ahead(it, start, end, utc(first) - DAYS, utc(last) + 2 * DAYS))


def reasons(it: Scene, first: str, last: str) -> dict[int, str]:
    """Day of the month → "prompt" or the reason why there is none."""
    return {one.day.day: one.reason or ("prompt" if one.due else "later") for one in days(it, first, last)}


def shift(start: str, end: str, kind: Kind = "shift") -> Shift:
    return Shift(utc(start), utc(end), kind)


def in_steps(it: Scene, start: datetime, steps: Sequence[timedelta]) -> list[Due]:
    """Planned bit by bit, each step knowing only what the steps before it made."""
    made: list[Due] = []
    for step in steps:
        asked = {**it.asked, **{due.local_date: due.protocol for due in made}}
        here = Scene(**{**it.__dict__, "asked": asked})
        made += planner.plan(here, start, start + step)
        start += step
    return made
