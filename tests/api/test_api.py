"""Calls of other systems: what they give, and what they say when they cannot."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from bot.api.problem import WORDS
from bot.people import accounts
from bot.store.models import Contact, Message, Organization, Sender, Token
from tests.api.conftest import PROBLEM, Caller, is_problem, said
from tests.world import SMS, TEMPLATE, WHATSAPP, Friend, World

JO = {"name": "Jo", "phone": "+49 151 12345678"}
BASIS = {"basis": "existing client"}


@pytest.fixture
def contact(crm: Caller) -> dict[str, Any]:
    added: dict[str, Any] = crm.posts("/contacts", JO, 201)
    return added


@pytest.fixture
def asked(crm: Caller, contact: dict[str, Any]) -> dict[str, Any]:
    conversation: dict[str, Any] = crm.posts(f"/contacts/{contact['id']}/opt-in", BASIS, 202)
    return conversation


@pytest.fixture
def jo(world: World, asked: dict[str, Any]) -> Friend:
    """The contact who was asked, as somebody who answers."""
    key = world.organization_id, UUID(asked["id"])
    return Friend(world, world.house(), "+4915112345678", key)


def off(world: World, **changes: Any) -> None:
    with world.database.writing() as connection:
        connection.execute(update(Organization).values(**changes))


class TestContacts:
    def test_are_added(self, contact: dict[str, Any]) -> None:
        (address,) = contact["addresses"]
        assert contact == {
            "id": contact["id"], "name": "Jo", "phone": "+4915112345678", "language": None,
            "addresses": [{"id": address["id"], "kind": "phone", "value": "+4915112345678"}],
            "conversations": [],
        }  # fmt: skip

    def test_are_shown_with_their_conversations(
        self, crm: Caller, contact: dict[str, Any], asked: dict[str, Any]
    ) -> None:
        shown = crm.gets(f"/contacts/{contact['id']}")
        assert shown["conversations"] == [
            {"id": asked["id"], "channel": "whatsapp", "state": "requested"}
        ]

    def test_have_one_number_once(self, crm: Caller, contact: dict[str, Any]) -> None:
        answer = crm.calls("POST", "/contacts", {"name": "Joe", "phone": "+4915112345678"})
        assert is_problem(answer, 409, "contact_exists")
        assert said(answer)["contact_id"] == contact["id"]
        assert len(crm.gets("/contacts")["items"]) == 1

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"name": "Jo"}, "phone"),
            ({"phone": "+4915112345678"}, "name"),
            (JO | {"name": ""}, "name"),
            (JO | {"name": "  "}, "name"),
            (JO | {"phone": "12"}, "phone"),
            (JO | {"phone": "0151 12345678"}, "phone"),
            (JO | {"phone": "ring me"}, "phone"),
            (JO | {"phone": None}, "phone"),
            (JO | {"language": "german"}, "language"),
            (JO | {"colour": "red"}, "colour"),
            (JO | {"id": "1"}, "id"),
        ],
    )
    def test_that_cannot_be(self, crm: Caller, given: dict[str, Any], field: str) -> None:
        answer = crm.calls("POST", "/contacts", given)
        assert is_problem(answer, 422, "invalid")
        assert field in said(answer)["errors"]

    @pytest.mark.parametrize("given", [[], "x", 1, None, [JO]])
    def test_that_are_no_object(self, crm: Caller, given: Any) -> None:
        answer = crm.calls("POST", "/contacts", data=re.sub("None", "null", f"{given!r}"),
                           content_type="application/json")  # fmt: skip
        assert answer.status_code in (400, 422)
        assert answer.mimetype == PROBLEM

    @pytest.mark.parametrize("body", [b"{", b"", b"\xff", b'{"name": }', b"name=Jo"])
    def test_that_are_no_json(self, crm: Caller, body: bytes) -> None:
        answer = crm.calls("POST", "/contacts", data=body, content_type="application/json")
        assert answer.status_code in (400, 422)
        assert answer.mimetype == PROBLEM

    def test_are_found_by_name_number_and_state(
        self, world: World, crm: Caller, asked: dict[str, Any]
    ) -> None:
        crm.posts("/contacts", {"name": "Kim", "phone": "+4915100000001"}, 201)

        def found(**query: str) -> list[str]:
            return [one["name"] for one in crm.gets("/contacts", **query)["items"]]

        assert found() == ["Jo", "Kim"]
        assert found(q="jo") == ["Jo"]
        assert found(q="4915100") == ["Kim"]
        assert found(q="Lee") == []
        assert found(state="requested") == ["Jo"]
        assert found(state="opted_in") == []

    def test_are_listed_page_by_page(self, crm: Caller) -> None:
        for n in range(5):
            crm.posts("/contacts", {"name": f"{n}", "phone": f"+4915100000{n:03d}"}, 201)
        names: list[list[str]] = []
        cursor: dict[str, str] = {}
        while True:
            page = crm.gets("/contacts", limit=2, **cursor)
            names.append([one["name"] for one in page["items"]])
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert names == [["0", "1"], ["2", "3"], ["4"]]

    @pytest.mark.parametrize(
        "query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"cursor": "x"}, {"colour": "red"}]
    )
    def test_are_not_listed_by_what_makes_no_sense(
        self, crm: Caller, query: dict[str, Any]
    ) -> None:
        assert is_problem(crm.calls("GET", "/contacts", query_string=query), 422, "invalid")


class TestAsking:
    def test_begins_a_conversation(
        self, world: World, contact: dict[str, Any], asked: dict[str, Any]
    ) -> None:
        assert {name: asked[name] for name in asked.keys() - {"id", "actions"}} == {
            "contact_id": contact["id"], "channel": "whatsapp", "sender": WHATSAPP,
            "address": "+4915112345678", "state": "requested",
            "state_since": "2026-03-01T12:00:00Z", "due_at": "2026-03-02T12:00:00Z",
            "window_until": None,
        }  # fmt: skip
        assert asked["actions"]["request_opt_in"] == {
            "allowed": False, "reason": "already_requested", "allowed_at": "2026-03-02T12:00:00Z"
        }  # fmt: skip

    def test_twice_is_refused_until_a_day_has_passed(
        self, world: World, crm: Caller, contact: dict[str, Any], asked: dict[str, Any]
    ) -> None:
        path = f"/contacts/{contact['id']}/opt-in"
        answer = crm.calls("POST", path, BASIS)
        assert is_problem(answer, 409, "already_requested")
        assert said(answer)["allowed_at"] == "2026-03-02T12:00:00Z"
        world.passes(hours=24)
        assert crm.posts(path, BASIS, 202)["state"] == "requested"

    @pytest.mark.parametrize(("word", "code"), [("Yes", "already_opted_in"), ("STOP", "opted_out")])
    def test_after_an_answer_is_refused(
        self, crm: Caller, contact: dict[str, Any], jo: Friend, word: str, code: str
    ) -> None:
        jo.says(word)
        answer = crm.calls("POST", f"/contacts/{contact['id']}/opt-in", BASIS)
        assert is_problem(answer, 409, code)

    @pytest.mark.parametrize(
        "given",
        [{}, {"basis": ""}, {"basis": " "}, BASIS | {"channel": "fax"}, BASIS | {"to": "x"}],
    )
    def test_without_a_basis_is_refused(
        self, crm: Caller, contact: dict[str, Any], given: dict[str, Any]
    ) -> None:
        answer = crm.calls("POST", f"/contacts/{contact['id']}/opt-in", given)
        assert is_problem(answer, 422, "invalid")

    def test_while_whatsapp_is_off(
        self, world: World, crm: Caller, contact: dict[str, Any]
    ) -> None:
        off(world, whatsapp=False)
        answer = crm.calls("POST", f"/contacts/{contact['id']}/opt-in", BASIS)
        assert is_problem(answer, 409, "whatsapp_disabled")

    def test_without_a_template(self, world: World, crm: Caller, contact: dict[str, Any]) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Sender).values(templates={}))
        answer = crm.calls("POST", f"/contacts/{contact['id']}/opt-in", BASIS)
        assert is_problem(answer, 409, "no_template")

    def test_from_a_sender_that_is_not_ours(
        self, crm: Caller, stranger: Caller, contact: dict[str, Any]
    ) -> None:
        given = BASIS | {"sender": "whatsapp:+15550009000"}
        answer = crm.calls("POST", f"/contacts/{contact['id']}/opt-in", given)
        assert is_problem(answer, 409, "no_sender")

    def test_by_sms(self, crm: Caller, contact: dict[str, Any]) -> None:
        given = BASIS | {"channel": "sms", "sender": SMS}
        begun = crm.posts(f"/contacts/{contact['id']}/opt-in", given, 202)
        assert (begun["channel"], begun["state"], begun["sender"]) == ("sms", "informed", SMS)


class TestConversations:
    def test_are_shown_as_they_are_now(self, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        shown = crm.gets(f"/conversations/{jo.key[1]}")
        assert (shown["state"], shown["due_at"]) == ("opted_in", None)
        assert shown["window_until"] == "2026-03-02T12:00:00Z"
        assert shown["actions"]["send_text"]["allowed"]

    def test_are_read_in_order_and_on_from_there(self, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        path = f"/conversations/{jo.key[1]}/timeline"
        page = crm.gets(path, limit=3)
        assert [(one["seq"], one["kind"], one["code"]) for one in page["items"]] == [
            (1, "out", "ask"), (2, "notice", "request_sent"), (3, "in", "reply")
        ]  # fmt: skip
        assert page["next"] == 3
        rest = crm.gets(path, after=3)
        assert [one["code"] for one in rest["items"]] == ["welcome", "opted_in"]
        assert rest["next"] is None
        assert all(one["at"].endswith("Z") for one in page["items"])

    def test_tell_of_another_owner_of_the_number(self, crm: Caller, jo: Friend) -> None:
        jo.says("Yes", user_id="DE.1111")
        jo.says("hello", user_id="DE.2222")
        items = crm.gets(f"/conversations/{jo.key[1]}/timeline", after=5)["items"]
        assert [one["code"] for one in items] == [
            "number_recycled", "reply", "ask", "contact_wrote_first"
        ]  # fmt: skip

    def test_carry_an_agents_text(self, world: World, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        sent = crm.posts(f"/conversations/{jo.key[1]}/messages", {"text": "Hello Jo"}, 202)
        assert (sent["text"], sent["status"], sent["kind"]) == ("Hello Jo", "queued", "out")
        with world.database.reading() as connection:
            query = select(Message.author).where(Message.text == "Hello Jo")
            assert connection.scalar(query) == "crm"

    def test_carry_a_file_by_its_address(self, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        path, url = f"/conversations/{jo.key[1]}/messages", "https://shop.example/new.jpg"
        sent = crm.posts(path, {"media": [url], "text": "New"}, 202)
        assert (sent["code"], sent["text"]) == ("text", "New")
        assert sent["media"] == [{"url": url, "type": "image/jpeg"}]
        assert crm.posts(path, {"media": ["https://shop.example/menu.pdf"]}, 202)["text"] == ""

    def test_carry_a_template_when_the_window_is_closed(
        self, world: World, crm: Caller, jo: Friend
    ) -> None:
        jo.says("Yes")
        world.passes(hours=24)
        path = f"/conversations/{jo.key[1]}/messages"
        assert is_problem(crm.calls("POST", path, {"text": "x"}), 409, "window_closed")
        sent = crm.posts(path, {"template": TEMPLATE, "variables": {"1": "Jo"}}, 202)
        assert sent["code"] == "template"

    @pytest.mark.parametrize(("word", "code"), [("", "not_opted_in"), ("STOP", "opted_out")])
    def test_carry_nothing_without_consent(
        self, crm: Caller, jo: Friend, word: str, code: str
    ) -> None:
        if word:
            jo.says(word)
        path, before = f"/conversations/{jo.key[1]}/messages", len(jo.lines)
        assert is_problem(crm.calls("POST", path, {"text": "x"}), 409, code)
        assert is_problem(crm.calls("POST", path, {"template": TEMPLATE}), 409, code)
        assert len(jo.lines) == before

    @pytest.mark.parametrize(
        "given",
        [
            {}, {"text": ""}, {"text": "x", "template": TEMPLATE},
            {"template": "HX1"}, {"template": TEMPLATE, "variables": {"1": 2}},
            {"text": "x", "to": "+1"}, {"text": None}, {"text": 5},
            {"media": []}, {"media": ["http://shop.example/a.jpg"]}, {"media": ["a.jpg"]},
            {"media": ["https://shop.example/a.jpg"] * 2},
            {"media": ["https://shop.example/a.pdf"], "text": "WhatsApp drops this"},
            {"media": ["https://shop.example/a.jpg"], "template": TEMPLATE},
            {"media": ["https://[shop/a.jpg"]}, {"media": ["https://a℀b/a.jpg"]},
        ],
    )  # fmt: skip
    def test_carry_no_nonsense(self, crm: Caller, jo: Friend, given: dict[str, Any]) -> None:
        jo.says("Yes")
        answer = crm.calls("POST", f"/conversations/{jo.key[1]}/messages", given)
        assert is_problem(answer, 422, "invalid")

    def test_carry_no_more_than_the_provider_takes(self, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        path = f"/conversations/{jo.key[1]}/messages"
        for text in ("x" * 1601, "😀" * 801):
            assert is_problem(crm.calls("POST", path, {"text": text}), 422, "text_too_long")
        assert "text" not in jo.heard
        assert crm.posts(path, {"text": "x" * 1600}, 202)["segments"] is None

    def test_by_sms_say_in_how_many_parts_they_go(self, crm: Caller, world: World) -> None:
        jo = world.contact("+4915199999999", "sms")
        path = f"/conversations/{jo.key[1]}/messages"
        assert crm.posts(path, {"text": "€" * 81}, 202)["segments"] == 2
        assert crm.posts(path, {"text": "Hello"}, 202)["segments"] == 1

    def test_take_an_opt_out_that_came_another_way(self, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        path = f"/conversations/{jo.key[1]}/withdraw"
        assert is_problem(crm.calls("POST", path, {}), 422, "invalid")
        assert crm.posts(path, {"reason": "by phone"}, 200)["state"] == "opted_out"
        assert crm.posts(path, {"reason": "by phone"}, 200)["state"] == "opted_out"
        assert jo.heard.count("goodbye") == 1
        assert jo.is_proved()


class TestSms:
    def test_goes_on_where_whatsapp_ended(self, crm: Caller, contact: dict[str, Any]) -> None:
        begun = crm.posts(f"/contacts/{contact['id']}/sms", {}, 201)
        assert (begun["channel"], begun["state"]) == ("sms", "new")
        assert begun["actions"]["send_text"]["allowed"]
        assert crm.posts(f"/contacts/{contact['id']}/sms", {}, 201)["id"] == begun["id"]
        path = f"/conversations/{begun['id']}"
        crm.posts(f"{path}/messages", {"text": "Hello"}, 202)
        codes = [one["code"] for one in crm.gets(f"{path}/timeline")["items"]]
        assert codes == ["disclaimer", "disclaimer_sent", "text"]

    def test_while_it_is_off(self, world: World, crm: Caller, contact: dict[str, Any]) -> None:
        off(world, sms="off")
        answer = crm.calls("POST", f"/contacts/{contact['id']}/sms", {})
        assert is_problem(answer, 409, "sms_disabled")

    def test_to_somebody_without_a_number(self, world: World, crm: Caller, jo: Friend) -> None:
        Friend(world, jo.house, "US.13491208655302741918", jo.key).says("hi", profile_name="Kim")
        (kim,) = crm.gets("/contacts", q="Kim")["items"]
        assert kim["phone"] is None
        assert is_problem(crm.calls("POST", f"/contacts/{kim['id']}/sms", {}), 409, "no_phone")


class TestMaySend:
    def asks(self, crm: Caller, **query: str) -> dict[str, Any]:
        answer: dict[str, Any] = crm.gets("/may-send", **({"phone": JO["phone"]} | query))
        return answer

    def test_to_a_stranger(self, crm: Caller) -> None:
        assert self.asks(crm) == {
            "allowed": False, "how": [], "state": "new", "reason": "not_opted_in",
            "allowed_at": None,
        }  # fmt: skip

    def test_to_somebody_who_has_not_answered(self, crm: Caller, jo: Friend) -> None:
        assert self.asks(crm) == {
            "allowed": False, "how": [], "state": "requested", "reason": "not_opted_in",
            "allowed_at": "2026-03-02T12:00:00Z",
        }  # fmt: skip

    def test_to_somebody_who_said_yes(self, world: World, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        assert self.asks(crm)["how"] == ["text", "template"]
        world.passes(hours=24)
        assert self.asks(crm)["how"] == ["template"]
        assert self.asks(crm)["allowed"]

    def test_to_somebody_who_said_stop(self, crm: Caller, jo: Friend) -> None:
        jo.says("STOP")
        answer = self.asks(crm)
        assert (answer["allowed"], answer["reason"]) == (False, "opted_out")

    def test_by_sms_is_another_question(self, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        assert self.asks(crm, channel="sms")["state"] == "new"

    @pytest.mark.parametrize("query", [{"phone": "x"}, {"channel": "fax"}, {"colour": "red"}])
    def test_nonsense(self, crm: Caller, query: dict[str, str]) -> None:
        answer = crm.calls("GET", "/may-send", query_string={"phone": "+4915112345678"} | query)
        assert is_problem(answer, 422, "invalid")


class TestTokens:
    @pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "é"])
    def test_nobody_comes_in_without_one(self, crm: Caller, given: str) -> None:
        answer = crm.client.get(
            "/api/v1/contacts", headers={"Authorization": given.encode().decode("latin-1")}
        )
        assert is_problem(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_nor_with_one_that_was_revoked(self, world: World, crm: Caller) -> None:
        assert crm.gets("/contacts")
        with world.database.writing() as connection:
            token_id = connection.scalars(select(Token.id)).one()
            accounts.revoke_token(connection, token_id, world.now)
        assert is_problem(crm.calls("GET", "/contacts"), 401, "unauthorized")

    def test_every_call_asks_for_one(self, app: Flask, crm: Caller) -> None:
        crm.token = "wrong"
        for method, path in calls_of(app, str(uuid4())):
            answer = crm.calls(method, path, FITTING.get(path.rsplit("/", 1)[-1]))
            assert is_problem(answer, 401, "unauthorized"), path

    @pytest.mark.parametrize("token", ["", "wrong"])
    def test_nothing_is_told_of_a_call_without_one(
        self, app: Flask, crm: Caller, token: str
    ) -> None:
        crm.token = token
        told = [
            crm.calls(method, path, data=body, content_type="application/json")
            for body in (b'{"colour": "red"}', b"{", b"", b"[]", b"x" * 1_100_000)
            for method, path in calls_of(app, str(uuid4()))
        ]
        told += [crm.calls(method, path) for method, path in NOWHERE]
        assert all(is_problem(answer, 401, "unauthorized") for answer in told)
        assert len({answer.data for answer in told}) == 1

    def test_nobody_without_one_waits_for_a_writer_or_makes_one_wait(
        self, world: World, crm: Caller
    ) -> None:
        crm.token = "wrong"
        with world.database.writing():
            assert is_problem(crm.calls("POST", "/contacts", JO), 401, "unauthorized")

    def test_what_is_wrong_is_told_to_who_has_one(self, crm: Caller) -> None:
        assert is_problem(crm.calls("POST", "/contacts", {"colour": "red"}), 422, "invalid")
        for method, path in NOWHERE:
            assert crm.calls(method, path).status_code in (404, 405, 422), path


NOWHERE = [
    ("GET", ""),
    ("GET", "/"),
    ("GET", "/nothing"),
    ("POST", "/nothing"),
    ("DELETE", "/contacts"),
    ("PUT", "/may-send"),
    ("GET", "/contacts/not-an-id"),
    ("GET", "/contacts?limit=0"),
]


FITTING = {
    "contacts": JO, "opt-in": BASIS, "sms": {}, "messages": {"text": "x"},
    "withdraw": {"reason": "x"}, "bulk": BASIS | {"everybody": True}, "pause": {}, "resume": {},
    "cancel": {}, "may-send?phone=+4915112345678": None,
}  # fmt: skip


def calls_of(app: Flask, some_id: str) -> list[tuple[str, str]]:
    """Every call there is, about the thing with this id."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.endpoint.startswith("api."):
            path = re.sub(r"<uuid:\w+>", some_id, rule.rule.removeprefix("/api/v1"))
            path = path.replace("/may-send", "/may-send?phone=%2B4915112345678")
            found += [(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return found


class TestOtherOrganizations:
    def test_what_is_theirs_is_not_there(
        self, app: Flask, stranger: Caller, contact: dict[str, Any], asked: dict[str, Any]
    ) -> None:
        tried = 0
        for some_id in (contact["id"], asked["id"], str(uuid4())):
            for method, path in calls_of(app, some_id):
                if some_id not in path:
                    continue
                answer = stranger.calls(method, path, FITTING.get(path.rsplit("/", 1)[-1]))
                assert is_problem(answer, 404, "not_found"), path
                tried += 1
        assert tried >= 3 * 11

    def test_nor_listed_nor_known(
        self, stranger: Caller, contact: dict[str, Any], jo: Friend
    ) -> None:
        jo.says("Yes")
        assert stranger.gets("/contacts")["items"] == []
        assert stranger.gets("/may-send", phone=JO["phone"])["state"] == "new"
        assert stranger.gets("/contacts", cursor=contact["id"])["items"] == []

    def test_the_same_number_is_another_contact(
        self, stranger: Caller, contact: dict[str, Any]
    ) -> None:
        assert stranger.posts("/contacts", JO, 201)["id"] != contact["id"]


class TestIdempotency:
    def test_the_same_call_twice_is_answered_the_same(self, crm: Caller) -> None:
        first = crm.calls("POST", "/contacts", JO, key="one")
        again = crm.calls("POST", "/contacts", JO, key="one")
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json == again.json
        assert again.mimetype == "application/json"

    def test_another_call_under_the_same_key_is_refused(self, crm: Caller) -> None:
        crm.calls("POST", "/contacts", JO, key="one")
        answer = crm.calls("POST", "/contacts", JO | {"name": "Kim"}, key="one")
        assert is_problem(answer, 422, "idempotency_key_reused")

    def test_keys_belong_to_organizations(self, crm: Caller, stranger: Caller) -> None:
        mine = said(crm.calls("POST", "/contacts", JO, key="one"))
        theirs = said(stranger.calls("POST", "/contacts", JO, key="one"))
        assert mine["id"] != theirs["id"]

    def test_twenty_at_once_are_one(self, world: World, app: Flask, crm: Caller) -> None:
        def adds(_: int) -> Any:
            return Caller(app.test_client(), crm.token).calls("POST", "/contacts", JO, key="one")

        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(adds, range(20)))

        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json["id"] for answer in answers}) == 1
        with world.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Contact)) == 1

    def test_a_call_that_failed_can_be_made_again(
        self, world: World, crm: Caller, contact: dict[str, Any]
    ) -> None:
        path = f"/contacts/{contact['id']}/opt-in"
        off(world, whatsapp=False)
        assert is_problem(crm.calls("POST", path, BASIS, key="one"), 409, "whatsapp_disabled")
        off(world, whatsapp=True)
        assert crm.calls("POST", path, BASIS, key="one").status_code == 202
        assert crm.calls("POST", path, BASIS, key="one").status_code == 202

    def test_a_message_is_sent_once(self, crm: Caller, jo: Friend) -> None:
        jo.says("Yes")
        for _ in range(3):
            crm.calls("POST", f"/conversations/{jo.key[1]}/messages", {"text": "Hi"}, key="k")
        assert jo.heard.count("text") == 1

    def test_a_key_has_its_limits(self, crm: Caller) -> None:
        assert is_problem(crm.calls("POST", "/contacts", JO, key="x" * 201), 400, "invalid")
        assert crm.calls("POST", "/contacts", JO, key="x" * 200).status_code == 201


class TestWhatIsNotThere:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nothing", 404),
            ("GET", "/contacts/not-an-id", 404),
            ("GET", f"/contacts/{UUID(int=7)}", 404),
            ("DELETE", "/contacts", 405),
            ("PUT", "/may-send", 405),
        ],
    )
    def test_is_a_problem_too(self, crm: Caller, method: str, path: str, status: int) -> None:
        answer = crm.calls(method, path)
        assert is_problem(answer, status, "not_found" if status == 404 else "invalid")

    def test_too_much_at_once(self, crm: Caller) -> None:
        answer = crm.calls("POST", "/contacts", JO | {"name": "x" * 1_100_000})
        assert (answer.status_code, answer.mimetype) in ((413, PROBLEM), (422, PROBLEM))

    @pytest.mark.parametrize(
        ("body", "why"),
        [
            ("name=Jo", "as JSON"), ("", "as JSON"), ("[" * 100_000, "nested too deeply"),
            ('{"a":' * 100_000, "nested too deeply"),
        ],
        ids=["a form", "nothing", "deep", "deeper"],
    )  # fmt: skip
    def test_what_is_no_json(self, crm: Caller, body: str, why: str) -> None:
        answer = crm.calls("POST", "/contacts", data=body)
        assert is_problem(answer, 400, "invalid")
        assert why in said(answer)["detail"]

    @pytest.mark.parametrize("depth", [100, 400, 900])
    def test_what_is_nested_no_field_takes(self, crm: Caller, depth: int) -> None:
        for body in ('{"a":' * depth + "1" + "}" * depth, '{"name":' + "[" * depth + "]" * depth):
            answer = crm.calls("POST", "/contacts", data=body.ljust(len(body) + 1, "}"))
            assert answer.status_code in (400, 422), depth

    def test_a_method_that_is_not_allowed_leads_to_those_that_are(self, crm: Caller) -> None:
        answer = crm.calls("DELETE", "/contacts")
        assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
        page = crm.client.delete("/contacts")
        assert (page.status_code, page.mimetype) == (405, "text/plain")
        assert "GET" in page.headers["Allow"]


def test_every_code_has_words() -> None:
    assert all(words.endswith(".") for words in WORDS.values())
