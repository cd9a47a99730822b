"""One command starts the whole instance, and one signal stops all of it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller

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


def _command(instance: Path, port: int, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *words],
        cwd=ROOT, env=_environ(instance, port, **more), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


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
        second = _command(tmp_path / "instance", _port(), "serve")
    assert second.returncode == 1
    assert "already runs" in second.stderr


def test_a_taken_port_is_said_before_anything_is_greeted(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = _command(tmp_path / "instance", other.getsockname()[1], "serve")
    assert refused.returncode == 1
    assert "is taken" in refused.stderr
    assert "ready" not in refused.stdout


def test_no_log_line_tells_what_was_asked_or_from_where(tmp_path: Path) -> None:
    port, out = _port(), tmp_path / "out"
    with _serving(tmp_path / "instance", port, out):
        for path in ("/api/me?canary=7f3e", "/box/keys?canary=7f3e", "/canary-7f3e", "/box/canary-7f3e"):
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
        for nonsense in (b"NONSENSE 7f3e\r\n\r\n", b"GET /canary-7f3e HTTP/9.9\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), 5) as line:
                line.sendall(nonsense)
                line.recv(1024)
    said = out.read_text()
    assert "7f3e" not in said
    assert "ip=" not in said


def test_a_body_that_breaks_off_is_a_clear_error_and_the_rest_go_on(tmp_path: Path) -> None:
    port = _port()
    heads = {
        path: f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnot-a-size\r\n"
        for method, path in (("POST", "/api/sign-in/code"), ("PUT", "/box/sheets"))
    }
    with _serving(tmp_path / "instance", port, tmp_path / "out"):
        for path, head in heads.items():
            with socket.create_connection(("127.0.0.1", port), 30) as line:
                line.sendall(head.encode())
                assert line.recv(64).startswith(b"HTTP/1.1 400"), path
        assert '"ok"' in _health(port)


def test_phones_that_stall_do_not_hold_the_others_for_long(tmp_path: Path) -> None:
    port = _port()
    head = f"PUT /box/sheets HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 4096\r\n"
    head += "Content-Type: application/json\r\n"
    with _serving(tmp_path / "instance", port, tmp_path / "out"), contextlib.ExitStack() as held:
        for _ in range(12):
            line = held.enter_context(socket.create_connection(("127.0.0.1", port), 60))
            line.sendall(head.encode() + b"\r\n{")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if '"ok"' in _health(port):
                    return
        raise AssertionError("stalled phones held the server for a minute")


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
    ada = ("invite", "--role", "coordinator", "--name", "Ada", "--email")
    with _serving(instance, port, tmp_path / "first"):
        pass
    keys = {path.name: path.read_bytes() for path in (instance / "keys").iterdir()}
    assert _command(instance, port, *ada, "ada@hospital.example").returncode == 0
    with _serving(instance, port, tmp_path / "second"):
        assert {path.name: path.read_bytes() for path in (instance / "keys").iterdir()} == keys
    again = _command(instance, port, *ada, "ADA@hospital.example")
    assert again.returncode == 1
    assert "already" in again.stderr


def test_nothing_an_instance_writes_can_be_read_by_others(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    with _serving(instance, _port(), tmp_path / "out"):
        _command(instance, _port(), "migrate")
        loose = [path.name for path in instance.rglob("*") if path.stat().st_mode & 0o077]
    assert loose == []
    assert instance.stat().st_mode & 0o077 == 0


def test_a_command_waits_until_its_letter_was_handed_over(tmp_path: Path, letter_box: Controller) -> None:
    instance, port = tmp_path / "instance", _port()
    mail = {
        "HANDRAIL_MAIL_HOST": "127.0.0.1",
        "HANDRAIL_MAIL_PORT": str(letter_box.port),
        "HANDRAIL_MAIL_STARTTLS": "0",
    }
    _command(instance, port, "migrate")
    invited = _command(
        instance, port, "invite", "--role", "coordinator", "--name", "Ada", "--email", "ada@hospital.example", **mail
    )
    assert invited.returncode == 0
    assert [message["To"] for message in letter_box.handler.received] == ["ada@hospital.example"]


def test_the_operator_can_shut_somebody_out_and_announce_a_restore(tmp_path: Path) -> None:
    instance, port = tmp_path / "instance", _port()
    _command(instance, port, "migrate")
    _command(instance, port, "invite", "--role", "coordinator", "--name", "Ada", "--email", "ada@hospital.example")
    assert _command(instance, port, "disable", "--email", "ada@hospital.example").returncode == 0
    unknown = _command(instance, port, "disable", "--email", "nobody@hospital.example")
    assert (unknown.returncode, unknown.stderr) == (1, "Nobody has that address.\n")
    assert _command(instance, port, "restored").returncode == 0


def test_a_database_out_of_reach_is_one_line_and_not_a_traceback(tmp_path: Path) -> None:
    nowhere = {"HANDRAIL_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    refused = _command(tmp_path / "instance", _port(), "serve", **nowhere)
    assert refused.returncode == 1
    assert "cannot be reached" in refused.stderr
    assert "Traceback" not in refused.stderr
