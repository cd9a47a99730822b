"""A log tells its history from another as long: the newest op's tag, and an epoch of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The previous version writes streams without these columns, hence the default.
    with op.batch_alter_table("journal_stream", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tag", sa.String(length=8), server_default="", nullable=False))
        batch_op.add_column(sa.Column("epoch", sa.String(length=36), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("journal_stream", schema=None) as batch_op:
        batch_op.drop_column("epoch")
        batch_op.drop_column("tag")
