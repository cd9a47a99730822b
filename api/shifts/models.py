"""A resident's shift calendar: where it comes from, and its hours. Nobody but that resident ever reads it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, new_id

_FEED_ROWS = text("source = 'feed'")


class ShiftCalendar(Base):
    """Where a resident's shifts come from; `source` is None once they took their calendar out.

    `url` is a capability (it often holds a token): it leaves this table only to be fetched. `read_on` is the resident's
    local day of the last good reading, never the moment. `changed` says that shifts may be different since the room
    that plans prompts, which stands above this one, last took note. A feed is due again at `next_read_at`.
    """

    __tablename__ = "shift_calendar"
    __table_args__ = (
        CheckConstraint("source IN ('file', 'feed')", name="source_known"),
        CheckConstraint("(source = 'feed') = (url IS NOT NULL)", name="feed_has_url"),
        Index("ix_shift_calendar_changed", "changed"),
        Index(
            "ix_shift_calendar_next_read_at_feeds", "next_read_at", sqlite_where=_FEED_ROWS, postgresql_where=_FEED_ROWS
        ),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str | None] = mapped_column(String(4))
    url: Mapped[str | None] = mapped_column(String(2048))
    etag: Mapped[str | None] = mapped_column(String(256))
    modified: Mapped[str | None] = mapped_column(String(64))
    zone: Mapped[str | None] = mapped_column(String(64))
    read_on: Mapped[date | None]
    through: Mapped[date | None]
    left_out: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(16))
    failures: Mapped[int] = mapped_column(default=0)
    next_read_at: Mapped[datetime | None]
    changed: Mapped[bool] = mapped_column(default=True)


class ShiftRow(Base):
    """One span of work or time off: its hours and nothing else. Deleted two days after it ended."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("kind IN ('shift', 'night', 'off')", name="kind_known"),
        CheckConstraint("ends_at > starts_at", name="lasts"),
        Index("ix_shift_person_id_ends_at", "person_id", "ends_at"),
        Index("ix_shift_ends_at", "ends_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(5))
