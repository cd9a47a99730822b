"""The named side of the pulse: block keys, who may have a token, and the releases as they were written.

Nothing here leads to a sheet. The box has a file of its own, and the only name both know is a key's id.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base

ANNOUNCED, ISSUING, OPEN, CLOSING, CLOSED, REFUSED = "announced", "issuing", "open", "closing", "closed", "refused"
STATES = (ANNOUNCED, ISSUING, OPEN, CLOSING, CLOSED, REFUSED)
ENDED = (CLOSED, REFUSED)


class BlockKey(Base):
    """One block of one group and its signing key. States go forward only.

    `sealed` is the private key under the instance's key-encryption key, None once the block has ended. `eligible` is
    None until it is frozen on the issue day; neither it nor `issued` ever goes down. A `refused` block's counts
    contradicted each other, so it has no release. `wiped` says that what was deleted is gone from the file as well.
    """

    __tablename__ = "block_key"
    __table_args__ = (
        UniqueConstraint("group_id", "block"),
        Index("ix_block_key_state_wiped", "state", "wiped"),
        Index("ix_block_key_open_day", "open_day"),
        CheckConstraint(f"state IN {STATES}", name="state_known"),
        CheckConstraint("issued >= 0 AND issued <= coalesce(eligible, 0)", name="issued_within_eligible"),
    )

    key_id: Mapped[str] = mapped_column(String(43), primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"))
    block: Mapped[str] = mapped_column(String(10))
    spki: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    shape: Mapped[str] = mapped_column(Text)
    open_day: Mapped[date]
    end_day: Mapped[date]
    closes_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default=ANNOUNCED)
    eligible: Mapped[int | None]
    issued: Mapped[int] = mapped_column(default=0)
    wiped: Mapped[bool] = mapped_column(default=False)


class Issuance(Base):
    """A person who takes part in a block, and the hash of the one blinded message that was signed for them.

    Rows are made when `eligible` is frozen, so nobody who joins later can be counted; `blinded_hash` is None until the
    phone asks, which every phone does whether its owner answers or not.
    """

    __tablename__ = "issuance"
    __table_args__ = (Index("ix_issuance_key_id", "key_id"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("block_key.key_id", ondelete="CASCADE"), primary_key=True)
    blinded_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class Release(Base):
    """The named side's copy of a release: `body` is the box's text, byte for byte, and never changes.

    Residents see it from `residents_at`, coaches, less its counts and salt, from `coaches_at`; then its digest is
    `published` in the box for everybody.
    """

    __tablename__ = "release"
    __table_args__ = (Index("ix_release_published_coaches_at", "published", "coaches_at"),)

    key_id: Mapped[str] = mapped_column(ForeignKey("block_key.key_id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    residents_at: Mapped[datetime]
    coaches_at: Mapped[datetime]
    published: Mapped[bool] = mapped_column(default=False)
