"""What each counted item is called in a release, and what a coach may make of it: `cells.json`, read once. Pure.

A cell is named protocol.item. One with `max` is told as a share: the statement `words` about those whose answer is one
of `of`. One with `chips` is told chip by chip. Cells take turns by block (`rotation`), so that a release never holds
more than five and every item is counted in some block.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from api.pulse.shapes import Shape

FILE = Path(__file__).with_name("cells.json")
CELLS_MAX = 5


@dataclass(frozen=True)
class Words:
    """Everything a release says in words. `cells` maps protocol.item to its entry in the file."""

    note: str
    not_enough: str
    no_chip: str
    steady: dict[str, str]
    rotation: tuple[tuple[str, ...], ...]
    cells: dict[str, dict[str, Any]]


@lru_cache(maxsize=1)
def words() -> Words:
    read = json.loads(FILE.read_text(encoding="utf-8"))
    return Words(
        note=read["note"],
        not_enough=read["not_enough"],
        no_chip=read["no_chip"],
        steady=read["steady"],
        rotation=tuple(tuple(turn) for turn in read["rotation"]),
        cells=read["cells"],
    )


def shape_of(index: int) -> Shape:
    """The public shape of a group's block; `index` counts blocks from the start of the term, 0 first."""
    rotation = words().rotation
    shape: dict[str, list[dict[str, Any]]] = {}
    for name in rotation[index % len(rotation)]:
        protocol, item = name.split(".")
        shape.setdefault(protocol, []).append({"item": item, **_layout(words().cells[name])})
    return shape


def _layout(cell: dict[str, Any]) -> dict[str, int]:
    if "max" in cell:
        return {"max": cell["max"]}
    return {"options": len(cell["chips"]), "pick": cell["pick"]}
