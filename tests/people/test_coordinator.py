"""The coordinator manages people and groups, and sees nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cast import Cast
from tests.client import JsonClient
from tests.conftest import Letters

Browser = Callable[..., JsonClient]


def _hana(cast: Cast, **changes: object) -> dict[str, object]:
    asked = {"email": "Hana@Hospital.example", "name": "Hana Sato", "role": "resident", "group_id": cast.group.id}
    return {**asked, **changes}


def test_an_invited_person_is_listed_and_told_where_to_sign_in(
    client_for: Browser, cast: Cast, letters: Letters, anyone: JsonClient
) -> None:
    ada = client_for(cast.ada)
    made = ada.post("/api/coordinator/people", _hana(cast))
    assert made.status_code == 201
    assert made.json["email"] == "hana@hospital.example"
    assert made.json["group"] == {"id": cast.group.id, "name": "Internal Medicine"}
    assert made.json in ada.get("/api/coordinator/people").json["people"]
    assert [letter.to for letter in letters.sent] == ["hana@hospital.example"]
    assert "http://localhost" in letters.sent[0].text
    assert anyone.post("/api/sign-in/code", {"email": "hana@hospital.example"}).status_code == 202
    assert len(letters.sent) == 2


def test_nobody_is_invited_twice(client_for: Browser, cast: Cast, letters: Letters) -> None:
    refused = client_for(cast.ada).post("/api/coordinator/people", _hana(cast, email="RITA@hospital.example"))
    assert (refused.status_code, refused.json["code"]) == (409, "person_exists")
    assert "email" in refused.json["errors"]
    assert letters.sent == []


def test_a_resident_needs_a_group_that_exists(client_for: Browser, cast: Cast) -> None:
    for group in (None, "no-such-group", "\ud800", "nul\0", "6e2f3a0a-58f2-4a7c-8b0f-2a9d1f6f4c11"):
        refused = client_for(cast.ada).post("/api/coordinator/people", _hana(cast, group_id=group))
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["group_id"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("name", ""),
        ("name", "two\nlines"),
        ("name", "\ud800"),
        ("role", "evaluator"),
        ("zone", "Moon"),
    ],
)
def test_a_wrong_field_is_named(client_for: Browser, cast: Cast, field: str, value: str) -> None:
    refused = client_for(cast.ada).post("/api/coordinator/people", _hana(cast, **{field: value}))
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])


def test_the_list_of_people_holds_no_activity(client_for: Browser, cast: Cast) -> None:
    before = client_for(cast.ada).get("/api/coordinator/people").data
    rita = client_for(cast.rita)
    rita.put("/api/devices/6e2f3a0a-58f2-4a7c-8b0f-2a9d1f6f4c11", {"name": "Rita's phone"})
    rita.get("/api/me")
    assert client_for(cast.ada).get("/api/coordinator/people").data == before
    keys = {key for person in client_for(cast.ada).get("/api/coordinator/people").json["people"] for key in person}
    assert keys == {"id", "name", "email", "role", "group", "state"}


@pytest.mark.parametrize(("people", "weeks"), [(1, 4), (11, 4), (12, 2), (19, 2), (20, 1), (400, 1)])
def test_a_groups_blocks_are_as_long_as_its_size_needs(
    client_for: Browser, cast: Cast, people: int, weeks: int
) -> None:
    asked = {
        "name": f"Group of {people}",
        "zone": "Europe/Berlin",
        "term_start": "2027-01-04",
        "people_expected": people,
    }
    made = client_for(cast.ada).post("/api/coordinator/groups", asked)
    assert (made.status_code, made.json["block_weeks"]) == (201, weeks)


def test_a_group_name_is_used_once(client_for: Browser, cast: Cast) -> None:
    asked = {"name": "Surgery", "zone": "America/Chicago", "term_start": "2027-01-04", "people_expected": 30}
    refused = client_for(cast.ada).post("/api/coordinator/groups", asked)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["name"])
