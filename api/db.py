"""The database: base class, column types, engines, and the one place that commits.

SQLite without BEGIN IMMEDIATE silently lost 544 of 600 concurrent updates when it was measured, so every writing
transaction here takes the write lock first.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from threading import Lock
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import DateTime, Engine, MetaData, String, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import Pool
from sqlalchemy.types import TypeDecorator

from api.problems import Problem

log = structlog.get_logger()

Id = String(36)
WRITES = "handrail_writes"
RETRY_AFTER_S = 2
BUSY_TIMEOUT_S = 5

_turns: WeakKeyDictionary[Pool, Lock] = WeakKeyDictionary()


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Naive datetimes are refused, and what comes back is aware and in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table's parent; constraints get names, so that a migration can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UTCDateTime}


def new_id() -> str:
    """A random UUID as text; it tells nothing about when it was made."""
    return str(uuid.uuid4())


def engine_for(url: str, **options: Any) -> Engine:
    """An engine with Handrail's habits. `url` is an SQLAlchemy URL for SQLite or PostgreSQL (psycopg)."""
    if not url.startswith("sqlite"):
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=10,
            max_overflow=10,
            pool_timeout=5,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "tcp_user_timeout": 10_000},
            **options,
        )
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}, **options
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver must not open transactions by itself; _begin_sqlite does, so that writers lock first.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_S * 1000}",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, record: Any) -> None:
    # A row that somebody holds answers 503 after a while, as a locked SQLite file does, instead of never.
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction(engine: Engine, write: bool = True) -> Iterator[Session]:
    """One session in one transaction: committed when the block ends well, rolled back otherwise.

    Nothing else commits. Network calls never happen inside. Raises Problem("unavailable", 503 with Retry-After) when
    the database is locked, gone or out of connections.
    """
    try:
        with (
            _turn(engine) if write else nullcontext(),
            Session(engine.execution_options(**{WRITES: write}), expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
    except (OperationalError, InterfaceError, InternalError, PoolTimeout) as error:
        # The statement's parameters could hold a name or an address, so only the driver's own words are logged.
        log.error("database_unavailable", kind=type(error).__name__, reason=str(getattr(error, "orig", error))[:200])
        raise Problem("unavailable", headers={"Retry-After": str(RETRY_AFTER_S)}) from error


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Let this process's threads write to a SQLite file one after the other.

    SQLite has its waiters sleep and look again, a few milliseconds at first and then longer: a crowd of phones spent
    most of its time asleep beside a free file. Other processes still meet at the file's own lock.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    turn = _turns.setdefault(engine.pool, Lock())
    if not turn.acquire(timeout=BUSY_TIMEOUT_S):
        log.error("database_unavailable", kind="Turn", reason="another request writes for too long")
        raise Problem("unavailable", headers={"Retry-After": str(RETRY_AFTER_S)})
    try:
        yield
    finally:
        turn.release()


def can_lock_rows(session: Session) -> bool:
    """Whether SELECT … FOR UPDATE means anything here; on SQLite the write lock already stands for it."""
    return session.get_bind().dialect.name != "sqlite"
