"""Who may bring something to the exchange: known phones, of this person, not removed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from api.db import transaction
from api.people.models import Device
from tests.cast import Cast
from tests.client import JsonClient
from tests.sync.conftest import over
from tests.sync.phone import Phone
from tests.sync.test_exchange import request, statuses, stored, sync

PhoneOf = Callable[..., Phone]


def test_a_phone_that_was_never_registered_is_told_so_and_loses_nothing(
    client_for: Callable[..., JsonClient], cast: Cast, frozen: Any
) -> None:
    phone = Phone(over(client_for(cast.rita)))
    op = phone.create({"a": 1})
    status, answer = phone.send("POST", "/api/sync", request(phone, [op]))
    assert (status, answer["code"]) == (409, "device_unknown")
    phone.quiet()
    assert list(phone.view().values()) == [{"a": 1}]


def test_a_revoked_phone_gets_nothing_and_stores_nothing(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    with transaction(engine) as db:
        db.get_one(Device, phone.device_id).revoked_at = db.get_one(Device, phone.device_id).created_at
    status, answer = phone.send("POST", "/api/sync", request(phone, [phone.create({})]))
    assert (status, answer["code"]) == (403, "device_revoked")
    assert stored(engine) == 0


def test_a_revoked_phone_does_not_come_back_under_its_old_id(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    phone = phone_of(cast.rita)
    with transaction(engine) as db:
        db.get_one(Device, phone.device_id).revoked_at = db.get_one(Device, phone.device_id).created_at
    status, answer = phone.send("PUT", f"/api/devices/{phone.device_id}", {"name": "A phone"})
    assert (status, answer["code"]) == (403, "device_revoked")


def test_a_phone_whose_session_changed_hands_is_stopped_at_every_door(
    phone_of: PhoneOf, cast: Cast, engine: Engine
) -> None:
    """Two people on one browser: what waits there for Rita never leaves under Ravi's name."""
    ravi = phone_of(cast.ravi)
    op = ravi.create({})
    asked = {"device_id": ravi.device_id, "op_ids": [op["op_id"]], "person_id": cast.rita.id}
    doors = [
        ("PUT", f"/api/devices/{uuid.uuid4()}", {"name": "A phone", "person_id": cast.rita.id}),
        ("POST", "/api/sync", request(ravi, [op], person_id=cast.rita.id)),
        ("POST", "/api/sync/missing", asked),
    ]
    for method, path, body in doors:
        status, answer = ravi.send(method, path, body)
        assert (status, answer["code"]) == (409, "other_person")
    assert stored(engine) == 0
    assert statuses(sync(ravi, [op], person_id=cast.ravi.id)) == ["applied"]


def test_a_coach_has_no_log(client_for: Callable[..., JsonClient], cast: Cast, frozen: Any) -> None:
    phone = Phone(over(client_for(cast.cal)))
    status, answer = phone.send("POST", "/api/sync", request(phone, []))
    assert (status, answer["code"]) == (403, "forbidden")
