"""A bill that differs from what came: within the tolerance it is booked, beyond it both sides talk."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from market.core import clock, db, parameters
from market.core.errors import Forbidden, NotFound, Refused
from market.core.history import history_of
from market.ledger import chart
from market.notices.models import Notice
from market.purchasing import queries, services
from market.purchasing.models import SupplierBill
from market.purchasing.services import billing
from tests.purchasing.conftest import (
    RICE_RP,
    balance,
    bill,
    books_agree,
    delivered,
    freight,
    goods,
    issue,
    pay,
    receive,
)

pytestmark = pytest.mark.usefixtures("open_transaction")
TWO_SACKS_RP = 2 * 295_000


def disputed(cast, amount_rp: int = RICE_RP + TWO_SACKS_RP, reference: str = "INV-1", **details):
    """A bill that says two sacks more than came, and its case."""
    recorded = bill(cast, delivered(cast, **details), amount_rp, reference, open_case=True)
    return recorded, queries.case_of(recorded.id)


def told(user) -> list[str]:
    return [n.kind for n in db.session.scalars(select(Notice).where(Notice.user_id == user.user_id))]


# --- within the tolerance --------------------------------------------------------------------------


@pytest.mark.parametrize("difference", [1, -1, 1_000, -1_000])
def test_a_small_difference_is_booked_as_one_and_paid_with_the_bill(cast, difference):
    order = delivered(cast)
    recorded = bill(cast, order, RICE_RP + difference)
    assert (recorded.state, recorded.difference_rp) == ("recorded", difference)
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == -(RICE_RP + difference)
    assert balance(cast, chart.PRICE_DIFFERENCE) == difference
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == 0
    pay(cast, recorded)
    assert order.state == "closed" and balance(cast, chart.PAYABLE_SUPPLIERS) == 0
    assert books_agree(cast)


def test_the_smaller_of_both_limits_counts(cast):
    assert billing.tolerance_rp(cast.makmur.id, RICE_RP) == 1_000
    assert billing.tolerance_rp(cast.makmur.id, 100_000) == 500
    with pytest.raises(Refused):
        bill(cast, delivered(cast), RICE_RP + 1_001)
    small = delivered(cast, goods(1, 100_000))
    with pytest.raises(Refused):
        bill(cast, small, 100_501)
    assert bill(cast, small, 100_500).difference_rp == 500


def test_a_cooperative_sets_its_own_tolerance_from_a_day_on(cast):
    tomorrow = clock.today() + timedelta(days=1)
    parameters.set_value(cast.hadi, billing.TOLERANCE_RP, 0, tomorrow, "rapat pengurus")
    assert bill(cast, delivered(cast), RICE_RP + 1_000).state == "recorded"
    clock.travel(86_400)
    with pytest.raises(Refused):
        bill(cast, delivered(cast), RICE_RP + 1, "INV-2")
    assert billing.TOLERANCE_RP.value(organization_id=cast.tetangga.id) == 1_000
    assert all("assumption" in each.source for each in (billing.TOLERANCE_RP, billing.TOLERANCE_PERMILLE))


# --- beyond it -------------------------------------------------------------------------------------


def test_a_difference_is_opened_only_when_the_treasurer_says_that_the_paper_reads_so(cast):
    order = delivered(cast)
    with pytest.raises(Refused) as refusal:
        bill(cast, order, RICE_RP + TWO_SACKS_RP)
    assert refusal.value.field == "amount_rp" and queries.bills_of(order.id) == []
    recorded = bill(cast, order, RICE_RP + TWO_SACKS_RP, open_case=True)
    case = queries.case_of(recorded.id)
    assert (recorded.state, case.state, case.difference_rp) == ("disputed", "open", TWO_SACKS_RP)
    assert case.opened_by == cast.budi.user_id and case.answer_by_at > clock.now()
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == -(RICE_RP + TWO_SACKS_RP), (
        "the paper stands in the books"
    )
    assert "bill_case" in told(cast.joko)
    assert books_agree(cast)


def test_open_case_changes_nothing_for_a_bill_that_agrees(cast):
    recorded = bill(cast, delivered(cast), open_case=True)
    assert recorded.state == "recorded" and queries.case_of(recorded.id) is None


@pytest.mark.parametrize("amount", [0, -1])
def test_no_case_is_opened_for_a_bill_over_nothing(cast, amount):
    with pytest.raises(Refused):
        bill(cast, delivered(cast), amount, open_case=True)


def test_a_disputed_bill_is_not_paid_in_any_way(cast):
    recorded, _case = disputed(cast)
    services.name_account(cast.joko, "BRI", "0123456789", "Lamongan Jaya")
    with pytest.raises(Refused, match="berselisih"):
        services.propose_payment(cast.budi, recorded.id, chart.BANK)
    with pytest.raises(Refused, match="tidak bisa dibayar"):
        services.propose_run(cast.budi, [(recorded.id, 1)])
    assert queries.due_bills(cast.makmur.id) == []
    assert [row.payable for row in queries.payables(cast.makmur.id)] == [False]
    assert recorded.order_id and queries.order(recorded.order_id).state == "issued"


def test_an_advance_waits_until_the_case_has_ended(cast):
    order = issue(cast, terms="prepaid")
    advance = services.propose_advance(cast.budi, order.id, chart.BANK)
    services.decide_payment(cast.hadi, advance.id, approve=True)
    receive(cast, order)
    recorded = bill(cast, order, RICE_RP + TWO_SACKS_RP, open_case=True)
    assert (recorded.paid_rp, advance.used_rp) == (0, 0)
    services.issue_credit(cast.joko, recorded.id, TWO_SACKS_RP, "salah hitung")
    assert (recorded.state, recorded.paid_rp, advance.used_rp) == ("paid", recorded.amount_rp, RICE_RP)
    assert order.state == "closed" and books_agree(cast)


# --- the four ends ---------------------------------------------------------------------------------


def test_a_second_person_accepts_the_paper(cast):
    recorded, case = disputed(cast)
    with pytest.raises(Refused) as silent:
        services.accept_difference(cast.hadi, case.id, " ")
    assert silent.value.field == "reason"
    services.accept_difference(cast.hadi, case.id, "ongkos bongkar disepakati")
    assert (case.state, recorded.state, case.decided_by) == ("accepted", "recorded", cast.hadi.user_id)
    assert history_of(case)[-1].reason == "ongkos bongkar disepakati"
    assert balance(cast, chart.PRICE_DIFFERENCE) == TWO_SACKS_RP
    pay(cast, recorded)
    assert recorded.state == "paid" and books_agree(cast)


def test_who_recorded_the_bill_does_not_accept_it_in_another_hat(cast):
    _recorded, case = disputed(cast)
    for actor in (cast.budi, cast.sri, cast.joko):
        with pytest.raises(Forbidden):
            services.accept_difference(actor, case.id, "boleh")
    budi_as_chair = type(cast.budi)(**{**vars(cast.hadi), "user_id": cast.budi.user_id})
    with pytest.raises(Refused, match="orang lain"):
        services.accept_difference(budi_as_chair, case.id, "boleh")
    assert case.state == "open"


def test_a_rejected_bill_leaves_no_trace_in_what_is_owed_and_may_come_again(cast):
    recorded, case = disputed(cast)
    services.reject_bill(cast.budi, case.id, "harga salah")
    assert (case.state, recorded.state, recorded.open_rp) == ("rejected", "void", 0)
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == balance(cast, chart.PRICE_DIFFERENCE) == 0
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == -RICE_RP
    again = bill(cast, queries.order(recorded.order_id), RICE_RP, "INV-2")
    pay(cast, again)
    assert queries.order(recorded.order_id).state == "closed" and books_agree(cast)


def test_the_same_invoice_is_recorded_again_under_its_own_number_after_a_rejection(cast):
    recorded, case = disputed(cast)
    order = queries.order(recorded.order_id)
    with pytest.raises(Refused, match="sudah dicatat"):
        bill(cast, delivered(cast), RICE_RP, recorded.reference)
    services.reject_bill(cast.budi, case.id, "salah ketik")
    again = bill(cast, order, RICE_RP, recorded.reference)
    assert (again.state, again.reference) == ("recorded", recorded.reference)
    with pytest.raises(Refused, match=re.escape(again.number)):
        bill(cast, delivered(cast), RICE_RP, again.reference)


def test_the_database_itself_knows_one_bill_that_counts_per_invoice(cast):
    first, second = bill(cast, delivered(cast)), bill(cast, delivered(cast), reference="INV-2")
    twice = update(SupplierBill).where(SupplierBill.id == second.id).values(reference=first.reference)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(twice)


def test_a_correction_may_keep_the_number_of_the_invoice(cast):
    recorded, case = disputed(cast)
    corrected = services.correct_bill(cast.budi, case.id, recorded.reference, RICE_RP, clock.today())
    assert (recorded.state, corrected.state) == ("void", "recorded")


def test_a_corrected_invoice_takes_the_place_of_the_disputed_one(cast):
    recorded, case = disputed(cast)
    with pytest.raises(Refused), db.session.begin_nested():
        services.correct_bill(cast.budi, case.id, "INV-2", RICE_RP + 5_000, clock.today())
    db.session.expire_all()
    assert (case.state, recorded.state) == ("open", "disputed"), "the new one must agree"
    corrected = services.correct_bill(cast.budi, case.id, "INV-1B", RICE_RP, clock.today())
    assert (case.state, recorded.state, corrected.state) == ("corrected", "void", "recorded")
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == -RICE_RP
    with pytest.raises(Refused, match="selesai"):
        services.reject_bill(cast.budi, case.id, "terlambat")


def test_a_credit_note_over_the_difference_ends_the_case(cast):
    recorded, case = disputed(cast)
    note = services.issue_credit(cast.joko, recorded.id, TWO_SACKS_RP, "dua sak tidak terkirim")
    assert (case.state, recorded.state, note.case_id) == ("credited", "recorded", case.id)
    assert recorded.open_rp == RICE_RP
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == -RICE_RP
    assert balance(cast, chart.PRICE_DIFFERENCE) == 0
    assert "credit_note" in told(cast.budi) and "bill_case" in told(cast.budi)


def test_a_credit_note_over_a_part_leaves_the_case_open(cast):
    recorded, case = disputed(cast)
    services.issue_credit(cast.joko, recorded.id, TWO_SACKS_RP - 1_001, "sebagian")
    assert (case.state, recorded.state) == ("open", "disputed")
    with pytest.raises(Refused, match="dikreditkan"):
        services.reject_bill(cast.budi, case.id, "harga salah")
    services.issue_credit(cast.joko, recorded.id, 1, "tinggal seribu")
    assert (case.state, recorded.state) == ("credited", "recorded"), "what is left is within the tolerance"


def test_a_bill_over_too_little_is_a_case_as_well(cast):
    recorded, case = disputed(cast, RICE_RP - 500_000)
    assert case.difference_rp == -500_000
    services.issue_credit(cast.joko, recorded.id, 1_000, "bonus")
    assert case.state == "open", "a credit note does not explain a bill over too little"
    services.accept_difference(cast.hadi, case.id, "pemasok memberi potongan")
    assert balance(cast, chart.PRICE_DIFFERENCE) == -501_000
    pay(cast, recorded)
    assert books_agree(cast)


def test_freight_and_trips_are_billed_anew_after_a_rejection(cast):
    order = delivered(cast, goods(48), freight(48, 2_500))
    recorded = bill(cast, order, 48 * 300_000, open_case=True)
    services.reject_bill(cast.budi, queries.case_of(recorded.id).id, "harga")
    assert [line.billed_packs for line in queries.lines_of(order.id)] == [0, 0]
    assert bill(cast, order, 48 * 297_500, "INV-2").difference_rp == 0


# --- talking ---------------------------------------------------------------------------------------


def test_both_sides_speak_and_the_other_one_is_told(cast):
    _recorded, case = disputed(cast)
    before = len(told(cast.budi))
    services.write_case_message(cast.joko, case.id, "Ada ongkos bongkar.")
    assert case.answered_at is not None and len(told(cast.budi)) == before + 1
    services.write_case_message(cast.budi, case.id, "Tidak tertulis di pesanan.")
    assert [message.text for message, *_who in queries.case_messages(case.id)] == [
        "Ada ongkos bongkar.",
        "Tidak tertulis di pesanan.",
    ]
    with pytest.raises(Refused):
        services.write_case_message(cast.joko, case.id, "  ")
    with pytest.raises(Forbidden):
        services.write_case_message(cast.sri, case.id, "saya juga")
    for stranger in (cast.nur, cast.wati, cast.ratna):
        with pytest.raises(NotFound):
            services.write_case_message(stranger, case.id, "halo")
    services.accept_difference(cast.hadi, case.id, "ya sudah")
    with pytest.raises(Refused, match="selesai"):
        services.write_case_message(cast.joko, case.id, "terima kasih")


def test_silence_until_the_deadline_reminds_both_sides_once(cast):
    _recorded, case = disputed(cast)
    assert services.remind_cases() == 0
    clock.travel(int((case.answer_by_at - clock.now()).total_seconds()) + 1)
    before = len(told(cast.joko)), len(told(cast.budi))
    assert (services.remind_cases(), services.remind_cases()) == (1, 0)
    assert (len(told(cast.joko)), len(told(cast.budi))) == (before[0] + 1, before[1] + 1)
    assert case.state == "open", "nobody decides by being silent"


def test_cases_of_others_are_not_found(cast):
    _recorded, case = disputed(cast)
    ketua = type(cast.hadi)(**{**vars(cast.hadi), "organization_id": cast.tetangga.id, "user_id": 10**6})
    with pytest.raises(NotFound):
        services.accept_difference(ketua, case.id, "boleh")
    assert list(queries.cases_seen(cast.nur, True)) == []
    assert len(queries.cases_seen(cast.joko, True)) == len(queries.cases_seen(cast.budi, True)) == 1
