"""Sends one sealed push. The only module that imports pywebpush, and one the web process never imports.

pywebpush is used for its encryption alone. Its own sending follows redirects to any host, has no timeout, writes into
the caller's claims, honours proxies, and puts endpoints and response bodies into its errors.
"""

from __future__ import annotations

import ipaddress
import socket
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from pywebpush import WebPusher

from api import clock
from api.push import message
from api.push.endpoints import endpoint_trouble, is_public
from api.push.outcome import Outcome, of_answer
from api.push.parcel import LAST_CALL, Parcel
from api.push.vapid import Signer, private_key

CONNECTIONS_MAX = 256
BLOCKED, NO_ANSWER = Outcome("blocked"), Outcome("unknown")


@dataclass
class Connecting:
    """Where the current send wants to connect; `refused` is set when an address was not allowed."""

    origin: str
    refused: bool = False


_connecting: ContextVar[Connecting] = ContextVar("connecting")


class Sender:
    """One shared session for all sends of a worker: `async with Sender(...) as sender`.

    `test_origin` is one more origin that may be pushed to, and the only one that may stand on loopback.
    """

    def __init__(self, pem: bytes, subject: str, origin: str, timeout_s: float, test_origin: str | None = None) -> None:
        self._signer = Signer(private_key(pem), subject)
        self._origin = origin
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(timeout_s, 5))
        self._test_origin = test_origin.rstrip("/") if test_origin else None
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, socket_factory=self._socket),
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(self, parcel: Parcel, now: datetime) -> Outcome:
        """Seal the prompt's message and hand it to the push service, once, without following anything.

        Never raises for what the other side does: no answer in time is an Outcome too.
        """
        left = parcel.until - now
        if left < LAST_CALL:
            return NO_ANSWER
        if endpoint_trouble(parcel.endpoint, self._test_origin):
            return BLOCKED
        try:
            plain = message.prompt_message(parcel.prompt_id, parcel.topic, self._origin)
        except ValueError:
            return Outcome("too_big")
        try:
            body = _sealed(parcel, plain)
        except Exception:  # pywebpush and http_ece raise half a dozen unrelated kinds for keys that are no keys
            return BLOCKED
        return await self._post(parcel, body, message.ttl_s(left.total_seconds()))

    async def _post(self, parcel: Parcel, body: bytes, ttl_s: int) -> Outcome:
        connecting = Connecting(parcel.origin)
        _connecting.set(connecting)
        real_now = clock.now() - timedelta(seconds=clock.offset_s())
        headers = {
            "TTL": str(ttl_s),
            "Urgency": "high",
            "Topic": parcel.topic,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._signer.header(parcel.origin, real_now),
        }
        try:
            # The answer's body is left unread: nobody needs it, and it could be long, slow or private.
            sent = self._session.post(parcel.endpoint, data=body, headers=headers, allow_redirects=False)
            async with sent as answer:
                return of_answer(answer.status, answer.headers.get("Retry-After"), real_now)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return BLOCKED if connecting.refused else NO_ANSWER

    def _socket(self, address: Any) -> socket.socket:
        """The guard: called with each resolved address just before connecting, so no second look-up can differ."""
        family, kind, proto, _, place = address
        connecting = _connecting.get()
        if not is_public(place[0]) and not self._is_test(connecting.origin, place):
            connecting.refused = True
            raise OSError("the address is not a public one")
        return socket.socket(family, kind, proto)

    def _is_test(self, origin: str, place: tuple[Any, ...]) -> bool:
        if self._test_origin is None or origin != self._test_origin:
            return False
        return ipaddress.ip_address(place[0]).is_loopback and place[1] == urlsplit(origin).port


def _sealed(parcel: Parcel, plain: bytes) -> bytes:
    keys = {"p256dh": parcel.p256dh, "auth": parcel.auth}
    sealed: bytes = WebPusher({"endpoint": parcel.endpoint, "keys": keys}).encode(plain)["body"]
    return sealed
