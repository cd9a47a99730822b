"""Which addresses this server may call on somebody else's word. Pure; asked at intake and again before each call.

A push endpoint and a calendar feed both come from a client. Whatever is not plainly a name on the public internet,
reached over https, is refused; and since a name may lead anywhere, so is every resolved address that is not public.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

ADDRESS_MAX = 2048

_VISIBLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")

# Ranges that Python calls global and that still lead back inside: 6to4 and Teredo wrap an IPv4 address, NAT64 too; the
# old site-local range is a house's own.
_NOT_REALLY = tuple(
    ipaddress.ip_network(net) for net in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "fec0::/10")
)


def address_trouble(address: str, test_origin: str | None = None) -> str | None:
    """Why no request may be sent there, by its form alone; None when it may.

    `test_origin` is one more origin, for tests on loopback, where http and any port will do.
    """
    if len(address) > ADDRESS_MAX:
        return f"is longer than {ADDRESS_MAX} characters"
    if not _VISIBLE.fullmatch(address) or "\\" in address:
        return "holds characters that no address has"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "is not an address"
    if "@" in parts.netloc or "#" in address:
        return "must not name a user or a fragment"
    if stands_at(address, test_origin):
        return None
    if parts.scheme != "https" or port not in (None, 443):
        return "must be https on port 443"
    host = parts.hostname or ""
    if parts.netloc.lower() not in (host, f"{host}:443") or not _HOST.fullmatch(host):
        return "does not name a host"
    return None


def stands_at(address: str, origin: str | None) -> bool:
    """Whether an address that can be read stands at this origin; False when there is none."""
    if not origin:
        return False
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" == origin.rstrip("/")


def origin_of(address: str) -> str:
    """Scheme and host (and port, where it is not the usual one) of an address that was found good."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(':443')}"


def is_public(address: str) -> bool:
    """Whether an IP address lies on the public internet, looking through every way to wrap a private one."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (found.ipv4_mapped or any(found in net for net in _NOT_REALLY)):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved
