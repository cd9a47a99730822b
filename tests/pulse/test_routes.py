"""The pulse's named routes: the wire contract, and what a coach can find out by asking."""

from __future__ import annotations

import json
from typing import Any

from api.db import transaction
from api.people.models import Group, Person
from api.pulse import client
from tests.client import JsonClient
from tests.pulse.conftest import Ward, code, on_sqlite
from tests.pulse.test_closing import HEAVY, answered

pytestmark = on_sqlite


def coach_page(browser: JsonClient, **headers: str) -> Any:
    return browser.get("/api/coach/releases", headers=headers)


def released(ward: Ward) -> None:
    """One release that coaches may see."""
    answered(ward, 8)
    ward.to_closed()
    ward.frozen.advance(days=2)
    ward.tick()


def test_blocks_follow_the_wire_contract(ward: Ward) -> None:
    block = ward.to_issuing()
    (shown,) = ward.phone(ward.cast.rita).blocks()
    assert shown["group"] == ward.cast.group.id
    assert (shown["block"], shown["open_day"], shown["end_day"]) == ("2026-12-21", "2026-12-21", "2027-01-17")
    assert shown["closes_at"] == "2027-01-21T06:00:00.000Z"
    assert (shown["key_id"], shown["eligible"], shown["eligible_count"]) == (block.key_id, True, 2)
    assert shown["shape"] == json.loads(block.shape)
    assert shown["pinned_by"] is None
    listed = ward.anonymous.get("/keys").get_json()["keys"]
    assert client.checked(shown, listed) == block.spki
    names = ("group", "block", "key_id", "spki", "shape")
    assert [entry for entry in listed if entry["block"] == shown["block"]] == [{name: shown[name] for name in names}]


def test_releases_follow_the_wire_contract(ward: Ward) -> None:
    released(ward)
    page = coach_page(ward.browser(ward.cast.cal)).get_json()
    assert page["group_count"] == 1
    (group,) = page["groups"]
    assert group["group"] == {"id": ward.cast.group.id, "name": "Internal Medicine"}
    (release,) = group["releases"]
    assert release["published_at"] == "2027-01-21T13:00:00.000Z"
    assert set(release) == {
        *("group", "block", "open_day", "end_day", "published_at", "key_id"),
        *("cells", "agenda", "note"),
    }
    assert set(release["cells"][0]) == {"protocol", "item", "words", "kind", "state", "band", "chips", "why"}
    assert set(release["agenda"]) == {"question", "step", "from"}
    mine = ward.browser(ward.cast.rita).get("/api/pulse/releases").get_json()
    (whole,) = mine["releases"]
    checks = {name: whole.pop(name) for name in ("eligible", "issued", "body")}
    assert whole == release
    text = json.loads(checks["body"])
    told = ("block", "key_id", "cells", "agenda", "note", "eligible", "issued")
    assert {name: text[name] for name in told} == {name: {**whole, **checks}[name] for name in told}
    assert text["group"] == whole["group"]["id"]


def test_a_coach_who_polls_gets_304_until_something_is_published(ward: Ward) -> None:
    answered(ward, 8)
    cal = ward.browser(ward.cast.cal)
    first = coach_page(cal)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = coach_page(cal, **{"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == tag
    ward.to_closed()
    ward.frozen.advance(days=2)
    ward.tick()
    fresh = coach_page(cal, **{"If-None-Match": tag})
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] != tag


def test_r10_nothing_a_coach_can_get_depends_on_the_open_block(ward: Ward) -> None:
    people = ward.hire(8)
    ward.to_issuing()
    cal = ward.browser(ward.cast.cal)

    def seen() -> list[tuple[int, list[tuple[str, str]], bytes]]:
        pages = [coach_page(cal), *(ward.anonymous.get(path) for path in ("/keys", "/releases"))]
        return [(page.status_code, [h for h in page.headers if h[0] != "Date"], page.get_data()) for page in pages]

    ward.to_open()
    before = seen()
    for person in people:
        ward.phone(person).stock()
        assert ward.phone(person).answer(HEAVY, ward.blocks()[0].key_id).status_code == 200
    ward.tick()
    assert seen() == before


def test_r1_a_coach_cannot_filter_slice_or_choose_a_date(ward: Ward) -> None:
    released(ward)
    cal = ward.browser(ward.cast.cal)
    plain = coach_page(cal).get_data()
    for query in ("from=2026-01-01", "group=x", "person=Rita", "item=a", "block=2026-12-21", "limit=1"):
        asked = cal.get(f"/api/coach/releases?{query}")
        assert asked.status_code in (200, 422)
        assert asked.status_code != 200 or asked.get_data() == plain


def test_every_coach_of_a_group_sees_the_same_and_other_coaches_see_nothing_of_it(ward: Ward) -> None:
    released(ward)
    page = coach_page(ward.browser(ward.cast.otto)).get_json()
    assert [(group["group"]["name"], group["releases"]) for group in page["groups"]] == [("Surgery", [])]
    assert page["groups"][0]["next_release_at"] is None


def test_only_coaches_and_residents_have_a_page_of_releases(ward: Ward) -> None:
    released(ward)
    for person, path in (
        (ward.cast.ada, "/api/coach/releases"),
        (ward.cast.ada, "/api/pulse/releases"),
        (ward.cast.rita, "/api/coach/releases"),
        (ward.cast.cal, "/api/pulse/releases"),
    ):
        assert code(ward.browser(person).get(path)) == (403, "forbidden")


def test_the_next_release_is_told_by_the_calendar(ward: Ward) -> None:
    cal = ward.browser(ward.cast.cal)
    assert coach_page(cal).get_json()["groups"][0]["next_release_at"] is None
    answered(ward, 8)
    planned = coach_page(cal).get_json()["groups"][0]["next_release_at"]
    assert planned == "2027-01-22T13:00:00.000Z"
    ward.to_closed()
    assert coach_page(cal).get_json()["groups"][0]["next_release_at"] == planned
    ward.frozen.advance(days=2)
    ward.tick()
    after = coach_page(cal).get_json()["groups"][0]["next_release_at"]
    assert after == "2027-02-19T13:00:00.000Z"


def test_a_release_never_changes_when_people_leave_or_the_group_is_renamed(ward: Ward) -> None:
    released(ward)
    cal = ward.browser(ward.cast.cal)
    (before,) = coach_page(cal).get_json()["groups"][0]["releases"]
    with transaction(ward.state.engine) as db:
        db.delete(db.get_one(Person, ward.cast.rita.id))
        db.get_one(Group, ward.cast.group.id).name = "Medicine"
    ward.frozen.advance(days=20)
    ward.tick()
    after = coach_page(cal).get_json()["groups"][0]["releases"][-1]
    assert after == {**before, "group": {**before["group"], "name": "Medicine"}}


def test_an_answer_of_the_named_side_is_never_kept_by_a_browser(ward: Ward) -> None:
    ward.to_issuing()
    assert "no-store" in ward.browser(ward.cast.rita).get("/api/pulse/blocks").headers["Cache-Control"]
