"""What planning costs, and whether the due-prompt query stays flat: `python -m tests.bench.planning [STORED]`.

STORED is how many settled prompts lie beside the due ones in the larger table, a million unless told; ten million take
5 GB of a temporary folder and about eight minutes. Both tables hold the same due prompts and are asked in turn.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api import migrate
from api.db import Base, engine_for, transaction
from api.prompts import services
from tests.bench.figures import Figure

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
FEW, MANY = 10_000, 100_000
STORED_FEW, STORED_MANY = 10_000, 1_000_000
DUE, OF_EACH = 200, 20  # prompts that fall due; and stored ones of each person, about what 35 days hold
ROUNDS, ASKED = 15, 4
SLOTS = [{"weekday": 0, "time": "18:30", "protocol": "P10"}, {"weekday": 3, "time": "20:30", "protocol": "P01"}]

PERSON = (
    "INSERT INTO person (id, email, name, role, zone, joined_at)"
    " SELECT {id}, {id}, 'R', 'resident', 'America/Chicago', '2026-06-01 00:00:00.000000' FROM {numbers}"
)
RHYTHM = (
    "INSERT INTO rhythm (person_id, slots, quiet_from, quiet_to, chosen, planned_through)"
    " SELECT {id}, '{slots}', '22:00', '07:00', true, '2026-11-18 13:00:00.000000' FROM {numbers}"
)
SETTLED = (
    "INSERT INTO prompt (id, person_id, protocol, local_date, slot, asked, due_at, until, state, topic, why)"
    " SELECT 's' || n, {person}, 'P01', {day}, 'x' || (n / {people}), false, {due}, {until}, 'passed', 't', ''"
    " FROM {numbers}"
)
OPENING = (
    "INSERT INTO prompt (id, person_id, protocol, local_date, slot, asked, due_at, until, state, alert_at, topic, why)"
    " SELECT 'd' || n, {id}, 'P01', '2026-11-19', '06:00', false, '2026-11-19 11:59:00.000000',"
    " '2026-11-19 15:59:00.000000', 'planned', '2026-11-19 11:59:00.000000', 't' || n, '' FROM {numbers}"
)


def numbers(engine: Engine, count: int) -> str:
    """A table expression of n = 0 … count - 1."""
    if engine.dialect.name == "postgresql":
        return f"generate_series(0, {count - 1}) AS g(n)"
    counted = f"WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {count - 1}) SELECT n FROM c"
    return f"({counted})"


def fill(engine: Engine, statement: str, count: int, **parts: object) -> None:
    made = statement.format(numbers=numbers(engine, count), id="'r' || n", **parts)
    with engine.begin() as connection:
        connection.execute(text(made.replace(":", r"\:")))


def fresh(engine: Engine) -> Engine:
    migrate.metadata()
    Base.metadata.create_all(engine)
    return engine


def people(engine: Engine, count: int) -> None:
    fill(engine, PERSON, count)
    fill(engine, RHYTHM, count, slots=json.dumps(SLOTS))


def stored(engine: Engine, count: int) -> Engine:
    """A table with this many prompts that are over, and the same few hundred that fall due now."""
    crowd = max(DUE, count // OF_EACH)
    people(engine, crowd)
    on_postgresql = engine.dialect.name == "postgresql"
    back = f"(n / {crowd})"
    day = (
        f"date '2026-11-18' - {back} % 34" if on_postgresql else f"date('2026-11-18', '-' || ({back} % 34) || ' days')"
    )
    due, until = (
        f"timestamptz '2026-11-18 {at}:00+00' - make_interval(days => {back} % 34)"
        if on_postgresql
        else f"{day} || ' {at}:00.000000'"
        for at in ("12:00", "16:00")
    )
    person = f"'r' || (n % {crowd})"
    fill(engine, SETTLED, count, person=person, people=crowd, day=day, due=due, until=until)
    fill(engine, OPENING, DUE)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return engine


@contextmanager
def sqlite(name: str) -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="handrail-planning-") as folder:
        engine = engine_for(f"sqlite:///{Path(folder) / name}")
        with sqlite3.connect(Path(folder) / name) as raw:
            raw.execute("PRAGMA journal_mode=WAL")
        yield fresh(engine)
        engine.dispose()


def plan_all(count: int) -> tuple[float, float]:
    """(seconds, MiB the process grew by) for planning one more day for so many residents, as the worker does."""
    with sqlite("people.sqlite") as engine:
        people(engine, count)
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        done, planned = 0, 1
        while planned:
            with transaction(engine) as db:
                planned = services.materialise(db, NOW)
                done += planned
        spent = time.process_time() - began
        if done != count:
            raise AssertionError(f"{done} of {count} were planned")
        return spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def once(engine: Engine, step: Callable[[Session], object]) -> float:
    """Seconds of one step, which is then undone."""
    with Session(engine) as db:
        began = time.perf_counter()
        step(db)
        spent = time.perf_counter() - began
        db.rollback()
    return spent


def ratio(small: Engine, large: Engine, step: Callable[[Session], object]) -> tuple[float, float]:
    """(how much longer the step takes beside the larger table, milliseconds there), asked in turn, middle of rounds."""
    times: dict[str, list[float]] = {"small": [], "large": []}
    for _ in range(ROUNDS):
        for name, engine in (("small", small), ("large", large)):
            times[name].append(min(once(engine, step) for _ in range(ASKED)))
    middle = {name: statistics.median(found) for name, found in times.items()}
    return middle["large"] / middle["small"], 1000 * middle["large"]


def flat(kind: str, small: Engine, large: Engine, count: int) -> Iterator[Figure]:
    quiet = NOW - timedelta(hours=1)
    steps = {
        "due": lambda db: services.open_due(db, NOW),
        "nothing_due": lambda db: services.open_due(db, quiet),
        "expired": lambda db: services.pass_expired(db, quiet),
    }
    for name, step in steps.items():
        grew, spent = ratio(small, large, step)
        yield Figure(f"prompts_{name}_{kind}_{STORED_FEW}_to_{count}", grew, "ratio", "<=", 1.2)
        yield Figure(f"prompts_{name}_{kind}_beside_{count}", spent, "ms")


def figures(count: int = STORED_MANY) -> Iterator[Figure]:
    few, _ = plan_all(FEW)
    many, grown = plan_all(MANY)
    yield Figure(f"planning_{MANY}_residents", many, "s")
    yield Figure("planning_per_resident_10k_to_100k", many / few / (MANY / FEW), "ratio", "<=", 1.2)
    yield Figure("planning_memory_grown", grown, "MiB", "<=", 64)
    with sqlite("few.sqlite") as small, sqlite("many.sqlite") as large:
        yield from flat("sqlite", stored(small, STORED_FEW), stored(large, count), count)
    yield from on_postgresql(count)


def on_postgresql(count: int) -> Iterator[Figure]:
    from tests.postgres import server_url

    plain, engines = engine_for(server_url()), []
    for number in (STORED_FEW, count):
        schema = f"bench{number}"
        with plain.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        joined = "&" if "?" in server_url() else "?"
        engine = engine_for(f"{server_url()}{joined}options=-csearch_path%3D{schema}")
        engines.append(stored(fresh(engine), number))
    yield from flat("postgresql", engines[0], engines[1], count)
    for engine, number in zip(engines, (STORED_FEW, count), strict=True):
        engine.dispose()
        with plain.begin() as connection:
            connection.execute(text(f"DROP SCHEMA bench{number} CASCADE"))


if __name__ == "__main__":
    for figure in figures(int(sys.argv[1]) if len(sys.argv) > 1 else STORED_MANY):
        print(figure.line(), flush=True)
