"""What a resident does with prompts: they answer, put off, decline, or ask for one now."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import clock
from api.library import queries as library
from api.people.models import Person
from api.problems import Problem
from api.prompts import hours, queries, words
from api.prompts.models import LIVE, Prompt, Rhythm
from api.prompts.services.dues import pass_by
from api.prompts.services.planning import locked, replan
from api.prompts.services.rhythms import begin_rhythm

ASKED_OPEN_FOR = timedelta(hours=2)
ASKED_PER_DAY_MAX = 30
SNOOZE = timedelta(hours=1)
# As long before its time as a phone takes a check-in started by hand for the prompt to come.
EARLY = timedelta(hours=12)

Outcome = Literal["answered", "snoozed", "declined"]
Settled = Literal["settled", "already", "late", "unknown"]


def ask_now(db: Session, person: Person, protocol: str | None, now: datetime) -> Prompt:
    """A prompt due at once, also in quiet hours, because the resident asked. An earlier one they asked for passes.

    When they asked is nobody's business for long, so it is deleted a day after it closed.

    Raises Problem invalid when no prompt may ask for that protocol, too_many after 30 in a day.
    """
    begin_rhythm(db, person, now)
    wanted = protocol or queries.next_protocol(db, person, now) or library.pushed()[0]
    if not library.whole().pushed(wanted):
        raise Problem("invalid", fields={"protocol": ["is not a protocol that a prompt may ask for"]})
    today = clock.local(now, person.zone).date()
    if queries.asked_on(db, person, today) >= ASKED_PER_DAY_MAX:
        raise Problem("too_many", headers={"Retry-After": "3600"})
    pass_by(db, Prompt.person_id == person.id, Prompt.asked.is_(True))
    prompt = Prompt(
        person_id=person.id,
        protocol=wanted,
        local_date=today,
        slot=f"now-{secrets.token_hex(6)}",
        asked=True,
        due_at=now,
        until=now + ASKED_OPEN_FOR,
        state="open",
        alert_at=now,
        topic=secrets.token_urlsafe(24),
        why=words.WHY_ASKED,
    )
    db.add(prompt)
    db.flush()
    return prompt


def settle(
    db: Session, person: Person, prompt_id: str, outcome: Outcome, until: datetime | None, now: datetime
) -> Settled:
    """What the resident did with a prompt; doing it again changes nothing, and an answer outweighs everything.

    Answering one that is only planned is an early check-in: it will not be sent. `until` is when a snoozed prompt comes
    back (an hour from now when None); it never reaches the end of the window. "late" means answered after the window,
    which is fine; "unknown" means there is no such prompt of this person, and nothing was stored.
    """
    # The rhythm is locked before the prompt, as everywhere, so that a dispatcher and a phone never wait in a ring.
    rhythm = db.get(Rhythm, person.id, with_for_update=True)
    prompt = db.get(Prompt, prompt_id, with_for_update=True)
    if rhythm is None or prompt is None or prompt.person_id != person.id:
        return "unknown"
    closed = queries.state_at(prompt, now) == "passed"
    if outcome == "answered":
        return _answer(db, rhythm, prompt, closed, now)
    if prompt.state not in LIVE or closed:
        return "already"
    if outcome == "declined":
        prompt.state, prompt.alert_at = "declined", None
        _heard(db, rhythm, now)
        return "settled"
    return _snooze(prompt, until or now + SNOOZE, now)


def _answer(db: Session, rhythm: Rhythm, prompt: Prompt, closed: bool, now: datetime) -> Settled:
    if prompt.state == "answered":
        return "already"
    prompt.state, prompt.alert_at = "answered", None
    if prompt.asked and not closed:
        _satisfy_next(db, prompt, now)
    _heard(db, rhythm, now)
    return "late" if closed else "settled"


def _satisfy_next(db: Session, asked: Prompt, now: datetime) -> None:
    """Whoever asked for a check-in and answered it is not asked for the same one again hours later."""
    coming = db.scalar(
        select(Prompt)
        .where(
            Prompt.person_id == asked.person_id,
            Prompt.protocol == asked.protocol,
            Prompt.asked.is_(False),
            Prompt.is_live(),
            Prompt.due_at <= now + EARLY,
            Prompt.until > now,
        )
        .order_by(Prompt.due_at)
        .limit(1)
        .with_for_update()
    )
    if coming:
        coming.state, coming.alert_at = "answered", None


def _heard(db: Session, rhythm: Rhythm, now: datetime) -> None:
    """A word from the resident ends the run of misses, and what was eased comes back."""
    before, rhythm.misses = queries.eased_by(rhythm.misses), 0
    db.flush()
    if before != "usual":
        replan(db, locked(db, [rhythm.person_id]), now)


def _snooze(prompt: Prompt, again: datetime, now: datetime) -> Settled:
    again = min(again, prompt.until - hours.SHORTEST)
    if again <= now:
        # Nothing is left to wait for: it stays open until it passes, without another alert.
        return "already"
    prompt.state, prompt.alert_at = "snoozed", again
    return "settled"
