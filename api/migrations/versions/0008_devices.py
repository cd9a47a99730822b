"""Phones with a secret of their own, sessions that end with them, passkey wraps, keys handed from phone to phone."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import api.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_devices = sa.table("device", sa.column("id", sa.String), sa.column("created_at", api.db.UTCDateTime(timezone=True)))


def upgrade() -> None:
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secret_hash", sa.String(length=64), nullable=True))
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device_id", sa.String(length=36), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_in_device_id"), "device", ["device_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_index("ix_sign_in_device_id", ["device_id"], unique=False)
    with op.batch_alter_table("wrap", schema=None) as batch_op:
        batch_op.add_column(sa.Column("credential_id", sa.String(length=1400), nullable=True))
    op.create_table(
        "handover",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("public_key", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("expires_at", api.db.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handover_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_handover")),
    )
    _keep_days_only()


def _keep_days_only() -> None:
    """Earlier versions kept the minute at which a phone was added; from here on a day is all there is."""
    connection = op.get_bind()
    for device_id, created_at in connection.execute(sa.select(_devices.c.id, _devices.c.created_at)).all():
        day = datetime(created_at.year, created_at.month, created_at.day, tzinfo=UTC)
        connection.execute(sa.update(_devices).where(_devices.c.id == device_id).values(created_at=day))


def downgrade() -> None:
    op.drop_table("handover")
    with op.batch_alter_table("wrap", schema=None) as batch_op:
        batch_op.drop_column("credential_id")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_device_id")
        batch_op.drop_constraint(batch_op.f("fk_sign_in_device_id"), type_="foreignkey")
        batch_op.drop_column("device_id")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_column("secret_hash")
