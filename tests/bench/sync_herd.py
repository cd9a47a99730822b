"""Two thousand phones come back at the same moment, twenty queued ops each: `python -m tests.bench.sync_herd [PHONES]`.

The product's own web server, as `handrail web` runs it; every phone is a line of its own and retries as a phone does.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from sqlalchemy import func, select

from api import config, create_app, migrate, serve
from api.db import transaction
from api.journal.models import Op
from api.state import open_state
from tests.bench.figures import figure, percentile
from tests.bench.fleet import FleetPhone, enrol

PHONES, OPS, TRIES_MAX, PATIENCE_S = 2_000, 20, 40, 300


@dataclass
class Herd:
    """What the phones met: seconds of every exchange that was answered well, and every other answer."""

    taken_s: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    applied: int = 0


async def deliver(web: aiohttp.ClientSession, url: str, phone: FleetPhone, body: bytes, herd: Herd) -> None:
    headers = {"Cookie": phone.cookie, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    for _ in range(TRIES_MAX):
        began = time.perf_counter()
        try:
            async with web.post(url, data=body, headers=headers) as answer:
                if answer.status == 200:
                    told: dict[str, Any] = await answer.json()
                    herd.taken_s.append(time.perf_counter() - began)
                    herd.applied += sum(result["status"] in ("applied", "dup") for result in told["results"])
                    return
                wait = answer.headers.get("Retry-After")
                herd.answers[f"{answer.status}{'' if wait else ' without Retry-After'}"] += 1
                await asyncio.sleep(min(float(wait or 1), 2))
        except (TimeoutError, aiohttp.ClientError) as error:
            herd.answers[type(error).__name__] += 1
            await asyncio.sleep(0.2)


async def rush(url: str, phones: list[FleetPhone]) -> Herd:
    herd, bodies = Herd(), [phone.request(phone.ops(OPS)) for phone in phones]
    limits = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(connector=limits[0], timeout=limits[1]) as web:
        parts = zip(phones, bodies, strict=True)
        await asyncio.gather(*(deliver(web, url, phone, body, herd) for phone, body in parts))
    return herd


def wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def main(count: int = PHONES) -> int:
    with socket.socket() as probe, TemporaryDirectory(prefix="handrail-herd-") as folder:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
        probe.close()
        environ = {"HANDRAIL_INSTANCE": folder, "HANDRAIL_ORIGIN": f"http://{bind}", "HANDRAIL_BIND": bind}
        settings = config.read(environ)
        state = open_state(settings)
        migrate.upgrade(state.engine)
        phones = enrol(create_app(state=state), state, count)
        with open(Path(folder) / "log", "w") as log:
            web = subprocess.Popen(serve.web_command(settings), env={**os.environ, **environ}, stderr=log)
            try:
                wait_for(f"http://{bind}/api/health")
                began = time.perf_counter()
                herd = asyncio.run(rush(f"http://{bind}/api/sync", phones))
                took = time.perf_counter() - began
            finally:
                web.terminate()
                web.wait(20)
        with transaction(state.engine, write=False) as db:
            stored = db.scalar(select(func.count()).select_from(Op)) or 0
        state.engine.dispose()
    tell(herd, count * OPS, stored, took)
    return 0


def tell(herd: Herd, saved: int, stored: int, took: float) -> None:
    spread = percentile(herd.taken_s, 0.99) / percentile(herd.taken_s, 0.5)
    wrong = sum(n for name, n in herd.answers.items() if name.startswith("5") and name != "503")
    others = dict(herd.answers) or "nothing else"
    print(f"# {saved} ops in {took:.1f} s; besides 200 the phones met {others}")
    print(figure("sync_herd_not_delivered", saved - herd.applied, "ops", "==", 0))
    print(figure("sync_herd_stored_twice_or_not", abs(stored - saved), "ops", "==", 0))
    print(figure("sync_herd_p99_of_p50", spread, "ratio", "<=", 5))
    print(figure("sync_herd_server_errors", wrong, "answers", "==", 0))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PHONES))
