"""From a block's sheets to what may be said of them. Pure; chance comes in as `rng` and is drawn once, at close.

Rules of the wall: a cell needs enough hidden contributors (R3); shares are told in three bands, never as 0 %, 100 %, a
count or a mean (R5); every number is blurred by two-sided geometric noise before it becomes a band (R6); at most five
cells (R9). This is not called differential privacy: the threshold itself is exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from api.pulse.cells import CELLS_MAX, Words
from api.pulse.shapes import Cell, Shape, answered, split

EPSILON = 1.0
CHIP_MIN = 3
LARGE_GROUP = 20
K_SMALL, K_LARGE, K_SENSITIVE = 5, 7, 10

FEW, HALF, MOST = "few", "half", "most"
SPOKEN = {FEW: "few", HALF: "about half", MOST: "most"}
_RANK = {FEW: 0, HALF: 1, MOST: 2}


class Chance(Protocol):
    """Where noise comes from: random.SystemRandom in production, a seeded one in tests."""

    def random(self) -> float: ...


def threshold(people: int, sensitive: bool = False) -> int:
    """How many hidden contributors a cell needs in a group with this many people who can take part."""
    if sensitive:
        return K_SENSITIVE
    return K_LARGE if people >= LARGE_GROUP else K_SMALL


def release(
    shape: Shape,
    rows: Mapping[str, Sequence[bytes]],
    marks: Mapping[str, int],
    people: int,
    words: Words,
    rng: Chance,
) -> dict[str, Any]:
    """The cells, the agenda card and the note of one block's release.

    `rows` and `marks` are by protocol: everybody's answers, and how many people's answers a coach was given by name.
    """
    made = []
    for protocol, cells in shape.items():
        columns = [split(row, cells) for row in rows[protocol]]
        for place, cell in enumerate(cells):
            given = [parts[place] for parts in columns if answered(parts[place])]
            made.append(_cell(protocol, cell, given, marks[protocol], people, words, rng))
    if len(made) > CELLS_MAX:
        raise ValueError(f"a release holds at most {CELLS_MAX} cells")
    return {"cells": made, "agenda": agenda(made, words), "note": words.note}


def noise(rng: Chance, epsilon: float) -> int:
    """A whole number from the two-sided geometric distribution P(x) ~ e^(-epsilon |x|)."""
    return _geometric(rng, epsilon) - _geometric(rng, epsilon)


def band(count: int, of: int) -> str:
    """few up to a third, most from two thirds on, half between; `count` may be blurred below 0 or above `of`."""
    if 3 * count <= of:
        return FEW
    return MOST if 3 * count >= 2 * of else HALF


def agenda(cells: Sequence[Mapping[str, Any]], words: Words) -> dict[str, str] | None:
    """The card for the strongest thing said: highest band first, then shares before chips, then the order of cells.

    Made only from what the release shows, so it says nothing more. None when nothing is shown.
    """
    shown = [cell for cell in cells if cell["state"] == "shown"]
    if not shown:
        return None
    told = [*(_share_card(cell, words) for cell in shown), *(c for cell in shown for c in _chip_cards(cell, words))]
    strong = [(rank, card) for rank, card in told if rank > _RANK[FEW] and card is not None]
    if not strong:
        return dict(words.steady)
    # max keeps the first of equals, which is the order promised above.
    return max(strong, key=lambda entry: entry[0])[1]


def _cell(
    protocol: str, cell: Cell, given: Sequence[Sequence[int]], marks: int, people: int, words: Words, rng: Chance
) -> dict[str, Any]:
    kind = "share" if "max" in cell else "chips"
    hidden = {"state": "not_enough", "band": None, "chips": None}
    meant = words.meaning(protocol, cell)
    if meant is None:
        return {"protocol": protocol, "item": cell["item"], "kind": kind, **hidden, **words.changed}
    told = _share(given, meant, rng) if kind == "share" else _chips(given, cell, meant, words, rng)
    # Noise is drawn for a hidden cell too, so that how much chance was used tells nothing. Marks lie in a bucket of
    # their own and may belong to people who left this item out; subtracting all of them errs on the safe side.
    if len(given) - marks < threshold(people, bool(meant.get("sensitive"))):
        told = {**hidden, "why": words.not_enough}
    return {"protocol": protocol, "item": cell["item"], "words": meant["words"], "kind": kind, **told}


def _share(given: Sequence[Sequence[int]], meant: Mapping[str, Any], rng: Chance) -> dict[str, Any]:
    count = sum(places[0] in meant["of"] for places in given)
    return {"state": "shown", "band": band(count + noise(rng, EPSILON), len(given)), "chips": None, "why": None}


def _chips(
    given: Sequence[Sequence[int]], cell: Cell, meant: Mapping[str, Any], words: Words, rng: Chance
) -> dict[str, Any]:
    chips = []
    # One person moves up to `pick` chips, so each chip gets its part of the item's epsilon.
    epsilon = EPSILON / cell["pick"]
    for index, chip in enumerate(meant["chips"]):
        count = sum(places[index] for places in given)
        blurred = count + noise(rng, epsilon)
        if min(count, blurred) >= CHIP_MIN:
            chips.append({"words": chip["words"], "band": band(blurred, len(given))})
    return {"state": "shown", "band": None, "chips": chips, "why": None if chips else words.no_chip}


def _geometric(rng: Chance, epsilon: float) -> int:
    return math.floor(math.log(1.0 - rng.random()) / -epsilon)


def _share_card(cell: Mapping[str, Any], words: Words) -> tuple[int, dict[str, str] | None]:
    if cell["kind"] != "share":
        return _RANK[FEW], None
    card = words.cells[f"{cell['protocol']}.{cell['item']}"]["agenda"]
    return _RANK[cell["band"]], _card(card, f"{cell['words']}: {SPOKEN[cell['band']]}.")


def _chip_cards(cell: Mapping[str, Any], words: Words) -> list[tuple[int, dict[str, str] | None]]:
    if cell["kind"] != "chips":
        return []
    cards = {chip["words"]: chip["agenda"] for chip in words.cells[f"{cell['protocol']}.{cell['item']}"]["chips"]}
    return [
        (_RANK[chip["band"]], _card(cards[chip["words"]], f"{cell['words']}: {chip['words']}, {SPOKEN[chip['band']]}."))
        for chip in cell["chips"]
    ]


def _card(card: Mapping[str, str] | None, source: str) -> dict[str, str] | None:
    return None if card is None else {"question": card["question"], "step": card["step"], "from": source}
