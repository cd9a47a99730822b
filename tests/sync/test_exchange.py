"""One round trip: every answer an op can get, on both databases."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from api.db import transaction
from api.journal.envelope import mac
from api.journal.models import Op, Parked, Tombstone
from tests.cast import Cast
from tests.sync.phone import Phone, uuid7

PhoneOf = Callable[..., Phone]


def request(phone: Phone, ops: list[Any], /, **changes: Any) -> dict[str, Any]:
    return phone._request("n1", ops) | changes


def sync(phone: Phone, ops: list[Any], /, **changes: Any) -> dict[str, Any]:
    status, answer = phone.send("POST", "/api/sync", request(phone, ops, **changes))
    assert status == 200, answer
    return dict(answer)


def statuses(answer: dict[str, Any]) -> list[str]:
    return [result["status"] for result in answer["results"]]


def signed(phone: Phone, op: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The op with other content and a mac that fits it."""
    op = op | changes
    return op | {"mac": mac(phone.keys.mac_key, op)}


def stored(engine: Engine, table: Any = Op) -> int:
    with transaction(engine, write=False) as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_a_check_in_is_applied_and_answered_with_its_place(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    op = phone.create({"a": 2})
    answer = sync(phone, [op])
    assert answer["results"] == [{"op_id": op["op_id"], "seq": 1, "status": "applied", "server_seq": 1}]
    assert answer["cursor"].startswith(f"{answer['server_epoch']}.1.")
    assert (answer["nonce"], answer["proto"], answer["acked_through"], answer["holes"]) == ("n1", 1, 1, [])
    assert answer["server_now"] == "2026-11-19T12:00:00.000Z"
    assert answer["changes"] == []


def test_a_check_in_sent_again_an_hour_later_is_a_dup_with_its_first_place(
    phone_of: PhoneOf, cast: Cast, frozen: Any, engine: Engine
) -> None:
    phone = phone_of(cast.rita)
    ops = [phone.create({"a": n}) for n in range(3)]
    sync(phone, ops)
    frozen.advance(hours=1)
    again = sync(phone, ops)
    assert statuses(again) == ["dup"] * 3
    assert [result["server_seq"] for result in again["results"]] == [1, 2, 3]
    assert stored(engine) == 3


def test_an_op_twice_in_one_batch_has_one_effect(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    op = phone.create({})
    assert statuses(sync(phone, [op, op])) == ["applied", "dup"]
    assert stored(engine) == 1


def test_the_same_id_with_other_content_is_a_conflict_and_the_stored_copy_stays(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    op = phone.create({"a": 1})
    sync(phone, [op])
    other = signed(phone, op, body=phone.keys.seal({"a": 2}))
    assert statuses(sync(phone, [other])) == ["conflict"]
    assert [change["op"] for change in sync(phone, [])["changes"]] == [op]


def test_two_phones_under_one_device_id_are_told_apart(phone_of: PhoneOf, cast: Cast) -> None:
    first = phone_of(cast.rita)
    clone = phone_of(cast.rita, keys=first.keys, device_id=first.device_id)
    sync(first, [first.create({"who": "first"})])
    clone.create({"who": "clone"})
    assert clone.exchange()
    assert clone.device_id != first.device_id
    clone.quiet()
    first.quiet()
    assert sorted(content["who"] for content in clone.view().values()) == ["clone", "first"]
    assert first.view() == clone.view()


def test_an_op_of_a_device_that_is_not_mine_is_not_mine(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    rita, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    theirs, nobodys = rita.create({}), signed(rita, rita.create({}), device_id=str(uuid.uuid4()))
    answer = sync(ravi, [theirs, nobodys])
    assert [list(result) for result in answer["results"]] == [["op_id", "seq", "status"]] * 2
    assert statuses(answer) == ["not_yours"] * 2
    assert stored(engine) == 0


def test_two_people_may_use_the_same_op_id(phone_of: PhoneOf, cast: Cast) -> None:
    rita, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    op = rita.create({"who": "Rita"})
    same = signed(ravi, ravi.create({"who": "Ravi"}), op_id=op["op_id"])
    assert statuses(sync(rita, [op])) == ["applied"]
    assert statuses(sync(ravi, [same])) == ["applied"]
    assert [change["op"] for change in sync(rita, [])["changes"]] == [op]


def test_an_op_of_a_newer_phone_waits_on_the_phone(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    newer = phone.create({}) | {"proto": 2, "shape": "of tomorrow"}
    answer = sync(phone, [newer, phone.create({})])
    assert statuses(answer) == ["later", "applied"]
    assert answer["holes"] == [1]
    assert stored(engine, Parked) == 0


def test_one_poisoned_op_is_parked_once_and_the_others_are_stored(
    phone_of: PhoneOf, cast: Cast, engine: Engine
) -> None:
    phone = phone_of(cast.rita)
    first, poison, last = phone.create({"a": 1}), phone.create({}) | {"kind": "confess"}, phone.create({"a": 2})
    for expected in (["applied", "parked", "applied"], ["dup", "parked", "dup"]):
        answer = sync(phone, [first, poison, last])
        assert statuses(answer) == expected
        assert answer["results"][1] | {"reason": "bad_kind", "op_id": poison["op_id"], "seq": 2} == answer["results"][1]
        assert (answer["acked_through"], answer["holes"]) == (3, [])
    assert (stored(engine), stored(engine, Parked)) == (2, 1)


def test_what_is_parked_in_the_clear_keeps_no_sentence(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    clear = phone.create({}) | {"body": json.dumps("I made an error on call")}
    sync(phone, [clear, clear | {"op_id": uuid7(), "note": "I made an error"}])
    with transaction(engine, write=False) as db:
        kept = db.execute(select(Parked.reason, Parked.kept)).all()
    assert sorted(reason for reason, _ in kept) == ["not_sealed", "unknown_field"]
    assert not any("error" in text for _, text in kept)


def test_a_sealed_op_that_is_too_big_is_parked_with_its_body(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    big = phone.create("x" * 17_000)
    answer = sync(phone, [big])
    assert answer["results"][0] == {"op_id": big["op_id"], "seq": 1, "status": "parked", "reason": "too_big"}
    with transaction(engine, write=False) as db:
        assert json.loads(db.scalars(select(Parked.kept)).one())["body"] == big["body"]


def test_a_withdrawn_entry_loses_all_its_bodies_and_stays_gone(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    op = phone.create({"a": 1})
    sync(phone, [op, phone.revise(op, {"a": 2}), phone.withdraw(op)])
    late = phone.revise(op, {"a": 3})
    assert statuses(sync(phone, [late, phone.withdraw(op)])) == ["applied", "applied"]
    assert [change["op"]["body"] for change in sync(phone, [])["changes"]] == [""] * 5
    assert stored(engine, Tombstone) == 1


def test_a_withdrawal_wipes_what_an_earlier_exchange_stored(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone, ravi = phone_of(cast.rita), phone_of(cast.ravi)
    op, other = phone.create({"a": 1}), phone.create({"b": 1})
    same = signed(ravi, ravi.create({"who": "Ravi"}), entity_id=op["entity_id"])
    sync(phone, [op, other])
    sync(phone, [phone.revise(op, {"a": 2})])
    sync(ravi, [same])
    sync(phone, [phone.withdraw(op)])
    with transaction(engine, write=False) as db:
        kept = db.scalars(select(Op.body).where(Op.body != "")).all()
    assert sorted(kept) == sorted([other["body"], same["body"]])
    assert [change["op"]["body"] for change in sync(phone, [])["changes"]] == ["", other["body"], "", ""]


@pytest.mark.parametrize("order", ["parked first", "withdrawn first"])
def test_a_withdrawal_also_empties_what_was_set_aside(
    phone_of: PhoneOf, cast: Cast, engine: Engine, order: str
) -> None:
    phone = phone_of(cast.rita)
    op = phone.create({"a": 1})
    big, gone = phone.revise(op, "x" * 17_000), phone.withdraw(op)
    other = phone.create("y" * 17_000)
    for sent in (big, gone) if order == "parked first" else (gone, big):
        sync(phone, [sent, other])
    with transaction(engine, write=False) as db:
        kept = [json.loads(text) for text in db.scalars(select(Parked.kept))]
    assert {told["op_id"]: "body" in told for told in kept} == {big["op_id"]: False, other["op_id"]: True}


@pytest.mark.parametrize("order", ["withdraw first", "revise first"])
def test_a_withdrawal_wins_over_a_revision_from_another_device(phone_of: PhoneOf, cast: Cast, order: str) -> None:
    first = phone_of(cast.rita)
    op = first.create({"a": 1})
    first.quiet()
    second = phone_of(cast.rita, keys=first.keys)
    second.quiet()
    first.withdraw(op)
    second.revise(op, {"a": 2})
    for phone in (first, second) if order == "withdraw first" else (second, first):
        phone.quiet()
    fresh = phone_of(cast.rita, keys=first.keys)
    for phone in (first, second, fresh):
        phone.quiet()
        assert phone.view() == {}


def test_a_withdrawal_may_arrive_before_what_it_withdraws(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    op = phone.create({"a": 1})
    answer = sync(phone, [phone.withdraw(op), op])
    assert statuses(answer) == ["applied", "applied"]
    assert [change["op"]["body"] for change in sync(phone, [])["changes"]] == ["", ""]


def test_a_gap_is_told_until_it_is_filled(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    ops = [phone.create({"n": n}) for n in range(7)]
    answer = sync(phone, [ops[0], ops[3], ops[6]])
    assert (answer["acked_through"], answer["holes"]) == (1, [2, 3, 5, 6])
    answer = sync(phone, [ops[5], ops[1]])
    assert (answer["acked_through"], answer["holes"]) == (2, [3, 5])
    answer = sync(phone, [ops[4], ops[2]])
    assert (answer["acked_through"], answer["holes"]) == (7, [])


def test_a_gap_of_a_billion_is_told_by_its_beginning(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    phone.last_seq = 2**53 - 2
    answer = sync(phone, [phone.create({})])
    assert (answer["acked_through"], len(answer["holes"]), answer["holes"][:2]) == (0, 500, [1, 2])


def test_an_op_with_a_wrong_clock_is_as_good_as_any(phone_of: PhoneOf, cast: Cast) -> None:
    phone = phone_of(cast.rita)
    clocks = ("1970-01-01T00:00:00.000Z", "2038-01-19T03:14:08Z", "2026-11-21T12:00:00+02:00", "+010000-01-01T00:00Z")
    for told in clocks:
        phone.now = lambda told=told: told  # type: ignore[misc]
        phone.create({})
    assert statuses(sync(phone, list(phone.outbox.values()))) == ["applied"] * 4
    pulled = [change["op"]["occurred_at"] for change in sync(phone, [])["changes"]]
    assert pulled == list(clocks)
