"""The worker's own road: one push service that hangs beside others, and memory as prompts grow.

`python -m tests.bench.push_worker`; with HANDRAIL_BENCH_PROMPTS=1000000 the largest size is a million prompts.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine, insert

from api import clock, config, migrate
from api.db import Base, new_id, transaction
from api.people.models import Device, Person
from api.prompts.models import Prompt, Rhythm
from api.push import sender as sending
from api.push import services as push
from api.push.models import Attempt, Subscription
from api.push.outcome import Outcome
from api.state import State, open_state
from api.worker import Worker
from tests.bench.figures import Figure, percentile
from tests.fakes.push_service import BrowserKeys
from tests.fakes.push_sink import Sink

PEOPLE, HANGS_EVERY = 400, 50
START_S = 4.0  # the worker is up and has done its chores when the prompts fall due
SIZES = (10_000, int(os.environ.get("HANDRAIL_BENCH_PROMPTS", "100000")))
SENT_EACH, CLAIM = 2048, 64


def instance(folder: str) -> State:
    held = open_state(config.read({"HANDRAIL_INSTANCE": folder, "HANDRAIL_LOG_LEVEL": "error"}))
    migrate.metadata()
    Base.metadata.create_all(held.engine)
    return held


def stored(engine: Engine, people: int, each: int, origin_of: Any, wait_s: float = 0) -> None:
    """People with a phone and `each` open prompts that may be sent `wait_s` from now."""
    now, keys, rows = clock.now(), BrowserKeys().wire, []
    due = now + timedelta(seconds=wait_s)
    for number in range(people):
        ids = {"person_id": new_id(), "device_id": new_id()}
        origin = origin_of(number)
        rows.append((ids, origin, [new_id() for _ in range(each)]))
    with transaction(engine) as db:
        said = {"role": "resident", "zone": "UTC", "joined_at": now, "name": "R"}
        db.execute(
            insert(Person), [{"id": i["person_id"], "email": f"{i['person_id']}@x.example", **said} for i, _, _ in rows]
        )
        db.execute(
            insert(Device),
            [{"id": i["device_id"], "person_id": i["person_id"], "name": "P", "created_at": now} for i, _, _ in rows],
        )
        where = [
            {**i, "endpoint": f"{o}/{n}", "endpoint_hash": str(n), "origin": o, **keys, "confirmed_at": now}
            for n, (i, o, _) in enumerate(rows)
        ]
        db.execute(insert(Subscription), where)
        quiet = {"slots": [], "quiet_from": "00:00", "quiet_to": "00:00", "planned_through": now + timedelta(days=9)}
        db.execute(insert(Rhythm), [{"person_id": i["person_id"], **quiet} for i, _, _ in rows])
        for some in (rows[start : start + 200] for start in range(0, len(rows), 200)):
            shape = {
                "protocol": "P01",
                "local_date": now.date(),
                "asked": True,
                "due_at": now,
                "state": "open",
                "alert_at": None,
            }
            shape |= {"until": now + timedelta(hours=4), "topic": "T" * 32, "why": ""}
            db.execute(
                insert(Prompt),
                [
                    {"id": p, "person_id": i["person_id"], "slot": str(n), **shape}
                    for i, _, ps in some
                    for n, p in enumerate(ps)
                ],
            )
            db.execute(
                insert(Attempt),
                [
                    {"id": new_id(), "prompt_id": p, "device_id": i["device_id"], "lease_until": due}
                    for i, _, ps in some
                    for p in ps
                ],
            )


def rest_p95_s(hanging: bool) -> float:
    """Seconds from due until a push service other than the hanging one took it: the 95th percentile."""
    with ExitStack() as stack:
        sink, slow = stack.enter_context(Sink()), stack.enter_context(Sink())
        held = instance(stack.enter_context(tempfile.TemporaryDirectory()))
        slow_origin = f"{slow.origin}/hang"
        stored(
            held.engine, PEOPLE, 1, lambda n: slow.origin if hanging and n % HANGS_EVERY == 0 else sink.origin, START_S
        )
        with transaction(held.engine) as db:
            db.execute(
                Subscription.__table__.update()
                .where(Subscription.origin == slow.origin)
                .values(endpoint=slow_origin + "/" + Subscription.endpoint_hash)
            )  # type: ignore[attr-defined]
        began, took = time.monotonic() + START_S, list[float]()
        post = sending.Sender.post

        async def noted(self: sending.Sender, letter: sending.Letter) -> Outcome:
            outcome = await post(self, letter)
            if outcome.kind == "accepted":
                took.append(time.monotonic() - began)
            return outcome

        kept = sending.endpoint_trouble, sending.Sender._allows, sending.ssl.create_default_context
        both = sink.certificate.read_text() + slow.certificate.read_text()
        trusting = sending.ssl.create_default_context(cadata=both)
        sending.endpoint_trouble = lambda *_: None  # two origins on loopback, for once
        sending.Sender._allows = lambda *_: True  # type: ignore[method-assign,assignment]
        sending.Sender.post = noted  # type: ignore[method-assign]
        sending.ssl.create_default_context = lambda: trusting  # type: ignore[assignment]
        try:
            stop, wanted = Event(), PEOPLE - (PEOPLE // HANGS_EVERY if hanging else 0)
            worker = Worker(replace(held, settings=replace(held.settings, push_timeout_s=10)), stop)

            async def until_all() -> None:
                working = asyncio.create_task(worker.work(False))
                while len(took) < wanted and time.monotonic() - began < 60:
                    await asyncio.sleep(0.01)
                stop.set()
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)

            asyncio.run(until_all())
        finally:
            sending.endpoint_trouble, sending.Sender._allows, sending.ssl.create_default_context = kept  # type: ignore[method-assign]
            sending.Sender.post = post  # type: ignore[method-assign]
            held.engine.dispose()
        return percentile(took, 0.95)


def peak_bytes(prompts_stored: int) -> tuple[float, float]:
    """(peak of traced memory, seconds a claim) while 2,048 of that many waiting sends are claimed and recorded."""
    with tempfile.TemporaryDirectory() as folder:
        held = instance(folder)
        stored(held.engine, prompts_stored // 10, 10, lambda n: f"https://{'abcdefgh'[n % 8]}.push.apple.com")
        tracemalloc.start()
        began = time.process_time()
        for _ in range(SENT_EACH // CLAIM):
            with transaction(held.engine) as db:
                now = clock.now()
                parcels = push.claim(db, now, CLAIM)
            with transaction(held.engine) as db:
                push.record(db, [(parcel, Outcome("accepted", 201)) for parcel in parcels], now)
        spent = (time.process_time() - began) / (SENT_EACH // CLAIM)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        held.engine.dispose()
        assert Path(folder).exists()
        return peak, spent


def figures() -> Iterator[Figure]:
    alone, beside = rest_p95_s(hanging=False), rest_p95_s(hanging=True)
    print(f"# p95 of {PEOPLE} pushes through the worker: {alone:.2f} s, with 1 in {HANGS_EVERY} hanging {beside:.2f} s")
    yield Figure("push_rest_p95_with_1_in_50_hanging", beside, "s", "<=", 2)
    few, many = (peak_bytes(size) for size in SIZES)
    print(
        f"# peak while sending: {few[0] / 2**20:.1f} MB of {SIZES[0]}, {many[0] / 2**20:.1f} MB of {SIZES[1]} prompts"
    )
    yield Figure(f"push_memory_{SIZES[0]}_to_{SIZES[1]}", many[0] / few[0], "ratio", "<=", 1.2)
    yield Figure(f"push_claim_cost_{SIZES[0]}_to_{SIZES[1]}", many[1] / few[1], "ratio", "<=", 1.2)


if __name__ == "__main__":
    for one in figures():
        print(one.line(), flush=True)
