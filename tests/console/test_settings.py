"""What admins set up: organization, senders, team, access tokens."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from bot.console.organization import LABELS
from bot.people import accounts, organizations
from bot.store.models import Account, Organization, Sender
from tests.console.conftest import Browser, add_member, signed_in
from tests.world import TEMPLATE, WHATSAPP, World

ORGANIZATION = {
    "name": "Acme", "whatsapp": "on", "sms": "off", "language": "en", "time_zone": "UTC",
}  # fmt: skip
OTHER = "HX" + "2" * 32
AMISS_AS: dict[str, dict[str, object]] = {
    "name": {"name": " "},
    "language": {"language": "German"},
    "time_zone": {"time_zone": "Mars/Olympus"},
    "sms": {"sms": "maybe"},
    "strangers": {"strangers": "ignore"},
    "attempts": {"attempts": "often"},
    "quiet_from": {"quiet_from": "", "quiet_until": "07:00"},
    "quiet_until": {"quiet_from": "22:00", "quiet_until": "22:00"},
    "messaging_limit": {"messaging_limit": "99999999999"},
}
"""Something wrong in each field of the organization."""


def organization(world: World) -> dict[str, object]:
    query = select(*Organization.__table__.columns).where(Organization.id == world.organization_id)
    with world.database.reading() as connection:
        return dict(connection.execute(query).one()._mapping)


def templates(world: World, address: str) -> dict[str, str]:
    with world.database.reading() as connection:
        kept = connection.scalars(select(Sender.templates).where(Sender.address == address)).one()
    return dict(kept)


class TestOrganization:
    def test_is_changed(self, admin: Browser, world: World) -> None:
        form = {"name": "Acme Ltd", "sms": "consent", "language": "de", "time_zone": "Asia/Tokyo"}
        assert admin.post("/settings", form).location == "/settings"
        kept = organization(world)
        assert {name: kept[name] for name in form} == form
        assert kept["whatsapp"] is False
        page = admin.get("/settings").text
        assert "Saved." in page
        assert "<option selected>Asia/Tokyo</option>" in page

    def test_a_mistake_stands_at_its_field_and_nothing_is_changed(
        self, admin: Browser, world: World
    ) -> None:
        before = organization(world)
        world.add_organization("Rival")
        form = ORGANIZATION | {"name": "Rival", "sms": "consent", "time_zone": "Mars/Olympus"}
        answer = admin.post("/settings", form)
        assert answer.status_code == 422
        assert re.search(r'id="field-name-error">.*There is an organization', answer.text)
        assert re.search(r'id="field-time_zone-error">.*Time zone: choose one', answer.text)
        assert 'value="Rival"' in answer.text
        assert organization(world) == before

    def test_decides_how_often_and_when_contacts_are_asked(
        self, admin: Browser, world: World
    ) -> None:
        asking = {"attempts": "3", "quiet_from": "22:00", "quiet_until": "07:30"}
        assert admin.post("/settings", ORGANIZATION | asking).status_code == 303
        kept = organization(world)
        assert (kept["attempts"], kept["quiet_hours"]) == (3, "22:00-07:30")
        assert 'value="07:30"' in admin.get("/settings").text
        none = {"attempts": "0", "quiet_from": "", "quiet_until": ""}
        admin.post("/settings", ORGANIZATION | none)
        kept = organization(world)
        assert (kept["attempts"], kept["quiet_hours"]) == (0, "")
        wrong = {"attempts": "often", "quiet_from": "22:00", "quiet_until": ""}
        answer = admin.post("/settings", ORGANIZATION | wrong)
        assert answer.status_code == 422
        assert re.search(r'id="field-attempts-error">.*must be a whole number', answer.text)
        assert re.search(r'id="field-quiet_from-error">.*must be two different times', answer.text)

    def test_tells_how_many_people_meta_lets_it_reach(self, admin: Browser, world: World) -> None:
        assert 'name="messaging_limit" type="text" value="250"' in admin.get("/settings").text
        for given, kept in ((" 10000 ", 10_000), ("unlimited", 0)):
            form = ORGANIZATION | {"messaging_limit": given}
            assert admin.post("/settings", form).status_code == 303
            assert organization(world)["messaging_limit"] == kept
        answer = admin.post("/settings", ORGANIZATION | {"messaging_limit": "-1", "sms": "consent"})
        assert answer.status_code == 422
        assert re.search(r'id="field-messaging_limit-error">.*must be a whole number', answer.text)
        assert 'value="-1"' in answer.text
        now = organization(world)
        assert (now["messaging_limit"], now["sms"]) == (0, "off")

    def test_names_no_field_but_by_its_label(self, admin: Browser) -> None:
        page = admin.get("/settings").text
        fields = set(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page)) - {
            "csrf",
            "whatsapp",
        }
        assert fields == set(LABELS) == set(AMISS_AS)
        for words in LABELS.values():
            assert re.search(rf"<(label|legend)[^>]*>{words} ?<", page), words

    @pytest.mark.parametrize("field", LABELS)
    def test_says_a_mistake_in_the_words_of_the_form(self, admin: Browser, field: str) -> None:
        answer = admin.post("/settings", ORGANIZATION | AMISS_AS[field])
        assert answer.status_code == 422
        [mistake] = re.findall(r'<p class="error".*?</svg>(.*?)</p>', answer.text)
        assert LABELS[field].lower() in mistake.lower()
        assert not re.search(r"\w_\w|policy|consent|disclaimer|\bask\b|\bnone;|org set", mistake)

    def test_only_an_admin_changes_it(self, auditor: Browser, world: World) -> None:
        assert "An admin can change them." in auditor.get("/settings").text
        form = ORGANIZATION | {"messaging_limit": "100000"}
        assert auditor.post("/settings", form).status_code == 403
        assert organization(world)["messaging_limit"] == 250

    def test_decides_what_people_who_write_first_hear(self, admin: Browser, world: World) -> None:
        assert re.search(r'name="strangers" value="ask" checked', admin.get("/settings").text)
        assert admin.post("/settings", ORGANIZATION | {"strangers": "keep"}).status_code == 303
        assert organization(world)["strangers"] == "keep"
        assert re.search(r'name="strangers" value="keep" checked', admin.get("/settings").text)
        answer = admin.post("/settings", ORGANIZATION | {"strangers": "ignore"})
        assert answer.status_code == 422
        assert re.search(r'id="strangers-error">.*People who write first: choose', answer.text)
        assert organization(world)["strangers"] == "keep"

    def test_shows_times_in_its_zone(self, admin: Browser, world: World) -> None:
        admin.post("/settings", ORGANIZATION | {"time_zone": "Asia/Tokyo"})
        assert "Today, 09:00 PM" in admin.get("/account").text


class TestSenders:
    def test_one_is_added_with_its_template(self, admin: Browser, world: World) -> None:
        form = {"channel": "whatsapp", "address": "+1 555 000 3000", "language": "pt_br"}
        assert admin.post("/settings/senders", form | {"sid": TEMPLATE}).status_code == 303
        assert templates(world, "whatsapp:+15550003000") == {"pt-BR": TEMPLATE}
        assert "+1 555-000-3000" in admin.get("/settings/senders").text

    @pytest.mark.parametrize(
        ("changed", "field"),
        [({"address": "12"}, "address"), ({"sid": "HX1"}, "sid"),
         ({"address": "+15550001000"}, "address")],
    )  # fmt: skip
    def test_a_mistake_adds_nothing(
        self, admin: Browser, world: World, changed: dict[str, str], field: str
    ) -> None:
        form = {"channel": "whatsapp", "address": "+15550003000", "language": "en", "sid": TEMPLATE}
        answer = admin.post("/settings/senders", form | changed)
        assert answer.status_code == 422
        assert f'id="field-{field}-error"' in answer.text
        assert "whatsapp:+…" not in answer.text, "that is how it is typed elsewhere"
        with world.database.reading() as connection:
            assert len(organizations.senders(connection, world.organization_id)) == 2

    def test_templates_are_added_changed_and_taken_away(self, admin: Browser, world: World) -> None:
        path = f"/settings/senders/{world.house().sender_id}"
        assert (
            admin.post(path, {"sid-en": OTHER, "language": "de", "sid": TEMPLATE}).status_code
            == 303
        )
        assert templates(world, "whatsapp:+15550001000") == {"en": OTHER, "de": TEMPLATE}
        admin.post(path, {"sid-en": "", "sid-de": TEMPLATE})
        assert templates(world, "whatsapp:+15550001000") == {"de": TEMPLATE}
        answer = admin.post(path, {"sid-de": "nonsense"})
        assert 'id="field-sid-de-error"' in answer.text
        assert templates(world, "whatsapp:+15550001000") == {"de": TEMPLATE}

    def test_only_an_admin_changes_them(self, auditor: Browser, world: World) -> None:
        path = f"/settings/senders/{world.house().sender_id}"
        assert "An admin can change them." in auditor.get(path).text
        assert auditor.post(path, {"sid-en": OTHER}).status_code == 403
        assert templates(world, WHATSAPP) == {"en": TEMPLATE}

    def test_sms_has_none(self, admin: Browser, world: World) -> None:
        path = f"/settings/senders/{world.house('sms').sender_id}"
        assert admin.post(path, {"language": "de", "sid": TEMPLATE}).status_code == 422


class TestTeam:
    @pytest.fixture
    def ben(self, world: World) -> UUID:
        return add_member(world, "agent", email="ben@example.org").id

    def test_somebody_new_comes_in_by_the_link_that_is_shown_once(
        self, admin: Browser, browser: Browser
    ) -> None:
        page = admin.post("/settings/team", {"email": "Ben@example.org", "role": "auditor"}).text
        (link,) = set(re.findall(r"https://consent\.example\.org(/sign-in/link/[\w-]+)", page))
        assert link not in admin.get("/settings/team").text
        assert browser.post(link).status_code == 303
        assert browser.post("/password", {"password": "six yellow windows"}).status_code == 303
        assert "auditor at Acme" in browser.get("/account").text

    @pytest.mark.parametrize(
        ("email", "role"), [("ben", "agent"), ("ben@x.org", "king"), ("admin@example.org", "agent")]
    )
    def test_a_mistake_adds_nobody(self, admin: Browser, email: str, role: str) -> None:
        answer = admin.post("/settings/team", {"email": email, "role": role})
        assert answer.status_code == 422
        assert 'class="error"' in answer.text
        assert "ben@" not in admin.get("/settings/team").text

    def test_a_role_counts_at_once(
        self, admin: Browser, app: Flask, world: World, ben: UUID
    ) -> None:
        with world.database.reading() as connection:
            member = accounts.member(connection, ben)
        assert member
        his = signed_in(app, world, member)
        assert his.get("/settings").status_code == 403
        admin.post(f"/settings/team/{ben}/role", {"role": "admin"})
        assert his.get("/settings").status_code == 200
        admin.post(f"/settings/team/{ben}/sign-out")
        assert his.get("/settings").status_code == 303

    def test_who_is_disabled_is_out_at_once(
        self, admin: Browser, app: Flask, world: World, ben: UUID
    ) -> None:
        with world.database.reading() as connection:
            member = accounts.member(connection, ben)
        assert member
        his = signed_in(app, world, member)
        admin.post(f"/settings/team/{ben}/disable")
        assert his.get("/account").status_code == 303
        assert admin.post(f"/settings/team/{ben}/link").status_code == 422
        admin.post(f"/settings/team/{ben}/enable")
        assert "Link for ben@example.org" in admin.post(f"/settings/team/{ben}/link").text

    def test_nobody_shuts_themselves_out(self, admin: Browser, world: World) -> None:
        with world.database.reading() as connection:
            me = connection.scalars(select(Account.id)).one()
        for deed in ("disable", "role"):
            answer = admin.post(f"/settings/team/{me}/{deed}", {"role": "agent"})
            assert answer.status_code == 422
            assert "Another admin can." in answer.text
        assert admin.get("/settings").status_code == 200

    def test_nobody_comes_around_their_own_password(self, admin: Browser, world: World) -> None:
        """An unlocked screen is not enough to take an account over, nor its second step off."""
        with world.database.reading() as connection:
            me = connection.scalars(select(Account.id)).one()
        for deed in ("link", "second-step"):
            answer = admin.post(f"/settings/team/{me}/{deed}")
            assert answer.status_code == 422
            assert "Another admin can." in answer.text
            assert "/sign-in/link/" not in answer.text
        assert admin.get("/account").status_code == 200

    def test_there_is_no_other_deed(self, admin: Browser, ben: UUID) -> None:
        assert admin.post(f"/settings/team/{ben}/promote").status_code == 404


class TestTokens:
    def test_one_is_shown_once_works_and_is_revoked(self, admin: Browser, app: Flask) -> None:
        page = admin.post("/settings/tokens", {"name": "crm"}).text
        (secret,) = set(re.findall(r"ast_[0-9a-f]{8}_[\w-]+", page))
        assert secret not in admin.get("/settings/tokens").text
        called = {"Authorization": f"Bearer {secret}"}
        assert app.test_client().get("/api/v1/contacts", headers=called).status_code == 200
        (path,) = re.findall(r'action="(/settings/tokens/[0-9a-f-]+/revoke)"', page)
        assert admin.post(path).status_code == 303
        assert app.test_client().get("/api/v1/contacts", headers=called).status_code == 401
        assert admin.post(path).status_code == 422

    def test_needs_a_name(self, admin: Browser) -> None:
        answer = admin.post("/settings/tokens", {"name": " "})
        assert answer.status_code == 422
        assert 'id="field-name-error"' in answer.text
