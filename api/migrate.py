"""Bringing a database to this version's tables."""

from __future__ import annotations

import importlib
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

from api.db import Base

HERE = Path(__file__).parent
# Any number of processes may start together; on PostgreSQL one of them holds this lock while it migrates.
ADVISORY_LOCK = 4_811_201


def metadata() -> MetaData:
    """Every table of every room."""
    for models in sorted(HERE.glob("*/models.py")):
        importlib.import_module(f"api.{models.parent.name}.models")
    return Base.metadata


def config(connection: Connection) -> Config:
    made = Config()
    made.set_main_option("script_location", str(HERE / "migrations"))
    made.attributes["connection"] = connection
    return made


def upgrade(engine: Engine) -> None:
    """Run every migration that is missing, one process at a time; a no-op on an up-to-date database."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        command.upgrade(config(connection), "head")


def to(connection: Connection, revision: str) -> None:
    """Bring the tables to a revision in the connection's transaction; going down to "base" drops all they hold."""
    move = command.downgrade if revision == "base" else command.upgrade
    move(config(connection), revision)


def revisions() -> set[str]:
    """Every revision this version knows."""
    script = ScriptDirectory(str(HERE / "migrations"))
    return {found.revision for found in script.walk_revisions()}


def reset(engine: Engine) -> None:
    """Drop every table and make them anew, empty. Only a demo that was cut off is ever reset."""
    with engine.begin() as connection:
        command.downgrade(config(connection), "base")
    upgrade(engine)


def differences(engine: Engine) -> list[object]:
    """What the models say and the migrated database lacks; empty when the migrations are complete."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), metadata()))
