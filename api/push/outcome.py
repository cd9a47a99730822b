"""What a push service's answer means to us. Pure; the answer's body is never looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

Kind = Literal["accepted", "gone", "wait", "refused", "unknown", "blocked", "too_big"]
DAY = timedelta(days=1)
SHORTEST_WAIT = timedelta(seconds=5)
USUAL_WAIT = timedelta(seconds=60)


@dataclass(frozen=True)
class Outcome:
    """How one send ended; `status` is None when there was no answer at all.

    accepted is no proof of delivery. gone: the subscription is dead. wait: come back after `wait`. refused: our key or
    header was not taken. unknown: it may have arrived or not. blocked: we never connected, the address is not allowed.
    """

    kind: Kind
    status: int | None = None
    wait: timedelta | None = None


def of_answer(status: int, retry_after: str | None, real_now: datetime) -> Outcome:
    """The outcome for an HTTP answer. `real_now` is the machine's time, against which a Retry-After date is read."""
    if status in (200, 201, 202, 204):
        return Outcome("accepted", status)
    if status in (404, 410):
        return Outcome("gone", status)
    if status in (429, 503):
        return Outcome("wait", status, waiting_time(retry_after, real_now))
    if status in (400, 401, 403):
        return Outcome("refused", status)
    if status == 413:
        return Outcome("too_big", status)
    # Everything else, redirects among them: it is never followed, and nobody knows whether it arrived.
    return Outcome("unknown", status)


def waiting_time(retry_after: str | None, real_now: datetime) -> timedelta:
    """A Retry-After header as a time span, 5 seconds to a day: it is seconds or an HTTP date; 60 s when unreadable."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        asked = timedelta(seconds=min(int(text[:9]), 10**7))
    else:
        try:
            date = parsedate_to_datetime(text)
            asked = (date if date.tzinfo else date.replace(tzinfo=UTC)) - real_now
        except (ValueError, OverflowError):
            asked = USUAL_WAIT
    return min(max(asked, SHORTEST_WAIT), DAY)
