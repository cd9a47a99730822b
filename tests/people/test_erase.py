"""Erasing an account: nothing of it stays on this server, and a restored older copy is made to forget again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Engine, ForeignKeyConstraint, Table, select, text

from api import cli, clock, migrate
from api.clock import FrozenClock
from api.config import Settings
from api.db import transaction
from api.journal.models import Op
from api.people import services
from api.people.erasures import Ledger
from api.people.models import Membership, Person
from api.state import State
from tests.cast import Cast
from tests.client import JsonClient
from tests.conftest import Letters
from tests.people.test_devices import OLD, deliver, enrol, phone_at, writer

Browser = Callable[..., JsonClient]


def code_for(browser: JsonClient, letters: Letters, email: str = "rita@hospital.example") -> str:
    browser.post("/api/sign-in/code", {"email": email})
    found = re.search(r"\b[0-9]{6}\b", letters.sent[-1].text)
    assert found
    return found[0]


def erase(browser: JsonClient, letters: Letters) -> Any:
    return browser.post("/api/me/erase", {"code": code_for(browser, letters)})


def live(browser: JsonClient) -> None:
    """Leave something in as many rooms as a phone can."""
    enrol(browser)
    phone = writer(browser)
    phone.register()
    phone.create("hello")
    phone.stamp("create", "not-an-id", body="x")
    phone.withdraw(phone.create("gone"))
    phone.exchange()
    phone.last_seq += 3
    phone.create("after a gap")
    phone.exchange()
    browser.post("/api/prompts/ask-now", {"protocol": None})
    browser.put("/api/identity", {"public_key": phone_key(phone), "replaces": None})
    browser.put("/api/handover", {"public_key": phone_key(phone)})


def phone_key(phone: Any) -> str:
    return str(phone.keys.identity.to_public())


def of_people() -> list[tuple[Table, str]]:
    """Every table of every room with the column that names a person."""
    named = []
    for table in migrate.metadata().tables.values():
        named += [(table, column.name) for column in table.columns if column.name == "person_id"]
    return named


def test_every_row_that_names_a_person_goes_with_them() -> None:
    """A new room that names people without such a key would survive an erasure."""
    loose = []
    for table, column in of_people():
        keys = [one for one in table.constraints if isinstance(one, ForeignKeyConstraint) and column in one.column_keys]
        led = [one for one in keys if one.referred_table.name == "person" and one.ondelete == "CASCADE"]
        if not led:
            loose.append(f"{table.name}.{column}")
    assert not loose
    for table in migrate.metadata().tables.values():
        for key in table.foreign_keys:
            if key.column.table.name in ("person", "device", "prompt"):
                assert key.ondelete in ("CASCADE", "SET NULL"), f"{table.name}.{key.parent.name}"


def test_an_erased_person_is_nowhere_in_the_database(
    client_for: Browser, cast: Cast, letters: Letters, engine: Engine, frozen: FrozenClock
) -> None:
    rita, ravi = client_for(cast.rita), client_for(cast.ravi)
    live(rita)
    with transaction(engine, write=False) as db:
        before = {table.name for table, column in of_people() if _rows(db, table, column, cast.rita.id)}
    assert len(before) >= 12
    assert erase(rita, letters).status_code == 204
    with transaction(engine, write=False) as db:
        left = {table.name for table, column in of_people() if _rows(db, table, column, cast.rita.id)}
        assert left == set()
        assert db.get(Person, cast.rita.id) is None
        assert db.execute(text("SELECT count(*) FROM device")).scalar() == 0
        # What stays is the count against guessing from one network address; it names no account and lives an hour.
        assert db.execute(text("SELECT count(*) FROM try")).scalar() == 1
    assert (rita.get("/api/me").status_code, ravi.get("/api/me").status_code) == (401, 200)
    assert letters.sent[-1].to == "rita@hospital.example"
    assert "erased" in letters.sent[-1].text


def _rows(db: Any, table: Table, column: str, person_id: str) -> bool:
    return db.execute(select(table).where(table.c[column] == person_id).limit(1)).first() is not None


def test_a_session_alone_erases_nobody(client_for: Browser, cast: Cast, letters: Letters, engine: Engine) -> None:
    rita = client_for(cast.rita)
    code = code_for(rita, letters)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert rita.post("/api/me/erase", {"code": wrong}).status_code == 401
    ravis = code_for(rita, letters, "ravi@hospital.example")
    assert ravis == code or rita.post("/api/me/erase", {"code": ravis}).status_code == 401
    assert [rita.post("/api/me/erase", {"code": wrong}).status_code for _ in range(14)][-1] == 429
    assert client_for(cast.cal).post("/api/me/erase", {"code": code}).status_code == 403
    with transaction(engine, write=False) as db:
        assert db.get(Person, cast.rita.id) is not None


def test_what_others_have_stays_and_the_groups_counts_do_not_change(
    client_for: Browser, cast: Cast, letters: Letters, engine: Engine
) -> None:
    live(client_for(cast.rita))
    ravi = client_for(cast.ravi)
    enrol(ravi, "0c4a4f57-9f51-4a29-93ad-6d2b8a3a6e02")
    phone = writer(ravi, "0c4a4f57-9f51-4a29-93ad-6d2b8a3a6e02")
    phone.create("Ravi's")
    phone.exchange()
    erase(client_for(cast.rita), letters)
    with transaction(engine, write=False) as db:
        assert {op.person_id for op in db.scalars(select(Op))} == {cast.ravi.id}
        assert cast.rita.id not in db.scalars(select(Membership.person_id)).all()


def test_the_ledger_names_nobody(
    client_for: Browser, cast: Cast, letters: Letters, settings: Settings, frozen: FrozenClock
) -> None:
    live(client_for(cast.rita))
    erase(client_for(cast.rita), letters)
    ledger = Ledger.of(settings)
    kept = ledger.path.read_text()
    assert not any(word in kept for word in (cast.rita.id, cast.rita.email, cast.rita.name, OLD))
    assert '"day": "2026-11-19"' in kept
    assert ledger.path.stat().st_mode & 0o077 == 0
    assert (ledger.names_person(cast.rita.id), ledger.names_person(cast.ravi.id)) == (True, False)
    assert (ledger.names_device(OLD), ledger.names_device(cast.rita.id)) == (True, False)


def test_a_restored_copy_forgets_again(engine: Engine, cast: Cast, settings: Settings, state: State) -> None:
    with transaction(engine) as db:
        rita = db.get_one(Person, cast.rita.id)
        services.erase(db, state.session_secret, Ledger.of(settings), rita, clock.now())
    with transaction(engine) as db:
        # Yesterday's copy: Rita is there again, with her id and what was hers.
        back = {name: getattr(cast.rita, name) for name in ("id", "name", "email", "role", "zone", "joined_at")}
        db.add(Person(**back))
        db.flush()
        db.add(Op(**_op(cast.rita.id)))
    with transaction(engine) as db:
        assert services.replay_erasures(db, Ledger.of(settings)) == 1
        assert services.replay_erasures(db, Ledger.of(settings)) == 0
    with transaction(engine, write=False) as db:
        assert db.scalars(select(Op)).all() == []
        assert {person.name for person in db.scalars(select(Person))} == {"Ravi", "Cal", "Otto", "Ada"}


def _op(person_id: str) -> dict[str, Any]:
    ids = {"op_id": OLD, "device_id": OLD, "entity_id": OLD, "person_id": person_id}
    return {**ids, "server_seq": 1, "seq": 1, "proto": 1, "kind": "create", "body": "x", "mac": "m"}


def test_a_line_cut_short_by_a_power_cut_costs_no_other_line(settings: Settings) -> None:
    ledger = Ledger.of(settings)
    ledger.add("one", [], clock.today("UTC"))
    with ledger.path.open("a") as out:
        out.write('{"person": "hal')
    ledger.add("two", [OLD], clock.today("UTC"))
    assert ledger.among(["one", "three", "two"]) == ["one", "two"]
    assert ledger.names_device(OLD)


def test_a_failed_erasure_erases_nothing_and_is_not_written_down(
    client_for: Browser, cast: Cast, letters: Letters, settings: Settings, engine: Engine, monkeypatch: Any
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Ledger, "add", broken)
    assert erase(client_for(cast.rita), letters).status_code == 500
    with transaction(engine, write=False) as db:
        assert db.get(Person, cast.rita.id) is not None
    assert not Ledger.of(settings).path.exists()


def test_an_erased_persons_other_phone_is_told_to_wipe_itself(
    client_for: Browser, cast: Cast, letters: Letters, app: Flask
) -> None:
    live(client_for(cast.rita))
    erase(client_for(cast.rita), letters)
    told = deliver(phone_at(app))
    assert (told.status_code, told.json["code"]) == (403, "device_revoked")
    assert deliver(phone_at(app, "0c4a4f57-9f51-4a29-93ad-6d2b8a3a6e02")).status_code == 401


def test_the_operator_erases_anybody_by_address(
    engine: Engine, cast: Cast, settings: Settings, monkeypatch: Any, capsys: Any
) -> None:
    for name, value in (("INSTANCE", settings.instance), ("DATABASE_URL", settings.database_url)):
        monkeypatch.setenv(f"HANDRAIL_{name}", str(value))
    monkeypatch.setenv("HANDRAIL_ORIGIN", settings.origin)
    assert cli.main(["erase", "Cal@hospital.example", "--yes"]) == 0
    assert cli.main(["erase", "nobody@hospital.example", "--yes"]) == 1
    monkeypatch.setattr("builtins.input", lambda _: "somebody.else@hospital.example")
    assert cli.main(["erase", "otto@hospital.example"]) == 1
    with transaction(engine, write=False) as db:
        assert {person.name for person in db.scalars(select(Person))} == {"Rita", "Ravi", "Otto", "Ada"}
    assert Ledger.of(settings).names_person(cast.cal.id)
