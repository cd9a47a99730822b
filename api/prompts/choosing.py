"""Which check-in a prompt asks for, and which prompts are left out by chance: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from math import inf
from typing import Literal

Level = Literal["more", "usual", "less", "off"]

HELD_BACK_CHANCE = 0.25


def gap_days(usual: int, level: Level) -> int:
    """The fewest days between two prompts for one protocol, from the protocol's own and the resident's wish."""
    return {"more": max(1, usual // 2), "less": 2 * usual}.get(level, usual)


def choose(
    wanted: str | None,
    day: date,
    asked: Mapping[date, str],
    gaps: Mapping[str, int],
    levels: Mapping[str, Level],
    first: str | None = None,
) -> str | Literal["off", "gap"]:
    """The protocol to ask for on this day, or why none: "off" (turned off, or never pushed), "gap" (asked lately).

    `wanted` is the slot's own protocol. Where it has none, the one whose gap is over for longest is asked; `first`
    comes before the others when it may be asked at all. `gaps` are the days between two of each that may be pushed.
    """
    named = [wanted] if wanted else list(gaps)
    on = [one for one in named if one in gaps and levels.get(one) != "off"]
    if not on:
        return "off"
    waited = {one: _waited(one, day, asked) / gap_days(gaps[one], levels.get(one, "usual")) for one in on}
    ready = [one for one in on if waited[one] >= 1]
    if not ready:
        return "gap"
    return first if first in ready else max(ready, key=lambda one: (waited[one], _ranked(one, on)))


def is_held_back(person_id: str, day: date) -> bool:
    """Whether this person's prompt of this day is left out by chance: always the same answer, one in four."""
    drawn = hashlib.sha256(f"hold-back/{person_id}/{day.isoformat()}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64 < HELD_BACK_CHANCE


def _waited(protocol: str, day: date, asked: Mapping[date, str]) -> float:
    """Days since it was last asked, infinite when it was not."""
    return min(((day - before).days for before, one in asked.items() if one == protocol and before < day), default=inf)


def _ranked(protocol: str, on: list[str]) -> int:
    return -on.index(protocol)
