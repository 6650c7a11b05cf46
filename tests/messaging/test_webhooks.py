"""What is posted to us, by Twilio and by whoever would like to be taken for it."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from flask import Flask, request, request_started
from sqlalchemy import func, select, update
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client

from bot import problems
from bot.app import create_app
from bot.clock import SimulatedClock
from bot.config import Settings
from bot.messaging import stray_reports
from bot.people import accounts
from bot.runtime import Runtime
from bot.store.db import open_database
from bot.store.models import Delivery, Entry, Message, Problem, Stray
from tests.messaging.conftest import TOKEN, URL, Twilio
from tests.world import Friend, World, new_sid

INBOUND = "/twilio/inbound"


@pytest.fixture
def jo(world: World) -> Friend:
    friend = world.contact()
    friend.is_asked()
    return friend


def entries(world: World) -> int:
    with world.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(Entry)) or 0


def outbox_token(friend: Friend) -> str:
    with friend.world.database.reading() as connection:
        query = select(Message.token).where(Message.id == friend.request_id)
        return str(connection.scalar(query))


class TestAMessageComes:
    def test_it_is_taken_and_nothing_is_said_in_reply(self, jo: Friend, twilio: Twilio) -> None:
        answer = twilio.delivers(Body="Yes")
        assert (answer.status_code, answer.text, answer.mimetype) == (
            200,
            "<Response/>",
            "text/xml",
        )
        assert jo.state == "opted_in"

    def test_the_same_one_a_hundred_times_at_once_counts_once(
        self, jo: Friend, twilio: Twilio
    ) -> None:
        form = twilio.form(Body="Yes")
        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(lambda _: twilio.posts(INBOUND, form), range(100)))
        assert {answer.status_code for answer in answers} == {200}
        assert jo.recorded == ["consent.requested", "consent.given"]
        assert jo.heard == ["ask", "welcome"]

    def test_a_captured_yes_does_nothing_after_a_stop(self, jo: Friend, twilio: Twilio) -> None:
        captured = twilio.form(Body="Yes")
        twilio.posts(INBOUND, captured)
        twilio.delivers(Body="STOP")
        assert twilio.posts(INBOUND, captured).status_code == 200
        assert jo.state == "opted_out"

    def test_a_tap_on_a_button_counts_as_what_it_says(self, jo: Friend, twilio: Twilio) -> None:
        twilio.delivers(
            Body="Yes", ButtonText="Yes", ButtonPayload="optin_yes", MessageType="button"
        )
        assert jo.state == "opted_in"

    @pytest.mark.parametrize(
        "fields",
        [
            {
                "Body": "",
                "NumMedia": "1",
                "MediaUrl0": "https://x.test/1",
                "MediaContentType0": "a/b",
            },
            {"Body": "yes", "NumMedia": "1", "MediaContentType0": "application/pdf"},
            {"Body": "", "Latitude": "52.5", "Longitude": "13.4"},
            {"Body": "yes", "Latitude": "52.5", "Longitude": "13.4"},
            {"Body": "👍"},
            {"Body": "yesterday"},
            {"Body": "x" * 1600},
            {"Body": "\u202eyes?\u202c"},
            {"Body": "=1+1"},
            {"Body": "{{7*7}}<script>alert(1)</script>"},
        ],
        ids=lambda fields: repr(fields["Body"][:12]),
    )
    def test_what_is_not_a_yes_is_recorded_and_gives_nothing(
        self, jo: Friend, twilio: Twilio, fields: dict[str, str]
    ) -> None:
        assert twilio.delivers(**fields).status_code == 200
        assert jo.state == "requested"
        assert jo.recorded[-1] == "reply.unclear"
        assert [line.text for line in jo.lines if line.kind == "in"] == [fields["Body"]]

    def test_a_nul_is_stored_as_its_visible_sign(self, jo: Friend, twilio: Twilio) -> None:
        assert twilio.delivers(Body="a\0b").status_code == 200
        assert [line.text for line in jo.lines if line.kind == "in"] == ["a␀b"]

    def test_unknown_fields_are_welcome(self, jo: Friend, twilio: Twilio) -> None:
        assert twilio.delivers(Body="Yes", SomethingNew="1").status_code == 200
        assert jo.state == "opted_in"

    def test_somebody_with_a_username_and_no_number_is_somebody(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        assert (
            twilio.delivers(From="whatsapp:US.13491208655302741918", Body="hi").status_code == 200
        )
        with world.database.reading() as connection:
            to = connection.scalars(select(Message.to_address).where(Message.kind == "ask")).all()
        assert "whatsapp:US.13491208655302741918" in to

    def test_an_sms_to_the_same_address_never_changes_whatsapp_consent(
        self, jo: Friend, twilio: Twilio
    ) -> None:
        answer = twilio.delivers(From=jo.phone, To="+15550001000", Body="Yes")
        assert answer.status_code == 200
        assert jo.state == "requested"


class TestNobodyElseIsBelieved:
    @pytest.mark.parametrize(
        "signature",
        ["", "forged", "é" * 28, "A" * 7000, base64.b64encode(b"x" * 20).decode()],
        ids=["none", "forged", "not ascii", "endless", "well formed"],
    )
    def test_a_bad_signature_is_refused(self, jo: Friend, twilio: Twilio, signature: str) -> None:
        sent = signature.encode().decode("latin-1")
        answer = twilio.posts(INBOUND, twilio.form(), signature=sent)
        assert answer.status_code == 403
        assert jo.recorded == ["consent.requested"]

    def test_one_changed_field_spoils_the_signature(self, jo: Friend, twilio: Twilio) -> None:
        form = twilio.form(Body="No")
        signature = twilio.sign(INBOUND, form)
        answer = twilio.posts(INBOUND, form | {"Body": "Yes"}, signature=signature)
        assert answer.status_code == 403
        assert jo.state == "requested"

    def test_a_refused_webhook_is_shown_with_its_cause(
        self, world: World, jo: Friend, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(problems, "_noted", {})  # others were refused a moment ago
        twilio.posts(INBOUND, twilio.form(), signature="forged")
        with world.database.reading() as connection:
            [words] = connection.scalars(select(Problem.words))
        assert "PUBLIC_URL" in words

    def test_the_old_token_counts_while_both_are_in_use(self, jo: Friend, twilio: Twilio) -> None:
        form = twilio.form(Body="Yes")
        signature = twilio.sign(INBOUND, form, token="the-old-token")
        assert twilio.posts(INBOUND, form, signature=signature).status_code == 200

    @pytest.mark.parametrize("host", ["evil.test", "x:99999", "", "[::1", "a b"])
    def test_the_host_that_was_asked_for_changes_nothing(
        self, jo: Friend, twilio: Twilio, host: str
    ) -> None:
        answer = twilio.posts(
            INBOUND, twilio.form(Body="Yes"),
            environ={
                "HTTP_HOST": host, "HTTP_X_FORWARDED_HOST": "evil.test", "wsgi.url_scheme": "http",
            },
        )  # fmt: skip
        assert answer.status_code == 200
        assert jo.state == "opted_in"

    @pytest.mark.parametrize("url", [URL, f"{URL}:443"])
    def test_the_default_port_may_be_named_or_not(
        self, jo: Friend, twilio: Twilio, url: str
    ) -> None:
        form = twilio.form(Body="Yes")
        signature = twilio.sign(INBOUND, form, url=url)
        assert twilio.posts(INBOUND, form, signature=signature).status_code == 200

    @pytest.mark.parametrize("query", ["?e=a%40b.com", "?x=%C3%B1&y=%7e", "?a=1&a=2"])
    def test_the_query_is_signed_as_it_was_sent(
        self, jo: Friend, twilio: Twilio, query: str
    ) -> None:
        assert twilio.posts(INBOUND + query, twilio.form(Body="Yes")).status_code == 200

    def test_without_the_raw_target_it_is_put_together_again(
        self, jo: Friend, twilio: Twilio
    ) -> None:
        path = INBOUND + "?e=a%40b.com&x=%C3%B1"
        environ = {"RAW_URI": "", "REQUEST_URI": "", "QUERY_STRING": "e=a%40b.com&x=%C3%B1"}
        assert twilio.posts(path, twilio.form(), environ=environ).status_code == 200


class TestSignedNonsense:
    def test_fields_moved_between_names_and_values_are_not_believed(
        self, jo: Friend, twilio: Twilio
    ) -> None:
        form = twilio.form(Body="Yes")
        signature = twilio.sign(INBOUND, form)
        spliced = dict(form)
        spliced["Body"] += "From" + spliced.pop("From")
        answer = twilio.posts(INBOUND, spliced, signature=signature)
        assert answer.status_code in (400, 403)
        assert jo.state == "requested"

    def test_a_field_that_stands_twice(self, jo: Friend, twilio: Twilio) -> None:
        form = MultiDict(twilio.form(Body="Yes"))
        form.add("Body", "STOP")
        body = urlencode(list(form.items(multi=True)))
        signature = twilio.sign(INBOUND, form)
        assert twilio.posts(INBOUND, {}, body=body, signature=signature).status_code == 400
        assert jo.state == "requested"

    @pytest.mark.parametrize("name", ["MessageSid", "From", "To", "Body", "AccountSid"])
    def test_a_field_that_is_missing(
        self, world: World, jo: Friend, twilio: Twilio, name: str
    ) -> None:
        form = twilio.form()
        del form[name]
        before = entries(world)
        answer = twilio.posts(INBOUND, form)
        assert answer.status_code == 400
        assert name in answer.text
        assert entries(world) == before

    @pytest.mark.parametrize(
        "fields",
        [
            {"AccountSid": "AC" + "b" * 32},
            {"MessageSid": "SM123"},
            {"MessageSid": "SM" + "'" * 32},
            {"To": "+15550001000"},
        ],
        ids=["another account", "short sid", "strange sid", "mixed channels"],
    )
    def test_fields_that_cannot_be(
        self, jo: Friend, twilio: Twilio, fields: dict[str, str]
    ) -> None:
        assert twilio.delivers(**fields).status_code == 400

    @pytest.mark.parametrize(
        "sender",
        ["whatsapp:+", "whatsapp:15550001111", "whatsapp:+٤٩١٥١", "12345", "whatsapp:", "x" * 500,
         "messenger:123", "whatsapp:+0123456789"],
    )  # fmt: skip
    def test_from_something_that_is_no_address_is_kept_for_a_person(
        self, world: World, jo: Friend, twilio: Twilio, sender: str
    ) -> None:
        before = entries(world)
        assert twilio.delivers(From=sender, Body="STOP").status_code == 200
        assert entries(world) == before
        with world.database.reading() as connection:
            forms = connection.scalars(select(Stray.form)).all()
        assert [form["Body"] for form in forms] == ["STOP"]

    def test_to_a_number_that_is_not_ours_is_kept_for_a_person(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        answer = twilio.delivers(To="whatsapp:+15559999999")
        assert (answer.status_code, answer.text) == (200, "<Response/>")
        with world.database.reading() as connection:
            assert connection.scalars(select(Stray.reason)).all() == ["to none of our senders"]


class TestTheEnvelope:
    @pytest.mark.parametrize("size", [65 * 1024, 10 * 1024 * 1024])
    def test_too_much(self, twilio: Twilio, size: int) -> None:
        assert twilio.delivers(Body="x" * size).status_code == 413

    def test_without_a_length(self, twilio: Twilio) -> None:
        answer = twilio.posts(
            INBOUND, twilio.form(),
            environ={"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"},
        )  # fmt: skip
        assert answer.status_code == 411

    def test_too_many_fields(self, twilio: Twilio) -> None:
        assert twilio.delivers(**{f"f{n}": "" for n in range(1500)}).status_code == 400

    def test_json_is_not_a_form(self, twilio: Twilio) -> None:
        answer = twilio.posts(
            f"{INBOUND}?bodySHA256={'0' * 64}", {}, body="{}", content_type="application/json"
        )
        assert answer.status_code == 415

    def test_a_form_is_checked_as_a_form_whatever_the_query_claims(
        self, jo: Friend, twilio: Twilio
    ) -> None:
        path = f"{INBOUND}?bodySHA256={'0' * 64}"
        assert twilio.posts(path, twilio.form(Body="Yes")).status_code == 200

    @pytest.mark.parametrize(
        "body", [b"Body=%FF%FE", b"Body=\xff\xfe", b"Body=%ED%A0%80", b"&&&=", b""]
    )
    def test_bytes_that_are_no_text(self, twilio: Twilio, body: bytes) -> None:
        answer = twilio.posts(INBOUND, {}, body=body or b" ", signature="forged")
        assert answer.status_code == 403

    def test_a_look_with_a_browser(self, twilio: Twilio) -> None:
        answer = twilio.client.get(INBOUND)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert "take POST" in answer.text

    @pytest.mark.parametrize(
        "path", ["", "/", "/inbound/", "/inbound/more", "//inbound", "/status", "/status/", "/sent"]
    )
    def test_another_address(self, twilio: Twilio, path: str) -> None:
        answer = twilio.posts(f"/twilio{path}", twilio.form(Body="Yes"))
        assert answer.status_code == 404
        assert "/twilio/inbound" in answer.text

    def test_addresses_that_only_begin_alike(self, twilio: Twilio) -> None:
        assert twilio.posts("/twilioinbound", twilio.form()).status_code == 404
        assert twilio.posts("/twilio/status/a/b", twilio.form()).status_code == 404


class TestAFateIsKnown:
    def test_out_of_order_and_three_times_each(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        token = outbox_token(jo)
        for status in ("delivered", "sent", "queued") * 3:
            assert twilio.reports(token, status).status_code == 200
        assert jo.lines[0].status == "delivered"
        with world.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Delivery)) == 9

    def test_read_means_delivered_and_a_failure_afterwards_does_not_count(
        self, jo: Friend, twilio: Twilio
    ) -> None:
        token = outbox_token(jo)
        twilio.reports(token, "read")
        twilio.reports(token, "undelivered", ErrorCode="63024")
        assert jo.lines[0].status == "read"
        assert jo.state == "requested"

    @pytest.mark.parametrize("code", ["63003", "63024"])
    def test_not_on_whatsapp(self, jo: Friend, twilio: Twilio, code: str) -> None:
        twilio.reports(outbox_token(jo), "undelivered", ErrorCode=code)
        assert jo.state == "unreachable"
        assert jo.lines[0].status == "undelivered"
        assert jo.lines[0].error
        assert jo.told[-1] == "unreachable"

    def test_the_same_failure_twice_is_told_once(self, jo: Friend, twilio: Twilio) -> None:
        token = outbox_token(jo)
        twilio.reports(token, "failed", ErrorCode="63024")
        twilio.reports(token, "failed", ErrorCode="63024")
        assert jo.told.count("unreachable") == 1

    def test_blocked(self, jo: Friend, twilio: Twilio) -> None:
        twilio.reports(outbox_token(jo), "failed", ErrorCode="63014")
        assert jo.state == "opted_out"

    def test_a_code_that_is_not_on_the_list_is_final_and_said(
        self, jo: Friend, twilio: Twilio
    ) -> None:
        twilio.reports(outbox_token(jo), "failed", ErrorCode="69999", ErrorMessage="Odd thing")
        assert jo.state == "undelivered"
        assert "69999" in str(jo.lines[0].error)
        assert "Odd thing" in jo.lines[-1].text

    def test_what_may_pass_is_queued_again_unless_it_arrived_after_all(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        token = outbox_token(jo)
        twilio.reports(token, "sent")
        twilio.reports(token, "undelivered", ErrorCode="63018")
        twilio.reports(token, "sent")
        assert jo.lines[0].status == "queued"
        twilio.reports(token, "delivered")
        assert jo.lines[0].status == "delivered"

    def test_outside_the_window_our_clock_was_wrong(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        jo.says("Yes")
        with world.database.reading() as connection:
            token = connection.scalar(select(Message.token).where(Message.kind == "welcome"))
        twilio.reports(str(token), "failed", ErrorCode="63016")
        assert not jo.may("send_text")
        assert jo.may("send_template")

    def test_nobodys_token_is_taken_and_changes_nothing(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        before = entries(world)
        assert twilio.reports("nobodys", "delivered").status_code == 200
        assert entries(world) == before
        assert jo.lines[0].status == "queued"

    def test_what_is_reported_under_it_is_kept_and_shown(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        first, second = new_sid(), new_sid()
        for status, sid in (("sent", first), ("sent", second), ("undelivered", first)):
            world.passes(seconds=1)
            twilio.reports("nobodys", status, MessageSid=sid, ErrorCode="30003")
        with world.database.reading() as connection:
            kept = [(one.sid, one.status) for one in stray_reports.latest(connection, 10)]
            [(words, times)] = connection.execute(select(Problem.words, Problem.count)).all()
        assert kept == [(first, "undelivered"), (second, "sent")]
        assert times == 3
        assert f"the last time on {first} (undelivered)" in words
        assert "Give every installation its own PUBLIC_URL" in words

    @pytest.mark.parametrize("token", ["%00", "a%00b", "%00%00"])
    def test_a_token_that_nobody_can_keep(self, jo: Friend, twilio: Twilio, token: str) -> None:
        answer = twilio.reports(token, "delivered")
        assert (answer.status_code, answer.mimetype) == (404, "text/plain")
        assert "/twilio/status/<token>" in answer.text

    @pytest.mark.parametrize("token", ["%ff", "%ed%a0%80", "%c3%a9", "x" * 3000, "'", "%25", "a b"])
    def test_a_token_as_odd_as_any_is_nobodys(self, jo: Friend, twilio: Twilio, token: str) -> None:
        assert twilio.reports(token, "delivered").status_code == 200

    def test_a_status_that_is_none(self, jo: Friend, twilio: Twilio) -> None:
        assert twilio.reports(outbox_token(jo), "vanished").status_code == 400

    def test_a_report_must_be_signed_for_its_own_address(self, jo: Friend, twilio: Twilio) -> None:
        form = {"MessageSid": new_sid(), "AccountSid": "AC" + "a" * 32, "MessageStatus": "sent"}
        signature = twilio.sign("/twilio/status/other", form, TOKEN)
        path = f"/twilio/status/{outbox_token(jo)}"
        assert twilio.posts(path, form, signature=signature).status_code == 403

    def test_a_report_before_our_own_answer_gives_the_message_its_sid(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Message).values(status="sending", attempt=1))
        world.passes(minutes=3)
        twilio.reports(outbox_token(jo), "sent", MessageSid="MM" + "7" * 32)
        with world.database.reading() as connection:
            sid, status = connection.execute(select(Message.sid, Message.status)).one()
        assert (sid, status) == ("MM" + "7" * 32, "sent")
        assert jo.now.due_at is not None
        assert (jo.now.due_at - world.now).total_seconds() == 86_400

    def test_a_sid_that_another_row_took_for_its_own_is_noted_and_not_taken_away(
        self, world: World, jo: Friend, twilio: Twilio
    ) -> None:
        other = world.contact("+4915100000009")
        other.is_asked()
        sid = "MM" + "8" * 32
        with world.database.writing() as connection:
            connection.execute(update(Message).values(status="sending", attempt=1))
        twilio.reports(outbox_token(other), "sent", MessageSid=sid)
        answer = twilio.reports(outbox_token(jo), "delivered", MessageSid=sid)
        assert answer.status_code == 200
        assert jo.lines[0].status == "delivered"
        with world.database.reading() as connection:
            assert connection.scalars(select(Problem.kind)).all() == ["message mistaken"]


def test_no_webhook_enters_flask(jo: Friend, twilio: Twilio, app: Flask) -> None:
    """What Flask does around a view costs more than all that a webhook needs."""
    entered: list[str] = []

    def note(_app: Flask, **_more: object) -> None:
        entered.append(request.path)

    with request_started.connected_to(note, app):
        answers = [
            twilio.delivers(Body="Yes"),
            twilio.reports(outbox_token(jo), "delivered"),
            twilio.posts(INBOUND, twilio.form(), signature="forged"),
            twilio.posts("/twilio/elsewhere", {}),
            twilio.client.get(INBOUND),
            twilio.client.get("/healthz"),
        ]
    assert [one.status_code for one in answers] == [200, 200, 403, 404, 405, 200]
    assert entered == ["/healthz"], "and everything else does"


def test_with_a_movable_clock_too_a_turn_needs_no_second_connection(
    jo: Friend, settings: Settings
) -> None:
    """With 64 threads at once each would wait for one that another holds."""
    database = open_database(settings.database_url, pool_size=1)
    client = Client(create_app(Runtime(settings, database, SimulatedClock(database))))
    with database.writing() as connection:
        token = accounts.add_token(connection, jo.key[0], "crm", jo.world.now)
    system = {"Authorization": f"Bearer {token}"}
    twilio = Twilio(client)
    assert twilio.delivers(Body="Yes").status_code == 200
    assert twilio.reports(outbox_token(jo), "delivered").status_code == 200
    answer = client.get("/api/v1/may-send?phone=%2B4915112345678", headers=system)
    assert answer.status_code == 200
    database.close()
