"""Ways of breaking the exchange on purpose, one switch each: what the checkers must notice, or they are none.

Each takes a MonkeyPatch and breaks server or phone in this process; the soak runs it in the server's process as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from api.journal import queries, services
from api.journal.envelope import Misfit, read
from api.journal.models import Op
from api.journal.verdict import Known, Ledger, Result
from api.problems import Problem
from api.sync import services as door
from tests.sync.phone import Phone

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]


def after(patch: Patch, owner: Any, name: str, then: Callable[..., Any]) -> None:
    """Let `then(what the real one gave, *its arguments)` decide the outcome of `owner.name`."""
    real = getattr(owner, name)
    patch.setattr(owner, name, lambda *given: then(real(*given), *given))


def ids_are_not_remembered(patch: Patch) -> None:
    after(patch, services, "_open", lambda ledger, *_: replace(ledger, ops={}))


def macs_are_not_compared(patch: Patch) -> None:
    patch.setattr(Ledger, "_again", lambda _, op, known: Result(op.op_id, op.seq, "dup", known.server_seq))


def an_id_is_everybodys(patch: Patch) -> None:
    def widened(ledger: Ledger, db: Any, *_: Any) -> Ledger:
        rows = db.execute(select(Op.op_id, Op.mac, Op.server_seq))
        return replace(ledger, ops={op_id: Known(mac, at) for op_id, mac, at in rows})

    after(patch, services, "_open", widened)


def the_session_alone_says_whose_it_is(patch: Patch) -> None:
    patch.setattr(door, "refuse_another", lambda *_: None)
    patch.setattr(door, "_devices", lambda *_: set())
    after(
        patch,
        services,
        "_open",
        lambda ledger, _, __, ops, *more: replace(ledger, devices={op.device_id for op in ops}),
    )


def two_phones_with_one_number_are_not_told_apart(patch: Patch) -> None:
    after(patch, services, "_taken", lambda *_: {})


def a_withdrawal_is_forgotten(patch: Patch) -> None:
    real = services._row
    patch.setattr(services, "_row", lambda person_id, at, op, buried: real(person_id, at, op, set()))


def the_answer_leaves_before_the_commit(patch: Patch) -> None:
    real = door.take_in

    def take_in(db: Any, person: Any, sent: Any, now: Any) -> Any:
        step = db.begin_nested()
        answer = real(db, person, sent, now)
        if len(sent["ops"]) == 2:
            step.rollback()
        return answer

    patch.setattr(door, "take_in", take_in)


def one_bad_op_fails_the_batch(patch: Patch) -> None:
    def refuse(_: Any, db: Any, person_id: str, sent: list[Any], own: Any) -> None:
        if any(isinstance(read(raw), Misfit) for raw in sent):
            raise Problem("invalid")
        return _

    after(patch, services, "append", refuse)


def what_is_parked_is_dropped(patch: Patch) -> None:
    patch.setattr(services, "_park", lambda *_: None)


def gaps_are_not_told(patch: Patch) -> None:
    after(patch, queries, "arrived", lambda arrived, *_: replace(arrived, holes=[]))


def the_epoch_is_ignored(patch: Patch) -> None:
    patch.setattr(Phone, "_went_back", lambda *_: False)


def the_cursor_runs_ahead(patch: Patch) -> None:
    after(patch, queries, "position", lambda position, *_: position + 1 if position else position)


def the_server_lacks_nothing_it_says(patch: Patch) -> None:
    patch.setattr(queries, "missing", lambda *_: [])


def the_phone_drops_what_was_answered(patch: Patch) -> None:
    after(patch, Phone, "_settled", lambda _, phone, op, result: phone.kept.clear())


def an_answer_is_believed_by_its_status(patch: Patch) -> None:
    real = Phone.exchange

    def exchange(phone: Phone) -> bool:
        post, believed = phone.send, dict[str, Any]()

        def noted(method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
            status, answer = post(method, path, body)
            if path == "/api/sync" and status == 200:
                believed.update((op["op_id"], op) for op in body["ops"])
            return status, answer

        phone.send = noted
        try:
            done = real(phone)
        finally:
            phone.send = post
        for op_id, op in believed.items():
            if phone.outbox.pop(op_id, None):
                phone.kept[op_id] = op
        return done

    patch.setattr(Phone, "exchange", exchange)


def only_a_new_write_is_a_reason_to_send(patch: Patch) -> None:
    real_queue, real = Phone._queue, Phone.exchange

    def queue(phone: Phone, op: dict[str, Any]) -> dict[str, Any]:
        phone.__dict__["wrote"] = True
        return real_queue(phone, op)

    def exchange(phone: Phone) -> bool:
        if phone.__dict__.pop("wrote", False):
            return real(phone)
        waiting, phone.outbox = phone.outbox, {}
        try:
            return real(phone)
        finally:
            phone.outbox = waiting | phone.outbox

    patch.setattr(Phone, "_queue", queue)
    patch.setattr(Phone, "exchange", exchange)


# The fourteen of the list, in its words.
FOURTEEN: dict[str, Break] = {
    "no unique key": ids_are_not_remembered,
    "global op_id key": an_id_is_everybodys,
    "ack before commit": the_answer_leaves_before_the_commit,
    "ack by HTTP status": an_answer_is_believed_by_its_status,
    "batch fails as a whole": one_bad_op_fails_the_batch,
    "autoincrement cursor": the_cursor_runs_ahead,
    "epoch ignored": the_epoch_is_ignored,
    "kept ops dropped at ack": the_phone_drops_what_was_answered,
    "tombstone removed": a_withdrawal_is_forgotten,
    "mac not compared": macs_are_not_compared,
    "gap ignored": gaps_are_not_told,
    "person taken from the session alone": the_session_alone_says_whose_it_is,
    "parked dropped": what_is_parked_is_dropped,
    "retry only on a new write": only_a_new_write_is_a_reason_to_send,
}
MORE: list[Break] = [two_phones_with_one_number_are_not_told_apart, the_server_lacks_nothing_it_says]
