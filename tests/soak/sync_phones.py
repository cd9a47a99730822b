"""Phones of the soak: the test phone behind a network that misbehaves, with its own clock, session and person."""

from __future__ import annotations

import copy
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

from api.people.models import Person
from tests.fakes import faults
from tests.fakes.faulty_proxy import FaultyProxy
from tests.soak.sync_house import post
from tests.soak.sync_server import BREAK, KILL, POINTS, TROUBLES
from tests.sync.phone import Keys, Lost, Op, Phone

PATIENCE_S = 8.0
DEEP = "[" * 20_000 + "]" * 20_000
CLOCKS = ("", "", "", "+48 h", "-48 h", "1970", "2038", "jumping")
EPOCHS = {"1970": datetime(1970, 1, 1, tzinfo=UTC), "2038": datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC)}


@dataclass
class Way:
    """A phone's way to the server through the network, with its session; `told` are headers of the next request."""

    network: FaultyProxy
    cookie: str
    told: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        told, self.told = (self.told, {}) if path == "/api/sync" else ({}, self.told)
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin", **told}
        return post(self.network.port, method, path, _Raw(body), headers, PATIENCE_S)


class _Raw(dict[str, Any]):
    """A body with poison in it that no JSON library would write by itself."""

    def __str__(self) -> str:
        return json.dumps(dict(self)).replace('"@deep@"', DEEP).replace("Infinity", "1e400")


@dataclass
class SoakPhone(Phone):
    """`acks` says how an answer is believed, for calibration; `owner` is the person's name in the harness' journal."""

    owner: str = ""
    clock: str = ""
    fresh: bool = False

    def tell_time(self, chance: random.Random) -> None:
        at = datetime.now(UTC)
        if self.clock in EPOCHS:
            at = EPOCHS[self.clock]
        elif self.clock.endswith("48 h"):
            at += timedelta(hours=48 if self.clock.startswith("+") else -48)
        elif self.clock == "jumping":
            at += timedelta(hours=chance.uniform(-48, 48))
        told = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.now = lambda: told

    def twin(self) -> SoakPhone:
        """The same profile once more: everything it holds, on a way of its own."""
        other = copy.copy(self)
        for name in ("outbox", "kept", "log", "attention", "restamped", "let_go", "holes"):
            setattr(other, name, copy.copy(getattr(self, name)))
        other.send = copy.copy(self.send)
        return other

    def tick(self) -> None:
        """What the timer does, network up: one exchange, whatever comes of it."""
        try:
            self.exchange()
        except Lost:
            return

    def waiting(self) -> dict[str, Op]:
        """What still has to go; an op of a version the server does not know yet waits for that version."""
        return {op_id: op for op_id, op in self.outbox.items() if op["proto"] == 1}

    def _queue(self, op: Op) -> Op:
        try:
            return super()._queue(op)
        except (UnicodeEncodeError, ValueError):
            # Poison cannot be signed; it is stamped anew like any other op and keeps the signature it had.
            op = op | {"device_id": self.device_id, "seq": self.last_seq}
            self.outbox[op["op_id"]] = op
            return op


def poisoned(chance: random.Random, phone: SoakPhone, keys: Keys) -> Op:
    """Save an op that the server cannot store: it is to be parked, once, and to hold nobody back."""
    flaws: list[dict[str, Any]] = [
        {"body": keys.seal("x" * 17_000)},
        {"body": "\ud800"},
        {"body": "\x00"},
        {"occurred_at": float("inf")},
        {"body": "@deep@"},
        {"kind": "confess"},
    ]
    op = phone.create("poison") | chance.choice(flaws)
    phone.outbox[op["op_id"]] = op
    return op


class Weather:
    """What happens to one exchange, drawn anew for each."""

    def __init__(self, chance: random.Random, network: FaultyProxy) -> None:
        self.chance, self.network = chance, network
        self.late: list[threading.Thread] = []
        self.met: dict[str, int] = {}

    def strike(self, phone: SoakPhone) -> str:
        """Let something befall the phone's next exchange; the name of it, "" for a fine day."""
        kinds = ["", "request", "answer", "gateway", "kill", "trouble"]
        kind = self.chance.choices(kinds, [55, 14, 14, 11, 2, 4])[0]
        name = kind
        if kind == "kill":
            name = f"kill {self.chance.choice(POINTS)}"
            phone.send.told = {KILL: name[5:]}  # type: ignore[attr-defined]
        elif kind == "trouble":
            name = self.chance.choice(TROUBLES)
            phone.send.told = {BREAK: name}  # type: ignore[attr-defined]
        elif kind:
            name = self._on_the_way(kind)
        self.met[name] = self.met.get(name, 0) + 1
        return name

    def _on_the_way(self, kind: str) -> str:
        wrong = {
            "request": {"request lost": faults.lost_request, "request cut": self._cut_short, "stalled": self._stalled},
            "answer": {"answer lost": faults.lost_answer, "answer cut": faults.cut, "sent twice": faults.twice},
            "gateway": {
                "portal": faults.portal,
                "no nonce": _without_nonce,
                "500": faults.status(500, "internal"),
                "502": faults.gateway(502),
                "503": faults.status(503, retry_after=2),
                "429": faults.status(429, "too_many", retry_after=2),
            },
        }[kind]
        name = self.chance.choice(sorted(wrong))
        path = self.chance.choices(["/api/sync", "/api/sync/missing", "/api/"], [6, 2, 2])[0]
        self.network.fail(wrong[name], path, times=1)
        return name

    def pass_by(self) -> None:
        self.network.heal()

    def calm(self) -> None:
        """Wait for everything that is still on its way."""
        for thread in self.late:
            thread.join()
        self.late.clear()

    def _cut_short(self, request: faults.Request, forward: faults.Forward) -> faults.Answer | None:
        """Half of the body arrives, then the line breaks."""
        line = HTTPConnection("127.0.0.1", self.network.product_port or 0, timeout=5)
        try:
            line.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers:
                line.putheader(name, value)
            line.putheader("Content-Length", str(len(request.body)))
            line.endheaders(request.body[: len(request.body) // 2])
        except OSError:
            return None
        finally:
            line.close()
        return None

    def _stalled(self, request: faults.Request, forward: faults.Forward) -> faults.Answer | None:
        """The phone gives up; the request arrives all the same, a while later."""

        def arrive() -> None:
            time.sleep(self.chance.choice((0.01, 0.05, 0.2)))
            try:
                forward()
            except faults.Unreachable:
                return

        thread = threading.Thread(target=arrive)
        self.late.append(thread)
        thread.start()
        return None


def _without_nonce(request: faults.Request, forward: faults.Forward) -> faults.Answer | None:
    """A good answer in every field but the nonce; the request, which may hold poison, is not even read."""
    told = {"proto": 1, "results": [], "acked_through": 99, "changes": [], "holes": [], "missing": [], "cursor": "x.9"}
    return faults.Answer(200, (("Content-Type", "application/json"),), json.dumps(told).encode())


def phone_for(network: FaultyProxy, person: Person, cookie: str, keys: Keys, chance: random.Random) -> SoakPhone:
    """A new phone of a person; every second one is of the version before phones said whose they are."""
    named = person.id if chance.random() < 0.5 else None
    return SoakPhone(Way(network, cookie), keys, person_id=named, owner=person.name, clock=chance.choice(CLOCKS))
