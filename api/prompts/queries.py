"""Reading prompts and rhythms. Every answer here is for the resident it is about, or for the worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, select
from sqlalchemy.orm import Session

from api.people.models import Person
from api.prompts.models import LIVE, Prompt, Rhythm
from api.prompts.planner import Slot, Times, is_hushed

AHEAD = timedelta(hours=48)
LOOK_BACK = timedelta(hours=24)
JUST_ASKED = timedelta(minutes=5)
SHOWN_MAX = 50

# Asked in every exchange, so they are built once.
FOR_PHONE = (
    select(Prompt.__table__)
    .where(
        Prompt.person_id == bindparam("person"), Prompt.until > bindparam("since"), Prompt.due_at <= bindparam("upto")
    )
    .order_by(Prompt.due_at.desc(), Prompt.id)
    .limit(SHOWN_MAX)
)
HAS_RHYTHM = select(exists().where(Rhythm.person_id == bindparam("person")))


def for_phone(db: Session, person: Person, now: datetime) -> list[dict[str, Any]]:
    """What the resident's phone keeps, in the wire's shape with aware datetimes, by due time.

    Open ones, those due within 48 hours, and those that closed in the last 24, so that a late tap finds a kind page.
    """
    wanted = {"person": person.id, "since": now - LOOK_BACK, "upto": now + AHEAD}
    db.flush()  # A statement on the connection does not see by itself what the session still holds back.
    rows = db.connection().execute(FOR_PHONE, wanted).all()
    return [shown(prompt, now) for prompt in reversed(rows)]


def has_rhythm(db: Session, person: Person) -> bool:
    """Whether the resident has times of day yet."""
    return bool(db.connection().scalar(HAS_RHYTHM, {"person": person.id}))


def shown(prompt: Prompt | Row[Any], now: datetime) -> dict[str, Any]:
    """One prompt in the wire's shape, with its state as of `now` even when no worker has run since.

    A snoozed one falls due when it comes back, so that it does not look ready until then.
    """
    state = state_at(prompt, now)
    return {
        "id": prompt.id,
        "protocol": prompt.protocol,
        "due_at": prompt.alert_at if state == "snoozed" else prompt.due_at,
        "until": prompt.until,
        "state": state,
        "why": prompt.why,
    }


def state_at(prompt: Prompt | Row[Any], now: datetime) -> str:
    """The prompt's state by the clock: a window opens and closes on time whether or not a worker looked."""
    if prompt.state not in LIVE:
        return prompt.state
    if prompt.until <= now:
        return "passed"
    if prompt.state == "planned" and prompt.due_at <= now:
        return "open"
    if prompt.state == "snoozed" and (prompt.alert_at is None or prompt.alert_at <= now):
        return "open"
    return prompt.state


def may_alert(prompt: Prompt, times: Times, now: datetime) -> bool:
    """Whether the prompt may be pushed now: never in quiet hours or a pause, but right after the resident asked for it.

    A prompt that comes back from a snooze is no longer what they just asked for.
    """
    just_asked = prompt.asked and prompt.state != "snoozed" and now - prompt.due_at <= JUST_ASKED
    return just_asked or not is_hushed(now, times)


def times_of(rhythm: Rhythm, zone: str) -> Times:
    """A rhythm as the planner reads it."""
    slots = tuple(Slot(slot["weekday"], time.fromisoformat(slot["time"]), slot["protocol"]) for slot in rhythm.slots)
    quiet = time.fromisoformat(rhythm.quiet_from), time.fromisoformat(rhythm.quiet_to)
    return Times(slots, *quiet, rhythm.paused_until, zone)


def scheduled_days(db: Session, person_ids: Iterable[str], since: date) -> dict[str, frozenset[date]]:
    """The local days from `since` on that already have a scheduled prompt, per person who has any."""
    rows = db.execute(
        select(Prompt.person_id, Prompt.local_date).where(
            Prompt.person_id.in_(list(person_ids)), Prompt.asked.is_(False), Prompt.local_date >= since
        )
    )
    days: dict[str, set[date]] = {}
    for person_id, day in rows:
        days.setdefault(person_id, set()).add(day)
    return {person_id: frozenset(found) for person_id, found in days.items()}


def asked_on(db: Session, person: Person, day: date) -> int:
    """How many prompts the resident asked for on this local day."""
    asked = select(func.count()).where(Prompt.person_id == person.id, Prompt.asked.is_(True), Prompt.local_date == day)
    return db.scalar(asked) or 0


def next_protocol(db: Session, person: Person, now: datetime) -> str | None:
    """What the resident's next scheduled prompt will ask; None when nothing is planned."""
    return db.scalar(
        select(Prompt.protocol)
        .where(Prompt.person_id == person.id, Prompt.asked.is_(False), Prompt.state.in_(LIVE), Prompt.until > now)
        .order_by(Prompt.due_at)
        .limit(1)
    )
