"""Private block keys at rest: the two primes, sealed by a key-encryption key that lives outside the database.

Pure functions over bytes. A sealed key is 12 bytes of nonce, then AES-256-GCM over p and q (128 bytes each, big
endian), bound to the key's id so that two rows cannot be swapped.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.pulse.blindsign import KEY_BYTES, IssuerKey, key_id

_NONCE_BYTES = 12
_PRIME_BYTES = KEY_BYTES // 2
_LABEL = b"handrail/v1/block-key\x00"


class WrongKek(Exception):
    """The sealed key does not open: another key-encryption key, another row, or damaged bytes."""


def seal(kek: bytes, key: IssuerKey) -> bytes:
    """The private key, sealed for storage beside its public half."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    primes = key.p.to_bytes(_PRIME_BYTES, "big") + key.q.to_bytes(_PRIME_BYTES, "big")
    return nonce + AESGCM(kek).encrypt(nonce, primes, _LABEL + key_id(key.spki()))


def unseal(kek: bytes, of: bytes, sealed: bytes) -> IssuerKey:
    """The private key whose id is `of`. Raises WrongKek."""
    try:
        primes = AESGCM(kek).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _LABEL + of)
    except (InvalidTag, ValueError) as error:
        raise WrongKek("a block key cannot be opened with this instance's key-encryption key") from error
    p, q = primes[:_PRIME_BYTES], primes[_PRIME_BYTES:]
    return IssuerKey.from_primes(int.from_bytes(p, "big"), int.from_bytes(q, "big"))
