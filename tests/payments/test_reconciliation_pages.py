"""The treasurer's page of differences, the second person's word, the provider's report, and who may not."""

from __future__ import annotations

import io

import pytest

from market.core import clock, db, jobs
from market.core.errors import NotFound
from market.ledger import chart
from market.payments import queries_reconciliation as reconciliation
from market.payments.types import BalanceMove
from tests.payments import counter
from tests.payments.conftest import AMOUNT_RP, Desk
from tests.payments.test_reconciliation import FEE_RP, NET_RP, found_order

PAGE = "/uang-masuk/cocok"


def text_of(client, path: str = PAGE) -> str:
    return client.get(path).get_data(as_text=True)


def test_before_the_first_run_the_page_says_what_to_press(desk: Desk, client):
    client.login(desk.cast.budi)
    assert 'data-testid="never-run"' in text_of(client) and 'data-testid="reconcile"' in text_of(client)


def test_the_button_starts_a_run_and_the_page_says_that_all_is_equal(desk: Desk, client):
    desk.paid()
    client.login(desk.cast.budi)
    assert client.post(PAGE).status_code == 303
    assert 'data-testid="run-running"' in text_of(client)
    jobs.run_all(counter.RECONCILING, "test")
    page = text_of(client)
    assert 'data-testid="run-equal"' in page and "Semua sama" in page
    assert "Biaya yang akan dipotong penyedia" in page and "Rp275.000" in page


def test_each_difference_shows_its_links_and_one_button(desk: Desk, client):
    desk.paid(purpose_id=2)
    payment, attempt = desk.paid()
    desk.bank.charges.pop(desk.attempt(attempt).order_id)
    counter.reconcile(desk)
    client.login(desk.cast.budi)
    page = text_of(client)
    assert f'href="/uang-masuk/{payment}"' in page and 'data-testid="apply-missing_there"' in page
    assert "Jurnalnya" in page and 'data-testid="book-missing_there"' not in page
    case = counter.cases(desk)["missing_there"]
    assert client.post(f"{PAGE}/{case.id}/penerapan").status_code == 303
    assert client.post(f"{PAGE}/{case.id}/pencatatan").status_code == 422


def test_the_treasurer_books_a_withdrawal_from_the_page(desk: Desk, client):
    _payment, attempt = desk.paid()
    desk.bank.withdraw(NET_RP, "WD-1", {desk.attempt(attempt).order_id: FEE_RP})
    counter.reconcile(desk)
    client.login(desk.cast.budi)
    assert 'data-testid="book-withdrawal"' in text_of(client) and "WD-1" in text_of(client)
    case = counter.cases(desk)["withdrawal"]
    assert client.post(f"{PAGE}/{case.id}/pencatatan").status_code == 303
    assert desk.balance(chart.CLEARING) == 0
    assert 'data-testid="differences"' not in text_of(client)
    assert client.post(f"{PAGE}/{case.id}/pencatatan").status_code == 409
    with db.transaction(read_only=True):
        withdrawal = reconciliation.withdrawal_for(desk.cast.budi, 1)
    assert client.get(f"/uang-masuk/pencairan/{withdrawal.id}").status_code == 302


def test_money_without_an_order_leads_to_where_it_is_given_back(desk: Desk, client):
    desk.paid()
    found_order(desk)
    counter.reconcile(desk)
    client.login(desk.cast.budi)
    case = counter.cases(desk)["missing_here"]
    sent = client.post(f"{PAGE}/{case.id}/pencatatan")
    assert sent.status_code == 303 and sent.headers["Location"].endswith("/uang-masuk")
    assert 'data-testid="refund-case"' in text_of(client, "/uang-masuk")


def test_an_explanation_is_written_by_one_and_agreed_to_by_another(desk: Desk, client):
    desk.paid()
    desk.bank.more.append(BalanceMove(clock.now(), "adjustment", 777))
    counter.reconcile(desk)
    case = counter.cases(desk)["balance"]
    client.login(desk.cast.budi)
    assert 'data-testid="upload-report"' in text_of(client)
    assert client.post(f"{PAGE}/{case.id}/penjelasan", {"reason": ""}).status_code == 422
    assert client.post(f"{PAGE}/{case.id}/penjelasan", {"reason": "hadiah"}).status_code == 303
    assert client.post(f"{PAGE}/{case.id}/penjelasan/persetujuan").status_code == 403
    client.login(desk.cast.hadi)
    assert 'data-testid="approve-explanation"' in text_of(client) and "hadiah" in text_of(client)
    home = text_of(client, "/hari-ini")
    assert "Setujui penjelasan selisih" in home
    assert client.post(f"{PAGE}/{case.id}/penjelasan/persetujuan").status_code == 303
    assert 'data-testid="differences"' not in text_of(client)


def test_the_treasurers_day_and_inbox_say_that_something_differs(desk: Desk, client):
    desk.paid()
    found_order(desk)
    counter.reconcile(desk)
    client.login(desk.cast.budi)
    assert "Urus selisih dengan penyedia pembayaran" in text_of(client, "/hari-ini")
    assert "Selisih dengan penyedia pembayaran: 1" in text_of(client, "/kabar")


def report(*rows: str) -> bytes:
    return "\n".join(("Settlement time;Type;Order ID;Amount;Fee;Reference;Payment type", *rows)).encode()


def upload(client, data: bytes, name: str = "laporan.csv"):
    return client.post("/uang-masuk/laporan", {"sheet": (io.BytesIO(data), name)})


def lines(desk: Desk, attempt: int) -> tuple[str, str]:
    order = desk.attempt(attempt).order_id
    return (
        f"2026-11-22 19:05:00;settlement;{order};{AMOUNT_RP}.00;{FEE_RP + 100};;qris",
        f"22/11/2026;payout;;{NET_RP - 100};;WD-1;",
    )


def test_a_report_is_looked_at_then_booked_and_never_twice(desk: Desk, client):
    _payment, attempt = desk.paid()
    desk.bank.keeps_books = False
    client.login(desk.cast.budi)
    data = report(*lines(desk, attempt), "22/11/2026;settlement;TOKO-9;50.000;;;va_bca")
    sent = upload(client, data)
    assert sent.status_code == 303
    page = text_of(client, sent.headers["Location"])
    assert "1, seluruhnya Rp272.763" in page and "Rp100" in page
    assert desk.balance(chart.CLEARING) == NET_RP, "nothing is booked by looking"
    assert client.post(f"{sent.headers['Location']}/konfirmasi").status_code == 303
    assert (desk.balance(chart.CLEARING), desk.balance(chart.PAYMENT_FEES)) == (0, FEE_RP + 100)
    assert set(counter.cases(desk)) == {"missing_here"}
    again = upload(client, data)
    assert again.status_code == 422 and "sudah dicatat" in again.get_data(as_text=True)
    longer = upload(client, data + b"\n22/11/2026;payout;;1.000;;WD-2;")
    assert client.post(f"{longer.headers['Location']}/konfirmasi").status_code == 303
    assert desk.balance(chart.CLEARING) == -1_000, "only what is new"
    desk.books_are_true()


def test_what_the_provider_listed_and_the_report_repeats_is_one_fact(desk: Desk, client):
    _payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    desk.bank.withdraw(NET_RP - 100, "WD-1", {order: FEE_RP + 100})
    counter.reconcile(desk)
    client.login(desk.cast.budi)
    sent = upload(client, report(*lines(desk, attempt)))
    assert "3 dari 3 baris" in text_of(client, sent.headers["Location"])
    client.post(f"{sent.headers['Location']}/konfirmasi")
    assert desk.balance(chart.CLEARING) == 0 and counter.cases(desk) == {}
    assert counter.reconcile(desk).state == "equal"


def test_a_fee_that_the_report_tells_before_it_is_taken_has_a_name(desk: Desk, client):
    _payment, attempt = desk.paid()
    client.login(desk.cast.budi)
    counter.reconcile(desk)
    payment_row, _withdrawal = lines(desk, attempt)
    sent = upload(client, report(payment_row))
    client.post(f"{sent.headers['Location']}/konfirmasi")
    run = counter.reconcile(desk)
    assert run.state == "equal"
    assert counter.items(run.id) == {"report_only": FEE_RP + 100}
    desk.bank.withdraw(NET_RP - 100, "WD-1", {desk.attempt(attempt).order_id: FEE_RP + 100})
    again = counter.reconcile(desk)
    assert again.state == "equal" and counter.items(again.id) == {"withdrawals_waiting": -(NET_RP - 100)}


def test_every_fault_of_a_report_is_said_at_once_and_nothing_is_kept(desk: Desk, client):
    client.login(desk.cast.budi)
    rows = ("kemarin;settlement;A-1;10.000;;;", "22/11/2026;hadiah;;1;;;", "22/11/2026;settlement;;0,5;;;")
    page = upload(client, report(*rows)).get_data(as_text=True)
    assert all(f"Baris {number}" in page for number in (2, 3, 4))
    assert upload(client, b"%PDF-1.4").status_code == 422
    with db.transaction(read_only=True), pytest.raises(NotFound):
        reconciliation.file_for(desk.cast.budi, 1)


def test_a_preview_can_be_thrown_away_and_read_again(desk: Desk, client):
    _payment, attempt = desk.paid()
    client.login(desk.cast.budi)
    first = upload(client, report(*lines(desk, attempt)))
    assert client.post(f"{first.headers['Location']}/batal").status_code == 303
    second = upload(client, report(*lines(desk, attempt)))
    assert second.status_code == 303 and second.headers["Location"] != first.headers["Location"]


def test_the_empty_sheet_is_read_by_its_own_titles(desk: Desk, client):
    client.login(desk.cast.budi)
    sheet = client.get("/uang-masuk/laporan/templat.xlsx").data
    page = upload(client, sheet, "templat.xlsx")
    assert page.status_code == 422 and "Tidak ada baris isi" in page.get_data(as_text=True)


POSTS = ("{page}", "{page}/1/penerapan", "{page}/1/pencatatan", "{page}/1/penjelasan")


@pytest.mark.parametrize("path", POSTS)
def test_who_only_looks_changes_nothing(desk: Desk, client, path):
    counter.reconcile(desk)
    client.login(desk.cast.hadi)
    assert client.get(PAGE).status_code == 200
    assert client.post(path.format(page=PAGE)).status_code == 403


def test_another_cooperatives_differences_are_not_there(desk: Desk, client):
    desk.paid()
    found_order(desk)
    counter.reconcile(desk)
    case = counter.cases(desk)["missing_here"]
    client.login(desk.cast.wati)
    for path in (f"{PAGE}/{case.id}/pencatatan", f"{PAGE}/{case.id}/penerapan"):
        assert client.post(path).status_code in (403, 404)
    assert "TOKO-LAMA-7" not in text_of(client)
