"""`flask flow`: flows to look at."""

from __future__ import annotations

import click

from flows import FLOWS, diagram

names = click.Choice(sorted(FLOWS))


@click.group()
def flow() -> None:
    """Show a flow as a picture or as a table."""


@flow.command("diagram")
@click.argument("name", type=names)
def show_diagram(name: str) -> None:
    """Print the flow NAME as a Mermaid diagram."""
    click.echo(diagram.mermaid(FLOWS[name]))


@flow.command("table")
@click.argument("name", type=names)
def show_table(name: str) -> None:
    """Print the flow NAME as a Markdown table."""
    click.echo(diagram.table(FLOWS[name]))
