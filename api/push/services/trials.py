"""A push to one's own phone, to see whether it arrives."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api import clock
from api.db import new_id
from api.people.models import Device, Person
from api.people.services import count_try, keyed_hash, too_many
from api.problems import Problem
from api.push import queries
from api.push.models import Subscription, Trial
from api.push.outcome import Outcome
from api.push.parcel import TRIAL_TOPIC, Parcel
from api.push.services import breaker
from api.push.services.dispatch import drop

OPEN_FOR = timedelta(minutes=2)
KEPT_FOR = timedelta(hours=1)
TRIALS_MAX = 6  # in fifteen minutes
REASONS = {"gone": "gone", "wait": "busy", "refused": "refused", "unknown": "unanswered"}


def ask_trial(db: Session, secret: bytes, person: Person, device_id: str, now: datetime) -> Trial | Problem:
    """Ask for a push to this device; a worker sends it within a second or two. It takes the place of the last one.

    Raises Problem device_unknown, device_revoked or not_subscribed; too_many is returned: the tries stay counted.
    """
    device = db.get(Device, device_id, with_for_update=True)
    if device is None or device.person_id != person.id:
        raise Problem("device_unknown")
    if device.revoked_at is not None:
        raise Problem("device_revoked")
    if queries.subscription_of(db, person, device_id) is None:
        raise Problem("not_subscribed")
    if (wait := count_try(db, keyed_hash(secret, "push-test", device_id), TRIALS_MAX, now)) is not None:
        return too_many(wait)
    db.execute(delete(Trial).where(Trial.device_id == device_id))
    trial = Trial(device_id=device_id, id=new_id(), asked_at=now, state="waiting")
    db.add(trial)
    db.flush()
    return trial


def claim_trials(db: Session, now: datetime, limit: int) -> list[Parcel]:
    """Take up the trials nobody took yet. A trial is sent once: who sees nothing asks again."""
    late = update(Trial).where(Trial.state == "waiting", Trial.asked_at <= now - OPEN_FOR)
    db.execute(late.values(state="failed", reason="late").execution_options(synchronize_session=False))
    rows = db.execute(
        select(Trial, Subscription, Person.zone)
        .join(Subscription, Subscription.device_id == Trial.device_id)
        .join(Device, Device.id == Trial.device_id)
        .join(Person, Person.id == Subscription.person_id)
        .where(Trial.state == "waiting", Trial.taken.is_(False))
        .where(Device.revoked_at.is_(None), Person.disabled_at.is_(None))
        .order_by(Trial.asked_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Trial)
    ).all()
    for row in rows:
        row.Trial.taken = True
    db.flush()
    return [_parcel(row.Trial, row.Subscription, row.zone, now) for row in rows]


def record_trial(db: Session, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """Write down what the push service said to a trial; a phone that showed it already is the better witness."""
    told = update(Trial).where(Trial.id == parcel.attempt_id, Trial.state == "waiting")
    if outcome.kind == "accepted":
        breaker.close(db, [parcel], now)
        db.execute(told.values(state="sent"))
        return
    db.execute(told.values(state="failed", reason=REASONS.get(outcome.kind, "blocked")))
    if outcome.kind == "gone":
        drop(db, parcel)


def confirm_trial(db: Session, person: Person, device_id: str, trial_id: str) -> None:
    """The phone showed it; nothing happens for another's device or an older trial."""
    own = select(Device.id).where(Device.id == device_id, Device.person_id == person.id)
    shown = update(Trial).where(Trial.id == trial_id, Trial.device_id.in_(own)).values(state="shown", reason=None)
    db.execute(shown.execution_options(synchronize_session=False))


def purge_trials(db: Session, now: datetime) -> int:
    """Delete trials an hour after they were asked for; how many."""
    over = delete(Trial).where(Trial.asked_at < now - KEPT_FOR)
    return db.execute(over).rowcount  # type: ignore[attr-defined,no-any-return]


def _parcel(trial: Trial, found: Subscription, zone: str, now: datetime) -> Parcel:
    where = found.device_id, found.endpoint, found.origin, found.p256dh, found.auth
    until, day = trial.asked_at + OPEN_FOR, clock.local(now, zone).date()
    return Parcel(trial.id, trial.id, *where, TRIAL_TOPIC, until, found.vapid_key, day, trial=True)
