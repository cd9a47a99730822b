"""The fixed cast: Rita and Ravi (residents), Cal (their coach), Otto (coach of another group), Ada (coordinator).

Eva, the program director, evaluates residents, so she has no account and appears here only as an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Engine

from api.db import transaction
from api.people.models import Group, Membership, Person

EVA = "eva@hospital.example"
TERM_START = date(2026, 7, 6)
LONG_AGO = datetime(2026, 6, 1, tzinfo=UTC)
ZONE = "America/Chicago"


@dataclass(frozen=True)
class Cast:
    rita: Person
    ravi: Person
    cal: Person
    otto: Person
    ada: Person
    group: Group
    other_group: Group


def person(name: str, role: str, zone: str = ZONE, joined_at: datetime = LONG_AGO) -> Person:
    return Person(name=name, email=f"{name.lower()}@hospital.example", role=role, zone=zone, joined_at=joined_at)


def assemble(engine: Engine, block_weeks: int = 4) -> Cast:
    """Put the cast into an empty database."""
    rita, ravi = person("Rita", "resident"), person("Ravi", "resident")
    cal, otto, ada = person("Cal", "coach"), person("Otto", "coach"), person("Ada", "coordinator")
    group = Group(name="Internal Medicine", zone=ZONE, term_start=TERM_START, block_weeks=block_weeks)
    other = Group(name="Surgery", zone=ZONE, term_start=TERM_START, block_weeks=block_weeks)
    with transaction(engine) as db:
        db.add_all([rita, ravi, cal, otto, ada, group, other])
        db.flush()
        for who, where in ((rita, group), (ravi, group), (cal, group), (otto, other)):
            db.add(Membership(person_id=who.id, group_id=where.id, kind=who.role))
    return Cast(rita, ravi, cal, otto, ada, group, other)
