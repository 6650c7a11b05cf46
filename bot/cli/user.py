"""`flask user`: those who sign in."""

from __future__ import annotations

import click

from bot.cli.printing import json_option, show_all, show_one
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.people import accounts, one_time_codes, one_time_links, organizations

COLUMNS = (
    "id", "organization", "email", "role", "must_change_password", "disabled_at", "created_at",
)  # fmt: skip

user = Noun("user", help="Those who sign in: agents, admins and auditors.")


@user.command()
@click.argument("email")
@click.option("--org", required=True, metavar="ORG", help="Name or id of the organization.")
@click.option(
    "--role", type=click.Choice(accounts.ROLES), default="agent", show_default=True,
    help="Agents ask and write, admins set up besides, auditors only look.",
)  # fmt: skip
@json_option
def add(email: str, org: str, role: str, as_json: bool) -> None:
    """Add somebody who may sign in. Prints a one-time password, good for 24 hours."""
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        owner = organizations.find(connection, org).id
        password = accounts.add_user(connection, owner, email, role, runtime.clock.now())
        added = next(
            row for row in accounts.users(connection, owner) if row.email == email.strip().lower()
        )
    words = (
        f"Added {added.email} as {added.role}. One-time password, shown only now and good for 24 "
        f"hours:\n{password}"
    )
    show_one({**added._mapping, "password": password}, words, as_json=as_json)


@user.command()
@click.argument("email")
@click.option(
    "--without-code", is_flag=True,
    help="Take the second step off too, for somebody who lost phone and recovery codes.",
)  # fmt: skip
@json_option
def link(email: str, without_code: bool, as_json: bool) -> None:
    """Make a link that signs EMAIL in once, within 24 hours, to choose a password."""
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        secret = one_time_links.make_for(connection, email, runtime.clock.wall())
        if without_code:
            one_time_codes.forget_by_email(connection, email)
    house = runtime.settings.public_url or f"http://127.0.0.1:{runtime.settings.port}"
    address = f"{house}/sign-in/link/{secret}"
    show_one({"email": email, "link": address}, address, as_json=as_json)


@user.command("list")
@click.option("--org", metavar="ORG", help="Only those of one organization.")
@json_option
def everyone(org: str | None, as_json: bool) -> None:
    """List those who may sign in."""
    with current_runtime().database.reading() as connection:
        owner = organizations.find(connection, org).id if org else None
        rows = accounts.users(connection, owner)
    show_all([row._mapping for row in rows], COLUMNS, as_json=as_json)
