"""Phones behind a push service: what they are sent, and what their owners hear of it.

A copy under the same tag takes the place of the one on display without a sound. It needs a minute for that, which is
what the lease waits for: copies that arrive closer together, under another tag, or for the fourth time alert again.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.fakes.push_service import Answer, BrowserKeys, PushService

DRAWN_S, SENDS_MAX = 45, 3


@dataclass
class Shown:
    """One prompt on one phone: when copies of it arrived, in the instance's time, since its owner dealt with it."""

    tag: str
    at: list[datetime] = field(default_factory=list)


@dataclass
class Phone:
    token: str
    person_id: str
    keys: BrowserKeys = field(default_factory=BrowserKeys)
    shown: dict[str, Shown] = field(default_factory=dict)


class Phones(PushService):
    """A push service that knows its phones. It kills workers that asked for it, and fails as told, now and then."""

    def __init__(self, folder: Path, drawn: Random) -> None:
        super().__init__()
        self.folder, self.drawn = folder, drawn
        self.phones: dict[str, Phone] = {}
        self.counts: Counter[str] = Counter()
        self.heard: list[tuple[datetime, str, str]] = []  # when, person, prompt: alerts
        self.settled: set[str] = set()
        self.failures_left: Counter[str] = Counter()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float((self.folder / "demo-clock").read_text()))

    def take(self, token: str, headers: dict[str, str], body: bytes) -> Answer:
        with self._lock:
            armed = self.folder / f"armed-{token}"
            if armed.exists():
                pid = int(armed.read_text())
                armed.unlink()
                os.kill(pid, signal.SIGKILL)
                self.counts["killed during send"] += 1
                if self.drawn.random() < 0.5:
                    return Answer(201)  # it never got to the phone
            elif self.failures_left[token] > 0:
                self.failures_left[token] -= 1
                self.counts["failed by the service"] += 1
                return self.drawn.choice([Answer(500), Answer(502), Answer(429, {"Retry-After": "7"}), Answer(302)])
            self._deliver(self.phones[token], json.loads(self.phones[token].keys.open(body))["notification"])
        return Answer(201)

    def _deliver(self, phone: Phone, notice: dict[str, Any]) -> None:
        now, prompt_id = self.now(), notice["data"]["prompt"]
        self.counts["delivered"] += 1
        if prompt_id in self.settled:
            self.counts["after it was settled"] += 1
        shown = phone.shown.setdefault(prompt_id, Shown(notice["tag"]))
        if not shown.at:
            self.heard.append((now, phone.person_id, prompt_id))
        elif notice["tag"] != shown.tag or (now - shown.at[-1]).total_seconds() < DRAWN_S or len(shown.at) >= SENDS_MAX:
            self.counts["duplicate alerts"] += 1
        shown.at.append(now)

    def deal_with(self, prompt_id: str, outcome: str) -> None:
        """The owner settled the prompt: its notifications are gone, and after a snooze one more alert is right."""
        if outcome != "snoozed":
            self.settled.add(prompt_id)
        for phone in self.phones.values():
            phone.shown.pop(prompt_id, None)

    def deliveries(self) -> list[tuple[str, str]]:
        """(phone, prompt) of everything on display."""
        return [(phone.token, prompt_id) for phone in self.phones.values() for prompt_id in phone.shown]
