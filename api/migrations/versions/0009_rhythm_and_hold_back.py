"""What a resident wishes of prompts, the run of misses, and prompts that are held back by chance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = "'planned', 'open', 'snoozed', 'answered', 'declined', 'passed'"
ASKED: dict[str, Any] = {"sqlite_where": sa.text("asked = 1"), "postgresql_where": sa.text("asked")}


def upgrade() -> None:
    with op.batch_alter_table("rhythm") as batch_op:
        batch_op.add_column(sa.Column("weekly_cap", sa.Integer(), server_default="4", nullable=False))
        batch_op.add_column(sa.Column("protocols", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("nights_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("after_shift", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("during_shift", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("post_call_h", sa.Integer(), server_default="8", nullable=False))
        batch_op.add_column(sa.Column("hold_back", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("misses", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_check_constraint("weekly_cap_kept", "weekly_cap BETWEEN 1 AND 4")
        batch_op.create_check_constraint("post_call_h_in_a_day", "post_call_h BETWEEN 0 AND 24")
        batch_op.create_check_constraint("misses_counted", "misses BETWEEN 0 AND 4")
    with _rows_kept(), op.batch_alter_table("prompt") as batch_op:
        batch_op.add_column(sa.Column("chance", sa.Double(), nullable=True))
        batch_op.alter_column("state", existing_type=sa.String(length=8), type_=sa.String(length=12))
        batch_op.drop_constraint(op.f("ck_prompt_state_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_prompt_state_known"), f"state IN ({STATES}, 'held_back')")
    op.create_index("ix_prompt_until_asked", "prompt", ["until"], unique=False, **ASKED)


def downgrade() -> None:
    op.drop_index("ix_prompt_until_asked", table_name="prompt", **ASKED)
    op.execute("DELETE FROM prompt WHERE state = 'held_back'")
    with _rows_kept(), op.batch_alter_table("prompt") as batch_op:
        batch_op.drop_constraint(op.f("ck_prompt_state_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_prompt_state_known"), f"state IN ({STATES})")
        batch_op.alter_column("state", existing_type=sa.String(length=12), type_=sa.String(length=8))
        batch_op.drop_column("chance")
    with op.batch_alter_table("rhythm") as batch_op:
        for name in ("weekly_cap_kept", "post_call_h_in_a_day", "misses_counted"):
            batch_op.drop_constraint(op.f(f"ck_rhythm_{name}"), type_="check")
        for name in ("misses", "hold_back", "post_call_h", "during_shift", "after_shift", "nights_until", "protocols"):
            batch_op.drop_column(name)
        batch_op.drop_column("weekly_cap")


@contextmanager
def _rows_kept() -> Iterator[None]:
    """Keep the rows of tables that point at prompts while SQLite makes that table anew.

    It drops the old table, which deletes what hangs on its rows; foreign keys cannot be put aside inside a transaction.
    """
    bind = op.get_bind()
    tables = sa.inspect(bind).get_table_names() if bind.dialect.name == "sqlite" else []
    found = [name for name in tables if any(key["referred_table"] == "prompt" for key in _keys(bind, name))]
    for name in found:
        op.execute(f'CREATE TEMPORARY TABLE "kept_{name}" AS SELECT * FROM "{name}"')  # noqa: S608 - a table of ours
    yield
    for name in found:
        op.execute(f'INSERT INTO "{name}" SELECT * FROM "kept_{name}"')  # noqa: S608 - a table of ours
        op.execute(f'DROP TABLE "kept_{name}"')


def _keys(bind: sa.Connection, table: str) -> list[dict[str, object]]:
    return [dict(key) for key in sa.inspect(bind).get_foreign_keys(table)]
