"""The handful of protobuf fields Chromium's push client speaks, by hand, so that no package is needed."""

import struct


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def whole(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def text(field: int, value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def fixed64(field: int, value: int) -> bytes:
    return varint(field << 3 | 1) + struct.pack("<Q", value)


def parse(buffer: bytes) -> list[tuple[int, int | bytes]]:
    """Fields in order: bytes for length-delimited ones, int for numbers. Stops at a wire type it does not know."""
    place, fields = 0, []
    while place < len(buffer):
        tag, place = _varint_at(buffer, place)
        field, kind = tag >> 3, tag & 7
        value: int | bytes
        if kind == 0:
            value, place = _varint_at(buffer, place)
        elif kind == 2:
            length, place = _varint_at(buffer, place)
            value, place = buffer[place : place + length], place + length
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, place = int.from_bytes(buffer[place : place + size], "little"), place + size
        else:
            break
        fields.append((field, value))
    return fields


def _varint_at(buffer: bytes, place: int) -> tuple[int, int]:
    shift = number = 0
    while True:
        byte = buffer[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return number, place
        shift += 7
