"""A block key that the tests may sign with by themselves, and tokens under it."""

from __future__ import annotations

from functools import cache
from typing import Any

from api.pulse import blindsign, client
from api.pulse.blindsign import IssuerKey
from api.pulse.box import BoxKey, BoxStore
from api.pulse.client import Token
from api.pulse.shapes import Shape

SHAPE: Shape = {
    "P01": [{"item": "a", "max": 4}, {"item": "b", "options": 6, "pick": 2}],
    "P10": [{"item": "a", "max": 10}],
}
GROUP, BLOCK = "a-group", "2026-11-23"


@cache
def issuer(number: int = 0) -> IssuerKey:
    """The same key for the same number all through a test run; making one takes a while."""
    return blindsign.generate()


def box_key(number: int = 0, block: str = BLOCK, shape: Shape = SHAPE) -> BoxKey:
    return BoxKey(GROUP, block, issuer(number).spki(), shape)


def token(number: int = 0) -> Token:
    """A fresh token, without any account."""
    spki = issuer(number).spki()
    pending = client.blind(spki)
    return client.finalize(spki, pending, blindsign.blind_sign(issuer(number), pending.blinded_msg))


def row(heavy: int = 255, chips: tuple[int, ...] | None = None) -> list[int]:
    """One person's answers to P01 under SHAPE."""
    places = [255] * 6 if chips is None else [int(index in chips) for index in range(6)]
    return [heavy, *places]


def open_box(path: Any, number: int = 0) -> BoxStore:
    """A box with one open block."""
    box = BoxStore(path, busy_s=5.0)
    box.announce(box_key(number))
    box.open(box_key(number).key_id)
    return box


def put(box: BoxStore, held: Token, sheet: Any) -> Any:
    return box.put(held.key_id, held.nonce, held.signature, sheet)
