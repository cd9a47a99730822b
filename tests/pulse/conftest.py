"""A ward: one group whose blocks run by the frozen clock, with a box of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from api.clock import FrozenClock
from api.db import transaction
from api.people.models import Group, Membership, Person
from api.pulse import services
from api.pulse.box import BoxStore, create_box
from api.pulse.models import BlockKey
from api.pulse.services import Moved
from api.state import State
from tests import cast as casting
from tests.cast import Cast
from tests.client import JsonClient
from tests.pulse.phone import Phone

# What does not turn on the database's own locks and files runs on one kind only.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Ward:
    """The cast's group and what is needed to move its blocks on."""

    state: State
    cast: Cast
    frozen: FrozenClock
    box: BoxStore
    browser: Callable[..., JsonClient]
    anonymous: Client
    phones: dict[str, Phone] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def tick(self) -> Moved:
        return services.tick(
            self.state.engine, self.box, self.state.settings, self.state.key_encryption_key, self.frozen.now()
        )

    def at(self, day: date, hour: int = 18) -> Moved:
        """Go to an hour (UTC) of a day, and tick."""
        self.frozen.at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        return self.tick()

    def through(self, day: date) -> None:
        """Go to a day week by week, as a worker that never sleeps would."""
        while self.frozen.at.date() + timedelta(days=7) < day:
            self.frozen.advance(days=7)
            self.tick()
        self.at(day)

    def hire(self, count: int, joined_at: datetime = casting.LONG_AGO, group: Group | None = None) -> list[Person]:
        """More residents for the cast's group, or for another one."""
        joined = (group or self.cast.group).id
        names = [f"Resident{next(self.numbers)}" for _ in range(count)]
        people = [casting.person(name, "resident", joined_at=joined_at) for name in names]
        with transaction(self.state.engine) as db:
            db.add_all(people)
            db.flush()
            db.add_all(Membership(person_id=one.id, group_id=joined, kind="resident") for one in people)
        return people

    def blocks(self) -> list[BlockKey]:
        """Every block of the cast's group, oldest first."""
        with transaction(self.state.engine, write=False) as db:
            mine = select(BlockKey).where(BlockKey.group_id == self.cast.group.id)
            return list(db.scalars(mine.order_by(BlockKey.block)))

    def weekly(self) -> None:
        """Plan weekly blocks, as for a group in which 24 people are expected, and have them come."""
        with transaction(self.state.engine) as db:
            db.get_one(Group, self.cast.group.id).block_weeks = 1
        self.hire(22)

    def weeks(self) -> int:
        with transaction(self.state.engine, write=False) as db:
            return db.get_one(Group, self.cast.group.id).block_weeks

    def phone(self, person: Person) -> Phone:
        if person.id not in self.phones:
            self.phones[person.id] = Phone(self.browser(person), self.anonymous)
        return self.phones[person.id]

    def to_issuing(self) -> BlockKey:
        """Announce the first block and go to its issue day."""
        self.tick()
        first = self.blocks()[0]
        self.at(first.open_day - timedelta(days=28))
        return self.blocks()[0]

    def to_open(self) -> BlockKey:
        self.to_issuing()
        self.at(self.blocks()[0].open_day)
        return self.blocks()[0]

    def to_closed(self) -> BlockKey:
        """Go to the first block's close, at the very instant it is due."""
        self.frozen.at = self.blocks()[0].closes_at
        self.tick()
        return self.blocks()[0]


@pytest.fixture
def ward(state: State, cast: Cast, frozen: FrozenClock, client_for: Callable[..., JsonClient]) -> Ward:
    made = create_box(state.box_path)
    return Ward(state, cast, frozen, made.store, client_for, Client(made, use_cookies=False))


def code(response: TestResponse) -> tuple[int, str]:
    """Status and code of a problem."""
    body: dict[str, Any] = response.get_json(force=True)
    assert response.content_type == "application/problem+json"
    return response.status_code, body["code"]
