"""Reading shifts. Every answer here is for the resident it is about, or for the planner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.people.models import Person
from api.shifts.kinds import Kind, Shift
from api.shifts.models import ShiftCalendar, ShiftRow

SHOWN_AHEAD = timedelta(days=35)


def shifts_between(
    db: Session, person_ids: Iterable[str], since: datetime, until: datetime
) -> dict[str, tuple[Shift, ...]]:
    """Each person's shifts that touch [since, until), by start; somebody without any is not a key."""
    rows = db.execute(
        select(ShiftRow.person_id, ShiftRow.starts_at, ShiftRow.ends_at, ShiftRow.kind)
        .where(ShiftRow.person_id.in_(list(person_ids)), ShiftRow.ends_at > since, ShiftRow.starts_at < until)
        .order_by(ShiftRow.starts_at, ShiftRow.ends_at, ShiftRow.kind)
    )
    found: dict[str, list[Shift]] = {}
    for person_id, start, end, kind in rows:
        found.setdefault(person_id, []).append(Shift(start, end, cast(Kind, kind)))
    return {person_id: tuple(shifts) for person_id, shifts in found.items()}


def changed_at(db: Session, person_ids: Iterable[str]) -> dict[str, datetime]:
    """When each person's shifts last changed; somebody who never had a calendar is not a key."""
    wanted = select(ShiftCalendar.person_id, ShiftCalendar.changed_at)
    rows = db.execute(wanted.where(ShiftCalendar.person_id.in_(list(person_ids))))
    return {row.person_id: row.changed_at for row in rows}


def shown(db: Session, person: Person, now: datetime) -> dict[str, Any]:
    """The resident's own calendar in the wire's shape; of a feed's address only the host."""
    kept = db.get(ShiftCalendar, person.id)
    if kept is None or kept.source is None:
        return dict.fromkeys(("source", "host", "read_on", "through", "problem")) | {"left_out": 0, "shifts": []}
    found = shifts_between(db, [person.id], now, now + SHOWN_AHEAD).get(person.id, ())
    return {
        "source": kept.source,
        "host": urlsplit(kept.url).hostname if kept.url else None,
        "read_on": kept.read_on,
        "through": kept.through,
        "left_out": kept.left_out,
        "problem": kept.problem,
        "shifts": [{"start": shift.start, "end": shift.end, "kind": shift.kind} for shift in found],
    }
