"""Tables about people. Nothing here, and nothing a coordinator can see, depends on a check-in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, new_id

ROLES = ("resident", "coach", "coordinator")


class Person(Base):
    """Somebody with an account. `joined_at` decides from which block on a resident takes part."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("role IN ('resident', 'coach', 'coordinator')", name="role_known"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(64))
    joined_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Group(Base):
    """One programme's residents. `block_weeks` is fixed at `term_start` and never changes inside a term (R2)."""

    __tablename__ = "group"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    zone: Mapped[str] = mapped_column(String(64))
    term_start: Mapped[date]
    block_weeks: Mapped[int]


class Membership(Base):
    """A resident counted in a group, or a coach who may read its releases."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("kind IN ('resident', 'coach')", name="kind_known"),
        Index("ix_membership_group_id", "group_id"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))


class SignInCode(Base):
    """A typed code that was mailed. Only its keyed hash is kept; it opens one session, once."""

    __tablename__ = "sign_in_code"
    __table_args__ = (Index("ix_sign_in_code_person_id", "person_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)


class SignIn(Base):
    """A session as a row, so that it can be listed and ended. The cookie's token is kept as a hash only.

    `device_id` is the phone that enrolled itself in this session; the session ends when that phone is removed.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_person_id", "person_id"), Index("ix_sign_in_device_id", "device_id"))

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    device_name: Mapped[str] = mapped_column(String(80))
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class Try(Base):
    """A counted attempt for rate limits: `key` is a keyed hash of an address or account, never the thing itself."""

    __tablename__ = "try"
    __table_args__ = (Index("ix_try_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Device(Base):
    """A phone or browser that sends ops; its id is made there.

    `created_at` and `revoked_at` are beginnings of the person's local day: when somebody held their phone is nobody's
    business, and nothing here tells when it was last used. `secret_hash` is the SHA-256 of the secret under which the
    phone may deliver and do nothing else; None for one that has not told its secret yet. A removed phone's row stays,
    so that the phone can be told and what it wrote before stays its person's.
    """

    __tablename__ = "device"
    __table_args__ = (Index("ix_device_person_id", "person_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    secret_hash: Mapped[str | None] = mapped_column(String(64))


class Identity(Base):
    """The public half of a person's journal key (age X25519). The private half never leaves their devices."""

    __tablename__ = "identity"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(120))


class Wrap(Base):
    """A person's journal key, sealed in their browser by something the server never sees.

    `kind` is "recovery" (twelve words) or "passkey"; `credential_id` names the passkey, base64url.
    """

    __tablename__ = "wrap"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    credential_id: Mapped[str | None] = mapped_column(String(1400))


class Handover(Base):
    """A journal key on its way from one phone of a person to another, for ten minutes at most and one at a time.

    `public_key` was made by the new phone for this alone; `body` is the journal key sealed to it by the old one, None
    until that happened.
    """

    __tablename__ = "handover"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(120))
    body: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime]
