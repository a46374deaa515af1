"""The unmodified midtransclient against the simulation: every method it has, and what it makes of errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import midtransclient
import pytest
import requests
from midtransclient.error_midtrans import JSONDecodeError, MidtransAPIError

from market.payments.session import BoundedSession
from market.payments.simulator.running import Server
from market.payments.types import Provider
from tests.payments.providers.conftest import KEYS, MERCHANT_ID, PATIENT

CHARGE: dict[str, Any] = {
    "payment_type": "qris",
    "transaction_details": {"order_id": "LB-1", "gross_amount": 275_000},
}


def point(client: Any, url: str) -> Any:
    """Address and engine through the package's own attributes; nothing of it is changed."""
    client.api_config.CORE_SANDBOX_BASE_URL = url
    client.api_config.SNAP_SANDBOX_BASE_URL = f"{url}/snap/v1"
    client.http_client.http_client = BoundedSession(url, **PATIENT)
    return client


@pytest.fixture
def core(simulator: Server) -> Any:
    return point(midtransclient.CoreApi(False, KEYS[Provider.MIDTRANS]), simulator.url)


@pytest.fixture
def snap(simulator: Server) -> Any:
    return point(midtransclient.Snap(False, KEYS[Provider.MIDTRANS]), simulator.url)


def settle(simulator: Server, order_id: str = "LB-1") -> None:
    simulator.world.transactions[simulator.world.orders[MERCHANT_ID, order_id]].status = "settlement"


def code_of(act: Callable[[], Any]) -> int:
    """The body's code, out of an answer or out of an error."""
    try:
        return int(act()["status_code"])
    except MidtransAPIError as error:
        return int(error.api_response_dict["status_code"])


def test_charge_and_status_of_the_official_client(core):
    made = core.charge(CHARGE)
    assert (made["status_code"], made["transaction_status"]) == ("201", "pending")
    assert made["gross_amount"] == "275000.00"
    assert {"generate-qr-code", "generate-qr-code-v2"} == {a["name"] for a in made["actions"]}
    found = core.transactions.status("LB-1")
    assert found["transaction_id"] == made["transaction_id"]
    assert "actions" not in found and "qr_string" not in found
    assert core.transactions.statusb2b("LB-1")["transactions"]
    assert core.transactions.status(made["transaction_id"])["order_id"] == "LB-1"


@pytest.mark.parametrize(("act", "code"), [("cancel", 200), ("expire", 407), ("approve", 412), ("deny", 412)])
def test_deciding_with_the_official_client(core, act, code):
    core.charge(CHARGE)
    assert code_of(lambda: getattr(core.transactions, act)("LB-1")) == code


@pytest.mark.parametrize("act", ["refund", "refundDirect"])
def test_giving_back_with_the_official_client(core, simulator, act):
    core.charge(CHARGE)
    settle(simulator)
    given = getattr(core.transactions, act)("LB-1", {"refund_key": "R1", "amount": 5_000, "reason": "x"})
    assert (given["status_code"], given["transaction_status"]) == ("200", "partial_refund")
    assert (given["refund_amount"], given["refund_key"]) == ("5000.00", "R1")


def test_the_official_clients_notification_asks_the_status(core):
    """Its custom headers land in the query, which is one reason why the port never uses it."""
    made = core.charge(CHARGE)
    assert core.transactions.notification(made)["order_id"] == "LB-1"


def test_cards_and_what_else_the_simulation_lacks_is_refused(core):
    assert code_of(lambda: core.capture({"transaction_id": "x", "gross_amount": 1})) == 412
    absent: list[Callable[[], Any]] = [
        lambda: core.card_token({"card_number": "4811"}),
        lambda: core.card_register({}),
        lambda: core.card_point_inquiry("t"),
        lambda: core.create_subscription({}),
        lambda: core.get_subscription("s"),
        lambda: core.enable_subscription("s"),
        lambda: core.disable_subscription("s"),
        lambda: core.update_subscription("s", {}),
        lambda: core.link_payment_account({}),
        lambda: core.get_payment_account("a"),
        lambda: core.unlink_payment_account("a"),
    ]
    assert [code_of(act) for act in absent] == [404] * len(absent)


def test_the_hosted_page_of_the_official_client(snap, simulator):
    details = {"transaction_details": CHARGE["transaction_details"]}
    made = snap.create_transaction(details)
    assert made["redirect_url"] == f"{simulator.url}/snap/v4/redirection/{made['token']}"
    assert snap.create_transaction_token({"transaction_details": {"order_id": "LB-2", "gross_amount": 1}})
    url = snap.create_transaction_redirect_url(
        {"transaction_details": {"order_id": "LB-3", "gross_amount": 1}}
    )
    page = requests.get(url, timeout=20)
    assert (page.status_code, "SIMULASI" in page.text) == (200, True)
    assert code_of(lambda: snap.transactions.status("LB-1")) == 404
    requests.post(made["redirect_url"], data={"choice": "qris"}, timeout=20, allow_redirects=False)
    assert snap.transactions.status("LB-1")["transaction_status"] == "pending"


def test_a_hosted_page_can_be_withdrawn(snap, simulator):
    token = snap.create_transaction_token({"transaction_details": {"order_id": "S-1", "gross_amount": 1}})
    url = f"{simulator.url}/snap/v1/transactions/{token}/cancel"
    assert [requests.post(url, timeout=20).status_code for _time in (1, 2)] == [200, 404]


def test_a_stranger_is_refused_by_http_as_well(simulator):
    stranger = point(midtransclient.CoreApi(False, "SB-Mid-server-lain"), simulator.url)
    with pytest.raises(MidtransAPIError) as caught:
        stranger.charge(CHARGE)
    assert caught.value.http_status_code == 401


def test_html_is_an_error_that_is_none_of_the_clients_own(core, simulator):
    simulator.world.faults.add("html", "charge")
    with pytest.raises(JSONDecodeError):
        core.charge(CHARGE)


def test_a_cut_connection_is_an_error_of_the_engine(core, simulator):
    simulator.world.faults.add("drop_before", "charge")
    with pytest.raises(requests.exceptions.ConnectionError):
        core.charge(CHARGE)
