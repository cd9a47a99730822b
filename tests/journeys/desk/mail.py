"""What a push service holds: who subscribed, what was sent to them, and what became of it."""

import time
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass
class Subscription:
    """`key` is the application server key it was made with, None when it was made without one."""

    browser: str
    channel: str
    key: str | None
    gone: bool = False
    mcs: dict[str, str] | None = None  # Chromium's sender, subtype and category; None for Firefox.


@dataclass
class Message:
    """One accepted push. `ack` is None until the browser has it: 100 (Firefox) or "received" (Chromium)."""

    version: str
    browser: str
    channel: str
    ttl: int
    topic: str | None
    urgency: str
    body: bytes
    claims: dict[str, Any] | None
    at: float = field(default_factory=time.time)
    ack: int | str | None = None
    nack: int | None = None
    fate: str = "waiting"


class Line(Protocol):
    """An open connection to one browser."""

    async def deliver(self, message: Message, subscription: Subscription) -> None: ...

    async def hang_up(self) -> None: ...


class PostOffice:
    """Keeps messages for browsers that are away, replaces by topic, and hands over when they come back."""

    def __init__(self) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.messages: list[Message] = []
        self.lines: dict[str, Line] = {}
        self.refused: list[tuple[int, str]] = []
        self.events: list[tuple[str, str]] = []
        # Names of browsers the service has lost.
        self.forgotten: set[str] = set()

    def note(self, kind: str, browser: str = "") -> None:
        self.events.append((kind, browser))

    async def post(self, message: Message, subscription: Subscription) -> None:
        """Take a message in: deliver it now, or keep it for its lifetime. A topic replaces what still waits."""
        for old in self.messages:
            if old.fate == "waiting" and message.topic and (old.topic, old.channel) == (message.topic, message.channel):
                old.fate = "replaced"
        self.messages.append(message)
        await self._hand_over(message, subscription)
        if message.fate == "waiting" and message.ttl == 0:
            message.fate = "dropped"

    async def connect(self, browser: str, line: Line) -> None:
        """The browser is back: it gets what waited and has not expired."""
        self.lines[browser] = line
        for message in [kept for kept in self.messages if kept.browser == browser and kept.fate == "waiting"]:
            subscription = self._subscription_of(message)
            if message.at + message.ttl < time.time():
                message.fate = "expired"
            elif subscription:
                await self._hand_over(message, subscription)

    def disconnect(self, browser: str, line: Line) -> None:
        """What was sent but never acked waits again, as at a real service."""
        if self.lines.get(browser) is line:
            del self.lines[browser]
            self.note("disconnect", browser)
        for message in self.messages:
            if message.browser == browser and message.fate == "sent":
                message.fate = "waiting" if message.ttl else "dropped"

    def acked(self, browser: str, channel: str, version: str, code: int | str) -> None:
        for message in self.messages:
            if (message.browser, message.channel, message.version) == (browser, channel, version):
                message.ack, message.fate = code, "delivered"
        self.note("ack", browser)

    async def _hand_over(self, message: Message, subscription: Subscription) -> None:
        line = self.lines.get(message.browser)
        if line and not subscription.gone:
            message.fate = "sent"
            await line.deliver(message, subscription)

    def _subscription_of(self, message: Message) -> Subscription | None:
        return next((each for each in self.subscriptions.values() if each.channel == message.channel), None)
