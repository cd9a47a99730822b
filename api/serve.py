"""One command for one machine: migrate, then web (with the box mounted at /box) and worker, until told to stop."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Event
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from api import config, create_app
from api.pulse.box import create_box
from api.state import open_state

READY_S = 60
STOP_S = 15


def wsgi() -> Any:
    """The web application and, beside it under /box, the box: an application of its own over a file of its own."""
    settings = config.read()
    held = open_state(settings)
    whole: Any = DispatcherMiddleware(create_app(state=held), {"/box": create_box(held.box_path)})
    hops = settings.trusted_proxies
    return ProxyFix(whole, x_for=hops, x_proto=hops, x_host=hops) if hops else whole


def web_command(settings: config.Settings, bind: str) -> list[str]:
    """gunicorn with threads and without an access log: a log of addresses and minutes could name who answered."""
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", bind, "--worker-class", "gthread"),
        *("--workers", str(settings.web_workers), "--threads", str(settings.web_threads)),
        *("--log-level", "warning", "--no-control-socket", "--graceful-timeout", "10"),
        *("--chdir", str(Path(__file__).resolve().parent.parent)),
    ]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "api.cli", "worker"]


class AlreadyRunning(Exception):
    """Another `handrail serve` holds this instance."""


@dataclass
class Household:
    """The processes of one instance. They share our process group, so one signal from a terminal reaches all."""

    instance: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    stop: Event = field(default_factory=Event)

    def __enter__(self) -> Household:
        self._lock = open(self.instance / "serve.lock", "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(self.instance) from error
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop.set())
        return self

    def __exit__(self, *_: object) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_S
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._lock.close()

    def start(self, name: str, command: list[str]) -> None:
        self.children[name] = subprocess.Popen(command, env=os.environ.copy())  # noqa: S603 - our own commands

    def ended(self) -> str | None:
        """The name of a child that ended without being asked; None while all run."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def watch(self) -> int:
        """Wait for a signal (exit status 0) or for a child that ends unasked (1, everything stops with it)."""
        while not self.stop.wait(0.3):
            if name := self.ended():
                print(f"{name} stopped by itself; stopping everything.", file=sys.stderr, flush=True)
                return 1
        return 0


def answers(address: str) -> bool:
    """Whether the web process behind this address is up and reaches its database."""
    try:
        with urllib.request.urlopen(f"http://{address}/api/health", timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, HTTPException):
        return False


def wait_until_ready(home: Household, address: str) -> bool:
    """True once the web process answers; False when a child ended or nothing answered for a minute."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and not home.stop.is_set():
        if answers(address):
            return True
        if home.ended():
            return False
        time.sleep(0.1)
    return False


def run(settings: config.Settings, bind: str, greet: Callable[[], None], beside: Callable[[Event], None]) -> int:
    """Start web and worker, greet when they are ready, and stay until told to stop. Returns the exit status.

    `beside` is started in a thread of this process (the demo's simulated phones) and ends when its event is set.
    """
    import threading

    with Household(settings.instance) as home:
        home.start("web", web_command(settings, bind))
        home.start("worker", worker_command())
        if not wait_until_ready(home, bind):
            if not home.stop.is_set():
                print(f"The web process did not come up on {bind}.", file=sys.stderr, flush=True)
            return 0 if home.stop.is_set() else 1
        greet()
        helper = threading.Thread(target=beside, args=(home.stop,), daemon=True)
        helper.start()
        status = home.watch()
        helper.join(STOP_S)
        return status
