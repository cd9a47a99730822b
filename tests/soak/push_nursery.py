"""Raises worker processes quickly: the product is imported once here, and each worker is a fork that may be killed.

One JSON object a line comes in: the environment of an instance, the point at which the worker shall be killed with
signal 9 (or none), at which time of passing it, and the order of its steps. One line goes out: the exit statuses.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api import clock, config, worker
from api.db import transaction
from api.prompts import services as prompts
from api.push import services as push
from api.push.sender import Letter, Sender
from api.push.services import dispatch
from api.state import State, open_state

POINTS = ("after claim, before commit", "after commit, before send", "during send", "after send, before record",
          "after record")  # fmt: skip


class Doom:
    """Ends this process at the named point, the given time it is passed."""

    def __init__(self, point: str | None, passes: int, folder: Path) -> None:
        self.point, self.left, self.folder = point, passes, folder

    def at(self, point: str) -> None:
        if self._is_now(point):
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self, token: str) -> None:
        """The push service kills us as soon as it has the message for this phone, before it answers."""
        if self._is_now("during send"):
            (self.folder / f"armed-{token}").write_text(str(os.getpid()))

    def _is_now(self, point: str) -> bool:
        self.left -= point == self.point
        return point == self.point and self.left == 0


def doomed(doom: Doom) -> None:
    """Put the five points into the product, from outside."""
    claim, post = push.claim, Sender.post
    claim_step, record_step = worker.Worker._claim, worker.Worker._record

    def claimed(*given: Any, **named: Any) -> Any:
        parcels = claim(*given, **named)
        if parcels:
            doom.at(POINTS[0])
        return parcels

    def committed(self: worker.Worker) -> Any:
        parcels = claim_step(self)
        if parcels:
            doom.at(POINTS[1])
        return parcels

    async def posted(self: Sender, letter: Letter) -> Any:
        doom.arm(letter.endpoint.rpartition("/")[2])
        return await post(self, letter)

    def recorded(self: worker.Worker) -> bool:
        doom.at(POINTS[3])
        done = record_step(self)
        doom.at(POINTS[4])
        return done

    push.claim, Sender.post = claimed, posted  # type: ignore[assignment,method-assign]
    worker.Worker._claim, worker.Worker._record = committed, recorded  # type: ignore[method-assign]


def mark_first(doom: Doom) -> None:
    """The order broken: what is claimed counts as delivered before it is sent."""
    claim = push.claim

    def marked(db: Any, *given: Any, **named: Any) -> Any:
        parcels = claim(db, *given, **named)
        dispatch._decide(db, [parcel.attempt_id for parcel in parcels], "accepted")
        return parcels

    push.claim = marked  # type: ignore[assignment]


def send_first(doom: Doom) -> None:
    """The order broken: the claim is committed only after the send."""

    def all_at_once(self: worker.Worker) -> Any:
        held, now = self.state, clock.now()
        with transaction(held.engine) as db:
            push.hand_on(db, prompts.open_due(db, now), now)
            parcels = push.claim(db, now, 64)
            outcomes = asyncio.run(_sent(held, parcels))
            if parcels:
                doom.at(POINTS[3])
            push.record(db, list(zip(parcels, outcomes, strict=True)), now)
        return []

    worker.Worker._claim = all_at_once  # type: ignore[method-assign]


async def _sent(held: State, parcels: list[Any]) -> list[Any]:
    who = held.vapid, held.settings.vapid_subject, held.settings.origin
    async with Sender(*who, held.settings.push_timeout_s, held.settings.push_test_origin) as sender:
        return [await sender.send(parcel, clock.now()) for parcel in parcels]


ORDERS: dict[str, Callable[[Doom], None]] = {"right": lambda doom: None, "mark first": mark_first,
                                             "send first": send_first}  # fmt: skip


def work(told: dict[str, Any]) -> None:
    """One `handrail worker --once` in this process."""
    settings = config.read(told["env"])
    doom = Doom(told["point"], told["passes"], settings.instance)
    # The order is broken below the points, so that they stand where they always stand.
    ORDERS[told["order"]](doom)
    doomed(doom)
    worker.run(open_state(settings), once=True)


def main() -> None:
    for line in sys.stdin:
        children = []
        for told in json.loads(line):
            child = os.fork()
            if child == 0:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
                status = 1
                try:
                    work(told)
                    status = 0
                finally:
                    os._exit(status)
            children.append(child)
        ended = [os.waitpid(child, 0)[1] for child in children]
        print(json.dumps([-(status & 0x7F) or status >> 8 for status in ended]), flush=True)


if __name__ == "__main__":
    main()
