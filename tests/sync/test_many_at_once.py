"""Many phones of one person at once: one order, no loss, and no reader that misses a row."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from sqlalchemy import Engine, select

from api.db import transaction
from api.journal.models import Op
from tests.cast import Cast
from tests.sync.phone import Phone

PhoneOf = Callable[..., Phone]
PATIENCE = 40


def deliver(phone: Phone, status_seen: list[int]) -> None:
    """Exchange until all is delivered, as a phone does through 503s."""
    post = phone.send

    def noted(method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        status, answer = post(method, path, body)
        status_seen.append(status)
        return status, answer

    phone.send = noted
    for _ in range(PATIENCE):
        if phone.exchange() and not phone.outbox:
            return
    raise AssertionError("never delivered")


def seqs(engine: Engine) -> list[tuple[int, str]]:
    with transaction(engine, write=False) as db:
        return [(at, op_id) for at, op_id in db.execute(select(Op.server_seq, Op.op_id).order_by(Op.server_seq))]


def test_eight_phones_begin_one_log_at_the_same_moment(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    first = phone_of(cast.rita)
    phones = [first, *(phone_of(cast.rita, keys=first.keys) for _ in range(7))]
    saved = {phone.create({"n": n})["op_id"] for phone in phones for n in range(10)}
    start, seen = Barrier(len(phones)), list[int]()

    def run(phone: Phone) -> None:
        start.wait()
        deliver(phone, seen)

    with ThreadPoolExecutor(len(phones)) as pool:
        list(pool.map(run, phones))
    log = seqs(engine)
    assert [at for at, _ in log] == list(range(1, 81))
    assert {op_id for _, op_id in log} == saved
    assert set(seen) <= {200, 503}


def test_the_same_op_from_eight_tabs_at_once_has_one_effect(phone_of: PhoneOf, cast: Cast, engine: Engine) -> None:
    first = phone_of(cast.rita)
    ops = [first.create({"n": n}) for n in range(5)]
    tabs = [phone_of(cast.rita, keys=first.keys, device_id=first.device_id) for _ in range(8)]
    start, seen = Barrier(len(tabs)), list[int]()

    def run(tab: Phone) -> None:
        tab.outbox = {op["op_id"]: op for op in ops}
        start.wait()
        deliver(tab, seen)

    with ThreadPoolExecutor(len(tabs)) as pool:
        list(pool.map(run, tabs))
    assert sorted(op_id for _, op_id in seqs(engine)) == sorted(op["op_id"] for op in ops)
    assert {at for tab in tabs for at in tab.log} == {1, 2, 3, 4, 5}
    assert set(seen) <= {200, 503}


def test_a_reader_misses_no_committed_row_while_four_phones_write(
    phone_of: PhoneOf, cast: Cast, engine: Engine
) -> None:
    reader = phone_of(cast.rita)
    writers = [phone_of(cast.rita, keys=reader.keys) for _ in range(4)]
    done, seen = Event(), list[int]()

    def write(phone: Phone) -> None:
        for n in range(12):
            phone.create({"n": n})
            deliver(phone, seen)

    def read() -> None:
        finished = False
        while not finished:
            finished = done.is_set()
            reader.exchange()

    with ThreadPoolExecutor(5) as pool:
        reading = pool.submit(read)
        try:
            list(pool.map(write, writers))
        finally:
            done.set()
        reading.result()
    assert {at: op["op_id"] for at, op in reader.log.items()} == dict(seqs(engine))
    assert sorted(reader.log) == list(range(1, 49))
    assert set(seen) <= {200, 503}
