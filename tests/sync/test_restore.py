"""The drill: yesterday's copy is put back with the operator's own commands, and one sync heals what the phones hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from api import backup, clock, config
from api.db import transaction
from api.journal.models import Op, Tombstone
from api.people import services as people
from api.people.erasures import Ledger
from api.people.models import Device, Person
from api.state import State
from tests.cast import Cast
from tests.sync.phone import Phone

PhoneOf = Callable[..., Phone]


@pytest.fixture(autouse=True)
def migrated(engine: Engine) -> None:
    """The database knows its revision, as every migrated one does."""
    from sqlalchemy import text

    from api import migrate

    newest = max(migrate.revisions())
    with engine.begin() as db:
        db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        db.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})


@pytest.fixture
def yesterday(state: State, settings: config.Settings, tmp_path: Path) -> Callable[[], Path]:
    """Makes a copy now; the folder."""

    def save() -> Path:
        backup.save(state, tmp_path / "yesterday")
        return tmp_path / "yesterday"

    return save


def all_of(engine: Engine) -> dict[str, str]:
    with transaction(engine, write=False) as db:
        return {op.op_id: op.body for op in db.scalars(select(Op))}


def test_one_sync_after_a_restore_brings_back_every_op_a_live_phone_holds(
    phone_of: PhoneOf, cast: Cast, engine: Engine, settings: config.Settings, yesterday: Callable[[], Path]
) -> None:
    rita, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    early = [rita.create({"early": n}) for n in range(3)]
    rita.quiet()
    copy = yesterday()
    second = Phone(rita.send, rita.keys)  # enrolled after the copy was made
    second.register()
    for phone in (rita, second, ravi):
        for n in range(4):
            phone.create({"late": n})
    rita.revise(early[0], {"early": "revised"})
    rita.withdraw(early[1])
    for phone in (rita, second, ravi):
        phone.quiet()
    before = all_of(engine)
    assert backup.restore(settings, engine, copy, force=True).people == 5
    assert len(all_of(engine)) == 3
    for phone in (rita, second, ravi):
        phone.quiet(rounds=4)
    assert all_of(engine) == before
    fresh = phone_of(cast.rita, keys=rita.keys)
    for phone in (fresh, rita, second):
        phone.quiet()
    assert fresh.view() == rita.view() == second.view()
    assert early[1]["entity_id"] not in fresh.view()


def test_what_was_withdrawn_since_the_copy_stays_withdrawn_even_when_the_phone_that_did_it_is_gone(
    phone_of: PhoneOf, cast: Cast, engine: Engine, settings: config.Settings, yesterday: Callable[[], Path]
) -> None:
    first = phone_of(cast.rita)
    op = first.create("a sentence")
    first.quiet()
    copy = yesterday()
    second = phone_of(cast.rita, keys=first.keys)
    second.withdraw(op)
    second.quiet()
    first.quiet()
    backup.restore(settings, engine, copy, force=True)
    assert any(all_of(engine).values()), "the copy holds the body, as a copy must"
    first.quiet()
    assert set(all_of(engine).values()) == {""}
    with transaction(engine, write=False) as db:
        assert db.scalar(select(func.count()).select_from(Tombstone)) == 1
    assert first.view() == {}


def test_a_copy_is_a_private_folder_that_says_what_is_in_it(state: State, yesterday: Callable[[], Path]) -> None:
    folder = yesterday()
    loose = [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]
    assert not loose
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"].keys() >= {"rows.jsonl.gz", "box.sqlite", "keys/session", "keys/block-kek"}
    with pytest.raises(backup.Unusable, match="there already"):
        backup.save(state, folder)


def test_an_instance_with_people_is_replaced_only_by_force(
    cast: Cast, engine: Engine, settings: config.Settings, yesterday: Callable[[], Path]
) -> None:
    copy = yesterday()
    with transaction(engine) as db:
        db.get_one(Person, cast.otto.id).name = "Otto the Second"
    with pytest.raises(backup.Unusable, match="--force"):
        backup.restore(settings, engine, copy)
    with transaction(engine, write=False) as db:
        assert db.get_one(Person, cast.otto.id).name == "Otto the Second"
    backup.restore(settings, engine, copy, force=True)
    with transaction(engine, write=False) as db:
        otto = db.get_one(Person, cast.otto.id)
        assert (otto.name, otto.joined_at) == ("Otto", cast.otto.joined_at)


@pytest.mark.parametrize("broken", ["rows.jsonl.gz", "keys/session", "manifest.json"])
def test_a_copy_that_is_not_whole_changes_nothing(
    cast: Cast, engine: Engine, settings: config.Settings, yesterday: Callable[[], Path], broken: str
) -> None:
    copy = yesterday()
    content = (copy / broken).read_bytes()
    (copy / broken).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(backup.Unusable):
        backup.restore(settings, engine, copy, force=True)
    (copy / broken).unlink()
    with pytest.raises(backup.Unusable):
        backup.restore(settings, engine, copy, force=True)
    with transaction(engine, write=False) as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 5


def test_a_copy_from_a_newer_version_is_not_put_back(
    cast: Cast, engine: Engine, settings: config.Settings, yesterday: Callable[[], Path]
) -> None:
    copy = yesterday()
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"revision": "9999"}))
    with pytest.raises(backup.Unusable, match="update first"):
        backup.restore(settings, engine, copy, force=True)


def test_a_copy_starts_an_empty_machine_with_the_same_keys_and_the_sessions_that_were_open(
    phone_of: PhoneOf,
    cast: Cast,
    settings: config.Settings,
    yesterday: Callable[[], Path],
    tmp_path: Path,
) -> None:
    from api.db import engine_for

    phone = phone_of(cast.rita)
    op = phone.create({"n": 1})
    phone.quiet()
    copy = yesterday()
    elsewhere = config.read({"HANDRAIL_INSTANCE": str(tmp_path / "new"), "HANDRAIL_ORIGIN": "http://localhost"})
    elsewhere.instance.mkdir()
    engine = engine_for(elsewhere.database_url)
    backup.restore(elsewhere, engine, copy)
    assert all_of(engine) == {op["op_id"]: op["body"]}
    for kept in settings.keys.iterdir():
        assert (elsewhere.keys / kept.name).read_bytes() == kept.read_bytes()
        assert (elsewhere.keys / kept.name).stat().st_mode & 0o077 == 0
    with transaction(engine, write=False) as db:
        assert db.get_one(Device, phone.device_id).person_id == cast.rita.id
    engine.dispose()


def test_whoever_was_erased_since_the_copy_is_erased_from_it_again(
    phone_of: PhoneOf,
    cast: Cast,
    engine: Engine,
    settings: config.Settings,
    state: State,
    yesterday: Callable[[], Path],
) -> None:
    rita, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    for phone in (rita, ravi):
        phone.create("a sentence")
        phone.quiet()
    copy = yesterday()
    with transaction(engine) as db:
        gone = db.get_one(Person, cast.rita.id)
        people.erase(db, state.session_secret, Ledger.of(settings), gone, clock.now())
    restored = backup.restore(settings, engine, copy, force=True)
    assert (restored.people, restored.erased_again) == (4, 1)
    with transaction(engine, write=False) as db:
        assert {op.person_id for op in db.scalars(select(Op))} == {cast.ravi.id}
        assert db.get(Person, cast.rita.id) is None
