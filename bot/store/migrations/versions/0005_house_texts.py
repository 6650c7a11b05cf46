"""Texts that organizations put in place of ours; no version is ever changed or deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REFUSAL = "versions of texts are kept for ever"

SQLITE = tuple(
    f"""
    CREATE TRIGGER house_text_no_{event.lower()} BEFORE {event} ON house_text
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for event in ("UPDATE", "DELETE")
)

POSTGRESQL = (
    f"""
    CREATE FUNCTION refuse_house_text_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
    """,
    """
    CREATE TRIGGER house_text_kept BEFORE UPDATE OR DELETE ON house_text FOR EACH ROW
    EXECUTE FUNCTION refuse_house_text_change()
    """,
    """
    CREATE TRIGGER house_text_not_emptied BEFORE TRUNCATE ON house_text FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_house_text_change()
    """,
)


def upgrade() -> None:
    """Add the table, and to each organization the number of its newest text."""
    op.add_column(
        "organization", sa.Column("wording", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "house_text",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_house_text_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "version", name=op.f("pk_house_text")),
    )
    op.create_index(
        "ix_house_text_name", "house_text", ["organization_id", "language", "name", "version"]
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take them away: everybody reads our texts again."""
    op.drop_table("house_text")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_house_text_change()")
    op.drop_column("organization", "wording")
