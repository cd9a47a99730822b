"""Yesterday's copy of a database, and going back to it, as the restore command does; works on every database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Table, update

from api.db import Base, transaction
from api.journal import services as journal
from api.people.models import SignIn

Copy = list[tuple[Table, list[dict[str, Any]]]]


def take(engine: Engine, tables: Sequence[Table] | None = None) -> Copy:
    """A copy of these tables (all of them when None), parents first."""
    with transaction(engine, write=False) as db:
        return [
            (table, [dict(row) for row in db.execute(table.select()).mappings()])
            for table in Base.metadata.sorted_tables
            if tables is None or table in tables
        ]


def restore(engine: Engine, copy: Copy, new_epoch: bool = True) -> None:
    with transaction(engine) as db:
        if SignIn.__table__ not in [table for table, _ in copy]:
            # A session goes with the phone it is bound to; a copy without sessions leaves them as they are.
            db.execute(update(SignIn).values(device_id=None))
        for table, _ in reversed(copy):
            db.execute(table.delete())
        for table, rows in copy:
            if rows:
                db.execute(table.insert(), rows)
        if new_epoch:
            journal.begin_epoch(db)
