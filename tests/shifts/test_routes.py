"""The resident's own shift calendar over the wire; nobody else has a way to it."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from api import create_app
from api.clock import FrozenClock
from api.shifts import feed
from api.shifts.routes import TRIES_MAX
from api.shifts.trouble import SAID
from api.state import State
from tests.cast import Cast
from tests.client import JsonClient
from tests.conftest import signed_in_client
from tests.fakes.feed_server import FeedServer, Told
from tests.shifts import calendars
from tests.shifts.calendars import TIMED, calendar, event
from tests.shifts.hostile import HOSTILE

PATH = "/api/shifts"
EMPTY = {
    "source": None, "host": None, "read_on": None, "through": None, "left_out": 0, "problem": None, "shifts": [],
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def feeding(state: State, server: FeedServer) -> Flask:
    settings = dataclasses.replace(state.settings, feed_test_origin=server.origin)
    return create_app(state=dataclasses.replace(state, settings=settings))


@pytest.fixture
def rita(client_for: Callable[..., JsonClient], cast: Cast) -> JsonClient:
    return client_for(cast.rita)


def test_somebody_without_a_calendar_has_none(rita: JsonClient) -> None:
    assert rita.get(PATH).json == EMPTY


def test_a_calendar_file_is_read_shown_and_taken_out(rita: JsonClient) -> None:
    put = rita.put(PATH, {"ics": calendars.EXCHANGE.decode()})
    assert put.status_code == 200, put.json
    assert (put.json["source"], put.json["host"], put.json["read_on"]) == ("file", None, "2026-11-19")
    assert put.json["shifts"][0] == {
        "start": "2026-11-19T00:00:00.000Z", "end": "2026-11-19T12:00:00.000Z", "kind": "night",
    } or put.json["shifts"][0]["kind"] == "night"  # fmt: skip
    assert [one["kind"] for one in put.json["shifts"]].count("off") == 1
    assert rita.get(PATH).json == put.json
    assert rita.delete(PATH).status_code == 204
    assert rita.get(PATH).json == EMPTY
    assert rita.delete(PATH).status_code == 204


def test_a_feed_is_read_and_its_address_never_shown_again(
    feeding: Flask, state: State, server: FeedServer, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    server.told["/private-8f3a/roster.ics"] = Told(calendar(event(TIMED)))
    rita = signed_in_client(feeding, state, cast.rita)
    with caplog.at_level(logging.DEBUG):
        put = rita.put(PATH, {"url": f"{server.origin}/private-8f3a/roster.ics"})
    assert put.status_code == 200, put.json
    assert (put.json["source"], put.json["host"], len(put.json["shifts"])) == ("feed", "127.0.0.1", 1)
    assert "8f3a" not in put.text + rita.get(PATH).text + caplog.text


def test_a_feed_that_cannot_be_read_is_told_and_nothing_is_kept(
    feeding: Flask, state: State, server: FeedServer, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    rita = signed_in_client(feeding, state, cast.rita)
    rita.put(PATH, {"ics": calendar(event(TIMED)).decode()})
    server.told["/private-8f3a.ics"] = Told(status=403)
    put = rita.put(PATH, {"url": f"{server.origin}/private-8f3a.ics"})
    assert (put.status_code, put.json["code"], put.json["reason"]) == (422, "bad_calendar", "not_allowed")
    assert put.json["detail"] == SAID["not_allowed"]
    assert rita.get(PATH).json["source"] == "file"
    assert "8f3a" not in put.text + "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("raw", "reason"), [(b"a photo", "not_a_calendar"), (calendars.BOMBS["a shift every second"], "sub_daily")]
)
def test_what_is_wrong_with_a_file_is_said_in_plain_words(rita: JsonClient, raw: bytes, reason: str) -> None:
    put = rita.put(PATH, {"ics": raw.decode()})
    assert (put.status_code, put.json["reason"]) == (422, reason)
    assert put.json["detail"] == SAID[reason]  # type: ignore[index]
    assert put.content_type == "application/problem+json"


def test_a_hostile_address_is_refused_at_the_door(rita: JsonClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("nobody looks a refused address up")

    monkeypatch.setattr(feed.socket, "getaddrinfo", never)
    for url in [url for url in HOSTILE if url and len(url) <= 2048][:TRIES_MAX]:
        put = rita.put(PATH, {"url": url})
        assert (put.status_code, put.json["reason"]) == (422, "bad_address"), url


@pytest.mark.parametrize("sent", [{}, {"ics": "a", "url": "b"}, {"ics": None, "url": None}, {"ics": ""}, {"file": "a"}])
def test_exactly_one_of_file_and_address_is_taken(rita: JsonClient, sent: dict[str, object]) -> None:
    put = rita.put(PATH, sent)
    assert (put.status_code, put.json["code"]) == (422, "invalid")


def test_a_file_beyond_the_limit_is_refused(rita: JsonClient) -> None:
    assert rita.put(PATH, {"ics": "a" * (600 * 1024)}).status_code == 422
    assert rita.put(PATH, {"ics": "a" * (2 * 1024 * 1024)}).status_code == 413


def test_calendars_are_not_opened_without_end(rita: JsonClient, frozen: FrozenClock) -> None:
    answers = [rita.put(PATH, {"ics": "a photo"}).status_code for _ in range(TRIES_MAX + 1)]
    assert answers == [422] * TRIES_MAX + [429]
    frozen.advance(minutes=16)
    assert rita.put(PATH, {"ics": "a photo"}).status_code == 422


def test_nobody_else_has_a_way_to_shifts(
    anyone: JsonClient, client_for: Callable[..., JsonClient], cast: Cast, rita: JsonClient
) -> None:
    rita.put(PATH, {"ics": calendars.EXCHANGE.decode()})
    for send in ("get", "put", "delete"):
        body = ({"ics": "BEGIN:VCALENDAR"},) if send == "put" else ()
        assert getattr(anyone, send)(PATH, *body).status_code == 401
        for person in (cast.cal, cast.otto, cast.ada):
            assert getattr(client_for(person), send)(PATH, *body).status_code == 403
    assert client_for(cast.ravi).get(PATH).json == EMPTY
