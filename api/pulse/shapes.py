"""A block's public shape: which items it counts, and how a row of answers is laid out. Pure.

A shape is {protocol: [cell]}. A cell is {"item", "max"}: one position 0..max; or {"item", "options", "pick"}: that many
positions of 0 or 1, at most `pick` of them 1. 255 in every position of a cell stands for "not answered".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.pulse.wire import NO_ANSWER

Cell = Mapping[str, Any]
Shape = Mapping[str, Sequence[Cell]]


def width(cell: Cell) -> int:
    """Positions this cell takes in a row of answers."""
    return 1 if "max" in cell else int(cell["options"])


def row_width(cells: Sequence[Cell]) -> int:
    return sum(width(cell) for cell in cells)


def split(row: Sequence[int], cells: Sequence[Cell]) -> list[Sequence[int]]:
    """The positions of one row, cell by cell."""
    parts, start = [], 0
    for cell in cells:
        parts.append(row[start : start + width(cell)])
        start += width(cell)
    return parts


def answered(places: Sequence[int]) -> bool:
    """Whether these positions of one cell hold an answer."""
    return any(place != NO_ANSWER for place in places)


def fits(places: Sequence[int], cell: Cell) -> bool:
    """Whether these positions are an answer this cell allows, or no answer at all."""
    if not answered(places):
        return True
    if "max" in cell:
        return 0 <= places[0] <= int(cell["max"])
    return all(place in (0, 1) for place in places) and sum(places) <= int(cell["pick"])
