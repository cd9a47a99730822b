"""How many scenarios there are: forty in Chromium at least, and those that can be in Firefox too."""

import subprocess
import sys

from tests.journeys.handrail import ROOT

HERE = "tests/journeys/faults"


def test_there_are_forty_scenarios_in_chromium_and_twenty_in_firefox() -> None:
    listing = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=", HERE]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    scenarios = [line for line in done.stdout.splitlines() if line.startswith(HERE) and "test_count" not in line]
    firefox = [line for line in scenarios if "[firefox" in line]
    print(f"fault scenarios: {len(scenarios) - len(firefox)} in Chromium, {len(firefox)} in Firefox")
    assert len(scenarios) - len(firefox) >= 40
    assert len(firefox) >= 20
