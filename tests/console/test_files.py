"""A file that an agent sends along: from the form to Twilio, who fetches it, and to the page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import select
from werkzeug.test import TestResponse

from bot.config import Settings
from bot.conversations import attachments
from bot.conversations.attachments import MEGABYTE, read_file
from bot.messaging.media_links import LASTS, MediaLinks
from bot.messaging.outgoing import Outgoing
from bot.people.mistakes import Mistake
from bot.store.models import Attachment, Message
from tests.console.conftest import HOST, PAGE, Browser, add_member, signed_in
from tests.console.test_rooms import talk
from tests.messaging.post_office import PostOffice
from tests.world import Friend, World

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40
PDF = b"%PDF-1.7 the terms"


def opted_in(world: World) -> Friend:
    friend = world.contact()
    friend.is_asked()
    friend.says("yes")
    return friend


def send(
    browser: Browser, friend: Friend, content: bytes, name: str = "plan.png", text: str = "",
    key: str = "",
) -> TestResponse:  # fmt: skip
    form = {"file": (BytesIO(content), name), "text": text, "key": key}
    path = f"{talk(friend)}/messages"
    return browser.post(path, form, content_type="multipart/form-data")


def files(world: World, friend: Friend) -> list[tuple[str, list[dict[str, str]] | None]]:
    """The messages that agents wrote: text and what goes along."""
    query = select(Message.text, Message.media).where(
        Message.conversation_id == friend.key[1], Message.author.is_not(None)
    )
    with world.database.reading() as connection:
        return [(row.text, row.media) for row in connection.execute(query.order_by(Message.seq))]


class TestSending:
    def test_a_picture_goes_out_with_its_text_beneath(self, agent: Browser, world: World) -> None:
        friend = opted_in(world)
        assert send(agent, friend, PICTURE, text="Our shop").status_code == 303
        [(text, media)] = files(world, friend)
        assert text == "Our shop"
        assert media
        assert (media[0]["type"], media[0]["name"]) == ("image/png", "plan.png")
        page = agent.get(talk(friend)).text
        assert f'<img class="picture" src="/attachments/{media[0]["attachment"]}"' in page

    def test_whatsapp_would_drop_a_text_beneath_a_pdf_so_it_follows(
        self, agent: Browser, world: World
    ) -> None:
        friend = opted_in(world)
        send(agent, friend, PDF, "terms.pdf", "Please read this")
        (first, media), (second, none) = files(world, friend)
        assert (first, second) == ("", "Please read this")
        assert media
        assert media[0]["type"] == "application/pdf"
        assert none is None

    def test_sent_twice_it_goes_out_once(self, agent: Browser, world: World) -> None:
        friend = opted_in(world)
        for _ in range(2):
            send(agent, friend, PICTURE, key="a")
        assert len(files(world, friend)) == 1

    def test_goes_along_although_somebody_was_quicker(
        self, agent: Browser, world: World, overtaken_once: Callable[[], None]
    ) -> None:
        friend = opted_in(world)
        overtaken_once()
        assert send(agent, friend, PICTURE, text="Our shop").status_code == 303
        [(text, media)] = files(world, friend)
        assert text == "Our shop"
        assert media
        assert agent.get(f"/attachments/{media[0]['attachment']}").data == PICTURE

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "The file is empty."),
            (b"<svg onload=alert(1)>", "does not take this kind of file"),
            (b"MZ a program", "does not take this kind of file"),
        ],
    )
    def test_what_whatsapp_would_not_take_is_refused_in_words(
        self, agent: Browser, world: World, content: bytes, why: str
    ) -> None:
        friend = opted_in(world)
        answer = send(agent, friend, content, "photo.png", "with words")
        assert answer.status_code == 422
        assert why in answer.text
        assert "with words" in answer.text
        assert files(world, friend) == []

    def test_more_than_any_file_may_have_is_not_even_read(
        self, agent: Browser, world: World
    ) -> None:
        path = f"{talk(opted_in(world))}/messages"
        answer = agent.client.post(
            path, data=b"0" * 17 * MEGABYTE, base_url=f"https://{HOST}", headers=PAGE,
            content_type="multipart/form-data; boundary=x",
        )  # fmt: skip
        assert answer.status_code == 413
        assert "a file has at most 16 MB" in answer.text

    def test_none_after_an_opt_out_and_none_outside_the_window(
        self, app: Flask, world: World
    ) -> None:
        friend = opted_in(world)
        world.passes(hours=25)
        agent = signed_in(app, world, add_member(world))
        assert "within 24 hours" in send(agent, friend, PICTURE).text
        friend.says("STOP")
        refused = send(agent, friend, PICTURE)
        assert refused.status_code == 409
        assert "The contact has opted out" in refused.text
        assert files(world, friend) == []

    def test_none_by_sms(self, agent: Browser, world: World) -> None:
        friend = world.contact(channel="sms")
        refused = send(agent, friend, PICTURE)
        assert refused.status_code == 409
        assert "on WhatsApp only" in refused.text
        assert 'type="file"' not in agent.get(talk(friend)).text


class TestFetching:
    @pytest.fixture
    def address(self, agent: Browser, world: World, settings: Settings) -> str:
        """What Twilio is told."""
        friend = opted_in(world)
        send(agent, friend, PDF, "größe & plan.pdf")
        query = select(Message).where(Message.author.is_not(None))
        with world.database.reading() as connection:
            row = connection.execute(query).one()._asdict()
        [url] = Outgoing(settings).parameters(row)["media_url"]
        assert url.startswith(f"https://{HOST}/media/")
        return str(url)

    def test_twilio_gets_the_bytes_and_no_browser_runs_them(self, address: str, app: Flask) -> None:
        answer = Browser(app).get(address)
        assert answer.data == PDF
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        name = "gr%C3%B6%C3%9Fe%20%26%20plan.pdf"
        assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"

    def test_an_address_that_was_changed_leads_nowhere(self, address: str, app: Flask) -> None:
        stranger = Browser(app)
        for spoilt in (address[:-1], address[:-1] + "~", "/media/x", "/media/W10.x"):
            assert stranger.get(spoilt).status_code == 404

    def test_an_address_ends(self, address: str, settings: Settings) -> None:
        token, soon = address.rpartition("/")[2], datetime.now(UTC) + timedelta(minutes=1)
        links = MediaLinks(settings)
        assert links.file_of(token, soon)
        assert links.file_of(token, soon + LASTS) is None

    def test_another_secret_signs_another_address(self, address: str, settings: Settings) -> None:
        other = settings.model_copy(update={"secret_key": SecretStr("x" * 16)})
        assert MediaLinks(other).file_of(address.rpartition("/")[2], datetime.now(UTC)) is None


class TestShowing:
    def test_only_to_the_organization_whose_it_is(
        self, app: Flask, agent: Browser, world: World
    ) -> None:
        friend = opted_in(world)
        send(agent, friend, PICTURE)
        found = re.search(r"/attachments/[0-9a-f-]{36}", agent.get(talk(friend)).text)
        assert found
        shown = agent.get(found[0])
        assert shown.data == PICTURE
        assert shown.headers["Content-Disposition"].startswith("inline")
        other = world.add_organization("Other")
        outsider = signed_in(app, world, add_member(world, "agent", other, "x@example.org"))
        assert outsider.get(found[0]).status_code == 404
        assert Browser(app).get(found[0]).status_code == 303

    def test_what_the_contact_sent_is_named(self, agent: Browser, world: World) -> None:
        friend = opted_in(world)
        url = "https://api.twilio.com/media/ME1"
        friend.says("", media=({"url": url, "type": "image/jpeg"},))
        page = agent.get(talk(friend)).text
        assert f'href="{url}"' in page
        assert "Picture (image/jpeg)" in page


class TestForgetting:
    @pytest.fixture
    def friend(self, agent: Browser, world: World) -> Friend:
        """Somebody to whom a picture is on its way."""
        friend = opted_in(world)
        PostOffice(world).sends_everything()
        send(agent, friend, PICTURE)
        return friend

    def forget(self, world: World, limit: int = 10) -> int:
        with world.database.writing() as connection:
            return attachments.forget(connection, world.now - LASTS, world.now, limit)

    def test_what_was_sent_is_forgotten_and_what_it_was_stays(
        self, app: Flask, world: World, friend: Friend
    ) -> None:
        assert PostOffice(world).sends_everything() == ["text"]
        world.passes(days=8)
        assert [self.forget(world), self.forget(world)] == [1, 0]

        with world.database.reading() as connection:
            row = connection.execute(select(*Attachment.__table__.columns)).one()
        assert (row.name, row.type, row.content) == ("plan.png", "image/png", b"")
        assert (row.size, row.sha256) == (len(PICTURE), hashlib.sha256(PICTURE).hexdigest())
        assert row.forgotten_at == world.now
        [file] = friend.lines[-1].media or []
        assert (file["size"], file["sha256"], file["kept"]) == (row.size, row.sha256, False)

        agent = signed_in(app, world, add_member(world, email="later@example.org"))
        page = agent.get(talk(friend)).text
        assert "plan.png, no longer kept" in page
        assert f"/attachments/{row.id}" not in page
        answer = agent.get(f"/attachments/{row.id}")
        assert answer.status_code == 410
        assert f"plan.png is no longer kept, since {world.now:%Y-%m-%d}." in answer.text

    def test_what_may_yet_be_sent_stays(self, world: World, friend: Friend) -> None:
        world.passes(days=8)
        assert self.forget(world) == 0
        PostOffice(world).sends_everything()
        assert self.forget(world) == 1

    def test_what_was_cancelled_is_forgotten_too(self, world: World, friend: Friend) -> None:
        friend.says("STOP")
        PostOffice(world).sends_everything()
        assert PostOffice(world).status(friend, "text") == "cancelled"
        world.passes(days=8)
        assert self.forget(world) == 1

    def test_the_oldest_go_first_a_batch_at_a_time(
        self, agent: Browser, world: World, friend: Friend
    ) -> None:
        send(agent, friend, PDF, "terms.pdf")
        PostOffice(world).sends_everything()
        world.passes(days=6)
        with world.database.writing() as connection:
            attachments.keep(connection, friend.key, read_file("new.pdf", PDF), world.now)
        world.passes(days=2)
        assert [self.forget(world, 1) for _ in range(3)] == [1, 1, 0]
        with world.database.reading() as connection:
            kept = select(Attachment.name).where(Attachment.forgotten_at.is_(None))
            assert connection.scalars(kept).all() == ["new.pdf"]

    def test_its_address_leads_nowhere(
        self, app: Flask, world: World, friend: Friend, settings: Settings
    ) -> None:
        PostOffice(world).sends_everything()
        world.passes(days=8)  # in a simulation: the address goes by the real clock
        self.forget(world)
        with world.database.reading() as connection:
            attachment_id = connection.scalars(select(Attachment.id)).one()
        address = MediaLinks(settings).address((world.organization_id, attachment_id))
        assert Browser(app).get(address).status_code == 404


class TestKinds:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"RIFF0000WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x18ftypmp42", "video/mp4"),
            (b"\0\0\0\x18ftyp3gp4", "video/3gpp"),
            (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
            (b"OggS\0\2", "audio/ogg"),
            (b"ID3\4", "audio/mpeg"),
            (b"#!AMR\n", "audio/amr"),
            (b"\xff\xf1P", "audio/aac"),
        ],
    )
    def test_bytes_say_what_a_file_is_and_names_do_not(self, content: bytes, kind: str) -> None:
        assert read_file("yes.exe", content).type == kind

    def test_a_name_is_a_name_and_no_path(self) -> None:
        assert read_file("C:\\secret\\a\nb.png", PICTURE).name == "ab.png"
        assert read_file("../../etc/passwd", PICTURE).name == "passwd"
        assert read_file("\n", PICTURE).name == "file"

    def test_a_file_that_is_none_of_ours(self, world: World) -> None:
        with world.database.reading() as connection:
            assert attachments.find(connection, (world.organization_id, UUID(int=1))) is None

    @pytest.mark.parametrize(("beginning", "most"), [(PICTURE, 5), (PDF, 16)])
    def test_a_file_is_no_larger_than_whatsapp_takes(self, beginning: bytes, most: int) -> None:
        whole = beginning + b"0" * (most * MEGABYTE - len(beginning))
        assert read_file("a", whole).content == whole
        with pytest.raises(Mistake, match=f"WhatsApp takes {most} MB of this kind"):
            read_file("a", whole + b"0")
