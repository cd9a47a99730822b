"""The breaker of each push service, in the database, so that every worker on every machine heeds it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.push.models import Pause
from api.push.parcel import Parcel

log = structlog.get_logger()

REFUSED_PAUSE = timedelta(minutes=15)
SILENT_AFTER = 5
SILENT_FIRST, SILENT_LONGEST = timedelta(seconds=30), timedelta(minutes=15)


def is_half_open(pause: Pause | None) -> bool:
    """Whether a service's pause is over and nothing was taken since: one send may try it, the others wait."""
    return pause is not None and (pause.reason != "silent" or pause.failures >= SILENT_AFTER)


def take_probe(db: Session, origin: str, now: datetime, until: datetime) -> bool:
    """Whether this worker may make the one try of a half-open service; all others wait `until` then."""
    taken = update(Pause).where(Pause.origin == origin, Pause.until <= now).values(until=until)
    return db.execute(taken.execution_options(synchronize_session=False)).rowcount == 1  # type: ignore[attr-defined,no-any-return]


def close(db: Session, accepted: Collection[Parcel], now: datetime) -> None:
    """These services took something, so they are well.

    A pause that still runs was asked for after these were on their way, so it stays, unless it is the try's own.
    """
    over = and_(Pause.origin.in_({parcel.origin for parcel in accepted}), Pause.until <= now)
    tried = [
        and_(Pause.origin == parcel.origin, Pause.until == parcel.probe_until)
        for parcel in accepted
        if parcel.probe_until
    ]
    db.execute(delete(Pause).where(or_(over, *tried)).execution_options(synchronize_session=False))


def wait(db: Session, origin: str, until: datetime) -> None:
    """The service said itself for how long it wants to be left alone."""
    _pause(db, origin, until, "busy")


def refuse(db: Session, origin: str, until: datetime, status: int | None) -> None:
    """The service does not take our key or header. It is told once in the log, until the service takes something."""
    if _pause(db, origin, until, "refused") != "refused":
        log.error("push_refused", origin=origin, status=status)


def miss(db: Session, parcel: Parcel, now: datetime) -> None:
    """Count a send without an answer; from the fifth in a row on the service is left alone, longer each time."""
    pause = _locked(db, parcel.origin, now)
    if pause.until > now and pause.until != parcel.probe_until:
        return  # It was on its way when the breaker opened, and tells nothing new.
    pause.failures += 1
    if pause.failures < SILENT_AFTER:
        return
    if pause.failures == SILENT_AFTER:
        log.warning("push_silent", origin=parcel.origin)
    doubled = SILENT_FIRST * 2 ** min(pause.failures - SILENT_AFTER, 10)
    pause.until, pause.reason = now + min(doubled, SILENT_LONGEST), "silent"
    db.flush()


def _locked(db: Session, origin: str, now: datetime) -> Pause:
    """The service's row, locked; made as one that pauses nothing when there was none."""
    found = db.get(Pause, origin, with_for_update=True)
    if found:
        return found
    made = Pause(origin=origin, until=now, reason="silent", failures=0)
    try:
        with db.begin_nested():
            db.add(made)
    except IntegrityError:
        return db.get_one(Pause, origin, with_for_update=True)
    return made


def _pause(db: Session, origin: str, until: datetime, reason: str) -> str:
    """Send nothing to this push service until then; the reason that stood there before."""
    pause = _locked(db, origin, until)
    before = pause.reason
    pause.until, pause.reason = max(pause.until, until), reason
    db.flush()
    return before
