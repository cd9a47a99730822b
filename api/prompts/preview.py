"""What the next two weeks bring, and what the last five brought, for the resident alone.

The days are worked out by the planner itself from what it would read now, so they are what will happen if nothing
changes.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.people.models import Person
from api.prompts import planner, queries, words
from api.prompts.hours import DAY, NIGHTS_QUIET, instant, local_date
from api.prompts.models import Prompt, Rhythm
from api.prompts.planner import Planned

DAYS = 14
LOG_MAX = 400


def two_weeks(db: Session, rhythm: Rhythm, zone: str, now: datetime) -> dict[str, Any]:
    """Fourteen local days from today on, in the wire's shape: each its prompt, or the reason why none comes."""
    today = local_date(now, zone)
    end = instant(today + DAYS * DAY, time(0), zone)
    (scene,) = queries.scenes(db, [(rhythm, zone)], now, end, anew=True)
    ahead = planner.look_ahead(scene, today, today + (DAYS - 1) * DAY, now, end)
    there = _there(db, rhythm, today, now)
    begins, ends = NIGHTS_QUIET
    return {
        "zone": zone,
        "eased": scene.eased,
        "nights_quiet_from": f"{begins:%H:%M}",
        "nights_quiet_to": f"{ends:%H:%M}",
        "days": [there.get(day.day) or _day(day) for day in ahead],
    }


def log(db: Session, person: Person, now: datetime) -> list[dict[str, Any]]:
    """The resident's own prompts of the last 35 days up to now, held-back ones included, newest first."""
    rows = db.scalars(
        select(Prompt)
        .where(Prompt.person_id == person.id, Prompt.due_at <= now)
        .order_by(Prompt.due_at.desc(), Prompt.id)
        .limit(LOG_MAX)
    )
    return [
        {
            "date": prompt.local_date,
            "at": prompt.due_at,
            "protocol": prompt.protocol,
            "state": queries.state_at(prompt, now),
            "chance": prompt.chance,
        }
        for prompt in rows
    ]


def _there(db: Session, rhythm: Rhythm, today: date, now: datetime) -> dict[date, dict[str, Any]]:
    """The days whose prompt is there for good: it fell due, or was settled early."""
    rows = db.scalars(
        select(Prompt).where(Prompt.person_id == rhythm.person_id, Prompt.asked.is_(False), Prompt.local_date >= today)
    )
    fixed = [prompt for prompt in rows if prompt.due_at <= now or prompt.state not in ("planned", "held_back")]
    return {prompt.local_date: _fixed(prompt, now) for prompt in fixed}


def _fixed(prompt: Prompt, now: datetime) -> dict[str, Any]:
    state = queries.state_at(prompt, now)
    if state in ("planned", "open", "snoozed"):
        shown = {"at": prompt.due_at, "until": prompt.until, "protocol": prompt.protocol, "why": prompt.why}
        return {"date": prompt.local_date, "prompt": shown, "reason": None, "why": prompt.why}
    reason: planner.Reason = "held_back" if state == "held_back" else "done"
    return {"date": prompt.local_date, "prompt": None, "reason": reason, "why": words.WHY_NONE[reason]}


def _day(planned: Planned) -> dict[str, Any]:
    if planned.due and planned.reason is None:
        due, why = planned.due, words.WHY[planned.due.why]
        shown = {"at": due.due_at, "until": due.until, "protocol": due.protocol, "why": why}
        return {"date": planned.day, "prompt": shown, "reason": None, "why": why}
    # The last moments of the last day may lie past the end of it, where a change of clocks moved them.
    reason = planned.reason or "no_slot"
    return {"date": planned.day, "prompt": None, "reason": reason, "why": words.WHY_NONE[reason]}
