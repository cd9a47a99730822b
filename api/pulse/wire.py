"""Constants and encodings that both sides of a sheet share. Pure; no floor of the house lies below it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

BODY_BYTES = 4096
NO_ANSWER = 255


def b64u(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """The bytes of unpadded base64url. Raises ValueError for any other spelling of the same bytes."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    # Unused bits and padding allow several spellings; a second spelling could carry a mark, so only one is read.
    if b64u(raw) != text:
        raise ValueError("not canonical base64url")
    return raw


def canonical(value: Any) -> str:
    """JSON with one spelling only, so that equal values are equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """base64url SHA-256 of a text's UTF-8 bytes: all that everybody is told of what a release says."""
    return b64u(hashlib.sha256(text.encode()).digest())
