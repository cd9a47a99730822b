"""Which addresses a push may go to, and which keys it may be sealed with. Pure; used at intake and before each send.

An endpoint comes from a client, and the server makes requests to it: whatever is not plainly one of the known push
services is refused.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

ENDPOINT_MAX = 2048
HOSTS = frozenset({"fcm.googleapis.com", "jmt17.google.com"})
HOST_FAMILIES = (".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")
POINT_BYTES, AUTH_BYTES = 65, 16

_VISIBLE = re.compile(r"[!-~]+")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+={0,2}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")

# Ranges that Python calls global and that still lead back inside: 6to4 and Teredo wrap an IPv4 address, NAT64 too.
_WRAPPED = tuple(ipaddress.ip_network(net) for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))


def endpoint_trouble(endpoint: str, test_origin: str | None = None) -> str | None:
    """Why nothing may be sent there; None when it may. `test_origin` is one more origin, for tests on loopback."""
    if len(endpoint) > ENDPOINT_MAX:
        return f"is longer than {ENDPOINT_MAX} characters"
    if not _VISIBLE.fullmatch(endpoint) or "\\" in endpoint:
        return "holds characters that no address has"
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return "is not an address"
    if "@" in parts.netloc or "#" in endpoint:
        return "must not name a user or a fragment"
    if test_origin and f"{parts.scheme}://{parts.netloc}" == test_origin.rstrip("/"):
        return None
    if parts.scheme != "https" or port not in (None, 443):
        return "must be https on port 443"
    host = parts.hostname or ""
    if parts.netloc.lower() not in (host, f"{host}:443") or not _HOST.fullmatch(host):
        return "does not name a host"
    if host not in HOSTS and not host.endswith(HOST_FAMILIES):
        return "is not one of the known push services"
    return None


def origin_of(endpoint: str) -> str:
    """Scheme and host (and port, where it is not the usual one) of an endpoint that was found good."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(':443')}"


def key_troubles(p256dh: str, auth: str) -> dict[str, list[str]]:
    """What is wrong with a subscription's keys, by name; empty when a push can be sealed with them."""
    wrong = {}
    if not _is_point(decoded(p256dh)):
        wrong["p256dh"] = ["is not a point on the curve P-256 in 65 bytes"]
    if len(decoded(auth)) != AUTH_BYTES:
        wrong["auth"] = ["is not a secret of 16 bytes"]
    return wrong


def is_public(address: str) -> bool:
    """Whether an IP address lies on the public internet, looking through every way to wrap a private one."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (found.ipv4_mapped or any(found in net for net in _WRAPPED)):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


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
