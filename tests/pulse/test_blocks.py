"""Announcing, freezing and opening blocks, on every kind of database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from api.db import transaction
from api.people.models import Group, Membership, Person
from api.pulse import cells, keys, queries
from api.pulse.wire import unb64u
from tests.pulse.conftest import Ward, on_sqlite


def test_keys_are_announced_ahead_on_both_sides_and_no_private_key_is_ever_in_the_box(ward: Ward) -> None:
    ward.weekly()
    assert ward.tick().announced == 4
    blocks = ward.blocks()
    assert [block.block for block in blocks] == ["2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"]
    assert ward.box.states() == {unb64u(block.key_id): "announced" for block in blocks}
    box = ward.state.box_path.read_bytes()
    for block in blocks:
        key = keys.unseal(ward.state.key_encryption_key, unb64u(block.key_id), block.sealed or b"")
        assert key.spki() == block.spki
        assert key.p.to_bytes(128, "big") not in box
        assert (block.sealed or b"x") not in box


def test_a_second_tick_at_the_same_time_does_nothing(ward: Ward) -> None:
    assert ward.tick().announced == 1
    moved = ward.tick()
    assert (moved.announced, moved.issuing, moved.opened, moved.closed, moved.published) == (0, 0, 0, 0, 0)


@on_sqlite
@pytest.mark.parametrize(("planned", "people", "weeks"), [(1, 24, 1), (1, 12, 2), (1, 3, 4), (2, 24, 2), (4, 24, 4)])
def test_r2_blocks_are_never_shorter_than_the_people_who_came_allow(
    ward: Ward, planned: int, people: int, weeks: int
) -> None:
    with transaction(ward.state.engine) as db:
        db.get_one(Group, ward.cast.group.id).block_weeks = planned
    ward.hire(people - 2)
    ward.tick()
    assert ward.weeks() == weeks


def test_r2_the_length_stays_once_the_first_block_has_its_key(ward: Ward) -> None:
    ward.weekly()
    ward.tick()
    with transaction(ward.state.engine) as db:
        for person in queries.residents(db, ward.cast.group.id)[3:]:
            db.delete(person)
    ward.through(date(2026, 12, 20))
    assert ward.weeks() == 1
    assert all(after.open_day - before.open_day == timedelta(days=7) for before, after in pairwise(ward.blocks()))


def test_a_new_group_has_a_week_to_be_filled_before_its_first_key(ward: Ward) -> None:
    with transaction(ward.state.engine) as db:
        for person in (ward.cast.rita, ward.cast.ravi):
            db.get_one(Person, person.id).joined_at = ward.frozen.now()
    assert ward.tick().announced == 0
    ward.frozen.advance(days=6)
    with transaction(ward.state.engine) as db:
        db.get_one(Group, ward.cast.group.id).block_weeks = 1
    ward.hire(18, joined_at=ward.frozen.now())
    assert ward.tick().announced == 0
    ward.frozen.advance(days=1)
    assert ward.tick().announced > 0
    assert ward.weeks() == 1


@on_sqlite
def test_a_term_that_is_months_away_decides_nothing_yet(ward: Ward) -> None:
    with transaction(ward.state.engine) as db:
        db.get_one(Group, ward.cast.group.id).term_start = date(2027, 2, 1)
    assert ward.tick().announced == 0
    ward.at(date(2026, 12, 27))
    assert ward.blocks() == []
    ward.at(date(2026, 12, 28))
    assert [block.block for block in ward.blocks()] == ["2027-02-01", "2027-03-01"]


def test_no_key_is_made_for_a_block_that_nobody_can_take_part_in(ward: Ward) -> None:
    with transaction(ward.state.engine) as db:
        for person in (ward.cast.rita, ward.cast.ravi):
            db.get_one(Person, person.id).joined_at = datetime(2026, 11, 23, 18, tzinfo=UTC)
    ward.at(date(2026, 11, 30))
    # 21 December opens 28 days after 23 November, the day they joined; only the block after it can count them.
    assert [block.block for block in ward.blocks()] == ["2027-01-18"]


def test_shapes_are_fixed_when_a_key_is_announced_and_take_turns_block_by_block(ward: Ward) -> None:
    ward.weekly()
    ward.tick()
    shapes = [json.loads(block.shape) for block in ward.blocks()]
    assert shapes[0] == shapes[2] == cells.shape_of(1)
    assert shapes[1] == shapes[3] == cells.shape_of(0)


def test_who_takes_part_is_frozen_on_the_issue_day_and_joining_later_or_leaving_moves_nothing(ward: Ward) -> None:
    ward.hire(3)
    issuing = ward.to_issuing()
    assert (issuing.state, issuing.eligible, issuing.issued) == ("issuing", 5, 0)
    ward.hire(2, joined_at=datetime(2026, 6, 2, tzinfo=UTC))
    with transaction(ward.state.engine) as db:
        db.delete(db.get_one(Person, ward.cast.ravi.id))
    ward.tick()
    assert ward.blocks()[0].eligible == 5


def test_somebody_who_joined_on_the_issue_day_does_not_take_part(ward: Ward) -> None:
    # 23 November is the issue day; in Chicago it begins at 06:00 UTC.
    ward.hire(1, joined_at=datetime(2026, 11, 23, 5, 59, tzinfo=UTC))
    late = ward.hire(1, joined_at=datetime(2026, 11, 23, 6, 0, tzinfo=UTC))[0]
    block = ward.to_issuing()
    assert block.eligible == 3
    assert ward.phone(late).blocks()[0]["eligible"] is False


def test_a_disabled_account_is_not_counted(ward: Ward) -> None:
    with transaction(ward.state.engine) as db:
        db.get_one(Person, ward.cast.ravi.id).disabled_at = ward.frozen.now()
    assert ward.to_issuing().eligible == 1


def test_a_coach_of_the_group_is_not_counted(ward: Ward) -> None:
    assert ward.to_issuing().eligible == 2


def test_a_block_opens_on_its_first_local_day(ward: Ward) -> None:
    issuing = ward.to_issuing()
    assert issuing.open_day == date(2026, 12, 21)
    ward.at(date(2026, 12, 21), hour=5)
    assert ward.blocks()[0].state == "issuing"
    ward.at(date(2026, 12, 21), hour=6)
    assert ward.blocks()[0].state == "open"
    assert ward.box.states()[unb64u(issuing.key_id)] == "open"


def test_a_group_without_residents_gets_no_key(ward: Ward) -> None:
    ward.tick()
    assert {block["group"] for block in ward.box.keys()["keys"]} == {ward.cast.group.id}
    with transaction(ward.state.engine) as db:
        db.add(Membership(person_id=ward.cast.rita.id, group_id=ward.cast.other_group.id, kind="resident"))
    ward.tick()
    assert {block["group"] for block in ward.box.keys()["keys"]} == {ward.cast.group.id, ward.cast.other_group.id}


def test_a_worker_that_slept_for_months_goes_through_every_step_at_once(ward: Ward) -> None:
    first = ward.to_open()
    assert first.state == "open"
    ward.at(date(2027, 5, 1))
    states = [block.state for block in ward.blocks()]
    assert states[:3] == ["closed"] * 3
    assert "closed" not in states[3:]
