"""Who sees a release when, and what it pins for the blocks to come."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from api.db import transaction
from api.pulse.models import Release
from api.pulse.wire import b64u
from tests.pulse.conftest import Ward, on_sqlite
from tests.pulse.test_closing import answered, body


def test_r12_residents_see_a_release_at_seven_and_coaches_24_hours_later(ward: Ward) -> None:
    people = answered(ward, 8)
    resident, coach = ward.phone(people[0]).named, ward.browser(ward.cast.cal)
    closed = ward.to_closed()
    assert closed.closes_at == datetime(2027, 1, 21, 6, tzinfo=UTC)

    def seen() -> tuple[int, int, int]:
        ward.tick()
        mine = resident.get("/api/pulse/releases").get_json()["releases"]
        groups = coach.get("/api/coach/releases").get_json()["groups"]
        everybody = ward.anonymous.get("/releases").get_json()["releases"]
        return len(mine), len(groups[0]["releases"]), len(everybody)

    seven = datetime(2027, 1, 21, 13, tzinfo=UTC)
    for at, expected in (
        (seven - timedelta(seconds=1), (0, 0, 0)),
        (seven, (1, 0, 0)),
        (seven + timedelta(hours=24, seconds=-1), (1, 0, 0)),
        (seven + timedelta(hours=24), (1, 1, 1)),
    ):
        ward.frozen.at = at
        assert seen() == expected


@on_sqlite
def test_r12_a_worker_that_closes_late_still_gives_residents_their_hours_first(ward: Ward) -> None:
    answered(ward, 5)
    ward.frozen.at = ward.blocks()[0].closes_at + timedelta(hours=30)
    ward.tick()
    with transaction(ward.state.engine, write=False) as db:
        release = db.scalars(select(Release)).one()
    assert release.residents_at == datetime(2027, 1, 22, 13, tzinfo=UTC)
    assert release.coaches_at - release.residents_at == timedelta(hours=24)


@on_sqlite
def test_a_release_pins_the_keys_of_the_blocks_to_come_and_phones_can_check_it(ward: Ward) -> None:
    people = answered(ward, 8)
    closed = ward.to_closed()
    later = [block for block in ward.blocks() if block.block > closed.block]
    assert len(later) >= 2
    assert body(ward)["next"] == {block.block: block.key_id for block in later}
    assert {block["pinned_by"] for block in ward.phone(people[0]).blocks()} == {None}
    ward.frozen.advance(days=3)
    ward.tick()
    shown = ward.phone(people[0]).blocks()
    assert all(block["pinned_by"] == block["key_id"] for block in shown)
    (released,) = ward.anonymous.get("/releases").get_json()["releases"]
    assert all(released["next"][block["block"]] == block["key_id"] for block in shown)


@on_sqlite
def test_r11_what_the_box_publishes_holds_no_band_count_or_word(ward: Ward) -> None:
    answered(ward, 8)
    ward.to_closed()
    ward.frozen.advance(days=3)
    ward.tick()
    closed, *later = ward.blocks()
    page, told = ward.anonymous.get("/releases"), body(ward)
    (listed,) = page.get_json()["releases"]
    pins = {block.block: block.key_id for block in later if block.block in told["next"]}
    named = {"group": ward.cast.group.id, "block": closed.block, "key_id": closed.key_id, "next": pins}
    assert listed == {**named, "digest": listed["digest"]}
    assert len(listed["digest"]) == 43
    words = [cell["words"] for cell in told["cells"]] + [told["note"], told["agenda"]["question"], told["salt"]]
    assert not any(word in page.get_data(as_text=True) for word in words)


@on_sqlite
def test_a_resident_can_hold_the_release_against_everybodys_digest_and_a_coach_gets_nothing_to_try(ward: Ward) -> None:
    people = answered(ward, 8)
    ward.to_closed()
    ward.frozen.advance(days=3)
    ward.tick()
    (listed,) = ward.anonymous.get("/releases").get_json()["releases"]
    (mine,) = ward.phone(people[0]).named.get("/api/pulse/releases").get_json()["releases"]
    assert b64u(hashlib.sha256(mine["body"].encode()).digest()) == listed["digest"]
    coach = ward.browser(ward.cast.cal).get("/api/coach/releases")
    salt = json.loads(mine["body"])["salt"]
    assert salt not in coach.get_data(as_text=True)
    (theirs,) = coach.get_json()["groups"][0]["releases"]
    assert not {"body", "salt", "digest", "eligible", "issued"} & set(theirs)
