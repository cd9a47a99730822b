"""One claimed send, as it travels from the claim to the sender and back. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

# Nothing is sent in the last minute of a window: a service keeps a message for a minute at least.
LAST_CALL = timedelta(seconds=60)
TRIAL_TOPIC = "handrail-test"


@dataclass(frozen=True)
class Parcel:
    """`until` is when the prompt closes; `origin` is all of the endpoint that logs may say.

    `attempt_id` and `prompt_id` are both the trial's id when `trial` is set. `vapid_key` is the public key the
    subscription was made under (None: the current one), `probe_until` the end of the pause that this send tries to
    end (None: no pause), `day` the person's local day at the claim.
    """

    attempt_id: str
    prompt_id: str
    device_id: str
    endpoint: str = field(repr=False)
    origin: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    topic: str
    until: datetime
    vapid_key: str | None = field(default=None, repr=False)
    day: date | None = None
    probe_until: datetime | None = None
    trial: bool = False
