"""Reading shifts. Every answer here is for the resident it is about, or for the planner."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.people.models import Person
from api.shifts.models import ShiftCalendar, ShiftRow
from api.shifts.shift import Kind, Shift

SHOWN_AHEAD = timedelta(days=35)


def shifts_between(
    db: Session, person_ids: Collection[str], since: datetime, until: datetime
) -> dict[str, list[Shift]]:
    """Each person's shifts that touch [since, until), by start; somebody without any is not a key."""
    rows = db.execute(
        select(ShiftRow.person_id, ShiftRow.starts_at, ShiftRow.ends_at, ShiftRow.kind)
        .where(ShiftRow.person_id.in_(list(person_ids)), ShiftRow.ends_at > since, ShiftRow.starts_at < until)
        .order_by(ShiftRow.starts_at, ShiftRow.ends_at, ShiftRow.kind)
    )
    found: dict[str, list[Shift]] = {}
    for person_id, start, end, kind in rows:
        found.setdefault(person_id, []).append(Shift(start, end, cast(Kind, kind)))
    return found


def shown(db: Session, person: Person, now: datetime) -> dict[str, Any]:
    """The resident's own calendar in the wire's shape; of a feed's address only the host."""
    kept = db.get(ShiftCalendar, person.id)
    if kept is None or kept.source is None:
        return dict.fromkeys(("source", "host", "read_on", "through", "problem")) | {"left_out": 0, "shifts": []}
    found = shifts_between(db, [person.id], now, now + SHOWN_AHEAD).get(person.id, [])
    return {
        "source": kept.source,
        "host": urlsplit(kept.url).hostname if kept.url else None,
        "read_on": kept.read_on,
        "through": kept.through,
        "left_out": kept.left_out,
        "problem": kept.problem,
        "shifts": [{"start": shift.start, "end": shift.end, "kind": shift.kind} for shift in found],
    }
