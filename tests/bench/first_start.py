"""How long a newcomer waits: from a clone of this checkout to the ready line of `make run`.

The packages are installed once into a throwaway environment before, so that pip has them in its cache and the network
is hardly measured.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure
from tests.journeys.handrail import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_S = 300
GOAL_S = 90


def figures() -> Iterator[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="handrail-first-"))
    try:
        _warm(folder / "throwaway")
        yield Figure("clone_to_ready", _clone_to_ready(folder), "s", "<=", GOAL_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _warm(throwaway: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(throwaway)], check=True)
    asked = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt"]
    subprocess.run([str(throwaway / "bin" / "python"), *asked], cwd=ROOT, check=True)


def _clone_to_ready(folder: Path) -> float:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
    environ |= {"PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
    began = time.monotonic()
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "clone")], check=True)
    said = folder / "said"
    with said.open("wb") as out:
        running = subprocess.Popen(
            ["make", "run"], cwd=folder / "clone", env=environ, stdout=out, stderr=out, start_new_session=True
        )
    try:
        while "Handrail is ready" not in said.read_text():
            if running.poll() is not None or time.monotonic() - began > READY_S:
                raise RuntimeError(said.read_text()[-2000:])
            time.sleep(0.1)
        return time.monotonic() - began
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGINT)
            running.wait(30)
