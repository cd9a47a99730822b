"""The steps of a push, each in a transaction of its own, as a test tells them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select

from api.db import new_id, transaction
from api.people.models import Device, Person
from api.prompts import services as prompts
from api.prompts.models import Prompt
from api.push import services
from api.push.models import Attempt, Subscription
from api.push.outcome import Outcome
from api.push.parcel import Parcel
from tests.fakes.push_service import BrowserKeys

LEASE = services.LEASE
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
KEY = "the-current-key"
FCM = "https://fcm.googleapis.com"


def phone(engine: Engine, person: Person, endpoint: str = f"{FCM}/fcm/send/rita", now: datetime = NOON) -> str:
    """A registered device that can be pushed to; its id."""
    device_id = new_id()
    with transaction(engine) as db:
        db.add(Device(id=device_id, person_id=person.id, name="Phone", created_at=now))
    subscribe(engine, person, device_id, endpoint, now)
    return device_id


def subscribe(engine: Engine, person: Person, device_id: str, endpoint: str, now: datetime = NOON) -> None:
    with transaction(engine) as db:
        services.subscribe(db, person, told(device_id, endpoint), [KEY], None, now)


def told(device_id: str, endpoint: str, keys: dict[str, str] | None = None, key: str | None = None) -> dict[str, Any]:
    """What a phone says of its subscription."""
    return {"device_id": device_id, "endpoint": endpoint, "keys": keys or BrowserKeys().wire, "key": key}


def asked(engine: Engine, person: Person, now: datetime = NOON) -> Prompt:
    """A prompt on its way: asked for, opened, handed on to every device of the person. Quiet hours end at five here."""
    with transaction(engine) as db:
        prompts.begin_rhythm(db, person, now).quiet_to = "05:00"
        prompt = prompts.ask_now(db, person, "P01", now)
        services.hand_on(db, prompts.open_due(db, now), now)
    return prompt


def claim(engine: Engine, now: datetime = NOON, limit: int = 10, busy: tuple[str, ...] = ()) -> list[Parcel]:
    with transaction(engine) as db:
        return services.claim(db, now, limit, busy)


def record(engine: Engine, parcel: Parcel, outcome: Outcome, now: datetime = NOON) -> None:
    with transaction(engine) as db:
        services.record(db, [(parcel, outcome)], now)


def attempts(engine: Engine) -> list[Attempt]:
    with transaction(engine, write=False) as db:
        return list(db.scalars(select(Attempt)))


def subscriptions(engine: Engine) -> dict[str, str]:
    with transaction(engine, write=False) as db:
        return {row.device_id: row.endpoint for row in db.scalars(select(Subscription))}
