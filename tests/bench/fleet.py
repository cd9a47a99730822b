"""Many residents with a signed-in phone each, put straight into an instance's database: the crowd of a benchmark."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert

from api import auth, config, create_app, migrate
from api.db import new_id, transaction
from api.journal.envelope import FIELDS
from api.people.models import Device, Person, SignIn
from api.state import State, open_state
from tests.sync.phone import Keys, uuid7

LONG_AGO, FAR = datetime(2026, 6, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
BODY, MAC = Keys().seal({"a": 2, "b": [0, 3], "c": "A line about the night on call"}), "m" * 43

Row = dict[str, Any]


@dataclass
class FleetPhone:
    """One signed-in phone: its cookie, its ids, and the next number of its sequence."""

    person_id: str
    device_id: str
    cookie: str
    seq: int = 0
    cursor: str | None = None

    def ops(self, count: int) -> list[Row]:
        """The phone's next ops, as they go over the wire."""
        made = []
        for _ in range(count):
            self.seq += 1
            values = (1, uuid7(), self.device_id, self.seq, uuid7(), "create", None, "2026-11-19T12:00:00.000Z", BODY)
            made.append(dict(zip(FIELDS, values, strict=True)) | {"mac": MAC})
        return made

    def request(self, ops: list[Row]) -> bytes:
        """The body of one exchange."""
        sent = {"proto": 1, "nonce": "n", "client_now": "2026-11-19T12:00:00Z", "known_epoch": None}
        return json.dumps(
            sent | {"cursor": self.cursor, "acked_through": 0, "device_id": self.device_id, "ops": ops}
        ).encode()

    def deliver(self, connection: HTTPConnection, ops: list[Row]) -> None:
        """One exchange over a connection that stays open; an assertion fails unless all of it was applied."""
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", "Cookie": self.cookie}
        connection.request("POST", "/api/sync", self.request(ops), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        assert response.status == 200, answer
        assert all(result["status"] == "applied" for result in answer["results"]), answer["results"]
        self.cursor = answer["cursor"]


def enrol(app: Flask, state: State, count: int) -> list[FleetPhone]:
    """So many residents who signed in long ago, on one phone each, put into the state's database."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    people, devices, sessions, phones = [], [], [], []
    for number in range(count):
        person_id, device_id, token = new_id(), new_id(), auth.new_token()
        email = f"resident{number}@example.org"
        who = {"id": person_id, "email": email, "name": "R", "role": "resident", "zone": "UTC", "joined_at": LONG_AGO}
        people.append(who)
        devices.append({"id": device_id, "person_id": person_id, "name": "P", "created_at": LONG_AGO})
        hashed = auth.token_hash(token)
        sessions.append({"token_hash": hashed, "person_id": person_id, "device_name": "P", "expires_at": FAR})
        value = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
        phones.append(FleetPhone(person_id, device_id, f"{app.config['SESSION_COOKIE_NAME']}={value}"))
    with transaction(state.engine) as db:
        for model, rows in ((Person, people), (Device, devices), (SignIn, sessions)):
            db.execute(insert(model), rows)
    return phones


def settle(folder: Path, origin: str, count: int) -> list[FleetPhone]:
    """Make an instance in `folder`, migrated, with `count` residents who are signed in on one phone each."""
    held = open_state(config.read({"HANDRAIL_INSTANCE": str(folder), "HANDRAIL_ORIGIN": origin}))
    migrate.upgrade(held.engine)
    phones = enrol(create_app(state=held), held, count)
    held.engine.dispose()
    return phones
