"""The box's part of the wire contract, by hand: the box is an application of its own and knows no framework."""

from __future__ import annotations

from typing import Any

from api.problems import CATALOGUE, MEDIA_TYPE

PROBLEM = {"$ref": "#/components/schemas/ProblemShape"}
BYTES = {"type": "string", "pattern": "^[A-Za-z0-9_-]*$", "description": "base64url without padding"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "OK", "content": {"application/json": {"schema": schema}}}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _problems(*codes: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for code in codes:
        status = str(CATALOGUE[code][0])
        text = f"{told[status]['description']}; `{code}`" if status in told else f"`{code}`"
        told[status] = {"description": text, "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
    return told


def _operation(told: str, answer: dict[str, Any], *codes: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "tags": ["box"],
        "summary": told,
        "x-caller": "anyone",
        "security": [],
        "responses": {"200": _json(answer), **_problems("not_anonymous", "too_many", "unavailable", *codes)},
    }
    if body:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return made


CELL = {
    "type": "object",
    "properties": {
        "item": {"type": "string"},
        "max": {"type": "integer", "description": "one position, 0 to max"},
        "options": {"type": "integer", "description": "that many positions of 0 or 1"},
        "pick": {"type": "integer", "description": "at most so many of them 1"},
    },
    "required": ["item"],
}
SHAPE = {"type": "object", "additionalProperties": {"type": "array", "items": CELL}}
KEY = _object(group={"type": "string"}, block={"type": "string"}, key_id=BYTES, spki=BYTES, shape=SHAPE)
SHEET = _object(
    v={"const": 1},
    c={"type": "integer", "minimum": 1, "maximum": 2**32 - 1},
    w={"type": "boolean"},
    a={"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}},
    s={"type": "array", "items": {"type": "string"}},
)
RELEASE = _object(
    group={"type": "string"},
    block={"type": "string"},
    key_id=BYTES,
    next={"type": "object", "additionalProperties": BYTES, "description": "key ids of later blocks, by block"},
    digest={**BYTES, "description": "base64url SHA-256 of the body that the group's residents are given"},
)

PATHS: dict[str, Any] = {
    "/box/keys": {
        "get": _operation(
            "Every open key; the same bytes for everybody. Takes no cookie.",
            _object(keys={"type": "array", "items": KEY}, epoch={"type": "string"}, list_hash={"type": "string"}),
        )
    },
    "/box/sheets": {
        "put": _operation(
            "Store a whole sheet under its token; the body is padded to exactly 4,096 bytes.",
            _object(counter={"type": "integer"}, withdrawn={"type": "boolean"}),
            *("bad_request", "bad_token", "unknown_key", "stale_sheet", "block_closed", "too_large"),
            *("unsupported_media_type", "bad_sheet", "block_not_open"),
            body=_object(key_id=BYTES, nonce=BYTES, sig=BYTES, sheet=SHEET, pad={"type": "string"}),
        )
    },
    "/box/releases": {
        "get": _operation(
            "The digest of every published release; the same bytes for everybody, with no band, count or word.",
            _object(releases={"type": "array", "items": RELEASE}),
        )
    },
}
