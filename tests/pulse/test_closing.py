"""Closing a block: one release for ever, residents first, and nothing left of how it came about."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from api.db import transaction
from api.people.models import Person
from api.problems import Problem
from api.pulse import blindsign, closing
from api.pulse.box import BoxStore, buckets, create_box
from api.pulse.models import BlockKey, Issuance, Release
from api.pulse.wire import b64u, unb64u
from tests.pulse.conftest import Ward, code, on_sqlite

HEAVY = {"P01": {"a": 4, "b": [0]}, "P02": {"a": 0, "b": 4}, "P10": {"a": 8}}


def answered(ward: Ward, count: int, given: dict[str, Any] | None = None) -> list[Person]:
    """Residents who took their token before the block opened and answered while it was open."""
    people = ward.hire(count)
    ward.to_issuing()
    for person in people:
        ward.phone(person).stock()
    ward.to_open()
    key_id = ward.blocks()[0].key_id
    for person in people:
        assert ward.phone(person).answer(given or HEAVY, key_id).status_code == 200
    return people


def body(ward: Ward) -> dict[str, Any]:
    with transaction(ward.state.engine, write=False) as db:
        found: dict[str, Any] = json.loads(db.scalars(select(Release.body)).one())
    return found


def files(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file())


def test_a_block_becomes_one_release_in_words_and_bands(ward: Ward) -> None:
    answered(ward, 8)
    closed = ward.to_closed()
    told = body(ward)
    assert (told["eligible"], told["issued"], told["key_id"]) == (10, 8, closed.key_id)
    states = {f"{cell['protocol']}.{cell['item']}": cell["state"] for cell in told["cells"]}
    # P02.c is asked only of those who lost planned time, and here nobody did; P10.b was left out by everybody.
    shown, hidden = ("P01.a", "P02.a", "P10.a"), ("P02.c", "P10.b")
    assert states == dict.fromkeys(shown, "shown") | dict.fromkeys(hidden, "not_enough")
    assert "copy of these answers is deleted" in told["cells"][2]["why"]


def test_a_block_that_too_few_answered_says_nothing_in_every_cell(ward: Ward) -> None:
    answered(ward, 4)
    ward.to_closed()
    assert {cell["state"] for cell in body(ward)["cells"]} == {"not_enough"}
    assert body(ward)["agenda"] is None


@on_sqlite
def test_people_who_shared_with_their_coach_are_not_cover_for_the_others(ward: Ward) -> None:
    people = answered(ward, 6)
    key_id = ward.blocks()[0].key_id
    for person in people[:2]:
        assert ward.phone(person).answer(HEAVY, key_id, ["P01"]).status_code == 200
    ward.to_closed()
    states = {f"{cell['protocol']}.{cell['item']}": cell["state"] for cell in body(ward)["cells"]}
    assert states["P01.a"] == "not_enough"
    assert states["P02.a"] == states["P10.a"] == "shown"


@on_sqlite
def test_answers_that_were_withdrawn_are_not_counted(ward: Ward) -> None:
    people = answered(ward, 5)
    key_id = ward.blocks()[0].key_id
    assert ward.phone(people[0]).withdraw(key_id).status_code == 200
    ward.to_closed()
    assert {cell["state"] for cell in body(ward)["cells"]} == {"not_enough"}


@on_sqlite
def test_a_phone_that_was_offline_still_counts_in_the_72_hours_after_the_block(ward: Ward) -> None:
    people = answered(ward, 4)
    late = ward.hire(1)[0]
    with transaction(ward.state.engine) as db:
        db.add(Issuance(person_id=late.id, key_id=ward.blocks()[0].key_id))
    block = ward.blocks()[0]
    ward.frozen.at = block.closes_at - timedelta(seconds=1)
    ward.tick()
    ward.phone(late).stock()
    assert ward.phone(late).answer(HEAVY, block.key_id).status_code == 200
    ward.to_closed()
    assert body(ward)["cells"][0]["state"] == "shown"
    assert code(ward.phone(people[0]).answer(HEAVY, block.key_id)) == (410, "block_closed")


def test_after_the_close_no_key_no_ledger_and_no_sheet_is_left_in_any_file(ward: Ward, tmp_path: Path) -> None:
    people = answered(ward, 6)
    before = ward.blocks()[0]
    key_id, sealed = unb64u(before.key_id), before.sealed or b""
    phones = [ward.phone(person) for person in people]
    nonces = [phone.tokens[before.key_id].nonce for phone in phones]
    records = [buckets.record_key(key_id, name, nonce) for nonce in nonces for name in ("head", "a:P01", "a:P10")]
    ledger = [hashlib.sha256(phone.pending[before.key_id].blinded_msg).digest() for phone in phones]
    on_file = ward.state.engine.dialect.name == "sqlite"
    assert all(record in files(tmp_path) for record in records)
    if on_file:
        assert all(entry in files(tmp_path) for entry in [sealed, *ledger])
    ward.to_closed()
    kept = files(tmp_path)
    for gone in [*records, *ledger, sealed, sealed[20:60]]:
        assert gone not in kept
    with transaction(ward.state.engine, write=False) as db:
        left = select(func.count()).select_from(Issuance).where(Issuance.key_id == before.key_id)
        assert db.scalar(left) == 0
    assert ward.blocks()[0].sealed is None
    assert ward.blocks()[0].wiped


def test_a_worker_that_dies_between_the_box_and_the_database_loses_nothing(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(ward, 8)
    with monkeypatch.context() as dying:

        def die(*given: object) -> None:
            raise KeyboardInterrupt

        dying.setattr(closing, "_end", die)
        with pytest.raises(KeyboardInterrupt):
            ward.to_closed()
    with ward.box.file.connection() as db:
        (written,) = db.execute("SELECT body FROM release").fetchone()
    assert ward.blocks()[0].state == "closing"
    assert code(ward.phone(ward.cast.rita).ask(ward.blocks()[0].key_id, b"\x00" + b"\x01" * 255)) == (
        410,
        "block_closed",
    )
    ward.frozen.advance(minutes=5)
    assert ward.tick().closed == 1
    with transaction(ward.state.engine, write=False) as session:
        assert session.scalars(select(Release.body)).one() == written
    assert ward.tick().closed == 0


def test_two_workers_that_close_at_once_write_one_release(ward: Ward) -> None:
    answered(ward, 8)
    ward.frozen.at = ward.blocks()[0].closes_at

    def work(number: int) -> int:
        # A worker that finds a database busy gives up this tick.
        with suppress(Problem):
            return ward.tick().closed
        return 0

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    ward.tick()
    assert ward.blocks()[0].state == "closed"
    assert body(ward)["issued"] == 8


def test_more_sheets_than_tokens_is_an_alarm_and_no_release(ward: Ward) -> None:
    people = answered(ward, 6)
    with transaction(ward.state.engine) as db:
        block = db.get_one(type(ward.blocks()[0]), ward.blocks()[0].key_id)
        block.issued = 5
    ward.frozen.at = ward.blocks()[0].closes_at
    moved = ward.tick()
    assert (moved.closed, moved.refused) == (0, [ward.blocks()[0].key_id])
    assert ward.blocks()[0].state == "refused"
    assert ward.blocks()[0].sealed is None
    assert ward.tick().refused == []
    ward.frozen.advance(days=7)
    ward.tick()
    assert ward.box.releases() == '{"releases":[]}'
    assert code(ward.phone(people[0]).answer(HEAVY, ward.blocks()[0].key_id)) == (410, "block_closed")


@on_sqlite
def test_a_database_older_than_the_box_loses_that_block_and_no_other(ward: Ward) -> None:
    answered(ward, 8)
    restored = ward.blocks()[0]
    with transaction(ward.state.engine) as db:
        db.delete(db.get_one(BlockKey, restored.key_id))
    with transaction(ward.state.engine) as db:
        # What the restored worker would announce: the same block under a key the box has never seen.
        key = blindsign.generate()
        made = {"key_id": b64u(blindsign.key_id(key.spki())), "spki": key.spki(), "state": "open", "eligible": 8}
        kept = {
            name: getattr(restored, name) for name in ("group_id", "block", "shape", "open_day", "end_day", "closes_at")
        }
        db.add(BlockKey(sealed=b"", **made, **kept))
    ward.frozen.at = restored.closes_at
    assert ward.tick().refused == [made["key_id"]]
    ward.frozen.at = ward.blocks()[1].closes_at
    assert ward.tick().closed == 1


@on_sqlite
def test_a_locked_box_closes_nothing_and_the_next_tick_goes_on(ward: Ward) -> None:
    answered(ward, 8)
    ward.frozen.at = ward.blocks()[0].closes_at
    quick = BoxStore(ward.state.box_path, busy_s=0.05)
    patient, ward.box = ward.box, quick
    with patient.file.connection() as db:
        db.execute("BEGIN IMMEDIATE")
        assert ward.tick().closed == 0
        db.execute("ROLLBACK")
    assert ward.blocks()[0].state == "closing"
    assert ward.tick().closed == 1


@on_sqlite
def test_a_lost_box_is_made_anew_and_the_phones_send_their_sheets_again(ward: Ward) -> None:
    people = answered(ward, 8)
    ward.to_closed()
    ward.frozen.advance(days=3)
    second = ward.at(ward.blocks()[1].open_day + timedelta(days=1))
    assert second.refused == []
    key_id = ward.blocks()[1].key_id
    for person in people:
        ward.phone(person).stock()
        assert ward.phone(person).answer(HEAVY, key_id).status_code == 200
    before, epoch = ward.box.releases(), ward.box.keys()["epoch"]
    ward.state.box_path.unlink()
    made = create_box(ward.state.box_path)
    ward.box = made.store
    ward.tick()
    assert ward.box.keys()["epoch"] != epoch
    assert ward.box.releases() == before
    for person in people:
        phone = ward.phone(person)
        assert phone.answer(HEAVY, key_id).status_code == 200
    ward.frozen.at = ward.blocks()[1].closes_at
    assert ward.tick().closed == 1
    with transaction(ward.state.engine, write=False) as db:
        told = json.loads(db.get_one(Release, key_id).body)
    assert told["cells"][0]["state"] == "shown"


@on_sqlite
def test_nobody_can_answer_twice_in_one_block(ward: Ward) -> None:
    people = answered(ward, 4)
    for _ in range(3):
        assert ward.phone(people[0]).answer(HEAVY, ward.blocks()[0].key_id).status_code == 200
    ward.to_closed()
    assert {cell["state"] for cell in body(ward)["cells"]} == {"not_enough"}


@on_sqlite
def test_eight_blocks_in_a_row_count_every_item_and_never_more_than_five_at_once(ward: Ward) -> None:
    ward.weekly()
    ward.tick()
    ward.through(date(2027, 2, 18))
    with transaction(ward.state.engine, write=False) as db:
        told = [json.loads(text) for text in db.scalars(select(Release.body))]
    assert len(told) >= 8
    assert all(len(release["cells"]) == 5 for release in told)
    counted = {(cell["protocol"], cell["item"]) for release in told for cell in release["cells"]}
    assert len(counted) == 8
