"""One person proposes a payment, another decides; advances are used, or given back."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from market.core import approvals, clock, db
from market.core.errors import Forbidden, NotFound, Refused
from market.core.history import history_of
from market.ledger import chart
from market.purchasing import queries, services
from market.purchasing.models import SupplierBill, SupplierPayment
from tests.purchasing.conftest import (
    RICE_RP,
    balance,
    bill,
    books_agree,
    delivered,
    freight,
    fund,
    goods,
    issue,
    lump,
    pay,
    receive,
)

pytestmark = pytest.mark.usefixtures("open_transaction")


@pytest.fixture
def recorded(cast, open_transaction):
    return bill(cast, delivered(cast))


def test_the_proposer_cannot_approve_and_other_roles_can_do_neither(cast, recorded):
    payment = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    for actor in (cast.budi, cast.sri, cast.kasir, cast.joko):
        with pytest.raises(Forbidden):
            services.decide_payment(actor, payment.id, approve=True)
    for actor in (cast.hadi, cast.sri, cast.joko):
        with pytest.raises(Forbidden):
            services.propose_payment(actor, recorded.id, chart.BANK)
    assert (payment.state, recorded.paid_rp) == ("proposed", 0)


def test_the_same_person_in_another_hat_is_still_the_same_person(cast, recorded):
    payment = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    budi_as_chair = type(cast.budi)(**{**vars(cast.hadi), "user_id": cast.budi.user_id, "name": "Budi"})
    with pytest.raises(Refused, match="orang lain"):
        services.decide_payment(budi_as_chair, payment.id, approve=True)


def test_payments_of_others_are_not_found(cast, recorded):
    payment = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    ketua = type(cast.hadi)(**{**vars(cast.hadi), "organization_id": cast.tetangga.id, "user_id": 10**6})
    with pytest.raises(NotFound):
        services.decide_payment(ketua, payment.id, approve=True)
    treasurer = type(cast.budi)(**{**vars(cast.budi), "organization_id": cast.lamongan.id})
    with pytest.raises(NotFound):
        services.propose_payment(treasurer, recorded.id, chart.BANK)


def test_too_little_money_is_said_clearly_and_nothing_changes(cast, recorded):
    bank = balance(cast, chart.BANK)
    fund(cast, chart.BANK, RICE_RP - 1 - bank)
    fund(cast, chart.CASH, RICE_RP - 1 - balance(cast, chart.CASH))
    for account, name in ((chart.CASH, "Kas"), (chart.BANK, "Bank")):
        payment = services.propose_payment(cast.budi, recorded.id, account)
        with pytest.raises(Refused) as refusal, db.session.begin_nested():
            services.decide_payment(cast.hadi, payment.id, approve=True)
        assert f"Saldo {name} hanya Rp14.159.999, pembayaran ini Rp14.160.000" in str(refusal.value)
        db.session.expire_all()
        assert (payment.state, recorded.state, recorded.paid_rp) == ("proposed", "recorded", 0)
        assert balance(cast, account) == RICE_RP - 1
        services.decide_payment(cast.hadi, payment.id, approve=False, reason="uang kurang")
    assert books_agree(cast)


def test_a_rejected_payment_says_why_and_may_be_proposed_again(cast, recorded):
    payment = services.propose_payment(cast.budi, recorded.id, chart.CASH)
    with pytest.raises(Refused) as silent:
        services.decide_payment(cast.hadi, payment.id, approve=False)
    assert silent.value.field == "reason"
    services.decide_payment(cast.hadi, payment.id, False, "pakai bank saja")
    assert payment.state == "rejected"
    assert history_of(payment)[-1].reason == "pakai bank saja"
    assert pay(cast, recorded).state == "paid"


def test_a_bill_waits_for_one_payment_at_a_time_and_is_paid_once(cast, recorded):
    payment = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    with pytest.raises(Refused, match="menunggu"):
        services.propose_payment(cast.budi, recorded.id, chart.CASH)
    services.decide_payment(cast.hadi, payment.id, approve=True)
    with pytest.raises(Refused, match="diputuskan"):
        services.decide_payment(cast.hadi, payment.id, approve=True)
    with pytest.raises(Refused, match="lunas"):
        services.propose_payment(cast.budi, recorded.id, chart.BANK)
    assert balance(cast, chart.BANK) == 50_000_000 - RICE_RP


@pytest.mark.parametrize("account", ["1-1400", "", "3-1300"])
def test_money_comes_from_cash_or_bank(cast, recorded, account):
    with pytest.raises(Refused) as refusal:
        services.propose_payment(cast.budi, recorded.id, account)
    assert refusal.value.field == "account"


def test_a_proposal_that_nobody_decided_lapses_and_makes_room_for_a_new_one(cast, recorded):
    old = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    clock.travel(approvals.LAPSES_AFTER_H * 3600)
    with pytest.raises(Refused, match="72 jam"):
        services.decide_payment(cast.hadi, old.id, approve=True)
    assert queries.waiting_payments(cast.makmur.id) == []
    new = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    assert old.state == "lapsed"
    services.decide_payment(cast.hadi, new.id, approve=True)
    assert recorded.state == "paid"
    assert services.lapse_payments() == 0


def test_the_sweep_closes_what_lapsed(cast, recorded):
    payment = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    assert services.lapse_payments() == 0
    clock.travel(approvals.LAPSES_AFTER_H * 3600)
    assert services.lapse_payments() == 1
    assert payment.state == "lapsed"


def test_the_database_itself_knows_one_waiting_payment_per_bill(cast, recorded):
    payment = services.propose_payment(cast.budi, recorded.id, chart.BANK)
    twin = {c.name: getattr(payment, c.name) for c in SupplierPayment.__table__.columns if c.name != "id"}
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(SupplierPayment.__table__.insert().values(**{**twin, "number": "BK/X"}))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(SupplierBill).values(paid_rp=RICE_RP + 1))


# --- advances --------------------------------------------------------------------------------------


@pytest.fixture
def prepaid(cast, open_transaction):
    """A prepaid order whose advance Budi proposed and Hadi approved."""
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000), terms="prepaid")
    payment = services.propose_advance(cast.budi, order.id, chart.BANK)
    services.decide_payment(cast.hadi, payment.id, approve=True)
    return order


TOTAL_RP = 48 * 297_500 + 90_000


def test_an_advance_is_prepaid_until_the_bill_uses_it_and_the_order_closes(cast, prepaid):
    assert balance(cast, chart.PREPAID_SUPPLIERS) == TOTAL_RP
    receive(cast, prepaid)
    recorded = bill(cast, prepaid, TOTAL_RP)
    assert (recorded.state, recorded.paid_rp, prepaid.state) == ("paid", TOTAL_RP, "closed")
    assert balance(cast, chart.PREPAID_SUPPLIERS) == balance(cast, chart.PAYABLE_SUPPLIERS) == 0
    assert balance(cast, chart.BANK) == 50_000_000 - TOTAL_RP
    assert books_agree(cast)


def test_an_advance_covers_several_bills(cast, prepaid):
    receive(cast, prepaid, 20)
    bill(cast, prepaid, 20 * 297_500 + 90_000, "INV-1")
    assert balance(cast, chart.PREPAID_SUPPLIERS) == 28 * 297_500
    receive(cast, prepaid, 28)
    bill(cast, prepaid, 28 * 297_500, "INV-2")
    assert prepaid.state == "closed"


def test_what_was_paid_for_goods_that_did_not_come_is_given_back(cast, prepaid):
    receive(cast, prepaid, 40)
    with pytest.raises(Refused, match="ditunggu"):
        services.record_refund(cast.budi, prepaid.id, chart.BANK)
    services.cancel_rest(cast.sri, prepaid.id, "kurang kirim")
    bill(cast, prepaid, 40 * 297_500 + 90_000)
    assert prepaid.state == "issued", "the supplier still owes money"
    assert services.record_refund(cast.budi, prepaid.id, chart.BANK, "transfer 22/11") == 8 * 297_500
    assert prepaid.state == "closed"
    assert balance(cast, chart.PREPAID_SUPPLIERS) == 0
    assert balance(cast, chart.BANK) == 50_000_000 - (40 * 297_500 + 90_000)
    with pytest.raises(Refused, match="Tidak ada"):
        services.record_refund(cast.budi, prepaid.id, chart.BANK)
    assert books_agree(cast)


def test_an_advance_stays_while_a_bill_that_may_use_it_is_disputed(cast, prepaid):
    def offered() -> bool:
        return any(
            row.kind == "advance_back"
            for query in queries.today(cast.budi)
            for row in db.session.execute(query)
        )

    receive(cast, prepaid, 40)
    services.cancel_rest(cast.sri, prepaid.id, "kurang kirim")
    disputed = bill(cast, prepaid, TOTAL_RP, open_case=True)
    assert not offered()
    with pytest.raises(Refused, match="berselisih"):
        services.record_refund(cast.budi, prepaid.id, chart.BANK)
    services.issue_credit(cast.joko, disputed.id, 8 * 297_500, "delapan sak tidak datang")
    assert disputed.state == "paid" and offered()
    assert services.record_refund(cast.budi, prepaid.id, chart.BANK) == 8 * 297_500
    assert prepaid.state == "closed" and balance(cast, chart.PREPAID_SUPPLIERS) == 0
    assert books_agree(cast)


def test_an_advance_stays_while_a_bill_from_before_it_is_unpaid(cast):
    order = issue(cast, terms="prepaid")
    receive(cast, order, 10)
    early = bill(cast, order, 10 * 295_000)
    payment = services.propose_advance(cast.budi, order.id, chart.BANK)
    services.decide_payment(cast.hadi, payment.id, approve=True)
    services.cancel_rest(cast.sri, order.id, "sisanya tidak jadi")
    with pytest.raises(Refused, match="belum dibayar"):
        services.record_refund(cast.budi, order.id, chart.BANK)
    pay(cast, early)
    assert services.record_refund(cast.budi, order.id, chart.BANK) == 38 * 295_000
    assert order.state == "closed" and books_agree(cast)


def test_a_cancelled_prepaid_order_gives_the_whole_advance_back(cast, prepaid):
    services.cancel_rest(cast.sri, prepaid.id, "tidak jadi kirim")
    assert prepaid.state == "cancelled"
    with pytest.raises(Forbidden):
        services.record_refund(cast.sri, prepaid.id, chart.CASH)
    with pytest.raises(Refused):
        services.record_refund(cast.budi, prepaid.id, "1-1400")
    assert services.record_refund(cast.budi, prepaid.id, chart.CASH) == TOTAL_RP
    assert (balance(cast, chart.CASH), prepaid.state) == (20_000_000 + TOTAL_RP, "cancelled")


def test_an_advance_is_paid_once_and_only_for_prepaid_orders(cast, prepaid):
    with pytest.raises(Refused, match="sudah dibayar"):
        services.propose_advance(cast.budi, prepaid.id, chart.BANK)
    with pytest.raises(Refused, match="tidak menunggu"):
        services.propose_advance(cast.budi, issue(cast).id, chart.BANK)


def test_an_advance_for_an_order_that_ended_is_not_paid(cast):
    order = issue(cast, terms="prepaid")
    payment = services.propose_advance(cast.budi, order.id, chart.BANK)
    services.cancel_rest(cast.sri, order.id, "tidak jadi")
    assert payment.state == "lapsed"
    with pytest.raises(Refused):
        services.decide_payment(cast.hadi, payment.id, approve=True)
    assert balance(cast, chart.BANK) == 50_000_000


def test_an_advance_for_more_than_is_still_to_come_is_not_paid(cast):
    order = issue(cast, terms="prepaid")
    payment = services.propose_advance(cast.budi, order.id, chart.BANK)
    receive(cast, order, 20)
    services.cancel_rest(cast.sri, order.id, "sisanya tidak ada")
    with pytest.raises(Refused, match="berubah"):
        services.decide_payment(cast.hadi, payment.id, approve=True)


def test_advances_of_others_are_not_found(cast):
    order = issue(cast, terms="prepaid", buyer=cast.tetangga)
    with pytest.raises(NotFound):
        services.propose_advance(cast.budi, order.id, chart.BANK)
