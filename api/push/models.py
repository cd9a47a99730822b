"""Where a phone can be reached, and each try to reach it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, new_id

OUTCOMES = ("accepted", "gone", "unknown", "blocked", "too_big", "over")
_UNDECIDED_ROWS = text("outcome IS NULL")


class Subscription(Base):
    """A device's push endpoint and keys: one row per device, one device per endpoint.

    `endpoint` is a capability and never leaves this table but to the sender and the device's own person. `origin` is
    its scheme and host, which is all that logs may say. `confirmed_at` is the beginning of the person's local day on
    which the device last told: never the moment.
    """

    __tablename__ = "push_subscription"
    __table_args__ = (Index("ix_push_subscription_person_id", "person_id"),)

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(String(2048))
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    origin: Mapped[str] = mapped_column(String(300))
    p256dh: Mapped[str] = mapped_column(String(88))
    auth: Mapped[str] = mapped_column(String(24))
    confirmed_at: Mapped[datetime]


class Attempt(Base):
    """One prompt on its way to one device, sent at most three times under the same Topic.

    Nobody takes it up before `lease_until`: that is the spread after an outage at first, the lease of 60 seconds while
    a worker sends, and the wait a push service asked for. `outcome` is None until it is decided, then it is history.
    """

    __tablename__ = "push_attempt"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('accepted', 'gone', 'unknown', 'blocked', 'too_big', 'over')", name="outcome_known"
        ),
        Index("ix_push_attempt_prompt_id", "prompt_id"),
        Index("ix_push_attempt_device_id", "device_id"),
        Index(
            "ix_push_attempt_lease_until_undecided",
            "lease_until",
            sqlite_where=_UNDECIDED_ROWS,
            postgresql_where=_UNDECIDED_ROWS,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    prompt_id: Mapped[str] = mapped_column(ForeignKey("prompt.id", ondelete="CASCADE"))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))
    sends: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(8))


class Pause(Base):
    """A push service nobody sends to for a while: it was busy, or it refused our key ("refused")."""

    __tablename__ = "push_pause"
    __table_args__ = (CheckConstraint("reason IN ('busy', 'refused')", name="reason_known"),)

    origin: Mapped[str] = mapped_column(String(300), primary_key=True)
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(8))
