"""The VAPID key pair (RFC 8292): made on first run, kept in the instance's keys folder; and the header it signs."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from api.secret_files import secret_file

LIFE = timedelta(hours=12)
REUSED_FOR = timedelta(hours=6)
ORIGINS_MAX = 1000


def private_pem(keys: Path) -> bytes:
    """The private key as PKCS #8 PEM; made when there is none yet."""
    return secret_file(keys / "vapid.pem", _make)


def public_key(keys: Path) -> str:
    """What a browser subscribes with: the uncompressed P-256 point, base64url without padding."""
    return _point(private_key(private_pem(keys)))


def private_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError when the file holds anything but a P-256 private key."""
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the VAPID key is not a P-256 private key")
    return key


@dataclass
class Signer:
    """Signs who we are for one push service at a time, and reuses a header for half of its life of 12 hours.

    Each header's claims are made afresh: `aud` is the service's own origin, so one service's header never goes to
    another.
    """

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    subject: str
    _kept: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)

    def header(self, origin: str, real_now: datetime) -> str:
        """The Authorization header for a push service. `real_now` is the machine's time, which services check."""
        kept = self._kept.get(origin)
        if kept and kept[1] <= real_now < kept[1] + REUSED_FOR:
            return kept[0]
        if len(self._kept) >= ORIGINS_MAX:
            self._kept.clear()
        header = f"vapid t={self._token(origin, real_now)},k={_point(self.key)}"
        self._kept[origin] = header, real_now
        return header

    def _token(self, origin: str, real_now: datetime) -> str:
        claims = {"aud": origin, "exp": int((real_now + LIFE).timestamp()), "sub": self.subject}
        signed = ".".join(_b64(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _point(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return _b64(key.public_key().public_bytes(*form))


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _make() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
