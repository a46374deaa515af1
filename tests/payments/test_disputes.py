"""Money that a payer disputes, and money given back at the provider itself: seen, booked once, shown."""

from __future__ import annotations

import pytest

from market.core import db
from market.core.errors import Conflict, Forbidden, Refused
from market.ledger import chart
from market.payments import queries, services
from market.payments.services import disputing
from market.payments.types import DisputeStatus, Provider, RefundSnapshot, RefundStatus
from tests.payments.conftest import AMOUNT_RP, Desk
from tests.payments.test_money import FEE_RP
from tests.payments.test_troubles import closed, the_case

NET_RP = AMOUNT_RP - FEE_RP


def disputed(desk: Desk, status: DisputeStatus = DisputeStatus.OPEN, amount_rp: int = 0) -> tuple[int, str]:
    """A paid payment whose payer complains; returns it and its order id."""
    payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    desk.bank.dispute(order, status, amount_rp)
    desk.wait(60)
    return payment, order


def states(desk: Desk, payment_id: int) -> list[tuple[str, int]]:
    with db.transaction(read_only=True):
        attempts = queries.attempts_of(payment_id)
        return [(row.state, row.amount_rp) for each in attempts for row in queries.disputes_of(each.id)]


def the_dispute(desk: Desk) -> int:
    with db.transaction(read_only=True):
        [(dispute, _payment, _account)] = queries.open_disputes(desk.cast.makmur.id)
        return dispute.id


def end(desk: Desk, won: bool, who=None) -> None:
    number = the_dispute(desk)
    with db.transaction():
        services.end_dispute(who or desk.cast.budi, number, won, "surat Midtrans")


def use(desk: Desk, payment_id: int, amount_rp: int) -> None:
    with db.transaction():
        services.use_payment(desk.cast.budi, payment_id, amount_rp)


def test_disputed_money_is_gone_while_it_lasts(desk: Desk):
    payment, _order = disputed(desk)
    assert desk.balance(chart.CLEARING) == NET_RP - AMOUNT_RP
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    assert (states(desk, payment), desk.payment(payment).state) == ([("open", AMOUNT_RP)], "paid")
    with pytest.raises(Refused, match="menyanggah"):
        use(desk, payment, 1)
    with pytest.raises(Refused, match="menyanggah"), db.transaction():
        services.ask_refund(desk.cast.budi, payment, 1, "batal")
    desk.books_are_true()


def test_a_dispute_that_is_won_brings_the_money_back_by_reversal(desk: Desk):
    payment, order = disputed(desk)
    desk.bank.dispute(order, DisputeStatus.WON)
    for _twice in range(2):
        desk.wait(3600)
    assert states(desk, payment) == [("won", AMOUNT_RP)]
    assert (desk.balance(chart.CLEARING), desk.balance(chart.CUSTOMER_ADVANCES)) == (NET_RP, -AMOUNT_RP)
    desk.books_are_true()
    use(desk, payment, AMOUNT_RP)


def test_old_news_does_not_open_a_dispute_again(desk: Desk):
    payment, order = disputed(desk)
    desk.bank.dispute(order, DisputeStatus.WON)
    desk.wait(3600)
    desk.bank.dispute(order, DisputeStatus.OPEN)
    desk.wait(3600)
    assert states(desk, payment) == [("won", AMOUNT_RP)] and desk.balance(chart.CLEARING) == NET_RP
    desk.books_are_true()


def test_a_dispute_that_is_lost_ends_the_payment(desk: Desk):
    payment, order = disputed(desk)
    desk.bank.dispute(order, DisputeStatus.LOST)
    desk.wait(3600)
    assert (states(desk, payment), desk.payment(payment).state) == ([("lost", AMOUNT_RP)], "reversed")
    assert desk.told[-1] == (payment, "reversed")
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 0
    desk.books_are_true()


def test_what_goods_were_given_for_is_owed_by_who_disputes_it(desk: Desk):
    payment, attempt = desk.paid()
    use(desk, payment, 200_000)
    desk.bank.dispute(desk.attempt(attempt).order_id)
    desk.wait(60)
    assert desk.balance(chart.RECEIVABLE_REVERSALS) == 200_000
    desk.bank.dispute(desk.attempt(attempt).order_id, DisputeStatus.WON)
    desk.wait(3600)
    assert desk.balance(chart.RECEIVABLE_REVERSALS) == 0


def test_a_dispute_about_a_part_that_grows_is_booked_by_its_growth(desk: Desk):
    payment, order = disputed(desk, amount_rp=100_000)
    assert desk.balance(chart.CUSTOMER_ADVANCES) == 100_000 - AMOUNT_RP
    desk.bank.dispute(order, amount_rp=AMOUNT_RP)
    desk.wait(3600)
    assert states(desk, payment) == [("open", AMOUNT_RP)]
    assert desk.balance(chart.CLEARING) == NET_RP - AMOUNT_RP
    desk.books_are_true()
    desk.bank.dispute(order, DisputeStatus.WON)
    desk.wait(3600)
    assert desk.balance(chart.CLEARING) == NET_RP
    desk.books_are_true()


def test_a_dispute_is_followed_for_months(desk: Desk):
    payment, order = disputed(desk)
    for _month in range(2):
        desk.wait(30 * 86_400)
    desk.bank.dispute(order, DisputeStatus.WON)
    desk.wait(2 * 3600)
    assert states(desk, payment) == [("won", AMOUNT_RP)]


def test_late_money_that_is_disputed_is_neither_used_nor_given_back(desk: Desk):
    _payment, _attempt, order = closed(desk)
    desk.bank.pay(order)
    desk.notify(order, "late")
    desk.work()
    desk.bank.dispute(order)
    desk.notify(order, "dispute")
    desk.work()
    case = the_case(desk)
    for act in (services.refund_case, services.attribute_case):
        with pytest.raises((Conflict, Refused)), db.transaction():
            act(desk.cast.budi, case, "coba")
    desk.books_are_true()
    desk.bank.dispute(order, DisputeStatus.LOST)
    desk.notify(order, "lost")
    desk.work()
    assert desk.balance(chart.SUSPENSE) == 0
    with db.transaction(read_only=True):
        assert queries.open_cases(desk.cast.makmur.id) == []
    desk.books_are_true()


@pytest.mark.parametrize("won", [True, False])
def test_where_the_provider_says_nothing_the_treasurer_writes_down_how_it_ended(desk: Desk, won: bool):
    payment, _order = disputed(desk)
    with pytest.raises(Forbidden):
        end(desk, won, desk.cast.kasir)
    end(desk, won)
    desk.wait(3600)
    assert states(desk, payment) == [("won" if won else "lost", AMOUNT_RP)], "still called disputed there"
    assert desk.balance(chart.CLEARING) == (NET_RP if won else NET_RP - AMOUNT_RP)
    desk.books_are_true()


def test_where_the_provider_says_how_it_ended_nobody_writes_it_by_hand(desk: Desk, monkeypatch):
    disputed(desk)
    monkeypatch.setattr(disputing, "SILENT", (Provider.STRIPE,))
    with pytest.raises(Refused):
        end(desk, True)


def test_the_treasurers_page_shows_a_dispute_and_takes_its_end(desk: Desk, client):
    payment, _order = disputed(desk)
    client.login(desk.cast.budi)
    assert 'data-testid="disputes"' in client.get("/uang-masuk").get_data(as_text=True)
    number = the_dispute(desk)
    bad = client.post(f"/uang-masuk/sanggahan/{number}/menang", {"reason": ""})
    assert bad.status_code == 422 and states(desk, payment) == [("open", AMOUNT_RP)]
    sent = client.post(f"/uang-masuk/sanggahan/{number}/kalah", {"reason": "keputusan bank"})
    assert sent.status_code == 303 and states(desk, payment) == [("lost", AMOUNT_RP)]
    assert 'data-testid="disputes"' not in client.get("/uang-masuk").get_data(as_text=True)
    assert "Dimenangkan pembeli" in client.get(f"/uang-masuk/{payment}").get_data(as_text=True)


def test_another_cooperatives_dispute_is_not_there(desk: Desk, client):
    disputed(desk)
    number = the_dispute(desk)
    client.login(desk.cast.wati)
    sent = client.post(f"/uang-masuk/sanggahan/{number}/menang", {"reason": "x"})
    assert sent.status_code in (403, 404)


def test_a_notice_that_names_only_the_providers_number_finds_its_payment(desk: Desk):
    payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    desk.bank.dispute(order)
    desk.notify(f"@tx-{order}", "charge.dispute.created")
    desk.work()
    assert states(desk, payment) == [("open", AMOUNT_RP)]


# Given back at the provider itself


def found(desk: Desk, order: str, amount_rp: int, status: RefundStatus, name: str = "re_9") -> None:
    """The provider lists a refund that does not carry a name of ours."""
    desk.bank.refund(order, RefundSnapshot("", amount_rp, status, provider_id=name))
    desk.notify(order, f"refund {name} {status} {len(desk.told)}")
    desk.wait(3600)


def refunds(desk: Desk, attempt: int) -> list[tuple[str, int]]:
    with db.transaction(read_only=True):
        return [(refund.state, refund.amount_rp) for refund in queries.refunds_of(attempt)]


def test_a_refund_made_elsewhere_is_seen_while_the_bank_works_on_it(desk: Desk):
    payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    for _twice in range(2):
        found(desk, order, 100_000, RefundStatus.PENDING)
    assert refunds(desk, attempt) == [("pending", 100_000)]
    assert desk.balance(chart.REFUNDS_UNDER_WAY) == -100_000
    with pytest.raises(Refused):
        use(desk, payment, 175_001)
    for _twice in range(2):
        found(desk, order, 100_000, RefundStatus.SUCCEEDED)
    assert refunds(desk, attempt) == [("done", 100_000)]
    assert (desk.balance(chart.REFUNDS_UNDER_WAY), desk.payment(payment).refunded_rp) == (0, 100_000)
    assert desk.balance(chart.CLEARING) == NET_RP - 100_000
    desk.books_are_true()


def test_a_refund_made_elsewhere_that_the_bank_refuses_leaves_the_money(desk: Desk):
    payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    found(desk, order, AMOUNT_RP, RefundStatus.PENDING)
    with pytest.raises(Refused, match="dikembalikan"):
        use(desk, payment, 1)
    found(desk, order, AMOUNT_RP, RefundStatus.FAILED)
    assert refunds(desk, attempt) == [("refused", AMOUNT_RP)]
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -AMOUNT_RP
    assert desk.payment(payment).state == "paid"
    desk.books_are_true()


@pytest.mark.parametrize("reason", ["Barang rusak", "\u202e\x00aneh" * 40, "😀" * 300])
def test_whatever_somebody_typed_at_the_provider_the_refund_is_booked(desk: Desk, reason: str):
    payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    said = RefundSnapshot("", 50_000, RefundStatus.SUCCEEDED, provider_id="re_1", reason=reason)
    desk.bank.refund(order, said)
    desk.wait(3600)
    assert desk.payment(payment).refunded_rp == 50_000


def test_two_refunds_made_elsewhere_are_two(desk: Desk):
    payment, attempt = desk.paid()
    order = desk.attempt(attempt).order_id
    for name in ("re_1", "re_2", "re_1"):
        found(desk, order, 50_000, RefundStatus.SUCCEEDED, name)
    assert desk.payment(payment).refunded_rp == 100_000
    desk.books_are_true()


def test_what_goods_were_given_for_and_somebody_gave_back_is_owed(desk: Desk, client):
    payment, attempt = desk.paid()
    use(desk, payment, 200_000)
    found(desk, desk.attempt(attempt).order_id, 100_000, RefundStatus.SUCCEEDED)
    assert desk.balance(chart.RECEIVABLE_REVERSALS) == 25_000
    client.login(desk.cast.budi)
    shown = client.get(f"/uang-masuk/{payment}").get_data(as_text=True)
    assert "dibuat di penyedia pembayaran" in shown and "100.000" in shown


def test_the_rest_of_late_money_goes_back_after_a_part_was_given_back_elsewhere(desk: Desk):
    _payment, attempt, order = closed(desk)
    desk.bank.pay(order)
    desk.notify(order, "late")
    desk.work()
    found(desk, order, 75_000, RefundStatus.SUCCEEDED)
    case = the_case(desk)
    with pytest.raises(Conflict), db.transaction():
        services.attribute_case(desk.cast.budi, case, "pakai")
    with db.transaction():
        services.refund_case(desk.cast.budi, case, "sisanya")
    desk.work()
    assert refunds(desk, attempt) == [("done", 75_000), ("pending", 200_000)]
    desk.bank.refund(order, RefundSnapshot(f"{order}-R02", 200_000, RefundStatus.SUCCEEDED))
    desk.notify(order, "all back")
    desk.work()
    with db.transaction(read_only=True):
        assert queries.open_cases(desk.cast.makmur.id) == []
    desk.books_are_true()
