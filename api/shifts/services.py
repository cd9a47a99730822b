"""What happens to a resident's shift calendar: it is put in, read again, noticed by the planner, taken out.

Functions here write and never commit. Whoever calls them on behalf of a resident has checked that it is that resident.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.shifts.models import ShiftCalendar


def take_changed(db: Session, limit: int) -> list[str]:
    """The ids of up to `limit` people whose shifts may be different since this was last asked; each is told once.

    The caller plans them anew in the same transaction, so that a crash in between forgets nobody.
    """
    people = db.scalars(
        select(ShiftCalendar.person_id)
        .where(ShiftCalendar.changed.is_(True))
        .order_by(ShiftCalendar.person_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    noticed = update(ShiftCalendar).where(ShiftCalendar.person_id.in_(people)).values(changed=False)
    db.execute(noticed.execution_options(synchronize_session=False))
    return list(people)
