"""One block that cannot take its step holds up no other, and goes on once it is repaired."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from api.db import transaction
from api.people.models import Group
from api.pulse import cells
from api.pulse.models import BlockKey, Issuance, Release
from tests.pulse.conftest import Ward, on_sqlite
from tests.pulse.test_closing import answered, body

pytestmark = on_sqlite


def first_blocks(ward: Ward) -> dict[str, BlockKey]:
    """The first block of each group, by group."""
    with transaction(ward.state.engine, write=False) as db:
        found = db.scalars(select(BlockKey).order_by(BlockKey.block.desc())).all()
    return {block.group_id: block for block in found}


def with_two_groups(ward: Ward) -> tuple[BlockKey, BlockKey]:
    """Two groups whose open blocks end at once; the one that is counted first, and the other."""
    ward.hire(6, group=ward.cast.other_group)
    answered(ward, 8)
    first, second = sorted(first_blocks(ward).values(), key=lambda block: block.key_id)
    assert (first.block, first.closes_at) == (second.block, second.closes_at)
    return first, second


def change(ward: Ward, block: BlockKey, **values: Any) -> None:
    with transaction(ward.state.engine) as db:
        held = db.get_one(BlockKey, block.key_id)
        for name, value in values.items():
            setattr(held, name, value)


def test_one_poisoned_block_keeps_no_other_group_from_its_release(ward: Ward) -> None:
    poisoned, sound = with_two_groups(ward)
    change(ward, poisoned, shape="not a shape")
    ward.frozen.at = sound.closes_at
    with capture_logs() as told:
        moved = ward.tick()
    assert (moved.closed, moved.refused) == (1, [])
    states = {block.key_id: (block.state, block.wiped) for block in first_blocks(ward).values()}
    assert states == {poisoned.key_id: ("closing", False), sound.key_id: ("closed", True)}
    failed = [line for line in told if line["event"] == "block_failed"]
    assert failed == [
        {
            "event": "block_failed",
            "log_level": "error",
            "step": "close",
            "block": poisoned.block,
            "kind": "JSONDecodeError",
        }
    ]
    ward.frozen.advance(days=3)
    assert ward.tick().published == 1
    listed = ward.anonymous.get("/releases").get_json()["releases"]
    assert [release["key_id"] for release in listed] == [sound.key_id]
    change(ward, poisoned, shape=poisoned.shape)
    assert ward.tick().closed == 1
    ward.frozen.advance(days=3)
    assert ward.tick().published == 1
    assert all((block.state, block.wiped) == ("closed", True) for block in first_blocks(ward).values())
    with transaction(ward.state.engine, write=False) as db:
        assert db.scalar(select(func.count()).select_from(Release)) == 2
        ended = [poisoned.key_id, sound.key_id]
        assert db.scalar(select(func.count()).select_from(Issuance).where(Issuance.key_id.in_(ended))) == 0


def test_a_group_that_cannot_be_planned_keeps_no_other_from_its_keys_and_days(ward: Ward) -> None:
    ward.hire(6, group=ward.cast.other_group)
    with transaction(ward.state.engine) as db:
        db.get_one(Group, ward.cast.other_group.id).zone = "Nowhere/Atlantis"
    ward.to_issuing()
    assert set(first_blocks(ward)) == {ward.cast.group.id}
    with transaction(ward.state.engine) as db:
        db.get_one(Group, ward.cast.other_group.id).zone = "America/Chicago"
        db.get_one(Group, ward.cast.group.id).zone = "Nowhere/Atlantis"
    ward.tick()
    with transaction(ward.state.engine) as db:
        db.get_one(Group, ward.cast.group.id).zone = "America/Chicago"
    ward.at(ward.blocks()[0].open_day)
    assert {block.state for block in first_blocks(ward).values()} <= {"issuing", "open"}
    assert ward.blocks()[0].state == "open"


def test_a_key_the_box_cannot_take_keeps_no_other_from_being_listed(ward: Ward) -> None:
    ward.hire(6, group=ward.cast.other_group)
    ward.tick()
    poisoned, *others = sorted(first_blocks(ward).values(), key=lambda block: block.key_id)
    assert others
    before = len(ward.box.keys()["keys"])
    ward.state.box_path.unlink()
    ward.box = type(ward.box)(ward.state.box_path)
    change(ward, poisoned, spki=b"not a key")
    ward.tick()
    assert len(ward.box.keys()["keys"]) == before - 1
    change(ward, poisoned, spki=poisoned.spki)
    ward.tick()
    assert len(ward.box.keys()["keys"]) == before


@pytest.mark.parametrize("how", ["renamed", "laid out otherwise"])
def test_a_cell_that_was_changed_after_it_was_announced_is_not_told_and_the_others_are(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    answered(ward, 8)
    words = cells.words()
    entries = dict(words.cells)
    entry = entries.pop("P01.a")
    if how == "renamed":
        entries["P01.z"] = entry
    else:
        entries["P01.a"] = {**entry, "max": 3}
    rotation = tuple(tuple(name for name in turn if name in entries) for turn in words.rotation)
    now = dataclasses.replace(words, cells=entries, rotation=rotation)
    monkeypatch.setattr(cells, "words", lambda: now)
    ward.to_closed()
    told = {f"{cell['protocol']}.{cell['item']}": cell for cell in body(ward)["cells"]}
    assert [name for name, cell in told.items() if cell["state"] == "shown"] == ["P02.a", "P10.a"]
    assert told["P01.a"] == {
        "protocol": "P01",
        "item": "a",
        "kind": "share",
        "state": "not_enough",
        "band": None,
        "chips": None,
        **words.changed,
    }
