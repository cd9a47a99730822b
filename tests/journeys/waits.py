"""One bounded way to wait for a state. Nothing in the journeys sleeps and hopes."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NeverHappened(AssertionError):
    """The awaited state did not come about in time."""


def until(look: Callable[[], T], what: str, within: float = 10.0, every: float = 0.05) -> T:
    """Look again and again until the answer is true, and return it.

    An exception counts as "not yet": a page in the middle of a navigation has no document to ask.
    The last one is told when the time is over. `within` and `every` are seconds.
    """
    end = time.monotonic() + within
    trouble: Exception | None = None
    while True:
        try:
            seen = look()
            if seen:
                return seen
            trouble = None
        except NeverHappened:
            raise
        except Exception as error:
            trouble = error
        if time.monotonic() >= end:
            raise NeverHappened(f"waited {within:g} s for {what}" + (f" (last: {trouble})" if trouble else ""))
        time.sleep(every)
