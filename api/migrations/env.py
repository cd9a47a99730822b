"""Alembic's entry: the engine is handed in by `api.migrate`, never read from a file of its own."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from api.migrate import metadata


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        user_module_prefix="api.db.",
    )
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
