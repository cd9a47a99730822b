"""A slice of the push soak with every run of the tests; the whole is `python -m tests.soak push --count 200`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.soak import push, push_calibrate

FIRST = int(os.environ.get("SEED", "1"))


@pytest.fixture(scope="module")
def nursery() -> Iterator[push.Nursery]:
    with push.Nursery() as held:
        yield held


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 10))
def test_a_story_of_crashes_loses_nothing_and_alerts_nobody_twice(nursery: push.Nursery, seed: int) -> None:
    counted = push.play(seed, nursery)
    assert {name: counted[name] for name in push.BAD if counted[name]} == {}
    assert counted["alerts"]


@pytest.mark.parametrize(("order", "seen_as"), push_calibrate.EXPECTED.items())
def test_the_stories_would_see_a_broken_order(nursery: push.Nursery, order: str, seen_as: str) -> None:
    assert any(push.play(seed, nursery, order)[seen_as] for seed in range(1, 13))
