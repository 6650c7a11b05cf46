"""Nothing in the ledger is changed or deleted; personal values alone may be emptied."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNCHANGED = ("organization_id", "conversation_id", "seq", "kind", "at", "body", "previous", "hash")
REFUSAL = "the ledger is append-only"

SQLITE = (
    f"""
    CREATE TRIGGER ledger_not_changed BEFORE UPDATE ON ledger
    WHEN NEW.personal IS NOT NULL OR {" OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in UNCHANGED)}
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
    f"""
    CREATE TRIGGER ledger_not_deleted BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """,
)

POSTGRESQL = (
    f"""
    CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
    """,
    f"""
    CREATE TRIGGER ledger_not_changed BEFORE UPDATE ON ledger FOR EACH ROW
    WHEN (NEW.personal IS NOT NULL
          OR {" OR ".join(f"NEW.{c} IS DISTINCT FROM OLD.{c}" for c in UNCHANGED)})
    EXECUTE FUNCTION refuse_ledger_change()
    """,
    """
    CREATE TRIGGER ledger_not_deleted BEFORE DELETE ON ledger FOR EACH ROW
    EXECUTE FUNCTION refuse_ledger_change()
    """,
    """
    CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger FOR EACH STATEMENT
    EXECUTE FUNCTION refuse_ledger_change()
    """,
)


def upgrade() -> None:
    """Put the triggers up."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take the triggers down."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER ledger_not_changed")
        op.execute("DROP TRIGGER ledger_not_deleted")
    else:
        op.execute("DROP FUNCTION refuse_ledger_change() CASCADE")
