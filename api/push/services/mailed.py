"""Mail in the place of push, for those who chose it and whose phone shows no sign of life."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from api import clock
from api.mail import Letter
from api.people.models import Person
from api.prompts.models import Prompt, Rhythm
from api.prompts.queries import may_alert, times_of
from api.prompts.services import Opened
from api.push import message, queries
from api.push.models import MailChannel, MailedPrompt
from api.push.parcel import LAST_CALL

MAIL_TRIES_MAX = 3
MAIL_AGAIN = timedelta(minutes=5)


def choose_mail(db: Session, person: Person, on: bool, now: datetime) -> MailChannel | None:
    """Turn the mails on (which is a sign of life) or off; what stands then, None when off."""
    if not on:
        db.execute(delete(MailChannel).where(MailChannel.person_id == person.id))
        return None
    channel = db.get(MailChannel, person.id, with_for_update=True)
    if channel is None:
        channel = MailChannel(person_id=person.id, off_token=secrets.token_urlsafe(32), alive_on=_today(person, now))
        db.add(channel)
        db.flush()
    return channel


def not_mailed(db: Session, off_token: str) -> None:
    """End the mails this token belongs to, and nothing else; nothing happens when they ended before."""
    db.execute(delete(MailChannel).where(MailChannel.off_token == off_token))


def hand_to_mail(
    db: Session, by_person: Mapping[str, Sequence[Opened]], now: datetime, spread: Callable[[Opened], timedelta]
) -> list[Opened]:
    """Those of the opened prompts that go by mail instead. What a person just asked for is a sign of life itself."""
    silent = _silent_people(db, list(by_person), now)
    going = [one for person_id in silent for one in by_person[person_id] if not one.prompt.asked]
    ids = [one.prompt.id for one in going]
    known = set(db.scalars(select(MailedPrompt.prompt_id).where(MailedPrompt.prompt_id.in_(ids))))
    db.add_all(
        MailedPrompt(prompt_id=one.prompt.id, not_before=now + spread(one))
        for one in going
        if one.prompt.id not in known
    )
    db.flush()
    return going


def claim_mails(db: Session, origin: str, now: datetime, limit: int) -> list[tuple[str, Letter]]:
    """Take up to `limit` mails, as (prompt id, letter). Once the caller commits, each counts as sent."""
    rows = db.execute(
        select(MailedPrompt, Prompt, MailChannel, Rhythm, Person)
        .join(Prompt, Prompt.id == MailedPrompt.prompt_id)
        .join(MailChannel, MailChannel.person_id == Prompt.person_id)
        .join(Rhythm, Rhythm.person_id == Prompt.person_id)
        .join(Person, Person.id == Prompt.person_id)
        .where(MailedPrompt.outcome.is_(None), MailedPrompt.not_before <= now, MailedPrompt.tries < MAIL_TRIES_MAX)
        .where(Prompt.state == "open", Prompt.until > now + LAST_CALL, Person.disabled_at.is_(None))
        .order_by(MailedPrompt.not_before)
        .limit(limit)
        .with_for_update(skip_locked=True, of=MailedPrompt)
    ).all()
    for row in rows:
        row.MailedPrompt.outcome = "over"
    loud = [row for row in rows if may_alert(row.Prompt, times_of(row.Rhythm, row.Person.zone), now)]
    for row in loud:
        row.MailedPrompt.outcome, row.MailedPrompt.tries = "sent", row.MailedPrompt.tries + 1
    db.flush()
    _tidy(db, now)
    return [(row.Prompt.id, _letter(row.Person, row.Prompt.id, row.MailChannel.off_token, origin)) for row in loud]


def end_mail(db: Session, prompt_id: str, taken: bool, now: datetime) -> None:
    """Write down what the mail server said; what it refused is tried again in five minutes, three times at most."""
    if taken:
        return
    again = update(MailedPrompt).where(MailedPrompt.prompt_id == prompt_id, MailedPrompt.tries < MAIL_TRIES_MAX)
    db.execute(again.values(outcome=None, not_before=now + MAIL_AGAIN))


def _silent_people(db: Session, person_ids: list[str], now: datetime) -> list[str]:
    rows = db.execute(
        select(MailChannel, Person).join(Person, Person.id == MailChannel.person_id).where(Person.id.in_(person_ids))
    ).all()
    return [row.Person.id for row in rows if queries.is_silent(row.MailChannel, _today(row.Person, now))]


def _tidy(db: Session, now: datetime) -> None:
    """Close what will not be mailed any more: the prompt is settled or over, or the person wants no mail now."""
    alive = select(Prompt.id).join(MailChannel, MailChannel.person_id == Prompt.person_id)
    good = alive.where(Prompt.id == MailedPrompt.prompt_id, Prompt.state == "open", Prompt.until > now + LAST_CALL)
    over = update(MailedPrompt).where(MailedPrompt.outcome.is_(None), MailedPrompt.not_before <= now)
    shut = or_(~good.exists(), MailedPrompt.tries >= MAIL_TRIES_MAX)
    db.execute(over.where(shut).values(outcome="over").execution_options(synchronize_session=False))


def _letter(person: Person, prompt_id: str, off_token: str, origin: str) -> Letter:
    off = f"{origin}/api/push/email/off/{off_token}"
    headers = (("List-Unsubscribe", f"<{off}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return Letter(person.email, message.TITLE, message.mail_text(prompt_id, off, origin), headers)


def _today(person: Person, now: datetime) -> date:
    return clock.local(now, person.zone).date()
