"""Reading the log. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.journal.models import Op, Parked
from api.journal.statements import ARRIVED, CHANGES, DEVICES_OF, EPOCH, HOLES_MAX, LAST_SEQ

PAGE: Final = 100  # ops in one pull; at the size limit of an op that is 1.6 MB


@dataclass(frozen=True)
class Page:
    """Ops in the order of the log; `upto` is where the next pull goes on, `more` whether one is worth making now."""

    changes: Sequence[dict[str, Any]]
    upto: int
    more: bool


@dataclass(frozen=True)
class Arrived:
    """How much of one device's sequence is here: everything up to `through`, and above it all but `holes`.

    `holes` names at most the lowest HOLES_MAX missing numbers. `through` is 0 for a device that never sent anything.
    """

    through: int = 0
    holes: list[int] = field(default_factory=list)


def epoch(db: Session) -> str | None:
    """The id of this database's history; None before anything was ever exchanged."""
    return db.connection().scalar(EPOCH)


def last_seq(db: Session, person_id: str) -> int:
    """The server_seq of the person's newest op; 0 for an empty log."""
    return db.connection().scalar(LAST_SEQ, {"person": person_id}) or 0


def devices(db: Session, person_id: str) -> dict[str, bool]:
    """Every device ever registered to the person: id → whether it was revoked."""
    rows = db.connection().execute(DEVICES_OF, {"person": person_id})
    return {device_id: revoked_at is not None for device_id, revoked_at in rows}


def position(cursor: str | None, epoch_id: str, last: int) -> int:
    """Where a pull starts: the server_seq in a cursor `<epoch>.<server_seq>` of this epoch.

    Any other cursor means 0, the whole log: none, one of another epoch, one this server cannot have given, or one
    beyond `last`, which an older copy of the database would otherwise answer with silence.
    """
    named, _, number = (cursor or "").rpartition(".")
    if named != epoch_id or not number.isdecimal() or not number.isascii() or len(number) > 16:
        return 0
    return int(number) if int(number) <= last else 0


def changes(db: Session, person_id: str, after: int, upto: int, page: int = PAGE) -> Page:
    """The log after one server_seq and up to another, at most `page` ops of it.

    Withdrawn bodies are "", so a mac no longer fits them. Receipts of prompts are not part of the journal and are left
    out; what prompts there are is told apart from it.
    """
    if after >= upto:
        return Page([], upto, False)
    wanted = {"person": person_id, "after": after, "upto": upto, "rows": page + 1}
    rows = db.connection().execute(CHANGES, wanted).mappings().all()
    more = len(rows) > page
    shown = [_change(dict(row)) for row in rows[:page]]
    return Page(shown, shown[-1]["server_seq"] if more else upto, more)


def _change(row: dict[str, Any]) -> dict[str, Any]:
    return {"server_seq": row.pop("server_seq"), "op": row}


def arrived(db: Session, person_id: str, device_id: str) -> Arrived:
    """What is here of one device's sequence; one query, whose cost grows with the gaps and not with the log."""
    rows = db.connection().execute(ARRIVED, {"person": person_id, "device": device_id}).all()
    if not rows:
        return Arrived()
    highest, first, _ = rows[0]
    if first is None:
        return Arrived(highest)
    missing = chain.from_iterable(range(low, high + 1) for _, low, high in rows)
    return Arrived(first - 1, list(islice(missing, HOLES_MAX)))


def missing(db: Session, person_id: str, op_ids: Collection[str]) -> list[str]:
    """Those of the ids that neither the person's log nor their parked ops hold, in the order given."""
    here: set[str | None] = set()
    for table in (Op, Parked):
        here |= set(db.scalars(select(table.op_id).where(table.person_id == person_id, table.op_id.in_(op_ids))))
    return [op_id for op_id in op_ids if op_id not in here]
