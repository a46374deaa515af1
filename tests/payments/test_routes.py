"""The payer's page, the provider's door, the treasurer's queue, as they are asked for."""

from __future__ import annotations

from market.core import db
from market.ledger import chart
from market.payments import queries
from market.payments.types import ActionKind, NextAction
from tests.payments.conftest import AMOUNT_RP, Desk, inbox


def token_of(desk: Desk, payment_id: int) -> str:
    return desk.payment(payment_id).token


def test_a_payer_chooses_sees_the_code_and_then_that_it_is_paid(desk: Desk, client):
    payment = desk.ask(return_path="/toko")
    page = f"/bayar/{token_of(desk, payment)}"
    assert 'data-testid="pay-qris"' in client.get(page).get_data(as_text=True)
    sent = client.post(f"{page}/cara", {"method": "qris"})
    assert sent.status_code == 303
    assert 'data-testid="starting"' in client.get(page).get_data(as_text=True)
    desk.work()
    live = client.get(f"{page}/keadaan")
    assert 'data-testid="qr"' in live.get_data(as_text=True)
    again = client.get(f"{page}/keadaan", headers={"If-None-Match": live.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"{page}/qr.png").data.startswith(b"\x89PNG")
    desk.bank.pay(next(iter(desk.bank.charges)))
    desk.wait(60)
    paid = client.get(f"{page}/keadaan", headers={"If-None-Match": live.headers["ETag"]})
    assert paid.status_code == 200 and 'data-testid="paid"' in paid.get_data(as_text=True)
    for header, value in (("X-Robots-Tag", "noindex"), ("Referrer-Policy", "no-referrer")):
        assert paid.headers[header] == value


def test_what_depends_on_the_state_is_in_the_part_that_renews_itself(desk: Desk, client):
    payment = desk.ask()
    page = f"/bayar/{token_of(desk, payment)}"
    desk.choose(payment)
    desk.work()
    live = client.get(f"{page}/keadaan")
    assert 'data-testid="methods"' in live.get_data(as_text=True) and "HX-Refresh" not in live.headers
    desk.bank.pay(next(iter(desk.bank.charges)))
    desk.wait(60)
    paid = client.get(f"{page}/keadaan")
    assert 'data-testid="methods"' not in paid.get_data(as_text=True)
    assert paid.headers["HX-Refresh"] == "true", "the page asks no longer"
    whole = client.get(page).get_data(as_text=True)
    assert 'data-testid="methods"' not in whole and "hx-get" not in whole


def test_a_way_that_is_tapped_on_an_old_page_leads_to_what_is_true_now(desk: Desk, client):
    payment, _attempt = desk.paid()
    page = f"/bayar/{token_of(desk, payment)}"
    sent = client.post(f"{page}/cara", {"method": "va_bca"})
    assert (sent.status_code, sent.headers["Location"]) == (303, page)
    assert len(desk.bank.charges) == 1
    assert "sudah selesai" in client.get(page).get_data(as_text=True)


def test_each_number_can_be_copied_and_each_channel_is_told(desk: Desk, client):
    payment = desk.ask()
    attempt = desk.choose(payment, "va_bca")
    desk.work()
    order = desk.attempt(attempt).order_id
    with db.transaction():
        action = NextAction(ActionKind.VA, bank="bca", number="0000100000000001").as_dict()
        queries.attempt(attempt).next_action = action
    text = client.get(f"/bayar/{token_of(desk, payment)}").get_data(as_text=True)
    assert order not in text, "the provider's own number is nothing for the payer"
    assert text.count('data-testid="howto"') == 3 and "BCA mobile" in text
    for value in ("0000100000000001", str(AMOUNT_RP)):
        assert f"<code data-copy-text>{value}</code>" in text
    assert "data-countdown" in text and "Sesudah membayar" in text


def test_an_unknown_way_is_refused_with_what_to_do(desk: Desk, client):
    page = f"/bayar/{token_of(desk, desk.ask())}"
    sent = client.post(f"{page}/cara", {"method": "kartu"})
    assert sent.status_code == 422 and "Pilih cara membayar dari daftar" in sent.get_data(as_text=True)


def test_a_page_of_nobody_does_not_exist(desk: Desk, client):
    for path in ("/bayar/nobody", "/bayar/nobody/keadaan", "/bayar/nobody/qr.png", "/uang-masuk/1"):
        answer = client.get(path)
        assert answer.status_code in (404, 303), path
    assert client.client.post("/bayar/kabar/nobody", data=b"ok|x|y").status_code == 404


def test_the_providers_notice_needs_no_form_but_its_signature(desk: Desk, client):
    attempt = desk.choose(desk.ask())
    desk.work()
    order = desk.attempt(attempt).order_id
    with db.transaction(read_only=True):
        address = f"/bayar/kabar/{queries.account_by_id(desk.account_id).token}"
    assert client.client.post(address, data=f"bad|{order}|x".encode()).status_code == 401
    assert client.client.post(address, data=b"x" * 70_000).status_code == 413
    with db.transaction(read_only=True):
        assert inbox() == []
    for _twice in range(2):
        assert client.client.post(address, data=f"ok|{order}|x".encode()).status_code == 200
    with db.transaction(read_only=True):
        assert len(inbox()) == 1


def test_the_treasurer_sees_late_money_and_uses_it(desk: Desk, client):
    payment = desk.ask()
    attempt = desk.choose(payment)
    desk.work()
    desk.wait(16 * 60)
    desk.wait(60)
    desk.bank.pay(desk.attempt(attempt).order_id)
    desk.notify(desk.attempt(attempt).order_id, "late")
    desk.work()
    client.login(desk.cast.budi)
    page = client.get("/uang-masuk").get_data(as_text=True)
    assert 'data-testid="use-case"' in page and "275.000" in page
    with db.transaction(read_only=True):
        [case] = queries.open_cases(desk.cast.makmur.id)
    sent = client.post(f"/uang-masuk/kasus/{case.id}/pemakaian")
    assert sent.status_code == 303
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -AMOUNT_RP
    assert 'data-testid="cases"' not in client.get("/uang-masuk").get_data(as_text=True)
    shown = client.get(f"/uang-masuk/{payment}").get_data(as_text=True)
    assert desk.attempt(attempt).order_id in shown


def test_from_the_books_to_the_payment(desk: Desk, client):
    payment, attempt = desk.paid()
    with db.transaction(read_only=True):
        [effect] = queries.effects_of(attempt)
    client.login(desk.cast.budi)
    sent = client.get(f"/uang-masuk/gerak/{effect.id}")
    assert sent.status_code == 302 and sent.headers["Location"].endswith(f"/uang-masuk/{payment}")


def test_another_cooperatives_money_is_not_there(desk: Desk, client):
    payment, attempt = desk.paid()
    with db.transaction(read_only=True):
        [effect] = queries.effects_of(attempt)
    client.login(desk.cast.wati)
    assert client.get(f"/uang-masuk/{payment}").status_code in (403, 404)
    assert client.get(f"/uang-masuk/gerak/{effect.id}").status_code in (403, 404)
