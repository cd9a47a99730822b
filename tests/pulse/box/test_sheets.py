"""Nothing but closed answers in the block's shape gets into the box."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import Problem
from api.pulse.box import sheets
from tests.pulse.tokens import SHAPE, row


def sheet(**changes: Any) -> dict[str, Any]:
    return {"v": 1, "c": 9, "w": False, "a": {"P01": row(4, (0, 5)), "P10": [10]}, "s": ["P10"], **changes}


def test_a_sheet_in_the_blocks_shape_is_read() -> None:
    read = sheets.read(sheet(), SHAPE)
    assert (read.counter, read.withdrawn, read.shared) == (9, False, {"P10"})
    assert read.answers == {"P01": bytes([4, 1, 0, 0, 0, 0, 1]), "P10": bytes([10])}
    assert sheets.read(sheet(a={}, s=[], w=True), SHAPE).withdrawn


WRONG: list[Any] = [
    None,
    [],
    "text",
    {},
    {**sheet(), "x": 1},
    {key: value for key, value in sheet().items() if key != "s"},
    sheet(v=2),
    sheet(v=True),
    sheet(v=1.0),
    sheet(c=0),
    sheet(c=-1),
    sheet(c=2**32),
    sheet(c=True),
    sheet(c=9.0),
    sheet(c="9"),
    sheet(w=1),
    sheet(w=None),
    sheet(w=True),
    sheet(w=True, a={}),
    sheet(a=None),
    sheet(a=[["P01", [1]]]),
    sheet(a={"diary": [1]}, s=[]),
    sheet(a={"P10": []}),
    sheet(a={"P10": [1, 1]}),
    sheet(a={"P10": [11]}),
    sheet(a={"P10": [-1]}),
    sheet(a={"P10": [254]}),
    sheet(a={"P10": [256]}),
    sheet(a={"P10": [True]}),
    sheet(a={"P10": [1.0]}),
    sheet(a={"P10": ["1"]}),
    sheet(a={"P10": [None]}),
    sheet(a={"P10": "1"}),
    sheet(a={"P10": {"0": 1}}),
    sheet(a={"P10": [[1]]}),
    sheet(a={"P10": [10**30]}),
    sheet(a={"P01": [4, 1, 1, 1, 0, 0, 0], "P10": [1]}),
    sheet(a={"P01": [4, 2, 0, 0, 0, 0, 0], "P10": [1]}),
    sheet(a={"P01": [4, 1, 255, 255, 255, 255, 255], "P10": [1]}),
    sheet(s=None),
    sheet(s="P10"),
    sheet(s=[["P10"]]),
    sheet(s=[1]),
    sheet(s=["P10", "P10"]),
    sheet(a={"P10": [1]}, s=["P01"]),
]


@pytest.mark.parametrize("wrong", WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_a_sheet_of_any_other_type_size_or_value_is_refused(wrong: Any) -> None:
    with pytest.raises(Problem) as refused:
        sheets.read(wrong, SHAPE)
    assert (refused.value.code, refused.value.status) == ("bad_sheet", 422)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=8) | st.dictionaries(st.sampled_from(["P01", "P10", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)
noisy_sheets = st.fixed_dictionaries(
    {"v": st.just(1) | json_values, "c": st.integers(1, 9) | json_values, "w": st.booleans() | json_values}
    | {"a": json_values, "s": st.lists(st.sampled_from(["P01", "P10"])) | json_values}
)


@given(noisy_sheets)
def test_whatever_is_sent_is_either_read_whole_or_refused(wild: Any) -> None:
    with suppress(Problem):
        read = sheets.read(wild, SHAPE)
        assert set(read.answers) <= set(SHAPE)
        assert read.shared <= set(read.answers)
        assert {name: list(places) for name, places in read.answers.items()} == wild["a"]
