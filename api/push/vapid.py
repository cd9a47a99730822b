"""The VAPID keys (RFC 8292) and the header they sign.

A key is made on first run and kept in the instance's keys folder. While it is rotated two are live: new subscriptions
are made under `vapid.pem`, and older ones are sent to under `vapid-old-DAY.pem`, named after the day it was replaced.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from api.secret_files import secret_file

LIFE = timedelta(hours=12)
REUSED_FOR = timedelta(hours=6)
ORIGINS_MAX = 1000
CURRENT, OLD = "vapid.pem", "vapid-old-"

Key = ec.EllipticCurvePrivateKey


class Ring:
    """The live keys of an instance, read again when the folder changes: a rotation needs no restart.

    The current key is made when there is none yet. Raises ValueError for a file that is no P-256 private key.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: object = None
        self._keys: dict[str, Key] = {}
        secret_file(folder / CURRENT, make_key)
        self._read()

    @property
    def current(self) -> str:
        """The public key new subscriptions are made under: an uncompressed point, base64url without padding."""
        return next(iter(self._read()))

    @property
    def publics(self) -> tuple[str, ...]:
        """Every live public key, the current one first."""
        return tuple(self._read())

    def key(self, public: str | None) -> Key | None:
        """The private key behind a public one, the current one behind None; None when it is not here (any more)."""
        return self._read().get(public or self.current)

    def old(self) -> list[tuple[str, date, Path]]:
        """(public key, day it was replaced, file) of each older key that is still live."""
        return [
            (public_point(private_key(path.read_bytes())), _replaced_on(path), path)
            for path in sorted(self.folder.glob(f"{OLD}*.pem"))
        ]

    def rotate(self, today: date) -> str:
        """Make a new current key and keep the one before; the new public key.

        Both steps are renames, so a crash between them leaves one working key twice and a second call goes on.
        """
        beside = self.folder / f".{CURRENT}.next"
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(make_key())
            out.flush()
            os.fsync(out.fileno())
        kept = self.folder / f"{OLD}{today.isoformat()}.pem"
        kept.unlink(missing_ok=True)
        os.link(self.folder / CURRENT, kept)
        os.replace(beside, self.folder / CURRENT)
        return self.current

    def _read(self) -> dict[str, Key]:
        # Two looks at most: this is asked for every send. A file that comes or goes changes its folder, and a current
        # key that is replaced is another file.
        seen = os.stat(self.folder).st_mtime_ns, os.stat(self.folder / CURRENT).st_ino
        if seen != self._seen:
            files = [self.folder / CURRENT, *sorted(self.folder.glob(f"{OLD}*.pem"), reverse=True)]
            keys = [private_key(path.read_bytes()) for path in files]
            self._keys, self._seen = {public_point(key): key for key in keys}, seen
        return self._keys


def _replaced_on(path: Path) -> date:
    return date.fromisoformat(path.stem.removeprefix(OLD))


def private_key(pem: bytes) -> Key:
    """Raises ValueError when the file holds anything but a P-256 private key."""
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, Key) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the VAPID key is not a P-256 private key")
    return key


@dataclass
class Signer:
    """Signs who we are for one push service at a time, and reuses a header for half of its life of 12 hours.

    Each header's claims are made afresh: `aud` is the service's own origin, so one service's header never goes to
    another.
    """

    key: Key = field(repr=False)
    subject: str
    _kept: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)

    def header(self, origin: str, real_now: datetime) -> str:
        """The Authorization header for a push service. `real_now` is the machine's time, which services check."""
        kept = self._kept.get(origin)
        if kept and kept[1] <= real_now < kept[1] + REUSED_FOR:
            return kept[0]
        if len(self._kept) >= ORIGINS_MAX:
            self._kept.clear()
        header = f"vapid t={self._token(origin, real_now)},k={public_point(self.key)}"
        self._kept[origin] = header, real_now
        return header

    def _token(self, origin: str, real_now: datetime) -> str:
        claims = {"aud": origin, "exp": int((real_now + LIFE).timestamp()), "sub": self.subject}
        signed = ".".join(_b64(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def public_point(key: Key) -> str:
    """The public half as browsers and push services write it: an uncompressed point, base64url without padding."""
    form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return _b64(key.public_key().public_bytes(*form))


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def make_key() -> bytes:
    """A new private key as PKCS #8 PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
