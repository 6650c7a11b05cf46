"""`flask token`: what other systems sign in with."""

from __future__ import annotations

from uuid import UUID

import click

from bot.cli.printing import json_option, show_all, show_one
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.people import accounts, organizations

COLUMNS = ("id", "organization", "name", "revoked_at", "created_at")

token = Noun("token", help="What other systems sign in with.")


@token.command()
@click.option("--org", required=True, metavar="ORG", help="Name or id of the organization.")
@click.option("--name", required=True, help="Which system it is for; shown in listings.")
@json_option
def add(org: str, name: str, as_json: bool) -> None:
    """Make a token and print it alone. Only its hash is kept: it is shown only now."""
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        owner = organizations.find(connection, org).id
        secret = accounts.add_token(connection, owner, name, runtime.clock.now())
        added = accounts.tokens(connection, owner)[-1]
    show_one({**added._mapping, "token": secret}, secret, as_json=as_json)


@token.command()
@click.argument("token_id", metavar="ID", type=click.UUID)
def revoke(token_id: UUID) -> None:
    """Let the token ID (see the listing) open nothing from now on."""
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        accounts.revoke_token(connection, token_id, runtime.clock.now())
    click.echo(f"Revoked {token_id}.")


@token.command("list")
@click.option("--org", metavar="ORG", help="Only those of one organization.")
@json_option
def everyone(org: str | None, as_json: bool) -> None:
    """List all tokens, without their secrets."""
    with current_runtime().database.reading() as connection:
        owner = organizations.find(connection, org).id if org else None
        rows = accounts.tokens(connection, owner)
    show_all([row._mapping for row in rows], COLUMNS, as_json=as_json)
