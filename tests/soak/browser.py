"""Every fault scenario in real browsers, one after the other: `python -m tests.soak browser`. It needs no seed."""

from __future__ import annotations

import subprocess
import sys

from tests.journeys.handrail import ROOT


def run(seed: int, count: int | None) -> int:
    """The exit status of the whole folder of scenarios; `seed` and `count` change nothing here."""
    where = ["tests/journeys/faults", "tests/journeys/test_update.py"]
    print("browser: every scenario is played as it is written; there is no seed", flush=True)
    return subprocess.run([sys.executable, "-m", "pytest", "-s", *where, "--durations=10"], cwd=ROOT).returncode
