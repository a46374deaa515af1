"""The pages of a bill that is paid over the internet: who sees which button, and what it leads to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from market.payments import doors
from tests.purchasing.online import Till, open_till, registered


@pytest.fixture
def world():
    return registered


@pytest.fixture
def till(began) -> Iterator[Till]:
    yield open_till(*began)
    doors.configure({})


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_way_is_offered_where_the_supplier_takes_it(till: Till, client):
    bill_id = till.bill()
    client.login(till.cast.budi)
    assert 'value="online"' in text(client, f"/tagihan/{bill_id}/pembayaran")
    sent = client.post(f"/tagihan/{bill_id}/pembayaran", {"account": "online", "reference": ""})
    assert sent.status_code == 303
    doors_closed = text(client, f"/tagihan/{till.bill('INV-2')}/pembayaran")
    assert 'value="online"' in doors_closed


def test_a_supplier_without_an_account_is_no_choice(till: Till, client):
    from_other = till.cast.ngawi
    till.cast = till.cast.__class__(**{**till.cast.__dict__, "lamongan": from_other})
    bill_id = till.bill()
    client.login(till.cast.budi)
    assert 'value="online"' not in text(client, f"/tagihan/{bill_id}/pembayaran")
    refused = client.post(f"/tagihan/{bill_id}/pembayaran", {"account": "online", "reference": ""})
    assert refused.status_code == 422


def test_the_approval_opens_the_payers_page(till: Till, client):
    payment_id = till.propose(till.bill())
    client.login(till.cast.hadi)
    answer = client.post(f"/pembayaran/{payment_id}/persetujuan")
    assert answer.status_code == 303
    token = till.asked(payment_id).token
    assert answer.headers["Location"].endswith(f"/bayar/{token}")
    assert 'data-testid="pay-va_bca"' in text(client, f"/bayar/{token}")


def test_what_is_approved_stands_where_people_look(till: Till, client):
    payment_id = till.approved()
    client.login(till.cast.budi)
    assert 'data-testid="task-online_to_pay"' in text(client, "/hari-ini")
    assert 'data-testid="open-to-pay"' in text(client, "/pembayaran")
    assert 'data-testid="to-pay"' in text(client, f"/tagihan/{till.bill_of(payment_id).id}")
    page = text(client, f"/pembayaran/{payment_id}")
    assert 'data-testid="pay-now"' in page
    assert 'data-testid="withdraw-payment"' in page


def test_a_payment_is_given_up_on_its_page(till: Till, client):
    payment_id = till.approved()
    client.login(till.cast.hadi)
    assert client.post(f"/pembayaran/{payment_id}/pembatalan").status_code == 403
    client.login(till.cast.wati)
    assert client.post(f"/pembayaran/{payment_id}/pembatalan").status_code in (403, 404)
    client.login(till.cast.budi)
    assert client.get(f"/pembayaran/{payment_id}/pembatalan").status_code == 405
    assert client.post(f"/pembayaran/{payment_id}/pembatalan").status_code == 303
    assert till.payment(payment_id).state == "lapsed"
    assert "Tidak jadi dibayar" in text(client, f"/pembayaran/{payment_id}")


def test_while_the_provider_closes_it_the_page_offers_no_payment(till: Till, client):
    payment_id = till.approved()
    till.choose(payment_id)
    client.login(till.cast.budi)
    client.post(f"/pembayaran/{payment_id}/pembatalan")
    page = text(client, f"/pembayaran/{payment_id}")
    assert 'data-testid="ending"' in page
    assert 'data-testid="pay-now"' not in page


def test_the_proof_names_provider_journal_and_both_persons(till: Till, client):
    payment_id = till.approved()
    order_id = till.pay(payment_id)
    client.login(till.cast.budi)
    page = text(client, f"/pembayaran/{payment_id}")
    for fact in (order_id, 'data-testid="journal"', "Hadi", "Budi", "rekening virtual"):
        assert fact in page


def test_money_that_went_back_is_said_on_the_page(till: Till, client):
    payment_id = till.approved()
    till.bank.take_back(till.pay(payment_id, "va_permata"))
    till.wait(3700)
    client.login(till.cast.budi)
    assert 'data-testid="money-back"' in text(client, f"/pembayaran/{payment_id}")
    assert 'data-testid="propose"' in text(client, f"/tagihan/{till.bill_of(payment_id).id}")


def test_the_supplier_sees_its_money_and_nobody_elses(till: Till, client):
    asked = till.asked(till.paid())
    client.login(till.cast.joko)
    assert asked.number in text(client, "/uang-masuk")
    assert till.cast.makmur.name in text(client, f"/uang-masuk/{asked.id}")
    assert 'data-testid="account-form"' in text(client, "/uang-masuk/akun")
    for path in ("/buku", "/buku/jurnal", "/pembayaran"):
        assert client.get(path, follow_redirects=True).status_code == 403
    for other in (till.cast.nur, till.cast.budi):
        client.login(other)
        assert client.get(f"/uang-masuk/{asked.id}").status_code == 404
