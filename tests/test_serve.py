"""One command starts the whole instance, and one signal stops all of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_S = 60


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environ(instance: Path, port: int, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
    return {**kept, "HANDRAIL_INSTANCE": str(instance), "PORT": str(port), "PYTHONUNBUFFERED": "1", **more}


@contextmanager
def _serving(instance: Path, port: int, out: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`handrail serve` in a process group of its own, ready; whatever is left of it is ended."""
    with out.open("ab") as log:
        serving = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve"],
            cwd=ROOT, env=_environ(instance, port), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + START_S
        while "ready" not in out.read_text() and serving.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        yield serving
    finally:
        if serving.poll() is None:
            os.killpg(serving.pid, signal.SIGKILL)
            serving.wait()


def _health(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5) as answer:
        return str(answer.read().decode())


def _group_is_empty(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_one_command_serves_web_box_and_worker_and_a_signal_ends_them(tmp_path: Path) -> None:
    port, out = _port(), tmp_path / "out"
    with _serving(tmp_path / "instance", port, out) as serving:
        assert re.search(rf"Handrail is ready: http://localhost:{port}\b", out.read_text()), out.read_text()
        assert '"ok"' in _health(port)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/box/keys", timeout=5) as answer:
            assert answer.status == 200
        serving.send_signal(signal.SIGINT)
        assert serving.wait(30) == 0
        assert "Stopped." in out.read_text()
        assert _group_is_empty(serving.pid)


def test_a_second_one_on_the_same_instance_is_refused(tmp_path: Path) -> None:
    with _serving(tmp_path / "instance", _port(), tmp_path / "out"):
        second = subprocess.run(
            [sys.executable, "-m", "api.cli", "serve"],
            cwd=ROOT, env=_environ(tmp_path / "instance", _port()), capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert second.returncode == 1
    assert "already runs" in second.stderr


def test_a_child_that_dies_takes_the_house_down_with_a_word(tmp_path: Path) -> None:
    port, out = _port(), tmp_path / "out"
    with _serving(tmp_path / "instance", port, out) as serving:
        listed = subprocess.run(["ps", "-o", "pid=,args=", "-g", str(serving.pid)], capture_output=True, text=True)
        worker = next(int(line.split()[0]) for line in listed.stdout.splitlines() if line.endswith("api.cli worker"))
        os.kill(worker, signal.SIGKILL)
        assert serving.wait(30) == 1
        assert "worker stopped by itself" in out.read_text()


def test_running_it_again_keeps_keys_and_people(tmp_path: Path) -> None:
    instance, port = tmp_path / "instance", _port()
    invite = [sys.executable, "-m", "api.cli", "invite", "--role", "coordinator", "--name", "Ada"]
    with _serving(instance, port, tmp_path / "first"):
        pass
    keys = {path.name: path.read_bytes() for path in (instance / "keys").iterdir()}
    added = subprocess.run(
        [*invite, "--email", "ada@hospital.example"],
        cwd=ROOT, env=_environ(instance, port), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert added.returncode == 0
    with _serving(instance, port, tmp_path / "second"):
        assert {path.name: path.read_bytes() for path in (instance / "keys").iterdir()} == keys
    again = subprocess.run(
        [*invite, "--email", "ADA@hospital.example"],
        cwd=ROOT, env=_environ(instance, port), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert again.returncode == 1
    assert "already" in again.stderr
