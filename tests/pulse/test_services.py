"""One token for one person and block, on every kind of database."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from api.db import transaction
from api.people.models import Membership, Person
from api.problems import Problem
from api.pulse import blindsign, client, services
from api.pulse.models import BlockKey, Issuance
from api.pulse.wire import b64u, unb64u
from tests import cast as casting
from tests.pulse.conftest import Ward, code


def blinded() -> bytes:
    """Something a phone could have sent; as a number it is below any 2048-bit modulus."""
    return b"\x00" + secrets.token_bytes(255)


def test_sixteen_parallel_asks_for_one_account_give_exactly_one_signature(ward: Ward) -> None:
    block = ward.to_issuing()

    def ask(number: int) -> str:
        try:
            with transaction(ward.state.engine) as db:
                me = db.get_one(Person, ward.cast.rita.id)
                kek = ward.state.key_encryption_key
                grant = services.issue(db, me, block.key_id, b64u(blinded()), kek)
            return grant.blind_sig
        except Problem as refused:
            return refused.code

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    assert answers.count("already_issued") == 15
    assert len(unb64u(next(answer for answer in answers if answer != "already_issued"))) == 256
    assert ward.blocks()[0].issued == 1


def test_an_answer_lost_on_the_way_is_given_again_with_the_same_bytes(ward: Ward) -> None:
    block, rita = ward.to_issuing(), ward.phone(ward.cast.rita)
    message = blinded()
    first, again = rita.ask(block.key_id, message), rita.ask(block.key_id, message)
    assert first.status_code == again.status_code == 200
    assert first.get_data() == again.get_data()
    assert ward.blocks()[0].issued == 1


def test_a_second_blinded_message_is_refused_for_the_rest_of_the_block(ward: Ward) -> None:
    block, rita = ward.to_issuing(), ward.phone(ward.cast.rita)
    rita.stock()
    assert code(rita.ask(block.key_id, blinded())) == (409, "already_issued")
    ward.at(block.open_day)
    assert code(rita.ask(block.key_id, blinded())) == (409, "already_issued")
    ward.phone(ward.cast.ravi).stock()
    assert ward.blocks()[0].issued == 2


def test_tokens_are_issued_from_the_issue_day_on_and_not_before(ward: Ward) -> None:
    ward.tick()
    block = ward.blocks()[0]
    rita = ward.phone(ward.cast.rita)
    assert rita.blocks() == []
    assert code(rita.ask(block.key_id, blinded())) == (425, "too_early")
    ward.at(block.open_day - timedelta(days=28))
    assert [entry["eligible"] for entry in rita.blocks()] == [True]
    assert len(rita.stock()) == 1


def test_a_late_arrival_gets_no_token_and_the_block_is_never_reopened(ward: Ward) -> None:
    block = ward.to_open()
    ward.to_closed()
    assert code(ward.phone(ward.cast.rita).ask(block.key_id, blinded())) == (410, "block_closed")


def test_a_key_of_another_group_is_unknown(ward: Ward) -> None:
    block = ward.to_issuing()
    stranger = casting.person("Sam", "resident")
    with transaction(ward.state.engine) as db:
        db.add(stranger)
        db.flush()
        db.add(Membership(person_id=stranger.id, group_id=ward.cast.other_group.id, kind="resident"))
    assert code(ward.phone(stranger).ask(block.key_id, blinded())) == (404, "unknown_key")
    assert code(ward.phone(ward.cast.rita).ask("A" * 43, blinded())) == (404, "unknown_key")
    assert ward.phone(stranger).blocks() == []


def test_a_blinded_message_that_is_not_canonical_is_refused_and_costs_nothing(ward: Ward) -> None:
    block, rita = ward.to_issuing(), ward.phone(ward.cast.rita)
    n = blindsign.public_key(block.spki).public_numbers().n
    for wrong in (b"", bytes(256), n.to_bytes(256, "big"), b"\xff" * 256, b"\x01" * 255):
        assert code(rita.ask(block.key_id, wrong)) == (422, "bad_blinded")
    body = {"key_id": block.key_id, "blinded_msg": "not base64url!"}
    assert code(rita.named.post("/api/pulse/issue", body)) == (422, "bad_blinded")
    assert ward.blocks()[0].issued == 0
    assert len(rita.stock()) == 1


def test_leaving_and_joining_again_never_yields_a_second_token(ward: Ward) -> None:
    block, ravi = ward.to_issuing(), ward.cast.ravi
    ward.phone(ravi).stock()
    again = casting.person("Ravi2", "resident")
    with transaction(ward.state.engine) as db:
        db.delete(db.get_one(Person, ravi.id))
        again.joined_at = ward.frozen.now()
        db.add(again)
        db.flush()
        db.add(Membership(person_id=again.id, group_id=ward.cast.group.id, kind="resident"))
    for day in (block.open_day - timedelta(days=27), block.open_day, block.end_day):
        ward.at(day)
        assert code(ward.phone(again).ask(block.key_id, blinded())) == (403, "not_eligible")
    # The counters of the block do not shrink with the account, and its ledger row goes with it.
    assert (ward.blocks()[0].eligible, ward.blocks()[0].issued) == (2, 1)
    with transaction(ward.state.engine, write=False) as db:
        left = db.scalars(select(Issuance.person_id).where(Issuance.key_id == block.key_id)).all()
    assert left == [ward.cast.rita.id]


def test_moving_to_another_group_does_not_give_a_token_there_for_a_frozen_block(ward: Ward) -> None:
    ward.hire(1)
    with transaction(ward.state.engine) as db:
        sam = casting.person("Sam", "resident")
        db.add(sam)
        db.flush()
        db.add(Membership(person_id=sam.id, group_id=ward.cast.other_group.id, kind="resident"))
    block = ward.to_issuing()
    with transaction(ward.state.engine) as db:
        db.delete(db.get_one(Membership, (sam.id, ward.cast.other_group.id)))
        db.add(Membership(person_id=sam.id, group_id=ward.cast.group.id, kind="resident"))
    assert code(ward.phone(sam).ask(block.key_id, blinded())) == (403, "not_eligible")


def test_the_signature_is_made_only_after_the_ledger_was_committed(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    block, rita = ward.to_issuing(), ward.phone(ward.cast.rita)
    sign, committed = blindsign.blind_sign, []

    def watched(key: blindsign.IssuerKey, message: bytes) -> bytes:
        committed.append(ward.blocks()[0].issued)
        return sign(key, message)

    monkeypatch.setattr(blindsign, "blind_sign", watched)
    assert rita.ask(block.key_id, blinded()).status_code == 200
    assert committed == [1]


def test_a_caught_fault_is_told_as_a_problem_and_asking_again_is_safe(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    block, rita = ward.to_issuing(), ward.phone(ward.cast.rita)
    message = client.blind(block.spki).blinded_msg

    def faulty(key: object, message: bytes) -> bytes:
        raise blindsign.SigningFailure

    with monkeypatch.context() as broken:
        broken.setattr(blindsign, "blind_sign", faulty)
        assert code(rita.ask(block.key_id, message)) == (500, "signing_failure")
    assert rita.ask(block.key_id, message).status_code == 200


def test_without_a_session_or_as_somebody_else_nothing_is_issued(ward: Ward) -> None:
    block = ward.to_issuing()
    body = {"key_id": block.key_id, "blinded_msg": b64u(blinded())}
    for person in (ward.cast.cal, ward.cast.ada):
        assert code(ward.browser(person).post("/api/pulse/issue", body)) == (403, "forbidden")
        assert code(ward.browser(person).get("/api/pulse/blocks")) == (403, "forbidden")


def test_what_is_asked_beyond_the_schema_is_refused(ward: Ward) -> None:
    block, rita = ward.to_issuing(), ward.phone(ward.cast.rita)
    good = {"key_id": block.key_id, "blinded_msg": b64u(blinded())}
    for wrong in (
        {},
        {**good, "x": 1},
        {**good, "key_id": 5},
        {**good, "key_id": "A\x00"},
        {**good, "blinded_msg": "A" * 600},
    ):
        assert code(rita.named.post("/api/pulse/issue", wrong)) == (422, "invalid")


def test_a_phone_that_comes_back_after_four_weeks_has_tokens_in_stock(ward: Ward) -> None:
    ward.weekly()
    ward.tick()
    ward.through(date(2027, 1, 4))
    rita = ward.phone(ward.cast.rita)
    rita.stock()
    stocked = set(rita.tokens)
    with transaction(ward.state.engine, write=False) as db:
        soon = BlockKey.open_day.between(date(2027, 1, 4), date(2027, 2, 1))
        assert stocked >= set(db.scalars(select(BlockKey.key_id).where(soon)))
    assert len(stocked) >= 5
