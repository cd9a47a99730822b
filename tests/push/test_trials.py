"""A test push to one's own phone, and what the phone can read about how pushing goes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from api import worker
from api.clock import FrozenClock
from api.db import new_id, transaction
from api.people.models import Device, Person
from api.push import services
from api.push.models import Subscription
from api.push.outcome import Outcome
from api.state import State
from tests.cast import Cast
from tests.client import JsonClient
from tests.fakes.push_service import BrowserKeys, PushService
from tests.push.steps import LEASE, NOON, asked, claim, record

TEST, HEALTH = "/api/push/test", "/api/push/health"
SignIn = Callable[..., JsonClient]


@pytest.fixture
def service() -> Iterator[PushService]:
    with PushService() as held:
        yield held


@pytest.fixture
def house(state: State, service: PushService, frozen: FrozenClock) -> State:
    settings = dataclasses.replace(state.settings, push_test_origin=service.origin, push_timeout_s=2.0)
    return dataclasses.replace(state, settings=settings)


def phone(house: State, service: PushService, person: Person, keys: BrowserKeys | None = None) -> str:
    device_id = new_id()
    told = {"device_id": device_id, "endpoint": service.endpoint(device_id), "keys": (keys or BrowserKeys()).wire}
    with transaction(house.engine) as db:
        db.add(Device(id=device_id, person_id=person.id, name="Phone", created_at=NOON))
        db.flush()
        services.subscribe(db, person, told, house.vapid.publics, service.origin, NOON)
    return device_id


def test_a_test_push_is_sent_by_the_worker_and_confirmed_by_the_phone(
    house: State, service: PushService, cast: Cast, client_for: SignIn
) -> None:
    keys, rita = BrowserKeys(), client_for(cast.rita)
    device_id = phone(house, service, cast.rita, keys)
    assert rita.get(f"{TEST}?device_id={device_id}").json == {"id": None, "state": "none", "reason": None}
    made = rita.post(TEST, {"device_id": device_id}).json
    assert (made["state"], service.received) == ("waiting", [])
    worker.run(house, once=True)
    worker.run(house, once=True)
    (message,) = service.received
    told = json.loads(keys.open(message.body))["notification"]
    assert told["navigate"] == f"http://localhost/prompts?test={made['id']}"
    assert (told["tag"], told["data"]) == ("test", {"v": 1, "test": made["id"]})
    assert rita.get(f"{TEST}?device_id={device_id}").json["state"] == "sent"
    assert rita.post(f"{TEST}/confirm", {"device_id": device_id, "id": made["id"]}).status_code == 204
    assert rita.get(f"{TEST}?device_id={device_id}").json == {"id": made["id"], "state": "shown", "reason": None}


@pytest.mark.parametrize(("status", "reason"), [(410, "gone"), (429, "busy"), (403, "refused"), (500, "unanswered")])
def test_a_test_that_fails_says_why_in_one_word(
    house: State, service: PushService, cast: Cast, client_for: SignIn, status: int, reason: str
) -> None:
    rita, device_id = client_for(cast.rita), phone(house, service, cast.rita)
    rita.post(TEST, {"device_id": device_id})
    service.tell(status)
    worker.run(house, once=True)
    told = rita.get(f"{TEST}?device_id={device_id}").json
    assert (told["state"], told["reason"], len(service.received)) == ("failed", reason, 1)
    assert rita.get(f"{HEALTH}?device_id={device_id}").json["subscribed"] == (status != 410)


def test_a_test_nobody_took_up_is_late_and_an_hour_later_it_is_gone(
    house: State, service: PushService, cast: Cast, client_for: SignIn, frozen: FrozenClock
) -> None:
    rita, device_id = client_for(cast.rita), phone(house, service, cast.rita)
    rita.post(TEST, {"device_id": device_id})
    frozen.advance(minutes=3)
    worker.run(house, once=True)
    assert service.received == []
    assert rita.get(f"{TEST}?device_id={device_id}").json["reason"] == "late"
    frozen.advance(hours=2)
    worker.run(house, once=True)
    assert rita.get(f"{TEST}?device_id={device_id}").json["state"] == "none"


def test_tests_are_counted_and_belong_to_ones_own_subscribed_device(
    house: State, service: PushService, cast: Cast, client_for: SignIn, engine: Engine
) -> None:
    rita, ravi, device_id = client_for(cast.rita), client_for(cast.ravi), phone(house, service, cast.rita)
    made = rita.post(TEST, {"device_id": device_id}).json
    assert ravi.post(TEST, {"device_id": device_id}).json["code"] == "device_unknown"
    assert ravi.get(f"{TEST}?device_id={device_id}").json["state"] == "none"
    ravi.post(f"{TEST}/confirm", {"device_id": device_id, "id": made["id"]})
    assert rita.get(f"{TEST}?device_id={device_id}").json["state"] == "waiting"
    answers = [rita.post(TEST, {"device_id": device_id}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Retry-After" in answers[-1].headers
    assert rita.delete(f"/api/push/subscription?device_id={device_id}").status_code == 204
    assert rita.post(TEST, {"device_id": device_id}).json["code"] in ("not_subscribed", "too_many")


def _health(client: JsonClient, device_id: str) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"{HEALTH}?device_id={device_id}").json
    return told


def test_a_resident_reads_days_and_never_moments(
    house: State, service: PushService, cast: Cast, client_for: SignIn
) -> None:
    rita, device_id = client_for(cast.rita), phone(house, service, cast.rita)
    fresh = _health(rita, device_id)
    assert fresh == {
        "subscribed": True,
        "confirmed_on": "2026-11-19",
        "accepted_on": None,
        "broken": None,
        "service": "well",
        "paused_until": None,
        "push_key": house.vapid.current,
        "email": {"on": False, "silent_days": 7, "instead": False},
    }
    asked(house.engine, cast.rita)
    worker.run(house, once=True)
    assert _health(rita, device_id) == fresh | {"accepted_on": "2026-11-19"}
    strange = _health(client_for(cast.ravi), device_id)
    assert (strange["subscribed"], strange["confirmed_on"], strange["accepted_on"]) == (False, None, None)


def test_a_lost_subscription_is_told_with_its_day_until_it_is_mended(
    house: State, service: PushService, cast: Cast, client_for: SignIn, frozen: FrozenClock
) -> None:
    rita, device_id = client_for(cast.rita), phone(house, service, cast.rita)
    asked(house.engine, cast.rita)
    service.tell(410)
    worker.run(house, once=True)
    told = _health(rita, device_id)
    assert (told["subscribed"], told["broken"]) == (False, {"since": "2026-11-19", "reason": "gone"})
    body = {"device_id": device_id, "endpoint": service.endpoint("new"), "keys": BrowserKeys().wire}
    with transaction(house.engine) as db:
        services.subscribe(db, cast.rita, body, house.vapid.publics, service.origin, frozen.now())
    assert _health(rita, device_id)["broken"] is None


def test_three_sends_without_an_answer_are_told(
    house: State, service: PushService, cast: Cast, client_for: SignIn, frozen: FrozenClock
) -> None:
    rita, device_id = client_for(cast.rita), phone(house, service, cast.rita)
    asked(house.engine, cast.rita)
    service.tell(500, times=3)
    for _ in range(6):
        worker.run(house, once=True)
        frozen.advance(minutes=1)
    assert len(service.received) == 3
    assert _health(rita, device_id)["broken"] == {"since": "2026-11-19", "reason": "unanswered"}


@pytest.mark.parametrize(
    ("outcome", "service_is"),
    [(Outcome("wait", 429, timedelta(minutes=5)), "busy"), (Outcome("refused", 403), "refused")],
)
def test_a_push_service_that_is_left_alone_is_told(
    house: State, service: PushService, cast: Cast, client_for: SignIn, outcome: Outcome, service_is: str
) -> None:
    rita, device_id = client_for(cast.rita), phone(house, service, cast.rita)
    asked(house.engine, cast.rita)
    (parcel,) = claim(house.engine)
    record(house.engine, parcel, outcome)
    assert _health(rita, device_id)["service"] == service_is


def test_a_sign_of_life_leaves_the_day(
    house: State, service: PushService, cast: Cast, client_for: SignIn, frozen: FrozenClock
) -> None:
    rita, device_id = client_for(cast.rita), phone(house, service, cast.rita)
    frozen.advance(days=3, hours=7)
    assert client_for(cast.ravi).post("/api/push/seen", {"device_id": device_id}).status_code == 204
    assert _health(rita, device_id)["confirmed_on"] == "2026-11-19"
    assert rita.post("/api/push/seen", {"device_id": device_id}).status_code == 204
    assert _health(rita, device_id)["confirmed_on"] == "2026-11-22"
    with transaction(house.engine, write=False) as db:
        kept = db.get_one(Subscription, device_id).confirmed_at
    assert (kept.minute, kept.second, kept.hour) == (0, 0, 6)  # midnight in Chicago


def test_nobody_but_residents_reads_any_of_it(client_for: SignIn, cast: Cast) -> None:
    for person in (cast.cal, cast.ada):
        for path in (TEST, HEALTH):
            assert client_for(person).get(f"{path}?device_id={new_id()}").status_code == 403


def test_a_first_round_after_a_migration_notes_health_too(house: State, service: PushService, cast: Cast) -> None:
    device_id = phone(house, service, cast.rita)
    asked(house.engine, cast.rita)
    (parcel,) = claim(house.engine)
    assert parcel.day == date(2026, 11, 19)
    with transaction(house.engine) as db:
        db.execute(update(Subscription).values(vapid_key=None))
    record(house.engine, parcel, Outcome("unknown"))
    (again,) = claim(house.engine, NOON + LEASE)
    assert (again.vapid_key, again.device_id) == (None, device_id)
