"""How often, when and how many contacts may be asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = {
    "organization": (("attempts", sa.Integer(), "5"), ("quiet_hours", sa.Text(), "21:00-08:00")),
    "sender": (("messaging_limit", sa.Integer(), "0"),),
    "conversation": (("unanswered", sa.Integer(), "0"),),
}


def upgrade() -> None:
    """Add what organizations and senders decide, and count requests without an answer."""
    for table, columns in COLUMNS.items():
        for name, kind, value in columns:
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
    op.execute("UPDATE sender SET messaging_limit = 250 WHERE channel = 'whatsapp'")


def downgrade() -> None:
    """Take it away."""
    for table, columns in COLUMNS.items():
        for name, _, _ in columns:
            op.drop_column(table, name)
