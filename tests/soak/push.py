"""Prompts through crashes: `python -m tests.soak push --seed N --count 200`.

Each seed is a story of its own: a few residents with phones, rhythms and zones; real worker processes, two at a time,
killed with signal 9 at one of five points; a push service that fails now and then; owners who answer, decline and
snooze; and times in which no worker runs at all. Odd seeds play on PostgreSQL, even ones on SQLite. Time is the
product's own clock file, moved on by the story.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random

from sqlalchemy import text

from api.db import engine_for
from tests.postgres import server_url
from tests.soak.push_story import Story

BAD = ("duplicate alerts", "after it was settled", "after the window", "in quiet hours", "open prompts lost",
       "more than one after an outage", "workers broken")  # fmt: skip


class Nursery:
    """The process that raises workers; see push_nursery."""

    def __enter__(self) -> Nursery:
        command = [sys.executable, "-m", "tests.soak.push_nursery"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)

    def raise_workers(self, told: list[dict[str, object]]) -> list[int]:
        """Run these workers at once until each ended; their exit statuses, -9 for one that was killed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        ended: list[int] = json.loads(self.process.stdout.readline())
        return ended


def play(seed: int, nursery: Nursery, order: str = "right") -> Counter[str]:
    """One story; what was counted."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handrail-soak-")))
        url = f"sqlite:///{folder / 'handrail.sqlite'}" if seed % 2 == 0 else stack.enter_context(_Schema(seed)).url
        story = Story(Random(f"push {seed}"), folder, url, nursery.raise_workers, order)
        return story.play()


class _Schema:
    """A schema of its own on the run's PostgreSQL server."""

    def __init__(self, seed: int) -> None:
        self.name = f"soak{seed}"
        joined = "&" if "?" in server_url() else "?"
        self.url = f"{server_url()}{joined}options=-csearch_path%3D{self.name}"

    def __enter__(self) -> _Schema:
        self._run(f"DROP SCHEMA IF EXISTS {self.name} CASCADE", f"CREATE SCHEMA {self.name}")
        return self

    def __exit__(self, *_: object) -> None:
        self._run(f"DROP SCHEMA {self.name} CASCADE")

    def _run(self, *statements: str) -> None:
        engine = engine_for(server_url())
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def run(seed: int, count: int | None) -> int:
    """Play stories seed, seed + 1, …; 0 when nothing bad was counted in any."""
    stories, began, whole = count or 200, time.monotonic(), Counter[str]()
    with Nursery() as nursery:
        for number in range(seed, seed + stories):
            counted = play(number, nursery)
            whole += counted
            if found := {name: counted[name] for name in BAD if counted[name]}:
                print(f"seed {number}: {found}", flush=True)
    tell(whole, seed, stories, time.monotonic() - began)
    return 1 if any(whole[name] for name in BAD) else 0


def tell(whole: Counter[str], seed: int, stories: int, seconds: float) -> None:
    print(f"push soak: seed {seed}, {stories} stories, {seconds:.0f} s")
    for name in (*sorted(set(whole) - set(BAD)), *BAD):
        print(f"  {name}: {whole[name]}")
