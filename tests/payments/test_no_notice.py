"""No notice ever comes: the books know within ten minutes all the same, and reconciliation finds nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from market.core import clock
from market.ledger import chart
from market.payments import doors
from market.payments.midtrans import MidtransGateway
from market.payments.session import BoundedSession
from market.payments.simulator import acts, books
from market.payments.simulator.running import Server
from market.payments.simulator.settings import Merchant, Settings
from market.payments.types import Method, Provider, Secret
from tests.payments import counter
from tests.payments.conftest import AMOUNT_RP, Desk
from tests.payments.providers.conftest import PATIENT

MERCHANT_ID = "G000000001"
DAY_MIN = 1_440
STEP_S, MOST_S = 60, 600


@pytest.fixture
def silent(desk: Desk) -> Iterator[Server]:
    """The simulated Midtrans behind the desk; every notice that it sends is lost on its way."""
    merchant = Merchant(MERCHANT_ID, (Secret("SB-Mid-server-SIM"),), notification_url="http://127.0.0.1:9/x")
    settings = Settings((merchant,), base_url="http://127.0.0.1:0")
    server = Server(settings, deliver=lambda *_: 0, poll_s=0.02).start()
    session = BoundedSession(server.url, **PATIENT)
    opener = {
        Provider.MIDTRANS: lambda account: MidtransGateway(account, base_url=server.url, session=session)
    }
    doors.configure(opener)
    yield server
    server.stop()


def pay(server: Server, order_id: str) -> None:
    with server.world.lock:
        made = server.world.find(MERCHANT_ID, order_id)
        assert made is not None
        acts.pay(server.world, made)


def chosen(desk: Desk) -> dict[Method, tuple[int, str]]:
    """A payment by each method: its id and its number at the provider."""
    found = {}
    for number, method in enumerate(Method, start=1):
        payment = desk.ask(number, minutes=DAY_MIN)
        attempt = desk.choose(payment, method.value)
        desk.work()
        found[method] = (payment, desk.attempt(attempt).order_id)
    return found


@pytest.mark.parametrize("age_s", [60, 3 * 3_600])
def test_money_is_in_the_books_within_ten_minutes_by_every_method(desk: Desk, silent: Server, age_s: int):
    payments = chosen(desk)
    assert len(payments) == 10
    desk.wait(age_s)
    for _payment, order_id in payments.values():
        pay(silent, order_id)
    waited = 0
    while waited < MOST_S and any(desk.payment(each).state == "open" for each, _order in payments.values()):
        desk.wait(STEP_S)
        waited += STEP_S
    late = [method for method, (payment, _order) in payments.items() if desk.payment(payment).state != "paid"]
    assert late == [], f"after {waited} s"
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -10 * AMOUNT_RP
    assert silent.world.notices and not any(notice.delivered for notice in silent.world.notices)


def test_both_books_agree_to_the_rupiah_before_and_after_a_withdrawal(desk: Desk, silent: Server, client):
    for _payment, order_id in chosen(desk).values():
        pay(silent, order_id)
    run = counter.reconcile(desk)
    assert (run.state, run.applied, run.provider_rp) == ("equal", 10, 10 * AMOUNT_RP)
    clock.travel(86_400)
    with silent.world.lock:
        sent = books.withdraw(silent.world, MERCHANT_ID)
        data = books.report(silent.world, MERCHANT_ID)
    again = counter.reconcile(desk)
    assert again.state == "equal" and counter.items(again.id) == {"withdrawals_waiting": -sent.net_rp}
    client.login(desk.cast.budi)
    posted = client.post("/uang-masuk/laporan", {"sheet": (io.BytesIO(data), "laporan.csv")})
    shown = client.get(posted.headers["Location"]).get_data(as_text=True)
    assert "21 dari 21 baris" in shown, "the report repeats what the provider has told already"
    client.post(f"{posted.headers['Location']}/konfirmasi")
    assert desk.balance(chart.CLEARING) == 0 and counter.cases(desk) == {}
    last = counter.reconcile(desk)
    assert (last.state, last.provider_rp, last.ledger_rp, counter.items(last.id)) == ("equal", 0, 0, {})
    desk.books_are_true()


def test_what_the_simulation_remembers_survives_its_restart(tmp_path):
    memory = tmp_path / "provider.sqlite"
    merchant = Merchant(MERCHANT_ID, (Secret("SB-Mid-server-SIM"),))
    settings = Settings((merchant,), base_url="http://127.0.0.1:0")
    server = Server(settings, deliver=lambda *_: 200, memory=memory, poll_s=0.02)
    row = books.Withdrawal("WD-1", MERCHANT_ID, 1, 500, {"A": 5})
    server.world.withdrawals[row.number] = row
    server.world.save("withdrawal", row.number, vars(row))
    server.server.server_close()
    again = Server(settings, deliver=lambda *_: 200, memory=memory, poll_s=0.02)
    again.server.server_close()
    assert again.world.withdrawals == {"WD-1": row}
    assert books.balance_rp(again.world, MERCHANT_ID) == -505
