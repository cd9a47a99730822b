"""What the server checks of an op, and that nothing a phone can send breaks the check."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.journal.envelope import OP_MAX_BYTES, Envelope, Misfit, canonical, mac, mac_key, read
from tests.sync.phone import Keys, uuid7

KEYS = Keys()
DEVICE = "3f2b8c1e-7a64-4d0f-9b1e-0c5d2a7f6e10"


def op(**changes: Any) -> dict[str, Any]:
    made = {
        "proto": 1,
        "op_id": uuid7(),
        "device_id": DEVICE,
        "seq": 1,
        "entity_id": uuid7(),
        "kind": "create",
        "base": None,
        "occurred_at": "2026-11-19T12:00:00.000Z",
        "body": KEYS.seal({"a": 1}),
    }
    made |= {"mac": mac(KEYS.mac_key, made)}
    return made | changes


def test_a_sound_op_is_an_envelope() -> None:
    sound = op()
    assert read(sound) == Envelope(**sound)


def test_the_canonical_envelope_is_the_array_a_browser_would_write() -> None:
    fixed = op(op_id="a", entity_id="b", body='é"\u2028', occurred_at="t", device_id="d")
    assert canonical(fixed) == '[1,"a","d",1,"b","create",null,"t","é\\"\u2028"]'.encode()


def test_the_mac_of_a_fixed_envelope_never_changes() -> None:
    """The phone's own test holds the same value; together they hold the two languages to one another."""
    fixed = {
        "proto": 1,
        "op_id": "0193a5e0-0000-7000-8000-000000000001",
        "device_id": DEVICE,
        "seq": 7,
        "entity_id": "0193a5e0-0000-7000-8000-000000000002",
        "kind": "revise",
        "base": "0193a5e0-0000-7000-8000-000000000003",
        "occurred_at": "2026-11-19T12:00:00.000Z",
        "body": "YWdlLWVuY3J5cHRpb24ub3JnL3YxCg",
    }
    assert mac(bytes(range(32)), fixed) == "h3YW59ehuVT3lNhzuHhruHS0eLvUpb9O61gCxVxSgiQ"


def test_the_mac_key_follows_from_the_identity_by_hkdf() -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    secret = os.urandom(32)
    assert mac_key(secret) == HKDF(SHA256(), 32, None, b"handrail/v1/mac").derive(secret)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"proto": 0}, "bad_proto"),
        ({"proto": True}, "bad_proto"),
        ({"proto": "1"}, "bad_proto"),
        ({"op_id": "op-1"}, "bad_op_id"),
        ({"op_id": uuid7().upper()}, "bad_op_id"),
        ({"op_id": None}, "bad_op_id"),
        ({"device_id": 5}, "bad_device_id"),
        ({"seq": 0}, "bad_seq"),
        ({"seq": 1.0}, "bad_seq"),
        ({"seq": True}, "bad_seq"),
        ({"seq": 2**53}, "bad_seq"),
        ({"seq": float("inf")}, "bad_seq"),
        ({"entity_id": ""}, "bad_entity_id"),
        ({"kind": "confess"}, "bad_kind"),
        ({"kind": ["create"]}, "bad_kind"),
        ({"kind": {}}, "bad_kind"),
        ({"base": "before"}, "bad_base"),
        ({"occurred_at": "yesterday"}, "bad_occurred_at"),
        ({"occurred_at": "2026-11-19T12:00:00"}, "bad_occurred_at"),
        ({"occurred_at": "2026-11-19T12:00:00Z" + "0" * 40}, "bad_occurred_at"),
        ({"mac": "x" * 42}, "bad_mac"),
        ({"mac": "=" * 43}, "bad_mac"),
        ({"body": None}, "bad_body"),
        ({"body": [[[]]]}, "bad_body"),
        ({"body": ""}, "not_sealed"),
        ({"body": "in the clear"}, "not_sealed"),
        ({"body": "\ud800"}, "not_sealed"),
        ({"body": "\x00"}, "not_sealed"),
        ({"kind": "withdraw"}, "bad_body"),
        ({"kind": "prompt"}, "bad_outcome"),
        ({"kind": "prompt", "body": "\ud800"}, "bad_outcome"),
        ({"kind": "prompt", "body": "[" * 400}, "bad_outcome"),
        ({"body": KEYS.seal("x" * 17_000)}, "too_big"),
        ({"extra": 1}, "unknown_field"),
        ({"\ud800": 1}, "unknown_field"),
    ],
)
def test_a_flaw_is_named(changes: dict[str, Any], reason: str) -> None:
    found = read(op(**changes))
    assert isinstance(found, Misfit)
    assert (found.reason, found.newer) == (reason, False)


@pytest.mark.parametrize(
    "field", ["op_id", "device_id", "seq", "entity_id", "kind", "base", "occurred_at", "mac", "body"]
)
def test_a_field_that_is_not_there_is_a_flaw(field: str) -> None:
    made = op()
    del made[field]
    found = read(made)
    assert isinstance(found, Misfit)
    assert found.reason == f"bad_{field}"


def test_a_newer_version_is_for_later_with_its_marks() -> None:
    newer = op(proto=2, body={"shape": "of tomorrow"})
    found = read(newer)
    assert isinstance(found, Misfit)
    assert (found.newer, found.op_id, found.seq, found.mac) == (True, newer["op_id"], 1, newer["mac"])


def test_an_op_fits_up_to_its_last_byte() -> None:
    made = op()
    room = OP_MAX_BYTES - len(canonical(made))
    assert isinstance(read(made | {"body": made["body"] + "A" * room}), Envelope)
    assert isinstance(read(made | {"body": made["body"] + "A" * (room + 1)}), Misfit)


def test_a_withdrawal_carries_no_body() -> None:
    assert isinstance(read(op(kind="withdraw", body="")), Envelope)


def test_what_is_kept_of_a_misfit_is_plain_ascii_json() -> None:
    found = read(op(kind="\x00", occurred_at="\ud800"))
    assert isinstance(found, Misfit)
    assert found.kept.isascii()
    assert "\\u" not in found.kept
    assert set(json.loads(found.kept)) == {"op_id", "device_id", "seq", "entity_id", "base", "mac", "body"}


def test_a_huge_sealed_body_is_not_kept() -> None:
    found = read(op(body=KEYS.seal(os.urandom(40_000).hex())))
    assert isinstance(found, Misfit)
    assert "body" not in json.loads(found.kept)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(JSON, st.dictionaries(st.sampled_from([*op(), "more"]), JSON, max_size=4))
def test_nothing_a_phone_can_send_breaks_the_check(anything: Any, changes: dict[str, Any]) -> None:
    for raw in (anything, op(**changes)):
        found = read(raw)
        assert isinstance(found, Envelope) or found.kept.isascii()
