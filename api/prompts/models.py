"""A resident's rhythm and their prompts. Who answered is check-in data: only that resident ever reads it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    literal_column,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, new_id

LIVE = ("planned", "open", "snoozed")
_LIVE_ROWS = text("state IN ('planned', 'open', 'snoozed')")
# Spelled out in the statement: a database that only sees parameters cannot know that the index of live rows will do.
_LIVE_SPELLED = [literal_column(f"'{state}'", String) for state in LIVE]
_WANTED_ROWS = text("alert_at IS NOT NULL")
# As each database spells the condition that `Prompt.asked` becomes.
_ASKED_SQLITE, _ASKED_POSTGRESQL = text("asked = 1"), text("asked")


class Rhythm(Base):
    """When a resident wants to be asked, on the wall clock of their own zone (`Person.zone`).

    `planned_through` is the instant up to which their prompts exist. Planner, dispatcher and the resident's own changes
    all lock this row first, so nothing about one person's prompts happens twice at once.

    `protocols` are wishes by protocol ("more", "usual", "less", "off"). `nights_until` is the last day on which they
    sleep by day, `post_call_h` the hours of silence after a night. `hold_back` is whether one prompt in four may be
    left out by chance. `misses` counts the prompts in a row that passed unanswered, up to four; it has no date.
    """

    __tablename__ = "rhythm"
    __table_args__ = (
        CheckConstraint("weekly_cap BETWEEN 1 AND 4", name="weekly_cap_kept"),
        CheckConstraint("post_call_h BETWEEN 0 AND 24", name="post_call_h_in_a_day"),
        CheckConstraint("misses BETWEEN 0 AND 4", name="misses_counted"),
        Index("ix_rhythm_planned_through", "planned_through"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    slots: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    quiet_from: Mapped[str] = mapped_column(String(5))
    quiet_to: Mapped[str] = mapped_column(String(5))
    paused_until: Mapped[date | None]
    chosen: Mapped[bool] = mapped_column(default=False)
    planned_through: Mapped[datetime]
    weekly_cap: Mapped[int] = mapped_column(default=4, server_default="4")
    protocols: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    nights_until: Mapped[date | None]
    after_shift: Mapped[bool] = mapped_column(default=False, server_default=false())
    during_shift: Mapped[bool] = mapped_column(default=False, server_default=false())
    post_call_h: Mapped[int] = mapped_column(default=8, server_default="8")
    hold_back: Mapped[bool] = mapped_column(default=True, server_default=true())
    misses: Mapped[int] = mapped_column(default=0, server_default="0")


class Prompt(Base):
    """One question at one time. It is open from `due_at` to `until`, and deleted 35 days later (asked for: a day).

    `slot` is the slot's time, "shift" at a shift's end, or "now-…" when the resident asked for it. `alert_at` is when
    it next comes up, with a push unless the person's rhythm hushes it then; None once it did, or is settled. `topic`
    stays the same however often it is sent, so that a push service and a phone put a second copy in the place of the
    first.

    One that is "held_back" was left out by chance and never alerts; `chance` is the probability with which that was to
    happen to a prompt, drawn or not, and None where there was no draw.
    """

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("person_id", "local_date", "slot"),
        CheckConstraint(
            "state IN ('planned', 'open', 'snoozed', 'answered', 'declined', 'passed', 'held_back')", name="state_known"
        ),
        CheckConstraint("until > due_at", name="window_open"),
        Index("ix_prompt_person_id_until", "person_id", "until"),
        Index("ix_prompt_until", "until"),
        Index("ix_prompt_until_asked", "until", sqlite_where=_ASKED_SQLITE, postgresql_where=_ASKED_POSTGRESQL),
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
    state: Mapped[str] = mapped_column(String(12), default="planned")
    alert_at: Mapped[datetime | None]
    topic: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(120))
    chance: Mapped[float | None]

    @classmethod
    def is_live(cls) -> ColumnElement[bool]:
        """Neither settled nor over, as a condition that the partial index on live rows answers."""
        return cls.state.in_(_LIVE_SPELLED)
