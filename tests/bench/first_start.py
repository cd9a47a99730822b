"""How long a newcomer waits: from a clone of this checkout to the ready line of `make run`.

The packages are downloaded beforehand into a folder that pip then installs from, so that the network is not measured.
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

ROOT = Path(__file__).resolve().parents[2]
READY_S = 300
GOAL_S = 90


def figures() -> Iterator[Figure]:
    folder = Path(tempfile.mkdtemp(prefix="handrail-first-"))
    try:
        wheels = folder / "wheels"
        _download(wheels)
        yield Figure("clone_to_ready", _clone_to_ready(folder, wheels), "s", "<=", GOAL_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download(wheels: Path) -> None:
    asked = ["-m", "pip", "download", "-q", "--disable-pip-version-check", "-r", "requirements.txt", "-d", str(wheels)]
    subprocess.run([sys.executable, *asked], cwd=ROOT, check=True)


def _clone_to_ready(folder: Path, wheels: Path) -> float:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("HANDRAIL_", "PIP_"))}
    environ |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PORT": "8791", "PYTHONUNBUFFERED": "1"}
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
        os.killpg(running.pid, signal.SIGINT)
        running.wait(30)
