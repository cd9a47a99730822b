"""How often one address may call the box. In memory only; an address is never kept, not even here.

The numbers are for a whole hospital behind one address: 3,000 phones that all send within one minute stay under 50 a
second, and a burst of 1,000 passes at once. The cost of an unauthenticated call is one signature check, about 0.05 ms.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
import secrets
import threading
import time
from collections.abc import Callable

PER_SECOND = 50.0
BURST = 1000
SALT_S = 3600
ADDRESSES_MAX = 20_000


class Limiter:
    """Token buckets under HMAC(address), whose salt lives for an hour. `seconds` is a clock that knows no date."""

    def __init__(
        self, per_second: float = PER_SECOND, burst: int = BURST, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._seconds = per_second, float(burst), seconds
        self._lock = threading.Lock()
        self._left: dict[bytes, tuple[float, float]] = {}
        self._forget()

    def wait_s(self, address: str) -> int:
        """0 when the call may pass; otherwise whole seconds until the next one may."""
        with self._lock:
            now = self._seconds()
            if now >= self._until or len(self._left) >= ADDRESSES_MAX:
                self._forget()
            key = hmac.digest(self._salt, _network(address), "sha256")[:16]
            left, since = self._left.get(key, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._rate)
            passes = left >= 1
            self._left[key] = (left - 1 if passes else left, now)
        return 0 if passes else max(1, math.ceil((1 - left) / self._rate))

    def _forget(self) -> None:
        self._salt = secrets.token_bytes(32)
        self._until = self._seconds() + SALT_S
        self._left = {}


def _network(address: str) -> bytes:
    """The part of an address that names a caller: all of IPv4, the first half of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return b""
    return parsed.packed if parsed.version == 4 else parsed.packed[:8]
