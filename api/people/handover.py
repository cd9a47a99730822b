"""A journal key handed from one phone of a person to another. The server carries a sealed letter and cannot open it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from api.people.models import Handover, Person
from api.problems import Problem

LIFE = timedelta(minutes=10)


def begin(db: Session, person: Person, public_key: str, now: datetime) -> Handover:
    """A new phone asks for the journal key under a key made for this alone; an earlier asking ends."""
    db.execute(delete(Handover).where(Handover.person_id == person.id))
    asked = Handover(person_id=person.id, public_key=public_key, expires_at=now + LIFE)
    db.add(asked)
    db.flush()
    return asked


def waiting(db: Session, person: Person, now: datetime) -> Handover:
    """The asking that nobody has answered yet. Raises not_found when there is none."""
    asked = db.get(Handover, person.id)
    if asked is None or asked.expires_at <= now or asked.body is not None:
        raise Problem("not_found", "No phone of yours is asking.")
    return asked


def give(db: Session, person: Person, public_key: str, body: str, now: datetime) -> None:
    """The old phone's sealed answer to the very key it showed; it can be given once. Raises not_found."""
    mine = Handover.person_id == person.id, Handover.public_key == public_key
    still = Handover.body.is_(None), Handover.expires_at > now
    if db.execute(update(Handover).where(*mine, *still).values(body=body)).rowcount != 1:  # type: ignore[attr-defined]
        raise Problem("not_found", "That phone is not asking any more.")


def take(db: Session, person: Person, public_key: str, now: datetime) -> str | None:
    """The sealed key, which is handed out once; None while nobody answered. Raises not_found when the time is over."""
    asked = db.get(Handover, person.id)
    if asked is None or asked.expires_at <= now or asked.public_key != public_key:
        raise Problem("not_found", "This took too long, or another phone asked. Begin again.")
    if asked.body is not None:
        db.delete(asked)
    return asked.body


def purge(db: Session, now: datetime) -> int:
    """Delete what nobody fetched in time; how many that were."""
    return int(db.execute(delete(Handover).where(Handover.expires_at <= now)).rowcount)  # type: ignore[attr-defined]
