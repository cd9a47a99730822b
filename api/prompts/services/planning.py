"""Prompts are made at most 48 hours ahead, and planned anew when what they rest on changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from api.db import new_id
from api.people.models import Person
from api.prompts import planner, queries, words
from api.prompts.models import Prompt, Rhythm
from api.prompts.planner import Due, Scene
from api.prompts.queries import AHEAD
from api.shifts import services as shifts

PLAN_AGAIN_BELOW = timedelta(hours=42)
Planned = Sequence[tuple[Rhythm, str]]


def materialise(db: Session, now: datetime, limit: int = 500) -> int:
    """Make the prompts of the next 48 hours for up to `limit` people who need it; how many people that were.

    Any number of planners may run: a locked rhythm is skipped, and its row says up to when it was planned.
    """
    rows = db.execute(
        select(Rhythm, Person.zone)
        .join(Person, Person.id == Rhythm.person_id)
        .where(Rhythm.planned_through < now + PLAN_AGAIN_BELOW, Person.disabled_at.is_(None))
        .order_by(Rhythm.planned_through)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Rhythm)
    ).all()
    plan_on(db, [(rhythm, zone) for rhythm, zone in rows], now)
    return len(rows)


def replan_changed(db: Session, now: datetime, limit: int = 200) -> int:
    """Plan anew for up to `limit` people whose shifts changed; how many people that were."""
    people = shifts.take_changed(db, limit)
    replan(db, locked(db, people), now)
    return len(people)


def locked(db: Session, person_ids: Iterable[str]) -> Planned:
    """The rhythms of these people with their zones, locked in one order; people without one are left out."""
    rows = db.execute(
        select(Rhythm, Person.zone)
        .join(Person, Person.id == Rhythm.person_id)
        .where(Rhythm.person_id.in_(list(person_ids)))
        .order_by(Rhythm.person_id)
        .with_for_update(of=Rhythm)
    ).all()
    return [(rhythm, zone) for rhythm, zone in rows]


def plan_on(db: Session, rhythms: Planned, now: datetime) -> None:
    """Plan from where each rhythm was planned to, but never further back than a prompt could still be open."""
    before = now + AHEAD
    scenes = queries.scenes(db, rhythms, now, before)
    made: list[dict[str, Any]] = []
    for (rhythm, _zone), scene in zip(rhythms, scenes, strict=True):
        after = max(rhythm.planned_through, now - planner.OPEN_FOR)
        made += [_new(scene, due) for due in planner.plan(scene, after, before) if due.until > now]
    if made:
        db.execute(insert(Prompt), made)
    _planned_through(db, rhythms, before)


def replan(db: Session, rhythms: Planned, now: datetime) -> None:
    """Plan anew what has not fallen due. A prompt whose slot stays keeps its id and topic: a phone may hold it."""
    before, people = now + AHEAD, [rhythm.person_id for rhythm, _ in rhythms]
    ahead = _ahead(db, people, now)
    scenes = queries.scenes(db, rhythms, now, before, anew=True)
    made: list[dict[str, Any]] = []
    for (rhythm, _zone), scene in zip(rhythms, scenes, strict=True):
        after = min(now, max(rhythm.planned_through, now - planner.OPEN_FOR))
        for due in planner.plan(scene, after, before):
            kept = ahead.pop((scene.person_id, due.local_date, due.slot), None)
            if kept:
                _change(kept, due)
            elif due.until > now:
                made.append(_new(scene, due))
    db.execute(delete(Prompt).where(Prompt.id.in_([prompt.id for prompt in ahead.values()])))
    db.flush()
    if made:
        db.execute(insert(Prompt), made)
    _planned_through(db, rhythms, before)


def _ahead(db: Session, people: list[str], now: datetime) -> dict[tuple[str, date, str], Prompt]:
    rows = db.scalars(select(Prompt).where(Prompt.person_id.in_(people), *queries.unsent(now)).with_for_update())
    return {(prompt.person_id, prompt.local_date, prompt.slot): prompt for prompt in rows}


def _planned_through(db: Session, rhythms: Planned, before: datetime) -> None:
    people = [rhythm.person_id for rhythm, _ in rhythms]
    db.flush()
    db.execute(update(Rhythm).where(Rhythm.person_id.in_(people)).values(planned_through=before))


def _state(due: Due) -> dict[str, Any]:
    return {
        "protocol": due.protocol,
        "due_at": due.due_at,
        "until": due.until,
        "state": "held_back" if due.held_back else "planned",
        "alert_at": None if due.held_back else due.due_at,
        "why": words.WHY[due.why],
        "chance": due.chance,
    }


def _change(prompt: Prompt, due: Due) -> None:
    for name, value in _state(due).items():
        setattr(prompt, name, value)


def _new(scene: Scene, due: Due) -> dict[str, Any]:
    where = {"person_id": scene.person_id, "local_date": due.local_date, "slot": due.slot}
    return {"id": new_id(), "topic": secrets.token_urlsafe(24), "asked": False, **where, **_state(due)}
