"""The checker is worth something only if it notices: each way of breaking the exchange must turn a run red."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.breaks import FOURTEEN, MORE, Break
from tests.sync.world import Journal

UNTIL_RED = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("broken", [*FOURTEEN.values(), *MORE], ids=lambda broken: broken.__name__)
def test_a_broken_exchange_turns_a_run_red(
    journal: type[Journal], monkeypatch: pytest.MonkeyPatch, broken: Break
) -> None:
    broken(monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(journal, settings=UNTIL_RED)
