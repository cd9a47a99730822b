"""The words of a release, beside the library they speak of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.pulse import cells
from api.pulse.shapes import width

LIBRARY = Path(__file__).parents[2] / "api" / "library" / "protocols"
WORDS = cells.words()


def items() -> dict[str, dict[str, Any]]:
    """Every item the library sends to the group, by protocol.item."""
    found = {}
    for protocol in ("P01", "P02", "P10"):
        for item in json.loads((LIBRARY / f"{protocol}.json").read_text())["items"]:
            if item["audience"].startswith("group"):
                found[f"{protocol}.{item['id']}"] = item
    return found


def test_every_group_item_of_the_library_is_counted_in_some_block() -> None:
    assert set(WORDS.cells) == set(items())
    assert {name for turn in WORDS.rotation for name in turn} == set(items())


def test_r9_no_block_counts_more_than_five_items() -> None:
    assert all(len(turn) <= 5 and len(set(turn)) == len(turn) for turn in WORDS.rotation)


@pytest.mark.parametrize("name", sorted(WORDS.cells))
def test_a_cell_has_the_options_of_its_item(name: str) -> None:
    cell, item = WORDS.cells[name], items()[name]
    if "chips" in cell:
        assert [chip["words"] for chip in cell["chips"]] == item["options"]
        assert cell["pick"] == item["max"]
    else:
        assert cell["max"] == (10 if item["type"] == "slider" else len(item["options"]) - 1)
        assert 0 < len(cell["of"]) <= cell["max"]
        assert set(cell["of"]) <= set(range(cell["max"] + 1))
    assert (item["audience"] == "group_sensitive") == bool(cell.get("sensitive"))


def test_shapes_take_turns_and_are_the_same_for_the_same_block() -> None:
    assert cells.shape_of(0) == cells.shape_of(2)
    assert cells.shape_of(0) != cells.shape_of(1)
    assert cells.shape_of(0)["P02"] == [{"item": "a", "max": 1}, {"item": "c", "options": 7, "pick": 2}]
    assert sum(width(cell) for cell in cells.shape_of(0)["P02"]) == 8


def test_a_card_asks_an_open_question_and_never_speaks_of_a_person() -> None:
    cards = [cell["agenda"] for cell in WORDS.cells.values() if "agenda" in cell]
    cards += [chip["agenda"] for cell in WORDS.cells.values() for chip in cell.get("chips", [])]
    for card in [card for card in cards if card is not None]:
        assert set(card) == {"question", "step"}
        assert card["question"].endswith("?")
        assert card["question"].split()[0] not in ("Is", "Are", "Do", "Does", "Did", "Can", "Who's")
        assert card["step"].endswith(".")


def test_no_word_of_a_release_promises_a_number_or_a_later_release() -> None:
    said = json.dumps([WORDS.note, WORDS.not_enough, WORDS.no_chip, WORDS.steady])
    assert "anonymous" not in said.lower()
    assert "next release" not in said.lower()
    assert not any(digit in WORDS.not_enough for digit in "0123456789%")
