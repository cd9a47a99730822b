"""Reading subscriptions and how pushing to a device goes, for the person whose device it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import clock
from api.people.models import Device, Person
from api.prompts.models import Rhythm
from api.push.models import Health, MailChannel, Pause, Subscription, Trial

SILENT_DAYS = 7


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


def health_of(db: Session, person: Person, device_id: str, today: date) -> dict[str, Any]:
    """Plain facts about pushing to the person's own device, in the wire's shape; days, never moments.

    For a device that is not theirs it says what it says of one that never subscribed.
    """
    own = select(Health).join(Device, Device.id == Health.device_id)
    health = db.scalar(own.where(Health.device_id == device_id, Device.person_id == person.id))
    found = subscription_of(db, person, device_id)
    pause = db.get(Pause, found.origin) if found else None
    rhythm = db.get(Rhythm, person.id)
    broken = {"since": health.broken_on, "reason": health.reason} if health and health.reason else None
    return {
        "subscribed": found is not None,
        "confirmed_on": clock.local(found.confirmed_at, person.zone).date() if found else None,
        "accepted_on": health.accepted_on if health else None,
        "broken": broken,
        "service": pause.reason if pause and pause.until > clock.now() else "well",
        "paused_until": rhythm.paused_until if rhythm else None,
        "email": mail_of(db, person, today),
    }


def mail_of(db: Session, person: Person, today: date) -> dict[str, Any]:
    """Whether the person chose mail, and whether a prompt of today would go by it."""
    channel = db.get(MailChannel, person.id)
    instead = channel is not None and is_silent(channel, today)
    return {"on": channel is not None, "silent_days": SILENT_DAYS, "instead": instead}


def is_silent(channel: MailChannel, today: date) -> bool:
    """Whether the phone showed no sign of life for so long that mail takes over."""
    return (today - channel.alive_on).days >= SILENT_DAYS


def trial_of(db: Session, person: Person, device_id: str) -> dict[str, Any]:
    """How the newest trial of the person's own device stands; state "none" when there is none."""
    own = select(Trial).join(Device, Device.id == Trial.device_id)
    trial = db.scalar(own.where(Trial.device_id == device_id, Device.person_id == person.id))
    return shown(trial) if trial else {"id": None, "state": "none", "reason": None}


def shown(trial: Trial) -> dict[str, Any]:
    return {"id": trial.id, "state": trial.state, "reason": trial.reason}
