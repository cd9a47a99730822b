"""The box in a backup: no open sheet, no trace of one, every release, and a new epoch when it comes back."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api.pulse.box import BoxStore, copies
from api.pulse.box.store import CLOSED

SECRET = bytes(range(65, 91)) * 3


@pytest.fixture
def box(tmp_path: Path) -> BoxStore:
    """A box with one closed block and its release, and one open block that holds a sheet."""
    store = BoxStore(tmp_path / "box.sqlite")
    with store.file.writing() as db:
        for key, block, state in ((b"old", "2026-10", CLOSED), (b"now", "2026-11", "open")):
            db.execute("INSERT INTO block_key VALUES (?, 'g', ?, x'00', '{}', ?)", (key, block, state))
        db.execute("INSERT INTO bucket VALUES (x'6e6f77', 'head', ?)", (SECRET,))
        db.execute("INSERT INTO release VALUES (x'6f6c64', 'g', '2026-10', ?, 1)", (json.dumps({"salt": "s"}),))
    return store


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()


def test_a_copy_holds_keys_and_releases_and_no_byte_of_an_open_sheet(box: BoxStore, tmp_path: Path) -> None:
    copies.save(box.file.path, tmp_path / "copy.sqlite")
    assert rows(tmp_path / "copy.sqlite", "block_key") == rows(box.file.path, "block_key")
    assert rows(tmp_path / "copy.sqlite", "release") == rows(box.file.path, "release")
    assert rows(tmp_path / "copy.sqlite", "bucket") == [(b"now", "head", b"")]
    assert SECRET in box.file.path.read_bytes()
    left = [path.name for path in tmp_path.iterdir() if path.is_file() and SECRET in path.read_bytes()]
    assert left == ["box.sqlite"]


def test_a_box_that_comes_back_has_a_new_epoch(box: BoxStore, tmp_path: Path) -> None:
    before = box.keys()["epoch"]
    copies.save(box.file.path, tmp_path / "copy.sqlite")
    copies.restore(tmp_path / "copy.sqlite", box.file.path)
    assert box.keys()["epoch"] != before
    assert rows(box.file.path, "bucket") == [(b"now", "head", b"")]
    assert SECRET not in box.file.path.read_bytes()


def test_what_was_released_since_the_copy_stays_released_as_it_was(box: BoxStore, tmp_path: Path) -> None:
    copies.save(box.file.path, tmp_path / "copy.sqlite")
    with box.file.writing() as db:
        db.execute("DELETE FROM bucket")
        db.execute("UPDATE block_key SET state = 'closed'")
        db.execute("INSERT INTO release VALUES (x'6e6f77', 'g', '2026-11', 'the very text', 1)")
    copies.restore(tmp_path / "copy.sqlite", box.file.path)
    assert (b"now", "g", "2026-11", "the very text", 1) in rows(box.file.path, "release")
    assert {row[-1] for row in rows(box.file.path, "block_key")} == {"closed"}
    assert rows(box.file.path, "bucket") == []


def test_a_lost_box_comes_back_from_the_copy(box: BoxStore, tmp_path: Path) -> None:
    copies.save(box.file.path, tmp_path / "copy.sqlite")
    copies.restore(tmp_path / "copy.sqlite", tmp_path / "elsewhere" / "box.sqlite")
    assert rows(tmp_path / "elsewhere" / "box.sqlite", "release") == rows(box.file.path, "release")
    assert (tmp_path / "elsewhere" / "box.sqlite").stat().st_mode & 0o077 == 0
