"""What each counted item is called in a release, and what a coach may make of it: `cells.json`, read once. Pure.

A cell is named protocol.item. One with `max` is told as a share: the statement `words` about those whose answer is one
of `of`. One with `chips` is told chip by chip. Cells take turns by block (`rotation`), so that a release never holds
more than five and every item is counted in some block. Blocks are announced weeks ahead: an item whose options change
is a new item with a new name, and what an announced block asked under the old one is no longer told (`changed`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from api.pulse.shapes import Cell, Shape

FILE = Path(__file__).with_name("cells.json")
CELLS_MAX = 5


@dataclass(frozen=True)
class Words:
    """Everything a release says in words. `cells` maps protocol.item to its entry in the file."""

    note: str
    not_enough: str
    no_chip: str
    changed: dict[str, str]
    steady: dict[str, str]
    rotation: tuple[tuple[str, ...], ...]
    cells: dict[str, dict[str, Any]]

    def meaning(self, protocol: str, cell: Cell) -> dict[str, Any] | None:
        """The entry of an announced cell; None when the file has none by now, or lays its answers out otherwise."""
        entry = self.cells.get(f"{protocol}.{cell['item']}")
        return entry if entry is not None and {"item": cell["item"], **_layout(entry)} == dict(cell) else None


@lru_cache(maxsize=1)
def words() -> Words:
    read = json.loads(FILE.read_text(encoding="utf-8"))
    return Words(
        note=read["note"],
        not_enough=read["not_enough"],
        no_chip=read["no_chip"],
        changed=read["changed"],
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
