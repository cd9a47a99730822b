"""Buckets: one value that holds every record of its kind, of fixed size, sorted by unrelated keys. Pure.

A table row per record betrays the order of arrival in a copy of the file (12 of 12 when measured); the bytes of a
bucket depend on the set of its records only. One person's records in two buckets share no value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from api.pulse.box.sheets import Sheet
from api.pulse.shapes import Shape, row_width

KEY_BYTES = 32
HEAD = "head"
_COUNTER_BYTES = 4
_LABEL = b"handrail/v1/row\x00"


def names(shape: Shape) -> list[str]:
    """Every bucket of a block: heads, then answers and share marks by protocol."""
    return [HEAD, *(f"{kind}:{protocol}" for protocol in sorted(shape) for kind in ("a", "s"))]


def record_size(name: str, shape: Shape) -> int:
    """Bytes of one record behind its key."""
    if name == HEAD:
        return _COUNTER_BYTES + 1
    return row_width(shape[name[2:]]) if name.startswith("a:") else 0


def record_key(key_id: bytes, name: str, nonce: bytes) -> bytes:
    """Where this token's record lies in one bucket; nothing but the nonce leads from one bucket to the next."""
    return hashlib.sha256(_LABEL + key_id + name.encode() + b"\x00" + nonce).digest()


def load(data: bytes, size: int) -> dict[bytes, bytes]:
    step = KEY_BYTES + size
    return {data[at : at + KEY_BYTES]: data[at + KEY_BYTES : at + step] for at in range(0, len(data), step)}


def dump(records: Mapping[bytes, bytes]) -> bytes:
    return b"".join(key + records[key] for key in sorted(records))


def head(sheet: Sheet) -> bytes:
    return sheet.counter.to_bytes(_COUNTER_BYTES, "big") + bytes([sheet.withdrawn])


def counter(record: bytes) -> int:
    return int.from_bytes(record[:_COUNTER_BYTES], "big")


def counts(record: bytes) -> bool:
    """Whether the head belongs to a sheet that was not withdrawn."""
    return record[_COUNTER_BYTES] == 0


def replace(held: Mapping[str, bytes], shape: Shape, key_id: bytes, nonce: bytes, sheet: Sheet) -> dict[str, bytes]:
    """All buckets of a block with this token's records replaced by the sheet's."""
    new: dict[str, bytes] = {}
    for name in names(shape):
        records = load(held[name], record_size(name, shape))
        key = record_key(key_id, name, nonce)
        records.pop(key, None)
        record = _record(name, sheet)
        if record is not None:
            records[key] = record
        new[name] = dump(records)
    return new


def stored_counter(held: Mapping[str, bytes], shape: Shape, key_id: bytes, nonce: bytes) -> int:
    """The counter of this token's sheet; 0 when it has none."""
    record = load(held[HEAD], record_size(HEAD, shape)).get(record_key(key_id, HEAD, nonce))
    return counter(record) if record else 0


def rows(held: Mapping[str, bytes], shape: Shape, protocol: str) -> list[bytes]:
    """The answers to one protocol, in no order that means anything."""
    name = f"a:{protocol}"
    return list(load(held[name], record_size(name, shape)).values())


def marks(held: Mapping[str, bytes], protocol: str) -> int:
    """How many people's answers to this protocol a coach was given by name."""
    return len(held[f"s:{protocol}"]) // KEY_BYTES


def contributors(held: Mapping[str, bytes], shape: Shape) -> int:
    return sum(counts(record) for record in load(held[HEAD], record_size(HEAD, shape)).values())


def _record(name: str, sheet: Sheet) -> bytes | None:
    if name == HEAD:
        return head(sheet)
    if name.startswith("a:"):
        return sheet.answers.get(name[2:])
    return b"" if name[2:] in sheet.shared else None
