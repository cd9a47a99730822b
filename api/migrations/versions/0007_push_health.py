"""Push: how it goes, trials, mail in its place, the key a subscription was made under, and a breaker that counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import api.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_mail_channel",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("alive_on", sa.Date(), nullable=False),
        sa.Column("off_token", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_push_mail_channel_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_push_mail_channel")),
        sa.UniqueConstraint("off_token", name=op.f("uq_push_mail_channel_off_token")),
    )
    op.create_table(
        "push_health",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("broken_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=True),
        sa.CheckConstraint("reason IN ('gone', 'unanswered', 'key_retired')", name=op.f("ck_push_health_reason_known")),
        sa.CheckConstraint("(broken_on IS NULL) = (reason IS NULL)", name=op.f("ck_push_health_reason_given")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_push_health_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_push_health")),
    )
    op.create_table(
        "push_mailed_prompt",
        sa.Column("prompt_id", sa.String(length=36), nullable=False),
        sa.Column("not_before", api.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.CheckConstraint("outcome IN ('sent', 'over')", name=op.f("ck_push_mailed_prompt_outcome_known")),
        sa.ForeignKeyConstraint(
            ["prompt_id"], ["prompt.id"], name=op.f("fk_push_mailed_prompt_prompt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prompt_id", name=op.f("pk_push_mailed_prompt")),
    )
    with op.batch_alter_table("push_mailed_prompt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_push_mailed_prompt_not_before_undecided",
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "push_trial",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", api.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'shown', 'failed')", name=op.f("ck_push_trial_state_known")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_push_trial_device_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_push_trial")),
    )
    with op.batch_alter_table("push_trial", schema=None) as batch_op:
        batch_op.create_index(
            "ix_push_trial_asked_at_waiting",
            ["asked_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    # Pauses last minutes, so the table is made anew: SQLite cannot change a check. The previous version does not know
    # `failures`, hence its default.
    op.drop_table("push_pause")
    _make_pauses("reason IN ('busy', 'refused', 'silent')", failures=True)

    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vapid_key", sa.String(length=88), nullable=True))

    op.execute("INSERT INTO push_health (device_id) SELECT device_id FROM push_subscription")


def downgrade() -> None:
    with op.batch_alter_table("push_subscription", schema=None) as batch_op:
        batch_op.drop_column("vapid_key")

    op.drop_table("push_pause")
    _make_pauses("reason IN ('busy', 'refused')", failures=False)

    with op.batch_alter_table("push_trial", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_push_trial_asked_at_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.drop_table("push_trial")
    with op.batch_alter_table("push_mailed_prompt", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_push_mailed_prompt_not_before_undecided",
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    op.drop_table("push_mailed_prompt")
    op.drop_table("push_health")
    op.drop_table("push_mail_channel")


def _make_pauses(reasons: str, failures: bool) -> None:
    counted = [sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False)] if failures else []
    op.create_table(
        "push_pause",
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("until", api.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        *counted,
        sa.CheckConstraint(reasons, name=op.f("ck_push_pause_reason_known")),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_push_pause")),
    )
