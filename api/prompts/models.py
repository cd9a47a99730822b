"""A resident's rhythm and their prompts. Who answered is check-in data: only that resident ever reads it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, new_id

LIVE = ("planned", "open", "snoozed")
_LIVE_ROWS = text("state IN ('planned', 'open', 'snoozed')")
_WANTED_ROWS = text("alert_at IS NOT NULL")


class Rhythm(Base):
    """When a resident wants to be asked, on the wall clock of their own zone (`Person.zone`).

    `planned_through` is the instant up to which their prompts exist. Planner, dispatcher and the resident's own changes
    all lock this row first, so nothing about one person's prompts happens twice at once.
    """

    __tablename__ = "rhythm"
    __table_args__ = (Index("ix_rhythm_planned_through", "planned_through"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    slots: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    quiet_from: Mapped[str] = mapped_column(String(5))
    quiet_to: Mapped[str] = mapped_column(String(5))
    paused_until: Mapped[date | None]
    chosen: Mapped[bool] = mapped_column(default=False)
    planned_through: Mapped[datetime]


class Prompt(Base):
    """One question at one time. It is open from `due_at` to `until`, and deleted 35 days later (asked for: a day).

    `slot` is the slot's time, or "now-…" when the resident asked for it. `alert_at` is when it next comes up, with
    a push unless the person's rhythm hushes it then; None once it did, or is settled. `topic` stays the same however
    often it is sent, so that a push service and a phone put a second copy in the place of the first.
    """

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("person_id", "local_date", "slot"),
        CheckConstraint(
            "state IN ('planned', 'open', 'snoozed', 'answered', 'declined', 'passed')", name="state_known"
        ),
        CheckConstraint("until > due_at", name="window_open"),
        Index("ix_prompt_person_id_until", "person_id", "until"),
        Index("ix_prompt_until", "until"),
        Index("ix_prompt_until_live", "until", sqlite_where=_LIVE_ROWS, postgresql_where=_LIVE_ROWS),
        Index("ix_prompt_alert_at_wanted", "alert_at", sqlite_where=_WANTED_ROWS, postgresql_where=_WANTED_ROWS),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    protocol: Mapped[str] = mapped_column(String(8))
    local_date: Mapped[date]
    slot: Mapped[str] = mapped_column(String(16))
    asked: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="planned")
    alert_at: Mapped[datetime | None]
    topic: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(120))
