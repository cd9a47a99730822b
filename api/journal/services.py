"""Writing the log. Everything happens in the caller's transaction and under the lock on the person's stream."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.db import new_id
from api.journal import queries
from api.journal import statements as said
from api.journal.envelope import PROMPT, Envelope, Misfit, read
from api.journal.queries import Place
from api.journal.statements import EPOCHS, GAPS, OPS, PARKED, STREAMS
from api.journal.verdict import Known, Ledger, Result, arrivals

PARKED_MAX: Final = 500  # rows a person; beyond it an op is still answered parked, and the phone still shows it


@dataclass(frozen=True)
class Appended:
    """Answers in the order of the ops; `outcomes` are the prompt ops that were applied just now.

    `before` and `after` are where the log ended before and after this batch.
    """

    results: list[Result]
    outcomes: list[Envelope]
    before: Place
    after: Place


def append(db: Session, person_id: str, sent: Sequence[object], own: Collection[str]) -> Appended:
    """Judge ops as they were received and store what is sound. `own` are the ids of the person's devices.

    Never raises for an op: each gets an answer, and a bad one keeps no other from being stored.
    """
    if not sent:
        end = queries.end(db, person_id)
        return Appended([], [], end, end)
    before = _lock(db, person_id)
    ops = [read(raw) for raw in sent]
    lines = _lines(db, person_id)
    ledger = _open(db, person_id, ops, before.seq, lines, own)
    results = [ledger.judge(op) for op in ops]
    after = Place(ledger.last_seq, secrets.token_hex(4), before.epoch) if ledger.applied else before
    _write(db, person_id, ledger, after.tag)
    _advance(db, person_id, ledger, lines)
    return Appended(results, ledger.outcomes(), before, after)


def current_epoch(db: Session, own: str | None = None) -> str:
    """The id of a log's history: the person's own where there is one, else this database's.

    The database's is made on first use, and two first users agree on one.
    """
    if own is not None:
        return own
    found = queries.epoch(db)
    if found is None:
        _insert_new(db, EPOCHS, [{"one": 1, "id": new_id()}])
        found = queries.epoch(db)
    return str(found)


def begin_epoch(db: Session) -> str:
    """Start a new history, which every phone answers by offering what it kept. For the restore command only."""
    db.execute(delete(EPOCHS))
    db.execute(update(STREAMS).where(STREAMS.c.epoch.is_not(None)).values(epoch=None))
    return current_epoch(db)


def begin_own_epoch(db: Session, person_id: str) -> str:
    """Start a new history for one person, whose phone holds a place this log never reached.

    So an older copy that somebody put back without the restore command is noticed by the first phone that knows more,
    and a phone that makes up a place makes only its own person's phones read anew. Two phones at once agree on the
    epoch of the one that committed last, and the other is told of it by its next exchange.
    """
    _lock(db, person_id)
    begun = new_id()
    db.execute(update(STREAMS).where(STREAMS.c.person_id == person_id).values(epoch=begun))
    return begun


def _lock(db: Session, person_id: str) -> Place:
    """Hold the person's stream until the transaction ends; where it ends.

    SQLite drops FOR UPDATE from the statement, for its write lock already stands for it. On PostgreSQL two first
    exchanges at once both reach the insert; the second waits there and then finds the row of the first.
    """
    wanted = {"person": person_id}
    found = db.connection().execute(said.LOCKED_STREAM, wanted).first()
    if found is None:
        _insert_new(db, STREAMS, [{"person_id": person_id, "last_seq": 0}])
        found = db.connection().execute(said.LOCKED_STREAM, wanted).one()
    return Place(*found)


def _lines(db: Session, person_id: str) -> dict[str, int]:
    """device → its highest seq, for the person's few devices; absent when nothing ever came from it."""
    rows = db.connection().execute(said.HIGHEST, {"person": person_id})
    return {row.device_id: row.highest for row in rows}


def _open(
    db: Session,
    person_id: str,
    ops: Sequence[Envelope | Misfit],
    last_seq: int,
    lines: dict[str, int],
    own: Collection[str],
) -> Ledger:
    """Read what the log already holds of a batch. Above a device's highest seq nothing can be known, nor is asked."""
    connection, ids = db.connection(), list({op.op_id for op in ops if op.op_id is not None})
    known = connection.execute(said.KNOWN, {"person": person_id, "ids": ids})
    entities = list({op.entity_id for op in ops if isinstance(op, Envelope)})
    graves = connection.scalars(said.GRAVES, {"person": person_id, "entities": entities})
    return Ledger(
        last_seq=last_seq,
        devices=set(own),
        ops={op_id: Known(mac, server_seq) for op_id, mac, server_seq in known},
        seqs=_taken(db, person_id, ops, lines),
        buried=set(graves),
    )


def _taken(
    db: Session, person_id: str, ops: Sequence[Envelope | Misfit], lines: dict[str, int]
) -> dict[tuple[str, int], str]:
    asked: dict[str, set[int]] = defaultdict(set)
    for op in ops:
        if isinstance(op, Envelope) and op.seq <= lines.get(op.device_id, 0):
            asked[op.device_id].add(op.seq)
    taken: dict[tuple[str, int], str] = {}
    for device_id, seqs in asked.items():
        asking = {"person": person_id, "device": device_id, "seqs": list(seqs)}
        taken |= {(device_id, seq): op_id for seq, op_id in db.connection().execute(said.TAKEN, asking)}
    return taken


def _write(db: Session, person_id: str, ledger: Ledger, tag: str) -> None:
    if ledger.withdrawn:
        withdrawn = sorted(ledger.withdrawn)
        db.execute(update(OPS).where(OPS.c.person_id == person_id, OPS.c.entity_id.in_(withdrawn)).values(body=""))
        db.execute(said.ADD_TOMBSTONES, [{"person_id": person_id, "entity_id": entity} for entity in withdrawn])
        _empty_parked(db, person_id)
    if ledger.applied:
        connection = db.connection()
        rows = [_row(person_id, at, op, ledger.buried) | {"tag": tag} for at, op in ledger.applied]
        connection.execute(said.ADD_OPS, rows)
        connection.execute(said.MOVE_STREAM, {"person": person_id, "to": ledger.last_seq, "marked": tag})
    if ledger.parked:
        _park(db, person_id, ledger.parked)


def _row(person_id: str, server_seq: int, op: Envelope, buried: set[str]) -> dict[str, Any]:
    receipt = op.kind == PROMPT
    return {
        "person_id": person_id,
        "server_seq": server_seq,
        "op_id": op.op_id,
        "device_id": op.device_id,
        "seq": op.seq,
        "proto": op.proto,
        "kind": op.kind,
        "entity_id": None if receipt else op.entity_id,
        "base": None if receipt else op.base,
        "occurred_at": None if receipt else op.occurred_at,
        "body": "" if receipt or op.entity_id in buried else op.body,
        "mac": op.mac,
    }


def _park(db: Session, person_id: str, misfits: Sequence[Misfit]) -> None:
    room = PARKED_MAX - (db.scalar(select(func.count()).where(PARKED.c.person_id == person_id)) or 0)
    rows = {}
    for op in misfits:
        digest = hashlib.sha256(f"{op.reason} {op.kept}".encode()).hexdigest()
        rows[digest] = {
            "person_id": person_id,
            "digest": digest,
            "op_id": op.op_id,
            "reason": op.reason,
            "kept": op.kept,
        }
    _insert_new(db, PARKED, list(rows.values())[: max(room, 0)])
    _empty_parked(db, person_id)


def _empty_parked(db: Session, person_id: str) -> None:
    """Withdrawn means withdrawn: what was set aside of a buried entity loses its body as well."""
    kept = {digest: json.loads(text) for digest, text in db.execute(_parked_of(person_id))}
    named = {told["entity_id"] for told in kept.values() if "entity_id" in told and "body" in told}
    buried = set(db.connection().scalars(said.GRAVES, {"person": person_id, "entities": list(named)}))
    for digest, told in kept.items():
        if told.get("entity_id") in buried:
            emptied = json.dumps({name: told[name] for name in told if name != "body"}, separators=(",", ":"))
            mine = (PARKED.c.person_id == person_id, PARKED.c.digest == digest)
            db.execute(update(PARKED).where(*mine).values(kept=emptied))


def _parked_of(person_id: str) -> Select[Any]:
    return select(PARKED.c.digest, PARKED.c.kept).where(PARKED.c.person_id == person_id)


def _advance(db: Session, person_id: str, ledger: Ledger, lines: dict[str, int]) -> None:
    """Bring every device's line and its gaps up to date with what arrived."""
    reached: dict[str, int] = {}
    for device_id, seq in arrivals(ledger):
        highest = reached.get(device_id, lines.get(device_id, 0))
        if seq <= highest:
            _fill(db, person_id, device_id, seq)
        elif seq > highest + 1:
            db.connection().execute(said.ADD_GAPS, [_gap(person_id, device_id, highest + 1, seq - 1)])
        reached[device_id] = max(highest, seq)
    for device_id, highest in reached.items():
        _move(db, person_id, device_id, highest, device_id in lines)


def _move(db: Session, person_id: str, device_id: str, highest: int, exists: bool) -> None:
    if exists:
        db.connection().execute(said.MOVE_LINE, {"person": person_id, "device": device_id, "to": highest})
    else:
        db.connection().execute(said.ADD_LINES, [{"person_id": person_id, "device_id": device_id, "highest": highest}])


def _fill(db: Session, person_id: str, device_id: str, seq: int) -> None:
    """Take one number out of the gap that holds it, if any does; what is left on both sides stays a gap."""
    mine = (GAPS.c.person_id == person_id, GAPS.c.device_id == device_id)
    below = select(GAPS.c.first, GAPS.c.last).where(*mine, GAPS.c.first <= seq)
    gap = db.execute(below.order_by(GAPS.c.first.desc()).limit(1)).first()
    if gap is None or gap.last < seq:
        return
    db.execute(delete(GAPS).where(*mine, GAPS.c.first == gap.first))
    sides = [(first, last) for first, last in ((gap.first, seq - 1), (seq + 1, gap.last)) if first <= last]
    if sides:
        db.connection().execute(said.ADD_GAPS, [_gap(person_id, device_id, first, last) for first, last in sides])


def _gap(person_id: str, device_id: str, first: int, last: int) -> dict[str, Any]:
    return {"person_id": person_id, "device_id": device_id, "first": first, "last": last}


def _insert_new(db: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet, in one statement, so that two writers at once both succeed."""
    if rows:
        made = sqlite.insert(table) if db.get_bind().dialect.name == "sqlite" else postgresql.insert(table)
        db.execute(made.on_conflict_do_nothing(), rows)
