"""One claimed send, as it travels from the claim to the sender and back. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

# Nothing is sent in the last minute of a window: a service keeps a message for a minute at least.
LAST_CALL = timedelta(seconds=60)


@dataclass(frozen=True)
class Parcel:
    """`until` is when the prompt closes; `origin` is all of the endpoint that logs may say."""

    attempt_id: str
    prompt_id: str
    device_id: str
    endpoint: str = field(repr=False)
    origin: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    topic: str
    until: datetime
