"""Behind which line of its timeline a conversation came to be in its state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WAITING = "message.status IN ('queued', 'sending', 'unknown', 'uncertain')"

BEFORE = f"""
    SELECT max(message.seq) FROM message
    WHERE message.organization_id = conversation.organization_id
      AND message.conversation_id = conversation.id
      AND {WAITING} AND message.created_at < conversation.state_since
"""


def upgrade() -> None:
    """Add it, and fill it in where something waits that was said before; elsewhere 0 will do."""
    column = sa.Column("since_line", sa.Integer(), nullable=False, server_default="0")
    op.add_column("conversation", column)
    op.execute(f"""
        UPDATE conversation SET since_line = coalesce(({BEFORE}), 0)
        WHERE (organization_id, id) IN
            (SELECT organization_id, conversation_id FROM message WHERE {WAITING})
    """)


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("conversation", "since_line")
