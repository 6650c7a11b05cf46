"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import BY_BYTES, Document, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """First tables."""
    op.create_table(
        "clock_offset",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("microseconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_offset")),
    )
    op.create_table(
        "delivery",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_message", ["organization_id", "message_id"], unique=False
        )

    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("whatsapp", sa.Boolean(), nullable=False),
        sa.Column("sms", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("name", name=op.f("uq_organization_name")),
    )
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_table(
        "problem",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_problem")),
    )
    op.create_table(
        "stray",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("form", Document, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_stray")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_account_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_account_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "answered",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_answered_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "key", name=op.f("pk_answered")),
    )
    op.create_table(
        "arrival",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_arrival_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "sid", name=op.f("pk_arrival")),
    )
    op.create_table(
        "contact",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_contact_organization")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_contact")),
    )
    op.create_table(
        "sender",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=False),
        sa.Column("templates", Document, nullable=False),
        sa.Column("per_second", sa.Double(), nullable=False),
        sa.Column("free_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_sender_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender")),
        sa.UniqueConstraint("address", name=op.f("uq_sender_address")),
    )
    with op.batch_alter_table("sender", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sender_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_token_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
    )
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_token_organization_id"), ["organization_id"], unique=False
        )

    op.create_table(
        "address",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["contact.organization_id", "contact.id"],
            name=op.f("fk_address_contact"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_address")),
    )
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.create_index("ix_address_contact", ["organization_id", "contact_id"], unique=False)
        batch_op.create_index(
            "uq_address_organization_id_value", ["organization_id", "value"], unique=True
        )

    op.create_table(
        "contact_word",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("word", BY_BYTES, nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["contact.organization_id", "contact.id"],
            name=op.f("fk_contact_word_contact"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "word", "contact_id", name=op.f("pk_contact_word")
        ),
    )
    op.create_index("ix_contact_word_contact", "contact_word", ["organization_id", "contact_id"])
    op.create_table(
        "conversation",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=160), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("window_until", Instant(), nullable=True),
        sa.Column("heard_at", Instant(), nullable=True),
        sa.Column("said", Document, nullable=False),
        sa.Column("automatic", Document, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "address"],
            ["address.organization_id", "address.value"],
            name=op.f("fk_conversation_address"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "contact_id"],
            ["contact.organization_id", "contact.id"],
            name=op.f("fk_conversation_contact"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_conversation_organization")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["sender.id"], name=op.f("fk_conversation_sender")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_conversation")),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_conversation_contact", ["organization_id", "contact_id"], unique=False
        )
        batch_op.create_index(
            "ix_conversation_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversation_state", ["organization_id", "state", "contact_id"], unique=False
        )
        batch_op.create_index(
            "uq_conversation_sender_address",
            ["organization_id", "sender_id", "address"],
            unique=True,
        )

    op.create_table(
        "ledger",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("personal", Document, nullable=True),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversation.organization_id", "conversation.id"],
            name=op.f("fk_ledger_conversation"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "conversation_id", "seq", name=op.f("pk_ledger")
        ),
    )
    op.create_table(
        "message",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("said_in", sa.Text(), nullable=False),
        sa.Column("request", sa.Boolean(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("media", Document, nullable=True),
        sa.Column("content_sid", sa.Text(), nullable=True),
        sa.Column("variables", Document, nullable=True),
        sa.Column("from_address", sa.String(length=160), nullable=False),
        sa.Column("to_address", sa.String(length=160), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("unknown_at", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversation.organization_id", "conversation.id"],
            name=op.f("fk_message_conversation"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_in_doubt",
            ["status", "due_at"],
            unique=False,
            postgresql_where=sa.text("status IN ('sending', 'unknown')"),
            sqlite_where=sa.text("status IN ('sending', 'unknown')"),
        )
        batch_op.create_index(
            "ix_message_outbox",
            ["sender_id", "status", "due_at"],
            unique=False,
            postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown', 'uncertain')"),
            sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown', 'uncertain')"),
        )
        batch_op.create_index(
            "ix_message_silent",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("status IN ('sent')"),
            sqlite_where=sa.text("status IN ('sent')"),
        )
        batch_op.create_index(
            "ix_message_token",
            ["token"],
            unique=False,
            postgresql_where=sa.text("token IS NOT NULL"),
            sqlite_where=sa.text("token IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_message_waiting",
            ["organization_id", "conversation_id", "seq"],
            unique=False,
            postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown', 'uncertain')"),
            sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown', 'uncertain')"),
        )
        batch_op.create_index(
            "uq_message_conversation_seq",
            ["organization_id", "conversation_id", "seq"],
            unique=True,
        )
        batch_op.create_index(
            "uq_message_sid",
            ["organization_id", "sid"],
            unique=True,
            postgresql_where=sa.text("sid IS NOT NULL"),
            sqlite_where=sa.text("sid IS NOT NULL"),
        )

    op.create_table(
        "notice",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "conversation_id"],
            ["conversation.organization_id", "conversation.id"],
            name=op.f("fk_notice_conversation"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "conversation_id", "seq", name=op.f("pk_notice")
        ),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("notice")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_message_sid",
            postgresql_where=sa.text("sid IS NOT NULL"),
            sqlite_where=sa.text("sid IS NOT NULL"),
        )
        batch_op.drop_index("uq_message_conversation_seq")
        batch_op.drop_index(
            "ix_message_waiting",
            postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown', 'uncertain')"),
            sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown', 'uncertain')"),
        )
        batch_op.drop_index(
            "ix_message_token",
            postgresql_where=sa.text("token IS NOT NULL"),
            sqlite_where=sa.text("token IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_message_silent",
            postgresql_where=sa.text("status IN ('sent')"),
            sqlite_where=sa.text("status IN ('sent')"),
        )
        batch_op.drop_index(
            "ix_message_outbox",
            postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown', 'uncertain')"),
            sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown', 'uncertain')"),
        )
        batch_op.drop_index(
            "ix_message_in_doubt",
            postgresql_where=sa.text("status IN ('sending', 'unknown')"),
            sqlite_where=sa.text("status IN ('sending', 'unknown')"),
        )

    op.drop_table("message")
    op.drop_table("ledger")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index("uq_conversation_sender_address")
        batch_op.drop_index("ix_conversation_state")
        batch_op.drop_index(
            "ix_conversation_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_conversation_contact")

    op.drop_table("conversation")
    with op.batch_alter_table("address", schema=None) as batch_op:
        batch_op.drop_index("uq_address_organization_id_value")
        batch_op.drop_index("ix_address_contact")

    op.drop_table("address")
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_token_organization_id"))

    op.drop_table("token")
    with op.batch_alter_table("sender", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sender_organization_id"))

    op.drop_table("sender")
    op.drop_table("contact_word")
    op.drop_table("contact")
    op.drop_table("arrival")
    op.drop_table("answered")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_organization_id"))

    op.drop_table("account")
    op.drop_table("stray")
    op.drop_table("problem")
    op.drop_table("pause")
    op.drop_table("organization")
    op.drop_table("heartbeat")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_message")

    op.drop_table("delivery")
    op.drop_table("clock_offset")
