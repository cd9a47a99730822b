"""Reading the log. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.journal.models import Op, Parked
from api.journal.statements import ARRIVED, AT, CHANGES, DEVICES_OF, EPOCH, HOLES_MAX, STREAM

PAGE: Final = 100  # ops in one pull; at the size limit of an op that is 1.6 MB


class Place(NamedTuple):
    """A point of a person's log: the server_seq of an op and its tag. The beginning is 0 with no tag.

    `epoch` is the person's own, None while the database's holds.
    """

    seq: int = 0
    tag: str = ""
    epoch: str | None = None


@dataclass(frozen=True)
class Page:
    """Ops in the order of the log; `upto` is where the next pull goes on, `more` whether one is worth making now."""

    changes: Sequence[dict[str, Any]]
    upto: Place
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


def end(db: Session, person_id: str) -> Place:
    """Where the person's log ends now."""
    row = db.connection().execute(STREAM, {"person": person_id}).first()
    return Place(*row) if row else Place()


def devices(db: Session, person_id: str) -> dict[str, bool]:
    """Every device ever registered to the person: id → whether it was revoked."""
    rows = db.connection().execute(DEVICES_OF, {"person": person_id})
    return {device_id: revoked_at is not None for device_id, revoked_at in rows}


def position(db: Session, person_id: str, cursor: str | None, epoch_id: str, end: Place) -> int | None:
    """Where a pull starts: the server_seq in a cursor `<epoch>.<server_seq>.<tag>` of this epoch.

    0, the whole log, for no cursor, one of another epoch, and one no server gives. None when the cursor is of this
    epoch and yet this log never was where it points: the database is an older copy of the one that gave it, put back
    without the restore command. Cursors from before there were tags have none; only their number is checked.
    """
    named, _, rest = (cursor or "").partition(".")
    number, _, tag = rest.partition(".")
    if named != epoch_id or not number.isdecimal() or not number.isascii() or len(number) > 16:
        return 0
    at = int(number)
    if at > end.seq:
        return None
    return at if not tag or not at or tag == _tag_at(db, person_id, at, end) else None


def _tag_at(db: Session, person_id: str, at: int, end: Place) -> str:
    if at == end.seq:
        return end.tag
    return db.connection().scalar(AT, {"person": person_id, "at": at}) or ""


def changes(db: Session, person_id: str, after: int, upto: Place, page: int = PAGE) -> Page:
    """The log after one server_seq and up to a place, at most `page` ops of it.

    Withdrawn bodies are "", so a mac no longer fits them. Receipts of prompts are not part of the journal and are left
    out; what prompts there are is told apart from it.
    """
    if after >= upto.seq:
        return Page([], upto, False)
    wanted = {"person": person_id, "after": after, "upto": upto.seq, "rows": page + 1}
    rows = db.connection().execute(CHANGES, wanted).mappings().all()
    more = len(rows) > page
    reached = Place(rows[page - 1]["server_seq"], rows[page - 1]["tag"]) if more else upto
    return Page([_change(dict(row)) for row in rows[:page]], reached, more)


def _change(row: dict[str, Any]) -> dict[str, Any]:
    del row["tag"]
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
