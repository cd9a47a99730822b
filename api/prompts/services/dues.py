"""Prompts fall due, close when nobody answered, and are deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from api.people.models import Person
from api.prompts import queries
from api.prompts.models import Prompt, Rhythm
from api.prompts.services.planning import replan

KEPT_FOR = timedelta(days=35)
ASKED_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Opened:
    """A prompt that was just opened and may be pushed, and how long after it first could have been."""

    prompt: Prompt
    late_by: timedelta


def open_due(db: Session, now: datetime, limit: int = 500) -> list[Opened]:
    """Open what fell due (or comes back from a snooze), for up to `limit` people, those who wait longest first.

    Each is handed on exactly once.

    Of several scheduled prompts of one person only the latest is opened and the others pass: after an outage nobody
    gets more than one. What may not alert now opens too and waits in the app; it is not among those returned.
    """
    due = (Prompt.alert_at <= now, Prompt.until > now, Prompt.is_live())
    rhythms = db.execute(
        select(Rhythm, Person.zone)
        .join(Person, Person.id == Rhythm.person_id)
        .where(Rhythm.person_id.in_(select(Prompt.person_id).where(*due).order_by(Prompt.alert_at).limit(limit)))
        .order_by(Rhythm.person_id)
        .with_for_update(skip_locked=True, of=Rhythm)
    ).all()
    times = {rhythm.person_id: queries.times_of(rhythm, zone) for rhythm, zone in rhythms}
    # The rows are locked as well: a phone may settle one of them in this very moment, and its word counts.
    rows = select(Prompt).where(Prompt.person_id.in_(list(times)), *due).order_by(Prompt.due_at, Prompt.id)
    latest = {(prompt.person_id, prompt.asked): prompt for prompt in db.scalars(rows.with_for_update())}
    audible = [prompt for prompt in latest.values() if queries.may_alert(prompt, times[prompt.person_id], now)]
    opened = [Opened(prompt, now - (prompt.alert_at or now)) for prompt in audible]
    for prompt in latest.values():
        prompt.state, prompt.alert_at = "open", None
    db.flush()
    for prompt in latest.values():
        if not prompt.asked:
            earlier = (Prompt.due_at <= now, Prompt.asked.is_(False), Prompt.id != prompt.id)
            pass_by(db, Prompt.person_id == prompt.person_id, *earlier)
    return opened


def pass_expired(db: Session, now: datetime, limit: int = 500) -> int:
    """Close every window that is over, for up to `limit` people; how many passed.

    A scheduled one that stood open and brought no word is counted as missed, and after the second and the fourth in a
    row the person's rhythm eases. What nobody opened, because no worker ran, was not missed by anybody.
    """
    over = (Prompt.until <= now, Prompt.is_live())
    # By their end, not DISTINCT: that would walk every prompt there ever was, person by person.
    found = set(db.scalars(select(Prompt.person_id).where(*over).order_by(Prompt.until).limit(limit)))
    if not found:
        return 0
    people = db.scalars(
        select(Rhythm.person_id)
        .where(Rhythm.person_id.in_(found))
        .order_by(Rhythm.person_id)
        .with_for_update(skip_locked=True)
    ).all()
    theirs = Prompt.person_id.in_(people)
    missed = _pass_missed(db, theirs, *over)
    passed = pass_by(db, theirs, *over)
    _ease(db, missed, now)
    return len(missed) + passed


def purge(db: Session, now: datetime, limit: int = 2000) -> int:
    """Delete up to `limit` prompts 35 days after they closed, and those asked for after one day; how many."""
    old, asked_old = Prompt.until < now - KEPT_FOR, Prompt.until < now - ASKED_KEPT_FOR
    ids = [*db.scalars(select(Prompt.id).where(old).limit(limit))]
    ids += db.scalars(select(Prompt.id).where(Prompt.asked, asked_old).limit(max(0, limit - len(ids))))
    if not ids:
        return 0
    return db.execute(delete(Prompt).where(Prompt.id.in_(ids))).rowcount  # type: ignore[attr-defined,no-any-return]


def pass_by(db: Session, *which: object) -> int:
    """Close these prompts where they are live; how many were."""
    passed = update(Prompt).where(Prompt.is_live(), *which)  # type: ignore[arg-type]
    return db.execute(passed.values(state="passed", alert_at=None)).rowcount  # type: ignore[attr-defined,no-any-return]


def _pass_missed(db: Session, *over: object) -> list[str]:
    """Close those that stood open and were not asked for; the person of each."""
    missed = (
        update(Prompt)
        .where(*over, Prompt.asked.is_(False), or_(Prompt.state == "open", Prompt.state == "snoozed"))  # type: ignore[arg-type]
        .values(state="passed", alert_at=None)
        .returning(Prompt.person_id)
    )
    return list(db.scalars(missed))


def _ease(db: Session, missed: Sequence[str], now: datetime) -> None:
    """Count what was missed, and plan anew for those whose rhythm eases by it."""
    counts = Counter(missed)
    rows = db.execute(
        select(Rhythm, Person.zone)
        .join(Person, Person.id == Rhythm.person_id)
        .where(Rhythm.person_id.in_(list(counts)))
        .execution_options(populate_existing=True)
    ).all()
    eased = []
    for rhythm, zone in rows:
        before = queries.eased_by(rhythm.misses)
        rhythm.misses = min(queries.RESTING_AFTER, rhythm.misses + counts[rhythm.person_id])
        if queries.eased_by(rhythm.misses) != before:
            eased.append((rhythm, zone))
    db.flush()
    replan(db, eased, now)
