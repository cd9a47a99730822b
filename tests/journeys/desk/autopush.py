"""The browser's side of the push service as Firefox speaks it: JSON over one WebSocket."""

import base64
import json
import secrets
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from tests.journeys.desk.mail import Message, PostOffice, Subscription


class FirefoxLine:
    """One Firefox's socket, from hello to goodbye."""

    def __init__(self, office: PostOffice, origin: str) -> None:
        self.office, self.origin = office, origin
        self.browser = ""
        self.socket = web.WebSocketResponse(protocols=("push-notification",), max_msg_size=1 << 20)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        await self.socket.prepare(request)
        async for frame in self.socket:
            if frame.type != WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            # A ping is an empty object and has no type.
            await getattr(self, f"_on_{message.get('messageType', 'ping')}", self._on_other)(message)
        self.office.disconnect(self.browser, self)
        return self.socket

    async def deliver(self, message: Message, subscription: Subscription) -> None:
        news: dict[str, Any] = {"messageType": "notification", "channelID": message.channel, "version": message.version}
        if message.body:
            news["data"] = base64.urlsafe_b64encode(message.body).rstrip(b"=").decode()
            news["headers"] = {"encoding": "aes128gcm"}
        await self.socket.send_json(news)

    async def hang_up(self) -> None:
        await self.socket.close()

    async def _on_ping(self, message: dict[str, Any]) -> None:
        await self.socket.send_str("{}")

    async def _on_hello(self, message: dict[str, Any]) -> None:
        known = message.get("uaid")
        self.browser = known if known and known not in self.office.forgotten else uuid.uuid4().hex
        self.office.note("hello", self.browser)
        await self.socket.send_json(
            {"messageType": "hello", "uaid": self.browser, "status": 200, "use_webpush": True, "broadcasts": {}}
        )
        await self.office.connect(self.browser, self)

    async def _on_register(self, message: dict[str, Any]) -> None:
        token = secrets.token_urlsafe(24)
        self.office.subscriptions[token] = Subscription(self.browser, message["channelID"], message.get("key"))
        self.office.note("register", self.browser)
        await self.socket.send_json(
            {
                "messageType": "register",
                "channelID": message["channelID"],
                "status": 200,
                "pushEndpoint": f"{self.origin}/wpush/v2/{token}",
            }
        )

    async def _on_unregister(self, message: dict[str, Any]) -> None:
        for subscription in self.office.subscriptions.values():
            if subscription.channel == message["channelID"]:
                subscription.gone = True
        self.office.note("unregister", self.browser)
        await self.socket.send_json({"messageType": "unregister", "channelID": message["channelID"], "status": 200})

    async def _on_ack(self, message: dict[str, Any]) -> None:
        for update in message.get("updates", []):
            self.office.acked(self.browser, update["channelID"], update["version"], update.get("code", 100))

    async def _on_nack(self, message: dict[str, Any]) -> None:
        for kept in self.office.messages:
            if kept.version == message.get("version"):
                kept.nack = message.get("code")

    async def _on_other(self, message: dict[str, Any]) -> None:
        self.office.note(str(message.get("messageType")), self.browser)
