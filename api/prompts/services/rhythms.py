"""A resident's rhythm begins, and is changed by them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.library import queries as library
from api.people.models import Device, Person
from api.problems import Problem
from api.prompts import hours, queries
from api.prompts.models import Rhythm
from api.prompts.services.planning import plan_on, replan

FIRST_SLOTS = (
    {"weekday": 0, "time": "18:30", "protocol": "P10"},
    {"weekday": 2, "time": "20:30", "protocol": "P01"},
    {"weekday": 5, "time": "10:00", "protocol": "P02"},
)
WISHES = (
    "slots", "quiet_from", "quiet_to", "paused_until", "weekly_cap", "protocols", "nights_until", "after_shift",
    "during_shift", "post_call_h", "hold_back",
)  # fmt: skip


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
    plan_on(db, [(first, person.zone)], now)
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
    """Take the resident's own wishes, and plan anew what has not fallen due. `wanted` was loaded by RhythmChange.

    What is left out of `wanted` stays as it is. Whoever says when they want to be asked is asked in full again, so what
    passed unanswered before does not count any more.

    Raises Problem invalid for a slot that could never be kept.
    """
    rhythm = begin_rhythm(db, person, now)
    for wish in WISHES:
        if wish in wanted:
            setattr(rhythm, wish, wanted[wish])
    rhythm.chosen, rhythm.misses = True, 0
    _refuse_unfit(rhythm, wanted["zone"])
    # The caller's Person belongs to a session that is over, so the row is read again before it is changed.
    db.get_one(Person, person.id).zone = wanted["zone"]
    db.flush()
    replan(db, [(rhythm, wanted["zone"])], now)
    return rhythm


def _refuse_unfit(rhythm: Rhythm, zone: str) -> None:
    """Raise Problem invalid for what could never be kept, instead of dropping it in silence."""
    times, may_ask, wrong = queries.times_of(rhythm, zone), library.gaps(), {}
    weekdays = [slot.weekday for slot in times.slots]
    for place, slot in enumerate(times.slots):
        said = {}
        if not hours.fits(slot, times):
            said["time"] = ["lies in quiet hours, or too close before them"]
        if slot.weekday in weekdays[:place]:
            said["weekday"] = ["already has a time; prompts come once a day at most"]
        if slot.protocol is not None and slot.protocol not in may_ask:
            said["protocol"] = ["is not a protocol that a prompt may ask for"]
        if said:
            wrong[str(place)] = said
    unknown = {one: ["is not a protocol that a prompt may ask for"] for one in rhythm.protocols if one not in may_ask}
    fields = {"slots": wrong, "protocols": unknown}
    if any(fields.values()):
        raise Problem("invalid", fields={name: said for name, said in fields.items() if said})
