"""Which addresses a push may go to, and which keys it may be sealed with. Pure; used at intake and before each send.

An endpoint comes from a client, and the server makes requests to it: whatever is not plainly one of the known push
services is refused.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from api.addresses import address_trouble, stands_at

HOSTS = frozenset({"fcm.googleapis.com", "jmt17.google.com"})
HOST_FAMILIES = (".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
POINT_BYTES, AUTH_BYTES = 65, 16

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")


def endpoint_trouble(endpoint: str, test_origin: str | None = None) -> str | None:
    """Why nothing may be sent there; None when it may. `test_origin` is one more origin, for tests on loopback."""
    if trouble := address_trouble(endpoint, test_origin):
        return trouble
    host = urlsplit(endpoint).hostname or ""
    if host in HOSTS or host.endswith(HOST_FAMILIES) or stands_at(endpoint, test_origin):
        return None
    return "is not one of the known push services"


def key_troubles(p256dh: str, auth: str) -> dict[str, list[str]]:
    """What is wrong with a subscription's keys, by name; empty when a push can be sealed with them."""
    wrong = {}
    if not _is_point(decoded(p256dh)):
        wrong["p256dh"] = ["is not a point on the curve P-256 in 65 bytes"]
    if len(decoded(auth)) != AUTH_BYTES:
        wrong["auth"] = ["is not a secret of 16 bytes"]
    return wrong


def decoded(text: str) -> bytes:
    """Base64url with or without padding; empty when it is neither."""
    if not _BASE64URL.fullmatch(text):
        return b""
    bare = text.rstrip("=")
    try:
        return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        return b""


def _is_point(raw: bytes) -> bool:
    if len(raw) != POINT_BYTES or raw[0] != 4:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return True
