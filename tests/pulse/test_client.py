"""The simulated phone's half of the protocol, against the server's half."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from api.pulse import blindsign, cells, client
from api.pulse.client import BadIssuer
from api.pulse.wire import BODY_BYTES, b64u, unb64u

KEY = blindsign.generate()
SPKI = KEY.spki()


def entry(spki: bytes = SPKI, block: str = "2026-11-23") -> dict[str, object]:
    return {"group": "g", "block": block, "key_id": b64u(blindsign.key_id(spki)), "spki": b64u(spki), "shape": {}}


def test_a_token_comes_out_of_one_blind_signature() -> None:
    pending = client.blind(SPKI)
    token = client.finalize(SPKI, pending, blindsign.blind_sign(KEY, pending.blinded_msg))
    assert blindsign.verify(SPKI, token.nonce, token.signature)
    assert token.nonce == pending.input_msg[:32]


def test_a_blinded_message_shows_nothing_of_the_nonce() -> None:
    first, second = client.blind(SPKI), client.blind(SPKI)
    assert first.blinded_msg != second.blinded_msg
    assert first.input_msg[:8] not in first.blinded_msg


def test_an_answer_that_is_no_signature_makes_no_token() -> None:
    pending = client.blind(SPKI)
    other = blindsign.blind_sign(KEY, client.blind(SPKI).blinded_msg)
    for wrong in (b"", bytes(256), other, blindsign.blind_sign(KEY, pending.blinded_msg)[:-1]):
        with pytest.raises(BadIssuer):
            client.finalize(SPKI, pending, wrong)


def test_the_encoding_before_blinding_is_what_openssl_reads() -> None:
    message = b"a message"
    encoded = int.from_bytes(client.encode_pss(message, 2047, bytes(48)), "big")
    signature = pow(encoded, pow(KEY.e, -1, (KEY.p - 1) * (KEY.q - 1)), KEY.n).to_bytes(256, "big")
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    blindsign.public_key(SPKI).verify(signature, message, pss, hashes.SHA384())


def test_nothing_is_blinded_for_a_key_that_only_this_person_was_shown() -> None:
    other = blindsign.generate().spki()
    assert client.checked(entry(), [entry(), entry(other, "2026-12-21")]) == SPKI
    for listed in ([], [entry(other)], [entry(), entry(other)], [{**entry(), "shape": {"P01": []}}]):
        with pytest.raises(BadIssuer, match="KEY_INCONSISTENT"):
            client.checked(entry(), listed)
    lying = {**entry(), "key_id": b64u(bytes(32))}
    with pytest.raises(BadIssuer, match="KEY_ID_MISMATCH"):
        client.checked(lying, [lying])


def test_a_counter_starts_anywhere_and_steps_by_chance() -> None:
    firsts = [client.next_counter(None) for _ in range(200)]
    assert all(0 < first < 2**24 for first in firsts)
    assert len(set(firsts)) > 150
    steps = [client.next_counter(first) - first for first in firsts]
    assert all(1 <= step <= 256 for step in steps)
    assert len(set(steps)) > 20


def test_answers_are_laid_out_by_the_shape_and_what_is_not_counted_stays() -> None:
    shape = cells.shape_of(0)
    given = {"P01": {"a": 3, "b": [0], "d": "two lines"}, "P02": {"c": [0, 6]}, "P05": {"a": 1}, "P10": {}}
    laid = client.answers(shape, given)
    assert laid == {"P01": [3], "P02": [255, 1, 0, 0, 0, 0, 0, 1]}


def test_every_body_has_the_same_size() -> None:
    pending = client.blind(SPKI)
    token = client.finalize(SPKI, pending, blindsign.blind_sign(KEY, pending.blinded_msg))
    full = client.sheet(5, {"P01": [3], "P02": [1] * 8}, ["P01"])
    for sheet in (client.withdrawal(1), full):
        body = client.body(token, sheet)
        assert len(body) == BODY_BYTES
        assert json.loads(body)["sheet"] == sheet
    with pytest.raises(ValueError, match="fit"):
        client.body(token, client.sheet(1, {"P01": [1] * 4096}))


def test_base64url_has_one_spelling() -> None:
    assert unb64u(b64u(b"\xff\xfe\x00")) == b"\xff\xfe\x00"
    for wrong in ("AB", "AAA=", "A", "+/+/", "AA A", "ä"):
        with pytest.raises(ValueError):
            unb64u(wrong)
