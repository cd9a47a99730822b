"""Signing in by a short typed code."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import Engine, select

from api import clock
from api.clock import FrozenClock
from api.db import transaction
from api.people import services
from api.people.models import SignIn, SignInCode
from api.state import State
from tests.cast import Cast
from tests.client import JsonClient
from tests.conftest import Letters


def _code(letters: Letters) -> str:
    found = re.search(r"\b[0-9]{6}\b", letters.sent[-1].text)
    assert found
    return found[0]


def _ask(browser: JsonClient, letters: Letters, email: str = "rita@hospital.example") -> str:
    assert browser.post("/api/sign-in/code", {"email": email}).status_code == 202
    return _code(letters)


def _enter(browser: JsonClient, code: str, email: str = "rita@hospital.example") -> int:
    return browser.post("/api/sign-in", {"email": email, "code": code}).status_code


def test_a_code_from_the_mail_opens_the_door(anyone: JsonClient, cast: Cast, letters: Letters) -> None:
    code = _ask(anyone, letters, "  Rita@Hospital.example ".strip())
    answer = anyone.post("/api/sign-in", {"email": "rita@hospital.example", "code": f"{code[:3]} {code[3:]}"})
    assert answer.status_code == 200
    assert answer.json["name"] == "Rita"
    assert answer.json["groups"] == [{"id": cast.group.id, "name": "Internal Medicine", "kind": "resident"}]
    assert anyone.get("/api/me").json["id"] == cast.rita.id


def test_a_code_works_once(anyone: JsonClient, cast: Cast, letters: Letters) -> None:
    code = _ask(anyone, letters)
    assert _enter(anyone, code) == 200
    assert _enter(anyone, code) == 401


def test_a_code_lives_ten_minutes(anyone: JsonClient, cast: Cast, letters: Letters, frozen: FrozenClock) -> None:
    code = _ask(anyone, letters)
    frozen.advance(minutes=10)
    assert _enter(anyone, code) == 401


def test_a_new_code_ends_the_older_one(anyone: JsonClient, cast: Cast, letters: Letters) -> None:
    first = _ask(anyone, letters)
    second = _ask(anyone, letters)
    assert first == second or _enter(anyone, first) == 401
    assert _enter(anyone, second) == 200


def test_a_code_opens_only_the_account_it_was_sent_to(anyone: JsonClient, cast: Cast, letters: Letters) -> None:
    code = _ask(anyone, letters)
    _ask(anyone, letters, "ravi@hospital.example")
    assert _enter(anyone, code, "cal@hospital.example") == 401


def test_five_wrong_tries_end_a_code(anyone: JsonClient, cast: Cast, letters: Letters) -> None:
    code = _ask(anyone, letters)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert [_enter(anyone, wrong) for _ in range(5)] == [401] * 5
    assert _enter(anyone, code) == 401


def test_an_unknown_address_is_answered_like_a_known_one(anyone: JsonClient, cast: Cast, letters: Letters) -> None:
    known = anyone.post("/api/sign-in/code", {"email": "rita@hospital.example"})
    unknown = anyone.post("/api/sign-in/code", {"email": "nobody@hospital.example"})
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)
    assert dict(known.headers) == dict(unknown.headers)
    assert len(letters.sent) == 1


def test_too_many_codes_ask_for_patience(anyone: JsonClient, cast: Cast, letters: Letters, frozen: FrozenClock) -> None:
    for _ in range(5):
        _ask(anyone, letters)
    refused = anyone.post("/api/sign-in/code", {"email": "rita@hospital.example"})
    assert refused.status_code == 429
    assert refused.json["code"] == "too_many"
    frozen.advance(seconds=int(refused.headers["Retry-After"]))
    _ask(anyone, letters)


def test_guessing_is_limited_for_an_account(anyone: JsonClient, cast: Cast, frozen: FrozenClock) -> None:
    tried = [_enter(anyone, "000000") for _ in range(16)]
    assert tried == [401] * 15 + [429]
    assert _enter(anyone, "000000", "ravi@hospital.example") == 401


def test_a_disabled_person_is_out_at_once(
    client_for: Callable[..., JsonClient], cast: Cast, engine: Engine, letters: Letters, anyone: JsonClient
) -> None:
    browser = client_for(cast.rita)
    assert browser.get("/api/me").status_code == 200
    with transaction(engine) as db:
        services.disable(db, cast.rita.email, clock.now())
    assert browser.get("/api/me").status_code == 401
    anyone.post("/api/sign-in/code", {"email": "rita@hospital.example"})
    assert letters.sent == []


def test_signing_out_ends_the_session_on_the_server(client_for: Callable[..., JsonClient], cast: Cast) -> None:
    browser = client_for(cast.rita)
    kept = browser.client.get_cookie("handrail-80")
    assert kept
    assert browser.post("/api/sign-out").status_code == 204
    browser.client.set_cookie("handrail-80", kept.value, domain="localhost")
    assert browser.get("/api/me").status_code == 401


def test_a_session_ends_when_its_time_is_over(
    anyone: JsonClient, cast: Cast, letters: Letters, frozen: FrozenClock, state: State
) -> None:
    assert _enter(anyone, _ask(anyone, letters)) == 200
    frozen.advance(days=state.settings.session_d - 1)
    assert anyone.get("/api/me").status_code == 200
    frozen.advance(days=1)
    assert anyone.get("/api/me").status_code == 401


def test_the_database_cannot_open_a_session_or_tell_when_one_began(
    anyone: JsonClient, cast: Cast, letters: Letters, engine: Engine, app: Flask
) -> None:
    code = _ask(anyone, letters)
    _enter(anyone, code)
    cookie = anyone.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    token = app.session_interface.get_signing_serializer(app).loads(cookie.value)["_user_id"]  # type: ignore[attr-defined]
    with transaction(engine, write=False) as db:
        (kept,) = db.scalars(select(SignIn))
        assert token not in (kept.token_hash, kept.person_id, kept.device_name)
        assert kept.expires_at.hour == kept.expires_at.minute == kept.expires_at.second == 0
        assert db.scalars(select(SignInCode)).all() == []


def test_what_is_over_is_deleted(
    anyone: JsonClient, cast: Cast, letters: Letters, frozen: FrozenClock, engine: Engine
) -> None:
    _enter(anyone, _ask(anyone, letters))
    _ask(anyone, letters, "ravi@hospital.example")
    with transaction(engine) as db:
        assert services.purge(db, frozen.now()) == 0
    frozen.advance(days=400)
    with transaction(engine) as db:
        assert services.purge(db, frozen.now()) == 2
        assert db.scalars(select(SignIn)).all() == []


def test_a_wrong_shape_of_code_is_said_at_its_field(anyone: JsonClient, cast: Cast) -> None:
    refused = anyone.post("/api/sign-in", {"email": "rita@hospital.example", "code": "12"})
    assert refused.status_code == 422
    assert refused.json["errors"] == {"code": ["Six digits."]}
