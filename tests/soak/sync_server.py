"""The product's own web server, started so that it can be killed at a named point: `python -m tests.soak.sync_server`.

This process has everything imported and starts the server as often as it reads a line, by a fork that then becomes what
`handrail web` is. A request that carries KILL dies with the whole server, by SIGKILL, when it comes to the point named
there; one that carries BREAK meets what a database in trouble raises. The product knows nothing of either.
"""

from __future__ import annotations

import importlib
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from gunicorn.app.wsgiapp import run as serve_forever
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from api import config, serve
from api.journal import services as journal
from api.journal.verdict import Ledger
from api.sync import services as door

KILL, BREAK, ALTER = "X-Soak-Kill", "X-Soak-Break", "HANDRAIL_SOAK_ALTERED"
POINTS = ("before the lock", "mid-batch", "after insert", "before commit", "after commit", "during the response")
TROUBLES = ("deadlock", "disk full", "pool empty")

PRODUCT: list[Any] = []

_now = threading.local()


def die_if(point: str) -> None:
    if getattr(_now, "point", "") == point:
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _around(owner: Any, name: str, before: Callable[[], None], after: Callable[[], None]) -> None:
    real = getattr(owner, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        before()
        made = real(*given, **named)
        after()
        return made

    setattr(owner, name, wrapped)


def _nothing() -> None:
    """Where only one side of a function matters."""


def _judged() -> None:
    _now.judged = getattr(_now, "judged", 0) + 1
    if _now.judged >= 2:
        die_if("mid-batch")


def _taken_in() -> None:
    _now.taken = True


def _trouble() -> None:
    trouble = getattr(_now, "trouble", "")
    if trouble == "pool empty":
        raise PoolTimeout("no connection within 5 s")
    if trouble:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError(trouble))


def _committing(session: Session) -> None:
    if getattr(_now, "taken", False):
        die_if("before commit")


def _committed(session: Session) -> None:
    if getattr(_now, "taken", False):
        die_if("after commit")


def arm() -> None:
    """Put the points around the product's own functions, in this process."""
    _around(journal, "_lock", lambda: die_if("before the lock"), _nothing)
    _around(Ledger, "judge", _nothing, _judged)
    _around(journal, "_write", _nothing, lambda: (_trouble(), die_if("after insert"))[0])
    _around(door, "take_in", _nothing, _taken_in)
    event.listen(Session, "before_commit", _committing)
    event.listen(Session, "after_commit", _committed)


def armed() -> Any:
    """The application of `handrail web`, with the points armed by a request's own headers."""
    product = PRODUCT[0]

    def call(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        _now.__dict__.clear()
        _now.point = environ.pop("HTTP_X_SOAK_KILL", "")
        _now.trouble = environ.pop("HTTP_X_SOAK_BREAK", "")
        body = b"".join(product(environ, start))
        half = len(body) // 2
        yield body[:half]
        die_if("during the response")
        yield body[half:]

    return call


def _become_the_server() -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    command = serve.web_command(config.read())
    sys.argv = ["gunicorn", *command[command.index("api.serve:wsgi()") :]]
    sys.argv[1] = "tests.soak.sync_server:armed()"
    serve_forever()


def main() -> None:
    arm()
    for module in filter(None, os.environ.get(ALTER, "").split(",")):
        name, _, function = module.rpartition(":")
        getattr(importlib.import_module(name), function)(pytest.MonkeyPatch())
    PRODUCT.append(serve.wsgi())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    child = 0
    print("ready", flush=True)
    for line in sys.stdin:
        if child:
            _end(child)
            child = 0
        if line.strip() == "start":
            child = os.fork()
            if child == 0:
                os.close(0)
                _become_the_server()
                os._exit(0)
        print(child, flush=True)
    if child:
        _end(child)


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.modules["tests.soak.sync_server"] = sys.modules["__main__"]
    main()
