"""The VAPID key pair (RFC 8292): made on first run, kept in the instance's keys folder."""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api.secret_files import secret_file


def private_pem(keys: Path) -> bytes:
    """The private key as PKCS #8 PEM; made when there is none yet."""
    return secret_file(keys / "vapid.pem", _make)


def public_key(keys: Path) -> str:
    """What a browser subscribes with: the uncompressed P-256 point, base64url without padding."""
    private = serialization.load_pem_private_key(private_pem(keys), None)
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _make() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
