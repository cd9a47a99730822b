"""Where a device can be reached, told by the device itself."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import clock
from api.addresses import origin_of
from api.people.models import Device, Person
from api.problems import Problem
from api.prompts.hours import instant
from api.prompts.services import begin_rhythm
from api.push import queries
from api.push.endpoints import endpoint_trouble, key_troubles
from api.push.models import Health, MailChannel, Subscription


def subscribe(
    db: Session,
    person: Person,
    told: dict[str, Any],
    live_keys: Collection[str],
    test_origin: str | None,
    now: datetime,
) -> Subscription:
    """Remember where this device can be reached, in the place of what was known before.

    `told` was loaded by SubscriptionShape; `live_keys` are the public keys this server can sign with, the current one
    first. A phone calls this whenever somebody looks at it. Only the day is kept, and a second call of a day writes
    nothing: when a person was last here is check-in data, and nobody needs it.

    Raises Problem bad_subscription (422), device_unknown, device_revoked, or endpoint_taken (409): an endpoint that
    another account uses is never taken over, unless the caller proves by its secrets to be that very browser. Then it
    must move, or the one who has the browser now would see the other's prompts.
    """
    device_id, endpoint, keys = told["device_id"], told["endpoint"], told["keys"]
    _refuse_unusable(told, live_keys, test_origin)
    _lock_device(db, person, device_id)
    begin_rhythm(db, person, now)
    hashed = hashlib.sha256(endpoint.encode()).hexdigest()
    holder = queries.holder_of(db, hashed)
    known = {
        "person_id": person.id,
        "endpoint": endpoint,
        "p256dh": keys["p256dh"].rstrip("="),
        "auth": keys["auth"].rstrip("="),
        "confirmed_at": _day_begin(person, now),
        "vapid_key": told.get("key") or (holder and holder.vapid_key) or next(iter(live_keys)),
    }
    if holder and holder.person_id != person.id and not _is_same_browser(holder, known):
        raise Problem("endpoint_taken")
    if holder and holder.device_id == device_id and all(getattr(holder, key) == known[key] for key in known):
        return holder
    # What is left are older rows of the same browser: of this person, or of an account or device no longer in use.
    db.execute(
        delete(Subscription).where(or_(Subscription.endpoint_hash == hashed, Subscription.device_id == device_id))
    )
    subscription = Subscription(device_id=device_id, endpoint_hash=hashed, origin=origin_of(endpoint), **known)
    try:
        with db.begin_nested():
            db.add(subscription)
    except IntegrityError as error:
        raise Problem("endpoint_taken") from error
    _mend_health(db, device_id)
    _keep_alive(db, person, clock.local(now, person.zone).date())
    return subscription


def unsubscribe(db: Session, person: Person, device_id: str) -> None:
    """Forget where the person's own device can be reached; nothing happens when it was not known."""
    db.execute(delete(Subscription).where(Subscription.device_id == device_id, Subscription.person_id == person.id))


def seen(db: Session, person: Person, device_id: str, now: datetime) -> None:
    """The device showed a prompt or was opened today. A second call of a day, or of a strange one, changes nothing."""
    began = _day_begin(person, now)
    own = (Subscription.device_id == device_id, Subscription.person_id == person.id)
    db.execute(update(Subscription).where(*own, Subscription.confirmed_at < began).values(confirmed_at=began))
    device = db.get(Device, device_id)
    if device and device.person_id == person.id and device.revoked_at is None:
        _keep_alive(db, person, clock.local(now, person.zone).date())


def _keep_alive(db: Session, person: Person, today: date) -> None:
    older = (MailChannel.person_id == person.id, MailChannel.alive_on < today)
    db.execute(update(MailChannel).where(*older).values(alive_on=today))


def _mend_health(db: Session, device_id: str) -> None:
    health = db.get(Health, device_id)
    if health is None:
        db.add(Health(device_id=device_id))
    elif health.reason is not None:
        health.broken_on, health.reason = None, None
    db.flush()


def _is_same_browser(holder: Subscription, told: dict[str, Any]) -> bool:
    """The two secrets of a subscription never leave its browser but to us, so who has them both is that browser."""
    return holder.p256dh == told["p256dh"] and hmac.compare_digest(holder.auth, told["auth"])


def _day_begin(person: Person, now: datetime) -> datetime:
    return instant(clock.local(now, person.zone).date(), time(0), person.zone)


def _refuse_unusable(told: dict[str, Any], live_keys: Collection[str], test_origin: str | None) -> None:
    wrong: dict[str, object] = {}
    if trouble := endpoint_trouble(told["endpoint"], test_origin):
        wrong["endpoint"] = [trouble]
    if troubles := key_troubles(told["keys"]["p256dh"], told["keys"]["auth"]):
        wrong["keys"] = troubles
    if told.get("key") and told["key"] not in live_keys:
        wrong["key"] = ["is not a key this server has; subscribe anew"]
    if wrong:
        raise Problem("bad_subscription", fields=wrong)


def _lock_device(db: Session, person: Person, device_id: str) -> None:
    """Hold the device's row, so that two tabs that subscribe at once take turns."""
    device = db.get(Device, device_id, with_for_update=True)
    if device is None or device.person_id != person.id:
        raise Problem("device_unknown")
    if device.revoked_at is not None:
        raise Problem("device_revoked")
