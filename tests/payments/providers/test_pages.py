"""The simulation's own pages: what a person pastes, pays, declines, and never mistakes for real."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from market.payments.simulator import passing
from market.payments.types import Method, Status
from tests.payments.providers.conftest import Side


class Person:
    """Somebody with a browser and no scripts."""

    def __init__(self, url: str) -> None:
        self.url = url

    def see(self, path: str = "/sim/") -> requests.Response:
        return requests.get(self.url + path, timeout=20)

    def send(self, path: str, **form: Any) -> requests.Response:
        return requests.post(self.url + path, data=form, timeout=20)


@pytest.fixture
def person(simulator) -> Person:
    return Person(simulator.url)


def codes(side: Side, method: Method) -> list[str]:
    """Everything that leads to a payment of this method, as its payer would have it."""
    made = side.create(method)
    action = made.next_action
    found = [action.qr_string, action.qr_image_url, action.number, made.ref.order_id]
    spaced = " ".join(re.findall(".{1,4}", action.number))
    return [code for code in [*found, spaced] if code]


@pytest.mark.parametrize("method", [Method.QRIS, Method.VA_BNI, Method.VA_PERMATA, Method.OTC_ALFAMART])
def test_a_payment_is_found_by_whatever_leads_to_it(midtrans: Side, person, method):
    for code in codes(midtrans, method):
        page = person.send("/sim/find", code=code)
        assert (page.status_code, "Rp275.000" in page.text) == (200, True), code


def test_the_shops_page_leads_to_its_payment_by_a_link(midtrans: Side, person):
    made = midtrans.create()
    assert "Rp275.000" in person.see(f"/sim/find?code={made.ref.order_id}").text
    assert person.see("/sim/find?code=LB-0000000099-01").status_code == 404


def test_a_bill_is_found_by_its_key(midtrans: Side, person):
    page = person.send("/sim/find", code=midtrans.create(Method.BILL_MANDIRI).next_action.number)
    assert "Tagihan Mandiri" in page.text


@pytest.mark.parametrize("code", ["", "0000999", "<script>alert(1)</script>", "http://127.0.0.1/x.png"])
def test_a_code_that_leads_nowhere_is_said_kindly(midtrans: Side, person, code):
    midtrans.create()
    page = person.send("/sim/find", code=code)
    assert page.status_code == 404
    assert "Tidak ada pembayaran dengan kode itu" in page.text
    assert "<script>" not in page.text


def test_a_damaged_qr_is_told_apart(midtrans: Side, person):
    text = midtrans.create().next_action.qr_string
    assert "QR rusak" in person.send("/sim/find", code=text[:-1] + ("0" if text[-1] != "0" else "1")).text


def test_paying_on_the_page_pays(midtrans: Side, person, simulator, shop):
    made = midtrans.create()
    page = person.send(f"/sim/tx/{made.ref.provider_id}/pay", issuer="dana")
    assert "Pembayaran berhasil" in page.text
    found = midtrans.gateway.get_payment(made.ref)
    assert (found.status, found.issuer) == (Status.SUCCEEDED, "dana")
    passing.pass_time(simulator.world)
    assert b"settlement" in shop.came[-1][1]


def test_declining_tells_nobody_and_the_payment_waits_on(midtrans: Side, person, simulator, shop):
    made = midtrans.create()
    assert "tetap menunggu" in person.send(f"/sim/tx/{made.ref.provider_id}/decline").text
    passing.pass_time(simulator.world)
    assert len(shop.came) == 1  # that it was asked for
    assert midtrans.gateway.get_payment(made.ref).status is Status.REQUIRES_ACTION


def test_paying_twice_is_refused_and_changes_nothing(midtrans: Side, person):
    made = midtrans.create()
    path = f"/sim/tx/{made.ref.provider_id}/pay"
    assert [person.send(path).status_code for _time in (1, 2)] == [200, 409]
    assert midtrans.gateway.get_payment(made.ref).amount_received_rp == 275_000


@pytest.mark.parametrize(
    ("before", "act", "status"),
    [
        ([], "deny", Status.REQUIRES_METHOD),
        ([], "expire", Status.CANCELED),
        (["expire"], "pay_late", Status.SUCCEEDED),
        (["pay"], "dispute", Status.SUCCEEDED),
    ],
)
def test_the_rare_cases_stand_folded_on_the_page(midtrans: Side, person, before, act, status):
    made = midtrans.create()
    for step in before:
        person.send(f"/sim/tx/{made.ref.provider_id}/{step}")
    page = person.see(f"/sim/tx/{made.ref.provider_id}").text
    assert f"/{act}" in page.split("<details>")[1]
    person.send(f"/sim/tx/{made.ref.provider_id}/{act}")
    assert midtrans.gateway.get_payment(made.ref).status is status


def test_every_page_says_that_nothing_is_real(midtrans: Side, person, simulator):
    made = midtrans.create()
    passing.pass_time(simulator.world)
    paths = ["/sim/", "/sim/qris", f"/sim/tx/{made.ref.provider_id}", "/sim/tx/x", "/sim/notifications"]
    for path in paths:
        page = person.see(path).text
        assert "SIMULASI: bukan pembayaran sungguhan" in page, path
        assert "<script" not in page


def test_a_notice_can_be_sent_again_from_the_page(midtrans: Side, person, simulator, shop):
    midtrans.create()
    passing.pass_time(simulator.world)
    number = simulator.world.notices[0].id
    assert "200" in person.send(f"/sim/notifications/{number}").text
    passing.pass_time(simulator.world)
    assert shop.came[0][1] == shop.came[1][1]


def test_another_site_cannot_press_our_buttons(midtrans: Side, simulator):
    made = midtrans.create()
    url = f"{simulator.url}/sim/tx/{made.ref.provider_id}/pay"
    answer = requests.post(url, headers={"Origin": "https://penipu.example"}, timeout=20)
    assert answer.status_code == 403
    assert midtrans.gateway.get_payment(made.ref).status is Status.REQUIRES_ACTION
