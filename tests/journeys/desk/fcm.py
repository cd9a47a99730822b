"""A loopback stand-in for Google's push service as Chromium's browser process sees it.

Chromium has a switch for each of its three parts: check-in and registration are plain HTTP forms, delivery is a
long-lived TLS connection of length-prefixed protobuf messages.
"""

import asyncio
import secrets
import ssl
import time
import urllib.parse

from aiohttp import web

from tests.journeys.desk.mail import Message, PostOffice, Subscription
from tests.journeys.desk.protobuf import fixed64, parse, text, varint, whole

PING, PING_ACK, LOGIN, LOGIN_OK, CLOSE, IQ, DATA = 0, 1, 2, 3, 4, 7, 8
# The field that says how many of our messages the browser has, by kind of message.
LAST_RECEIVED = {PING: 2, PING_ACK: 2, IQ: 10, DATA: 11}
VERSION = b"\x29"


class ChromiumLine:
    """One Chromium's delivery connection, from login to close."""

    def __init__(self, office: PostOffice, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.office, self.reader, self.writer = office, reader, writer
        self.browser = ""
        self.sent = self.received = 0
        self.unacked: dict[int, Message] = {}

    async def serve(self) -> None:
        try:
            await self._log_in()
            while await self._take_one():
                pass
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass  # The browser left; what it did not ack waits for it.
        finally:
            self.office.disconnect(self.browser, self)
            self.writer.close()

    async def deliver(self, message: Message, subscription: Subscription) -> None:
        assert subscription.mcs is not None
        fields = text(2, message.version) + text(3, subscription.mcs["sender"])
        fields += text(5, subscription.mcs["category"])
        for key, value in (("subtype", subscription.mcs["subtype"]), ("content-encoding", "aes128gcm")):
            if value and (message.body or key == "subtype"):
                fields += text(7, text(1, key) + text(2, value))
        fields += text(9, f"0:{message.version}") + whole(10, self.sent + 1) + whole(11, self.received)
        fields += whole(17, message.ttl) + whole(18, int(message.at))
        if message.body:
            fields += text(21, message.body)
        self.unacked[self.sent + 1] = message
        await self._send(DATA, fields + whole(24, 1))

    async def hang_up(self) -> None:
        self.writer.close()

    async def _log_in(self) -> None:
        await self.reader.readexactly(1)  # The protocol's version.
        tag, body = await self._read()
        if tag != LOGIN:
            raise ConnectionError("the first message was no login")
        self.received = 1
        user = next(value for field, value in parse(body) if field == 3)
        assert isinstance(user, bytes)
        self.browser = browser_name(user.decode())
        self.writer.write(VERSION)
        await self._send(LOGIN_OK, text(1, "login") + whole(5, 1) + whole(6, 1) + whole(8, int(time.time() * 1000)))
        self.office.note("hello", self.browser)
        await self.office.connect(self.browser, self)

    async def _take_one(self) -> bool:
        """False when the browser says goodbye."""
        tag, body = await self._read()
        self.received += 1
        for field, value in parse(body):
            if field == LAST_RECEIVED.get(tag) and isinstance(value, int):
                self._acked_through(value)
        if tag == PING:
            await self._send(PING_ACK, whole(2, self.received))
        return tag != CLOSE

    def _acked_through(self, stream: int) -> None:
        for number in [number for number in self.unacked if number <= stream]:
            message = self.unacked.pop(number)
            self.office.acked(self.browser, message.channel, message.version, "received")

    async def _read(self) -> tuple[int, bytes]:
        tag = (await self.reader.readexactly(1))[0]
        length = shift = 0
        while True:
            byte = (await self.reader.readexactly(1))[0]
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return tag, await self.reader.readexactly(length)
            shift += 7

    async def _send(self, tag: int, body: bytes) -> None:
        self.writer.write(bytes([tag]) + varint(len(body)) + body)
        self.sent += 1
        await self.writer.drain()


def browser_name(device: str) -> str:
    return f"chromium-{device}"


def registration_routes(office: PostOffice) -> list[web.RouteDef]:
    """Check-in (the browser gets a device number) and registration (a subscription is made or taken back)."""
    device, token = secrets.randbits(62) | 1, secrets.randbits(62) | 1

    async def check_in(request: web.Request) -> web.Response:
        await request.read()
        body = whole(1, 1) + whole(3, int(time.time() * 1000)) + whole(9, 0) + fixed64(7, device) + fixed64(8, token)
        return web.Response(body=body, content_type="application/x-protobuf")

    async def register(request: web.Request) -> web.Response:
        form = dict(urllib.parse.parse_qsl((await request.read()).decode()))
        subtype, category, sender = form.get("X-subtype", ""), form.get("app", ""), form.get("sender", "")
        browser = browser_name(form.get("device", ""))
        if form.get("delete") == "true":
            for old in office.subscriptions.values():
                old.gone = old.gone or bool(old.mcs and old.mcs["subtype"] == subtype)
            office.note("unregister", browser)
            return web.Response(text=f"deleted={category}")
        address = secrets.token_urlsafe(24)
        office.subscriptions[address] = Subscription(
            browser,
            subtype or category,
            sender if len(sender) > 40 else None,
            mcs={"sender": sender, "subtype": subtype, "category": category},
        )
        office.note("register", browser)
        return web.Response(text=f"token={address}")

    return [web.post("/gcm/checkin", check_in), web.post("/gcm/register3", register)]
