"""Where a phone can be reached: one row a device, never taken over, told only to its own person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from api.clock import FrozenClock
from api.db import new_id, transaction
from api.people.models import Device, Person
from api.problems import Problem
from api.push import services
from api.push.models import Subscription
from tests.cast import Cast
from tests.client import JsonClient
from tests.fakes.push_service import BrowserKeys
from tests.push.hostile import HOSTILE
from tests.push.steps import FCM, KEY, NOON, asked, claim, phone, subscribe, subscriptions, told

PATH = "/api/push/subscription"
SignIn = Callable[..., JsonClient]


def test_one_device_has_one_subscription(engine: Engine, cast: Cast) -> None:
    device_id = phone(engine, cast.rita)
    subscribe(engine, cast.rita, device_id, f"{FCM}/fcm/send/new")
    subscribe(engine, cast.rita, device_id, f"{FCM}/fcm/send/new", NOON + timedelta(minutes=1))
    assert subscriptions(engine) == {device_id: f"{FCM}/fcm/send/new"}


def test_a_browser_that_forgot_its_device_keeps_one_row(engine: Engine, cast: Cast) -> None:
    phone(engine, cast.rita)
    second = phone(engine, cast.rita)
    assert list(subscriptions(engine)) == [second]


def test_an_endpoint_in_use_is_never_taken_over(engine: Engine, cast: Cast) -> None:
    ritas = phone(engine, cast.rita)
    with pytest.raises(Problem) as refused:
        phone(engine, cast.ravi)
    assert refused.value.code == "endpoint_taken"
    assert list(subscriptions(engine)) == [ritas]


def test_an_endpoint_whose_device_was_removed_may_move_on(engine: Engine, cast: Cast) -> None:
    ritas = phone(engine, cast.rita)
    with transaction(engine) as db:
        db.get_one(Device, ritas).revoked_at = NOON
    assert list(subscriptions(engine)) == [ritas]
    ravis = phone(engine, cast.ravi)
    assert list(subscriptions(engine)) == [ravis]


def test_only_an_own_registered_device_can_subscribe(engine: Engine, cast: Cast) -> None:
    ritas = phone(engine, cast.rita)
    for device_id in (ritas, new_id()):
        with pytest.raises(Problem) as refused:
            subscribe(engine, cast.ravi, device_id, f"{FCM}/fcm/send/ravi")
        assert refused.value.code == "device_unknown"


def test_a_phone_that_unsubscribed_gets_nothing(engine: Engine, cast: Cast) -> None:
    ritas = phone(engine, cast.rita)
    asked(engine, cast.rita)
    with transaction(engine) as db:
        services.unsubscribe(db, cast.ravi, ritas)
    assert list(subscriptions(engine)) == [ritas]
    with transaction(engine) as db:
        services.unsubscribe(db, cast.rita, ritas)
    assert claim(engine) == []


def test_a_phone_that_confirms_leaves_the_day_and_nothing_finer(engine: Engine, cast: Cast) -> None:
    late = datetime(2026, 11, 20, 5, 59, 59, tzinfo=UTC)  # still Thursday in Chicago
    device_id = phone(engine, cast.rita, now=NOON)
    assert _confirmed(engine, device_id) == datetime(2026, 11, 19, 6, tzinfo=UTC)
    subscribe(engine, cast.rita, device_id, f"{FCM}/fcm/send/new", late)
    assert _confirmed(engine, device_id) == datetime(2026, 11, 19, 6, tzinfo=UTC)
    subscribe(engine, cast.rita, device_id, f"{FCM}/fcm/send/new", late + timedelta(seconds=1))
    assert _confirmed(engine, device_id) == datetime(2026, 11, 20, 6, tzinfo=UTC)


def test_a_second_look_on_one_day_writes_nothing(engine: Engine, cast: Cast) -> None:
    device_id, written = phone(engine, cast.rita), []
    at = (cast.rita, told(device_id, f"{FCM}/fcm/send/rita"), [KEY], None)

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    for hours, wrote in ((0, True), (1, False), (17, False), (18, True)):
        written.clear()
        with transaction(engine) as db:
            services.subscribe(db, *at, NOON + timedelta(hours=hours))
        assert bool(written) == wrote, hours


def _confirmed(engine: Engine, device_id: str) -> datetime:
    with transaction(engine, write=False) as db:
        return db.get_one(Subscription, device_id).confirmed_at


def _device(engine: Engine, person: Person) -> str:
    device_id = new_id()
    with transaction(engine) as db:
        db.add(Device(id=device_id, person_id=person.id, name="Phone", created_at=NOON))
    return device_id


def _body(device_id: str, /, **changes: Any) -> dict[str, Any]:
    return {"device_id": device_id, "endpoint": f"{FCM}/fcm/send/rita", "keys": BrowserKeys().wire} | changes


def test_a_phone_tells_where_it_is_reads_it_back_and_takes_it_back(
    engine: Engine, client_for: SignIn, cast: Cast, frozen: FrozenClock
) -> None:
    rita, device_id = client_for(cast.rita), _device(engine, cast.rita)
    nothing = {"endpoint": None, "confirmed_at": None, "push_key": rita.get("/api/me").json["push_key"]}
    assert rita.get(f"{PATH}?device_id={device_id}").json == nothing
    kept = rita.put(PATH, _body(device_id))
    confirmed = nothing | {"confirmed_at": "2026-11-19T06:00:00.000Z"}
    assert (kept.status_code, {"endpoint": None} | kept.json) == (200, confirmed)
    assert rita.get(f"{PATH}?device_id={device_id}").json == confirmed | {"endpoint": f"{FCM}/fcm/send/rita"}
    assert client_for(cast.ravi).get(f"{PATH}?device_id={device_id}").json == nothing
    assert rita.delete(f"{PATH}?device_id={device_id}").status_code == 204
    assert rita.delete(f"{PATH}?device_id={device_id}").status_code == 204
    assert rita.get(f"{PATH}?device_id={device_id}").json["endpoint"] is None


def test_no_hostile_endpoint_gets_past_the_door(engine: Engine, client_for: SignIn, cast: Cast) -> None:
    rita, device_id = client_for(cast.rita), _device(engine, cast.rita)
    for endpoint in HOSTILE:
        refused = rita.put(PATH, _body(device_id, endpoint=endpoint))
        assert refused.status_code == 422, endpoint
        assert "endpoint" in refused.json["errors"]
    assert subscriptions(engine) == {}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, 422, "bad_subscription"),
        ({"keys": {"p256dh": "AAAA"}}, 422, "invalid"),
        ({"device_id": "00000000-0000-4000-8000-000000000000"}, 409, "device_unknown"),
        ({"device_id": "unheard-of\x00"}, 422, "invalid"),
        ({"expirationTime": None}, 422, "invalid"),
    ],
)
def test_a_subscription_that_cannot_be_used_is_refused(
    engine: Engine, client_for: SignIn, cast: Cast, changes: dict[str, Any], status: int, code: str
) -> None:
    refused = client_for(cast.rita).put(PATH, _body(_device(engine, cast.rita), **changes))
    assert (refused.status_code, refused.json["code"]) == (status, code)


def test_only_residents_are_pushed_to(client_for: SignIn, cast: Cast) -> None:
    for person in (cast.cal, cast.ada):
        assert client_for(person).get(f"{PATH}?device_id={new_id()}").status_code == 403
        assert client_for(person).put(PATH, _body(new_id())).status_code == 403
