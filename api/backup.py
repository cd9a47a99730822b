"""`handrail backup` and `handrail restore`: one folder that holds an instance, and an instance made of it again.

The folder holds every row of the main database, the box without its open sheets, the keys, and a manifest with the
schema's revision and a checksum of each file. It is as secret as the instance itself.

Open sheets are in no copy: beside daily copies of the named side they would tell whose they are, and the phones hold
them and send them again at the restored box's new epoch. For the same reason the box is copied by VACUUM INTO only.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, delete, func, select
from sqlalchemy.orm import Session

from api import migrate, rows
from api.config import Settings
from api.db import WRITES
from api.journal import services as journal
from api.people import services as people
from api.people.erasures import Ledger
from api.people.models import Person, SignIn
from api.pulse import services as pulse
from api.pulse.box import copies
from api.state import State

FORMAT: Final = 1
MANIFEST, ROWS, BOX, KEYS = "manifest.json", "rows.jsonl.gz", "box.sqlite", "keys"
# These outlive every copy: an older one would forget who was erased.
NEVER_OLDER: Final = ("erasures",)


class Unusable(Exception):
    """The copy cannot be used, or must not be put where it was asked to; the text says why, for the operator."""


@dataclass(frozen=True)
class Restored:
    """What came back: people of the main database, and how many of them had been erased since and went again."""

    people: int
    erased_again: int


def save(state: State, to: Path) -> None:
    """Write a copy of a running or stopped instance into a new folder. Raises Unusable when there is one already."""
    if to.exists():
        raise Unusable(f"{to} is there already; a copy never replaces another.")
    to.mkdir(parents=True, mode=0o700)
    with _reading(state.engine) as connection:
        revision = _revision(connection)
        _write_rows(connection, to / ROWS)
    copies.save(state.box_path, to / BOX)
    _copy_keys(state.settings.keys, to / KEYS)
    files = {str(path.relative_to(to)): _checksum(path) for path in sorted(to.rglob("*")) if path.is_file()}
    manifest = {"format": FORMAT, "revision": revision, "files": files}
    _private(to / MANIFEST, json.dumps(manifest, indent=1).encode())


def restore(
    settings: Settings, engine: Engine, source: Path, force: bool = False, end_sessions: bool = False
) -> Restored:
    """Make the instance what it was when the copy was made, under new epochs. The processes must be stopped.

    Who was erased since is erased again, and what the box released since stays released. Raises Unusable for a copy
    that is not whole, and, unless `force`, for an instance that holds people.
    """
    manifest = _checked(source)
    with _writing(engine) as connection:
        if not force and _people(connection):
            raise Unusable("This instance holds people; --force puts the copy in their place.")
        _bring_to(connection, manifest["revision"])
        with gzip.open(source / ROWS, "rt", encoding="utf-8") as lines:
            rows.load(connection, lines)
        migrate.to(connection, "head")
        _restore_keys(source / KEYS, settings.keys)
        restored = _as_restored(connection, settings, end_sessions)
    copies.restore(source / BOX, settings.box_path)
    _leave_no_trace(engine)
    return restored


def after_restore(settings: Settings, engine: Engine) -> Restored:
    """What has to follow when the database was put back by other means, such as pg_restore."""
    with _writing(engine) as connection:
        restored = _as_restored(connection, settings, end_sessions=False)
    copies.begin_epoch(settings.box_path)
    return restored


def _as_restored(connection: Connection, settings: Settings, end_sessions: bool) -> Restored:
    with Session(connection, expire_on_commit=False) as db:
        if end_sessions:
            db.execute(delete(SignIn))
        journal.begin_epoch(db)
        pulse.count_as_restored(db)
        gone = _erase_again(db, settings)
        db.flush()
        return Restored(_people(connection), gone)


def _erase_again(db: Session, settings: Settings) -> int:
    """Whoever was erased after the copy was made is erased from it as well; how many people that were."""
    return people.replay_erasures(db, Ledger.of(settings))


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """One moment of the database, however long reading it takes."""
    options: dict[str, Any] = {WRITES: False}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _people(connection: Connection) -> int:
    """How many people the database holds; 0 when it has no tables yet."""
    if not connection.dialect.has_table(connection, Person.__tablename__):
        return 0
    return connection.scalar(select(func.count()).select_from(Person)) or 0


def _bring_to(connection: Connection, revision: str) -> None:
    """Tables as they were at a revision; those that are there already are kept, and emptied later."""
    if _revision(connection) == revision:
        return
    if _revision(connection) is not None:
        migrate.to(connection, "base")
    migrate.to(connection, revision)


def _write_rows(connection: Connection, path: Path) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with gzip.GzipFile("", "wb", 6, out, mtime=0) as packed, io.TextIOWrapper(packed, "utf-8") as lines:
            for line in rows.dump(connection):
                lines.write(line + "\n")
        out.flush()
        os.fsync(out.fileno())


def _copy_keys(keys: Path, to: Path) -> None:
    to.mkdir(mode=0o700)
    for path in sorted(keys.iterdir()):
        if not path.name.startswith("."):
            _private(to / path.name, path.read_bytes())


def _restore_keys(source: Path, keys: Path) -> None:
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted(source.iterdir()):
        if path.name not in NEVER_OLDER or not (keys / path.name).exists():
            beside = keys / f".{path.name}.restored"
            beside.unlink(missing_ok=True)
            _private(beside, path.read_bytes())
            beside.replace(keys / path.name)


def _checked(source: Path) -> dict[str, Any]:
    """The manifest of a whole copy. Raises Unusable naming what is missing or was changed."""
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise Unusable(f"{source} is no copy made by handrail backup.") from error
    if manifest.get("format") != FORMAT:
        raise Unusable("This copy was made by a version that this one does not know.")
    for name, wanted in manifest["files"].items():
        if not (source / name).is_file() or _checksum(source / name) != wanted:
            raise Unusable(f"{name} is missing from the copy or was changed.")
    if manifest["revision"] not in migrate.revisions():
        raise Unusable("This copy is newer than this version of Handrail; update first.")
    return manifest


def _checksum(path: Path) -> str:
    with open(path, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _private(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _leave_no_trace(engine: Engine) -> None:
    """Get what was replaced out of SQLite's files: secure_delete wiped the rows, earlier pages live on in the log."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
