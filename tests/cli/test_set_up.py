"""Setting up: schema, organizations, senders, users, tokens, contacts."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Misconfigured, load_settings
from bot.people import accounts
from bot.runtime import Runtime, load_runtime
from tests.cli.conftest import Opener, Terminal
from tests.world import TEMPLATE


class TestSchema:
    def test_an_empty_database_is_brought_up_to_date(self, open_terminal: Opener) -> None:
        flask = open_terminal()
        assert "flask db upgrade" in flask.does("db", "current")
        assert "newest" in flask.does("db", "upgrade")
        assert "newest" in flask.does("db", "upgrade")
        assert flask.does("db", "current").endswith("(newest)\n")

    def test_before_that_commands_say_what_to_do(self, open_terminal: Opener) -> None:
        assert "Run: flask db upgrade" in open_terminal().fails("org", "list")

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("postgresql://u:geheim@host:port/name", "cannot be read"),
            ("postgresql://u:geheim@[::1/name", "cannot be read"),
            ("sqlite:///", "names no file"), ("sqlite:///:memory:", "names no file"),
            ("sqlite:////proc/x/y.db", "/proc/x of DATABASE_URL cannot be made"),
        ],
    )  # fmt: skip
    def test_an_address_that_is_none_is_explained(self, url: str, words: str) -> None:
        with pytest.raises(Misconfigured, match=words) as refused:
            load_runtime(load_settings(_env_file=None, database_url=url, simulator=True))
        assert "geheim" not in str(refused.value)

    def test_the_worker_waits_for_no_tables(self, open_terminal: Opener) -> None:
        assert "Run: flask db upgrade" in open_terminal().fails("worker")

    def test_a_word_that_is_no_utf_8_is_explained(self, flask: Terminal) -> None:
        for words in (("token", "list", "--org", "M\udcfcller"), ("user", "link", "m\udcfc@x.org")):
            assert "not UTF-8" in flask.fails(*words)

    def test_a_database_that_is_away_is_named(self, open_terminal: Opener) -> None:
        flask = open_terminal(database_url="postgresql://nobody@127.0.0.1:1/none")
        assert "Check DATABASE_URL" in flask.fails("org", "list")


class TestOrganizations:
    def test_one_is_made_changed_and_listed(self, flask: Terminal) -> None:
        made = flask.json("org", "add", "Acme", "--sms", "consent", "--no-whatsapp")
        assert (made["name"], made["sms"], made["whatsapp"]) == ("Acme", "consent", False)
        changed = flask.json("org", "set", "Acme", "--whatsapp", "--sms", "disclaimer")
        assert (changed["sms"], changed["whatsapp"]) == ("disclaimer", True)
        flask.does("org", "set", made["id"], "--name", "Acme & Co")
        assert [one["name"] for one in flask.json("org", "list")] == ["Acme & Co"]
        assert "Acme & Co\tyes\tdisclaimer" in flask.does("org", "list")

    def test_one_decides_how_often_and_when_contacts_are_asked(self, flask: Terminal) -> None:
        made = flask.json("org", "add", "Acme")
        assert (made["attempts"], made["quiet_hours"]) == (5, "21:00-08:00")
        chosen = ("--attempts", "0", "--quiet-hours", "22:30-7:00")
        changed = flask.json("org", "set", "Acme", *chosen)
        assert (changed["attempts"], changed["quiet_hours"]) == (0, "22:30-07:00")
        assert flask.json("org", "set", "Acme", "--quiet-hours", "none")["quiet_hours"] == ""
        assert "like 21:00-08:00" in flask.fails("org", "set", "Acme", "--quiet-hours", "night")
        assert "whole number" in flask.fails("org", "set", "Acme", "--attempts", "-1")

    def test_unless_told_whatsapp_is_on_and_sms_off(self, flask: Terminal) -> None:
        made = flask.json("org", "add", "Acme")
        assert (made["whatsapp"], made["sms"]) == (True, "off")

    def test_mistakes_are_explained(self, flask: Terminal) -> None:
        flask.does("org", "add", "Acme")
        assert "already" in flask.fails("org", "add", "Acme")
        assert "There are: 'Acme'" in flask.fails("org", "set", "Acne", "--sms", "off")
        assert "Say what to change" in flask.fails("org", "set", "Acme", code=2)
        assert "off" in flask.fails("org", "add", "B", "--sms", "maybe", code=2)
        assert flask.json("org", "set", "Acme", "--strangers", "keep")["strangers"] == "keep"
        assert flask.json("org", "add", "C")["strangers"] == "ask"

    def test_one_knows_how_many_people_it_may_reach(self, flask: Terminal) -> None:
        assert flask.json("org", "add", "Acme")["messaging_limit"] == 250
        many = flask.json("org", "add", "Many", "--messaging-limit", "2000")
        assert many["messaging_limit"] == 2000
        changed = flask.json("org", "set", "Acme", "--messaging-limit", "unlimited")
        assert changed["messaging_limit"] == 0
        wrong = flask.fails("org", "set", "Acme", "--messaging-limit", "many")
        assert "must be a whole number, not 'many'; 0 means no limit" in wrong


class TestSenders:
    def test_one_for_each_channel(self, flask: Terminal) -> None:
        flask.does("org", "add", "Acme")
        made = flask.json(
            "sender", "add", "Acme", "whatsapp:+15550001000",
            "--template", f"en={TEMPLATE}", "--template", f"de={TEMPLATE}", "--per-second", "10",
        )  # fmt: skip
        assert (made["channel"], made["per_second"]) == ("whatsapp", 10)
        assert made["templates"] == {"en": TEMPLATE, "de": TEMPLATE}
        assert "Added +15550001000" in flask.does("sender", "add", "Acme", "+15550001000")
        listed = flask.json("sender", "list", "--org", "Acme")
        assert [one["address"] for one in listed] == ["whatsapp:+15550001000", "+15550001000"]
        assert f"en={TEMPLATE} de={TEMPLATE}" in flask.does("sender", "list")

    def test_the_rate_of_one_is_changed(self, flask: Terminal) -> None:
        flask.does("org", "add", "Acme")
        flask.does("sender", "add", "Acme", "+15550001000")
        flask.does("sender", "set", "+15550001000", "--per-second", "2")
        assert flask.json("sender", "list")[0]["per_second"] == 2
        assert "flask sender list" in flask.fails("sender", "set", "+1", "--per-second", "2")
        assert "Say what to change" in flask.fails("sender", "set", "+15550001000", code=2)

    def test_mistakes_are_explained(self, flask: Terminal) -> None:
        flask.does("org", "add", "Acme")
        assert "no organization" in flask.fails("sender", "add", "B", "+15550001000")
        assert "country code" in flask.fails("sender", "add", "Acme", "whatsapp:0151 123456")
        bad = ("sender", "add", "Acme", "whatsapp:+15550001000", "--template")
        assert "LANG=ContentSid" in flask.fails(*bad, TEMPLATE, code=2)
        assert "not a ContentSid" in flask.fails(*bad, "en=HX12")


class TestUsersAndTokens:
    def test_a_user_can_sign_in_with_what_is_printed(
        self, flask: Terminal, runtime: Runtime
    ) -> None:
        flask.does("org", "add", "Acme")
        printed = flask.does("user", "add", "ann@example.org", "--org", "Acme", "--role", "admin")
        password = printed.splitlines()[-1]
        with runtime.database.reading() as connection:
            member = accounts.member_of(connection, "ann@example.org", password, datetime.now(UTC))
        assert member
        assert member.role == "admin"
        assert password not in flask.does("user", "list")
        assert [one["email"] for one in flask.json("user", "list")] == ["ann@example.org"]
        made = flask.json("user", "add", "bob@example.org", "--org", "Acme")
        assert {"id", "email", "role", "password"} <= made.keys()

    def test_a_token_is_printed_alone(self, flask: Terminal, runtime: Runtime) -> None:
        flask.does("org", "add", "Acme")
        secret = flask.does("token", "add", "--org", "Acme", "--name", "crm").removesuffix("\n")
        with runtime.database.reading() as connection:
            caller = accounts.caller_of(connection, secret)
        assert caller
        assert caller.name == "crm"
        assert secret not in flask.does("token", "list")

    def test_a_revoked_token_opens_nothing(self, flask: Terminal, runtime: Runtime) -> None:
        flask.does("org", "add", "Acme")
        made = flask.json("token", "add", "--org", "Acme", "--name", "crm")
        flask.does("token", "revoke", made["id"])
        with runtime.database.reading() as connection:
            assert accounts.caller_of(connection, made["token"]) is None
        assert "in use" in flask.fails("token", "revoke", made["id"])


class TestContacts:
    FILE = "name,phone\nJo,+4915112345678\nAl,12\nJo,+4915112345678\n"

    def test_a_file_is_taken_in_and_its_faults_are_reported(
        self, flask: Terminal, tmp_path: Path
    ) -> None:
        flask.does("org", "add", "Acme")
        path = tmp_path / "people.csv"
        path.write_text(self.FILE, encoding="utf-8")
        found = flask.json("contacts", "import", str(path), "--org", "Acme")
        counts = {name: found[name] for name in ("added", "existing", "repeated", "unusable")}
        assert counts == {"added": 1, "existing": 0, "repeated": 1, "unusable": 1}
        assert [one["line"] for one in found["skipped"]] == [3, 4]
        words = flask("contacts", "import", str(path), "--org", "Acme")
        assert "line 3: '12' has no country code" in words.stderr
        assert "0 added, 1 there already, 1 repeated in the file, 1 unusable." in words.stdout

    def test_a_region_completes_numbers(self, flask: Terminal, tmp_path: Path) -> None:
        flask.does("org", "add", "Acme")
        path = tmp_path / "people.csv"
        path.write_bytes("name;phone\nJörg;0151 12345678\n".encode("latin-1"))
        imported = ("contacts", "import", str(path), "--org", "Acme", "--region", "DE")
        assert "not UTF-8" in flask(*imported).stderr
        path.write_text("name;phone\nJörg;0151 12345678\n", encoding="utf-8")
        assert "1 added" in flask.does(*imported)

    def test_a_file_of_which_nothing_can_be_used_fails(
        self, flask: Terminal, tmp_path: Path
    ) -> None:
        flask.does("org", "add", "Acme")
        path = tmp_path / "people.csv"
        path.write_text("name,phone\nJo,12\n", encoding="utf-8")
        assert "line 2" in flask.fails("contacts", "import", str(path), "--org", "Acme")
        path.write_text("Jo,12\n", encoding="utf-8")
        assert "must name" in flask.fails("contacts", "import", str(path), "--org", "Acme")
        flask.fails("contacts", "import", str(tmp_path / "none.csv"), "--org", "Acme", code=2)


@pytest.mark.parametrize("noun", ["org", "sender", "user", "token", "outbox", "problems"])
def test_an_empty_listing_is_an_empty_array(flask: Terminal, noun: str) -> None:
    assert flask.json(noun, "list") == []


def test_every_command_explains_itself(flask: Terminal) -> None:
    root = flask.app.cli
    for name in root.commands:
        if root.commands[name].__class__.__name__ != "LazyCommand":
            continue
        assert "--help" in flask.does(name, "--help")
        command = root.commands[name].load()  # type: ignore[attr-defined]
        for inner in getattr(command, "commands", {}):
            assert "--help" in flask.does(name, inner, "--help")


def test_the_web_process_imports_no_command() -> None:
    slow = "('alembic', 'honcho', 'apscheduler', 'bot.cli.db', 'bot.cli.printing')"
    program = f"import sys, bot.app; print([name for name in {slow} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert found.stdout == "[]\n", found.stderr
