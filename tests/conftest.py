"""What every test may ask for: a database of each kind, the application, the cast, a clock that stands still."""

from __future__ import annotations

import dataclasses
import itertools
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import Client

from api import auth, clock, config, migrate
from api.clock import FrozenClock
from api.db import Base, engine_for, transaction
from api.mail import Letter
from api.people.models import Person, SignIn
from api.prompts import choosing
from api.state import State, open_state
from tests.cast import Cast, assemble
from tests.client import JsonClient

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
_databases = itertools.count()


class Letters:
    """A mail double: it keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.sent.append(letter)

    def post(self, letter: Letter) -> bool:
        self.send(letter)
        return True

    def wait(self) -> None:
        """Nothing is ever under way here."""


class Keeper:
    """What the SMTP server received, parsed."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        content: bytes = envelope.content  # type: ignore[attr-defined]
        self.received.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        return "250 kept"


_connects: list[Any] = []
_watching = False


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event == "socket.connect":
        _connects.append(arguments[1])


sys.addaudithook(_hook)


@pytest.fixture
def letter_box() -> Iterator[Controller]:
    """A real SMTP server; its `handler.received` holds the letters."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Keeper(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def frozen() -> Iterator[FrozenClock]:
    """2026-11-19T12:00Z, a Thursday, until the test moves it."""
    with clock.frozen(NOON) as held:
        yield held


@pytest.fixture(autouse=True)
def nothing_left_to_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """No prompt is held back, so that a story tells what it is about; a test of chance sets it again."""
    monkeypatch.setattr(choosing, "HELD_BACK_CHANCE", 0.0)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database: every test that uses it runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'handrail.sqlite'}"
        return
    from tests.postgres import server_url

    # One server, one schema a test: making a database for each test would take longer than the tests.
    schema = f"t{next(_databases)}"
    plain = engine_for(server_url())
    with plain.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    url = server_url()
    yield url + ("&" if "?" in url else "?") + f"options=-csearch_path%3D{schema}"
    with plain.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    plain.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> config.Settings:
    return config.read(
        {
            "HANDRAIL_INSTANCE": str(tmp_path / "instance"),
            "HANDRAIL_DATABASE_URL": database_url,
            "HANDRAIL_ORIGIN": "http://localhost",
        }
    )


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def state(settings: config.Settings, letters: Letters) -> Iterator[State]:
    migrate.metadata()
    held = dataclasses.replace(open_state(settings), mail=letters)
    Base.metadata.create_all(held.engine)
    yield held
    held.engine.dispose()


@pytest.fixture
def engine(state: State) -> Engine:
    return state.engine


@pytest.fixture
def cast(engine: Engine) -> Cast:
    return assemble(engine)


@pytest.fixture
def app(state: State) -> Flask:
    from api import create_app

    return create_app(state=state)


@pytest.fixture
def anyone(app: Flask) -> JsonClient:
    """A browser nobody signed in with."""
    return JsonClient(Client(app))


@pytest.fixture
def client_for(app: Flask, state: State) -> Callable[..., JsonClient]:
    """Makes a signed-in browser for a person."""
    return lambda person, **options: signed_in_client(app, state, person, **options)


def signed_in_client(app: Flask, state: State, person: Person, **options: Any) -> JsonClient:
    """A browser with a session row and the cookie that the product itself would set."""
    token = auth.new_token()
    with transaction(state.engine) as db:
        far = datetime(2030, 1, 1, tzinfo=UTC)
        db.add(SignIn(token_hash=auth.token_hash(token), person_id=person.id, device_name="A test", expires_at=far))
    client = Client(app)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    value = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], value, domain="localhost")
    return JsonClient(client, **options)


@pytest.fixture
def connects() -> Iterator[list[Any]]:
    """Every address this process connects to while the test runs, told by the interpreter itself."""
    global _watching
    _connects.clear()
    _watching = True
    yield _connects
    _watching = False
