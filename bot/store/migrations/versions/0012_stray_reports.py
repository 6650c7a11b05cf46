"""Reports on messages of nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table in which the latest of them are kept."""
    op.create_table(
        "stray_report",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_stray_report")),
    )


def downgrade() -> None:
    """Take it away, with what is kept in it."""
    op.drop_table("stray_report")
