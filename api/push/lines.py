"""Kept-alive connections to push services: HTTP/1.1, one request at a time on each, nothing followed, nothing kept.

An own small client, because sealing a push takes 0.2 ms and a general HTTP library as long again. It understands just
enough: a status, a Retry-After, and whether the connection can be used once more; when in doubt it is closed.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

HEAD_MAX, BODY_MAX = 16 * 1024, 64 * 1024
IDLE_MAX = 64  # lines of one push service
IDLE_S, CONNECT_S, LOOKED_UP_S = 15.0, 5.0, 10.0
ADDRESSES_MAX, LOOK_UPS_MAX = 4, 16

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: |$)")
Place = tuple[Any, ...]


class Refused(OSError):
    """No address that this name leads to may be connected to."""


class Broken(OSError):
    """The connection ended, or said something that is not HTTP, before there was an answer."""


@dataclass(frozen=True)
class Answer:
    status: int
    retry_after: str | None


class Line(asyncio.Protocol):
    """One connection. `free` is called when it can take another request."""

    def __init__(self, free: Callable[[Line], None]) -> None:
        self.idle_since = 0.0
        self._free = free
        self._held = b""
        self._body_left = 0
        self._keeps = False
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        self._answer = asyncio.get_running_loop().create_future()
        self._held = b""
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self._skip(len(data))
            return
        self._held += data
        while self._answer is not None and (end := self._held.find(b"\r\n\r\n")) >= 0:
            head, self._held = self._held[:end], self._held[end + 4 :]
            self._read(head)
        if self._answer is not None and len(self._held) > HEAD_MAX:
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._body_left, self._keeps = 0, False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Broken("the connection ended"))
        self._answer = None

    def close(self) -> None:
        self._transport.abort()

    def _read(self, head: bytes) -> None:
        """Understand one head; those of interim answers (1xx) are passed over."""
        first, *lines = head.split(b"\r\n")
        found = _STATUS.match(first)
        status = int(found[1]) if found else 0
        if not found or status == 101 or len(head) > HEAD_MAX:
            self.close()
            return
        if status < 200:
            return
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        self._begin_body(status, first, headers)
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            told = headers.get(b"retry-after")
            answer.set_result(Answer(status, told.decode("latin-1") if told else None))
        rest, self._held = self._held, b""
        self._skip(len(rest))
        if self._body_left > 0:
            asyncio.get_running_loop().call_later(IDLE_S, self._give_up)

    def _give_up(self) -> None:
        """A body that never comes whole is not waited for; a line that is in use again by now has none to wait for."""
        if self._body_left > 0:
            self.close()

    def _begin_body(self, status: int, first: bytes, headers: dict[bytes, bytes]) -> None:
        """How much of the answer is still to come. Nobody reads it: it could be long, slow or private."""
        length = b"0" if status == 204 else headers.get(b"content-length", b"")
        known = length.isdigit() and len(length) < 7 and int(length) <= BODY_MAX
        closes = first.startswith(b"HTTP/1.0") or b"close" in headers.get(b"connection", b"").lower()
        self._keeps = known and not closes and b"transfer-encoding" not in headers
        self._body_left = int(length) if self._keeps else 0

    def _skip(self, count: int) -> None:
        self._body_left -= count
        if not self._keeps or self._body_left < 0:
            self.close()
        elif self._body_left == 0:
            self._keeps = False  # whatever comes from now on was not asked for
            self._free(self)


@dataclass
class Lines:
    """All connections of a worker. `allows` is asked about each resolved address just before it is connected to."""

    allows: Callable[[str, Place], bool]
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    _idle: dict[str, list[Line]] = field(default_factory=dict)
    _open: set[Line] = field(default_factory=set)
    _found: dict[str, tuple[float, asyncio.Future[list[Any]]]] = field(default_factory=dict)
    # Names are looked up by threads of their own: one that hangs must not take those of the database.
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(LOOK_UPS_MAX, "look-up"))

    async def ask(self, origin: str, request: bytes, timeout_s: float) -> Answer:
        """Send one request and return its answer. Raises Refused, another OSError, or TimeoutError."""
        async with asyncio.timeout(timeout_s):
            line = self._take(origin) or await self._connect(origin, min(timeout_s, CONNECT_S))
            try:
                return await line.ask(request)
            except BaseException:
                line.close()
                raise

    def close(self) -> None:
        for line in list(self._open):
            line.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _take(self, origin: str) -> Line | None:
        idle, now = self._idle.get(origin, []), asyncio.get_running_loop().time()
        while idle:
            line = idle.pop()
            if line.is_open and now - line.idle_since < IDLE_S:
                return line
            line.close()
        return None

    def _give_back(self, origin: str, line: Line) -> None:
        line.idle_since = asyncio.get_running_loop().time()
        idle = self._idle.setdefault(origin, [])
        if len(idle) < IDLE_MAX:
            idle.append(line)
        else:
            line.close()

    def _sweep(self) -> None:
        """Close what idles for long, and forget names and services nobody asks for any more."""
        now = asyncio.get_running_loop().time()
        for origin, idle in list(self._idle.items()):
            for line in [line for line in idle if now - line.idle_since >= IDLE_S]:
                line.close()
                idle.remove(line)
            if not idle:
                del self._idle[origin]
        self._open = {line for line in self._open if line.is_open}
        self._found = {key: asked for key, asked in self._found.items() if now - asked[0] <= LOOKED_UP_S}

    async def _connect(self, origin: str, timeout_s: float) -> Line:
        """A new connection to the first address that may be and can be connected to."""
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        trouble: OSError = Refused("no address may be connected to")
        for family, _kind, proto, _name, place in (await self._look_up(host, port))[:ADDRESSES_MAX]:
            if not self.allows(origin, place):
                continue
            try:
                return await self._open_line(origin, (family, proto, place), host, timeout_s)
            except OSError as error:
                trouble = error
        raise trouble

    async def _open_line(self, origin: str, address: tuple[Any, Any, Place], host: str, timeout_s: float) -> Line:
        loop, (family, proto, place) = asyncio.get_running_loop(), address
        reached = socket.socket(family, socket.SOCK_STREAM, proto)
        try:
            reached.setblocking(False)
            reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(timeout_s):
                await loop.sock_connect(reached, place)
                # The name is only for the certificate: the connection is to the address that was looked at.
                tls: dict[str, Any] = {"ssl": self.tls, "server_hostname": host} if origin.startswith("https:") else {}
                made = await loop.create_connection(
                    lambda: Line(lambda line: self._give_back(origin, line)), sock=reached, **tls
                )
        except BaseException:
            reached.close()
            raise
        self._sweep()
        self._open.add(made[1])
        return made[1]

    async def _look_up(self, host: str, port: int) -> list[Any]:
        """The addresses of a name, asked for once however many wait, and again after ten seconds."""
        loop, key = asyncio.get_running_loop(), f"{host}:{port}"
        asked = self._found.get(key)
        if asked is None or loop.time() - asked[0] > LOOKED_UP_S:
            asking = loop.run_in_executor(
                self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            )
            asking.add_done_callback(lambda done: done.cancelled() or done.exception())
            asked = self._found[key] = loop.time(), asking
        try:
            return await asyncio.shield(asked[1])
        except OSError:
            self._found.pop(key, None)
            raise
