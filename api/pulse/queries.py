"""Reading the named side of the pulse, for its routes and for its services. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from api.config import Settings
from api.people import queries as people
from api.people.models import Group, Membership, Person
from api.pulse import calendar
from api.pulse.models import ANNOUNCED, CLOSING, ENDED, ISSUING, OPEN, BlockKey, Issuance, Release
from api.pulse.wire import b64u

# Labels are ISO dates, so comparing them as text compares the days.
_TOLD = ("eligible", "issued", "cells", "agenda", "note")


def blocks_of(db: Session, group_ids: Sequence[str], person_id: str) -> Sequence[Row[BlockKey, str | None]]:
    """The blocks of these groups that tokens are issued for, with the person's id where they take part."""
    return db.execute(
        select(BlockKey, Issuance.person_id)
        .outerjoin(Issuance, (Issuance.key_id == BlockKey.key_id) & (Issuance.person_id == person_id))
        .where(BlockKey.group_id.in_(group_ids), BlockKey.state.in_((ISSUING, OPEN)))
        .order_by(BlockKey.group_id, BlockKey.block)
    ).all()


def pinned_key(db: Session, block: BlockKey) -> str | None:
    """The key id that the last published release before this block names for it; None while none names one.

    Only releases that the box already lists for everybody count, because that is where a phone can compare.
    """
    body = db.scalar(
        select(Release.body)
        .join(BlockKey, BlockKey.key_id == Release.key_id)
        .where(BlockKey.group_id == block.group_id, BlockKey.block < block.block, Release.published)
        .order_by(BlockKey.block.desc())
        .limit(1)
    )
    pins: dict[str, str] = json.loads(body)["next"] if body else {}
    return pins.get(block.block)


def keys_after(db: Session, block: BlockKey) -> dict[str, str]:
    """The key ids of the group's later blocks, by block: what a release pins."""
    rows = select(BlockKey.block, BlockKey.key_id).where(
        BlockKey.group_id == block.group_id, BlockKey.block > block.block, BlockKey.state.not_in(ENDED)
    )
    return {row.block: row.key_id for row in db.execute(rows.order_by(BlockKey.block))}


def by_state(db: Session, *states: str) -> Sequence[Row[BlockKey, Group]]:
    """Blocks in these states with their groups, oldest first."""
    return db.execute(
        select(BlockKey, Group)
        .join(Group, Group.id == BlockKey.group_id)
        .where(BlockKey.state.in_(states))
        .order_by(BlockKey.block, BlockKey.key_id)
    ).all()


def release_rows(
    db: Session, group_ids: Sequence[str], now: datetime, *, coach: bool
) -> Sequence[Row[Release, BlockKey, Group]]:
    """What residents, or coaches, of these groups may see by now; newest first."""
    since = Release.coaches_at if coach else Release.residents_at
    return db.execute(
        select(Release, BlockKey, Group)
        .join(BlockKey, BlockKey.key_id == Release.key_id)
        .join(Group, Group.id == BlockKey.group_id)
        .where(BlockKey.group_id.in_(group_ids), since <= now)
        .order_by(BlockKey.block.desc(), Group.name)
    ).all()


def groups_named(db: Session, group_ids: Sequence[str]) -> Sequence[Group]:
    """These groups, by name."""
    return db.scalars(select(Group).where(Group.id.in_(group_ids)).order_by(Group.name)).all()


def next_release_at(db: Session, group: Group, now: datetime, *, hour: int, residents_first_h: int) -> datetime | None:
    """When coaches of the group see their next release, by the calendar alone; None before any block has a key."""
    written = db.scalar(
        select(func.min(Release.coaches_at))
        .join(BlockKey, BlockKey.key_id == Release.key_id)
        .where(BlockKey.group_id == group.id, Release.coaches_at > now)
    )
    closes = db.scalar(
        select(func.min(BlockKey.closes_at)).where(BlockKey.group_id == group.id, BlockKey.state.not_in(ENDED))
    )
    if written is not None or closes is None:
        return written
    return calendar.shown_at(closes, group.zone, hour) + timedelta(hours=residents_first_h)


def residents(db: Session, group_id: str) -> Sequence[Person]:
    """Residents counted in the group whose accounts are in use."""
    return db.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.kind == "resident", Person.disabled_at.is_(None))
        .order_by(Person.id)
    ).all()


def group_sizes(db: Session) -> Sequence[Row[Group, int, datetime]]:
    """Every group that has residents in use, with how many and when the first of them joined."""
    return db.execute(
        select(Group, func.count(), func.min(Person.joined_at))
        .join(Membership, Membership.group_id == Group.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.kind == "resident", Person.disabled_at.is_(None))
        .group_by(Group.id)
        .order_by(Group.id)
    ).all()


def announced(db: Session, since: date) -> set[tuple[str, str]]:
    """(group id, label) of the blocks with a key that open on this day or later."""
    rows = select(BlockKey.group_id, BlockKey.block).where(BlockKey.open_day >= since)
    return {(row.group_id, row.block) for row in db.execute(rows)}


def groups_with_keys(db: Session) -> set[str]:
    """Ids of the groups that ever had a block."""
    return set(db.scalars(select(BlockKey.group_id).distinct()))


def unpublished(db: Session, now: datetime) -> Sequence[BlockKey]:
    """Blocks whose release coaches may see by now and the box does not list yet."""
    rows = select(BlockKey).join(Release, Release.key_id == BlockKey.key_id)
    return db.scalars(rows.where(Release.coaches_at <= now, ~Release.published).order_by(BlockKey.block)).all()


def release_count(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Release)) or 0


def releases(db: Session) -> Sequence[Row[Release, BlockKey]]:
    """Every release there is, with its block."""
    rows = select(Release, BlockKey).join(BlockKey, BlockKey.key_id == Release.key_id)
    return db.execute(rows.order_by(BlockKey.block)).all()


def live(db: Session) -> Sequence[BlockKey]:
    """Every block that has not ended, oldest first."""
    rows = select(BlockKey).where(BlockKey.state.in_((ANNOUNCED, ISSUING, OPEN, CLOSING)))
    return db.scalars(rows.order_by(BlockKey.block)).all()


def unwiped(db: Session) -> Sequence[str]:
    """Keys of ended blocks whose deleted rows may still lie in some file."""
    return db.scalars(select(BlockKey.key_id).where(BlockKey.state.in_(ENDED), ~BlockKey.wiped)).all()


def blocks_for(db: Session, me: Person) -> dict[str, Any]:
    """Every block in issuance of the resident's groups, whether they take part in it or joined too late."""
    rows = blocks_of(db, people.group_ids(db, me, "resident"), me.id)
    return {"blocks": [_block(block, entry is not None, pinned_key(db, block)) for block, entry in rows]}


def residents_releases(db: Session, me: Person, now: datetime) -> dict[str, Any]:
    rows = release_rows(db, people.group_ids(db, me, "resident"), now, coach=False)
    return {"releases": [_release(*row) for row in rows]}


def coach_releases(db: Session, me: Person, now: datetime, settings: Settings) -> dict[str, Any]:
    group_ids = people.group_ids(db, me, "coach")
    rows = release_rows(db, group_ids, now, coach=True)
    shown = [_group(db, group, rows, now, settings) for group in groups_named(db, group_ids)]
    return {"group_count": len(shown), "groups": shown}


def _group(
    db: Session, group: Group, rows: Sequence[Row[Release, BlockKey, Group]], now: datetime, settings: Settings
) -> dict[str, Any]:
    hour, first_h = settings.release_hour, settings.residents_first_h
    return {
        "group": _name(group),
        "next_release_at": next_release_at(db, group, now, hour=hour, residents_first_h=first_h),
        "releases": [_release(*row) for row in rows if row[2].id == group.id],
    }


def _block(block: BlockKey, takes_part: bool, pinned_by: str | None) -> dict[str, Any]:
    return {
        "group": block.group_id,
        "block": block.block,
        "key_id": block.key_id,
        "spki": b64u(block.spki),
        "shape": json.loads(block.shape),
        "open_day": block.open_day,
        "end_day": block.end_day,
        "closes_at": block.closes_at,
        "eligible": takes_part,
        "eligible_count": block.eligible,
        "pinned_by": pinned_by,
    }


def _release(release: Release, block: BlockKey, group: Group) -> dict[str, Any]:
    body = json.loads(release.body)
    return {
        "group": _name(group),
        "block": block.block,
        "open_day": block.open_day,
        "end_day": block.end_day,
        "published_at": release.residents_at,
        "key_id": block.key_id,
        **{name: body[name] for name in _TOLD},
        "body": release.body,
    }


def _name(group: Group) -> dict[str, str]:
    return {"id": group.id, "name": group.name}
