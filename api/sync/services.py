"""One round trip of a phone: its ops go in, what it lacks comes back, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from api.journal import outcome
from api.journal import queries as log
from api.journal import services as journal
from api.journal.envelope import PROTO, Envelope
from api.journal.queries import Place
from api.journal.verdict import Result
from api.people.models import Person
from api.people.services import refuse_another
from api.problems import Problem
from api.prompts import queries as prompts
from api.prompts import services as prompting

BATCH_MAX: Final = 50  # ops


def take_in(db: Session, person: Person, sent: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The answer to one exchange, effective once the caller's transaction is committed.

    Where the pull starts is decided by the cursor alone, which names its epoch; `known_epoch`, `acked_through` and
    `client_now` are the phone's word and change nothing here. Raises Problem too_many_ops (422), device_unknown (409)
    or device_revoked (403), or other_person (409); in each case nothing was stored, and the phone keeps all of it.
    """
    refuse_another(person, sent["person_id"])
    _refuse_too_many(sent["ops"])
    own = _devices(db, person, sent["device_id"])
    took = journal.append(db, person.id, sent["ops"], own)
    for op in took.outcomes:
        _settle(db, person, op, now)
    epoch = journal.current_epoch(db, took.before.epoch)
    start = log.position(db, person.id, sent["cursor"], epoch, took.before)
    if start is None:
        epoch, start = journal.begin_own_epoch(db, person.id), 0
    # What was applied just now is told by the results, so the pull stops before it and the cursor still moves past it.
    page = log.changes(db, person.id, start, took.before)
    arrived = log.arrived(db, person.id, sent["device_id"])
    return {
        "proto": PROTO,
        "nonce": sent["nonce"],
        "server_epoch": epoch,
        "server_now": now,
        "results": [_answer(result) for result in took.results],
        "acked_through": arrived.through,
        "holes": arrived.holes,
        "changes": page.changes,
        "more": page.more,
        "cursor": _cursor(epoch, page.upto if page.more else took.after),
        "prompts": _prompts(db, person, now),
    }


def _cursor(epoch: str, place: Place) -> str:
    return f"{epoch}.{place.seq}.{place.tag}" if place.seq else f"{epoch}.0"


def deliver(db: Session, person: Person, device_id: str, sent: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Take a phone's ops in and tell only what became of each; ops of other phones are not_yours here.

    Raises Problem too_many_ops, and then nothing was stored.
    """
    _refuse_too_many(sent["ops"])
    took = journal.append(db, person.id, sent["ops"], [device_id])
    for op in took.outcomes:
        _settle(db, person, op, now)
    told = [{name: value for name, value in _answer(result).items() if name != "server_seq"} for result in took.results]
    return {"proto": PROTO, "nonce": sent["nonce"], "results": told}


def _refuse_too_many(ops: Sequence[object]) -> None:
    if len(ops) > BATCH_MAX:
        raise Problem("too_many_ops", f"At most {BATCH_MAX} entries fit one request")


def _prompts(db: Session, person: Person, now: datetime) -> list[dict[str, Any]]:
    """What the phone keeps of prompts. A phone's first exchange gives its person a rhythm, so that it can be shown."""
    known = prompts.for_phone(db, person, now)
    if known or prompts.has_rhythm(db, person):
        return known
    prompting.begin_rhythm(db, person, now)
    return prompts.for_phone(db, person, now)


def missing(db: Session, person: Person, asked: Mapping[str, Any]) -> list[str]:
    """Those of the ops a phone kept that this server lacks.

    Raises Problem device_unknown, device_revoked or other_person.
    """
    refuse_another(person, asked["person_id"])
    _devices(db, person, asked["device_id"])
    return log.missing(db, person.id, asked["op_ids"])


def _devices(db: Session, person: Person, calling: str) -> Collection[str]:
    """The ids of the person's devices, revoked ones included: what a lost phone wrote before is still theirs."""
    devices = log.devices(db, person.id)
    if calling not in devices:
        raise Problem("device_unknown")
    if devices[calling]:
        raise Problem("device_revoked")
    return devices.keys()


def _settle(db: Session, person: Person, op: Envelope, now: datetime) -> None:
    told = outcome.read(op.body)
    if told is not None:
        prompting.settle(db, person, told.prompt_id, told.outcome, told.until, now)


def _answer(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = {"op_id": result.op_id, "seq": result.seq, "status": result.status}
    if result.server_seq is not None:
        answer["server_seq"] = result.server_seq
    if result.reason is not None:
        answer["reason"] = result.reason
    return answer
