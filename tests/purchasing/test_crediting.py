"""Credit notes take off what is owed; goods that go back leave the shelf; nothing of it is ever changed."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from market.core import db
from market.core.errors import Forbidden, NotFound, Refused
from market.ledger import chart
from market.purchasing import queries, services
from market.purchasing.models import Claim
from market.purchasing.models_bills import CreditNote
from market.stock import queries as stock
from market.stock import services as shelf
from tests.purchasing.conftest import (
    PRICE_RP,
    RICE_RP,
    balance,
    bill,
    books_agree,
    delivered,
    freight,
    goods,
    issue,
    pack_id,
    pay,
    receive,
)

pytestmark = pytest.mark.usefixtures("open_transaction")


def on_hand(cast) -> int:
    return next(each.on_hand_base for each in stock.stock_of(cast.makmur.id)) // 25_000


def send_back(cast, order, packs: int = 3, actor=None, reason: str = "broken"):
    line = queries.goods_lines(order.id)[0]
    return services.return_goods(actor or cast.sri, order.id, [(line.id, packs)], reason, "karung robek")


# --- credit notes ----------------------------------------------------------------------------------


def test_a_credit_note_has_a_number_and_takes_off_what_is_owed(cast):
    recorded = bill(cast, delivered(cast))
    note = services.issue_credit(cast.joko, recorded.id, 100_000, "potongan", "CN-9")
    assert note.number.startswith("NK/") and (note.issued_for, note.reference) == (cast.lamongan.id, "CN-9")
    assert (recorded.open_rp, balance(cast, chart.PAYABLE_SUPPLIERS)) == (
        RICE_RP - 100_000,
        -(RICE_RP - 100_000),
    )
    assert balance(cast, chart.PRICE_DIFFERENCE) == -100_000
    payment = pay(cast, recorded)
    assert payment.amount_rp == RICE_RP - 100_000 and recorded.state == "paid"
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == 0 and books_agree(cast)


def test_the_treasurer_writes_down_the_suppliers_paper(cast):
    recorded = bill(cast, delivered(cast))
    note = services.issue_credit(cast.budi, recorded.id, 50_000, "nota dari sopir", "NK-1")
    assert note.issued_for == cast.makmur.id
    for actor in (cast.sri, cast.hadi, cast.kasir):
        with pytest.raises(Forbidden):
            services.issue_credit(actor, recorded.id, 1, "x")
    for stranger in (cast.nur, cast.wati):
        with pytest.raises(NotFound):
            services.issue_credit(stranger, recorded.id, 1, "x")


@pytest.mark.parametrize("amount", [0, -1, RICE_RP + 1])
def test_a_credit_note_takes_off_at_most_the_bill(cast, amount):
    recorded = bill(cast, delivered(cast))
    with pytest.raises(Refused) as refusal:
        services.issue_credit(cast.joko, recorded.id, amount, "x")
    assert refusal.value.field == "amount_rp"
    with pytest.raises(Refused) as silent:
        services.issue_credit(cast.joko, recorded.id, 1, " ")
    assert silent.value.field == "reason"


def test_two_credit_notes_together_take_off_at_most_the_bill(cast):
    recorded = bill(cast, delivered(cast))
    services.issue_credit(cast.joko, recorded.id, RICE_RP - 1, "hampir semua")
    with pytest.raises(Refused):
        services.issue_credit(cast.joko, recorded.id, 2, "terlalu banyak")
    services.issue_credit(cast.joko, recorded.id, 1, "sisanya")
    assert recorded.state == "paid" and queries.order(recorded.order_id).state == "closed"
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == 0


def test_a_credit_after_payment_waits_for_the_next_bill_of_the_same_supplier(cast):
    first = bill(cast, delivered(cast))
    pay(cast, first)
    note = services.issue_credit(cast.joko, first.id, 200_000, "susut")
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == 200_000
    other = bill(cast, delivered(cast, supplier=cast.ngawi), reference="NG-1")
    assert other.open_rp == RICE_RP, "another supplier's bill is another matter"
    second = bill(cast, delivered(cast), reference="INV-2")
    assert second.open_rp == RICE_RP - 200_000
    assert [(use.amount_rp, b.id) for use, b in queries.uses_of_credit(note.id)] == [(200_000, second.id)]
    assert queries.unused_credits(cast.makmur.id, cast.lamongan.id) == []


def test_a_credit_reaches_the_other_open_bills_at_once_the_earliest_due_first(cast):
    paid = bill(cast, delivered(cast))
    pay(cast, paid)
    later = bill(cast, delivered(cast, terms="tempo", credit_days=20), reference="INV-2")
    sooner = bill(cast, delivered(cast, terms="tempo", credit_days=5), reference="INV-3")
    services.issue_credit(cast.joko, paid.id, 300_000, "susut")
    assert (sooner.open_rp, later.open_rp) == (RICE_RP - 300_000, RICE_RP)


def test_what_no_bill_is_left_for_comes_back_as_money(cast):
    recorded = bill(cast, delivered(cast))
    pay(cast, recorded)
    note = services.issue_credit(cast.joko, recorded.id, 200_000, "susut")
    bank = balance(cast, chart.BANK)
    with pytest.raises(Refused):
        services.record_credit_money(cast.budi, note.id, "1-1400")
    with pytest.raises(Forbidden):
        services.record_credit_money(cast.hadi, note.id, chart.BANK)
    use = services.record_credit_money(cast.budi, note.id, chart.BANK, "trf 1")
    assert use.amount_rp == 200_000
    assert queries.credit_of_use(cast.budi, use.id).id == note.id
    with pytest.raises(NotFound):
        queries.credit_of_use(cast.wati, use.id)
    assert (balance(cast, chart.BANK), balance(cast, chart.PAYABLE_SUPPLIERS)) == (bank + 200_000, 0)
    with pytest.raises(Refused, match="terpakai"):
        services.record_credit_money(cast.budi, note.id, chart.BANK)


@pytest.mark.parametrize("change", ["UPDATE credit_note SET amount_rp = 1", "DELETE FROM credit_note"])
def test_the_database_keeps_a_credit_note_as_it_was_written(cast, change):
    recorded = bill(cast, delivered(cast))
    services.issue_credit(cast.joko, recorded.id, 5, "potongan")
    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.connection().exec_driver_sql(change)
    assert db.session.scalar(select(CreditNote.amount_rp)) == 5


def test_a_claim_over_goods_that_were_billed_ends_with_a_credit_note(cast):
    order = issue(cast)
    receive(cast, order, 46, 2, "short")
    recorded = bill(cast, order, RICE_RP, open_case=True)
    claim = db.session.scalars(select(Claim)).one()
    note = services.issue_credit(cast.joko, recorded.id, 2 * PRICE_RP, "dua sak kurang", claim_id=claim.id)
    assert (note.claim_id, claim.state) == (claim.id, "cancelled_rest")
    assert queries.case_of(recorded.id).state == "credited"
    pay(cast, recorded)
    assert order.state == "closed" and balance(cast, chart.PAYABLE_SUPPLIERS) == 0
    assert books_agree(cast)


def test_a_claim_of_another_order_is_not_credited_here(cast):
    other = issue(cast)
    receive(cast, other, 46, 2, "short")
    claim = db.session.scalars(select(Claim)).one()
    recorded = bill(cast, delivered(cast))
    with pytest.raises(Refused):
        services.issue_credit(cast.joko, recorded.id, 1, "x", claim_id=claim.id)


# --- goods that go back ----------------------------------------------------------------------------


def test_goods_go_back_and_the_supplier_owes_their_price(cast):
    order = delivered(cast)
    recorded = bill(cast, order)
    sent = send_back(cast, order)
    assert sent.number.startswith("RB/") and sent.amount_rp == 3 * PRICE_RP
    assert on_hand(cast) == 45
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == 3 * PRICE_RP, "due back"
    note = services.credit_return(cast.joko, sent.id, "CN-1")
    assert (sent.state, note.amount_rp, recorded.open_rp) == (
        "credited",
        3 * PRICE_RP,
        RICE_RP - 3 * PRICE_RP,
    )
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == balance(cast, chart.PRICE_DIFFERENCE) == 0
    with pytest.raises(Refused, match="selesai"):
        services.credit_return(cast.joko, sent.id)
    pay(cast, recorded)
    assert books_agree(cast)


def test_freight_on_the_shelf_is_lost_with_the_goods_and_said_so(cast):
    order = delivered(cast, goods(48), freight(48, 2_500))
    bill(cast, order, 48 * 297_500)
    sent = send_back(cast, order, 2)
    assert (sent.amount_rp, sent.cost_rp) == (2 * 295_000, 2 * 297_500)
    assert balance(cast, chart.PRICE_DIFFERENCE) == 2 * 2_500
    assert books_agree(cast)


def test_a_bill_may_leave_out_what_went_back_before_it_came(cast):
    order = delivered(cast)
    sent = send_back(cast, order)
    recorded = bill(cast, order, RICE_RP - 3 * PRICE_RP)
    assert (recorded.state, recorded.returned_rp, recorded.difference_rp) == ("recorded", 3 * PRICE_RP, 0)
    assert (sent.state, sent.bill_id) == ("credited", recorded.id)
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == 0
    pay(cast, recorded)
    assert order.state == "closed" and books_agree(cast)


def test_a_bill_over_everything_still_waits_for_the_credit_note(cast):
    order = delivered(cast)
    sent = send_back(cast, order)
    with pytest.raises(Refused, match="Belum ada tagihan"):
        services.credit_return(cast.joko, sent.id)
    recorded = bill(cast, order)
    assert (recorded.returned_rp, sent.state) == (0, "sent")
    services.credit_return(cast.joko, sent.id)
    assert recorded.open_rp == RICE_RP - 3 * PRICE_RP


def test_a_bill_that_left_goods_out_and_is_rejected_gives_the_return_back(cast):
    order = delivered(cast)
    sent = send_back(cast, order)
    recorded = bill(cast, order, RICE_RP - 3 * PRICE_RP + 100_000, open_case=True)
    assert sent.state == "credited"
    services.reject_bill(cast.budi, queries.case_of(recorded.id).id, "salah")
    assert (sent.state, sent.bill_id) == ("sent", None)
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == -(RICE_RP - 3 * PRICE_RP)


def test_no_more_goes_back_than_was_taken(cast):
    order = issue(cast)
    receive(cast, order, 10)
    send_back(cast, order, 6)
    with pytest.raises(Refused) as refusal:
        send_back(cast, order, 5)
    assert refusal.value.field is not None and refusal.value.field.startswith("packs_")
    send_back(cast, order, 4)
    with pytest.raises(NotFound):
        send_back(cast, order, 1)
    assert on_hand(cast) == 0 and books_agree(cast)


def test_what_is_promised_to_somebody_does_not_go_back(cast):
    order = delivered(cast)
    item = shelf.item_for_pack(cast.makmur.id, pack_id())
    shelf.reserve(cast.sri, cast.makmur.id, item.id, 47 * 25_000, "test:1", None)
    with pytest.raises(Refused, match="tinggal"):
        send_back(cast, order, 2)


def test_a_reason_and_goods_are_needed(cast):
    order = delivered(cast)
    with pytest.raises(Refused) as refusal:
        send_back(cast, order, 1, reason="short")
    assert refusal.value.field == "reason"
    with pytest.raises(Refused, match="Isi jumlah"):
        send_back(cast, order, 0)
    for actor in (cast.kasir, cast.joko):
        with pytest.raises(Forbidden):
            send_back(cast, order, 1, actor=actor)
    with pytest.raises(NotFound):
        send_back(cast, issue(cast, buyer=cast.tetangga), 1)


def test_a_return_that_nobody_credits_is_a_loss_by_a_second_persons_word(cast):
    order = delivered(cast)
    bill(cast, order)
    sent = send_back(cast, order, actor=cast.budi)
    for actor in (cast.budi, cast.sri):
        with pytest.raises(Forbidden):
            services.drop_return(actor, sent.id, "pemasok menolak")
    with pytest.raises(Refused):
        services.drop_return(cast.hadi, sent.id, " ")
    services.drop_return(cast.hadi, sent.id, "pemasok menolak")
    assert sent.state == "dropped" and balance(cast, chart.STOCK_LOSS) == 3 * PRICE_RP
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == 0 and books_agree(cast)
    with pytest.raises(Refused, match="selesai"):
        services.credit_return(cast.joko, sent.id)
