"""The exchange beside what its database can do at best, in turn, in one run: `python -m tests.bench.sync_exchange`.

The same payloads go three ways: through the whole protocol (session, envelope, verdicts, lock, prompts, pull), through
a bare route that only loads, maps and inserts, and as plain inserts into the same table. Each commit reaches the disk.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask, request
from marshmallow import Schema, fields
from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from api import config, create_app
from api.db import Base, engine_for, new_id, transaction
from api.journal.envelope import FIELDS
from api.journal.models import DeviceLine, Op, Stream
from api.people.models import Person
from api.state import open_state
from tests.bench.figures import figure
from tests.bench.fleet import LONG_AGO, Row, enrol

ROUNDS, BATCHES, BATCH, LONG_LOG = 7, 40, 20, 100_000


class OpIn(Schema):
    """What a route without our protocol would declare."""

    op_id, device_id, entity_id = fields.UUID(required=True), fields.UUID(required=True), fields.UUID(required=True)
    proto, seq = fields.Integer(required=True), fields.Integer(required=True)
    kind, body, mac = fields.String(required=True), fields.String(required=True), fields.String(required=True)
    base, occurred_at = fields.UUID(required=True, allow_none=True), fields.AwareDateTime(required=True)


class Instance:
    """One application on one database file, with one resident and their phone."""

    def __init__(self, folder: Path, stored: int = 0) -> None:
        self.state = open_state(config.read({"HANDRAIL_INSTANCE": str(folder), "HANDRAIL_ORIGIN": "http://localhost"}))
        self.app = create_app(state=self.state)
        Base.metadata.create_all(self.state.engine)
        self.phone = enrol(self.app, self.state, 1)[0]
        self.headers = {"HTTP_COOKIE": self.phone.cookie}
        self._store(stored)
        self.deliver([])

    def ops(self, count: int = BATCH) -> list[Row]:
        """The next ops of the phone, as they go over the wire."""
        return self.phone.ops(count)

    def deliver(self, ops: list[Row]) -> None:
        """One whole exchange, its request already written and its answer read."""
        answer = self._exchange(ops)
        assert all(result["status"] == "applied" for result in answer["results"])
        while not ops and answer["more"]:
            answer = self._exchange(ops)

    def _exchange(self, ops: list[Row]) -> Any:
        answer = post(self.app, "/api/sync", self.phone.request(ops), self.headers)
        self.phone.cursor = answer["cursor"]
        return answer

    def _store(self, count: int) -> None:
        """As many ops as if they had been delivered before."""
        with transaction(self.state.engine) as db:
            db.execute(insert(Stream), [{"person_id": self.phone.person_id, "last_seq": count}])
            for start in range(0, count, 1_000):
                rows = self.ops(min(1_000, count - start))
                db.execute(
                    insert(table()),
                    [row | {"person_id": self.phone.person_id, "server_seq": row["seq"]} for row in rows],
                )
            if count:
                line = {"person_id": self.phone.person_id, "device_id": self.phone.device_id, "highest": count}
                db.execute(insert(DeviceLine), [line])


def table() -> Table:
    made = Op.__table__
    assert isinstance(made, Table)
    return made


def post(app: Flask, path: str, body: bytes, headers: dict[str, str]) -> Any:
    """A request without a client library around it, so that the server alone is measured."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_SEC_FETCH_SITE": "same-origin",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    }
    told: list[str] = []
    parts = app(environ | headers, lambda status, _, __=None: told.append(status))  # type: ignore[arg-type,return-value]
    answer = json.loads(b"".join(parts))
    assert told[0].startswith("200"), (told, answer)
    return answer


class BareRoute:
    """Flask, marshmallow and mapped rows, with nothing of the protocol: what one would write first."""

    def __init__(self, folder: Path) -> None:
        self.app, self.person_id, self.at = Flask("bare"), new_id(), 0
        self.engine = engine_for(f"sqlite:///{folder / 'bare.sqlite'}")
        Base.metadata.create_all(self.engine)
        with transaction(self.engine) as db:
            who = {"email": "r@x.example", "name": "R", "role": "resident", "zone": "UTC", "joined_at": LONG_AGO}
            db.add(Person(id=self.person_id, **who))
        self.app.post("/ops")(self.take)

    def take(self) -> Any:
        loaded = OpIn(many=True).load(request.get_json())
        with Session(self.engine) as db, db.begin():
            db.add_all(self._row(op) for op in loaded)
        return [{"op_id": str(op["op_id"]), "seq": op["seq"], "status": "applied"} for op in loaded]

    def _row(self, op: Row) -> Op:
        self.at += 1
        ids = {name: str(op[name]) for name in ("op_id", "device_id", "entity_id")}
        said = {"occurred_at": op["occurred_at"].isoformat(), "person_id": self.person_id, "server_seq": self.at}
        return Op(**op | ids | said)

    def deliver(self, ops: list[Row]) -> None:
        post(self.app, "/ops", json.dumps(ops).encode(), {})


class RawInserts:
    """The same rows into the same table by the database driver alone, one flushed commit a batch."""

    def __init__(self, folder: Path) -> None:
        engine = engine_for(f"sqlite:///{folder / 'raw.sqlite'}")
        Base.metadata.create_all(engine)
        engine.dispose()
        self.db, self.at = sqlite3.connect(folder / "raw.sqlite", isolation_level=None), 0
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        names = ("person_id", "server_seq", *FIELDS, "mac")
        self.insert = f"INSERT INTO journal_op ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"

    def deliver(self, ops: list[Row]) -> None:
        rows = []
        for op in ops:
            self.at += 1
            rows.append(("5a7d1a2e-0000-4000-8000-000000000000", self.at, *(op[name] for name in FIELDS), op["mac"]))
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(self.insert, rows)
        self.db.execute("COMMIT")


def rate(deliver: Callable[[list[Row]], None], batches: list[list[Row]]) -> float:
    """Ops a second."""
    began = time.perf_counter()
    for batch in batches:
        deliver(batch)
    return sum(map(len, batches)) / (time.perf_counter() - began)


def in_turn(ways: dict[str, tuple[Callable[[list[Row]], None], Instance]], size: int) -> Iterator[dict[str, float]]:
    """One set of rates a round; each way gets ops in batches of `size` that its phone has not sent before."""
    for deliver, phone in ways.values():
        rate(deliver, [phone.ops(size)])
    for _ in range(ROUNDS):
        yield {
            name: rate(deliver, [phone.ops(size) for _ in range(BATCHES)]) for name, (deliver, phone) in ways.items()
        }


def main() -> int:
    with TemporaryDirectory(prefix="handrail-bench-") as made:
        folder = Path(made)
        for name in ("new", "long", "spare"):
            os.makedirs(folder / name)
        new, long = Instance(folder / "new"), Instance(folder / "long", LONG_LOG)
        # The other ways only borrow a phone's ops: what `new` is sent has no gaps.
        spare, bare, raw = Instance(folder / "spare"), BareRoute(folder), RawInserts(folder)
        ways = {
            "new": (new.deliver, new),
            "long": (long.deliver, long),
            "bare": (bare.deliver, spare),
            "raw": (raw.deliver, spare),
        }
        batches, singles = list(in_turn(ways, BATCH)), list(in_turn(ways, 1))
    for size, rounds in ((BATCH, batches), (1, singles)):
        speeds = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
        told = ", ".join(f"{name} {speed:.0f}" for name, speed in speeds.items())
        print(f"# ops a second in batches of {size}: {told}")

    def ratio(rounds: list[dict[str, float]], over: str, under: str) -> float:
        return statistics.median(each[over] / each[under] for each in rounds)

    print(figure("sync_exchange_of_raw_inserts", ratio(batches, "new", "raw"), "ratio", ">=", 0.4))
    print(figure("sync_exchange_of_bare_route", ratio(batches, "new", "bare"), "ratio", ">=", 1.0))
    print(figure("sync_single_op_of_bare_route", ratio(singles, "new", "bare"), "ratio", ">=", 1.0))
    print(figure("sync_exchange_cost_with_100000_stored", ratio(batches, "new", "long"), "ratio", "<=", 1.2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
