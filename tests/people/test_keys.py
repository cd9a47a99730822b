"""The half of a journal key that the server may know, and the wraps it keeps and cannot open."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pyrage
import pytest
from sqlalchemy import Engine, select

from api.clock import FrozenClock
from api.db import transaction
from api.people import services
from api.people.models import Handover
from tests.cast import Cast
from tests.client import JsonClient

Browser = Callable[..., JsonClient]
PHONE = "6e2f3a0a-58f2-4a7c-8b0f-2a9d1f6f4c11"


def _key() -> str:
    return str(pyrage.x25519.Identity.generate().to_public())


@cache
def _wrap(text: str = "secret") -> str:
    # A passphrase is stretched for seconds on purpose.
    return pyrage.passphrase.encrypt(text.encode(), "twelve words", armored=True).decode()


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
    assert rita.get("/api/wraps").json["wraps"] == [{"kind": "recovery", "body": wrap, "credential_id": None}]
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


CREDENTIAL = "AbCdEfGh_-0123456789"


def test_a_passkey_is_never_the_only_wrap(client_for: Browser, cast: Cast) -> None:
    rita, wrap = client_for(cast.rita), {"body": _wrap(), "credential_id": CREDENTIAL}
    refused = rita.put("/api/wraps/passkey", wrap)
    assert (refused.status_code, refused.json["code"]) == (409, "words_first")
    rita.put("/api/wraps/recovery", {"body": _wrap()})
    assert rita.put("/api/wraps/passkey", wrap).status_code == 200
    assert {known["kind"]: known["credential_id"] for known in rita.get("/api/wraps").json["wraps"]} == {
        "recovery": None,
        "passkey": CREDENTIAL,
    }
    assert rita.delete("/api/wraps/passkey").status_code == 204
    assert [known["kind"] for known in rita.get("/api/wraps").json["wraps"]] == ["recovery"]


@pytest.mark.parametrize(
    "carried",
    [
        {"clientExtensionResults": {"prf": {"results": {"first": "c2VjcmV0"}}}},
        {"prf": {"results": {"first": "c2VjcmV0"}}},
        {"credential": {"id": CREDENTIAL, "clientExtensionResults": {"prf": {}}}},
    ],
)
def test_what_a_passkey_tells_in_secret_is_refused(client_for: Browser, cast: Cast, carried: dict[str, object]) -> None:
    rita = client_for(cast.rita)
    rita.put("/api/wraps/recovery", {"body": _wrap()})
    refused = rita.put("/api/wraps/passkey", {"body": _wrap(), "credential_id": CREDENTIAL, **carried})
    assert (refused.status_code, list(refused.json["errors"])) == (422, list(carried))


def test_a_key_is_handed_to_a_new_phone_once(client_for: Browser, cast: Cast) -> None:
    new, old, asked = client_for(cast.rita), client_for(cast.rita), {"public_key": _key()}
    assert old.get("/api/handover").status_code == 404
    assert new.put("/api/handover", asked).status_code == 200
    assert old.get("/api/handover").json == asked
    assert new.post("/api/handover/take", asked).json == {"body": None}
    gift = {**asked, "body": _wrap()}
    assert old.post("/api/handover/give", gift).status_code == 204
    assert old.post("/api/handover/give", {**asked, "body": _wrap("another")}).status_code == 404
    assert old.get("/api/handover").status_code == 404
    assert new.post("/api/handover/take", asked).json == {"body": gift["body"]}
    assert new.post("/api/handover/take", asked).status_code == 404


def test_a_key_is_given_only_to_the_phone_that_was_shown(client_for: Browser, cast: Cast) -> None:
    new, old, shown, swapped = client_for(cast.rita), client_for(cast.rita), _key(), _key()
    new.put("/api/handover", {"public_key": shown})
    new.put("/api/handover", {"public_key": swapped})
    assert old.post("/api/handover/give", {"public_key": shown, "body": _wrap()}).status_code == 404
    assert new.post("/api/handover/take", {"public_key": shown}).status_code == 404


def test_a_handover_lives_ten_minutes_and_is_its_persons(
    client_for: Browser, cast: Cast, frozen: FrozenClock, engine: Engine
) -> None:
    new, asked = client_for(cast.rita), {"public_key": _key()}
    new.put("/api/handover", asked)
    assert client_for(cast.ravi).get("/api/handover").status_code == 404
    assert client_for(cast.ravi).post("/api/handover/give", {**asked, "body": _wrap()}).status_code == 404
    frozen.advance(minutes=10)
    assert new.get("/api/handover").status_code == 404
    assert new.post("/api/handover/give", {**asked, "body": _wrap()}).status_code == 404
    assert new.post("/api/handover/take", asked).status_code == 404
    with transaction(engine) as db:
        assert services.purge(db, frozen.now()) == 1
        assert db.scalars(select(Handover)).all() == []
