"""The issuer's half of RFC 9474, RSABSSA-SHA384-PSS-Randomized, over RSA-2048 with e = 65537.

`blind_sign` is the only hand-made cryptography on the server. Keys, their encoding and the verification of tokens are
OpenSSL's, through `cryptography`. The 32 random bytes that the RFC's preparation puts before the message are a token's
nonce; the message itself is CONTEXT and the key's id.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass
from functools import lru_cache

import gmpy2
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS = 2048
EXPONENT = 65537
KEY_BYTES = BITS // 8
NONCE_BYTES = 32
SALT_BYTES = 48
CONTEXT = b"handrail/v1/sheet-token\x00"

_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=SALT_BYTES)


class BadBlinded(ValueError):
    """The blinded message is not a canonical integer in [1, n - 1]."""


class BadKey(ValueError):
    """A public key is not canonical DER of an RSA-2048 key with e = 65537."""


class SigningFailure(RuntimeError):
    """The result does not satisfy s^e = m. A fault would give the key away, so nothing may leave the process."""


@dataclass(frozen=True, repr=False)
class IssuerKey:
    """A private block key, ready for the Chinese remainder theorem. It has no repr, so no log can print it."""

    n: int
    e: int
    p: int
    q: int
    dp: int
    dq: int
    q_inverse: int

    @classmethod
    def from_primes(cls, p: int, q: int, e: int = EXPONENT) -> IssuerKey:
        d = pow(e, -1, math.lcm(p - 1, q - 1))
        return cls(p * q, e, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))

    @property
    def length(self) -> int:
        """Bytes of the modulus, and so of every message and signature under this key."""
        return (self.n.bit_length() + 7) // 8

    def spki(self) -> bytes:
        """The public key as canonical DER SubjectPublicKeyInfo (rsaEncryption)."""
        return encode(rsa.RSAPublicNumbers(self.e, self.n).public_key())


def generate() -> IssuerKey:
    """A fresh key for one block of one group; takes about 60 ms."""
    made = rsa.generate_private_key(public_exponent=EXPONENT, key_size=BITS).private_numbers()
    return IssuerKey.from_primes(made.p, made.q)


def encode(public: rsa.RSAPublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(spki: bytes) -> bytes:
    """SHA-256 of the public key: the one name a block key has on both sides."""
    return hashlib.sha256(spki).digest()


@lru_cache(maxsize=512)
def public_key(spki: bytes) -> rsa.RSAPublicKey:
    """The public key in these bytes. Raises BadKey unless it is exactly the kind, size and encoding we issue."""
    try:
        loaded = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey("not a public key") from error
    if not isinstance(loaded, rsa.RSAPublicKey) or loaded.key_size != BITS:
        raise BadKey("not RSA-2048")
    # A re-encoding with other bytes would carry another key id for the same key, and so could mark a person.
    if loaded.public_numbers().e != EXPONENT or encode(loaded) != spki:
        raise BadKey("not e = 65537 in canonical DER")
    return loaded


def blind_sign(key: IssuerKey, blinded: bytes) -> bytes:
    """The blind signature of `blinded`, which is as long as the modulus (RFC 9474, section 4.3).

    The same input always gives the same bytes, so an answer lost on the way can simply be asked for again. Raises
    BadBlinded, or SigningFailure when a fault was caught.
    """
    message = _canonical(key, blinded)
    mask = _unit(key.n)
    masked = message * pow(mask, key.e, key.n) % key.n
    # powmod_sec is GMP's mpz_powm_sec, whose time does not depend on the secret exponent.
    first = int(gmpy2.powmod_sec(masked % key.p, key.dp, key.p))
    second = int(gmpy2.powmod_sec(masked % key.q, key.dq, key.q))
    joined = second + key.q * ((first - second) * key.q_inverse % key.p)
    signature = joined * int(gmpy2.invert(mask, key.n)) % key.n
    if int(gmpy2.powmod(signature, key.e, key.n)) != message:
        raise SigningFailure("the signature does not verify")
    return signature.to_bytes(key.length, "big")


def refuse_blinded(modulus: int, blinded: bytes) -> None:
    """Raises BadBlinded unless these bytes are a canonical blinded message for the modulus."""
    if len(blinded) != (modulus.bit_length() + 7) // 8:
        raise BadBlinded("length")
    if not 0 < int.from_bytes(blinded, "big") < modulus:
        raise BadBlinded("range")


def verify(spki: bytes, nonce: bytes, signature: bytes) -> bool:
    """Whether (nonce, signature) is a token of this key. Needs the public key only."""
    if len(nonce) != NONCE_BYTES or len(signature) != KEY_BYTES:
        return False
    try:
        public_key(spki).verify(signature, nonce + CONTEXT + key_id(spki), _PSS, hashes.SHA384())
    except InvalidSignature:
        return False
    return True


def _canonical(key: IssuerKey, blinded: bytes) -> int:
    refuse_blinded(key.n, blinded)
    return int.from_bytes(blinded, "big")


def _unit(n: int) -> int:
    """A random number that has an inverse modulo n; a fresh one masks every single signature."""
    while True:
        found = secrets.randbelow(n - 1) + 1
        if math.gcd(found, n) == 1:
            return found
