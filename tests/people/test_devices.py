"""A person's phones: listed, named, removed; and the secret under which a phone may deliver and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from werkzeug.test import Client

from api import http
from api.auth import Caller
from api.clock import FrozenClock
from api.db import transaction
from api.journal.models import Op
from api.people.models import Device, SignIn
from tests.cast import Cast
from tests.client import JsonClient
from tests.sync.conftest import over
from tests.sync.phone import Phone

Browser = Callable[..., JsonClient]
OLD, NEW = "6e2f3a0a-58f2-4a7c-8b0f-2a9d1f6f4c11", "0c4a4f57-9f51-4a29-93ad-6d2b8a3a6e02"
SECRET, OTHER = "s" * 43, "t" * 43


def enrol(browser: JsonClient, device_id: str = OLD, secret: str | None = SECRET, name: str = "Old phone") -> Any:
    return browser.put(f"/api/devices/{device_id}", {"name": name, "secret": secret})


def phone_at(app: Flask, device_id: str = OLD, secret: str = SECRET) -> JsonClient:
    """A phone that has its own secret and no cookie."""
    return JsonClient(Client(app), {"Authorization": f"Device {device_id}.{secret}"})


def deliver(browser: JsonClient, *ops: dict[str, Any]) -> Any:
    return browser.post("/api/sync/deliver", {"proto": 1, "nonce": "n", "ops": list(ops)})


def writer(browser: JsonClient, device_id: str = OLD) -> Phone:
    """Something that writes ops as this phone would."""
    return Phone(over(browser), device_id=device_id)


def names(browser: JsonClient) -> list[str]:
    return [device["name"] for device in browser.get("/api/devices").json["devices"]]


def test_a_person_sees_their_own_phones_and_the_day_each_was_added(
    client_for: Browser, cast: Cast, frozen: FrozenClock
) -> None:
    rita = client_for(cast.rita)
    enrol(rita)
    frozen.advance(days=3, hours=20)
    enrol(client_for(cast.rita), NEW, OTHER, "New phone")
    enrol(client_for(cast.ravi), str(uuid.uuid4()), SECRET, "Ravi's phone")
    # 20 hours after noon in UTC it is still the earlier day where Rita lives.
    assert rita.get("/api/devices").json["devices"] == [
        {"device_id": OLD, "name": "Old phone", "added_on": "2026-11-19"},
        {"device_id": NEW, "name": "New phone", "added_on": "2026-11-23"},
    ]


def test_the_database_does_not_know_when_a_phone_was_added_or_used(
    client_for: Browser, cast: Cast, engine: Engine, frozen: FrozenClock, app: Flask
) -> None:
    rita = client_for(cast.rita)
    enrol(rita)
    with transaction(engine, write=False) as db:
        before = {key: value for key, value in vars(db.get_one(Device, OLD)).items() if not key.startswith("_")}
    frozen.advance(hours=5)
    deliver(phone_at(app), writer(rita).create("hello"))
    with transaction(engine, write=False) as db:
        after = {key: value for key, value in vars(db.get_one(Device, OLD)).items() if not key.startswith("_")}
    assert before == after
    assert SECRET not in map(str, after.values())
    assert (after["created_at"].hour, after["created_at"].minute) == (6, 0)  # midnight in Chicago


def test_a_phone_is_renamed_by_its_person_only(client_for: Browser, cast: Cast) -> None:
    rita = client_for(cast.rita)
    enrol(rita)
    assert rita.send("PATCH", f"/api/devices/{OLD}", {"name": "The blue one"}).json["name"] == "The blue one"
    enrol(rita)
    assert names(rita) == ["The blue one"]
    assert client_for(cast.ravi).send("PATCH", f"/api/devices/{OLD}", {"name": "Mine"}).status_code == 404
    assert client_for(cast.ravi).delete(f"/api/devices/{OLD}").status_code == 404


def test_a_removed_phone_loses_its_sessions_and_the_asking_one_goes_on(client_for: Browser, cast: Cast) -> None:
    lost, kept, unclaimed, ravi = (client_for(who) for who in (cast.rita, cast.rita, cast.rita, cast.ravi))
    enrol(lost)
    enrol(kept, NEW, OTHER, "New phone")
    enrol(ravi, str(uuid.uuid4()))
    assert kept.delete(f"/api/devices/{OLD}").status_code == 204
    assert kept.delete(f"/api/devices/{OLD}").status_code == 204
    assert [each.get("/api/me").status_code for each in (lost, kept, unclaimed, ravi)] == [401, 200, 401, 200]
    assert names(kept) == ["New phone"]


def test_a_removed_phone_is_told_so_whenever_it_comes_back(client_for: Browser, cast: Cast, app: Flask) -> None:
    rita = client_for(cast.rita)
    enrol(rita)
    op = writer(rita).create("hello")
    enrol(rita, NEW, OTHER)
    rita.delete(f"/api/devices/{OLD}")
    for refused in (deliver(phone_at(app)), deliver(phone_at(app), op), enrol(rita)):
        assert (refused.status_code, refused.json["code"]) == (403, "device_revoked")
    assert deliver(phone_at(app, secret=OTHER)).status_code == 401


def test_a_phone_delivers_without_a_session_and_is_told_results_only(
    client_for: Browser, cast: Cast, app: Flask, engine: Engine
) -> None:
    rita = client_for(cast.rita)
    enrol(rita)
    hand = writer(rita)
    first, bad = hand.create("hello"), {**hand.create("x"), "body": "\ud800"}
    with transaction(engine) as db:
        for session in db.scalars(select(SignIn)):
            db.delete(session)
    told = deliver(phone_at(app), first, bad, "nonsense")
    assert told.status_code == 200
    assert told.json == {
        "proto": 1,
        "nonce": "n",
        "results": [
            {"op_id": first["op_id"], "seq": 1, "status": "applied"},
            {"op_id": bad["op_id"], "seq": 2, "status": "parked", "reason": told.json["results"][1]["reason"]},
            {"op_id": None, "seq": None, "status": "parked", "reason": told.json["results"][2]["reason"]},
        ],
    }
    assert deliver(phone_at(app), first).json["results"][0]["status"] == "dup"
    with transaction(engine, write=False) as db:
        assert [op.person_id for op in db.scalars(select(Op))] == [cast.rita.id]


def test_what_was_delivered_without_a_session_is_read_by_the_persons_other_phone(
    client_for: Browser, cast: Cast, app: Flask
) -> None:
    rita = client_for(cast.rita)
    enrol(rita)
    hand = writer(rita)
    deliver(phone_at(app), hand.create("hello"))
    other = Phone(over(rita), keys=hand.keys)
    other.register()
    other.quiet()
    assert list(other.view().values()) == ["hello"]


def test_a_phone_delivers_nothing_of_another_phone_or_another_person(
    client_for: Browser, cast: Cast, app: Flask, engine: Engine
) -> None:
    rita, ravi = client_for(cast.rita), client_for(cast.ravi)
    enrol(rita)
    enrol(rita, NEW, OTHER)
    theirs = str(uuid.uuid4())
    enrol(ravi, theirs)
    ops = [writer(rita, NEW).create("mine, elsewhere"), writer(ravi, theirs).create("Ravi's")]
    assert [told["status"] for told in deliver(phone_at(app), *ops).json["results"]] == ["not_yours"] * 2
    with transaction(engine, write=False) as db:
        assert db.scalars(select(Op)).all() == []


@pytest.mark.parametrize(
    "header",
    ["", "Device", "Device ", f"Device {OLD}", f"Device {OLD}.", f"Device {OLD}.{OTHER}", f"Bearer {OLD}.{SECRET}",
     f"Device {NEW}.{SECRET}", "Device .", f"Device {OLD}.{SECRET} ", "Device \udcff.x"],
)  # fmt: skip
def test_a_wrong_secret_opens_nothing(client_for: Browser, cast: Cast, app: Flask, header: str) -> None:
    enrol(client_for(cast.rita))
    refused = deliver(JsonClient(Client(app), {"Authorization": header}))
    assert (refused.status_code, refused.json["code"]) == (401, "signed_out")


def test_a_phone_without_a_secret_cannot_deliver(client_for: Browser, cast: Cast, app: Flask) -> None:
    enrol(client_for(cast.rita), secret=None)
    assert deliver(phone_at(app)).status_code == 401


def test_a_cookie_alone_does_not_deliver(client_for: Browser, cast: Cast) -> None:
    rita = client_for(cast.rita)
    enrol(rita)
    assert deliver(rita).status_code == 401


def test_a_disabled_persons_phone_keeps_what_it_has_and_delivers_nothing(
    client_for: Browser, cast: Cast, app: Flask, engine: Engine
) -> None:
    from api import clock
    from api.people import services

    enrol(client_for(cast.rita))
    with transaction(engine) as db:
        services.disable(db, cast.rita.email, clock.now())
    assert deliver(phone_at(app)).status_code == 401


def test_a_phones_secret_reads_nothing_on_any_route(client_for: Browser, cast: Cast, app: Flask) -> None:
    """Every route of the API answers the secret as it answers nobody at all; only the delivery knows it."""
    enrol(client_for(cast.rita))
    phone, nobody, tried, known = phone_at(app), JsonClient(Client(app)), 0, []
    for rule in app.url_map.iter_rules():
        caller = getattr(app.view_functions[rule.endpoint], http.DECLARED, None)
        if not rule.rule.startswith("/api/"):
            continue
        path = _filled(rule)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            if caller is Caller.DEVICE:
                known.append(f"{method} {path}")
            elif caller is not Caller.ANYONE:
                answers = [each.send(method, path, {}) for each in (phone, nobody)]
                assert [answer.status_code for answer in answers] == [401, 401], f"{method} {path}"
                assert answers[0].data == answers[1].data
                tried += 1
    assert known == ["POST /api/sync/deliver"]
    assert tried > 20


def _filled(rule: Any) -> str:
    path = str(rule.rule)
    for argument in rule.arguments:
        start = path.index("<")
        end = path.index(">") + 1
        assert argument in path[start:end]
        path = path[:start] + OLD + path[end:]
    return path


def test_a_coordinator_and_a_coach_see_nothing_of_phones(client_for: Browser, cast: Cast) -> None:
    before = client_for(cast.ada).get("/api/coordinator/people").data
    rita = client_for(cast.rita)
    enrol(rita)
    enrol(rita, NEW, OTHER)
    rita.delete(f"/api/devices/{NEW}")
    assert client_for(cast.ada).get("/api/coordinator/people").data == before
    for other in (cast.ada, cast.cal):
        assert client_for(other).get("/api/devices").status_code == 403


def test_a_browser_that_lost_its_storage_is_told_which_phone_it_was(client_for: Browser, cast: Cast) -> None:
    rita, third = client_for(cast.rita), str(uuid.uuid4())
    assert enrol(rita).json["reset"] is None
    assert enrol(rita).json["reset"] is None
    assert enrol(rita, NEW, OTHER, "New").json["reset"] == {"device_id": OLD, "name": "Old phone"}
    knowingly = {"name": "Third", "secret": SECRET, "instead_of": NEW}
    assert rita.put(f"/api/devices/{third}", knowingly).json["reset"] is None
    assert enrol(client_for(cast.rita), NEW, OTHER).json["reset"] is None
