"""Changing people: sign-in, devices, journal keys, invitations."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import clock
from api.db import can_lock_rows
from api.mail import Letter
from api.people import erasures, handover, queries
from api.people.erasures import Ledger
from api.people.models import Group, Identity, Membership, Person, SignIn, SignInCode, Try, Wrap
from api.people.term import block_weeks
from api.problems import Problem

RECOVERY = "recovery"
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES_MAX = 5
WINDOW = timedelta(minutes=15)
# A whole hospital may stand behind one address, so the limit per address is far above the one per account.
CODES_PER_ACCOUNT, CODES_PER_ADDRESS = 5, 120
TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS = 15, 300


def keyed_hash(secret: bytes, *parts: str) -> str:
    """What the database keeps of a code, an account or an address that must be compared but never read."""
    return hmac.digest(secret, "\0".join(parts).encode("utf-8", "replace"), "sha256").hex()


def count_try(db: Session, key: str, most: int, now: datetime) -> int | None:
    """Count one attempt. None while fewer than `most` stand in the window, else the seconds to wait."""
    db.execute(delete(Try).where(Try.at <= now - 4 * WINDOW))
    taken = queries.tries_since(db, key, now - WINDOW)
    if taken >= most:
        oldest = db.scalar(select(Try.at).where(Try.key == key, Try.at > now - WINDOW).order_by(Try.at).limit(1))
        return ceil(((oldest or now) + WINDOW - now).total_seconds())
    db.add(Try(key=key, at=now))
    db.flush()
    return None


def too_many(wait_s: int) -> Problem:
    return Problem("too_many", f"Please wait {ceil(wait_s / 60)} minutes.", headers={"Retry-After": str(wait_s)})


def ask_code(db: Session, secret: bytes, email: str, address: str, now: datetime) -> Letter | Problem | None:
    """A letter with a new six-digit code, which ends the older ones; None when nobody has this address.

    The caller answers the same in both cases. A Problem is returned, not raised, so that the try stays counted.
    """
    for key, most in (
        (keyed_hash(secret, "code-address", address), CODES_PER_ADDRESS),
        (keyed_hash(secret, "code-account", email.strip().lower()), CODES_PER_ACCOUNT),
    ):
        if (wait := count_try(db, key, most, now)) is not None:
            return too_many(wait)
    person = queries.by_email(db, email)
    if person is None or person.disabled_at is not None:
        return None
    code = f"{secrets.randbelow(1_000_000):06d}"
    db.execute(delete(SignInCode).where(SignInCode.person_id == person.id))
    db.add(SignInCode(person_id=person.id, code_hash=keyed_hash(secret, person.id, code), expires_at=now + CODE_LIFE))
    text = f"Your code is {code}\n\nIt works once, for ten minutes. Type it where you asked for it."
    return Letter(person.email, "Your Handrail code", text)


@dataclass(frozen=True)
class Knock:
    """Somebody at the door: what they typed, where from, and the hash of the session token they would get."""

    email: str
    code: str
    address: str
    device_name: str
    token_hash: str


def sign_in(db: Session, secret: bytes, knock: Knock, life: timedelta, now: datetime) -> Person | Problem:
    """Open a session for a right code. A Problem is returned, not raised, so that the wrong try stays counted."""
    for key, most in (
        (keyed_hash(secret, "try-address", knock.address), TRIES_PER_ADDRESS),
        (keyed_hash(secret, "try-account", knock.email.strip().lower()), TRIES_PER_ACCOUNT),
    ):
        if (wait := count_try(db, key, most, now)) is not None:
            return too_many(wait)
    person = queries.by_email(db, knock.email)
    if person is None or person.disabled_at is not None or not _use_code(db, secret, person, knock.code, now):
        return Problem("code_wrong", "The code is wrong, used or older than ten minutes.")
    opened = SignIn(token_hash=knock.token_hash, person_id=person.id, device_name=knock.device_name)
    # A whole day: the minute at which somebody signed in is nobody's business later.
    opened.expires_at = (now + life).replace(hour=0, minute=0, second=0, microsecond=0)
    db.add(opened)
    return person


def _use_code(db: Session, secret: bytes, person: Person, code: str, now: datetime) -> bool:
    wanted = select(SignInCode).where(SignInCode.person_id == person.id)
    kept = db.scalar(wanted.with_for_update() if can_lock_rows(db) else wanted)
    if kept is None or kept.expires_at <= now or kept.tries >= CODE_TRIES_MAX:
        return False
    kept.tries += 1
    if not hmac.compare_digest(kept.code_hash, keyed_hash(secret, person.id, code)):
        return False
    # Deleting it is what makes the code single-use when two requests bring it at once, and leaves no time behind.
    used = delete(SignInCode).where(SignInCode.id == kept.id)
    return db.execute(used.execution_options(synchronize_session=False)).rowcount == 1  # type: ignore[attr-defined,no-any-return]


def sign_out(db: Session, token_hash: str) -> None:
    """End a session; ending it twice is fine."""
    db.execute(delete(SignIn).where(SignIn.token_hash == token_hash))


def purge(db: Session, now: datetime) -> int:
    """Delete sessions and codes whose time is over; how many that were."""
    gone = db.execute(delete(SignIn).where(SignIn.expires_at <= now)).rowcount  # type: ignore[attr-defined]
    gone += db.execute(delete(SignInCode).where(SignInCode.expires_at <= now)).rowcount  # type: ignore[attr-defined]
    return int(gone) + handover.purge(db, now)


def disable(db: Session, email: str, now: datetime) -> None:
    """End a person's access: every session ends now and no code opens the door. Raises not_found."""
    person = queries.by_email(db, email)
    if person is None:
        raise Problem("not_found", "Nobody has that address.")
    person.disabled_at = now
    db.execute(delete(SignIn).where(SignIn.person_id == person.id))
    db.execute(delete(SignInCode).where(SignInCode.person_id == person.id))


def refuse_another(person: Person, owner: str | None) -> None:
    """Refuse what a phone says is another person's: its session changed hands. Raises other_person."""
    if owner not in (None, person.id):
        raise Problem("other_person")


def erase_own(db: Session, secret: bytes, ledger: Ledger, person: Person, code: str, now: datetime) -> Letter | Problem:
    """Erase the person who asks, for a right code from their mail; the letter that tells them so.

    The code is asked for because a session alone may be a lost phone's. A Problem is returned, not raised, so that the
    wrong try stays counted.
    """
    if (wait := count_try(db, keyed_hash(secret, "try-account", person.email), TRIES_PER_ACCOUNT, now)) is not None:
        return too_many(wait)
    if not _use_code(db, secret, person, code, now):
        return Problem("code_wrong", "The code is wrong, used or older than ten minutes.")
    return erase(db, secret, ledger, person, now)


def erase(db: Session, secret: bytes, ledger: Ledger, person: Person, now: datetime) -> Letter:
    """Erase a person with everything of theirs in every room; the letter that tells them so.

    Group answers that were sent carry no name, so nobody can find them again: they stay counted.
    """
    tries = [keyed_hash(secret, kind, person.email) for kind in ("code-account", "try-account")]
    text = (
        "Your Handrail account and everything kept under your name are erased from the server.\n"
        "Group answers you sent carry no name, so they cannot be found again and stay counted.\n"
        "A phone that was not online now erases what it holds when it next meets the server."
    )
    letter = Letter(person.email, "Your Handrail account is erased", text)
    erasures.erase(db, ledger, person, tries, clock.local(now, person.zone).date())
    return letter


def erase_by_email(db: Session, secret: bytes, ledger: Ledger, email: str, now: datetime) -> Letter:
    """What `erase` does, for somebody whose address is known, whatever their role. Raises not_found."""
    person = queries.by_email(db, email)
    if person is None:
        raise Problem("not_found", "Nobody has that address.")
    return erase(db, secret, ledger, person, now)


def replay_erasures(db: Session, ledger: Ledger) -> int:
    """After an older copy was put back: erase again whoever it brought back; how many people that were."""
    return erasures.replay(db, ledger)


def set_identity(db: Session, person: Person, public_key: str, replaces: str | None) -> str:
    """Set the public journal key by compare-and-set on the old one.

    Raises identity_exists, with the key that stands, when `replaces` is not what the server has.
    """
    known = queries.identity_of(db, person)
    if known == public_key:
        return public_key
    if known != replaces:
        raise Problem("identity_exists", public_key=known)
    if known is None:
        try:
            with db.begin_nested():
                db.add(Identity(person_id=person.id, public_key=public_key))
        except IntegrityError:
            raise Problem("identity_exists", public_key=queries.identity_of(db, person)) from None
    else:
        changed = update(Identity).where(Identity.person_id == person.id, Identity.public_key == known)
        if db.execute(changed.values(public_key=public_key)).rowcount != 1:  # type: ignore[attr-defined]
            raise Problem("identity_exists", public_key=queries.identity_of(db, person))
        # A wrap of the old key opens nothing any more.
        db.execute(delete(Wrap).where(Wrap.person_id == person.id))
    return public_key


def keep_wrap(db: Session, person: Person, kind: str, body: str, credential_id: str | None = None) -> Wrap:
    """Keep the wrapped journal key of this kind, in place of an older one.

    Raises words_first for a passkey's while there are no words: a passkey alone can be lost with its provider.
    """
    if kind != RECOVERY and not any(known.kind == RECOVERY for known in queries.wraps_of(db, person)):
        raise Problem("words_first")
    drop_wrap(db, person, kind)
    wrap = Wrap(person_id=person.id, kind=kind, body=body, credential_id=credential_id)
    db.add(wrap)
    db.flush()
    return wrap


def drop_wrap(db: Session, person: Person, kind: str) -> None:
    """Forget a wrap; it is fine when there is none."""
    db.execute(delete(Wrap).where(Wrap.person_id == person.id, Wrap.kind == kind))


def add_group(db: Session, name: str, zone: str, term_start: Any, people_expected: int) -> Group:
    """A new group. Its block length is fixed now, by the number of people expected (R2)."""
    weeks = block_weeks(people_expected)
    group = Group(name=name, zone=zone, term_start=term_start, block_weeks=weeks)
    try:
        with db.begin_nested():
            db.add(group)
    except IntegrityError:
        raise Problem("invalid", fields={"name": ["There is a group of that name already."]}) from None
    return group


def invite(db: Session, sent: dict[str, Any], now: datetime) -> tuple[Person, Group | None]:
    """A new person, in a group unless they coordinate. Raises person_exists, or invalid for an unknown group."""
    group = db.get(Group, str(sent["group_id"])) if sent.get("group_id") else None
    if group is None and sent["role"] != "coordinator":
        raise Problem("invalid", fields={"group_id": ["Pick a group that exists."]})
    zone = sent.get("zone") or (group.zone if group else "UTC")
    person = Person(email=sent["email"].strip().lower(), name=sent["name"], role=sent["role"], zone=zone, joined_at=now)
    try:
        with db.begin_nested():
            db.add(person)
    except IntegrityError:
        raise Problem("person_exists", fields={"email": ["Someone with that address is already here."]}) from None
    if group is not None and sent["role"] != "coordinator":
        db.add(Membership(person_id=person.id, group_id=group.id, kind=sent["role"]))
        db.flush()
    return person, group


def invitation(person: Person, origin: str) -> Letter:
    """The letter that tells somebody where to sign in. It holds no secret: the code comes when they ask for it."""
    text = (
        f"Hello {person.name},\n\nyou have a place in Handrail: short check-ins that stay yours.\n"
        f"Open {origin} on the phone you carry, and sign in with this address ({person.email}).\n"
        "You will be sent a code to type."
    )
    return Letter(person.email, "Your place in Handrail", text)
