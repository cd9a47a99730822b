"""The envelope of an op: what the server checks without ever reading a sealed body. Pure.

The canonical envelope, which the mac covers and whose length the size limit counts, is the UTF-8 JSON array

    [proto, op_id, device_id, seq, entity_id, kind, base, occurred_at, body]

with no spaces and nothing escaped that JSON does not oblige to escape (`ensure_ascii` off), which is byte for byte what
`JSON.stringify([...])` gives in a browser. The mac is HMAC-SHA256 over these bytes under a key that only the person's
devices hold, written as unpadded base64url (43 characters). The server cannot verify it; it compares it.
"""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.journal import outcome

PROTO: Final = 1
OP_MAX_BYTES: Final = 16_384
HEAD_MAX_BYTES: Final = 512  # more than all other fields of a sound op can take
MAC_INFO: Final = b"handrail/v1/mac"
SEQ_MAX: Final = 2**53 - 1  # the largest integer a browser counts exactly

FIELDS: Final = ("proto", "op_id", "device_id", "seq", "entity_id", "kind", "base", "occurred_at", "body")
ENTRIES: Final = frozenset({"create", "revise", "withdraw"})
PROMPT: Final = "prompt"

# An age file starts with these 21 bytes, which are exactly 28 characters of base64.
AGE_START: Final = "YWdlLWVuY3J5cHRpb24ub3JnL3Yx"

_uuid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_mac = re.compile(r"[A-Za-z0-9_-]{43}").fullmatch
# Years before 1970 and after 9999 are what broken device clocks say; a wrong clock never costs anyone an entry.
_instant = re.compile(
    r"[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII
).fullmatch
_sealed = re.compile(AGE_START + r"[A-Za-z0-9_-]+={0,2}").fullmatch


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sound op of a version this server speaks."""

    op_id: str
    device_id: str
    seq: int
    entity_id: str
    kind: str
    base: str | None
    occurred_at: str
    body: str
    mac: str
    proto: int = PROTO


@dataclass(frozen=True, slots=True)
class Misfit:
    """An op that cannot be stored as it is, with those of its marks that could be read (None: could not).

    `newer` says that it speaks a version this server does not know yet, so the phone has to keep it.
    """

    reason: str
    op_id: str | None = None
    device_id: str | None = None
    seq: int | None = None
    mac: str | None = None
    newer: bool = False
    kept: str = "{}"


def canonical(op: Mapping[str, Any]) -> bytes:
    """The bytes the mac covers; see the head of this file. A lone surrogate raises UnicodeEncodeError."""
    return json.dumps([op[name] for name in FIELDS], ensure_ascii=False, separators=(",", ":")).encode()


def mac(key: bytes, op: Mapping[str, Any]) -> str:
    """HMAC-SHA256 of the canonical envelope as 43 characters of base64url; for phones and their doubles."""
    return urlsafe_b64encode(hmac.new(key, canonical(op), hashlib.sha256).digest()).rstrip(b"=").decode()


def mac_key(identity_secret: bytes) -> bytes:
    """The key of a person's macs, from the 32 secret bytes of their age identity: HKDF-SHA256 (RFC 5869), no salt."""
    extracted = hmac.new(bytes(32), identity_secret, hashlib.sha256).digest()
    return hmac.new(extracted, MAC_INFO + b"\x01", hashlib.sha256).digest()


def read(raw: object) -> Envelope | Misfit:
    """Check one op of unknown shape. Never raises, whatever a broken or hostile phone sent."""
    if not isinstance(raw, dict):
        return Misfit("not_an_object")
    flaw = _flaw(raw)
    return Envelope(**raw) if flaw is None else _misfit(raw, flaw)


def is_uuid(value: object) -> bool:
    """True for the lower-case hyphenated form only: two spellings of one id would be two keys."""
    return isinstance(value, str) and _uuid(value) is not None


def _is_seq(value: object) -> bool:
    return type(value) is int and 1 <= value <= SEQ_MAX


def _is_instant(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 40 and _instant(value) is not None


def _is_mac(value: object) -> bool:
    return isinstance(value, str) and _mac(value) is not None


def _is_sealed(value: object) -> bool:
    return isinstance(value, str) and value.startswith(AGE_START) and _sealed(value) is not None


CHECKS: Final[dict[str, Callable[[object], bool]]] = {
    "op_id": is_uuid,
    "device_id": is_uuid,
    "seq": _is_seq,
    "entity_id": is_uuid,
    "kind": lambda kind: isinstance(kind, str) and (kind in ENTRIES or kind == PROMPT),
    "base": lambda base: base is None or is_uuid(base),
    "occurred_at": _is_instant,
    "mac": _is_mac,
    "body": lambda body: isinstance(body, str),
}
EXACT: Final = frozenset({"proto", *CHECKS})


def _flaw(raw: dict[str, Any]) -> str | None:
    proto = raw.get("proto")
    if type(proto) is not int or proto < 1:
        return "bad_proto"
    if proto > PROTO:
        return "newer"
    if raw.keys() - EXACT:
        return "unknown_field"
    for name, sound in CHECKS.items():
        if not sound(raw.get(name)) or (name == "base" and name not in raw):
            return f"bad_{name}"
    return _body_flaw(raw["kind"], raw["body"]) or _size_flaw(raw)


def _body_flaw(kind: str, body: str) -> str | None:
    """A body in the clear is refused here, so that a phone with a bug cannot put one into the database."""
    if kind == "withdraw":
        return None if body == "" else "bad_body"
    if kind == PROMPT:
        return None if outcome.read(body) else "bad_outcome"
    return None if _is_sealed(body) else "not_sealed"


def _size_flaw(raw: dict[str, Any]) -> str | None:
    """Every field of an op that came this far is ASCII, so only a body near the limit has to be measured exactly."""
    if len(raw["body"]) <= OP_MAX_BYTES - HEAD_MAX_BYTES:
        return None
    return None if len(canonical(raw)) <= OP_MAX_BYTES else "too_big"


def _misfit(raw: dict[str, Any], flaw: str) -> Misfit:
    marks = {name: raw[name] for name in ("op_id", "device_id", "seq", "mac") if CHECKS[name](raw.get(name))}
    return Misfit(reason=flaw, newer=flaw == "newer", kept=_keepable(raw), **marks)


def _keepable(raw: dict[str, Any]) -> str:
    """What may be set aside of a misfit, as ASCII JSON: sound fields only, a body only when sealed and at most twice
    the limit. Anything else could be a sentence in the clear, and the phone still shows the resident all of it.
    """
    sound = {name: raw[name] for name, check in CHECKS.items() if name != "body" and name in raw and check(raw[name])}
    if _is_sealed(raw.get("body")) and len(raw["body"]) <= 2 * OP_MAX_BYTES:
        sound["body"] = raw["body"]
    return json.dumps(sound, separators=(",", ":"))
