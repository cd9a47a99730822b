"""Devices, and the half of a journal key that the server may know."""

from __future__ import annotations

from collections.abc import Callable

import pyrage

from tests.cast import Cast
from tests.client import JsonClient

Browser = Callable[..., JsonClient]
PHONE = "6e2f3a0a-58f2-4a7c-8b0f-2a9d1f6f4c11"


def _key() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


def _wrap(text: str = "secret") -> str:
    return pyrage.passphrase.encrypt(text.encode(), "twelve words", armored=True).decode()


def test_a_device_is_registered_and_renamed(client_for: Browser, cast: Cast) -> None:
    rita = client_for(cast.rita)
    first = rita.put(f"/api/devices/{PHONE}", {"name": "Rita's phone"})
    again = rita.put(f"/api/devices/{PHONE}", {"name": "Old phone"})
    assert (first.status_code, again.json["name"]) == (200, "Old phone")
    assert first.json["created_at"] == again.json["created_at"]


def test_a_device_id_belongs_to_one_person(client_for: Browser, cast: Cast) -> None:
    client_for(cast.rita).put(f"/api/devices/{PHONE}", {"name": "Rita's phone"})
    refused = client_for(cast.ravi).put(f"/api/devices/{PHONE}", {"name": "Mine now"})
    assert (refused.status_code, refused.json["code"]) == (409, "device_taken")


def test_the_first_journal_key_stands_until_it_is_replaced_knowingly(client_for: Browser, cast: Cast) -> None:
    rita, first, second = client_for(cast.rita), _key(), _key()
    assert rita.get("/api/me").json["identity"] is None
    assert rita.put("/api/identity", {"public_key": first, "replaces": None}).status_code == 200
    assert rita.put("/api/identity", {"public_key": first, "replaces": None}).status_code == 200
    refused = rita.put("/api/identity", {"public_key": second, "replaces": None})
    assert (refused.status_code, refused.json["public_key"]) == (409, first)
    assert rita.put("/api/identity", {"public_key": second, "replaces": first}).status_code == 200
    assert rita.get("/api/me").json["identity"] == {"public_key": second}


def test_a_wrap_comes_back_as_it_was_and_only_to_its_person(client_for: Browser, cast: Cast) -> None:
    rita, wrap = client_for(cast.rita), _wrap()
    assert rita.put("/api/wraps/recovery", {"body": wrap}).status_code == 200
    assert rita.get("/api/wraps").json["wraps"] == [{"kind": "recovery", "body": wrap}]
    assert client_for(cast.ravi).get("/api/wraps").json["wraps"] == []


def test_a_replaced_journal_key_takes_its_wraps_with_it(client_for: Browser, cast: Cast) -> None:
    rita, first = client_for(cast.rita), _key()
    rita.put("/api/identity", {"public_key": first, "replaces": None})
    rita.put("/api/wraps/recovery", {"body": _wrap()})
    rita.put("/api/identity", {"public_key": _key(), "replaces": first})
    assert rita.get("/api/wraps").json["wraps"] == []


def test_only_sealed_text_is_taken_as_a_wrap(client_for: Browser, cast: Cast) -> None:
    for body in ("AGE-SECRET-KEY-1QQQ", _wrap() + "trailing", _wrap("x" * 4000)):
        assert client_for(cast.rita).put("/api/wraps/recovery", {"body": body}).status_code == 422
