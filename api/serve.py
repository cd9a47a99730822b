"""One command for one machine: migrate, then web (with the box mounted at /box) and worker, until told to stop."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread
from typing import Any

from gunicorn.http.errors import ParseException
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from api import config, create_app, earlier_assets, web
from api.pulse.box import create_box
from api.state import open_state

READY_S = 60
STOP_S = 8


def wsgi() -> Any:
    """The web application and, beside it under /box, the box: an application of its own over a file of its own."""
    keep_private()
    settings = config.read()
    held = open_state(settings)
    earlier_assets.remember(web.APP / "assets", settings.earlier_assets)
    whole: Any = readable(DispatcherMiddleware(create_app(state=held), {"/box": create_box(held.box_path)}))
    hops = settings.trusted_proxies
    return ProxyFix(whole, x_for=hops, x_proto=hops, x_host=hops) if hops else whole


class Body:
    """A request's body as the server gives it; what is no HTTP there is told as an OSError, like any broken line."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def read(self, *size: int) -> bytes:
        try:
            return bytes(self.given.read(*size))
        except ParseException as error:
            raise OSError("the body is not framed as HTTP says") from error


def readable(app: Any) -> Any:
    """The application behind bodies that raise nothing of the web server's own."""

    def call(environ: dict[str, Any], start: Any) -> Any:
        environ["wsgi.input"] = Body(environ["wsgi.input"])
        return app(environ, start)

    return call


def keep_private() -> None:
    """Let what this process writes (databases, keys, sessions) be read by its own user only, whatever the shell set."""
    os.umask(0o077)


def web_command(settings: config.Settings) -> list[str]:
    """gunicorn with threads and without an access log: a log of addresses and minutes could name who answered."""
    return [
        *(sys.executable, "-m", "gunicorn", "api.serve:wsgi()"),
        *("--bind", settings.bind, "--worker-class", "gthread"),
        *("--workers", str(settings.web_workers), "--threads", str(settings.web_threads)),
        # Its warnings quote the address of a client that sent nonsense, so only errors are logged.
        *("--log-level", "error", "--no-control-socket", "--graceful-timeout", "3"),
        *("--config", "python:api.gunicorn_conf"),
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


def is_taken(address: str) -> bool:
    """Whether somebody else listens on this host and port already."""
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError:
            return True
    return False


Step = Callable[[Event], object]


def run(settings: config.Settings, prepare: Step, greet: Callable[[], None], beside: Step) -> int:
    """Prepare, start web and worker, greet when they are ready, and stay until told to stop. Returns the exit status.

    `prepare` and `beside` (in a thread, while all run) belong to the demo; they end when their event is set.
    """
    with Household(settings.instance) as home:
        if is_taken(settings.bind):
            print(
                f"{settings.bind} is taken by another program; choose another with PORT.", file=sys.stderr, flush=True
            )
            return 1
        prepare(home.stop)
        if home.stop.is_set():
            return 0
        home.start("web", web_command(settings))
        home.start("worker", worker_command())
        if not wait_until_ready(home, settings.bind):
            if not home.stop.is_set():
                print(f"The web process did not come up on {settings.bind}.", file=sys.stderr, flush=True)
            return 0 if home.stop.is_set() else 1
        greet()
        helper = Thread(target=beside, args=(home.stop,), daemon=True)
        helper.start()
        status = home.watch()
        helper.join(STOP_S)
        return status
