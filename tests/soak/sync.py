"""Every fault of the list at random, on a real server over SQLite and over PostgreSQL in turn: `… sync --seed N`.

`--count` seeds of 60 saved things each, odd ones on SQLite and even ones on PostgreSQL; `HANDRAIL_SOAK_DATABASE` names
one of them for all. One server process serves many seeds and is only started again when it was killed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import postgres
from tests.fakes.faulty_proxy import FaultyProxy
from tests.soak.sync_check import ZERO, count
from tests.soak.sync_house import House
from tests.soak.sync_world import Seed

SEEDS = 300
KINDS = ("sqlite", "postgresql")


def run(seed: int, count: int | None) -> int:
    wanted = os.environ.get("HANDRAIL_SOAK_DATABASE", "")
    kinds = [kind for kind in KINDS if wanted in ("", kind)]
    began, total, faults = time.monotonic(), Counter[str](), Counter[str]()
    numbers = range(seed, seed + (count or SEEDS))
    for number, found, met in seeds(numbers, kinds):
        total.update(found)
        faults.update(met)
        if wrong := {name: n for name, n in found.items() if n and name in ZERO}:
            print(f"seed {number} on {kinds[number % len(kinds)]}: {wrong}", flush=True)
    return tell(numbers, kinds, total, faults, time.monotonic() - began)


def tell(numbers: range, kinds: list[str], total: Counter[str], faults: Counter[str], took_s: float) -> int:
    print(f"sync: seeds {numbers.start} to {numbers.stop - 1} of 60 ops on {' and '.join(kinds)}, {took_s:.0f} s")
    print("faults met: " + ", ".join(f"{name or 'none'} {n}" for name, n in sorted(faults.items())))
    print(", ".join(f"{name} {total[name]}" for name in ZERO) + f", parked {total['parked']} of {total['planted']}")
    holds = not any(total[name] for name in ZERO) and total["parked"] == total["planted"]
    print("holds" if holds else "BROKEN")
    return 0 if holds else 1


def seeds(
    numbers: range, kinds: list[str], altered: tuple[str, ...] = ()
) -> Iterator[tuple[int, Counter[str], Counter[str]]]:
    """Run these seeds, each on the database its number falls to; what was found wrong and what it met."""
    with ExitStack() as stack:
        houses = {kind: stack.enter_context(house(kind, altered)) for kind in kinds}
        networks = {kind: stack.enter_context(FaultyProxy()) for kind in kinds}
        for number in numbers:
            kind = kinds[number % len(kinds)]
            networks[kind].towards(houses[kind].port)
            yield number, *one(houses[kind], networks[kind], number)


def one(home: House, network: FaultyProxy, number: int) -> tuple[Counter[str], Counter[str]]:
    world = Seed(home, network, number)
    try:
        world.run()
        found = count(world)
    finally:
        network.heal()
        world.weather.calm()
        home.stand()
    home.forget(list(world.people.values()))
    return found, Counter(world.weather.met)


@contextmanager
def house(kind: str, altered: tuple[str, ...] = ()) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="handrail-soak-") as folder:
        if kind == "sqlite":
            url, restart = f"sqlite:///{folder}/handrail.sqlite", None
        else:
            name = f"soak{os.getpid()}_{time.monotonic_ns()}"
            url, restart = postgres.fresh_database(name), postgres.restart
        with House(Path(folder), url, altered, restart) as home:
            yield home


if __name__ == "__main__":
    sys.exit(run(1, None))
