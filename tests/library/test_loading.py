"""The protocol files: what ships is right, and what is wrong is named, all of it at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.library.loading import FOLDER, LibraryError, library, load

FORBIDDEN = re.compile(
    r"\b(should|must|ought|scores?|scored|streaks?|badges?|points|levels?|risk|missed|anonymous|burnout|screen|detect|"
    r"diagnos(e|is)|suicide|medication|alcohol|congratulations|fail(ed)?)\b",
    re.IGNORECASE,
)


def texts(value: Any) -> Iterator[str]:
    """Every piece of text in a protocol."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


def broken(folder: Path, **changes: Any) -> Path:
    """A folder with P01 changed: a path of keys joined by `__` gets a new value."""
    protocol = json.loads((FOLDER / "P01.json").read_text())
    for path, value in changes.items():
        *way, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        place = protocol
        for step in way:
            place = place[step]
        place[last] = value
    (folder / "P01.json").write_text(json.dumps(protocol))
    return folder


def lines_of(folder: Path) -> list[str]:
    with pytest.raises(LibraryError) as caught:
        load(folder)
    return caught.value.lines


def test_the_first_three_protocols_ship_and_may_be_pushed() -> None:
    assert list(library().protocols) == ["P01", "P02", "P10"]
    assert all(library().pushed(key) for key in library().protocols)
    assert not library().pushed("P06")


def test_no_text_holds_a_word_we_do_not_say() -> None:
    for key, protocol in library().protocols.items():
        for text in texts(protocol):
            assert not FORBIDDEN.search(text), f"{key} says a word we do not say: {text!r}"
            assert "!" not in text, f"{key} shouts in {text!r}"


def test_no_way_through_a_protocol_takes_thirty_seconds_or_more_than_three_taps_and_a_line() -> None:
    for protocol in library().protocols.values():
        assert protocol["est_s"][1] < 30
        always = [item for item in protocol["items"] if item["show_if"] is None and not item["optional"]]
        assert len(always) <= 3


def test_stems_are_short_and_plain() -> None:
    for protocol in library().protocols.values():
        for item in protocol["items"]:
            assert len(item["text"].split()) <= 12
            assert not item["text"].isupper()


def test_the_branches_of_shift_exit_open_after_a_heavy_answer_only() -> None:
    items = {item["id"]: item for item in library().protocols["P01"]["items"]}
    assert [items["a"]["options"][i] for i in items["c"]["show_if"]["in"]] == ["A lot", "Nearly all"]
    assert [items["c"]["options"][i] for i in items["d"]["show_if"]["in"]] == ["Write two lines"]
    assert items["d"]["optional"] is True
    assert items["d"]["audience"] == "phone"


def test_the_gauge_offers_options_after_three_low_answers_of_five() -> None:
    gauge, _, offer = library().protocols["P10"]["items"]
    assert (gauge["min"], gauge["max"], len(gauge["options"])) == (0, 10, 2)
    assert offer["show_if"] == {"run": {"item": "a", "at_most": 2, "times": 3, "of": 5}}


def test_the_version_changes_with_any_change_of_a_file(tmp_path: Path) -> None:
    assert load(broken(tmp_path)).version != load(broken(tmp_path, close="Noted.")).version


def test_a_misspelt_field_is_named_with_its_file(tmp_path: Path) -> None:
    assert lines_of(broken(tmp_path, colour="red")) == ["P01.json: colour: Unknown field."]


def test_everything_wrong_is_named_at_once_in_every_file(tmp_path: Path) -> None:
    broken(tmp_path, items__0__type="stars", items__1__max=9, k=2)
    (tmp_path / "P02.json").write_text("{")
    lines = lines_of(tmp_path)
    assert [line for line in lines if line.startswith("P01.json: items.0.type:")]
    assert "P01.json: items.1.max: is more than there are options" in lines
    assert [line for line in lines if line.startswith("P01.json: k:")]
    assert [line for line in lines if line.startswith("P02.json: file: is not JSON")]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"id": "P07"}, "P01.json: id: is P07, but the file is named P01"),
        (
            {"items__0__show_if": {"item": "b", "in": [0]}},
            "P01.json: items.0.show_if: names b, which is not asked before",
        ),
        (
            {"items__2__show_if": {"item": "a", "in": [5]}},
            "P01.json: items.2.show_if: names an answer that a does not have",
        ),
        ({"items__2__show_if": {"item": "a"}}, "P01.json: items.2.show_if: needs either item and in, or run"),
        (
            {"items__2__show_if": {"run": {"item": "b", "at_most": 2, "times": 3, "of": 5}}},
            "P01.json: items.2.show_if: a run counts a scale or a slider of this protocol",
        ),
        (
            {"items__2__show_if": {"run": {"item": "a", "at_most": 2, "times": 6, "of": 5}}},
            "P01.json: items.2.show_if: a run can never be true like this",
        ),
        ({"heavy": {"item": "z", "in": [0]}}, "P01.json: heavy: names z, which is not asked before"),
        ({"own": {"item": "z", "title": "Z"}}, "P01.json: own: names an item that is not there"),
        ({"est_s": [20, 10]}, "P01.json: est_s: needs two numbers, the shorter way first"),
        ({"items__1__id": "a"}, "P01.json: items: two items have the same id"),
        ({"items__3__audience": "group"}, "P01.json: items.3.audience: words are never counted in a group"),
        ({"items__0__audience": "group_sensitive"}, "P01.json: k: a sensitive item needs 10 people"),
        ({"items__0__max": 3}, "P01.json: items.0.max: belongs to chips and sliders, and they need it"),
        ({"items__0__options": ["One"]}, "P01.json: items.0.options: a scale needs 2 to 10 of them"),
        ({"items__0__options": ["One", "One"]}, "P01.json: items.0.options: holds the same words twice"),
    ],
)
def test_a_protocol_that_cannot_work_is_refused(tmp_path: Path, changes: dict[str, Any], line: str) -> None:
    assert line in lines_of(broken(tmp_path, **changes))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert lines_of(tmp_path) == [f"{tmp_path.name}: holds no protocol"]
