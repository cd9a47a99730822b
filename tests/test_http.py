"""The one way in: problems, sizes, origins, methods, and who may call."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from api import create_app, http
from api.auth import Caller
from api.state import State
from tests.cast import Cast
from tests.client import JsonClient


def test_a_route_that_declares_nobody_stops_the_start_up(app: Flask) -> None:
    app.add_url_rule("/stray", "stray", lambda: "open to whom?")
    with pytest.raises(RuntimeError, match="/stray"):
        http.refuse_undeclared(app)


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    kinds = {getattr(app.view_functions[rule.endpoint], http.DECLARED, None) for rule in app.url_map.iter_rules()}
    assert kinds <= set(Caller)


def test_a_wrong_method_is_told_which_ones_are_offered(anyone: JsonClient, cast: Cast) -> None:
    refused = anyone.delete("/api/me")
    assert refused.status_code == 405
    assert {"GET", "HEAD", "OPTIONS"} == {name.strip() for name in refused.headers["Allow"].split(",")}
    assert refused.json["code"] == "method_not_allowed"


def test_a_field_nobody_declared_is_refused(anyone: JsonClient, cast: Cast) -> None:
    refused = anyone.post("/api/sign-in/code", {"email": "rita@hospital.example", "admin": True})
    assert refused.status_code == 422
    assert refused.json["errors"] == {"admin": ["Unknown field."]}


def test_a_body_over_the_limit_is_refused_before_it_is_read(anyone: JsonClient, cast: Cast) -> None:
    refused = anyone.post("/api/sign-in/code", {"email": "x" * 20_000})
    assert (refused.status_code, refused.json["code"]) == (413, "too_large")


NOT_JSON = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 5000,
    b'{"email": 1e999}',
    b'{"email": ' + b"9" * 5000 + b"}",
    b'{"email": "\\ud800@x.yz"}',
]


@pytest.mark.parametrize("body", NOT_JSON)
def test_what_is_not_json_is_a_clear_error(anyone: JsonClient, cast: Cast, body: bytes) -> None:
    refused = anyone.post("/api/sign-in/code", data=body, headers={"Content-Type": "application/json"})
    assert refused.status_code in (400, 422)
    assert refused.content_type == "application/problem+json"


def test_a_form_is_not_json(anyone: JsonClient, cast: Cast) -> None:
    refused = anyone.post("/api/sign-in/code", data={"email": "rita@hospital.example"})
    assert (refused.status_code, refused.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:99999"},
        {},
    ],
)
def test_another_site_cannot_act_for_a_person(anyone: JsonClient, cast: Cast, headers: dict[str, str]) -> None:
    anyone.headers = headers
    refused = anyone.post("/api/sign-in/code", {"email": "rita@hospital.example"})
    assert (refused.status_code, refused.json["code"]) == (403, "cross_site")


def test_an_old_browser_passes_by_its_origin(anyone: JsonClient, cast: Cast) -> None:
    anyone.headers = {"Origin": "http://localhost"}
    assert anyone.post("/api/sign-in/code", {"email": "rita@hospital.example"}).status_code == 202


def test_each_role_has_its_own_rooms(client_for: Callable[..., JsonClient], cast: Cast, anyone: JsonClient) -> None:
    assert anyone.get("/api/coordinator/people").status_code == 401
    assert client_for(cast.rita).get("/api/coordinator/people").status_code == 403
    assert client_for(cast.cal).get("/api/coordinator/people").status_code == 403
    assert client_for(cast.ada).get("/api/coordinator/people").status_code == 200
    assert client_for(cast.ada).get("/api/wraps").status_code == 403


def test_a_page_address_is_the_app_and_an_api_address_is_not(anyone: JsonClient) -> None:
    assert anyone.get("/journal").mimetype == "text/html"
    assert anyone.get("/api/nothing").json["code"] == "not_found"


def test_every_answer_carries_the_security_headers(anyone: JsonClient, cast: Cast) -> None:
    for path in ("/", "/api/me", "/api/nothing", "/manifest.webmanifest"):
        headers = anyone.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
    assert anyone.get("/api/me").headers["Cache-Control"] == "no-store"


def test_a_locked_or_lost_database_asks_to_come_back(
    state: State, cast: Cast, client_for: Callable[..., JsonClient], app: Flask
) -> None:
    browser = client_for(cast.rita)
    with state.engine.begin() as db:
        db.execute(text("ALTER TABLE person RENAME TO gone"))
    refused = browser.get("/api/me")
    assert refused.status_code == 503 or refused.json["code"] == "internal"


def test_an_unforeseen_error_says_nothing_of_the_request(
    state: State, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(state=state)

    @http.declared(Caller.ANYONE)
    def explode() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/api/explode", "explode", explode)
    with caplog.at_level(logging.ERROR):
        answer = JsonClient(app.test_client()).get("/api/explode?secret=1")
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert "secret" not in answer.text
