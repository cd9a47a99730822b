"""Reading subscriptions, for the person whose device it is."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.people.models import Device, Person
from api.push.models import Subscription


def subscription_of(db: Session, person: Person, device_id: str) -> Subscription | None:
    """The subscription of the person's own device; None also when the device is somebody else's."""
    return db.scalar(
        select(Subscription).where(Subscription.device_id == device_id, Subscription.person_id == person.id)
    )


def holder_of(db: Session, endpoint_hash: str) -> Subscription | None:
    """Who has this endpoint, as long as that device and account are in use; None when nobody has."""
    return db.scalar(
        select(Subscription)
        .join(Device, Device.id == Subscription.device_id)
        .join(Person, Person.id == Subscription.person_id)
        .where(Subscription.endpoint_hash == endpoint_hash, Device.revoked_at.is_(None), Person.disabled_at.is_(None))
    )
