"""The issuer against RFC 9474's own vectors (Appendix A), and against what must never be signed or believed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from api.pulse import blindsign
from api.pulse.blindsign import CONTEXT, BadBlinded, BadKey, IssuerKey, SigningFailure

VECTORS = json.loads(Path(__file__).with_name("rfc9474_vectors.json").read_text())
named = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])


def number(text: str) -> int:
    return int(text, 16)


@pytest.fixture(scope="module")
def key() -> IssuerKey:
    return blindsign.generate()


@named
def test_the_issuer_reproduces_the_rfc(vector: dict[str, str]) -> None:
    key = IssuerKey.from_primes(number(vector["p"]), number(vector["q"]), number(vector["e"]))
    assert key.n == number(vector["n"])
    blind_sig = blindsign.blind_sign(key, bytes.fromhex(vector["blinded_msg"]))
    assert blind_sig.hex() == vector["blind_sig"]
    unblinded = int.from_bytes(blind_sig, "big") * number(vector["inv"]) % key.n
    assert unblinded.to_bytes(key.length, "big").hex() == vector["sig"]


@named
def test_the_rfc_signature_verifies_with_its_own_salt_length_only(vector: dict[str, str]) -> None:
    public = rsa.RSAPublicNumbers(number(vector["e"]), number(vector["n"])).public_key()
    message = bytes.fromhex(vector["msg_prefix"] + vector["msg"])
    salt = 0 if "PSSZERO" in vector["name"] else 48
    for length in (0, 48):
        pss = padding.PSS(padding.MGF1(hashes.SHA384()), length)
        if length == salt:
            public.verify(bytes.fromhex(vector["sig"]), message, pss, hashes.SHA384())
            continue
        with pytest.raises(InvalidSignature):
            public.verify(bytes.fromhex(vector["sig"]), message, pss, hashes.SHA384())


def signed(key: IssuerKey, message: bytes, salt: int) -> bytes:
    """An ordinary signature by the same key, which is what a phone gets after unblinding."""
    d = pow(key.e, -1, (key.p - 1) * (key.q - 1))
    public = rsa.RSAPublicNumbers(key.e, key.n)
    private = rsa.RSAPrivateNumbers(key.p, key.q, d, key.dp, key.dq, key.q_inverse, public).private_key()
    return private.sign(message, padding.PSS(padding.MGF1(hashes.SHA384()), salt), hashes.SHA384())


def test_a_token_with_another_salt_length_is_refused(key: IssuerKey) -> None:
    spki, nonce = key.spki(), bytes(range(32))
    message = nonce + CONTEXT + blindsign.key_id(spki)
    assert blindsign.verify(spki, nonce, signed(key, message, 48))
    assert not blindsign.verify(spki, nonce, signed(key, message, 0))
    assert not blindsign.verify(spki, nonce, signed(key, message, 32))


def test_a_token_holds_for_its_own_nonce_key_and_context_only(key: IssuerKey) -> None:
    spki, nonce, other = key.spki(), bytes(32), blindsign.generate().spki()
    good = signed(key, nonce + CONTEXT + blindsign.key_id(spki), 48)
    assert blindsign.verify(spki, nonce, good)
    assert not blindsign.verify(spki, b"\x01" + nonce[1:], good)
    assert not blindsign.verify(other, nonce, good)
    assert not blindsign.verify(spki, nonce, signed(key, nonce + b"another protocol" + blindsign.key_id(spki), 48))
    assert not blindsign.verify(spki, nonce, signed(key, nonce + CONTEXT + blindsign.key_id(other), 48))
    assert not blindsign.verify(spki, nonce, good[:-1])
    assert not blindsign.verify(spki, nonce + b"\x00", good)
    assert not blindsign.verify(spki, nonce, bytes(256))


def test_a_blinded_message_that_is_not_canonical_is_refused(key: IssuerKey) -> None:
    over = (key.n + 1).to_bytes(256, "big")
    wrong = (b"", bytes(256), key.n.to_bytes(256, "big"), over, b"\xff" * 256, b"\x01" * 255, bytes(1) + b"\x01" * 256)
    for blinded in wrong:
        with pytest.raises(BadBlinded):
            blindsign.blind_sign(key, blinded)


@pytest.mark.parametrize("half", ["dp", "dq", "q_inverse"])
def test_a_fault_in_one_half_of_the_signature_never_leaves_the_process(key: IssuerKey, half: str) -> None:
    faulty = dataclasses.replace(key, **{half: getattr(key, half) + 2})
    with pytest.raises(SigningFailure):
        blindsign.blind_sign(faulty, b"\x01" * 256)


def test_the_same_blinded_message_is_signed_with_the_same_bytes(key: IssuerKey) -> None:
    blinded = b"\x02" * 256
    assert blindsign.blind_sign(key, blinded) == blindsign.blind_sign(key, blinded)


def test_a_private_key_does_not_print_itself(key: IssuerKey) -> None:
    assert str(key.p) not in repr(key)
    assert str(key.p) not in f"{key}"


def der(public: rsa.RSAPublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_a_public_key_of_any_other_kind_is_refused(key: IssuerKey) -> None:
    spki = key.spki()
    assert blindsign.public_key(spki).key_size == 2048
    larger = rsa.generate_private_key(public_exponent=65537, key_size=3072).public_key()
    low = rsa.RSAPublicNumbers(3, key.n).public_key()
    # The same key with a needless length byte: other bytes, so another key id, for one and the same modulus.
    respelled = spki[:1] + b"\x83\x00" + spki[2:4] + spki[4:]
    for wrong in (b"", spki[:-1], spki + b"\x00", der(larger), der(low), respelled):
        with pytest.raises(BadKey):
            blindsign.public_key(wrong)
