"""A phone's half of the protocol, for simulated phones and for tests against the server's half.

Pure functions: nothing here sends anything. The real phone's half is TypeScript; this one was written separately, so
that the two can be checked against each other.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gmpy2

from api.pulse import blindsign
from api.pulse.blindsign import CONTEXT, NONCE_BYTES, SALT_BYTES
from api.pulse.wire import BODY_BYTES, NO_ANSWER, b64u, unb64u

_HASH_BYTES = 48
FIRST_COUNTER_BELOW = 2**24


class BadIssuer(Exception):
    """The server did something a phone must not go along with; nothing more is sent, and the resident is told."""


@dataclass(frozen=True)
class Pending:
    """Written down before the blinded message is sent, and erased once the token is made."""

    key_id: bytes
    input_msg: bytes
    blinded_msg: bytes
    inverse: int


@dataclass(frozen=True)
class Token:
    key_id: bytes
    nonce: bytes
    signature: bytes


def checked(block: Mapping[str, Any], listed: Sequence[Mapping[str, Any]]) -> bytes:
    """The public key of a block, once the list seen with a session agrees with the one seen without.

    `block` is an entry of /api/pulse/blocks, `listed` the keys of /box/keys. Raises BadIssuer.
    """
    same = [key for key in listed if (key["group"], key["block"]) == (block["group"], block["block"])]
    if len(same) != 1 or any(same[0][name] != block[name] for name in ("key_id", "spki", "shape")):
        raise BadIssuer("KEY_INCONSISTENT")
    spki = unb64u(block["spki"])
    if blindsign.key_id(spki) != unb64u(block["key_id"]):
        raise BadIssuer("KEY_ID_MISMATCH")
    try:
        blindsign.public_key(spki)
    except blindsign.BadKey as error:
        raise BadIssuer("KEY_SHAPE") from error
    return spki


def blind(spki: bytes) -> Pending:
    """A fresh nonce, blinded for the issuer of this public key."""
    named = blindsign.key_id(spki)
    n = blindsign.public_key(spki).public_numbers().n
    input_msg = secrets.token_bytes(NONCE_BYTES) + CONTEXT + named
    message = int.from_bytes(encode_pss(input_msg, n.bit_length() - 1, secrets.token_bytes(SALT_BYTES)), "big")
    factor = _unit(n)
    blinded = message * int(gmpy2.powmod(factor, blindsign.EXPONENT, n)) % n
    inverse = int(gmpy2.invert(factor, n))
    return Pending(named, input_msg, blinded.to_bytes(blindsign.KEY_BYTES, "big"), inverse)


def finalize(spki: bytes, pending: Pending, blind_sig: bytes) -> Token:
    """The token. Raises BadIssuer when the answer is not a signature of what was asked."""
    n = blindsign.public_key(spki).public_numbers().n
    signature = int.from_bytes(blind_sig, "big") * pending.inverse % n
    token = Token(pending.key_id, pending.input_msg[:NONCE_BYTES], signature.to_bytes(blindsign.KEY_BYTES, "big"))
    if len(blind_sig) != blindsign.KEY_BYTES or not blindsign.verify(spki, token.nonce, token.signature):
        raise BadIssuer("BAD_SIGNATURE")
    return token


def next_counter(before: int | None) -> int:
    """A larger counter by a random step, or a random first one: it must mirror nothing the named side can count."""
    if before is None:
        return 1 + secrets.randbelow(FIRST_COUNTER_BELOW - 1)
    return before + 1 + secrets.randbelow(256)


def answers(shape: Mapping[str, Sequence[Mapping[str, Any]]], given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The sheet's `a`: what was answered, laid out as the block's public shape says.

    `given` maps protocol to item to an option's index or, for chips, a list of indices. What the block does not count
    stays on the phone; a protocol with nothing to count is left out.
    """
    laid = {
        protocol: [place for cell in cells for place in _places(cell, given[protocol].get(cell["item"]))]
        for protocol, cells in shape.items()
        if protocol in given
    }
    return {protocol: row for protocol, row in laid.items() if any(place != NO_ANSWER for place in row)}


def sheet(counter: int, a: Mapping[str, Any], shared: Sequence[str] = ()) -> dict[str, Any]:
    """A whole sheet; `shared` names protocols whose answers the coach was given by name in this block."""
    return {"v": 1, "c": counter, "w": False, "a": dict(a), "s": list(shared)}


def withdrawal(counter: int) -> dict[str, Any]:
    return {"v": 1, "c": counter, "w": True, "a": {}, "s": []}


def body(token: Token, sheet: Mapping[str, Any]) -> bytes:
    """The request's body for PUT /box/sheets, padded so that its size says nothing. Raises ValueError if too large."""
    parts = {
        "key_id": b64u(token.key_id),
        "nonce": b64u(token.nonce),
        "sig": b64u(token.signature),
        "sheet": sheet,
        "pad": "",
    }
    room = BODY_BYTES - len(json.dumps(parts).encode())
    if room < 0:
        raise ValueError("the sheet does not fit")
    return json.dumps({**parts, "pad": " " * room}).encode()


def encode_pss(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE of RFC 8017, section 9.1.1, with SHA-384 and MGF1."""
    length = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - _HASH_BYTES - 2) + b"\x01" + salt
    masked = bytearray(a ^ b for a, b in zip(block, _mgf1(digest, len(block)), strict=True))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"


def _mgf1(seed: bytes, length: int) -> bytes:
    rounds = range(-(-length // _HASH_BYTES))
    return b"".join(hashlib.sha384(seed + turn.to_bytes(4, "big")).digest() for turn in rounds)[:length]


def _places(cell: Mapping[str, Any], answer: Any) -> list[int]:
    if "max" in cell:
        return [NO_ANSWER if answer is None else int(answer)]
    if answer is None:
        return [NO_ANSWER] * cell["options"]
    return [int(option in answer) for option in range(cell["options"])]


def _unit(n: int) -> int:
    while True:
        found = secrets.randbelow(n - 2) + 2
        if int(gmpy2.gcd(found, n)) == 1:
            return found
