"""Block keys at rest."""

from __future__ import annotations

import pytest

from api.pulse import blindsign, keys
from api.pulse.keys import WrongKek

KEK = bytes(range(32))


def test_a_sealed_key_opens_under_its_own_key_encryption_key_and_id_only() -> None:
    key = blindsign.generate()
    named = blindsign.key_id(key.spki())
    sealed = keys.seal(KEK, key)
    assert keys.unseal(KEK, named, sealed) == key
    for kek, of, text in (
        (bytes(32), named, sealed),
        (KEK, blindsign.key_id(b"another"), sealed),
        (KEK, named, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (KEK, named, b""),
    ):
        with pytest.raises(WrongKek):
            keys.unseal(kek, of, text)


def test_a_sealed_key_shows_nothing_of_the_primes_and_is_never_twice_the_same() -> None:
    key = blindsign.generate()
    first, second = keys.seal(KEK, key), keys.seal(KEK, key)
    assert first != second
    assert key.p.to_bytes(128, "big")[:16] not in first
