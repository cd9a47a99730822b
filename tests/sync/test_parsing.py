"""A batch stays readable whatever one of its ops holds."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sync.parsing import loads, shallow

DEEP = "[" * 100_000 + "]" * 100_000


def test_deep_nesting_inside_one_op_leaves_the_others_whole() -> None:
    read = loads(f'{{"ops": [{{"body": {DEEP}}}, {{"body": "[{{"}}], "n": 1}}'.encode())
    assert read["ops"][1] == {"body": "[{"}
    assert read["n"] == 1


def test_deep_nesting_in_objects_is_cut_too() -> None:
    assert loads(b'{"a":' * 9_000 + b"1" + b"}" * 9_000)["a"]["a"]


@pytest.mark.parametrize("digits", ["1" * 5_000, "-" + "9" * 5_000, "1e400"])
def test_a_number_without_end_is_infinite(digits: str) -> None:
    assert math.isinf(loads(f'{{"seq": {digits}}}'.encode())["seq"])


@pytest.mark.parametrize("body", [b"", b"{", b'{"ops": [', DEEP[:120_000].encode(), b"\xff\xfe", b'{"a": 1}}'])
def test_what_is_no_json_is_refused_as_such(body: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        loads(body)


@given(
    st.recursive(
        st.none() | st.integers(-(10**15), 10**15) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=10,
    )
)
def test_what_is_not_too_deep_is_read_as_it_is(value: object) -> None:
    text = json.dumps(value)
    assert loads(text.encode()) == value
    assert json.loads(shallow(text)) == value
