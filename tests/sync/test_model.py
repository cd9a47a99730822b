"""Nothing lost, doubled, resurrected or under the wrong name, whatever the network and the server go through."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.world import Journal

BOUNDED = settings(
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_every_intent_is_in_the_journal_exactly_once(journal: type[Journal]) -> None:
    # PostgreSQL's part is the lock, which needs threads (test_many_at_once); a slice is enough for its dialect.
    runs = 50 if journal.engine.dialect.name == "sqlite" else 10
    run_state_machine_as_test(journal, settings=settings(BOUNDED, max_examples=runs))
