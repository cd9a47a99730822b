"""Does the push soak see what it is there for? `python -m tests.soak push-calibrate` breaks the order and looks.

With the mark before the send, prompts must be lost; with the send before the claim's commit, phones must alert twice.
"""

from __future__ import annotations

from tests.soak.push import Nursery, play

EXPECTED = {"mark first": "open prompts lost", "send first": "duplicate alerts"}
STORIES_MAX = 12


def run(seed: int, count: int | None) -> int:
    """0 when each broken order turned red in one of the stories from `seed` on."""
    with Nursery() as nursery:
        seen = [_is_seen(order, expected, seed, count or STORIES_MAX, nursery) for order, expected in EXPECTED.items()]
    return 0 if all(seen) else 1


def _is_seen(order: str, expected: str, seed: int, stories: int, nursery: Nursery) -> bool:
    for number in range(seed, seed + stories):
        if found := play(number, nursery, order)[expected]:
            print(f"{order}: {found} {expected} in story {number}, as it must be", flush=True)
            return True
    print(f"{order}: no {expected} in {stories} stories from seed {seed}: NOT SEEN", flush=True)
    return False
