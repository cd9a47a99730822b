"""Copies of the box for a backup, and a box made of one again.

A copy is written by VACUUM INTO, which keeps no page, order or trace of what was there before, and its open sheets are
taken out: see consequence 4 of the linkability findings. A box made of a copy has a new epoch, at which every phone
sends its open sheets again.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from api.pulse.box.file import EPOCH_BYTES, BoxFile


def save(box: Path, to: Path) -> None:
    """Write a copy of the box without any open sheet; it may be in use. A box that was never made gives an empty one.

    The folder of the copy has to be private: on the way the whole box lies in it.
    """
    beside = to.with_name(f".{to.name}.whole")
    with BoxFile(box).connection() as db:
        db.execute("VACUUM INTO ?", (str(beside),))
    try:
        with closing(sqlite3.connect(beside)) as db, db:
            db.execute("PRAGMA secure_delete=ON")
            db.execute("UPDATE bucket SET data = x''")
        with closing(sqlite3.connect(beside, isolation_level=None)) as db:
            db.execute("VACUUM INTO ?", (str(to),))
    finally:
        beside.unlink(missing_ok=True)
    to.chmod(0o600)


def restore(copy: Path, box: Path) -> None:
    """Make the box what the copy says, under a new epoch; nobody may be using it.

    What the box that is there closed and released since the copy stays so, for a release is made once: counted anew, it
    would differ from the first by whoever did not send again.
    """
    later = _ended(box) if box.exists() else []
    beside = box.with_name(f".{box.name}.restored")
    beside.unlink(missing_ok=True)
    box.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(copy.read_bytes())
        out.flush()
        os.fsync(out.fileno())
    with BoxFile(beside).writing() as db:
        for key, release in later:
            db.execute("DELETE FROM bucket WHERE key_id = ?", (key[0],))
            db.execute("DELETE FROM block_key WHERE key_id = ? OR (grp, block) = (?, ?)", (key[0], key[1], key[2]))
            db.execute("INSERT INTO block_key VALUES (?, ?, ?, ?, ?, ?)", key)
            if release:
                db.execute("INSERT OR IGNORE INTO release VALUES (?, ?, ?, ?, ?)", release)
    begin_epoch(beside)
    for part in ("-journal", "-wal", "-shm"):
        box.with_name(box.name + part).unlink(missing_ok=True)
    beside.replace(box)


def begin_epoch(box: Path) -> None:
    """Tell every phone to send its open sheets again."""
    with BoxFile(box).writing() as db:
        db.execute("UPDATE epoch SET value = ?", (secrets.token_hex(EPOCH_BYTES),))


Row = tuple[object, ...]


def _ended(box: Path) -> list[tuple[Row, Row | None]]:
    """The closed blocks of the box that is there, each with its release where it has one."""
    with BoxFile(box).connection() as db:
        keys = db.execute("SELECT key_id, grp, block, spki, shape, state FROM block_key WHERE state = ?", ("closed",))
        ended = keys.fetchall()
        told = {row[0]: row for row in db.execute("SELECT key_id, grp, block, body, published FROM release")}
    return [(key, told.get(key[0])) for key in ended]
