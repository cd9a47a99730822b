"""The checker is worth something only if it notices: each way of breaking the exchange must turn a run red."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from api.journal import queries, services
from api.journal.envelope import Misfit, read
from api.journal.models import Op
from api.journal.verdict import Known, Ledger, Result
from api.problems import Problem
from api.sync import services as door
from tests.sync.phone import Phone
from tests.sync.world import Journal

Patch = pytest.MonkeyPatch

UNTIL_RED = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


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


def a_restore_keeps_the_epoch(patch: Patch) -> None:
    patch.setattr(services, "begin_epoch", lambda _: "")


def the_cursor_runs_ahead(patch: Patch) -> None:
    after(patch, queries, "position", lambda position, *_: position + 1 if position else 0)


def the_server_lacks_nothing_it_says(patch: Patch) -> None:
    patch.setattr(queries, "missing", lambda *_: [])


def the_phone_drops_what_was_answered(patch: Patch) -> None:
    after(patch, Phone, "_settled", lambda _, phone, op, result: phone.kept.clear())


BREAKS = [
    ids_are_not_remembered,
    macs_are_not_compared,
    an_id_is_everybodys,
    the_session_alone_says_whose_it_is,
    two_phones_with_one_number_are_not_told_apart,
    a_withdrawal_is_forgotten,
    the_answer_leaves_before_the_commit,
    one_bad_op_fails_the_batch,
    what_is_parked_is_dropped,
    gaps_are_not_told,
    a_restore_keeps_the_epoch,
    the_cursor_runs_ahead,
    the_server_lacks_nothing_it_says,
    the_phone_drops_what_was_answered,
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.__name__)
def test_a_broken_exchange_turns_a_run_red(
    journal: type[Journal], monkeypatch: Patch, broken: Callable[[Patch], None]
) -> None:
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(journal, settings=UNTIL_RED)
