"""Many contacts asked by another system: seen beforehand, begun once, followed, and stopped."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from bot.campaigns import candidates, step
from bot.store.models import Address, Campaign, Contact
from tests.api.conftest import Caller, is_problem, said
from tests.campaigns.crowd import Crowd, friends, numbers
from tests.counting import statements
from tests.world import SMS, WHATSAPP, Friend, World

BASIS = {"basis": "asked for it on a form"}
EVERYBODY = BASIS | {"everybody": True}


@pytest.fixture
def crowd(world: World) -> Crowd:
    """An organization that may reach everybody at once, at any hour."""
    crowd = Crowd(world)
    crowd.chooses(messaging_limit=0)
    crowd.chooses(quiet_hours="")
    return crowd


def ids(people: list[Friend]) -> list[str]:
    return [str(friend.now.contact_id) for friend in people]


def goes_on(world: World) -> None:
    """The worker asks whoever can be asked at this moment."""
    sender_id = world.house().sender_id
    asked = True
    while asked:
        Crowd(world).leaves()
        with world.database.writing() as connection:
            asked = bool(step.ask_next(connection, sender_id, world.now))


def begun(world: World) -> int:
    """How many bulk requests there are."""
    with world.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(Campaign)) or 0


class TestDryRun:
    def test_says_who_would_be_asked_and_who_not_and_why(self, crm: Caller, crowd: Crowd) -> None:
        fresh, no, waits = people = friends(crowd.world, numbers(3))
        for friend in (no, waits):
            friend.is_asked()
        no.says("no")
        unknown = str(uuid4())
        meant = [*ids(people), unknown, ids(people)[0]]
        told = crm.posts("/bulk", BASIS | {"contact_ids": meant, "dry_run": True}, 200)
        assert {name: told[name] for name in told.keys() - {"items"}} == {
            "asked": 1, "later": 0, "refused": 4, "reach": None,
            "reasons": {
                "already_requested": 1, "not_found": 1, "opted_out": 1, "repeated": 1,
            },
        }  # fmt: skip
        assert [(one["place"], one["contact_id"], one["reason"]) for one in told["items"]] == [
            (1, meant[0], None), (2, meant[1], "opted_out"), (3, meant[2], "already_requested"),
            (4, None, "not_found"), (5, meant[0], "repeated"),
        ]  # fmt: skip
        assert told["items"][0] == {
            "place": 1, "contact_id": meant[0], "name": "Jo", "address": fresh.phone,
            "outcome": "asked", "reason": None, "words": None, "allowed_at": None,
        }  # fmt: skip
        assert told["items"][2]["allowed_at"] == "2026-03-02T12:00:00Z"
        assert unknown in told["items"][3]["words"]

    def test_says_who_sleeps_and_until_when(self, crm: Caller, world: World) -> None:
        Crowd(world).chooses(messaging_limit=250)
        world.contact("+819012345678")
        told = crm.posts("/bulk", EVERYBODY | {"dry_run": True}, 200)
        assert (told["asked"], told["later"], told["reach"]) == (0, 1, 250)
        (asleep,) = told["items"]
        assert (asleep["outcome"], asleep["reason"]) == ("later", "quiet_hours")
        assert asleep["allowed_at"] == "2026-03-01T23:00:00Z"

    def test_changes_nothing_and_uses_up_no_key(self, crm: Caller, crowd: Crowd) -> None:
        friends(crowd.world, numbers(2))
        first = crm.calls("POST", "/bulk", EVERYBODY | {"dry_run": True}, key="one")
        assert (first.status_code, said(first)["asked"]) == (200, 2)
        assert begun(crowd.world) == 0
        goes_on(crowd.world)
        assert crowd.requests() == Counter()
        assert crm.calls("POST", "/bulk", EVERYBODY, key="one").status_code == 202

    def test_foresees_what_happens(self, crm: Caller, crowd: Crowd) -> None:
        people = friends(crowd.world, numbers(4))
        people[0].is_asked()
        people[1].says("STOP")
        meant = BASIS | {"contact_ids": [*ids(people), str(uuid4())]}
        told = crm.posts("/bulk", meant | {"dry_run": True}, 200)
        bulk = crm.posts("/bulk", meant, 202)
        goes_on(crowd.world)
        shown = crm.gets(f"/bulk/{bulk['id']}")
        assert (shown["statuses"]["asked"], shown["statuses"]["refused"]) == (2, 3)
        assert (told["asked"], told["refused"]) == (2, 3)
        assert shown["reasons"] == told["reasons"]


class TestAsking:
    def test_goes_its_course(self, crm: Caller, crowd: Crowd) -> None:
        first, second, _ = people = friends(crowd.world, numbers(3))
        bulk = crm.posts("/bulk", BASIS | {"contact_ids": ids(people[:2])}, 202)
        assert bulk == {
            "id": bulk["id"], "status": "running", "obstacle": None,
            "due_at": "2026-03-01T12:00:00Z", "channel": "whatsapp", "sender": WHATSAPP,
            "basis": "asked for it on a form", "source": "2 chosen contacts", "asked_by": "crm",
            "created_at": "2026-03-01T12:00:00Z", "ended_at": None, "total": 2,
            "statuses": {"asked": 0, "waiting": 2, "refused": 0, "failed": 0, "cancelled": 0},
            "reasons": {}, "states": {}, "may": ["pause", "cancel"],
        }  # fmt: skip
        goes_on(crowd.world)
        second.says("yes")
        shown = crm.gets(f"/bulk/{bulk['id']}")
        assert (shown["status"], shown["due_at"], shown["may"]) == ("done", None, [])
        assert shown["statuses"]["asked"] == 2
        assert shown["states"] == {"opted_in": 1, "requested": 1}
        assert shown["ended_at"] == "2026-03-01T12:00:00Z"
        assert crowd.requests() == Counter([first.phone, second.phone])
        assert bulk["id"] in first.links[0].body
        assert second.is_proved()

    def test_those_who_are_found(self, crm: Caller, crowd: Crowd) -> None:
        silent, answered, new = friends(crowd.world, numbers(3))
        for friend in (silent, answered):
            friend.is_asked()
        answered.says("yes")
        crowd.world.passes(hours=24)
        crowd.world.expire()
        bulk = crm.posts("/bulk", BASIS | {"state": "no_answer"}, 202)
        assert (bulk["source"], bulk["total"]) == ("contacts in the state no_answer", 1)
        goes_on(crowd.world)
        assert crowd.requests()[silent.phone] == 2
        by_name = crm.posts("/bulk", BASIS | {"q": "jo", "state": "new"}, 202)
        goes_on(crowd.world)
        assert by_name["total"] == 1
        assert crowd.requests()[new.phone] == 1

    def test_by_sms(self, crm: Caller, crowd: Crowd) -> None:
        friends(crowd.world, numbers(1))
        bulk = crm.posts("/bulk", EVERYBODY | {"channel": "sms", "sender": SMS}, 202)
        assert (bulk["channel"], bulk["sender"], bulk["total"]) == ("sms", SMS, 1)

    def test_one_who_joined_another_is_asked_as_them_and_once(
        self, crm: Caller, crowd: Crowd
    ) -> None:
        kim, jo = friends(crowd.world, numbers(2))
        kim_id, jo_id = ids([kim, jo])
        with crowd.world.database.writing() as connection:
            moves = update(Address).where(Address.contact_id == UUID(kim_id))
            connection.execute(moves.values(contact_id=UUID(jo_id)))
            joins = update(Contact).where(Contact.id == UUID(kim_id))
            connection.execute(joins.values(joined_to=UUID(jo_id)))
        meant = BASIS | {"contact_ids": [kim_id, jo_id], "dry_run": True}
        first, second = crm.posts("/bulk", meant, 200)["items"]
        assert (first["contact_id"], first["outcome"]) == (jo_id, "asked")
        assert (second["contact_id"], second["reason"]) == (jo_id, "repeated")

    def test_the_same_call_twice_asks_once(self, crm: Caller, crowd: Crowd) -> None:
        friends(crowd.world, numbers(2))
        answers = [crm.calls("POST", "/bulk", EVERYBODY, key="one") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert answers[0].json == answers[1].json
        assert begun(crowd.world) == 1
        other = crm.calls("POST", "/bulk", EVERYBODY | {"basis": "another"}, key="one")
        assert is_problem(other, 422, "idempotency_key_reused")

    def test_eight_at_once_under_one_key_are_one(
        self, app: Flask, crm: Caller, crowd: Crowd
    ) -> None:
        people = friends(crowd.world, numbers(5))

        def begins(_: int) -> Any:
            caller = Caller(app.test_client(), crm.token)
            return caller.calls("POST", "/bulk", EVERYBODY, key="one")

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(begins, range(8)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.json["id"] for answer in answers}) == begun(crowd.world) == 1
        goes_on(crowd.world)
        assert crowd.requests() == Counter(friend.phone for friend in people)


class TestRefusing:
    @pytest.mark.parametrize(
        "given",
        [
            {"everybody": True}, EVERYBODY | {"basis": " "}, EVERYBODY | {"basis": "\x1c"}, BASIS,
            BASIS | {"contact_ids": []}, BASIS | {"contact_ids": ["x"]}, BASIS | {"q": " "},
            EVERYBODY | {"q": "Jo"}, EVERYBODY | {"contact_ids": [str(UUID(int=1))]},
            BASIS | {"contact_ids": [str(UUID(int=1))], "state": "new"},
            EVERYBODY | {"channel": "fax"}, EVERYBODY | {"region": "DE"},
        ],
    )  # fmt: skip
    def test_what_does_not_say_whom_or_why(
        self, crm: Caller, crowd: Crowd, given: dict[str, Any]
    ) -> None:
        friends(crowd.world, numbers(1))
        assert is_problem(crm.calls("POST", "/bulk", given), 422, "invalid")
        assert begun(crowd.world) == 0

    @pytest.mark.parametrize("dry_run", [True, False])
    def test_a_search_that_finds_nobody(self, crm: Caller, crowd: Crowd, dry_run: bool) -> None:
        friends(crowd.world, numbers(1))
        given = BASIS | {"state": "no_anwser", "dry_run": dry_run}
        assert is_problem(crm.calls("POST", "/bulk", given), 409, "nobody_found")

    def test_more_than_one_call_may_mean(
        self, crm: Caller, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        friends(crowd.world, numbers(3))
        monkeypatch.setattr(candidates, "MOST", 2)
        answer = crm.calls("POST", "/bulk", EVERYBODY)
        assert is_problem(answer, 409, "too_many_contacts")
        assert "flask bulk ask" in said(answer)["detail"]
        assert begun(crowd.world) == 0

    @pytest.mark.parametrize(
        ("policy", "given", "code"),
        [
            ({"whatsapp": False}, {}, "whatsapp_disabled"),
            ({"sms": "off"}, {"channel": "sms"}, "sms_disabled"),
            ({"whatsapp": True}, {"sender": "whatsapp:+15550009000"}, "no_sender"),
        ],
    )
    def test_without_a_sender_that_may_ask(
        self, crm: Caller, stranger: Caller, crowd: Crowd,
        policy: dict[str, Any], given: dict[str, Any], code: str,
    ) -> None:  # fmt: skip
        friends(crowd.world, numbers(1))
        crowd.chooses(**policy)
        for dry_run in ({}, {"dry_run": True}):
            answer = crm.calls("POST", "/bulk", EVERYBODY | given | dry_run)
            assert is_problem(answer, 409, code)

    def test_contacts_of_another_organization_are_not_there(
        self, crm: Caller, stranger: Caller, crowd: Crowd
    ) -> None:
        meant = BASIS | {"contact_ids": ids(friends(crowd.world, numbers(1)))}
        (item,) = stranger.posts("/bulk", meant | {"dry_run": True}, 200)["items"]
        assert (item["contact_id"], item["name"], item["reason"]) == (None, "", "not_found")
        assert is_problem(stranger.calls("POST", "/bulk", EVERYBODY), 409, "nobody_found")

    def test_bulk_requests_of_another_organization_are_not_there(
        self, crm: Caller, stranger: Caller, crowd: Crowd
    ) -> None:
        friends(crowd.world, numbers(1))
        path = f"/bulk/{crm.posts('/bulk', EVERYBODY, 202)['id']}"
        assert is_problem(stranger.calls("GET", path), 404, "not_found")
        for deed in ("pause", "resume", "cancel"):
            assert is_problem(stranger.calls("POST", f"{path}/{deed}", {}), 404, "not_found")
        assert crm.gets(path)["status"] == "running"


class TestListing:
    def test_the_newest_first_as_each_is_shown(self, crm: Caller, crowd: Crowd) -> None:
        assert crm.gets("/bulk") == {"items": [], "next": None}
        first, second, _ = people = friends(crowd.world, numbers(3))
        older = crm.posts("/bulk", BASIS | {"contact_ids": ids([first, second])}, 202)["id"]
        goes_on(crowd.world)
        second.says("yes")
        newer = crm.posts("/bulk", BASIS | {"contact_ids": ids(people)}, 202)["id"]
        listed = crm.gets("/bulk")
        shown = [crm.gets(f"/bulk/{one}") for one in (newer, older)]
        assert listed == {"items": shown, "next": None}
        assert [one["total"] for one in shown] == [3, 2]
        assert shown[1]["states"] == {"opted_in": 1, "requested": 1}

    def test_page_by_page(self, crm: Caller, crowd: Crowd) -> None:
        (friend,) = friends(crowd.world, numbers(1))
        begun = [crm.posts("/bulk", BASIS | {"contact_ids": ids([friend])}, 202) for _ in range(5)]
        pages, cursor = [], ""
        while True:
            page = crm.gets("/bulk", limit=2, cursor=cursor)
            pages.append([one["id"] for one in page["items"]])
            if page["next"] is None:
                break
            cursor = page["next"]
        newest = [one["id"] for one in reversed(begun)]
        assert pages == [newest[:2], newest[2:4], newest[4:]]

    def test_costs_three_statements_however_many(self, crm: Caller, crowd: Crowd) -> None:
        people = friends(crowd.world, numbers(3))
        sent = []
        for _ in range(2):
            for _ in range(3):
                crm.posts("/bulk", BASIS | {"contact_ids": ids(people)}, 202)
            with statements(crowd.world.database) as asked:
                crm.gets("/bulk")
            sent.append(len([one for one in asked if "campaign" in one or "invitation" in one]))
        assert sent == [3, 3]

    def test_those_of_another_organization_are_not_there(
        self, crm: Caller, stranger: Caller, crowd: Crowd
    ) -> None:
        friends(crowd.world, numbers(1))
        bulk = crm.posts("/bulk", EVERYBODY, 202)
        assert stranger.gets("/bulk")["items"] == []
        after = str(UUID(int=UUID(bulk["id"]).int + 1))
        assert stranger.gets("/bulk", cursor=after)["items"] == []
        assert len(crm.gets("/bulk", cursor=after)["items"]) == 1

    @pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"cursor": "x"}, {"q": "Jo"}])
    def test_not_by_what_makes_no_sense(self, crm: Caller, query: dict[str, Any]) -> None:
        assert is_problem(crm.calls("GET", "/bulk", query_string=query), 422, "invalid")


class TestPauses:
    @pytest.fixture
    def path(self, crm: Caller, crowd: Crowd) -> str:
        friends(crowd.world, numbers(3))
        return f"/bulk/{crm.posts('/bulk', EVERYBODY, 202)['id']}"

    def test_who_is_not_asked_yet_waits(self, crm: Caller, crowd: Crowd, path: str) -> None:
        paused = crm.posts(f"{path}/pause", {}, 200)
        assert (paused["status"], paused["due_at"]) == ("paused", None)
        assert paused["may"] == ["resume", "cancel"]
        goes_on(crowd.world)
        assert crowd.requests() == Counter()
        assert crm.posts(f"{path}/resume", {}, 200)["status"] == "running"
        goes_on(crowd.world)
        assert crowd.requests().total() == 3

    def test_or_is_let_go(self, crm: Caller, crowd: Crowd, path: str) -> None:
        ended = crm.posts(f"{path}/cancel", {}, 200)
        assert (ended["status"], ended["may"]) == ("cancelled", [])
        assert ended["statuses"]["cancelled"] == 3
        goes_on(crowd.world)
        assert crowd.requests() == Counter()

    def test_what_the_status_does_not_allow_is_refused(
        self, crm: Caller, crowd: Crowd, path: str
    ) -> None:
        assert is_problem(crm.calls("POST", f"{path}/resume", {}), 409, "wrong_status")
        goes_on(crowd.world)
        for deed in ("pause", "resume", "cancel"):
            answer = crm.calls("POST", f"{path}/{deed}", {})
            assert is_problem(answer, 409, "wrong_status")
            assert "is done cannot be" in said(answer)["detail"]

    def test_the_same_call_twice_is_answered_the_same(self, crm: Caller, path: str) -> None:
        answers = [crm.calls("POST", f"{path}/pause", {}, key="p") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json == answers[1].json

    def test_says_what_keeps_all_of_it(self, crm: Caller, crowd: Crowd, path: str) -> None:
        crowd.chooses(messaging_limit=2)
        goes_on(crowd.world)
        shown = crm.gets(path)
        assert (shown["obstacle"], shown["due_at"]) == ("messaging_limit", "2026-03-01T12:01:00Z")
        assert (shown["statuses"]["asked"], shown["statuses"]["waiting"]) == (2, 1)
