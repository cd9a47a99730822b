"""What the simulated residents answer. Pure: the same seed, person and block always tell the same story.

The term has a hard middle and an easier end; each person has a temperament. Answers are indices of options, as the
phone keeps them; an item that branching would not show is not answered.
"""

from __future__ import annotations

import random
from typing import Any

# How stretched the group is, block by block, 0 (easy) to 1 (hard); the later blocks repeat.
MOOD = (0.25, 0.35, 0.5, 0.6, 0.78, 0.7, 0.55, 0.4)
# The share of residents who answer at all. One block is a holiday: too few, so that it stays below the threshold.
PRESENT = (0.8, 0.75, 0.8, 0.7, 0.28, 0.75, 0.7, 0.75)


def takes_part(name: str, block: int) -> bool:
    """Whether this resident answers anything in the block (0 is the first)."""
    return _dice(name, block, "present").random() < PRESENT[block % len(PRESENT)]


def answers(name: str, block: int) -> dict[str, dict[str, Any]]:
    """A resident's answers of one block: protocol → item → index, or indices for chips."""
    dice = _dice(name, block, "answers")
    strain = min(1.0, max(0.0, MOOD[block % len(MOOD)] + _dice(name, 0, "temperament").uniform(-0.25, 0.25)))
    made = {"P01": _shift_exit(dice, strain), "P10": _tank(dice, strain)}
    if dice.random() < 0.8:
        made["P02"] = _protected_time(dice, strain)
    return made


def _shift_exit(dice: random.Random, strain: float) -> dict[str, Any]:
    return {"a": _scale(dice, strain, 4), "b": _chips(dice, [3, 4, 1, 1, 4, 1 + 4 * (1 - strain)])}


def _protected_time(dice: random.Random, strain: float) -> dict[str, Any]:
    if dice.random() < 0.25 + 0.45 * strain:
        return {"a": 1, "d": [dice.choices(range(5), [3, 2, 2, 1, 2])[0]]}
    kept = _scale(dice, 1 - strain, 4)
    if kept > 2:
        return {"a": 0, "b": kept}
    return {"a": 0, "b": kept, "c": _chips(dice, [5, 3, 3, 1, 2, 1, 1])}


def _tank(dice: random.Random, strain: float) -> dict[str, Any]:
    return {"a": _scale(dice, 1 - strain, 10), "b": _chips(dice, [5, 2, 4, 2, 2, 1 + 4 * (1 - strain)])}


def _scale(dice: random.Random, level: float, top: int) -> int:
    return min(top, max(0, round(dice.gauss(level, 0.18) * top)))


def _chips(dice: random.Random, weights: list[float]) -> list[int]:
    first = dice.choices(range(len(weights)), weights)[0]
    second = dice.choices(range(len(weights)), weights)[0]
    return sorted({first, second})


def _dice(name: str, block: int, what: str) -> random.Random:
    return random.Random(f"{name}/{block}/{what}")  # noqa: S311 - a story, not a secret
