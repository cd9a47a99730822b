"""A prompt on its way: handed on, claimed under a lease, recorded, tidied away."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from api import clock
from api.people.models import Device, Person
from api.prompts.models import Prompt, Rhythm
from api.prompts.queries import may_alert, times_of
from api.prompts.services import Opened
from api.push.models import Attempt, Health, Pause, Subscription
from api.push.outcome import Outcome
from api.push.parcel import LAST_CALL, Parcel
from api.push.services import breaker
from api.push.services.mailed import hand_to_mail

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
SENDS_MAX = 3
LATE_AFTER = timedelta(minutes=10)
SPREAD_S = 15 * 60


def hand_on(db: Session, opened: Iterable[Opened], now: datetime) -> int:
    """Put opened prompts on their way to every device of their people; how many sends that will be.

    A prompt takes one road: those of people who chose mail and show no sign of life go by mail instead. What fell due
    while no worker ran is spread over fifteen minutes, the same minute for the same prompt every time.
    """
    by_person: dict[str, list[Opened]] = {}
    for one in opened:
        by_person.setdefault(one.prompt.person_id, []).append(one)
    for one in hand_to_mail(db, by_person, now, _spread):
        by_person[one.prompt.person_id].remove(one)
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

    Push services in `busy` and paused ones are left alone; one whose pause is over gets a single send at first. Of
    several workers each send goes to one. What waited until quiet hours or a pause began is not sent any more.
    """
    rows = db.execute(
        select(Attempt.id, Prompt, Subscription, Rhythm, Person.zone, Pause)
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
    loud = [row for row in rows if may_alert(row.Prompt, times_of(row.Rhythm, row.zone), now)]
    if len(loud) < len(rows):
        kept = {row.id for row in loud}
        _decide(db, [row.id for row in rows if row.id not in kept], "over")
    probes = _one_for_each_half_open(db, loud, now)
    wanted = [row for row in loud if probes.get(row.Subscription.origin, row.id) == row.id]
    taken = _lease(db, [row.id for row in wanted], now)
    return [_parcel(row, now, row.Subscription.origin in probes) for row in wanted if row.id in taken]


def record(db: Session, ended: Sequence[tuple[Parcel, Outcome]], now: datetime) -> None:
    """Write down how sends ended. The first decision about a send stays: a slower worker's word changes nothing."""
    accepted = [parcel for parcel, outcome in ended if outcome.kind == "accepted"]
    if accepted:
        _decide(db, [parcel.attempt_id for parcel in accepted], "accepted")
        breaker.close(db, accepted, now)
        _note_accepted(db, accepted)
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


def note_broken(db: Session, device_id: str, day: date | None, reason: str) -> None:
    """Since when and why this device is not reached, for its person to read; the first day stays."""
    well = update(Health).where(Health.device_id == device_id, Health.reason.is_(None))
    if day is not None:
        db.execute(well.values(broken_on=day, reason=reason).execution_options(synchronize_session=False))


def _note_accepted(db: Session, accepted: Collection[Parcel]) -> None:
    """One write a device and day: the day is all that anybody may read, and it has not changed since the first."""
    for day in sorted({parcel.day for parcel in accepted if parcel.day}):
        devices = sorted({parcel.device_id for parcel in accepted if parcel.day == day})
        news = or_(Health.accepted_on.is_(None), Health.accepted_on != day, Health.reason.is_not(None))
        told = update(Health).where(Health.device_id.in_(devices), news)
        values = told.values(accepted_on=day, broken_on=None, reason=None)
        db.execute(values.execution_options(synchronize_session=False))


def _record_trouble(db: Session, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    attempt = db.get(Attempt, parcel.attempt_id, with_for_update=True)
    if attempt is None or attempt.outcome is not None:
        return
    match outcome.kind:
        case "gone":
            attempt.outcome = "gone"
            drop(db, parcel)
        case "wait":
            _come_back(attempt, now + (outcome.wait or LEASE))
            breaker.wait(db, parcel.origin, attempt.lease_until)
        case "refused":
            _come_back(attempt, now + breaker.REFUSED_PAUSE)
            breaker.refuse(db, parcel.origin, attempt.lease_until, outcome.status)
        case "unknown":
            attempt.lease_until = now + LEASE * attempt.sends
            breaker.miss(db, parcel, now)
            if attempt.sends >= SENDS_MAX:
                note_broken(db, parcel.device_id, parcel.day, "unanswered")
        case _:
            attempt.outcome = outcome.kind
            log.error(f"push_{outcome.kind}", origin=parcel.origin)
    db.flush()


def drop(db: Session, parcel: Parcel) -> None:
    """Forget a subscription its push service forgot. The phone may have brought a new one by now; that one lives."""
    dead = (Subscription.device_id == parcel.device_id, Subscription.endpoint == parcel.endpoint)
    if db.execute(delete(Subscription).where(*dead)).rowcount:  # type: ignore[attr-defined]
        note_broken(db, parcel.device_id, parcel.day, "gone")


def _spread(one: Opened) -> timedelta:
    """How long a late prompt waits for its turn; nothing for one that is on time or was asked for."""
    if one.prompt.asked or one.late_by < LATE_AFTER:
        return timedelta(0)
    drawn = int.from_bytes(hashlib.sha256(one.prompt.topic.encode()).digest()[:4], "big") % SPREAD_S
    left = one.prompt.until - one.prompt.due_at - one.late_by - 2 * LAST_CALL
    return max(timedelta(0), min(timedelta(seconds=drawn), left))


def _one_for_each_half_open(db: Session, rows: Sequence[Any], now: datetime) -> dict[str, str]:
    """The one attempt that may try each half-open push service, by origin; "" when another worker has that try."""
    probes: dict[str, str] = {}
    for row in rows:
        origin = row.Subscription.origin
        if origin not in probes and breaker.is_half_open(row.Pause):
            probes[origin] = row.id if breaker.take_probe(db, origin, now, now + LEASE) else ""
    return probes


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


def _parcel(row: Any, now: datetime, probes: bool) -> Parcel:
    prompt, found = row.Prompt, row.Subscription
    where = found.device_id, found.endpoint, found.origin, found.p256dh, found.auth
    day, probe_until = clock.local(now, row.zone).date(), now + LEASE if probes else None
    return Parcel(row.id, prompt.id, *where, prompt.topic, prompt.until, found.vapid_key, day, probe_until)


def _come_back(attempt: Attempt, at: datetime) -> None:
    """Wait until then. The service took nothing in, so this send does not count among the three."""
    attempt.sends -= 1
    attempt.lease_until = at
