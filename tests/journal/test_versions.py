"""Every envelope version ever shipped is taken for 180 days after its successor, and can be read for ever.

A file of `fixtures/` is what a phone of that version sends. None is ever changed or removed; a new version adds one.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest

from api.journal.envelope import PROTO, Envelope, mac, read
from api.people.models import Person
from tests.cast import Cast
from tests.client import JsonClient

VERSIONS: list[dict[str, Any]] = [
    json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "fixtures").glob("v*.json"))
]
EVERY = [pytest.param(version, each, id=f"v{version['proto']}-{n}") for version in VERSIONS
         for n, each in enumerate(version["ops"], 1)]  # fmt: skip


def test_every_version_up_to_this_one_has_its_fixture() -> None:
    assert [version["proto"] for version in VERSIONS] == list(range(1, PROTO + 1))


@pytest.mark.parametrize(("version", "one"), EVERY)
def test_the_envelope_is_sound_and_its_mac_fits(version: dict[str, Any], one: dict[str, Any]) -> None:
    assert isinstance(read(one["op"]), Envelope)
    assert mac(bytes.fromhex(version["mac_key"]), one["op"]) == one["op"]["mac"]


@pytest.mark.parametrize(("version", "one"), [param for param in EVERY if param.values[1]["plain"] is not None])
def test_what_was_sealed_opens_with_the_key_of_its_person(version: dict[str, Any], one: dict[str, Any]) -> None:
    assert opened(version, one["op"]) == one["plain"]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: f"v{version['proto']}")
def test_a_phone_of_every_version_delivers_and_reads_its_journal(
    version: dict[str, Any], client_for: Callable[[Person], JsonClient], cast: Cast, frozen: Any
) -> None:
    browser, ops = client_for(cast.rita), [one["op"] for one in version["ops"]]
    device = ops[0]["device_id"]
    assert browser.put(f"/api/devices/{device}", {"name": "An old phone"}).status_code == 200
    asked = {"proto": version["proto"], "nonce": "n", "client_now": "2026-11-19T12:00:00Z", "device_id": device}
    answer = browser.post("/api/sync", asked | {"ops": ops}).get_json()
    assert [result["status"] for result in answer["results"]] == ["applied"] * len(ops)
    changes = browser.post("/api/sync", asked | {"ops": []}).get_json()["changes"]
    read_back = [opened(version, change["op"]) for change in changes if change["op"]["body"]]
    gone = {op["entity_id"] for op in ops if op["kind"] == "withdraw"}
    assert read_back == [
        one["plain"] for one in version["ops"] if one["plain"] is not None and one["op"]["entity_id"] not in gone
    ]


def opened(version: dict[str, Any], op: dict[str, Any]) -> Any:
    sealed = urlsafe_b64decode(op["body"] + "=" * (-len(op["body"]) % 4))
    return json.loads(pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(version["identity"])]))
