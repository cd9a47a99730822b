"""The exchange beside CouchDB's protocol, both over HTTP on loopback, in turn: `python -m tests.bench.sync_peers`.

The peer is PouchDB: express-pouchdb on LevelDB, installed into the environment by this file. It is asked twice, by
phones that replicate into it as PouchDB does and by a bare bulk intake without replication. Our server is
`handrail web` with two processes; every one of its answers follows a flushed commit, which LevelDB does not wait for.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from pwa.build import Node, npm
from tests.bench.figures import Figure
from tests.bench.fleet import BODY, FleetPhone, settle
from tests.journeys.client import Client
from tests.journeys.handrail import ROOT, free_port
from tests.journeys.processes import OwnProcess
from tests.journeys.waits import until

HERE = Path(__file__).resolve().parent / "couch"
PEERS = Path(sys.prefix) / "peers" / "couch"
PHONES, ROUNDS, BATCH, TURNS = 16, 12, 20, 3
DOC = {"kind": "create", "occurred_at": "2026-11-19T12:00:00.000Z", "body": BODY, "mac": "m" * 43}


def install() -> None:
    """Put the peer beside the environment's own packages, once."""
    wanted = (HERE / "package.json").read_text()
    PEERS.mkdir(parents=True, exist_ok=True)
    for script in HERE.glob("*.cjs"):
        (PEERS / script.name).write_text(script.read_text())
    if (PEERS / "node_modules").is_dir() and (PEERS / "package.json").read_text() == wanted:
        return
    (PEERS / "package.json").write_text(wanted)
    node = Node(PEERS)
    node.run(npm(node), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent")


@contextmanager
def peer(folder: Path) -> Iterator[tuple[Node, int]]:
    """The peer's server while the block runs, and its port."""
    node, log = Node(PEERS), folder / "peer.log"
    process = OwnProcess([str(node.home / "node"), str(PEERS / "server.cjs"), str(folder)], node.env, log, PEERS)
    try:
        yield node, int(until(lambda: log.read_text().split()[0], "the peer to listen", 30))
    finally:
        process.kill()


@contextmanager
def ours(folder: Path) -> Iterator[tuple[int, list[FleetPhone]]]:
    """Our web processes while the block runs, their port and their phones."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    phones = settle(folder, origin, PHONES)
    env = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
    env |= {"HANDRAIL_INSTANCE": str(folder), "HANDRAIL_ORIGIN": origin, "PORT": str(port)}
    env |= {"HANDRAIL_WEB_WORKERS": "2"}
    process = OwnProcess([sys.executable, "-m", "api.cli", "web"], env, folder / "web.log", ROOT)
    try:
        until(lambda: Client(origin).get("/api/health"), "our web processes to answer", 60)
        yield port, phones
    finally:
        process.stop()


def at_once(port: int, deliver: list[Callable[[HTTPConnection], None]]) -> float:
    """Seconds until every sender is done, each in its own thread on its own open connection."""
    connections = [HTTPConnection("127.0.0.1", port, timeout=60) for _ in deliver]
    with ThreadPoolExecutor(len(deliver)) as pool:
        began = time.perf_counter()
        list(pool.map(lambda send, connection: send(connection), deliver, connections))
        spent = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return spent


def exchanges(port: int, phones: list[FleetPhone]) -> float:
    """Ops a second of phones that all deliver at once."""

    def queue(phone: FleetPhone) -> Callable[[HTTPConnection], None]:
        batches = [phone.ops(BATCH) for _ in range(ROUNDS)]

        def deliver(connection: HTTPConnection) -> None:
            for batch in batches:
                phone.deliver(connection, batch)

        return deliver

    return len(phones) * ROUNDS * BATCH / at_once(port, [queue(phone) for phone in phones])


def bulk(port: int, turn: int) -> float:
    """Documents a second of the peer's bulk intake, in the same batches from the same client."""

    def queue(number: int) -> Callable[[HTTPConnection], None]:
        bodies = [
            json.dumps({"docs": [{**DOC, "_id": f"{turn}-{batch}-{at}"} for at in range(BATCH)]}).encode()
            for batch in range(ROUNDS)
        ]

        def deliver(connection: HTTPConnection) -> None:
            for body in bodies:
                send(connection, f"/bulk-{number}/_bulk_docs", body)

        return deliver

    return PHONES * ROUNDS * BATCH / at_once(port, [queue(number) for number in range(PHONES)])


def send(connection: HTTPConnection, path: str, body: bytes | None, method: str = "POST") -> None:
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    told = response.read()
    assert response.status in (201, 202), (response.status, told[:200])


def replicated(node: Node, port: int, turn: int) -> float:
    """Documents a second of phones that replicate as PouchDB does."""
    origin, doc = f"http://127.0.0.1:{port}", json.dumps({**DOC, "turn": turn})
    words = [node.home / "node", PEERS / "replicate.cjs", f"{origin}/turn-{turn}", PHONES, ROUNDS, BATCH, doc]
    told = subprocess.check_output([str(word) for word in words], cwd=PEERS, env=node.env, text=True, timeout=300)
    return float(told)


def figures() -> Iterator[Figure]:
    install()
    rounds = []
    with TemporaryDirectory(prefix="handrail-bench-") as made:
        folder = Path(made)
        for name in ("peer", "ours"):
            (folder / name).mkdir()
        with peer(folder / "peer") as (node, peers_port), ours(folder / "ours") as (our_port, phones):
            desk = HTTPConnection("127.0.0.1", peers_port)
            for number in range(PHONES):
                send(desk, f"/bulk-{number}", None, "PUT")
            exchanges(our_port, phones)
            for turn in range(TURNS):
                rounds.append((exchanges(our_port, phones), bulk(peers_port, turn), replicated(node, peers_port, turn)))
    told = [statistics.median(column) for column in zip(*rounds, strict=True)]
    print("# ops a second of 16 phones: exchange {:.0f}, bare bulk intake {:.0f}, replication {:.0f}".format(*told))
    yield Figure("sync_exchange_of_replication", statistics.median(a / c for a, _, c in rounds), "ratio", ">=", 5)
    yield Figure("sync_exchange_of_bulk_intake", statistics.median(a / b for a, b, _ in rounds), "ratio", ">=", 0.6)
