"""What happens to prompts: they are planned, fall due, are settled by their resident, or pass.

Functions here write and never commit. Whoever calls them on behalf of a resident has checked that it is that resident.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import clock
from api.library import queries as library
from api.people.models import Device, Person
from api.problems import Problem
from api.prompts import planner, queries
from api.prompts.models import LIVE, Prompt, Rhythm
from api.prompts.planner import Due
from api.prompts.queries import AHEAD

ASKED_OPEN_FOR = timedelta(hours=2)
ASKED_PER_DAY_MAX = 30
SNOOZE = timedelta(hours=1)
PLAN_AGAIN_BELOW = timedelta(hours=42)
KEPT_FOR = timedelta(days=35)
ASKED_KEPT_FOR = timedelta(days=1)
FIRST_SLOTS = (
    {"weekday": 0, "time": "18:30", "protocol": "P10"},
    {"weekday": 2, "time": "20:30", "protocol": "P01"},
    {"weekday": 5, "time": "10:00", "protocol": "P02"},
)
WHY_FIRST = "A time to start with. You can change it under Rhythm."
WHY_CHOSEN = "You chose this time."
WHY_ASKED = "You asked for it."


@dataclass(frozen=True)
class Opened:
    """A prompt that was just opened and may be pushed, and how long after it first could have been."""

    prompt: Prompt
    late_by: timedelta


Outcome = Literal["answered", "snoozed", "declined"]
Settled = Literal["settled", "already", "late", "unknown"]


def begin_rhythm(db: Session, person: Person, now: datetime) -> Rhythm:
    """The resident's rhythm, locked; made with the first slots when they had none. Only slots after `now` count."""
    found = db.get(Rhythm, person.id, with_for_update=True)
    if found:
        return found
    first = Rhythm(
        person_id=person.id, slots=list(FIRST_SLOTS), quiet_from="22:00", quiet_to="07:00", planned_through=now
    )
    try:
        with db.begin_nested():
            db.add(first)
    except IntegrityError:
        # Another request of the same person was first; theirs is as good.
        return db.get_one(Rhythm, person.id, with_for_update=True)
    _plan_for(db, [(first, person.zone)], now)
    return first


def begin_rhythms(db: Session, now: datetime, limit: int = 200) -> int:
    """Give a first rhythm to residents whose phone is registered and who never opened the Rhythm screen."""
    people = db.scalars(
        select(Person)
        .where(
            Person.role == "resident",
            Person.disabled_at.is_(None),
            select(Device.id).where(Device.person_id == Person.id).exists(),
            ~select(Rhythm.person_id).where(Rhythm.person_id == Person.id).exists(),
        )
        .limit(limit)
    ).all()
    for person in people:
        begin_rhythm(db, person, now)
    return len(people)


def change_rhythm(db: Session, person: Person, wanted: dict[str, Any], now: datetime) -> Rhythm:
    """Take the resident's own times, and plan anew what has not fallen due. `wanted` was loaded by RhythmShape."""
    rhythm = begin_rhythm(db, person, now)
    rhythm.slots, rhythm.paused_until = wanted["slots"], wanted["paused_until"]
    rhythm.quiet_from, rhythm.quiet_to = wanted["quiet_from"], wanted["quiet_to"]
    rhythm.chosen = True
    _refuse_unfit(rhythm, wanted["zone"])
    # The caller's Person belongs to a session that is over, so the row is read again before it is changed.
    db.get_one(Person, person.id).zone = wanted["zone"]
    db.execute(
        delete(Prompt).where(
            Prompt.person_id == person.id, Prompt.state == "planned", Prompt.due_at > now, Prompt.asked.is_(False)
        )
    )
    rhythm.planned_through = now
    db.flush()
    _plan_for(db, [(rhythm, wanted["zone"])], now)
    return rhythm


def materialise(db: Session, now: datetime, limit: int = 200) -> int:
    """Make the prompts of the next 48 hours for up to `limit` people who need it; how many people that were.

    Any number of planners may run: a locked rhythm is skipped, and its row says up to when it was planned.
    """
    rows = db.execute(
        select(Rhythm, Person.zone)
        .join(Person, Person.id == Rhythm.person_id)
        .where(Rhythm.planned_through < now + PLAN_AGAIN_BELOW, Person.disabled_at.is_(None))
        .order_by(Rhythm.planned_through)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Rhythm)
    ).all()
    _plan_for(db, [(rhythm, zone) for rhythm, zone in rows], now)
    return len(rows)


def ask_now(db: Session, person: Person, protocol: str | None, now: datetime) -> Prompt:
    """A prompt due at once, also in quiet hours, because the resident asked. An earlier one they asked for passes.

    When they asked is nobody's business for long, so it is deleted a day after it closed.

    Raises Problem invalid when no prompt may ask for that protocol, too_many after 30 in a day.
    """
    begin_rhythm(db, person, now)
    wanted = protocol or queries.next_protocol(db, person, now) or library.pushed()[0]
    if not library.whole().pushed(wanted):
        raise Problem("invalid", fields={"protocol": ["is not a protocol that a prompt may ask for"]})
    today = clock.local(now, person.zone).date()
    if queries.asked_on(db, person, today) >= ASKED_PER_DAY_MAX:
        raise Problem("too_many", headers={"Retry-After": "3600"})
    _pass(db, Prompt.person_id == person.id, Prompt.asked.is_(True))
    prompt = Prompt(
        person_id=person.id,
        protocol=wanted,
        local_date=today,
        slot=f"now-{secrets.token_hex(6)}",
        asked=True,
        due_at=now,
        until=now + ASKED_OPEN_FOR,
        state="open",
        alert_at=now,
        topic=secrets.token_urlsafe(24),
        why=WHY_ASKED,
    )
    db.add(prompt)
    db.flush()
    return prompt


def settle(
    db: Session, person: Person, prompt_id: str, outcome: Outcome, until: datetime | None, now: datetime
) -> Settled:
    """What the resident did with a prompt; doing it again changes nothing, and an answer outweighs everything.

    Answering one that is only planned is an early check-in: it will not be sent. `until` is when a snoozed prompt comes
    back (an hour from now when None); it never reaches the end of the window. "late" means answered after the window,
    which is fine; "unknown" means there is no such prompt of this person, and nothing was stored.
    """
    prompt = db.get(Prompt, prompt_id, with_for_update=True)
    if prompt is None or prompt.person_id != person.id:
        return "unknown"
    closed = queries.state_at(prompt, now) == "passed"
    if outcome == "answered":
        return _answer(prompt, closed)
    if prompt.state not in LIVE or closed:
        return "already"
    if outcome == "declined":
        prompt.state, prompt.alert_at = "declined", None
        return "settled"
    return _snooze(prompt, until or now + SNOOZE, now)


def open_due(db: Session, now: datetime, limit: int = 500) -> list[Opened]:
    """Open what fell due (or comes back from a snooze), for up to `limit` people; each is handed on exactly once.

    Of several scheduled prompts of one person only the latest is opened and the others pass: after an outage nobody
    gets more than one. What may not alert now opens too and waits in the app; it is not among those returned.
    """
    due = (Prompt.alert_at <= now, Prompt.until > now, Prompt.state.in_(LIVE))
    rhythms = db.execute(
        select(Rhythm, Person.zone)
        .join(Person, Person.id == Rhythm.person_id)
        .where(Rhythm.person_id.in_(select(Prompt.person_id).where(*due).distinct().limit(limit)))
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
            _pass(db, Prompt.person_id == prompt.person_id, *earlier)
    return opened


def pass_expired(db: Session, now: datetime) -> int:
    """Close every window that is over; how many passed."""
    return _pass(db, Prompt.until <= now)


def purge(db: Session, now: datetime) -> int:
    """Delete prompts, outcomes and all, 35 days after they closed (a day for those asked for); how many."""
    over = or_(Prompt.until < now - KEPT_FOR, and_(Prompt.asked, Prompt.until < now - ASKED_KEPT_FOR))
    return db.execute(delete(Prompt).where(over)).rowcount  # type: ignore[attr-defined,no-any-return]


def _answer(prompt: Prompt, closed: bool) -> Settled:
    if prompt.state == "answered":
        return "already"
    prompt.state, prompt.alert_at = "answered", None
    return "late" if closed else "settled"


def _snooze(prompt: Prompt, again: datetime, now: datetime) -> Settled:
    again = min(again, prompt.until - planner.SHORTEST)
    if again <= now:
        # Nothing is left to wait for: it stays open until it passes, without another alert.
        return "already"
    prompt.state, prompt.alert_at = "snoozed", again
    return "settled"


def _pass(db: Session, *which: object) -> int:
    passed = update(Prompt).where(Prompt.state.in_(LIVE), *which)  # type: ignore[arg-type]
    return db.execute(passed.values(state="passed", alert_at=None)).rowcount  # type: ignore[attr-defined,no-any-return]


def _plan_for(db: Session, rhythms: Sequence[tuple[Rhythm, str]], now: datetime) -> None:
    """Plan from where each rhythm was planned to, but never further back than a prompt could still be open."""
    before, people = now + AHEAD, [rhythm.person_id for rhythm, _ in rhythms]
    week_ago = (now - timedelta(days=9)).date()
    taken = queries.scheduled_days(db, people, week_ago)
    for rhythm, zone in rhythms:
        after = max(rhythm.planned_through, now - planner.OPEN_FOR)
        dues = planner.plan(queries.times_of(rhythm, zone), after, before, taken.get(rhythm.person_id, frozenset()))
        db.add_all(_prompt(rhythm, due) for due in dues if due.until > now)
        rhythm.planned_through = before
    db.flush()


def _prompt(rhythm: Rhythm, due: Due) -> Prompt:
    return Prompt(
        person_id=rhythm.person_id,
        protocol=due.slot.protocol,
        local_date=due.local_date,
        slot=due.slot.name,
        due_at=due.due_at,
        until=due.until,
        alert_at=due.due_at,
        topic=secrets.token_urlsafe(24),
        why=WHY_CHOSEN if rhythm.chosen else WHY_FIRST,
    )


def _refuse_unfit(rhythm: Rhythm, zone: str) -> None:
    """Raise Problem invalid for a slot that could never be kept, instead of dropping it in silence."""
    times, wrong = queries.times_of(rhythm, zone), {}
    weekdays = [slot.weekday for slot in times.slots]
    for place, slot in enumerate(times.slots):
        said = {}
        if not planner.fits(slot, times):
            said["time"] = ["lies in quiet hours, or too close before them"]
        if slot.weekday in weekdays[:place]:
            said["weekday"] = ["already has a time; prompts come once a day at most"]
        if not library.whole().pushed(slot.protocol):
            said["protocol"] = ["is not a protocol that a prompt may ask for"]
        if said:
            wrong[str(place)] = said
    if wrong:
        raise Problem("invalid", fields={"slots": wrong})
