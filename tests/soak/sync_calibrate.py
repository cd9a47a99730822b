"""Break the exchange on purpose, one switch at a time: each of the fourteen has to turn a run of the soak red."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.soak.sync import seeds
from tests.soak.sync_check import ZERO
from tests.sync.breaks import FOURTEEN, Break

SEEDS_MAX = 25


def run(seed: int, count: int | None) -> int:
    caught = 0
    for name, broken in FOURTEEN.items():
        red, after = noticed(broken, range(seed, seed + (count or SEEDS_MAX)))
        caught += bool(red)
        told = ", ".join(f"{what} {times}" for what, times in red.items()) or "NOT NOTICED"
        print(f"{name}: {told} (seeds: {after})", flush=True)
    print(f"sync-calibrate: {caught}/{len(FOURTEEN)} planted bugs caught, from seed {seed}")
    return 0 if caught == len(FOURTEEN) else 1


def noticed(broken: Break, numbers: range) -> tuple[Counter[str], int]:
    """What the first red seed counted, and how many seeds that took; nothing when none was red."""
    switch = f"{broken.__module__}:{broken.__name__}"
    with pytest.MonkeyPatch.context() as patch:
        broken(patch)
        for after, (_, found, _) in enumerate(seeds(numbers, ["sqlite"], (switch,)), 1):
            if red := Counter({what: times for what, times in found.items() if times and what in ZERO}):
                return red, after
    return Counter(), len(numbers)
