"""The box's own SQLite file: its tables, and connections with its habits.

No time, sequence, rowid or address is in any table. journal_mode is DELETE and never WAL, because a WAL keeps earlier
pages, and with them the order of arrival; secure_delete overwrites what is taken out.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from api.problems import Problem

RETRY_AFTER_S = 2
EPOCH_BYTES = 8

_TABLES = """
CREATE TABLE IF NOT EXISTS epoch (one INTEGER PRIMARY KEY CHECK (one = 1), value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block_key (
    key_id BLOB PRIMARY KEY, grp TEXT NOT NULL, block TEXT NOT NULL, spki BLOB NOT NULL, shape TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('announced', 'open', 'closed')), UNIQUE (grp, block)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bucket (
    key_id BLOB NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (key_id, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS release (
    key_id BLOB PRIMARY KEY, grp TEXT NOT NULL, block TEXT NOT NULL, body TEXT NOT NULL,
    published INTEGER NOT NULL DEFAULT 0 CHECK (published IN (0, 1))
) WITHOUT ROWID;
"""


class BoxFile:
    """Opens the file anew for every piece of work, so that threads and processes share nothing but the file."""

    def __init__(self, path: Path, busy_s: float = 5.0) -> None:
        self.path, self._busy_s = path, busy_s
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with self.connection() as db:
            db.executescript(_TABLES)
            # A box that had to be made anew has another epoch, at which the phones send their sheets again.
            db.execute("INSERT OR IGNORE INTO epoch VALUES (1, ?)", (secrets.token_hex(EPOCH_BYTES),))

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection outside any transaction. Raises Problem unavailable (503) while the file is locked or gone."""
        try:
            with closing(sqlite3.connect(self.path.as_uri() + "?mode=rw", uri=True, timeout=self._busy_s)) as db:
                db.isolation_level = None
                for pragma in ("journal_mode=DELETE", "secure_delete=ON", "synchronous=FULL", "temp_store=MEMORY"):
                    db.execute(f"PRAGMA {pragma}")
                yield db
        except sqlite3.IntegrityError:
            raise
        except sqlite3.DatabaseError as error:
            raise Problem("unavailable", headers={"Retry-After": str(RETRY_AFTER_S)}) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that holds the write lock from its start; rolled back by any exception."""
        with self.connection() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
