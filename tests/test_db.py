"""One way to the database: transactions that lose nothing, and a kind answer when it is locked or gone."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import IntegrityError

from api import create_app
from api.db import engine_for, transaction
from api.people.models import Group, Person
from api.problems import Problem
from api.state import State
from tests.cast import Cast, person
from tests.client import JsonClient


def test_concurrent_updates_are_all_kept(engine: Engine, cast: Cast) -> None:
    def add_ten() -> None:
        for _ in range(10):
            with transaction(engine) as db:
                db.execute(update(Group).where(Group.id == cast.group.id).values(block_weeks=Group.block_weeks + 1))

    threads = [threading.Thread(target=add_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(engine, write=False) as db:
        assert db.scalar(select(Group.block_weeks).where(Group.id == cast.group.id)) == 4 + 80


def test_a_broken_transaction_leaves_nothing_behind(engine: Engine, cast: Cast) -> None:
    def break_half_way() -> None:
        with transaction(engine) as db:
            db.execute(update(Person).values(name="Gone"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_half_way()
    with transaction(engine, write=False) as db:
        assert db.get(Person, cast.rita.id).name == "Rita"  # type: ignore[union-attr]


def test_an_instant_comes_back_aware_and_in_utc(engine: Engine, cast: Cast) -> None:
    berlin = datetime(2026, 11, 20, 1, 30, tzinfo=timezone(timedelta(hours=1)))
    with transaction(engine) as db:
        db.execute(update(Person).where(Person.id == cast.rita.id).values(joined_at=berlin))
    with transaction(engine, write=False) as db:
        kept = db.scalar(select(Person.joined_at).where(Person.id == cast.rita.id))
    assert kept == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert kept.tzinfo is UTC


def test_a_naive_instant_is_refused(engine: Engine, cast: Cast) -> None:
    with pytest.raises(Exception, match="zone"), transaction(engine) as db:
        db.execute(update(Person).values(joined_at=datetime(2026, 11, 20)))


def test_a_database_that_is_gone_answers_503(state: State, cast: Cast) -> None:
    import dataclasses

    nowhere = engine_for("postgresql+psycopg://nobody@127.0.0.1:1/none")
    browser = JsonClient(create_app(state=dataclasses.replace(state, engine=nowhere)).test_client())
    refused = browser.post("/api/sign-in/code", {"email": "rita@hospital.example"})
    assert (refused.status_code, refused.json["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) >= 1


def test_a_locked_database_answers_503_and_keeps_what_it_had(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'one.sqlite'}")
    with engine.begin() as db:
        db.execute(text("CREATE TABLE kept (n INTEGER)"))
    holder = sqlite3.connect(tmp_path / "one.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Problem) as refused, transaction(engine) as db:
        db.execute(text("INSERT INTO kept VALUES (1)"))
    assert refused.value.status == 503
    holder.execute("ROLLBACK")
    with transaction(engine) as db:
        db.execute(text("INSERT INTO kept VALUES (2)"))
    assert holder.execute("SELECT n FROM kept").fetchall() == [(2,)]
    holder.close()


def test_what_breaks_a_statement_is_not_in_its_error(engine: Engine, cast: Cast) -> None:
    twin = person("Rita", "resident")
    twin.name = "Other"
    with pytest.raises(IntegrityError) as broken, transaction(engine) as db:
        db.add(twin)
    assert "hidden" in str(broken.value)
    assert "Other" not in str(broken.value)
