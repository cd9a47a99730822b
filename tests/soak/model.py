"""The journal as a pure state machine under Hypothesis: `python -m tests.soak model`, 2,000 runs of 50 steps."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from api import config, create_app, migrate
from api.state import open_state
from tests.cast import assemble
from tests.conftest import signed_in_client
from tests.sync.conftest import over
from tests.sync.world import Journal

RUNS, STEPS = 2_000, 50


def run(seed: int, count: int | None) -> int:
    began = time.monotonic()
    wanted = settings(
        max_examples=count or RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    with tempfile.TemporaryDirectory(prefix="handrail-model-") as folder:
        machine = seeded(seed)(_machine(Path(folder)))
        try:
            run_state_machine_as_test(machine, settings=wanted)
        except AssertionError as error:
            print(f"model: BROKEN from seed {seed}: {error}")
            return 1
    took = time.monotonic() - began
    print(f"model: {wanted.max_examples} runs of {STEPS} steps hold, from seed {seed}, {took:.0f} s")
    return 0


def _machine(folder: Path) -> type[Journal]:
    state = open_state(config.read({"HANDRAIL_INSTANCE": str(folder), "HANDRAIL_ORIGIN": "http://localhost"}))
    migrate.upgrade(state.engine)
    people, app = assemble(state.engine), create_app(state=state)
    ways = tuple(over(signed_in_client(app, state, person)) for person in (people.rita, people.ravi))
    parts: dict[str, Any] = {"rita_id": people.rita.id, "ravi_id": people.ravi.id, "sends": ways}
    return type("Here", (Journal,), {"engine": state.engine, **parts})
