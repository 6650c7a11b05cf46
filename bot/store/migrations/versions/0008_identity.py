"""People with several addresses, and what becomes of those who write first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what joins a person's addresses, and the organization's choice about strangers."""
    strangers = sa.Column("strangers", sa.Text(), nullable=False, server_default="ask")
    op.add_column("organization", strangers)
    op.add_column("contact", sa.Column("joined_to", sa.Uuid(), nullable=True))
    op.add_column("conversation", sa.Column("known_as", sa.String(160), nullable=True))
    op.add_column("conversation", sa.Column("heard_in", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("conversation", "heard_in")
    op.drop_column("conversation", "known_as")
    op.drop_column("contact", "joined_to")
    op.drop_column("organization", "strangers")
