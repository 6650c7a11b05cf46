"""The messaging limit is the organization's, not each sender's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOST = 1_000_000_000

SUM = f"""
    SELECT CASE WHEN min(sender.messaging_limit) = 0 THEN 0
                WHEN sum(sender.messaging_limit) > {MOST} THEN {MOST}
                ELSE sum(sender.messaging_limit) END
    FROM sender WHERE sender.organization_id = organization.id AND sender.channel = 'whatsapp'
"""

SIBLINGS = """
    SELECT count(*) FROM sender AS sibling
    WHERE sibling.organization_id = sender.organization_id AND sibling.channel = 'whatsapp'
"""

# 0 would be no limit, so every sender gets at least one; else the parts sum to the whole.
PART = f"""
    SELECT CASE WHEN owner.messaging_limit = 0 THEN 0
                WHEN owner.messaging_limit <= ({SIBLINGS}) THEN 1
                WHEN ({SIBLINGS} AND sibling.id < sender.id) < owner.messaging_limit % ({SIBLINGS})
                    THEN owner.messaging_limit / ({SIBLINGS}) + 1
                ELSE owner.messaging_limit / ({SIBLINGS}) END
    FROM organization AS owner
    WHERE owner.id = sender.organization_id
"""


def upgrade() -> None:
    """Add up what the WhatsApp senders of each may reach; no limit where one of them has none."""
    column = sa.Column("messaging_limit", sa.Integer(), nullable=False, server_default="250")
    op.add_column("organization", column)
    op.execute(f"""
        UPDATE organization SET messaging_limit = ({SUM})
        WHERE id IN (SELECT organization_id FROM sender WHERE channel = 'whatsapp')
    """)
    op.drop_column("sender", "messaging_limit")


def downgrade() -> None:
    """Divide it among the WhatsApp senders of each."""
    column = sa.Column("messaging_limit", sa.Integer(), nullable=False, server_default="0")
    op.add_column("sender", column)
    op.execute(f"UPDATE sender SET messaging_limit = ({PART}) WHERE channel = 'whatsapp'")
    op.drop_column("organization", "messaging_limit")
