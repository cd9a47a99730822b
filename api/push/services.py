"""The life of a push: a device subscribes; a prompt is handed on, claimed, sent by somebody else, and recorded.

A claim is committed before the send, and the send stands outside every transaction. So a crash at any point loses no
open prompt: its lease runs out, and it is sent again under the same Topic, which a phone shows in the same place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import clock
from api.addresses import origin_of
from api.people.models import Device, Person
from api.problems import Problem
from api.prompts.models import Prompt, Rhythm
from api.prompts.planner import instant
from api.prompts.queries import may_alert, times_of
from api.prompts.services import Opened, begin_rhythm
from api.push import queries
from api.push.endpoints import endpoint_trouble, key_troubles
from api.push.models import Attempt, Pause, Subscription
from api.push.outcome import Outcome
from api.push.parcel import LAST_CALL, Parcel

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
SENDS_MAX = 3
REFUSED_PAUSE = timedelta(minutes=15)
LATE_AFTER = timedelta(minutes=10)
SPREAD_S = 15 * 60


def subscribe(
    db: Session,
    person: Person,
    device_id: str,
    endpoint: str,
    keys: dict[str, str],
    test_origin: str | None,
    now: datetime,
) -> Subscription:
    """Remember where this device can be reached, in the place of what was known before.

    A phone calls this whenever somebody looks at it. Only the day is kept, and a second call of a day writes nothing:
    when a person was last here is check-in data, and nobody needs it.

    Raises Problem bad_subscription (422), device_unknown, device_revoked, or endpoint_taken (409): an endpoint that
    another account uses is never taken over.
    """
    _refuse_unusable(endpoint, keys, test_origin)
    _lock_device(db, person, device_id)
    begin_rhythm(db, person, now)
    hashed = hashlib.sha256(endpoint.encode()).hexdigest()
    holder = queries.holder_of(db, hashed)
    if holder and holder.person_id != person.id:
        raise Problem("endpoint_taken")
    known = {
        "person_id": person.id,
        "endpoint": endpoint,
        "p256dh": keys["p256dh"].rstrip("="),
        "auth": keys["auth"].rstrip("="),
        "confirmed_at": instant(clock.local(now, person.zone).date(), time(0), person.zone),
    }
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
    return subscription


def unsubscribe(db: Session, person: Person, device_id: str) -> None:
    """Forget where the person's own device can be reached; nothing happens when it was not known."""
    db.execute(delete(Subscription).where(Subscription.device_id == device_id, Subscription.person_id == person.id))


def hand_on(db: Session, opened: Iterable[Opened], now: datetime) -> int:
    """Put opened prompts on their way to every device of their people; how many sends that will be.

    What fell due while no worker ran is spread over fifteen minutes, the same minute for the same prompt every time.
    """
    by_person: dict[str, list[Opened]] = {}
    for one in opened:
        by_person.setdefault(one.prompt.person_id, []).append(one)
    reachable = db.execute(
        select(Subscription.device_id, Subscription.person_id).where(Subscription.person_id.in_(list(by_person)))
    ).all()
    attempts = [
        Attempt(prompt_id=one.prompt.id, device_id=device_id, lease_until=now + _spread(one))
        for device_id, person_id in reachable
        for one in by_person[person_id]
    ]
    db.add_all(attempts)
    db.flush()
    return len(attempts)


def claim(db: Session, now: datetime, limit: int, busy: Collection[str] = ()) -> list[Parcel]:
    """Take up to `limit` sends, each under a lease of 60 seconds; the caller commits, and only then sends.

    Push services in `busy` and paused ones are left alone. Of several workers each send goes to one. What waited until
    quiet hours or a pause began is not sent any more.
    """
    rows = db.execute(
        select(Attempt.id, Prompt, Subscription, Rhythm, Person.zone)
        .join(Prompt, Prompt.id == Attempt.prompt_id)
        .join(Subscription, Subscription.device_id == Attempt.device_id)
        .join(Device, Device.id == Attempt.device_id)
        .join(Person, Person.id == Subscription.person_id)
        .join(Rhythm, Rhythm.person_id == Prompt.person_id)
        .outerjoin(Pause, Pause.origin == Subscription.origin)
        .where(Attempt.outcome.is_(None), Attempt.lease_until <= now, Attempt.sends < SENDS_MAX)
        .where(Prompt.state == "open", Prompt.until > now + LAST_CALL, Prompt.person_id == Subscription.person_id)
        .where(Device.revoked_at.is_(None), Person.disabled_at.is_(None))
        .where(or_(Pause.until.is_(None), Pause.until <= now), Subscription.origin.not_in(list(busy)))
        .order_by(Attempt.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Attempt)
    ).all()
    loud = {row.id for row in rows if may_alert(row.Prompt, times_of(row.Rhythm, row.zone), now)}
    if hushed := [row.id for row in rows if row.id not in loud]:
        _decide(db, hushed, "over")
    taken = _lease(db, list(loud), now)
    return [_parcel(row.id, row.Prompt, row.Subscription) for row in rows if row.id in taken]


def record(db: Session, ended: Sequence[tuple[Parcel, Outcome]], now: datetime) -> None:
    """Write down how sends ended. The first decision about a send stays: a slower worker's word changes nothing."""
    accepted = [parcel for parcel, outcome in ended if outcome.kind == "accepted"]
    if accepted:
        _decide(db, [parcel.attempt_id for parcel in accepted], "accepted")
        # A pause that still runs was asked for after these were on their way, so it stays.
        db.execute(delete(Pause).where(Pause.origin.in_({parcel.origin for parcel in accepted}), Pause.until <= now))
    # By origin, so that two workers that pause the same services never wait for each other in a ring.
    for parcel, outcome in sorted(ended, key=lambda one: one[0].origin):
        if outcome.kind != "accepted":
            _record_trouble(db, parcel, outcome, now)


def tidy(db: Session, now: datetime) -> int:
    """Close what will not be sent any more: the prompt is settled or over, or three sends brought no answer."""
    waiting = (Attempt.outcome.is_(None), Attempt.lease_until <= now)
    shut = select(Prompt.id).where(
        Prompt.id == Attempt.prompt_id, or_(Prompt.state != "open", Prompt.until <= now + LAST_CALL)
    )
    closed = 0
    for which, outcome in ((Attempt.sends >= SENDS_MAX, "unknown"), (shut.exists(), "over")):
        told = update(Attempt).where(*waiting, which).values(outcome=outcome)
        closed += db.execute(told.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    return closed


def _record_trouble(db: Session, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    attempt = db.get(Attempt, parcel.attempt_id, with_for_update=True)
    if attempt is None or attempt.outcome is not None:
        return
    match outcome.kind:
        case "gone":
            attempt.outcome = "gone"
            # The phone may have brought a new endpoint in the meantime, and that one lives.
            dead = (Subscription.device_id == parcel.device_id, Subscription.endpoint == parcel.endpoint)
            db.execute(delete(Subscription).where(*dead))
        case "wait":
            _come_back(attempt, now + (outcome.wait or LEASE))
            _pause(db, parcel.origin, attempt.lease_until, "busy")
        case "refused":
            _come_back(attempt, now + REFUSED_PAUSE)
            if _pause(db, parcel.origin, attempt.lease_until, "refused") != "refused":
                log.error("push_refused", origin=parcel.origin, status=outcome.status)
        case "unknown":
            attempt.lease_until = now + LEASE * attempt.sends
        case _:
            attempt.outcome = outcome.kind
            log.error(f"push_{outcome.kind}", origin=parcel.origin)
    db.flush()


def _refuse_unusable(endpoint: str, keys: dict[str, str], test_origin: str | None) -> None:
    wrong: dict[str, object] = {}
    if trouble := endpoint_trouble(endpoint, test_origin):
        wrong["endpoint"] = [trouble]
    if troubles := key_troubles(keys["p256dh"], keys["auth"]):
        wrong["keys"] = troubles
    if wrong:
        raise Problem("bad_subscription", fields=wrong)


def _lock_device(db: Session, person: Person, device_id: str) -> None:
    """Hold the device's row, so that two tabs that subscribe at once take turns."""
    device = db.get(Device, device_id, with_for_update=True)
    if device is None or device.person_id != person.id:
        raise Problem("device_unknown")
    if device.revoked_at is not None:
        raise Problem("device_revoked")


def _spread(one: Opened) -> timedelta:
    """How long a late prompt waits for its turn; nothing for one that is on time or was asked for."""
    if one.prompt.asked or one.late_by < LATE_AFTER:
        return timedelta(0)
    drawn = int.from_bytes(hashlib.sha256(one.prompt.topic.encode()).digest()[:4], "big") % SPREAD_S
    left = one.prompt.until - one.prompt.due_at - one.late_by - 2 * LAST_CALL
    return max(timedelta(0), min(timedelta(seconds=drawn), left))


def _lease(db: Session, attempt_ids: list[str], now: datetime) -> set[str]:
    """Lease these attempts, and tell which of them nobody else had taken since they were read."""
    leased = (
        update(Attempt)
        .where(Attempt.id.in_(attempt_ids), Attempt.lease_until <= now, Attempt.outcome.is_(None))
        .values(sends=Attempt.sends + 1, lease_until=now + LEASE)
        .returning(Attempt.id)
        .execution_options(synchronize_session=False)
    )
    return set(db.scalars(leased)) if attempt_ids else set()


def _decide(db: Session, attempt_ids: list[str], outcome: str) -> None:
    decided = update(Attempt).where(Attempt.id.in_(attempt_ids), Attempt.outcome.is_(None)).values(outcome=outcome)
    db.execute(decided.execution_options(synchronize_session=False))


def _parcel(attempt_id: str, prompt: Prompt, found: Subscription) -> Parcel:
    where = found.device_id, found.endpoint, found.origin, found.p256dh, found.auth
    return Parcel(attempt_id, prompt.id, *where, prompt.topic, prompt.until)


def _come_back(attempt: Attempt, at: datetime) -> None:
    """Wait until then. The service took nothing in, so this send does not count among the three."""
    attempt.sends -= 1
    attempt.lease_until = at


def _pause(db: Session, origin: str, until: datetime, reason: str) -> str | None:
    """Send nothing to this push service until then; why it was paused before, None when it was not."""
    pause = db.get(Pause, origin, with_for_update=True)
    before = pause.reason if pause else None
    if pause is None:
        try:
            with db.begin_nested():
                db.add(Pause(origin=origin, until=until, reason=reason))
            return None
        except IntegrityError:
            pause = db.get_one(Pause, origin, with_for_update=True)
            before = pause.reason
    pause.until, pause.reason = max(pause.until, until), reason
    return before
