"""A person's phones: enrolling, naming, removing, and the secret under which a phone may deliver and nothing else."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import clock
from api.people.models import Device, Person, SignIn
from api.problems import Problem


@dataclass(frozen=True)
class Holder:
    """Whose phone this is, and whether it was removed from the account."""

    person: Person
    removed: bool


def secret_hash(secret: str) -> str:
    """What the database keeps of a phone's secret, which is 256 bits of chance and needs no slow hashing."""
    return hashlib.sha256(b"handrail device\0" + secret.encode("utf-8", "replace")).hexdigest()


def holder(db: Session, device_id: str, secret: str) -> Holder | None:
    """Whose phone has this id and this secret; None when there is none, or its person's access ended."""
    row = db.execute(
        select(Device, Person)
        .join(Person, Person.id == Device.person_id)
        .where(Device.id == device_id, Person.disabled_at.is_(None))
    ).first()
    if row is None or row[0].secret_hash is None:
        return None
    if not hmac.compare_digest(row[0].secret_hash, secret_hash(secret)):
        return None
    return Holder(row[1], row[0].revoked_at is not None)


def of_person(db: Session, person: Person) -> Sequence[Device]:
    """The person's phones that were not removed, the one added first in front."""
    mine = select(Device).where(Device.person_id == person.id, Device.revoked_at.is_(None))
    return db.scalars(mine.order_by(Device.created_at, Device.name, Device.id)).all()


def enrol(
    db: Session, person: Person, device_id: str, name: str, secret: str | None, session: str, now: datetime
) -> Device:
    """The person's phone under this id, made unless it is known; a known one keeps its name.

    The session with this token hash belongs to the phone from here on. Raises device_taken for somebody else's id, and
    device_revoked for a phone that was removed: it cannot come back by itself under the same id.
    """
    device = db.get(Device, device_id)
    if device is None:
        device = Device(id=device_id, person_id=person.id, name=name, created_at=_day(person, now))
        try:
            with db.begin_nested():
                db.add(device)
        except IntegrityError:
            return enrol(db, person, device_id, name, secret, session, now)
    if device.person_id != person.id:
        raise Problem("device_taken")
    if device.revoked_at is not None:
        raise Problem("device_revoked")
    if secret is not None:
        device.secret_hash = secret_hash(secret)
    db.execute(update(SignIn).where(SignIn.token_hash == session).values(device_id=device_id))
    return device


def left_behind(db: Session, session: str, device_id: str, instead_of: str | None) -> Device | None:
    """The phone as which this session spoke before, when it is another live one: that browser lost its storage.

    `instead_of` is the id the very same storage wrote under, which is no loss. Ask before `enrol`, which moves the
    session to the new id.
    """
    before = db.scalar(select(Device).join(SignIn, SignIn.device_id == Device.id).where(SignIn.token_hash == session))
    if before is None or before.id in (device_id, instead_of) or before.revoked_at is not None:
        return None
    return before


def rename(db: Session, person: Person, device_id: str, name: str) -> Device:
    """Give one of the person's phones another name. Raises not_found."""
    device = _mine(db, person, device_id)
    device.name = name
    return device


def remove(db: Session, person: Person, device_id: str, session: str, now: datetime) -> None:
    """Take a phone off the account: its sessions end now, and it is told to wipe itself at its next contact.

    Sessions that no phone claimed end too, for one of them may be the lost phone's; the session that asks goes on,
    unless it is the phone's own. Raises not_found.
    """
    device = _mine(db, person, device_id)
    device.revoked_at = device.revoked_at or _day(person, now)
    unclaimed: ColumnElement[bool] = and_(SignIn.device_id.is_(None), SignIn.token_hash != session)
    db.execute(delete(SignIn).where(SignIn.person_id == person.id, or_(SignIn.device_id == device_id, unclaimed)))


def _mine(db: Session, person: Person, device_id: str) -> Device:
    device = db.get(Device, device_id)
    if device is None or device.person_id != person.id:
        raise Problem("not_found", "You have no such phone.")
    return device


def _day(person: Person, now: datetime) -> datetime:
    """The beginning of the person's local day."""
    return clock.local(now, person.zone).replace(hour=0, minute=0, second=0, microsecond=0)
