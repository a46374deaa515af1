"""Codes when many try at once, when processes die, and when the gateway does what gateways do."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from market.core import clock, db, jobs, messages
from market.core.errors import Refused
from market.core.gateway import HttpPort
from market.identity.models import Session, User
from market.identity.models_codes import MAX_TRIES, SignInCode
from market.identity.services import codes
from market.wiring import HANDLERS
from tests.faults import kill, story

PHONE, HERE = "0812-3456-7890", "203.0.113.7"


@pytest.fixture
def sent(database):
    """What left for phones."""
    port = messages.MemoryPort()
    messages.configure(port, "https://lumbung.example")
    return port.sent


def ask(phone: str = PHONE) -> str:
    with db.transaction():
        return codes.ask(phone, HERE).flow


def code_of(sent) -> str:
    jobs.run_all(HANDLERS)
    return re.search(r"\b(\d{6})\b", sent[-1].text)[1]


def check(flow: str, code: str) -> bool:
    with db.transaction():
        return codes.check(flow, code)


def at_once(number: int, act) -> list[object]:
    """What so many got who all began at the same moment; a refusal is an answer too."""
    gate = Barrier(number)

    def run(who: int) -> object:
        gate.wait(30)
        try:
            return act(who)
        except Refused:
            return "refused"

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_the_right_code_typed_by_many_at_once_opens_once(sent):
    flow = ask()
    code = code_of(sent)
    assert sorted(at_once(4, lambda _who: check(flow, code))) == [False, False, False, True]


def test_a_guess_by_many_at_once_has_no_more_tries_than_one_by_one(sent):
    flow = ask()
    code = code_of(sent)
    wrong = [f"{(int(code) + n) % 1_000_000:06d}" for n in range(1, 10)]
    assert not any(at_once(9, lambda who: check(flow, wrong[who])))
    with db.transaction(read_only=True):
        assert db.session.query(SignInCode).one().tries == MAX_TRIES
    assert not check(flow, code)


def test_one_number_that_asks_many_times_at_once_gets_one_code(sent):
    answers = at_once(5, lambda _who: ask())
    assert sum(answer != "refused" for answer in answers) == 1
    jobs.run_all(HANDLERS)
    assert len(sent) == 1


def test_two_browsers_that_prove_one_number_become_one_account(sent):
    flows = []
    for _browser in range(2):
        flows.append(ask())
        assert check(flows[-1], code_of(sent))
        clock.travel(61)

    def sign_up(who: int) -> int:
        with db.transaction():
            return codes.sign_up(flows[who], f"Rina {who}").user.id

    found = at_once(2, sign_up)
    assert len(set(found) - {"refused"}) == 1
    with db.transaction(read_only=True):
        assert db.session.query(User).filter_by(phone="6281234567890").count() == 1


def test_one_proof_that_signs_up_twice_at_once_is_spent_once(sent):
    flow = ask()
    check(flow, code_of(sent))

    def sign_up(who: int) -> int:
        with db.transaction():
            return codes.sign_up(flow, f"Rina {who}").user.id

    answers = at_once(3, sign_up)
    assert sum(answer != "refused" for answer in answers) == 1
    with db.transaction(read_only=True):
        assert db.session.query(User).filter_by(phone="6281234567890").count() == 1
        assert db.session.query(Session).count() == 1


# --- a process that dies ---------------------------------------------------------------------------


def asks(_sent) -> story.Act:
    return lambda: codes.ask(PHONE, HERE)


def checks(sent) -> story.Act:
    flow = ask()
    code = code_of(sent)
    return lambda: codes.check(flow, code)


def signs_up(sent) -> story.Act:
    flow = ask()
    assert check(flow, code_of(sent))
    return lambda: codes.sign_up(flow, "Rina")


@pytest.mark.parametrize("made", [asks, checks, signs_up])
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, sent, made):
    act = story.in_transaction(made(sent))
    assert kill.kill_everywhere(settings, act) >= 3


# --- the gateway -----------------------------------------------------------------------------------


class Moody:
    """A gateway that says no as often as it is told to; what it took is remembered."""

    def __init__(self, *moods: messages.DeliveryFailed | None) -> None:
        self.moods, self.took = list(moods), []

    def send(self, message: messages.Message) -> None:
        mood = self.moods.pop(0) if self.moods else None
        if mood is not None:
            raise mood
        self.took.append(message)


def said(status: int) -> messages.DeliveryFailed:
    return messages.DeliveryFailed(f"gateway said {status}", temporary=status >= 500 or status == 429)


def test_a_code_survives_a_gateway_that_stumbles_and_is_sent_once_under_one_key(sent):
    moody = Moody(said(503), messages.DeliveryFailed("TimeoutError", temporary=True))
    messages.configure(moody, "https://lumbung.example")
    flow = ask()
    for _minute in range(4):
        jobs.run_all(HANDLERS)
        clock.travel(50)
    assert [message.key for message in moody.took] == ["code-1"]
    assert check(flow, re.search(r"\b(\d{6})\b", moody.took[0].text)[1])


def test_a_gateway_that_came_back_too_late_sends_no_code_that_opens_nothing(sent):
    moody = Moody(*[said(500)] * 3)
    messages.configure(moody, "https://lumbung.example")
    ask()
    jobs.run_all(HANDLERS)
    clock.travel(codes.LIFE_S + 1)
    jobs.run_all(HANDLERS)
    assert moody.took == []
    with db.transaction(read_only=True):
        assert db.session.query(SignInCode).one().sealed == ""


def test_a_number_that_the_gateway_refuses_is_told_on_the_page_at_once(client, cast, sent):
    messages.configure(Moody(said(404)), "https://lumbung.example")
    client.post("/masuk/hp", {"phone": PHONE})
    jobs.run_all(HANDLERS)
    assert 'data-testid="unsent"' in client.get("/masuk/kode").get_data(as_text=True)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/kirim"])
def test_no_log_and_no_row_ever_holds_a_code(sent, caplog, monkeypatch, url):
    """Nobody listens there: the failure is written down, what was to be sent is not."""
    drawn = []
    real = codes.secrets.randbelow
    monkeypatch.setattr(codes.secrets, "randbelow", lambda n: drawn.append(real(n)) or drawn[-1])
    messages.configure(HttpPort(url, token="rahasia", timeout_s=1), "https://lumbung.example")
    with caplog.at_level(logging.DEBUG):
        ask()
        jobs.run_all(HANDLERS)
    code = f"{drawn[0]:06d}"
    assert code not in caplog.text and "rahasia" not in caplog.text
    with db.transaction(read_only=True):
        rows = [*db.session.query(jobs.Job), *db.session.query(SignInCode)]
        assert all(code not in str(value) for row in rows for value in vars(row).values())
        assert db.session.query(jobs.Job).one().state == "waiting"
