"""The words of a push: a Declarative Web Push message that says nothing about anybody. Pure.

Safari draws it by itself; every other browser hands it to our worker, which draws the same.
"""

from __future__ import annotations

import json

TITLE = "A 20-second check-in is ready"
STEP, LARGEST = 256, 3000
TTL_LEAST, TTL_MOST = 60, 86_400


def prompt_message(prompt_id: str, topic: str, origin: str) -> bytes:
    """The message for one prompt, padded to a multiple of 256 bytes so that its length tells nothing.

    It holds the same title for everybody and one opaque id. Raises ValueError over 3,000 bytes.
    """
    message = {
        "web_push": 8030,
        "notification": {
            "title": TITLE,
            "lang": "en",
            "navigate": f"{origin}/c/{prompt_id}",
            "tag": topic,
            "data": {"v": 1, "prompt": prompt_id},
        },
    }
    return padded(json.dumps(message, separators=(",", ":")).encode())


def padded(text: bytes) -> bytes:
    """JSON with spaces after it up to the next step; readers of JSON do not see them."""
    whole = text.ljust(-(-len(text) // STEP) * STEP)
    if len(whole) > LARGEST:
        raise ValueError(f"a push of {len(whole)} bytes is over the limit of {LARGEST}")
    return whole


def ttl_s(left_s: float) -> int:
    """How long a push service may keep the message: the seconds left of the window, never 0 and never over a day."""
    return max(TTL_LEAST, min(TTL_MOST, int(left_s)))
