"""The steps of a prompt, each in a transaction of its own, as a test tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from api.db import transaction
from api.people.models import Person
from api.prompts import services
from api.prompts.models import Prompt

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)  # a Thursday, 06:00 in Chicago
HOUR = timedelta(hours=1)


def thursday(at: str = "12:30", **changes: Any) -> dict[str, Any]:
    """A rhythm with one slot on Thursdays, Chicago time, and nothing left to chance."""
    slots = [{"weekday": 3, "time": at, "protocol": "P01"}]
    quiet = {"quiet_from": "22:00", "quiet_to": "05:00"}
    return {"slots": slots, "paused_until": None, "zone": "America/Chicago", "hold_back": False, **quiet, **changes}


def planned(engine: Engine, person: Person, now: datetime = NOON, at: str = "12:30") -> Prompt:
    """Rita's prompt of today, due at 12:30 her time (18:30Z) unless told otherwise."""
    with transaction(engine) as db:
        services.change_rhythm(db, person, thursday(at), now)
    return prompts_of(engine, person)[0]


def prompts_of(engine: Engine, person: Person) -> list[Prompt]:
    with transaction(engine, write=False) as db:
        return list(db.scalars(select(Prompt).where(Prompt.person_id == person.id).order_by(Prompt.due_at)))


def settle(engine: Engine, person: Person, prompt: Prompt, outcome: Any, now: datetime, until: Any = None) -> str:
    with transaction(engine) as db:
        return services.settle(db, person, prompt.id, outcome, until, now)


def open_due(engine: Engine, now: datetime) -> list[services.Opened]:
    with transaction(engine) as db:
        return services.open_due(db, now)


def state_of(engine: Engine, prompt: Prompt) -> str:
    with transaction(engine, write=False) as db:
        return db.get_one(Prompt, prompt.id).state
