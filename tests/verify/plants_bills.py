"""Ways to break what holds between a bill and what follows it."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db
from market.core.permissions import SYSTEM
from market.purchasing import queries, services
from market.purchasing.services import OrderLine, ReceiptLine
from tests.faults import story
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks

PRICE_RP = 100_000


def an_order(cast, number: int, packs: int = 10) -> int:
    """Rice that came in full."""
    order = services.issue_order(
        SYSTEM,
        cast.makmur.id,
        cast.lamongan.id,
        [OrderLine("goods", story.rice(), "Beras premium 25 kg", packs, PRICE_RP)],
        origin=f"plant:{number}",
        terms="cod",
        delivery_on=clock.today() + timedelta(days=1),
        place_code=cast.makmur.place_code,
    )
    line = queries.goods_lines(order.id)[0]
    services.receive_goods(cast.sri, order.id, [ReceiptLine(line.id, packs)])
    return order.id


def settled(lived) -> None:
    """A difference credited, goods sent back, a rejected bill, and a run that paid two bills."""
    cast = lived.cast
    with db.transaction():
        services.name_account(cast.joko, "BRI", "0123456789", "CV Lamongan Jaya")
        first, second, third = (an_order(cast, number) for number in range(3))
        bill = services.record_bill(cast.budi, first, "P-1", 1_200_000, clock.today(), open_case=True)
        services.issue_credit(cast.joko, bill.id, 200_000, "salah harga")
        line = queries.goods_lines(second)[0]
        sent = services.return_goods(cast.sri, second, [(line.id, 2)], "broken")
        other = services.record_bill(cast.budi, second, "P-2", 1_000_000, clock.today())
        services.credit_return(cast.joko, sent.id)
        wrong = services.record_bill(cast.budi, third, "P-3", 2_000_000, clock.today(), open_case=True)
        case = queries.case_of(wrong.id)
        assert case is not None
        services.reject_bill(cast.budi, case.id, "salah kirim")
        low = services.record_bill(cast.budi, third, "P-4", 500_000, clock.today(), open_case=True)
        case = queries.case_of(low.id)
        assert case is not None
        services.accept_difference(cast.hadi, case.id, "potongan")
        run = services.propose_run(cast.budi, [(bill.id, bill.open_rp), (other.id, 300_000)])
        services.decide_run(cast.hadi, run.id, approve=True)
        services.record_transfer(cast.budi, run.id, clock.today(), "TRX-1")


@breaks("I10")
def a_credit_note_for_more_than_its_entry(lived):
    settled(lived)
    tamper(
        "UPDATE credit_note SET amount_rp = amount_rp + 1 WHERE return_id IS NULL",
        "UPDATE credit_use SET amount_rp = amount_rp + 1"
        " WHERE note_id = (SELECT id FROM credit_note WHERE return_id IS NULL)",
        "UPDATE supplier_bill SET paid_rp = paid_rp + 1, amount_rp = amount_rp + 1,"
        " difference_rp = difference_rp + 1 WHERE reference = 'P-1'",
        "UPDATE bill_case SET difference_rp = difference_rp + 1"
        " WHERE bill_id = (SELECT id FROM supplier_bill WHERE reference = 'P-1')",
    )


@breaks("I10", "I24")
def a_credit_note_taken_back_that_the_books_keep(lived):
    settled(lived)
    tamper(
        "INSERT INTO credit_undo (organization_id, note_id, reason, undone_at)"
        " SELECT organization_id, id, 'salah', issued_at FROM credit_note WHERE return_id IS NULL"
    )


@breaks("I10", "I16", "I26")
def a_return_taken_back_that_never_reached_the_shelf(lived):
    cast = lived.cast
    with db.transaction():
        order_id = an_order(cast, 9)
        line = queries.goods_lines(order_id)[0]
        services.return_goods(cast.sri, order_id, [(line.id, 2)], "broken")
    tamper("UPDATE supplier_return SET state = 'undone'")


@breaks("I10", "I24")
def a_bill_paid_by_nobody(lived):
    settled(lived)
    tamper("UPDATE supplier_bill SET paid_rp = paid_rp + 1 WHERE reference = 'P-2'")


@breaks("I10", "I24")
def a_return_nobody_credited(lived):
    settled(lived)
    tamper("UPDATE supplier_return SET state = 'sent'", _said("supplier_return", "sent"))


def _said(table: str, state: str) -> str:
    """The history says the same, so that I26 does not hear of it."""
    return f"DELETE FROM state_change WHERE subject_table = '{table}' AND to_state <> '{state}'"


@breaks("I24")
def a_bill_paid_in_spite_of_its_case(lived):
    settled(lived)
    tamper(
        "UPDATE bill_case SET state = 'open', decided_by = NULL WHERE state = 'accepted'",
        "DELETE FROM state_change WHERE subject_table = 'bill_case' AND to_state = 'accepted'",
    )


@breaks("I24")
def a_run_of_which_one_payment_did_not_leave(lived):
    settled(lived)
    tamper("UPDATE payment_run SET total_rp = total_rp + 1")


@breaks("I24")
def a_payment_into_somebody_elses_account(lived):
    settled(lived)
    tamper(f"UPDATE supplier_account SET organization_id = {lived.cast.ngawi.id}")


@breaks("I24")
def more_went_back_than_came(lived):
    settled(lived)
    tamper(
        "UPDATE supplier_return_line SET packs = 11",
        f"UPDATE stock_move SET quantity_base = quantity_base - {9 * 25_000}"
        " WHERE source LIKE 'supplier_return:%'",
        f"UPDATE stock_item SET on_hand_base = on_hand_base - {9 * 25_000} WHERE code = 'pack:BRS-PRM-25'",
    )


@breaks("I16")
def goods_that_went_back_and_are_still_on_the_shelf(lived):
    settled(lived)
    tamper("UPDATE stock_move SET source = 'supplier_return:999:1' WHERE source LIKE 'supplier_return:%'")


@breaks("I29")
def a_run_that_one_person_approved(lived):
    settled(lived)
    tamper("UPDATE payment_run SET proposed_by = NULL")


@breaks("I29")
def a_difference_that_the_recorder_accepted(lived):
    settled(lived)
    tamper(
        "UPDATE bill_case SET decided_by = opened_by WHERE state = 'accepted'",
        without=[("bill_case", "ck_bill_case_by_two")],
    )


@breaks("I10")
def a_rejected_bill_that_is_still_in_the_books(lived):
    settled(lived)
    tamper(
        "UPDATE supplier_bill SET amount_rp = 1500000, difference_rp = 500000 WHERE state = 'void'",
        "UPDATE bill_case SET difference_rp = 500000"
        " WHERE bill_id = (SELECT id FROM supplier_bill WHERE state = 'void')",
    )


@breaks("I10", "I24")
def a_payable_that_no_bill_explains(lived):
    settled(lived)
    tamper("UPDATE credit_use SET amount_rp = amount_rp - 1 WHERE id = (SELECT min(id) FROM credit_use)")
