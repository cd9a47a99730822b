"""The box: announced keys, open sheets, releases. The only writer of its file.

States go forward only: announced → open → closed. The named side tells the box when; the box itself reads no clock.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.problems import Problem
from api.pulse import blindsign
from api.pulse.box import buckets, sheets
from api.pulse.box.file import BoxFile
from api.pulse.shapes import Shape
from api.pulse.wire import b64u, canonical, digest

ANNOUNCED, OPEN, CLOSED = "announced", "open", "closed"
SALT_BYTES = 16
# What a stranger may read of a release: enough to hold one's own copy and one's keys against, and nothing it says.
_PUBLIC = ("group", "block", "key_id", "next")

Rows = Mapping[str, list[bytes]]
Disclose = Callable[[Rows, Mapping[str, int]], dict[str, Any]]


class CountInvariant(Exception):
    """More sheets than tokens, or more tokens than people: an alarm, and no release."""


@dataclass(frozen=True)
class BoxKey:
    """What the named side tells the box about a block: public all through."""

    group: str
    block: str
    spki: bytes
    shape: Shape

    @property
    def key_id(self) -> bytes:
        return blindsign.key_id(self.spki)


class BoxStore:
    """Work on the box's file; safe to use from several threads and processes at once."""

    def __init__(self, path: Path, busy_s: float = 5.0) -> None:
        self.file = BoxFile(path, busy_s)

    def announce(self, key: BoxKey) -> None:
        """List a block's public key. Every bucket exists, empty, from now on. Doing it again changes nothing."""
        blindsign.public_key(key.spki)
        with self.file.writing() as db:
            row = (key.key_id, key.group, key.block, key.spki, canonical(key.shape), ANNOUNCED)
            if db.execute("INSERT OR IGNORE INTO block_key VALUES (?, ?, ?, ?, ?, ?)", row).rowcount:
                empty = [(key.key_id, name) for name in buckets.names(key.shape)]
                db.executemany("INSERT INTO bucket VALUES (?, ?, x'')", empty)

    def open(self, key_id: bytes) -> None:
        """Take sheets for this block from now on; a block that is open or closed stays as it is."""
        with self.file.writing() as db:
            db.execute("UPDATE block_key SET state = ? WHERE key_id = ? AND state = ?", (OPEN, key_id, ANNOUNCED))

    def states(self) -> dict[bytes, str]:
        """The keys that are announced or open here; a box made anew knows none."""
        with self.file.connection() as db:
            return dict(db.execute("SELECT key_id, state FROM block_key WHERE state != ?", (CLOSED,)))

    def release_count(self) -> int:
        """How many releases this box holds, published or not."""
        with self.file.connection() as db:
            return int(db.execute("SELECT count(*) FROM release").fetchone()[0])

    def keys(self) -> dict[str, Any]:
        """What GET /keys answers: the same for everybody, so that a key made for one person would show."""
        with self.file.connection() as db:
            rows = db.execute(
                "SELECT grp, block, key_id, spki, shape FROM block_key WHERE state != ? ORDER BY key_id", (CLOSED,)
            ).fetchall()
            (epoch,) = db.execute("SELECT value FROM epoch").fetchone()
        listed = [
            {"group": group, "block": block, "key_id": b64u(key_id), "spki": b64u(spki), "shape": json.loads(shape)}
            for group, block, key_id, spki, shape in rows
        ]
        return {"keys": listed, "epoch": epoch, "list_hash": hashlib.sha256(canonical(listed).encode()).hexdigest()}

    def put(self, key_id: bytes, nonce: bytes, signature: bytes, given: Any) -> sheets.Sheet:
        """Store this token's sheet in place of its earlier one.

        Raises Problem unknown_key, block_not_open, block_closed, bad_token, bad_sheet, or stale_sheet with the stored
        `counter`. Nonce and signature are used and never stored.
        """
        with self.file.connection() as db:
            spki, shape = _taking(db, key_id)
        if not blindsign.verify(spki, nonce, signature):
            raise Problem("bad_token")
        sheet = sheets.read(given, shape)
        with self.file.writing() as db:
            _taking(db, key_id)
            held = _buckets(db, key_id)
            stored = buckets.stored_counter(held, shape, key_id, nonce)
            if stored > sheet.counter:
                raise Problem("stale_sheet", counter=stored)
            # Every bucket is written every time: which ones changed would tell what was answered.
            for name, data in buckets.replace(held, shape, key_id, nonce, sheet).items():
                db.execute("UPDATE bucket SET data = ? WHERE key_id = ? AND name = ?", (data, key_id, name))
        return sheet

    def close(self, key_id: bytes, eligible: int, issued: int, disclose: Disclose) -> str:
        """Turn a block's sheets into its release and delete them, in one transaction; the release's exact text.

        `disclose` gets the rows of answers and the number of share marks by protocol, and gives the members that are
        released, `next` among them; it is called once in a block's life. Closing again gives the same text, with the
        salt that was drawn the first time. Raises CountInvariant when there are more sheets than tokens, more tokens
        than people, the block was discarded for that before, or another key was announced for it here (the named side
        was restored from a copy that is older than this file).
        """
        with self.file.writing() as db:
            kept = db.execute("SELECT body FROM release WHERE key_id = ?", (key_id,)).fetchone()
            if kept:
                return str(kept[0])
            shape, group, block = _closing(db, key_id)
            held = _buckets(db, key_id)
            if not buckets.contributors(held, shape) <= issued <= eligible:
                raise CountInvariant(f"{group} {block}")
            told = disclose(
                {protocol: buckets.rows(held, shape, protocol) for protocol in shape},
                {protocol: buckets.marks(held, protocol) for protocol in shape},
            )
            named = {"v": 1, "group": group, "block": block, "key_id": b64u(key_id)}
            # A release has few possible texts. Without the salt its published digest would tell which one it is.
            salt = b64u(secrets.token_bytes(SALT_BYTES))
            body = canonical({**named, "eligible": eligible, "issued": issued, **told, "salt": salt})
            db.execute("INSERT INTO release VALUES (?, ?, ?, ?, 0)", (key_id, group, block, body))
            db.execute("DELETE FROM bucket WHERE key_id = ?", (key_id,))
            db.execute("UPDATE block_key SET state = ? WHERE key_id = ?", (CLOSED, key_id))
        return body

    def discard(self, key_id: bytes) -> None:
        """End a block whose counts contradicted each other: its sheets are deleted and nothing is released."""
        with self.file.writing() as db:
            db.execute("DELETE FROM bucket WHERE key_id = ?", (key_id,))
            db.execute("UPDATE block_key SET state = ? WHERE key_id = ?", (CLOSED, key_id))

    def readmit(self, key: BoxKey, body: str, published: bool) -> None:
        """Put back a release that a lost box had made; nothing happens where it is still there."""
        with self.file.writing() as db:
            row = (key.key_id, key.group, key.block, key.spki, canonical(key.shape), CLOSED)
            db.execute("INSERT OR IGNORE INTO block_key VALUES (?, ?, ?, ?, ?, ?)", row)
            told = (key.key_id, key.group, key.block, body, published)
            db.execute("INSERT OR IGNORE INTO release VALUES (?, ?, ?, ?, ?)", told)

    def publish(self, key_id: bytes) -> None:
        """List a release, by its digest, for everybody who asks the box, from now on."""
        with self.file.writing() as db:
            db.execute("UPDATE release SET published = 1 WHERE key_id = ?", (key_id,))

    def releases(self) -> str:
        """The text of GET /releases: by digest, so that no band, count or word reaches who may not read it (R11).

        A resident's phone holds the body it was given against the digest of the very bytes written at the close.
        """
        with self.file.connection() as db:
            rows = db.execute("SELECT body FROM release WHERE published = 1 ORDER BY grp, block").fetchall()
        return canonical({"releases": [_public(body) for (body,) in rows]})

    def tidy(self) -> None:
        """Rebuild the file when a close left free pages in it. Raises Problem unavailable while others write."""
        with self.file.connection() as db:
            if db.execute("PRAGMA freelist_count").fetchone()[0]:
                db.execute("VACUUM")


def _public(body: str) -> dict[str, Any]:
    told = json.loads(body)
    return {**{name: told[name] for name in _PUBLIC}, "digest": digest(body)}


def _closing(db: sqlite3.Connection, key_id: bytes) -> tuple[Shape, str, str]:
    """Shape, group and label of a block that can still be counted."""
    row = db.execute("SELECT shape, grp, block, state FROM block_key WHERE key_id = ?", (key_id,)).fetchone()
    if row is None or row[3] == CLOSED:
        raise CountInvariant("the box holds no sheets for this key")
    return json.loads(row[0]), row[1], row[2]


def _taking(db: sqlite3.Connection, key_id: bytes) -> tuple[bytes, Shape]:
    """The public key and shape of a block that takes sheets now."""
    row = db.execute("SELECT spki, shape, state FROM block_key WHERE key_id = ?", (key_id,)).fetchone()
    if row is None:
        raise Problem("unknown_key")
    if row[2] == CLOSED:
        raise Problem("block_closed")
    if row[2] == ANNOUNCED:
        raise Problem("block_not_open")
    return row[0], json.loads(row[1])


def _buckets(db: sqlite3.Connection, key_id: bytes) -> dict[str, bytes]:
    return dict(db.execute("SELECT name, data FROM bucket WHERE key_id = ?", (key_id,)))
