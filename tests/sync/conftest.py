"""Phones on the wire to the real application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from api.people.models import Person
from tests.cast import Cast
from tests.client import JsonClient
from tests.sync.phone import Phone
from tests.sync.world import Journal


@pytest.fixture
def phone_of(client_for: Callable[[Person], JsonClient], frozen: Any) -> Callable[..., Phone]:
    """A registered phone, signed in as a person; `phone_of(rita, keys=other.keys)` is a second device."""

    def begin(person: Person, **parts: Any) -> Phone:
        phone = Phone(over(client_for(person)), **parts)
        phone.register()
        return phone

    return begin


@pytest.fixture
def journal(engine: Engine, cast: Cast, client_for: Callable[..., JsonClient], frozen: Any) -> type[Journal]:
    """The state machine of `tests.sync.world` on this test's own server."""
    ways = over(client_for(cast.rita)), over(client_for(cast.ravi))
    return type("Here", (Journal,), {"engine": engine, "rita_id": cast.rita.id, "ravi_id": cast.ravi.id, "sends": ways})


def over(client: JsonClient) -> Callable[[str, str, dict[str, Any]], tuple[int, Any]]:
    """A phone's way to the server through a signed-in browser."""

    def send(method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        answer = client.send(method, path, json=body)
        return answer.status_code, answer.get_json(silent=True)

    return send
