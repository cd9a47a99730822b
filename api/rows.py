"""A whole database as text, and back, the same on SQLite and PostgreSQL: one line a table's head, one line a row.

Rows go in the order of their keys, never in that of their arrival, and without what a database keeps beside them: no
earlier versions, no free pages, no log. The tables are read from the database itself, so a copy fits the revision it
was made at, whatever the code around it says by now.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text

CHUNK: Final = 500  # rows
REVISIONS: Final = "alembic_version"


def tables(connection: Connection) -> list[Table]:
    """The tables that are there, parents before children."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != REVISIONS]


def dump(connection: Connection, known: list[Table] | None = None) -> Iterator[str]:
    """Every row of the database as lines of JSON, as of the transaction the connection is in.

    `known` are its tables where somebody looked already.
    """
    for table in known or tables(connection):
        yield json.dumps({"table": table.name, "columns": [column.name for column in table.columns]})
        rows = select(table).order_by(*table.primary_key.columns)
        for row in connection.execution_options(yield_per=CHUNK).execute(rows):
            yield json.dumps([_told(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def load(connection: Connection, lines: Iterable[str], known: list[Table] | None = None) -> None:
    """Put these rows in place of all that is there. Raises KeyError for a table or column that is not."""
    there = {table.name: table for table in known or tables(connection)}
    for table in reversed(list(there.values())):
        connection.execute(table.delete())
    table, readers = Table("none", MetaData()), list[tuple[str, Callable[[Any], Any]]]()
    waiting = list[dict[str, Any]]()
    for line in lines:
        told = json.loads(line)
        if isinstance(told, dict):
            _insert(connection, table, waiting)
            table, waiting = there[told["table"]], []
            readers = [(name, _reader(connection, table, name)) for name in told["columns"]]
            continue
        waiting.append({name: read(value) for (name, read), value in zip(readers, told, strict=True)})
        if len(waiting) == CHUNK:
            _insert(connection, table, waiting)
            waiting = []
    _insert(connection, table, waiting)
    if connection.dialect.name == "postgresql":
        _go_on_counting(connection, there.values())


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _reader(connection: Connection, table: Table, name: str) -> Callable[[Any], Any]:
    """How a value of this column is read back; None stays None."""
    kind: type = table.columns[name].type.python_type
    on_sqlite = connection.dialect.name == "sqlite"

    def read(value: Any) -> Any:
        if value is None:
            return None
        if kind is datetime:
            instant = datetime.fromisoformat(value)
            return instant.replace(tzinfo=None) if on_sqlite else instant
        if kind is date:
            return date.fromisoformat(value)
        if kind is bytes:
            return base64.b64decode(value)
        return bool(value) if kind is bool else value

    return read


def _go_on_counting(connection: Connection, there: Iterable[Table]) -> None:
    """Let PostgreSQL's own counters go on above the rows that were put in beside them."""
    for table in there:
        for column in islice(table.primary_key.columns, 1):
            counter = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
            if counter:
                highest = connection.scalar(select(func.max(column))) or 0
                connection.execute(text("SELECT setval(:counter, :to, false)"), {"counter": counter, "to": highest + 1})
