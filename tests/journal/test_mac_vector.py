"""The phone and the server side agree on bytes: the canonical envelope, its mac, and what age seals."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pyrage
import pytest

from api.journal.envelope import Envelope, canonical, mac, mac_key, read

HERE = Path(__file__).parent
MACS: dict[str, Any] = json.loads((HERE / "mac-vector.json").read_text())
AGE: dict[str, Any] = json.loads((HERE / "age-vector.json").read_text())
KEY = mac_key(bytes.fromhex(MACS["secret_hex"]))


def from_b64u(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_mac_key_follows_from_the_identitys_secret() -> None:
    assert KEY.hex() == MACS["mac_key_hex"]


@pytest.mark.parametrize("one", MACS["ops"])
def test_the_canonical_envelope_is_byte_for_byte_the_phones(one: dict[str, Any]) -> None:
    assert canonical(one["op"]) == one["canonical"].encode()


@pytest.mark.parametrize("one", MACS["ops"])
def test_the_mac_is_the_one_the_phone_makes(one: dict[str, Any]) -> None:
    assert mac(KEY, one["op"]) == one["mac"]


@pytest.mark.parametrize("one", MACS["ops"])
def test_a_change_to_any_field_changes_the_mac(one: dict[str, Any]) -> None:
    for name in one["op"]:
        other = {**one["op"], name: 2 if name in ("proto", "seq") and one["op"][name] != 2 else "other"}
        assert mac(KEY, other) != one["mac"], name


@pytest.fixture
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(AGE["identity"])


def test_pyrage_opens_what_the_phone_sealed(identity: pyrage.x25519.Identity) -> None:
    opened = pyrage.decrypt(from_b64u(AGE["by_phone"]), [identity])
    assert json.loads(opened) == AGE["plain"]
    assert len(opened) % 1024 == 0


def test_the_phones_sealed_body_passes_the_servers_check() -> None:
    op = {**MACS["ops"][0]["op"], "kind": "create", "base": None, "body": AGE["by_phone"]}
    assert isinstance(read({**op, "mac": mac(KEY, op)}), Envelope)


def test_the_vectors_other_half_is_sealed_by_pyrage(identity: pyrage.x25519.Identity) -> None:
    """The phone's own tests open this part; here it is only made sure that it is sound and for the same identity."""
    assert str(identity.to_public()) == AGE["recipient"]
    sealed = from_b64u(AGE["by_pyrage"])
    assert urlsafe_b64encode(sealed).rstrip(b"=").decode() == AGE["by_pyrage"]
    assert json.loads(pyrage.decrypt(sealed, [identity])) == AGE["plain"]
