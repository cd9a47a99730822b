"""Requests that no sound phone sends: limits, poison, cut bodies, a database that is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from api.db import transaction
from api.journal import services
from api.journal.models import Parked, Stream
from tests.cast import Cast
from tests.client import JsonClient
from tests.sync.conftest import over
from tests.sync.phone import Phone
from tests.sync.test_exchange import request, statuses, stored, sync

PhoneOf = Callable[..., Phone]


@pytest.fixture
def browser(client_for: Callable[..., JsonClient], cast: Cast, frozen: Any) -> JsonClient:
    return client_for(cast.rita)


@pytest.fixture
def phone(browser: JsonClient) -> Phone:
    phone = Phone(over(browser))
    phone.register()
    return phone


def post_text(browser: JsonClient, body: str | bytes) -> Any:
    return browser.post("/api/sync", data=body, headers={"Content-Type": "application/json"})


POISON = [
    '"\\ud800"',
    '"\\u0000"',
    "1e400",
    "NaN",
    "-" + "9" * 5_000,
    "[" * 50_000 + "]" * 50_000,
    '{"a":' * 20_000 + "1" + "}" * 20_000,
    "null",
    "true",
    json.dumps("x" * 100_000),
]


@pytest.mark.parametrize("field", ["whole", "op_id", "seq", "kind", "body", "\ud800"], ids=ascii)
def test_poison_in_one_op_is_parked_and_the_op_beside_it_is_stored(
    browser: JsonClient, phone: Phone, engine: Engine, field: str
) -> None:
    for count, poison in enumerate(POISON, 1):
        good, bad = phone.create({}), phone.create({})
        marked = "MARK" if field == "whole" else bad | {field: "MARK"}
        answer = post_text(browser, json.dumps(request(phone, [marked, good])).replace('"MARK"', poison))
        assert answer.status_code == 200, answer.get_json()
        assert statuses(answer.get_json()) == ["parked", "applied"]
        assert stored(engine) == count


def test_fifty_ops_fit_and_fifty_one_are_refused_with_nothing_stored(phone: Phone, engine: Engine) -> None:
    ops = [phone.create({}) for _ in range(51)]
    status, answer = phone.send("POST", "/api/sync", request(phone, ops))
    assert (status, answer["code"]) == (422, "too_many_ops")
    assert stored(engine) == 0
    assert statuses(sync(phone, ops[:50])) == ["applied"] * 50


def test_a_request_over_256_kib_is_refused(phone: Phone) -> None:
    ops = [phone.create("x" * 11_000) for _ in range(17)]
    status, answer = phone.send("POST", "/api/sync", request(phone, ops))
    assert (status, answer["code"]) == (413, "too_large")
    assert statuses(sync(phone, ops[:16])) == ["applied"] * 16


@pytest.mark.parametrize("cut", [1, 100, 900])
def test_a_body_that_was_cut_off_is_a_broken_request(
    browser: JsonClient, phone: Phone, engine: Engine, cut: int
) -> None:
    answer = post_text(browser, json.dumps(request(phone, [phone.create({})])).encode()[:-cut])
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")
    assert stored(engine) == 0


SHAPELESS: list[dict[str, Any]] = [
    {"nonce": ""},
    {"nonce": "n" * 65},
    {"nonce": None},
    {"proto": 0},
    {"proto": "1"},
    {"acked_through": -1},
    {"acked_through": float("inf")},
    {"device_id": "\x00"},
    {"device_id": "phone"},
    {"ops": None},
    {"ops": {}},
    {"cursor": "c" * 65},
    {"more": True},
]


def test_a_request_of_another_shape_is_refused_by_field(phone: Phone) -> None:
    for changes in SHAPELESS:
        status, answer = phone.send("POST", "/api/sync", request(phone, [], **changes))
        assert (status, answer["code"]) == (422, "invalid")
        assert list(answer["errors"]) == list(changes)


def test_a_request_of_a_newer_phone_is_still_read(phone: Phone) -> None:
    assert statuses(sync(phone, [phone.create({})], proto=2)) == ["applied"]


def test_parked_ops_of_one_person_are_capped_and_still_answered(
    phone: Phone, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PARKED_MAX", 3)
    for _ in range(2):
        bad = [phone.create({}) | {"kind": "confess"} for _ in range(2)]
        assert statuses(sync(phone, bad)) == ["parked"] * 2
    assert statuses(sync(phone, bad)) == ["parked"] * 2
    assert stored(engine, Parked) == 3


def busy(answer: Any) -> bool:
    """Whether this is the 503 that a phone waits out."""
    problem = answer.status_code, answer.get_json()["code"]
    return problem == (503, "unavailable") and int(answer.headers["Retry-After"]) > 0


def test_while_the_database_is_gone_the_phone_is_told_when_to_come_back(
    browser: JsonClient, phone: Phone, engine: Engine
) -> None:
    op = phone.create({})

    def refuse(*_: Any) -> None:
        raise engine.dialect.dbapi.OperationalError("gone")  # type: ignore[union-attr]

    engine.dispose()
    event.listen(engine, "do_connect", refuse)
    assert busy(browser.post("/api/sync", request(phone, [op])))
    event.remove(engine, "do_connect", refuse)
    assert statuses(sync(phone, [op])) == ["applied"]


def test_while_the_log_is_locked_the_phone_is_told_when_to_come_back(
    browser: JsonClient, phone: Phone, engine: Engine
) -> None:
    first, second = phone.create({}), phone.create({})
    sync(phone, [first])
    on_sqlite = engine.dialect.name == "sqlite"
    wait_less = "PRAGMA busy_timeout=100" if on_sqlite else "SET lock_timeout = 100"

    def impatient(connection: Any, _: Any) -> None:
        connection.execute(wait_less)
        if not on_sqlite:
            connection.commit()

    engine.dispose()
    event.listen(engine, "connect", impatient)
    with transaction(engine) as other:
        other.execute(select(Stream).with_for_update())
        assert busy(browser.post("/api/sync", request(phone, [second])))
    assert statuses(sync(phone, [first, second])) == ["dup", "applied"]
