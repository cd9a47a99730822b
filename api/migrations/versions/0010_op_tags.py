"""Every op carries its exchange's tag, so that no log is taken for another of the same ops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The previous version writes ops without a tag, and cursors of such ops are known by their number alone.
    with op.batch_alter_table("journal_op", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tag", sa.String(length=8), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("journal_op", schema=None) as batch_op:
        batch_op.drop_column("tag")
