"""Signing in by a short typed code."""

from __future__ import annotations

import re
from collections.abc import Callable

from api.clock import FrozenClock
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
    client_for: Callable[..., JsonClient], cast: Cast, engine: object, letters: Letters, anyone: JsonClient
) -> None:
    from api.db import transaction
    from api.people.models import Person

    browser = client_for(cast.rita)
    assert browser.get("/api/me").status_code == 200
    with transaction(engine) as db:  # type: ignore[arg-type]
        person = db.get(Person, cast.rita.id)
        assert person
        person.disabled_at = person.joined_at
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


def test_a_wrong_shape_of_code_is_said_at_its_field(anyone: JsonClient, cast: Cast) -> None:
    refused = anyone.post("/api/sign-in", {"email": "rita@hospital.example", "code": "12"})
    assert refused.status_code == 422
    assert refused.json["errors"] == {"code": ["Six digits."]}
