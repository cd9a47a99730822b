"""What happens to a resident's shift calendar: it is put in, read again, noticed by the planner, taken out.

Functions here write and never commit, but for `refresh`, whose network stands between two transactions. Whoever calls
them on behalf of a resident has checked that it is that resident.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Engine, and_, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import clock
from api.db import transaction
from api.people.models import Person
from api.problems import Problem
from api.shifts import feed, queries, reading
from api.shifts.feed import Fetched
from api.shifts.kinds import Reading
from api.shifts.models import ShiftCalendar, ShiftRow
from api.shifts.shift import Shift
from api.shifts.trouble import CalendarTrouble, Reason

log = structlog.get_logger()

BEHIND = timedelta(days=2)
# What a feed is asked for goes two weeks past what anybody needs, so that "not changed" may be believed that long.
FEED_AHEAD, NEEDED_AHEAD = timedelta(days=49), queries.SHOWN_AHEAD
FILE_AHEAD = timedelta(days=180)
READ_EVERY, JITTER_S = timedelta(hours=6), 30 * 60
LEASE = timedelta(minutes=15)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=30), timedelta(hours=24)


@dataclass(frozen=True)
class Found:
    """A calendar that was read, ready to be kept: for a file `url` is None."""

    reading: Reading
    zone: str
    read_on: date
    through: date | None
    url: str | None = field(default=None, repr=False)
    etag: str | None = field(default=None, repr=False)
    modified: str | None = None


@dataclass(frozen=True)
class Errand:
    """A feed to be read again. `etag` and `modified` are None when it must be read whole."""

    person_id: str
    url: str = field(repr=False)
    zone: str
    etag: str | None = field(repr=False)
    modified: str | None


def read_file(text: str, zone: str, now: datetime) -> Found:
    """A calendar file's shifts of the next half year. Slow: no transaction may be open. Raises CalendarTrouble."""
    found = reading.read(text.encode("utf-8", "replace"), zone, now - BEHIND, now + FILE_AHEAD)
    ends = [shift.end for shift in found.shifts]
    return Found(found, zone, clock.local(now, zone).date(), clock.local(max(ends), zone).date() if ends else None)


def read_feed(typed: str, zone: str, now: datetime, test_origin: str | None) -> Found:
    """A feed's shifts of the next weeks. Asks the network: no transaction may be open. Raises CalendarTrouble."""
    url = feed.feed_address(typed)
    return _of_feed(url, zone, feed.fetch(url, None, None, test_origin), now)


def keep(db: Session, person: Person, found: Found, now: datetime) -> None:
    """Keep what was read, in the place of any calendar there was."""
    calendar = _locked(db, person.id)
    calendar.source, calendar.url = ("feed" if found.url else "file"), found.url
    _write_down(db, calendar, found, now)


def take_out(db: Session, person: Person) -> None:
    """Forget the resident's calendar and every shift of it; nothing happens when there is none."""
    calendar = db.get(ShiftCalendar, person.id, with_for_update=True)
    if calendar is None:
        return
    calendar.source = calendar.url = calendar.etag = calendar.modified = calendar.zone = calendar.problem = None
    calendar.read_on = calendar.through = calendar.next_read_at = None
    calendar.left_out = calendar.failures = 0
    db.flush()
    _replace_shifts(db, calendar, ())


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


def refresh(engine: Engine, test_origin: str | None, now: datetime) -> int:
    """Read one feed again that is due; how many that were. It waits on somebody's server: give it a thread of its own.

    A feed is claimed first, so that of several workers one asks; after a crash it is due a quarter of an hour later.
    """
    with transaction(engine) as db:
        errands = claim(db, now, 1)
    for errand in errands:
        answered = collect(errand, test_origin, now)
        with transaction(engine) as db:
            record(db, errand, answered, now)
    return len(errands)


def claim(db: Session, now: datetime, limit: int) -> list[Errand]:
    """Take up to `limit` feeds that are due, each under a lease of 15 minutes."""
    rows = db.execute(
        select(ShiftCalendar, Person.zone)
        .join(Person, Person.id == ShiftCalendar.person_id)
        .where(ShiftCalendar.source == "feed", ShiftCalendar.next_read_at <= now, Person.disabled_at.is_(None))
        .order_by(ShiftCalendar.next_read_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ShiftCalendar)
    ).all()
    for calendar, _ in rows:
        calendar.next_read_at = now + LEASE
    db.flush()
    return [_errand(calendar, zone, now) for calendar, zone in rows]


def collect(errand: Errand, test_origin: str | None, now: datetime) -> Found | Reason | None:
    """What the feed says now: its shifts, the reason why none can be had, or None when it is as it was."""
    try:
        fetched = feed.fetch(errand.url, errand.etag, errand.modified, test_origin)
        return _of_feed(errand.url, errand.zone, fetched, now) if fetched.body is not None else None
    except CalendarTrouble as trouble:
        return trouble.reason
    except Problem:
        return "no_answer"


def record(db: Session, errand: Errand, answered: Found | Reason | None, now: datetime) -> None:
    """Write down what a feed said. A broken one keeps its last good shifts, and is asked again more and more rarely.

    Nothing is written when the resident put another calendar in its place, or took it out, in the meantime.
    """
    calendar = db.get(ShiftCalendar, errand.person_id, with_for_update=True)
    if calendar is None or calendar.url != errand.url:
        return
    if isinstance(answered, Found):
        _write_down(db, calendar, answered, now)
    elif answered is None:
        calendar.read_on, calendar.problem, calendar.failures = clock.local(now, errand.zone).date(), None, 0
        calendar.next_read_at = now + _again()
    else:
        # Neither whose feed it is nor where it stands is anybody's business.
        log.info("feed_not_read", reason=answered)
        calendar.problem, calendar.failures = answered, calendar.failures + 1
        doubled = FIRST_WAIT * 2 ** min(calendar.failures - 1, 10)
        calendar.next_read_at = now + min(doubled, LONGEST_WAIT)


def purge(db: Session, now: datetime, limit: int = 1000) -> int:
    """Delete shifts two days after they ended, and calendars that were taken out and noticed; how many rows."""
    old = select(ShiftRow.id).where(ShiftRow.ends_at < now - BEHIND).limit(limit)
    gone = and_(ShiftCalendar.source.is_(None), ShiftCalendar.changed.is_(False))
    empty = select(ShiftCalendar.person_id).where(gone).limit(limit)
    deleted = db.execute(delete(ShiftRow).where(ShiftRow.id.in_(old))).rowcount  # type: ignore[attr-defined]
    removed = db.execute(delete(ShiftCalendar).where(ShiftCalendar.person_id.in_(empty))).rowcount  # type: ignore[attr-defined]
    return int(deleted + removed)


def _of_feed(url: str, zone: str, fetched: Fetched, now: datetime) -> Found:
    until = now + FEED_AHEAD
    found = reading.read(fetched.body or b"", zone, now - BEHIND, until)
    through = clock.local(until, zone).date()
    return Found(found, zone, clock.local(now, zone).date(), through, url, fetched.etag, fetched.modified)


def _errand(calendar: ShiftCalendar, zone: str, now: datetime) -> Errand:
    """ "Has it changed?" is asked only while what was read reaches far enough, in the zone it was read for."""
    needed = clock.local(now + NEEDED_AHEAD, zone).date()
    enough = calendar.zone == zone and calendar.through is not None and calendar.through >= needed
    known = (calendar.etag, calendar.modified) if enough else (None, None)
    return Errand(calendar.person_id, calendar.url or "", zone, *known)


def _locked(db: Session, person_id: str) -> ShiftCalendar:
    """The person's row, locked; made when there was none."""
    found = db.get(ShiftCalendar, person_id, with_for_update=True)
    if found:
        return found
    made = ShiftCalendar(person_id=person_id, left_out=0, failures=0, changed=True)
    try:
        with db.begin_nested():
            db.add(made)
    except IntegrityError:
        # Another request of the same person was first; this one comes after it.
        return db.get_one(ShiftCalendar, person_id, with_for_update=True)
    return made


def _write_down(db: Session, calendar: ShiftCalendar, found: Found, now: datetime) -> None:
    calendar.zone, calendar.read_on, calendar.through = found.zone, found.read_on, found.through
    calendar.etag, calendar.modified, calendar.left_out = found.etag, found.modified, found.reading.left_out
    calendar.problem, calendar.failures = None, 0
    calendar.next_read_at = now + _again() if found.url else None
    _replace_shifts(db, calendar, found.reading.shifts)


def _replace_shifts(db: Session, calendar: ShiftCalendar, shifts: Sequence[Shift]) -> None:
    """Put these shifts in the place of the old ones; the planner hears of it only when they differ."""
    kept = select(ShiftRow.starts_at, ShiftRow.ends_at, ShiftRow.kind).where(ShiftRow.person_id == calendar.person_id)
    if {tuple(row) for row in db.execute(kept)} == {(shift.start, shift.end, shift.kind) for shift in shifts}:
        return
    db.execute(delete(ShiftRow).where(ShiftRow.person_id == calendar.person_id))
    rows = [(shift.start, shift.end, shift.kind) for shift in shifts]
    db.add_all(ShiftRow(person_id=calendar.person_id, starts_at=a, ends_at=b, kind=kind) for a, b, kind in rows)
    calendar.changed = True
    db.flush()


def _again() -> timedelta:
    """About six hours, never the same for all: feeds of one roster stand on one server."""
    return READ_EVERY + timedelta(seconds=secrets.randbelow(2 * JITTER_S) - JITTER_S)
