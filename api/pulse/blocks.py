"""The first half of a block's life: announced → issuing → open. On the floor of the services; see `services.tick`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError

from api import clock
from api.config import Settings
from api.db import transaction
from api.people.models import Group
from api.people.term import block_weeks
from api.pulse import blindsign, calendar, cells, keys, queries
from api.pulse.apart import apart
from api.pulse.models import ANNOUNCED, ISSUING, OPEN, BlockKey, Issuance
from api.pulse.wire import b64u, canonical

log = structlog.get_logger()

# A new group has this long to be filled, and until five weeks before its term, before its size decides anything.
SETTLE = timedelta(days=7)


@dataclass(frozen=True)
class Wanted:
    """A block that should have a key; `weeks` is what its group's blocks last from its first one on."""

    group_id: str
    weeks: int
    block: calendar.Block


def announce_due(engine: Engine, settings: Settings, kek: bytes, now: datetime) -> int:
    """Make a key for every block that should have one by now; how many were made."""
    made = 0
    for wanted in _wanted(engine, now):
        with apart("announce", wanted.block.label):
            made += _announce(engine, wanted, settings, kek)
    return made


def _wanted(engine: Engine, now: datetime) -> list[Wanted]:
    """Blocks without a key that some resident of their group can take part in."""
    with transaction(engine, write=False) as db:
        sizes = queries.group_sizes(db)
        known = queries.announced(db, now.date() - timedelta(days=1))
        begun = queries.groups_with_keys(db)
    found: list[Wanted] = []
    for group, people, first in sizes:
        with apart("plan", None):
            due = _planned(group, people, first, group.id in begun, now)
            found += [wanted for wanted in due if (group.id, wanted.block.label) not in known]
    return found


def _planned(group: Group, people: int, first: datetime, begun: bool, now: datetime) -> list[Wanted]:
    """The blocks of one group that are due. `first` is when its first resident joined; `begun`: it has had blocks."""
    today = clock.local(now, group.zone).date()
    if not begun and (now < first + SETTLE or calendar.is_far(group.term_start, today)):
        return []
    # Fewer people came than were expected: a block as short as planned would be too short for them (R2).
    weeks = group.block_weeks if begun else max(group.block_weeks, block_weeks(people))
    joined = clock.local(first, group.zone).date()
    due = calendar.due(group.term_start, weeks, today)
    return [Wanted(group.id, weeks, block) for block in due if joined < block.issue_day]


def _announce(engine: Engine, wanted: Wanted, settings: Settings, kek: bytes) -> bool:
    # A key takes about 60 ms to make, so it is made before the transaction that stores it.
    key = blindsign.generate()
    try:
        with transaction(engine) as db:
            group = db.get_one(Group, wanted.group_id)
            group.block_weeks = wanted.weeks
            db.add(_row(group, wanted.block, key, settings, kek))
    except IntegrityError:
        # Another worker was faster; there is one key for a block, and this one is thrown away.
        log.info("announced_elsewhere", block=wanted.block.label)
        return False
    return True


def _row(group: Group, block: calendar.Block, key: blindsign.IssuerKey, settings: Settings, kek: bytes) -> BlockKey:
    spki = key.spki()
    return BlockKey(
        key_id=b64u(blindsign.key_id(spki)),
        group_id=group.id,
        block=block.label,
        spki=spki,
        sealed=keys.seal(kek, key),
        shape=canonical(cells.shape_of(block.index)),
        open_day=block.open_day,
        end_day=block.end_day,
        closes_at=calendar.closes_at(block.end_day, group.zone, settings.block_grace_h),
    )


def freeze_due(engine: Engine, now: datetime) -> int:
    """Fix who takes part in the blocks whose issue day has come: residents who joined before that day."""
    frozen = 0
    with transaction(engine, write=False) as db:
        waiting = queries.by_state(db, ANNOUNCED)
    for block, group in waiting:
        with apart("freeze", block.block):
            if calendar.issue_day(block.open_day) <= clock.local(now, group.zone).date():
                frozen += _freeze(engine, block.key_id)
    return frozen


def _freeze(engine: Engine, key_id: str) -> bool:
    with transaction(engine) as db:
        block = db.get(BlockKey, key_id, with_for_update=True)
        if block is None or block.state != ANNOUNCED:
            return False
        zone, since = db.get_one(Group, block.group_id).zone, calendar.issue_day(block.open_day)
        joined = queries.residents(db, block.group_id)
        taking_part = [person for person in joined if clock.local(person.joined_at, zone).date() < since]
        db.add_all(Issuance(person_id=person.id, key_id=key_id) for person in taking_part)
        block.eligible, block.state = len(taking_part), ISSUING
    return True


def open_due(engine: Engine, now: datetime) -> int:
    """Open the blocks whose first local day has come; `mirror` tells the box."""
    opened = 0
    with transaction(engine, write=False) as db:
        waiting = queries.by_state(db, ISSUING)
    for block, group in waiting:
        with apart("open", block.block):
            if block.open_day <= clock.local(now, group.zone).date():
                opened += move(engine, block.key_id, ISSUING, OPEN)
    return opened


def move(engine: Engine, key_id: str, before: str, after: str) -> bool:
    """Take one block from one state to the next; False when another worker already did."""
    with transaction(engine) as db:
        moved = db.execute(
            update(BlockKey).where(BlockKey.key_id == key_id, BlockKey.state == before).values(state=after)
        )
    return bool(moved.rowcount)  # type: ignore[attr-defined]
