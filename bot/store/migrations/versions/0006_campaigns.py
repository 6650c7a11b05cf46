"""Campaigns, and whom they ask."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BEGUN_BY_US = "content_sid IS NOT NULL OR request"


def upgrade() -> None:
    """Add their tables, and find what a sender began lately."""
    op.create_table(
        "campaign",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("obstacle", sa.Text(), nullable=True),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_campaign_organization")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["sender.id"], name=op.f("fk_campaign_sender")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_campaign")),
    )
    op.create_index(
        "ix_campaign_running", "campaign", ["sender_id", "due_at"], **_only("status = 'running'")
    )
    op.create_table(
        "invitation",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.String(160), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "campaign_id"],
            ["campaign.organization_id", "campaign.id"],
            name=op.f("fk_invitation_campaign"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "campaign_id", "place", name=op.f("pk_invitation")
        ),
    )
    _index_invitations()
    op.create_index(
        "ix_message_begun_by_us", "message", ["sender_id", "created_at"], **_only(BEGUN_BY_US)
    )


def _index_invitations() -> None:
    key = ["organization_id", "campaign_id"]
    op.create_index(
        "uq_invitation_address", "invitation", [*key, "address"],
        unique=True, **_only("address IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_invitation_waiting", "invitation", [*key, "due_at", "place"],
        **_only("status = 'waiting'"),
    )  # fmt: skip


def _only(condition: str) -> dict[str, Any]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_message_begun_by_us", "message")
    op.drop_table("invitation")
    op.drop_table("campaign")
