"""The stand-in as it is started: granian, one process, keep-alive, quick enough."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from bot.simulator.account import MissingSetting, account_from
from bot.simulator.timetable import Timetable

from .conftest import ROOT
from .desk import ACCOUNT, PERSON, SAYS_YES, SMS, TOKEN, WHATSAPP, Desk
from .receiver import Receiver


def test_a_conversation_through_the_real_process(process: Desk, receiver: Receiver) -> None:
    process.control("PUT", "/settings", {"webhook": receiver.url + "/twilio/inbound"})

    process.ask(SAYS_YES, status_callback=receiver.url + "/twilio/status")

    receiver.wait_for(4)
    assert all(receiver.is_signed(one) for one in receiver.taken)
    heard = [one.params for one in receiver.taken if one.path == "/twilio/inbound"]
    assert [params["Body"] for params in heard] == ["Yes"]


def test_hundreds_from_a_few_clients_are_created_once_each(process: Desk) -> None:
    url = f"{process.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": PERSON, "From": SMS, "Body": "hello"}

    def create_some(count: int) -> int:
        with requests.Session() as session:
            session.trust_env = False
            session.auth = (ACCOUNT, TOKEN)
            answers = [session.post(url, data=form, timeout=30) for _ in range(count)]
        return sum(answer.status_code == 201 for answer in answers)

    with ThreadPoolExecutor(4) as pool:
        created = sum(pool.map(create_some, [100] * 4))

    assert created == len(process.messages()) == 400


def test_simultaneous_messages_all_arrive(process: Desk, receiver: Receiver) -> None:
    def ask(number: int) -> str:
        phone = f"+1202555{1000 + number}"
        return str(Desk(process.url).ask(phone, status_callback=f"{receiver.url}/{number}").sid)

    with ThreadPoolExecutor(8) as pool:
        sids = set(pool.map(ask, range(40)))

    receiver.wait_for(120)
    assert {one["sid"] for one in process.settles().messages()} == sids
    assert {one["status"] for one in process.messages()} == {"read"}
    assert len(receiver.taken) == 120


def test_it_stops_at_once(process_url: str) -> None:
    assert process_url
    timetable = Timetable(workers=2)
    ran: list[int] = []
    timetable.after(30, lambda: ran.append(1))

    started = time.monotonic()
    timetable.close(seconds=20)

    assert time.monotonic() - started < 10
    assert (ran, timetable.unfinished) == ([], 0)


def test_a_job_that_fails_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    timetable = Timetable(workers=1)
    ran: list[int] = []
    timetable.after(0, lambda: 1 // 0)
    timetable.after(0.01, lambda: ran.append(1))

    deadline = time.monotonic() + 30
    while timetable.unfinished and time.monotonic() < deadline:
        time.sleep(0.005)
    timetable.close()

    assert ran == [1]
    assert "failed" in caplog.text


@pytest.mark.parametrize(
    "environment", [{}, {"TWILIO_ACCOUNT_SID": ACCOUNT}, {"TWILIO_AUTH_TOKEN": TOKEN}]
)
def test_it_does_not_start_without_an_account(environment: dict[str, str]) -> None:
    with pytest.raises(MissingSetting, match="TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"):
        account_from(environment)


def test_of_several_tokens_the_first_signs() -> None:
    account = account_from({"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "new, old"})

    assert account.auth_token == "new"


def test_importing_it_starts_nothing() -> None:
    code = "import threading, bot.simulator.app; print(threading.active_count())"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "1"


def test_windows_are_asked_for_by_address(process: Desk) -> None:
    process.hears(PERSON, "hello")
    asked = {"from": WHATSAPP, "to": f"whatsapp:{PERSON}"}

    answer = requests.get(f"{process.url}/control/window", params=asked, timeout=5)

    assert answer.json() == {"open": True}
