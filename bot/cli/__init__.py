"""The commands of `flask`: set-up, worker, evidence, and everything an operator does by hand."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import ScriptInfo

from bot.lazy import LazyCommand

COMMANDS = {
    "bulk": ("bot.cli.bulk:bulk", "Ask many contacts for consent at once."),
    "chat": ("bot.cli.chat:chat", "Be a customer of the simulation, in the terminal."),
    "clock": ("bot.cli.clock:clock", "Move the clock of a simulation."),
    "consent": ("bot.cli.consent:consent", "Consent that was given elsewhere."),
    "contacts": ("bot.cli.contacts:contacts", "The people whom an organization writes to."),
    "db": ("bot.cli.db:db", "Bring the database to the newest schema."),
    "demo": ("bot.cli.demo:demo", "Play the four outcomes through real processes."),
    "evidence": ("bot.cli.evidence:evidence", "Check what is kept as proof."),
    "flow": ("bot.cli.flow:flow", "Show a flow as a picture or as a table."),
    "org": ("bot.cli.org:org", "Organizations: the tenants of this server."),
    "outbox": (
        "bot.cli.outbox:outbox",
        "Messages that are not sent yet, or whose fate is unknown.",
    ),
    "problems": ("bot.cli.problems:problems", "What a person should look at."),
    "replies": ("bot.cli.replies:replies", "What a reply means."),
    "sender": ("bot.cli.sender:sender", "The addresses that an organization writes from."),
    "sim": ("bot.cli.sim:sim", "The stand-in for Twilio: customers, faults, time."),
    "token": ("bot.cli.token:token", "What other systems sign in with."),
    "up": ("bot.cli.up:up", "Run everything on this machine, with a stand-in for Twilio."),
    "user": ("bot.cli.user:user", "Those who sign in: agents, admins and auditors."),
    "wording": ("bot.cli.wording:wording", "What contacts and agents of an organization read."),
    "worker": ("bot.cli.worker:worker", "Send, expire, reconcile and sweep until told to stop."),
}
"""Every command: where it is written, and its help."""


def terminal() -> Flask:
    """The application that `flask` gives to commands: nothing of the web is in it.

    No command is imported before it is called, and none asks for more than it uses.
    """
    app = Flask(__name__)
    for name, (target, words) in COMMANDS.items():
        app.cli.add_command(LazyCommand(name, target, words))
    return app


def is_called() -> bool:
    """Whether `flask` loads the application now, to run one of our commands."""
    context = click.get_current_context(silent=True)
    return context is not None and context.find_object(ScriptInfo) is not None
