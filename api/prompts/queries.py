"""Reading prompts and rhythms. Every answer here is for the resident it is about, or for the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from api.library import queries as library
from api.people.models import Person
from api.prompts.choosing import Level
from api.prompts.hours import Slot, Times, is_hushed
from api.prompts.models import LIVE, Prompt, Rhythm
from api.prompts.planner import SHIFTS_REACH, Eased, Scene, Wishes
from api.shifts import queries as shifts

AHEAD = timedelta(hours=48)
HALF_AFTER, RESTING_AFTER = 2, 4  # prompts in a row that passed unanswered
LOOK_BACK = timedelta(hours=24)
JUST_ASKED = timedelta(minutes=5)
SHOWN_MAX = 50

# Asked in every exchange, so they are built once.
FOR_PHONE = (
    select(Prompt.__table__)
    .where(
        Prompt.person_id == bindparam("person"), Prompt.until > bindparam("since"), Prompt.due_at <= bindparam("upto")
    )
    .where(Prompt.state != "held_back")
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
    return Times(slots, *quiet, rhythm.paused_until, zone, rhythm.nights_until)


def wishes_of(rhythm: Rhythm) -> Wishes:
    """What a resident wants of prompts besides their hours, as the planner reads it."""
    levels = cast(Mapping[str, Level], rhythm.protocols)
    when = rhythm.after_shift, rhythm.during_shift, rhythm.post_call_h
    return Wishes(rhythm.weekly_cap, levels, *when, rhythm.hold_back, rhythm.chosen)


def eased_by(misses: int) -> Eased:
    """How far prompts ease after so many in a row that passed unanswered."""
    return "resting" if misses >= RESTING_AFTER else "half" if misses >= HALF_AFTER else "usual"


def unsent(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The scheduled prompts that may still be planned otherwise: not due yet, and not settled early."""
    return Prompt.asked.is_(False), Prompt.state.in_(("planned", "held_back")), Prompt.due_at > now


def scenes(
    db: Session, rhythms: Sequence[tuple[Rhythm, str]], now: datetime, before: datetime, anew: bool = False
) -> list[Scene]:
    """All the planner needs to know of these people, in three queries; `anew` leaves out what is not sent yet."""
    people, gaps = [rhythm.person_id for rhythm, _ in rhythms], library.gaps()
    longest = timedelta(days=max(7, *(2 * days for days in gaps.values())) + 2)
    asked = _asked(db, people, (now - longest).date(), now if anew else None)
    known = shifts.shifts_between(db, people, now - SHIFTS_REACH, before + SHIFTS_REACH)
    return [
        Scene(
            person_id=rhythm.person_id,
            times=times_of(rhythm, zone),
            wishes=wishes_of(rhythm),
            gaps=gaps,
            asked=asked.get(rhythm.person_id, {}),
            shifts=known.get(rhythm.person_id, ()),
            eased=eased_by(rhythm.misses),
        )
        for rhythm, zone in rhythms
    ]


def _asked(db: Session, person_ids: list[str], since: date, anew_at: datetime | None) -> dict[str, dict[date, str]]:
    """The local days from `since` on that have a scheduled prompt, with its protocol, per person who has any."""
    columns = Prompt.person_id, Prompt.local_date, Prompt.protocol
    which = Prompt.person_id.in_(person_ids), Prompt.asked.is_(False), Prompt.local_date >= since
    rows = select(*columns).where(*which)
    if anew_at:
        rows = rows.where(~and_(*unsent(anew_at)))
    days: dict[str, dict[date, str]] = {}
    for person_id, day, protocol in db.execute(rows):
        days.setdefault(person_id, {})[day] = protocol
    return days


def asked_on(db: Session, person: Person, day: date) -> int:
    """How many prompts the resident asked for on this local day."""
    asked = select(func.count()).where(Prompt.person_id == person.id, Prompt.asked.is_(True), Prompt.local_date == day)
    return db.scalar(asked) or 0


def next_protocol(db: Session, person: Person, now: datetime) -> str | None:
    """What the resident's next scheduled prompt will ask; None when nothing is planned."""
    return db.scalar(
        select(Prompt.protocol)
        .where(Prompt.person_id == person.id, Prompt.asked.is_(False), Prompt.is_live(), Prompt.until > now)
        .order_by(Prompt.due_at)
        .limit(1)
    )
