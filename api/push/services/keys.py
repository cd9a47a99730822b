"""Rotating the VAPID key while phones still use subscriptions that were made under the one before."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from api.push.models import Health, Subscription
from api.push.vapid import Ring

KEPT_OLD_FOR = timedelta(days=60)


class NotYet(Exception):
    """The key before is still in use: two are live at most."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} phones still use the key before")
        self.left = left


def rotate(db: Session, ring: Ring, today: date) -> str:
    """Begin to move phones to a new key; its public half. Each phone moves when it is opened next.

    Raises NotYet while phones are left from the last rotation.
    """
    for public, _day, path in ring.old():
        if left := under(db, public):
            raise NotYet(left)
        path.unlink()
    # Rows from before keys could be rotated were made under the only key there was.
    nameless = update(Subscription).where(Subscription.vapid_key.is_(None))
    db.execute(nameless.values(vapid_key=ring.current).execution_options(synchronize_session=False))
    return ring.rotate(today)


def retire(db: Session, ring: Ring, today: date) -> int:
    """Drop older keys that no phone needs, or 60 days after they were replaced; how many keys.

    What was still subscribed under a key that is dropped for its age cannot be reached any more: the subscription goes
    too, and the phone makes a new one on its next open.
    """
    dropped = 0
    for public, replaced_on, path in ring.old():
        if under(db, public) and today - replaced_on < KEPT_OLD_FOR:
            continue
        _drop_subscriptions(db, public, today)
        path.unlink()
        dropped += 1
    return dropped


def under(db: Session, public: str) -> int:
    """How many subscriptions were made under this key."""
    counted = select(func.count()).select_from(Subscription).where(Subscription.vapid_key == public)
    return db.scalar(counted) or 0


def _drop_subscriptions(db: Session, public: str, today: date) -> None:
    left = select(Subscription.device_id).where(Subscription.vapid_key == public)
    told = update(Health).where(Health.device_id.in_(left)).values(broken_on=today, reason="key_retired")
    db.execute(told.execution_options(synchronize_session=False))
    gone = delete(Subscription).where(Subscription.vapid_key == public)
    db.execute(gone.execution_options(synchronize_session=False))
