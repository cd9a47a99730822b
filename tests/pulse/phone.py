"""A simulated phone: the client's pure half over two connections, one signed in and one without any cookie."""

from __future__ import annotations

from typing import Any

from werkzeug.test import Client, TestResponse

from api.pulse import client
from api.pulse.client import Pending, Token
from api.pulse.wire import b64u, unb64u
from tests.client import JsonClient


class Phone:
    def __init__(self, named: JsonClient, box: Client) -> None:
        self.named, self.box = named, box
        self.pending: dict[str, Pending] = {}
        self.tokens: dict[str, Token] = {}
        self.counter: int | None = None

    def blocks(self) -> list[dict[str, Any]]:
        answer = self.named.get("/api/pulse/blocks")
        assert answer.status_code == 200, answer.get_data()
        found: list[dict[str, Any]] = answer.get_json()["blocks"]
        return found

    def stock(self) -> list[Token]:
        """Fetch a token for every block in issuance that this resident takes part in, wanted or not."""
        listed = self.box.get("/keys").get_json()["keys"]
        for block in self.blocks():
            if block["eligible"] and block["key_id"] not in self.tokens:
                spki = client.checked(block, listed)
                self.fetch(block["key_id"], spki)
        return list(self.tokens.values())

    def fetch(self, key_id: str, spki: bytes) -> Token:
        pending = self.pending.setdefault(key_id, client.blind(spki))
        answer = self.ask(key_id, pending.blinded_msg)
        assert answer.status_code == 200, answer.get_data()
        self.tokens[key_id] = client.finalize(spki, pending, unb64u(answer.get_json()["blind_sig"]))
        return self.tokens[key_id]

    def ask(self, key_id: str, blinded: bytes) -> TestResponse:
        return self.named.post("/api/pulse/issue", {"key_id": key_id, "blinded_msg": b64u(blinded)})

    def answer(self, given: dict[str, dict[str, Any]], key_id: str | None = None, shared: Any = ()) -> TestResponse:
        """Send the whole sheet for a block (the only one, unless named), as the real phone would."""
        key = key_id or next(iter(self.tokens))
        shapes = {entry["key_id"]: entry["shape"] for entry in self.box.get("/keys").get_json()["keys"]}
        self.counter = client.next_counter(self.counter)
        return self.send(key, client.sheet(self.counter, client.answers(shapes.get(key, {}), given), shared))

    def withdraw(self, key_id: str) -> TestResponse:
        self.counter = client.next_counter(self.counter)
        return self.send(key_id, client.withdrawal(self.counter))

    def send(self, key_id: str, sheet: dict[str, Any]) -> TestResponse:
        body = client.body(self.tokens[key_id], sheet)
        return self.box.put("/sheets", data=body, content_type="application/json")
