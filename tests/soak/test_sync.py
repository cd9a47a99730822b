"""A slice of the soak in every test run: thirty seeds, every fault, both databases."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.soak.sync import KINDS, seeds
from tests.soak.sync_check import ZERO


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_saved_is_lost_doubled_or_somebody_elses(kind: str) -> None:
    total = Counter[str]()
    for number, found, _ in seeds(range(1, 16), [kind]):
        wrong = {name: count for name, count in found.items() if count and name in ZERO}
        assert not wrong, f"seed {number}"
        total.update(found)
    assert total["parked"] == total["planted"] > 0
