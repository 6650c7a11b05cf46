"""Files are known by size and hash, so that their bytes can be forgotten."""

from __future__ import annotations

import hashlib
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.store.columns import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEPT = "forgotten_at IS NULL"


def upgrade() -> None:
    """Add what stays of a file, and find the files that are still kept by their age."""
    op.add_column("attachment", sa.Column("size", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attachment", sa.Column("sha256", sa.Text(), nullable=False, server_default=""))
    op.add_column("attachment", sa.Column("forgotten_at", Instant(), nullable=True))
    op.execute(f"UPDATE attachment SET size = length(content), sha256 = {_hash()}")
    op.create_index(
        "ix_attachment_kept", "attachment", ["created_at"],
        postgresql_where=sa.text(KEPT), sqlite_where=sa.text(KEPT),
    )  # fmt: skip


def downgrade() -> None:
    """Take it away; bytes that were forgotten do not come back."""
    op.drop_index("ix_attachment_kept", "attachment")
    for name in ("forgotten_at", "sha256", "size"):
        op.drop_column("attachment", name)


def _hash() -> str:
    """The hash of the bytes in hex, which SQLite is taught first."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        return "encode(sha256(content), 'hex')"
    driver: Any = bind.connection.driver_connection
    driver.create_function("sha256_hex", 1, lambda content: hashlib.sha256(content).hexdigest())
    return "sha256_hex(content)"
