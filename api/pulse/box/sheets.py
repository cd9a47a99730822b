"""What a sheet may hold, checked against its block's public shape. Pure. There is no place for text in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.problems import Problem
from api.pulse.shapes import Cell, Shape, fits, row_width, split

COUNTER_MAX = 2**32 - 1
VERSION = 1
_FIELDS = {"v", "c", "w", "a", "s"}


@dataclass(frozen=True)
class Sheet:
    """One person's whole contribution to a block; `answers` are laid out as the shape says."""

    counter: int
    withdrawn: bool
    answers: dict[str, bytes]
    shared: frozenset[str]


def read(sheet: Any, shape: Shape) -> Sheet:
    """The sheet, or Problem bad_sheet (422). True is not 1 here, and 1.0 is not either."""
    if not isinstance(sheet, dict) or set(sheet) != _FIELDS:
        raise _bad("a sheet has exactly v, c, w, a and s")
    if type(sheet["v"]) is not int or sheet["v"] != VERSION:
        raise _bad("v is not 1")
    if type(sheet["c"]) is not int or not 0 < sheet["c"] <= COUNTER_MAX:
        raise _bad("c is not a counter")
    if type(sheet["w"]) is not bool:
        raise _bad("w is not true or false")
    answers = _answers(sheet["a"], shape)
    shared = _shared(sheet["s"], answers)
    if sheet["w"] and answers:
        raise _bad("a withdrawn sheet holds no answers")
    return Sheet(sheet["c"], sheet["w"], answers, shared)


def _answers(given: Any, shape: Shape) -> dict[str, bytes]:
    if not isinstance(given, dict) or not given.keys() <= shape.keys():
        raise _bad("a names a protocol this block does not count")
    return {protocol: _row(row, shape[protocol]) for protocol, row in given.items()}


def _row(row: Any, cells: Sequence[Cell]) -> bytes:
    if not isinstance(row, list) or len(row) != row_width(cells):
        raise _bad("a row has another length than the shape")
    if any(type(place) is not int for place in row):
        raise _bad("a row holds something that is not a whole number")
    if not all(fits(places, cell) for places, cell in zip(split(row, cells), cells, strict=True)):
        raise _bad("a row holds a value outside the shape")
    return bytes(row)


def _shared(given: Any, answers: Mapping[str, bytes]) -> frozenset[str]:
    if not isinstance(given, list) or any(type(name) is not str for name in given):
        raise _bad("s is not a list of protocols")
    if len(set(given)) != len(given) or not set(given) <= answers.keys():
        raise _bad("s names a protocol twice, or one without answers")
    return frozenset(given)


def _bad(why: str) -> Problem:
    return Problem("bad_sheet", why)
