"""A real server over a real database for the soak: started, killed, its database restarted, copied and put back."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

from flask import Flask
from sqlalchemy import delete

from api import auth, config, create_app, migrate, rows
from api.db import transaction
from api.journal import services as journal
from api.people.models import Person, SignIn
from api.state import State, open_state
from tests.cast import LONG_AGO
from tests.soak import sync_server
from tests.sync.phone import Lost

FAR = datetime(2036, 1, 1, tzinfo=UTC)
UP_S = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class House:
    """One instance. `database_url` names a database nobody else uses.

    `altered` are `module:function`s that break the server; `restart_database` is None where that means nothing.
    """

    folder: Path
    database_url: str
    altered: tuple[str, ...] = ()
    restart_database: Callable[[], None] | None = None
    starts: int = 0
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        environ = {
            "HANDRAIL_INSTANCE": str(self.folder / "instance"),
            "HANDRAIL_DATABASE_URL": self.database_url,
            "HANDRAIL_ORIGIN": f"http://127.0.0.1:{self.port}",
            "HANDRAIL_BIND": f"127.0.0.1:{self.port}",
            "HANDRAIL_WEB_THREADS": "4",
            "HANDRAIL_LOG_LEVEL": "error",
        }
        self.state: State = open_state(config.read(environ))
        migrate.upgrade(self.state.engine)
        with self.state.engine.connect() as connection:
            self._tables = rows.tables(connection)
        self._app: Flask = create_app(state=self.state)
        self._log = open(self.folder / "server.log", "w")
        self._launcher = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.sync_server"],
            env={**os.environ, **environ, sync_server.ALTER: ",".join(self.altered)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        assert self._launcher.stdout is not None
        assert self._launcher.stdout.readline().strip() == "ready", "the launcher did not come up"
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._launcher.stdin is not None
        self.kill()
        self._launcher.kill()
        self._launcher.wait()
        self.state.engine.dispose()
        self._log.close()

    def start(self) -> None:
        """A fresh server; the one before, if it still runs, is killed."""
        self._say("start")
        self.starts += 1
        self._wait()

    def kill(self) -> None:
        """SIGKILL to the whole server, whatever it is doing."""
        self._say("stop")

    def stand(self) -> None:
        """Start the server again if it died."""
        if not self._answers():
            self.start()

    def _say(self, order: str) -> None:
        assert self._launcher.stdin is not None
        assert self._launcher.stdout is not None
        self._launcher.stdin.write(order + "\n")
        self._launcher.stdin.flush()
        assert self._launcher.stdout.readline(), "the launcher ended"

    def _wait(self) -> None:
        until = time.monotonic() + UP_S
        while time.monotonic() < until:
            if self._answers():
                return
            time.sleep(0.02)
        raise AssertionError("the server did not come up: " + (self.folder / "server.log").read_text()[-2000:])

    def _answers(self) -> bool:
        """Whether a request comes through; a server that is dying still takes lines, and answers none."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            line.request("GET", "/api/health")
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()

    def person(self, name: str) -> Person:
        """A resident of their own for one seed."""
        mark = f"{name.lower()}-{time.monotonic_ns()}@hospital.example"
        one = Person(name=name, email=mark, role="resident", zone="America/Chicago", joined_at=LONG_AGO)
        with transaction(self.state.engine) as db:
            db.add(one)
        return one

    def forget(self, people: list[Person]) -> None:
        """Delete a seed's people, so that no seed pays for the ones before it."""
        with transaction(self.state.engine) as db:
            db.execute(delete(Person).where(Person.id.in_([person.id for person in people])))

    def session(self, person: Person) -> str:
        """The cookie of a new session, as signing in gives it."""
        token = auth.new_token()
        with transaction(self.state.engine) as db:
            hashed = auth.token_hash(token)
            db.add(SignIn(token_hash=hashed, person_id=person.id, device_name="A phone", expires_at=FAR))
        signer = self._app.session_interface.get_signing_serializer(self._app)  # type: ignore[attr-defined]
        value = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
        return f"{self._app.config['SESSION_COOKIE_NAME']}={value}"

    def end_sessions(self, person: Person) -> None:
        with transaction(self.state.engine) as db:
            db.execute(delete(SignIn).where(SignIn.person_id == person.id))

    def copy(self) -> bytes:
        """The whole database as the backup command writes it."""
        with io.BytesIO() as out:
            with (
                gzip.open(out, "wt", 1, encoding="utf-8") as lines,
                self.state.engine.connect() as connection,
                connection.begin(),
            ):
                lines.writelines(line + "\n" for line in rows.dump(connection, self._tables))
            return out.getvalue()

    def put_back(self, copy: bytes, new_epoch: bool) -> None:
        """The server dies, an older copy takes the place of the database, and the server starts again."""
        self.kill()
        with transaction(self.state.engine) as db:
            with gzip.open(io.BytesIO(copy), "rt", encoding="utf-8") as lines:
                rows.load(db.connection(), lines, self._tables)
            if new_epoch:
                journal.begin_epoch(db)
        self.start()


def post(port: int, method: str, path: str, body: Any, headers: dict[str, str], patience_s: float) -> tuple[int, Any]:
    """One request over one line. Raises Lost when no whole answer came within the phone's patience."""
    line = HTTPConnection("127.0.0.1", port, timeout=patience_s)
    try:
        line.request(method, path, str(body), {"Content-Type": "application/json", **headers})
        answer = line.getresponse()
        content = answer.read()
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return answer.status, json.loads(content) if is_json else None
    except (OSError, HTTPException, ValueError) as error:
        raise Lost from error
    finally:
        line.close()
