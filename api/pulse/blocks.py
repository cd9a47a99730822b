"""The first half of a block's life: announced → issuing → open. On the floor of the services; see `services.tick`."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError

from api import clock
from api.config import Settings
from api.db import transaction
from api.people import queries as people
from api.people.models import Group
from api.pulse import blindsign, calendar, cells, keys, queries
from api.pulse.models import ANNOUNCED, ISSUING, OPEN, BlockKey, Issuance
from api.pulse.wire import b64u, canonical

log = structlog.get_logger()

# A new group has this long to be filled before its size fixes the length of its blocks.
SETTLE = timedelta(days=7)


def announce_due(engine: Engine, settings: Settings, kek: bytes, now: datetime) -> int:
    """Make a key for every block that should have one by now; how many were made."""
    with transaction(engine, write=False) as db:
        group_ids = [group.id for group in people.all_groups(db)]
    return sum(_announce_group(engine, group_id, settings, kek, now) for group_id in group_ids)


def _announce_group(engine: Engine, group_id: str, settings: Settings, kek: bytes, now: datetime) -> int:
    made = 0
    for block in _wanted(engine, group_id, now):
        # A key takes about 60 ms to make, so it is made before the transaction that stores it.
        key = blindsign.generate()
        try:
            with transaction(engine) as db:
                group = db.get_one(Group, group_id)
                if block.label not in queries.announced_labels(db, group_id):
                    db.add(_row(group, block, key, settings, kek))
                    made += 1
        except IntegrityError:
            log.info("announced_elsewhere", block=block.label)
    return made


def _wanted(engine: Engine, group_id: str, now: datetime) -> list[calendar.Block]:
    """Blocks without a key that some resident of the group can take part in, after the block length was fixed."""
    with transaction(engine) as db:
        group = db.get_one(Group, group_id)
        joined = [person.joined_at for person in queries.residents(db, group_id)]
        known = queries.announced_labels(db, group_id)
        if not joined or (not known and now < min(joined) + SETTLE):
            return []
        if not known:
            group.block_weeks = calendar.block_weeks(len(joined))
        first = clock.local(min(joined), group.zone).date()
        due = calendar.due(group.term_start, group.block_weeks, clock.local(now, group.zone).date())
    return [block for block in due if block.label not in known and first < block.issue_day]


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
    with transaction(engine, write=False) as db:
        due = [
            block.key_id
            for block, group in queries.by_state(db, ANNOUNCED)
            if calendar.issue_day(block.open_day) <= clock.local(now, group.zone).date()
        ]
    return sum(_freeze(engine, key_id) for key_id in due)


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
    with transaction(engine, write=False) as db:
        due = [
            block.key_id
            for block, group in queries.by_state(db, ISSUING)
            if block.open_day <= clock.local(now, group.zone).date()
        ]
    return sum(move(engine, key_id, ISSUING, OPEN) for key_id in due)


def move(engine: Engine, key_id: str, before: str, after: str) -> bool:
    """Take one block from one state to the next; False when another worker already did."""
    with transaction(engine) as db:
        moved = db.execute(
            update(BlockKey).where(BlockKey.key_id == key_id, BlockKey.state == before).values(state=after)
        )
    return bool(moved.rowcount)  # type: ignore[attr-defined]
