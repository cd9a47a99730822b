"""Fan-out of sealed pushes beside the encryption alone, in turn, in one run: `python -m tests.bench.push_fanout`.

The sink is a process of its own that reads each request over keep-alive connections and answers 201, as a push service
would. The bound is what pywebpush's encryption does when nothing is sent at all. Both are counted per second of this
process's own processor time.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pywebpush import WebPusher

from api.push import message, vapid
from api.push.parcel import Parcel
from api.push.sender import Letter, Sender
from api.worker import CLAIM_MAX
from tests.fakes.push_service import b64

NOW = datetime.now(UTC)
ORIGIN = "https://handrail.example.org"
ROUNDS, BATCH = 9, 1536

SINK = """
import asyncio, sys

class Sink(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.held = transport, b''

    def data_received(self, data):
        self.held += data
        while (end := self.held.find(b'\\r\\n\\r\\n')) >= 0:
            head = self.held[:end].lower()
            start = head.index(b'content-length:') + 15
            whole = end + 4 + int(head[start:].split(b'\\r\\n', 1)[0])
            if len(self.held) < whole:
                return
            self.held = self.held[whole:]
            self.transport.write(b'HTTP/1.1 201 Created\\r\\nContent-Length: 0\\r\\n\\r\\n')

async def main():
    server = await asyncio.get_running_loop().create_server(Sink, '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def sink() -> Iterator[str]:
    """A push service that takes everything; its origin."""
    process = subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


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


def encryption_rate(batch: list[Parcel]) -> float:
    """Messages a processor second when they are only encrypted."""
    began = time.process_time()
    for parcel in batch:
        plain = message.prompt_message(parcel.prompt_id, parcel.topic, ORIGIN)
        keys = {"p256dh": parcel.p256dh, "auth": parcel.auth}
        WebPusher({"endpoint": parcel.endpoint, "keys": keys}).encode(plain)
    return len(batch) / (time.process_time() - began)


async def fanout_rate(sender: Sender, batch: list[Parcel]) -> float:
    """Messages a processor second when they are sealed, signed, sent and answered, by claims, as the worker does."""
    began = time.process_time()
    for start in range(0, len(batch), CLAIM_MAX):
        sealed = [sender.seal(parcel, NOW) for parcel in batch[start : start + CLAIM_MAX]]
        outcomes = await asyncio.gather(*(sender.post(letter) for letter in sealed if isinstance(letter, Letter)))
        assert {outcome.kind for outcome in outcomes} == {"accepted"}
        assert len(outcomes) == len(sealed)
    return len(batch) / (time.process_time() - began)


async def measure(origin: str) -> tuple[list[float], list[float], float]:
    """Rates of both, round by round in turn, and how many bytes a message left behind in memory."""
    batch = parcels(origin, BATCH)
    sealed, sent = [], []
    async with Sender(vapid._make(), "mailto:bench@handrail.example", ORIGIN, 10, origin) as sender:
        await fanout_rate(sender, batch[:200])
        for _ in range(ROUNDS):
            sealed.append(encryption_rate(batch))
            sent.append(await fanout_rate(sender, batch))
        tracemalloc.start()
        await fanout_rate(sender, batch)
        before = tracemalloc.get_traced_memory()[0]
        await fanout_rate(sender, batch)
        left = (tracemalloc.get_traced_memory()[0] - before) / BATCH
        tracemalloc.stop()
    return sealed, sent, left


def figure(name: str, value: float, unit: str, op: str, goal: float) -> str:
    holds = value >= goal if op == ">=" else value <= goal
    return f"figure {name} {value:.2f} {unit} goal {op} {goal} {'holds' if holds else 'short'}"


def main() -> int:
    with sink() as origin:
        sealed, sent, left = asyncio.run(measure(origin))
    # The best round of each: a busy neighbour can only take from a rate, never add to it.
    alone, there = max(sealed), max(sent)
    print(f"# encrypted {alone:.0f}/s, encrypted and sent {there:.0f}/s, {CLAIM_MAX} at once, loopback without TLS")
    print(figure("push_fanout_of_encryption_bound", there / alone, "ratio", ">=", 0.45))
    print(figure("push_fanout_memory_left", left, "bytes/message", "<=", 64))
    return 0


if __name__ == "__main__":
    sys.exit(main())
