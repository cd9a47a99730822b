"""Where a feed may be read from, and what becomes of servers that lie, hang, send too much or send us elsewhere."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from api.shifts import feed
from api.shifts.feed import Fetched, feed_address, feed_trouble, fetch
from api.shifts.reading import BYTES_MAX
from api.shifts.trouble import CalendarTrouble
from tests.fakes.feed_server import FeedServer, Told
from tests.push.hostile import PRIVATE_ADDRESSES
from tests.shifts.hostile import HOSTILE

FEED = "https://calendar.example.org/secret-token/roster.ics"


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


def refused(url: str, test_origin: str | None = None) -> str:
    with pytest.raises(CalendarTrouble) as caught:
        fetch(feed_address(url), None, None, test_origin)
    return caught.value.reason


def test_there_are_at_least_thirty_hostile_addresses() -> None:
    assert len(set(HOSTILE)) >= 30


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused_and_never_connected_to(
    url: str, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to("8.8.8.8"))
    assert feed_trouble(feed_address(url))
    assert feed_trouble(feed_address(url), "http://127.0.0.1:8765")
    assert refused(url) == "bad_address"
    assert connects == []


@pytest.mark.parametrize(
    "url",
    [FEED, "webcal://calendar.example.org/a.ics", "WEBCAL://p01-caldav.example.com/published/2/AbC", f"  {FEED} ",
     "https://outlook.example.com:443/owa/calendar/a@b/c/reachcalendar.ics?x=1&y=%2F"],
)  # fmt: skip
def test_the_addresses_that_calendars_give_out_are_taken(url: str) -> None:
    assert feed_trouble(feed_address(url)) is None


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_a_name_that_leads_inside_is_never_connected_to(
    address: str, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to(address))
    assert refused(FEED) == "not_public"
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to("8.8.8.8", address))
    assert refused(FEED) == "not_public", "one public address among others is no excuse"
    assert connects == []


def test_the_very_address_that_was_checked_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[Any] = []

    def connect(self: socket.socket, place: Any) -> None:
        reached.append(place)
        raise ConnectionRefusedError

    looked_up: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to("8.8.4.4", log=looked_up))
    monkeypatch.setattr(feed.socket, "socket", type("Socket", (socket.socket,), {"connect": connect}))
    assert refused(FEED) == "no_answer"
    assert (reached, looked_up) == ([("8.8.4.4", 443)], ["calendar.example.org"])


def test_the_test_origin_opens_no_other_way_to_this_machine(
    server: FeedServer, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(server.origin.rpartition(":")[2])
    assert refused(f"http://127.0.0.1:{port + 1}/a.ics", server.origin) == "bad_address"
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to("127.0.0.1"))
    assert refused(FEED, server.origin) == "not_public"
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to("10.0.0.1"))
    assert refused(f"{server.origin}/a.ics", server.origin) == "not_public"
    assert connects == []


def test_a_feed_is_fetched_with_nothing_told_but_what_is_needed(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    server.told["/roster.ics?key=1"] = Told(b"BEGIN", headers={"ETag": '"v1"', "Last-Modified": "Thu, 19 Nov 2026"})
    got = fetch(f"{server.origin}/roster.ics?key=1", None, None, server.origin)
    assert got == Fetched(b"BEGIN", '"v1"', "Thu, 19 Nov 2026")
    assert {name.lower() for name in server.asked[0][1]} == {"host", "accept", "accept-encoding", "user-agent"}


def test_a_feed_that_did_not_change_is_not_sent_again(server: FeedServer) -> None:
    server.told["/a.ics"] = Told(b"BEGIN", headers={"ETag": '"v1"'})
    assert fetch(f"{server.origin}/a.ics", '"v1"', None, server.origin).body is None
    assert fetch(f"{server.origin}/a.ics", '"v0"', None, server.origin).body == b"BEGIN"


def test_an_answer_of_not_changed_that_nobody_asked_for_is_no_answer(server: FeedServer) -> None:
    server.told["/a.ics"] = Told(status=304)
    assert refused(f"{server.origin}/a.ics", server.origin) == "no_answer"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, "not_allowed"), (403, "not_allowed"), (404, "not_there"), (410, "not_there"), (500, "no_answer"),
     (429, "no_answer"), (204, "no_answer")],
)  # fmt: skip
def test_what_a_server_refuses_is_named(server: FeedServer, status: int, reason: str) -> None:
    server.told["/a.ics"] = Told(status=status)
    assert refused(f"{server.origin}/a.ics", server.origin) == reason


@pytest.mark.parametrize("status", sorted(feed.REDIRECTS))
def test_a_redirect_inside_the_same_server_is_followed(server: FeedServer, status: int) -> None:
    server.told["/a.ics"] = Told(status=status, headers={"Location": "/b.ics"})
    server.told["/b.ics"] = Told(b"BEGIN")
    assert fetch(f"{server.origin}/a.ics", None, None, server.origin).body == b"BEGIN"


@pytest.mark.parametrize("to", [url for url in HOSTILE if url.strip() and "\n" not in url and url.isascii()])
def test_no_redirect_leads_where_no_feed_may_stand(server: FeedServer, connects: list[Any], to: str) -> None:
    server.told["/a.ics"] = Told(status=302, headers={"Location": to})
    assert refused(f"{server.origin}/a.ics", server.origin) in ("bad_address", "not_there", "no_answer")
    assert {place[1] for place in connects} == {int(server.origin.rpartition(":")[2])}


def test_a_redirect_to_a_name_that_leads_inside_is_not_followed(
    server: FeedServer, connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.told["/a.ics"] = Told(status=302, headers={"Location": FEED})
    port = int(server.origin.rpartition(":")[2])
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to("127.0.0.1", port=port))
    assert refused(f"{server.origin}/a.ics", server.origin) == "not_public"
    assert len(connects) == 1


def test_redirects_in_a_ring_end(server: FeedServer) -> None:
    server.told["/a.ics"] = Told(status=302, headers={"Location": "/a.ics"})
    assert refused(f"{server.origin}/a.ics", server.origin) == "no_answer"
    assert len(server.asked) == feed.HOPS_MAX


def test_a_feed_without_an_end_is_cut_at_its_size(server: FeedServer) -> None:
    server.told["/a.ics"] = Told(b"a" * (BYTES_MAX + 1000))
    assert refused(f"{server.origin}/a.ics", server.origin) == "too_big"


def test_a_packed_feed_is_not_unpacked(server: FeedServer) -> None:
    server.told["/a.ics"] = Told(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert refused(f"{server.origin}/a.ics", server.origin) == "unreadable"


def test_half_a_feed_is_none(server: FeedServer) -> None:
    server.told["/a.ics"] = Told(b"BEGIN:VCALENDAR", headers={"Content-Length": "500", "Connection": "close"})
    assert refused(f"{server.origin}/a.ics", server.origin) == "no_answer"


@pytest.mark.parametrize("in_head", [True, False])
def test_a_server_that_sends_a_byte_at_a_time_is_cut_off(
    server: FeedServer, monkeypatch: pytest.MonkeyPatch, in_head: bool
) -> None:
    monkeypatch.setattr(feed, "TOTAL_S", 0.6)
    server.told["/a.ics"] = Told(b"a" * 500, drip_s=0.05, drip_head=in_head)
    began = time.monotonic()
    assert refused(f"{server.origin}/a.ics", server.origin) == "no_answer"
    assert time.monotonic() - began < 3


def test_an_address_never_stands_in_what_is_printed_of_a_fetch() -> None:
    assert "secret" not in repr(Fetched(b"secret", "secret"))


def _leads_to(*addresses: str, port: int = 443, log: list[str] | None = None) -> Any:
    def lie(host: str, *_: Any, **__: Any) -> list[Any]:
        if log is not None:
            log.append(host)
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, port, 0, 0))
            if ":" in one
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]

    return lie
