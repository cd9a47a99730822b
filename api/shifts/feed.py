"""Fetches a calendar feed from an address that a stranger typed, under the guard that push endpoints stand under too.

A name is looked up once, every address it leads to must be public, and that very address is connected to, so no second
look-up can differ. Each redirect is a new address under the same guard. No proxy of the environment is used, nothing
of the request but an old ETag is told, and size and time are bounded, down to the last slow byte.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Timer
from urllib.parse import urljoin, urlsplit

from api.addresses import address_trouble, is_public, stands_at
from api.problems import Problem
from api.shifts.reading import BYTES_MAX
from api.shifts.trouble import CalendarTrouble, Reason

TOTAL_S = 12.0
CONNECT_S = 5.0
HOPS_MAX = 4
AT_ONCE = 4
REDIRECTS = frozenset({301, 302, 303, 307, 308})
TROUBLES: dict[int, Reason] = {401: "not_allowed", 403: "not_allowed", 404: "not_there", 410: "not_there"}

_WEBCAL = re.compile(r"webcals?://", re.IGNORECASE)
# A last label that begins with a letter is a name's; every spelling of a bare IP address ends in a number.
_NAME = re.compile(r".+\.[a-z][a-z0-9-]*")
_KEPT = re.compile(r"[ -~]{1,256}")
# A slow server holds a thread for TOTAL_S at most, and never more than these many.
_room = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Fetched:
    """What a feed answered; `body` is None when it is as it was. `etag` and `modified` go into the next question."""

    body: bytes | None = field(repr=False)
    etag: str | None = field(default=None, repr=False)
    modified: str | None = None


def feed_address(typed: str) -> str:
    """The address as it is asked: webcal means https."""
    return _WEBCAL.sub("https://", typed.strip(), count=1)


def feed_trouble(url: str, test_origin: str | None = None) -> str | None:
    """Why no feed is read from there, by the address's form alone; None when one may be."""
    if trouble := address_trouble(url, test_origin):
        return trouble
    named = stands_at(url, test_origin) or _NAME.fullmatch(urlsplit(url).hostname or "")
    return None if named else "does not name a host"


def fetch(url: str, etag: str | None, modified: str | None, test_origin: str | None = None) -> Fetched:
    """Ask for a feed, or whether it changed. Takes up to TOTAL_S seconds; never called inside a transaction.

    Raises CalendarTrouble for whatever the other side does, or Problem unavailable when too many are asked already.
    """
    if not _room.acquire(timeout=CONNECT_S):
        raise Problem("unavailable", headers={"Retry-After": "10"})
    try:
        return _Call(etag, modified, test_origin).follow(url)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CalendarTrouble("no_answer") from error
    finally:
        _room.release()


class _Call:
    """One fetch over all its hops. When its time is over the line is cut, whatever it was waiting for."""

    def __init__(self, etag: str | None, modified: str | None, test_origin: str | None) -> None:
        self._test_origin = test_origin
        self._headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Handrail"}
        if etag:
            self._headers["If-None-Match"] = etag
        if modified:
            self._headers["If-Modified-Since"] = modified
        self._line: socket.socket | None = None
        self._over = False

    def follow(self, url: str) -> Fetched:
        timer = Timer(TOTAL_S, self._cut)
        timer.daemon = True
        timer.start()
        try:
            for _ in range(HOPS_MAX):
                answer = self._hop(url)
                if isinstance(answer, Fetched):
                    return answer
                url = urljoin(url, answer)
            raise CalendarTrouble("no_answer")
        finally:
            timer.cancel()

    def _hop(self, url: str) -> Fetched | str:
        """What one address answers: the feed, or where it sends us."""
        if feed_trouble(url, self._test_origin):
            raise CalendarTrouble("bad_address")
        parts = urlsplit(url)
        with self._connected(url) as connection:
            connection.request(
                "GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", headers=self._headers
            )
            answer = connection.getresponse()
            if answer.status in REDIRECTS and (to := answer.headers.get("Location")):
                return to
            return self._received(answer)

    def _received(self, answer: http.client.HTTPResponse) -> Fetched:
        told = Fetched(None, _kept(answer.headers.get("ETag")), _kept(answer.headers.get("Last-Modified")))
        if answer.status == 304 and {"If-None-Match", "If-Modified-Since"} & self._headers.keys():
            return told
        if answer.status != 200:
            raise CalendarTrouble(TROUBLES.get(answer.status, "no_answer"))
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise CalendarTrouble("unreadable")
        body = answer.read(BYTES_MAX + 1)
        if len(body) > BYTES_MAX:
            raise CalendarTrouble("too_big")
        if self._over or answer.length:
            # Cut off, by the clock or by the other side: half a roster is none.
            raise CalendarTrouble("no_answer")
        return Fetched(body, told.etag, told.modified)

    @contextmanager
    def _connected(self, url: str) -> Iterator[http.client.HTTPConnection]:
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        self._line = self._open(url, host, port)
        try:
            connection = http.client.HTTPConnection(host, port)
            if secure:
                context = ssl.create_default_context()
                self._line = context.wrap_socket(self._line, server_hostname=host, do_handshake_on_connect=False)
                self._line.do_handshake()
                connection = http.client.HTTPSConnection(host, port, context=context)
            # With a line of its own the connection never opens one, so it neither looks up nor connects by itself.
            connection.sock = self._line
            connection.auto_open = 0
            if self._over:
                raise TimeoutError
            yield connection
        finally:
            self._line.close()

    def _open(self, url: str, host: str, port: int) -> socket.socket:
        """A line to the first address that answers. All must be public: a name that also leads inside is a trap."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if any(not self._allowed(url, place[4][0]) for place in found):
            raise CalendarTrouble("not_public")
        for family, kind, protocol, _, place in found[:HOPS_MAX]:
            line = socket.socket(family, kind, protocol)
            line.settimeout(CONNECT_S)
            try:
                line.connect(place)
            except OSError:
                line.close()
                continue
            line.settimeout(TOTAL_S)
            return line
        raise CalendarTrouble("no_answer")

    def _allowed(self, url: str, address: str | int) -> bool:
        if stands_at(url, self._test_origin):
            return ipaddress.ip_address(address).is_loopback
        return is_public(str(address))

    def _cut(self) -> None:
        self._over = True
        if self._line is not None:
            try:
                self._line.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _kept(header: str | None) -> str | None:
    return header if header and _KEPT.fullmatch(header) else None
