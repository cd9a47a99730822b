"""Reading people. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session

from api.people.models import Group, Identity, Membership, Person, SignIn, Try, Wrap

SIGNED_IN = (
    select(*Person.__table__.columns)
    .join(SignIn.__table__, SignIn.person_id == Person.id)
    .where(SignIn.token_hash == bindparam("token"), SignIn.expires_at > bindparam("now"), Person.disabled_at.is_(None))
)


def by_email(db: Session, email: str) -> Person | None:
    """The person with this address, whatever its letter case; None when nobody has it."""
    return db.scalar(select(Person).where(Person.email == email.strip().lower()))


def signed_in(db: Session, token_hash: str, now: datetime) -> Person | None:
    """Whose live session this is; None when it is unknown, ended, expired, or its person was disabled.

    Every request asks this, so the statement is built once and its row is not tracked by the session: the person is
    there to be read. A service that changes people loads its own.
    """
    row = db.connection().execute(SIGNED_IN, {"token": token_hash, "now": now}).mappings().first()
    return Person(**row) if row else None


def groups_of(db: Session, person: Person) -> Sequence[Row[str, str, str]]:
    """(id, name, kind) of every group the person belongs to, by name."""
    return db.execute(
        select(Group.id, Group.name, Membership.kind)
        .join(Membership, Membership.group_id == Group.id)
        .where(Membership.person_id == person.id)
        .order_by(Group.name)
    ).all()


def group_ids(db: Session, person: Person, kind: str) -> list[str]:
    """Ids of the groups in which the person is counted ("resident") or reads releases ("coach")."""
    rows = select(Membership.group_id).where(Membership.person_id == person.id, Membership.kind == kind)
    return list(db.scalars(rows.order_by(Membership.group_id)))


def identity_of(db: Session, person: Person) -> str | None:
    """The public journal key; None before the first device made one."""
    return db.scalar(select(Identity.public_key).where(Identity.person_id == person.id))


def wraps_of(db: Session, person: Person) -> Sequence[Wrap]:
    return db.scalars(select(Wrap).where(Wrap.person_id == person.id).order_by(Wrap.kind)).all()


def all_people(db: Session) -> Sequence[Row[Person, Group | None]]:
    """Everybody with their group, by name, for the coordinator. Holds nothing about check-ins or activity."""
    return db.execute(
        select(Person, Group)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .order_by(Person.name, Person.id, Group.name)
    ).all()


def all_groups(db: Session) -> Sequence[Group]:
    return db.scalars(select(Group).order_by(Group.name)).all()


def tries_since(db: Session, key: str, since: datetime) -> int:
    """How many attempts were counted under this key from `since` on."""
    return db.scalar(select(func.count()).select_from(Try).where(Try.key == key, Try.at > since)) or 0
