"""Pages of money that leaves: what each person sees, may do, and what a stranger gets."""

from __future__ import annotations

import re

import pytest

from market.core import db
from market.payments import queries, queries_payouts, services
from tests.payments.conftest import AMOUNT_RP, Desk
from tests.payments.test_hand_refunds import BCA, approve, name, propose, refund, refused
from tests.retail import shop as shops


def text(answer) -> str:
    return str(answer.get_data(as_text=True))


def test_from_the_cancelled_order_to_the_money_back_page_by_page(desk: Desk, client, browsers):
    token, refund_id = refund(desk)
    page = f"/bayar/{token}/pengembalian"
    treasurer, chair = browsers(desk.cast.budi), browsers(desk.cast.hadi)
    assert 'data-stage="where"' in text(treasurer.get("/uang-keluar"))
    empty = client.post(f"{page}/{refund_id}/tujuan", {"bank": "", "number": "", "holder": ""})
    assert empty.status_code == 422
    assert client.post(f"{page}/{refund_id}/tujuan", BCA).status_code == 303
    assert 'data-stage="ready"' in text(client.get(page)) and "0123456789" not in text(client.get(page))
    sent = treasurer.post(f"/uang-keluar/pengembalian/{refund_id}/usulan")
    assert sent.status_code == 303
    payout = sent.headers["Location"]
    assert 'data-testid="approve-payout"' not in text(treasurer.get(payout))
    assert 'data-testid="approve-payout"' in text(chair.get(payout))
    assert 'data-testid="check-payout"' in text(chair.get("/uang-keluar"))
    assert "Setujui uang keluar" in text(chair.get("/hari-ini"))
    assert chair.post(f"{payout}/persetujuan").status_code == 303
    shown = text(treasurer.get(payout))
    assert 'data-testid="proof"' in shown and "0123456789" in shown
    assert "0123456789" not in text(chair.get(payout))
    assert treasurer.post(f"{payout}/bukti", {"paid_on": "", "reference": ""}).status_code == 422
    day = re.search(r'name="paid_on"[^>]*value="([^"]+)"', shown)
    assert day is not None
    proof = {"paid_on": day[1], "reference": "TRX-1", "fee_rp": "2.500"}
    assert treasurer.post(f"{payout}/bukti", proof).status_code == 303
    assert 'data-stage="done"' in text(client.get(page)) and "TRX-1" in text(client.get(page))
    desk.books_are_true()


def test_a_wrong_code_is_counted_though_it_is_refused(desk: Desk, client):
    token, refund_id = refund(desk)
    code = name(token, refund_id, "cash")
    payout = propose(desk, refund_id)
    approve(desk, payout)
    client.login(desk.cast.budi)
    wrong = {"code": "111111" if code != "111111" else "222222"}
    assert client.post(f"/uang-keluar/{payout}/bukti", wrong).status_code == 422
    with db.transaction(read_only=True):
        destination = queries_payouts.destination_of(refund_id)
        assert destination is not None and destination.wrong_codes == 1


def test_a_no_needs_a_reason_and_frees_the_refund(desk: Desk, client):
    token, refund_id = refund(desk)
    name(token, refund_id)
    payout = propose(desk, refund_id)
    client.login(desk.cast.hadi)
    assert client.post(f"/uang-keluar/{payout}/penolakan", {"reason": ""}).status_code == 422
    assert client.post(f"/uang-keluar/{payout}/penolakan", {"reason": "salah orang"}).status_code == 303
    client.login(desk.cast.budi)
    second = propose(desk, refund_id)
    assert client.post(f"/uang-keluar/{second}/penarikan", {"reason": ""}).status_code == 422
    assert client.post(f"/uang-keluar/{second}/penarikan", {"reason": "nanti"}).status_code == 303
    assert desk.payout(second).state == "withdrawn"


@pytest.mark.parametrize("way", ["ulang", "tangan"])
def test_a_refused_refund_has_one_button_for_each_way_out(desk: Desk, client, way: str):
    payment_id, refund_id = refused(desk)
    client.login(desk.cast.budi)
    page = text(client.get("/uang-keluar"))
    assert 'data-testid="by-hand"' in page and 'data-testid="again"' in page
    assert client.post(f"/uang-keluar/pengembalian/{refund_id}/{way}").status_code == 303
    assert 'data-testid="by-hand"' not in text(client.get("/uang-keluar"))
    with db.transaction(read_only=True):
        attempt = queries.attempts_of(payment_id)[0]
        newest = queries.refunds_of(attempt.id)[-1]
        assert newest.way == ("hand" if way == "tangan" else "provider")


def test_who_may_see_and_do_what(desk: Desk, browsers):
    token, refund_id = refund(desk)
    name(token, refund_id)
    payout = propose(desk, refund_id)
    cast = desk.cast
    page = f"/uang-keluar/{payout}"
    expected = {
        cast.budi: (200, 403, 422),
        cast.hadi: (200, 303, 403),
        cast.kasir: (403, 403, 403),
        cast.wati: (404, 403, 403),
        cast.joko: (403, 403, 403),
    }
    for actor, (see, yes, proof) in expected.items():
        browser = browsers(actor)
        assert browser.get(page).status_code == see, actor.name
        assert browser.post(f"{page}/bukti", {"reference": ""}).status_code == proof, actor.name
        assert browser.post(f"{page}/persetujuan").status_code == yes, actor.name
    assert browsers(cast.budi).get(f"{page}/persetujuan").status_code == 405


def test_a_page_of_nobody_does_not_exist(desk: Desk, client):
    assert client.get("/bayar/nobody/pengembalian").status_code == 404
    assert client.post("/bayar/nobody/pengembalian/1/tujuan", {"way": "cash"}).status_code == 404
    client.login(desk.cast.budi)
    for path in ("/uang-keluar/99", "/uang-keluar/umkm/99", "/uang-keluar/saldo/99"):
        assert client.get(path).status_code == 404, path


def test_another_payments_refund_is_not_named_through_this_link(desk: Desk, client):
    _token, refund_id = refund(desk)
    other = desk.payment(desk.ask(purpose_id=2)).token
    assert client.post(f"/bayar/{other}/pengembalian/{refund_id}/tujuan", {"way": "cash"}).status_code == 409


def test_the_buyer_sees_on_the_order_what_becomes_of_the_money(desk: Desk, client):
    front = shops.open_shop(desk.cast)
    with db.transaction():
        order = shops.place(front, crisps=2)
        order_id, page = order.id, f"/pesanan-saya/{order.token}"
    client.post(f"{page}/bayar")
    with db.transaction(read_only=True):
        payment = queries.live_payment("retail_order", order_id)
        assert payment is not None
    desk.choose(payment.id, "va_bca")
    desk.work()
    desk.bank.pay(next(iter(desk.bank.charges)))
    desk.wait(60)
    assert client.post(f"{page}/pembatalan").status_code == 303
    shown = text(client.get(page))
    assert 'data-stage="where"' in shown and 'data-testid="to-going-back"' in shown
    assert f"/bayar/{payment.token}/pengembalian" in shown
    assert 'data-testid="going-back"' in text(client.get(f"/bayar/{payment.token}"))
    desk.books_are_true()


def test_the_deposit_is_filled_from_the_bank(desk: Desk, client):
    client.login(desk.cast.budi)
    page = "/uang-keluar/saldo"
    assert client.post(page, {"amount_rp": "", "reference": ""}).status_code == 422
    far = {"amount_rp": "99.000.000.000", "reference": "TRX"}
    assert client.post(page, far).status_code == 422
    assert client.post(page, {"amount_rp": "500.000", "reference": "TRX"}).status_code == 303
    shown = text(client.get(page))
    assert "500.000" in shown and "TRX" in shown
    desk.books_are_true()


def test_news_of_money_that_left_needs_the_providers_signature(desk: Desk, client):
    with db.transaction(read_only=True):
        token = queries.account_by_id(desk.account_id).token
    address = f"/bayar/kabar-keluar/{token}"
    assert client.client.post(address, data=b"ok|ref|x").status_code == 404
    desk.give_keys()
    assert client.client.post(address, data=b"no|ref|x").status_code == 401
    assert client.client.post(address, data=b"x" * 70_000).status_code == 413
    assert client.client.post(address, data=b"ok|ref|x").status_code == 200
    desk.work()
    with db.transaction(read_only=True):
        assert queries.open_notifications() == []
        assert services.payout_of(1) is None


def test_what_the_page_says_of_cash_is_a_code_for_the_counter(desk: Desk, client):
    token, refund_id = refund(desk)
    page = f"/bayar/{token}/pengembalian"
    client.post(f"{page}/{refund_id}/tujuan", {"way": "cash"})
    assert 'data-testid="cash-code"' in text(client.get(page))
    assert AMOUNT_RP == 275_000 and "275.000" in text(client.get(page))
