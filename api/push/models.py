"""Where a phone can be reached, and each try to reach it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, new_id

_UNDECIDED_ROWS = text("outcome IS NULL")


class Subscription(Base):
    """A device's push endpoint and keys: one row per device, one device per endpoint.

    `endpoint` is a capability and never leaves this table but to the sender and the device's own person. `origin` is
    its scheme and host, which is all that logs may say. `confirmed_at` is the beginning of the person's local day on
    which the device last told: never the moment. `vapid_key` is the public key it was made under; None for rows from
    before keys could be rotated, which were made under the only key there was.
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
    vapid_key: Mapped[str | None] = mapped_column(String(88))


class Health(Base):
    """What the server noticed about pushing to a device; it outlives the subscription, so that its loss can be told.

    Days on the person's own calendar, never moments. `broken_on` and `reason` are None while all is well.
    """

    __tablename__ = "push_health"
    __table_args__ = (
        CheckConstraint("reason IN ('gone', 'unanswered', 'key_retired')", name="reason_known"),
        CheckConstraint("(broken_on IS NULL) = (reason IS NULL)", name="reason_given"),
    )

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"), primary_key=True)
    accepted_on: Mapped[date | None]
    broken_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(12))


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


class Trial(Base):
    """A push that a resident sends to their own device to see whether it arrives; the newest of each device only.

    A worker takes it up by a lease like any other send, once. Deleted an hour later.
    """

    __tablename__ = "push_trial"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'shown', 'failed')", name="state_known"),
        Index(
            "ix_push_trial_asked_at_waiting",
            "asked_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(Id, default=new_id)
    asked_at: Mapped[datetime]
    taken: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str | None] = mapped_column(String(12))


class MailChannel(Base):
    """A resident who chose mails for the time when their phone shows no sign of life. No row: no mail, ever.

    `alive_on` is the last local day with a sign of life. `off_token` ends the mails without a sign-in, nothing else.
    """

    __tablename__ = "push_mail_channel"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    alive_on: Mapped[date]
    off_token: Mapped[str] = mapped_column(String(43), unique=True)


class MailedPrompt(Base):
    """A prompt that goes by mail instead of by push: the row makes sure that it takes one road, once.

    `outcome` is "sent" from the moment a worker takes it, because a second mail cannot replace the first as a second
    push does: a crash may lose a mail, and never doubles one. None while it waits, also after a mail server's refusal.
    """

    __tablename__ = "push_mailed_prompt"
    __table_args__ = (
        CheckConstraint("outcome IN ('sent', 'over')", name="outcome_known"),
        Index(
            "ix_push_mailed_prompt_not_before_undecided",
            "not_before",
            sqlite_where=_UNDECIDED_ROWS,
            postgresql_where=_UNDECIDED_ROWS,
        ),
    )

    prompt_id: Mapped[str] = mapped_column(ForeignKey("prompt.id", ondelete="CASCADE"), primary_key=True)
    not_before: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(8))


class Pause(Base):
    """The breaker of one push service. Nobody sends to it before `until`; then one send tries, before all others go.

    It was busy and said for how long ("busy"), refused our key ("refused"), or did not answer `failures` times in a row
    ("silent", which pauses from the fifth time on). The row is deleted when the service takes something.
    """

    __tablename__ = "push_pause"
    __table_args__ = (CheckConstraint("reason IN ('busy', 'refused', 'silent')", name="reason_known"),)

    origin: Mapped[str] = mapped_column(String(300), primary_key=True)
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(8))
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
