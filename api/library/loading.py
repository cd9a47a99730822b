"""Protocols from their files. Every file is checked as a whole, and everything wrong is named at once.

The shapes here are those of the files and of the wire alike: what a resident's phone is served is what stands in
`protocols/`, wording and all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

FOLDER = Path(__file__).parent / "protocols"
ITEM_TYPES = ("scale", "slider", "chips", "yesno", "text", "ack")
AUDIENCES = ("phone", "group", "group_sensitive", "consent")
SENSITIVE_K = 10


class LibraryError(Exception):
    """One or more protocol files are wrong; `lines` says "file: place: what", one line each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Strict(Schema):
    """A misspelt field in a data file is refused, never ignored."""

    class Meta:
        unknown = RAISE


class RunShape(Strict):
    """True when at least `times` of the person's last `of` answers to `item` were at most `at_most`."""

    item = fields.String(required=True)
    at_most = fields.Integer(required=True, strict=True)
    times = fields.Integer(required=True, strict=True, validate=validate.Range(1, 20))
    of = fields.Integer(required=True, strict=True, validate=validate.Range(1, 20))


class CondShape(Strict):
    """Either `item` with the answers it may have (`in`), or `run`, which only a phone can work out."""

    item = fields.String()
    in_ = fields.List(
        fields.Integer(strict=True), data_key="in", attribute="in", validate=validate.Length(min=1, max=20)
    )
    run = fields.Nested(RunShape)

    @validates_schema
    def one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if set(data) not in ({"item", "in"}, {"run"}):
            raise ValidationError("needs either item and in, or run")


class ItemShape(Strict):
    """One question. `max` is the most chips that may be picked, or a slider's upper end."""

    id = fields.String(required=True, validate=validate.Regexp(r"^[a-z]$"))
    type = fields.String(required=True, validate=validate.OneOf(ITEM_TYPES))
    text = fields.String(required=True, validate=validate.Length(1, 120))
    note = fields.String(validate=validate.Length(1, 120))
    options = fields.List(
        fields.String(validate=validate.Length(1, 60)), required=True, validate=validate.Length(max=10)
    )
    max = fields.Integer(strict=True, validate=validate.Range(1, 100))
    min = fields.Integer(strict=True, validate=validate.Range(0, 99))
    optional = fields.Boolean(required=True)
    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES))
    show_if = fields.Nested(CondShape, required=True, allow_none=True)

    @validates_schema
    def type_fits(self, data: dict[str, Any], **_: Any) -> None:
        wrong = dict(_type_troubles(data))
        if wrong:
            raise ValidationError(wrong)


class OwnShape(Strict):
    """The item whose answers the resident sees as a pattern of their own, and the words above it."""

    item = fields.String(required=True)
    title = fields.String(required=True, validate=validate.Length(1, 60))


class ProtocolShape(Strict):
    """One check-in: its items, its closing line, and after which answer the close offers more (`heavy`).

    `est_s` is modelled seconds, shortest and longest way through. `pushed` is False for what only a resident starts;
    of what is pushed, `gap_days` is the fewest days between two prompts for it, a week when the file does not say.
    `k` is the fewest people a counted answer needs before a group's coach sees it.
    """

    id = fields.String(required=True, validate=validate.Regexp(r"^P[0-9]{2}$"))
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    name = fields.String(required=True, validate=validate.Length(1, 60))
    theme = fields.String(required=True, validate=validate.Length(1, 120))
    basis = fields.String(required=True, validate=validate.Length(1, 200))
    pushed = fields.Boolean(required=True)
    gap_days = fields.Integer(strict=True, validate=validate.Range(1, 60))
    est_s = fields.List(fields.Integer(strict=True, validate=validate.Range(1, 60)), required=True)
    k = fields.Integer(required=True, strict=True, validate=validate.Range(min=5))
    items = fields.List(fields.Nested(ItemShape), required=True, validate=validate.Length(1, 6))
    close = fields.String(required=True, validate=validate.Length(1, 120))
    own = fields.Nested(OwnShape, required=True, allow_none=True)
    heavy = fields.Nested(CondShape, required=True, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def whole_fits(self, data: dict[str, Any], **_: Any) -> None:
        wrong = dict(_protocol_troubles(data))
        if wrong:
            raise ValidationError(wrong)


@dataclass(frozen=True)
class Library:
    """All protocols by id, in the order of their ids. `version` changes with any change of any file."""

    version: str
    protocols: dict[str, dict[str, Any]]

    def pushed(self, protocol_id: str) -> bool:
        """Whether there is such a protocol and a prompt may ask for it."""
        return bool(self.protocols.get(protocol_id, {}).get("pushed"))


def load(folder: Path = FOLDER) -> Library:
    """Every protocol in the folder. Raises LibraryError naming file and place of everything wrong, all at once."""
    protocols, lines, digest = {}, [], hashlib.sha256()
    for path in sorted(folder.glob("*.json")):
        text = path.read_bytes()
        digest.update(text)
        try:
            protocols[path.stem] = _read(path.stem, text)
        except ValidationError as error:
            lines += [f"{path.name}: {line}" for line in _lines(error.messages)]
    if not protocols and not lines:
        lines = [f"{folder.name}: holds no protocol"]
    if lines:
        raise LibraryError(lines)
    return Library(digest.hexdigest()[:16], protocols)


@cache
def library() -> Library:
    """The library that ships with this version, read once."""
    return load()


def _read(stem: str, text: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise ValidationError({"file": [f"is not JSON: {error}"]}) from error
    loaded: dict[str, Any] = ProtocolShape().load(raw)
    if loaded["id"] != stem:
        raise ValidationError({"id": [f"is {loaded['id']}, but the file is named {stem}"]})
    return loaded


def _lines(messages: Any, place: str = "") -> Iterator[str]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _lines(inner, place if key == "_schema" else f"{place}.{key}".lstrip("."))
        return
    for message in messages:
        yield f"{place or 'file'}: {message}"


def _type_troubles(item: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    kind, options = item["type"], item["options"]
    fewest, most = {"slider": (2, 2), "text": (0, 0), "ack": (1, 1), "yesno": (2, 2)}.get(kind, (2, 10))
    if not fewest <= len(options) <= most:
        yield "options", [f"a {kind} needs {fewest} to {most} of them"]
    if len(set(options)) != len(options):
        yield "options", ["holds the same words twice"]
    if (kind in ("chips", "slider")) != ("max" in item):
        yield "max", ["belongs to chips and sliders, and they need it"]
    if (kind == "slider") != ("min" in item):
        yield "min", ["belongs to sliders, and they need it"]
    if kind == "chips" and item.get("max", 1) > len(options):
        yield "max", ["is more than there are options"]
    if kind == "slider" and item.get("min", 0) >= item.get("max", 1):
        yield "min", ["must be less than max"]
    if kind == "text" and item["audience"] in ("group", "group_sensitive"):
        yield "audience", ["words are never counted in a group"]


def _protocol_troubles(protocol: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    items = protocol["items"]
    ids = [item["id"] for item in items]
    if len(set(ids)) != len(ids):
        yield "items", ["two items have the same id"]
        return
    for place, item in enumerate(items):
        trouble = _cond_trouble(item["show_if"], items[:place]) if "run" not in (item["show_if"] or {}) else None
        trouble = trouble or _run_trouble(item["show_if"], items)
        if trouble:
            yield "items", {place: {"show_if": [trouble]}}
    if trouble := _cond_trouble(protocol["heavy"], items):
        yield "heavy", [trouble]
    if protocol["own"] and protocol["own"]["item"] not in ids:
        yield "own", ["names an item that is not there"]
    if len(protocol["est_s"]) != 2 or protocol["est_s"][0] > protocol["est_s"][1]:
        yield "est_s", ["needs two numbers, the shorter way first"]
    sensitive = any(item["audience"] == "group_sensitive" for item in items)
    if sensitive and protocol["k"] < SENSITIVE_K:
        yield "k", [f"a sensitive item needs {SENSITIVE_K} people"]


def _cond_trouble(cond: dict[str, Any] | None, earlier: list[dict[str, Any]]) -> str | None:
    """What is wrong with a condition that must speak of one of these items; None when nothing is."""
    if cond is None:
        return None
    if "run" in cond:
        return "a run belongs to an item"
    named = next((item for item in earlier if item["id"] == cond["item"]), None)
    if named is None:
        return f"names {cond['item']}, which is not asked before"
    if not set(cond["in"]) <= set(_answers(named)):
        return f"names an answer that {cond['item']} does not have"
    return None


def _run_trouble(cond: dict[str, Any] | None, items: list[dict[str, Any]]) -> str | None:
    if cond is None or "run" not in cond:
        return None
    run = cond["run"]
    named = next((item for item in items if item["id"] == run["item"]), None)
    if named is None or named["type"] not in ("scale", "slider"):
        return "a run counts a scale or a slider of this protocol"
    if run["at_most"] not in _answers(named) or run["times"] > run["of"]:
        return "a run can never be true like this"
    return None


def _answers(item: dict[str, Any]) -> range:
    return range(item["min"], item["max"] + 1) if item["type"] == "slider" else range(len(item["options"]))
