"""The second half of a block's life: closing → closed, and its release. On the floor of the services.

May be stopped anywhere and run by several workers at once: the box gives the same release however often a block is
closed, and the named side writes it down once.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import DBAPIError

from api.config import Settings
from api.db import transaction
from api.people.models import Group
from api.problems import Problem
from api.pulse import calendar, cells, disclosure, queries
from api.pulse.apart import apart
from api.pulse.blocks import move
from api.pulse.box import BoxKey, BoxStore, CountInvariant, Disclose, Rows
from api.pulse.models import CLOSED, CLOSING, OPEN, REFUSED, BlockKey, Issuance, Release
from api.pulse.wire import b64u, unb64u

log = structlog.get_logger()


def mirror(engine: Engine, box: BoxStore) -> None:
    """Bring the box up to what the named side announced, opened and released; a box made anew learns it all again."""
    there = {b64u(key_id): state for key_id, state in box.states().items()}
    with transaction(engine, write=False) as db:
        live = queries.live(db)
        lost = queries.releases(db) if queries.release_count(db) > box.release_count() else []
    untold = [block for block in live if block.key_id not in there]
    for release, block in lost:
        with apart("readmit", block.block):
            box.readmit(_box_key(block), release.body, release.published)
    for block in untold:
        with apart("tell", block.block):
            box.announce(_box_key(block))
    for block in live:
        if block.state in (OPEN, CLOSING) and there.get(block.key_id) != OPEN:
            with apart("open", block.block):
                box.open(unb64u(block.key_id))


def claim_due(engine: Engine, now: datetime) -> list[BlockKey]:
    """Stop issuing for the blocks that are over; all that wait to be counted.

    The number the box compares with its sheets is read after this, so it cannot fall behind them.
    """
    with transaction(engine, write=False) as db:
        due = [block for block, _ in queries.by_state(db, OPEN) if block.closes_at <= now]
    for block in due:
        with apart("claim", block.block):
            move(engine, block.key_id, OPEN, CLOSING)
    with transaction(engine, write=False) as db:
        return [block for block, _ in queries.by_state(db, CLOSING)]


def close_block(engine: Engine, box: BoxStore, settings: Settings, key_id: str, now: datetime) -> bool:
    """Count a closing block, keep its release, and erase its private key and ledger.

    False when its counts contradicted each other: then the sheets are deleted uncounted and there is no release.
    """
    with transaction(engine, write=False) as db:
        block = db.get_one(BlockKey, key_id)
        zone = db.get_one(Group, block.group_id).zone
        pins = queries.keys_after(db, block)
    eligible = block.eligible or 0
    try:
        body = box.close(unb64u(key_id), eligible, block.issued, _disclose(block, pins))
    except CountInvariant:
        log.error("count_invariant", key_id=key_id, eligible=eligible, issued=block.issued)
        box.discard(unb64u(key_id))
        _end(engine, key_id, REFUSED, None)
        return False
    # A close that comes late moves the hour on: coaches never come before residents had theirs.
    residents_at = calendar.shown_at(max(now, block.closes_at), zone, settings.release_hour)
    coaches_at = residents_at + timedelta(hours=settings.residents_first_h)
    _end(engine, key_id, CLOSED, Release(key_id=key_id, body=body, residents_at=residents_at, coaches_at=coaches_at))
    return True


def _disclose(block: BlockKey, pins: Mapping[str, str]) -> Disclose:
    """What the box calls, once, with the sheets it is about to delete."""

    def disclose(rows: Rows, marks: Mapping[str, int]) -> dict[str, Any]:
        shape, chance = json.loads(block.shape), random.SystemRandom()
        told = disclosure.release(shape, rows, marks, block.eligible or 0, cells.words(), chance)
        return {**told, "next": dict(pins)}

    return disclose


def _end(engine: Engine, key_id: str, state: str, release: Release | None) -> None:
    with transaction(engine) as db:
        block = db.get(BlockKey, key_id, with_for_update=True)
        if block is None or block.state != CLOSING:
            return
        if release is not None:
            db.add(release)
        block.state, block.sealed = state, None
        db.execute(delete(Issuance).where(Issuance.key_id == key_id))


def publish_due(engine: Engine, box: BoxStore, now: datetime) -> int:
    """List for everybody, in the box, the digests of the releases that coaches may see by now; how many."""
    published = 0
    with transaction(engine, write=False) as db:
        due = queries.unpublished(db, now)
    for block in due:
        with apart("publish", block.block):
            box.publish(unb64u(block.key_id))
            with transaction(engine) as db:
                db.execute(update(Release).where(Release.key_id == block.key_id).values(published=True))
            published += 1
    return published


def wipe(engine: Engine, box: BoxStore) -> None:
    """Get what was deleted out of the files as well; what is busy now is tried again by the next tick."""
    with transaction(engine, write=False) as db:
        due = queries.unwiped(db)
    if not due:
        return
    try:
        box.tidy()
        clean = _wipe_sqlite(engine) if engine.dialect.name == "sqlite" else _wipe_postgresql(engine)
    except (Problem, DBAPIError):
        return
    if clean:
        with transaction(engine) as db:
            db.execute(update(BlockKey).where(BlockKey.key_id.in_(due)).values(wiped=True))


def _wipe_sqlite(engine: Engine) -> bool:
    # secure_delete has overwritten the rows in the file; earlier pages live on in the WAL until it is cut to nothing.
    raw = engine.raw_connection()
    try:
        busy: int = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        raw.close()
    return busy == 0


def _wipe_postgresql(engine: Engine) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET lock_timeout = '2s'")
        try:
            connection.exec_driver_sql("VACUUM (FULL) issuance")
            connection.exec_driver_sql("VACUUM (FULL) block_key")
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
    return True


def _box_key(block: BlockKey) -> BoxKey:
    return BoxKey(block.group_id, block.block, block.spki, json.loads(block.shape))
