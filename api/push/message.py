"""The words of a push and of the mail in its place: they say nothing about anybody. Pure.

A push is a Declarative Web Push message: Safari draws it by itself; every other browser hands it to our worker, which
draws the same.
"""

from __future__ import annotations

import json
from typing import Any

TITLE = "A 20-second check-in is ready"
TRIAL_TITLE = "Prompts reach this phone"
STEP, LARGEST = 256, 3000
TTL_LEAST, TTL_MOST = 60, 86_400


def prompt_message(prompt_id: str, topic: str, origin: str) -> bytes:
    """The message for one prompt, padded to a multiple of 256 bytes so that its length tells nothing.

    It holds the same title for everybody and one opaque id. Raises ValueError over 3,000 bytes.
    """
    return _message(TITLE, f"{origin}/c/{prompt_id}", topic, {"v": 1, "prompt": prompt_id})


def trial_message(trial_id: str, origin: str) -> bytes:
    """The message a resident sends to their own phone; the page it opens confirms where no worker of ours can."""
    return _message(TRIAL_TITLE, f"{origin}/prompts?test={trial_id}", "test", {"v": 1, "test": trial_id})


def mail_text(prompt_id: str, off: str, origin: str) -> str:
    """The mail for a prompt: what the push says, where it leads, and where these mails end."""
    why = "You get this by mail because you asked for it, and your phone has been quiet for a week."
    return f"{TITLE}:\n{origin}/c/{prompt_id}\n\n{why}\nTo end these mails: {off}\n"


def padded(text: bytes) -> bytes:
    """JSON with spaces after it up to the next step; readers of JSON do not see them."""
    whole = text.ljust(-(-len(text) // STEP) * STEP)
    if len(whole) > LARGEST:
        raise ValueError(f"a push of {len(whole)} bytes is over the limit of {LARGEST}")
    return whole


def ttl_s(left_s: float) -> int:
    """How long a push service may keep the message: the seconds left of the window, never 0 and never over a day."""
    return max(TTL_LEAST, min(TTL_MOST, int(left_s)))


def _message(title: str, navigate: str, tag: str, data: dict[str, Any]) -> bytes:
    notification = {"title": title, "lang": "en", "navigate": navigate, "tag": tag, "data": data}
    message = {"web_push": 8030, "notification": notification}
    return padded(json.dumps(message, separators=(",", ":")).encode())
