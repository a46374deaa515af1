"""Bills paid together: proposed by one, approved by another, booked all at once or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from market.core import approvals, clock, crypto, db, faults
from market.core.errors import Forbidden, NotFound, Refused
from market.core.jobs import Job
from market.ledger import chart
from market.notices.models import Notice
from market.purchasing import queries, services
from market.purchasing.models_bills import PaymentRun, SupplierAccount
from tests.purchasing.conftest import RICE_RP, balance, bill, books_agree, delivered, fund, pay

pytestmark = pytest.mark.usefixtures("open_transaction")
NUMBER = "0123456789"


@pytest.fixture
def accounts(cast, open_transaction):
    """Both mills have named their bank account."""
    services.name_account(cast.joko, "BRI", NUMBER, "CV Lamongan Jaya")
    services.name_account(cast.nur, "BCA", "9876543210", "UD Ngawi Subur")


@pytest.fixture
def due(cast, accounts):
    """Two bills of Lamongan and one of Ngawi."""
    return [
        bill(cast, delivered(cast), reference="INV-1"),
        bill(cast, delivered(cast), reference="INV-2"),
        bill(cast, delivered(cast, supplier=cast.ngawi), reference="NG-1"),
    ]


def proposed(cast, due, part_rp: int = 0) -> PaymentRun:
    """Everything, the last bill perhaps in part only."""
    picks = [(each.id, each.open_rp) for each in due]
    if part_rp:
        picks[-1] = (due[-1].id, part_rp)
    return services.propose_run(cast.budi, picks)


def transferred(cast, run) -> PaymentRun:
    services.decide_run(cast.hadi, run.id, approve=True)
    return services.record_transfer(cast.budi, run.id, clock.today(), "TRX-9")


def test_what_a_run_paid_stands_in_the_history_of_payments_with_its_proposer(cast, due):
    alone = pay(cast, bill(cast, delivered(cast), reference="INV-9"))
    run = proposed(cast, due)
    assert queries.waiting_payments(cast.makmur.id) == [], "a run is decided as a whole"
    fund(cast, chart.BANK, RICE_RP)
    transferred(cast, run)
    past = queries.past_payments(cast.makmur.id)
    assert [row.bill_reference for row in past] == ["NG-1", "INV-2", "INV-1", "INV-9"]
    assert {row.proposed_by for row in past} == {cast.budi.user_id}
    assert {row.proposed_name for row in past} == {cast.budi.name} and past[-1].payment.id == alone.id


def test_a_transfer_of_more_than_is_open_is_refused_with_words(cast, due):
    run = proposed(cast, due)
    services.decide_run(cast.hadi, run.id, approve=True)
    due[0].paid_rp = 1
    with pytest.raises(Refused, match="INV-1 tidak bisa dibayar"), db.session.begin_nested():
        services.record_transfer(cast.budi, run.id, clock.today(), "TRX-9")
    db.session.expire_all()
    assert run.state == "approved" and balance(cast, chart.BANK) == 50_000_000


def test_a_run_pays_its_bills_at_once_and_every_supplier_is_told(cast, due):
    run = proposed(cast, due)
    assert (run.state, run.total_rp) == ("proposed", 3 * RICE_RP)
    assert balance(cast, chart.BANK) == 50_000_000, "nothing has left"
    services.decide_run(cast.hadi, run.id, approve=True)
    assert run.state == "approved" and balance(cast, chart.BANK) == 50_000_000
    services.record_transfer(cast.budi, run.id, clock.today(), "TRX-9")
    assert run.state == "paid" and {each.state for each in due} == {"paid"}
    assert balance(cast, chart.BANK) == 50_000_000 - 3 * RICE_RP
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == 0 and books_agree(cast)
    jobs = [job for job in db.session.scalars(select(Job)) if job.kind == "supplier_paid"]
    assert len(jobs) == 3
    assert {queries.order(each.order_id).state for each in due} == {"closed"}


def test_a_bill_may_be_paid_in_part_and_the_rest_later(cast, due):
    transferred(cast, proposed(cast, due, 4_000_000))
    last = due[-1]
    assert (last.state, last.paid_rp, last.open_rp) == ("recorded", 4_000_000, RICE_RP - 4_000_000)
    assert [row.bill.id for row in queries.due_bills(cast.makmur.id)] == [last.id]
    transferred(cast, services.propose_run(cast.budi, [(last.id, last.open_rp)]))
    assert last.state == "paid" and balance(cast, chart.PAYABLE_SUPPLIERS) == 0
    assert len(queries.paid_to_supplier(last.id)) == 2


def test_one_person_does_not_pay_alone(cast, due):
    run = proposed(cast, due)
    for actor in (cast.budi, cast.sri, cast.kasir, cast.joko):
        with pytest.raises(Forbidden):
            services.decide_run(actor, run.id, approve=True)
    budi_as_chair = type(cast.budi)(**{**vars(cast.hadi), "user_id": cast.budi.user_id})
    with pytest.raises(Refused, match="orang lain"):
        services.decide_run(budi_as_chair, run.id, approve=True)
    with pytest.raises(Refused, match="belum disetujui"):
        services.record_transfer(cast.budi, run.id, clock.today(), "TRX-1")
    for actor in (cast.hadi, cast.sri, cast.joko):
        with pytest.raises(Forbidden):
            services.propose_run(actor, [(due[0].id, 1)])
    assert run.state == "proposed"


def test_runs_of_others_are_not_found(cast, due):
    run = proposed(cast, due)
    ketua = type(cast.hadi)(**{**vars(cast.hadi), "organization_id": cast.tetangga.id, "user_id": 10**6})
    with pytest.raises(NotFound):
        services.decide_run(ketua, run.id, approve=True)
    bendahara = type(cast.budi)(**{**vars(cast.budi), "organization_id": cast.tetangga.id})
    with pytest.raises(NotFound):
        services.propose_run(bendahara, [(due[0].id, 1)])


def test_a_bill_is_in_one_run_at_a_time_and_in_no_other_payment(cast, due):
    proposed(cast, due[:1])
    with pytest.raises(Refused, match="menunggu"):
        services.propose_run(cast.budi, [(due[0].id, 1)])
    with pytest.raises(Refused, match="menunggu"):
        services.propose_payment(cast.budi, due[0].id, chart.BANK)
    services.propose_payment(cast.budi, due[1].id, chart.BANK)
    with pytest.raises(Refused, match="menunggu"):
        services.propose_run(cast.budi, [(due[1].id, 1)])


def test_what_a_run_may_not_hold(cast, due):
    wrong = (
        ([], "sekurangnya"),
        ([(due[0].id, 0)], "sekurangnya"),
        ([(due[0].id, RICE_RP + 1)], "Paling banyak"),
        ([(due[0].id, -1)], "Paling banyak"),
        ([(each, 1) for each in range(1, services.MOST_BILLS + 2)], "Paling banyak"),
    )
    for picks, why in wrong:
        with pytest.raises(Refused, match=why), db.session.begin_nested():
            services.propose_run(cast.budi, picks)
    pay(cast, due[0])
    with pytest.raises(Refused, match="tidak bisa dibayar"), db.session.begin_nested():
        services.propose_run(cast.budi, [(due[0].id, 1)])
    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(Refused), db.session.begin_nested():
        services.propose_run(cast.budi, [(due[1].id, 1)], yesterday)


def test_a_supplier_without_an_account_is_not_in_a_run(cast):
    recorded = bill(cast, delivered(cast))
    assert [row.account for row in queries.due_bills(cast.makmur.id)] == [None]
    with pytest.raises(Refused, match="rekening bank"):
        services.propose_run(cast.budi, [(recorded.id, 1)])


def test_a_rejected_run_leaves_its_bills_to_another(cast, due):
    run = proposed(cast, due)
    with pytest.raises(Refused) as silent:
        services.decide_run(cast.hadi, run.id, approve=False)
    assert silent.value.field == "reason"
    services.decide_run(cast.hadi, run.id, False, "tunggu minggu depan")
    assert run.state == "rejected"
    assert {row[0].state for row in queries.run_payments(run.id)} == {"rejected"}
    assert transferred(cast, proposed(cast, due)).state == "paid"


@pytest.mark.parametrize("approved", [False, True])
def test_a_run_is_taken_back_before_its_money_has_left(cast, due, approved):
    run = proposed(cast, due)
    if approved:
        services.decide_run(cast.hadi, run.id, approve=True)
    with pytest.raises(Refused):
        services.withdraw_run(cast.budi, run.id, " ")
    services.withdraw_run(cast.budi, run.id, "bank menolak berkas")
    assert run.state == "withdrawn" and balance(cast, chart.BANK) == 50_000_000
    for act in (
        lambda: services.withdraw_run(cast.budi, run.id, "lagi"),
        lambda: services.decide_run(cast.hadi, run.id, approve=True),
        lambda: services.record_transfer(cast.budi, run.id, clock.today(), "TRX"),
    ):
        with pytest.raises(Refused):
            act()
    assert transferred(cast, proposed(cast, due)).state == "paid"


def test_a_run_that_nobody_decides_lapses_after_three_days(cast, due):
    run = proposed(cast, due)
    assert services.lapse_payments() == 0
    clock.travel(approvals.LAPSES_AFTER_H * 3600)
    with pytest.raises(Refused, match="72 jam"):
        services.decide_run(cast.hadi, run.id, approve=True)
    assert services.lapse_payments() == 1
    assert run.state == "lapsed" and len(queries.due_bills(cast.makmur.id)) == 3


def test_an_approved_run_does_not_lapse_before_it_is_transferred(cast, due):
    run = proposed(cast, due)
    services.decide_run(cast.hadi, run.id, approve=True)
    clock.travel(5 * 86_400)
    assert services.lapse_payments() == 0
    assert services.record_transfer(cast.budi, run.id, clock.today(), "TRX").state == "paid"


def test_a_bill_that_was_credited_since_stops_the_approval(cast, due):
    run = proposed(cast, due)
    services.issue_credit(cast.joko, due[0].id, 100_000, "potongan")
    with pytest.raises(Refused, match="berubah"):
        services.decide_run(cast.hadi, run.id, approve=True)
    assert run.state == "proposed"


def test_a_credit_note_does_not_touch_what_an_approved_run_is_paying(cast, due):
    run = proposed(cast, due[:1])
    services.decide_run(cast.hadi, run.id, approve=True)
    services.issue_credit(cast.joko, due[0].id, 100_000, "potongan")
    assert due[0].open_rp == RICE_RP and due[1].open_rp == RICE_RP - 100_000, "the credit went elsewhere"
    assert services.record_transfer(cast.budi, run.id, clock.today(), "TRX").state == "paid"
    assert balance(cast, chart.PAYABLE_SUPPLIERS) == -(2 * RICE_RP - 100_000)


def test_an_account_that_changed_since_stops_the_approval_and_is_announced(cast, due):
    run = proposed(cast, due)
    services.name_account(cast.joko, "Mandiri", "111222333", "Orang Lain")
    with pytest.raises(Refused, match="Rekening"):
        services.decide_run(cast.hadi, run.id, approve=True)
    told = [n.kind for n in db.session.scalars(select(Notice).where(Notice.user_id == cast.budi.user_id))]
    assert "supplier_account" in told


def test_too_little_money_books_nothing(cast, due):
    run = proposed(cast, due)
    services.decide_run(cast.hadi, run.id, approve=True)
    fund(cast, chart.BANK, 3 * RICE_RP - 1 - balance(cast, chart.BANK))
    with pytest.raises(Refused, match="Saldo bank"):
        services.record_transfer(cast.budi, run.id, clock.today(), "TRX")
    assert (run.state, balance(cast, chart.BANK)) == ("approved", 3 * RICE_RP - 1)
    assert {each.paid_rp for each in due} == {0}


@pytest.mark.parametrize(("days", "reference"), [(1, "TRX"), (-1, "TRX"), (0, "  ")])
def test_a_transfer_has_a_day_that_was_and_a_number(cast, due, days, reference):
    run = proposed(cast, due)
    services.decide_run(cast.hadi, run.id, approve=True)
    with pytest.raises(Refused) as refusal:
        services.record_transfer(cast.budi, run.id, clock.today() + timedelta(days=days), reference)
    assert refusal.value.field in ("paid_on", "reference")


def test_the_entry_carries_the_day_of_the_transfer(cast, due):
    run = proposed(cast, due)
    services.decide_run(cast.hadi, run.id, approve=True)
    day = clock.today()
    clock.travel(2 * 86_400)
    services.record_transfer(cast.budi, run.id, day, "TRX")
    found = db.session.execute(
        text("SELECT DISTINCT effective_on FROM journal_entry WHERE source LIKE 'supplier_payment:%'")
    )
    assert [str(row[0]) for row in found] == [day.isoformat()]
    assert {row[0].paid_on for row in queries.run_payments(run.id)} == {day}


# --- accounts --------------------------------------------------------------------------------------


def test_an_account_is_sealed_masked_and_replaced_whole(cast, accounts):
    account = queries.account_of(cast.lamongan.id)
    assert NUMBER not in account.number_sealed and account.masked == "BRI ••••6789 · CV Lamongan Jaya"
    assert services.number_of(account) == NUMBER
    new = services.name_account(cast.joko, "BNI", "55.5666-777 8", "CV Lamongan Jaya")
    assert (services.number_of(new), queries.account_of(cast.lamongan.id).id) == ("5556667778", new.id)
    assert account.ended_at is not None and len(queries.past_accounts(cast.lamongan.id)) == 2
    moved = SupplierAccount(id=new.id + 1, number_sealed=new.number_sealed)
    with pytest.raises(crypto.Unreadable):
        services.number_of(moved)


@pytest.mark.parametrize("number", ["12345", "1" * 21, "12a4567", "=1+1", "", "１２３４５６７"])
def test_a_number_that_is_none_is_refused(cast, number):
    with pytest.raises(Refused) as refusal:
        services.name_account(cast.joko, "BRI", number, "CV")
    assert refusal.value.field == "number"


def test_only_the_supplier_names_its_account(cast):
    for actor in (cast.budi, cast.hadi, cast.ratna):
        with pytest.raises(Forbidden):
            services.name_account(actor, "BRI", NUMBER, "CV")


# --- what people are asked today ---------------------------------------------------------------------


def asked(actor) -> set[str]:
    return {row.kind for query in queries.today(actor) for row in db.session.execute(query)}


def test_home_leads_a_difference_and_a_run_from_one_to_the_next(cast):
    recorded = bill(cast, delivered(cast), RICE_RP + 590_000, open_case=True)
    assert asked(cast.joko) == {"case_to_answer", "account_missing"}
    assert asked(cast.budi) == asked(cast.hadi) == set()
    services.write_case_message(cast.joko, queries.case_of(recorded.id).id, "ongkos bongkar")
    assert asked(cast.budi) == asked(cast.hadi) == {"case_to_settle"}
    services.issue_credit(cast.joko, recorded.id, 590_000, "salah")
    services.name_account(cast.joko, "BRI", NUMBER, "CV Lamongan Jaya")
    assert (asked(cast.joko), asked(cast.budi)) == (set(), {"bill_unpaid"})
    run = services.propose_run(cast.budi, [(recorded.id, recorded.open_rp)])
    assert (asked(cast.budi), asked(cast.hadi)) == (set(), {"run_waits"})
    services.decide_run(cast.hadi, run.id, approve=True)
    assert (asked(cast.budi), asked(cast.hadi)) == ({"run_to_transfer"}, set())
    clock.travel(4 * 86_400)
    assert asked(cast.budi) == {"run_to_transfer"}, "an approved one is not asked as a bill again"
    services.record_transfer(cast.budi, run.id, clock.today(), "TRX")
    for actor in (cast.budi, cast.hadi, cast.joko):
        assert asked(actor) == set()


def test_home_asks_the_supplier_for_the_credit_of_a_return_that_was_billed(cast, accounts):
    order = delivered(cast)
    line = queries.goods_lines(order.id)[0]
    services.return_goods(cast.sri, order.id, [(line.id, 1)], "broken")
    assert asked(cast.joko) == set(), "the bill may still leave it out"
    bill(cast, order)
    assert asked(cast.joko) == {"return_to_credit"}


# --- all or nothing ----------------------------------------------------------------------------------


class TestCommitted:
    """Each step in a transaction of its own, as the web edge has it."""

    @pytest.mark.parametrize("point", ["run_payment_posted", "ledger.after_postings", "run_paid"])
    @pytest.mark.parametrize("nth", [1, 2])
    def test_a_crash_in_the_middle_pays_nobody(self, cast, due, point, nth):
        run = proposed(cast, due)
        services.decide_run(cast.hadi, run.id, approve=True)
        run_id, bills = run.id, [each.id for each in due]
        db.session.commit()
        db.session.remove()
        if point == "run_paid" and nth == 2:
            nth = 1
        with pytest.raises(faults.FaultInjected), faults.armed(point, nth), db.transaction():
            services.record_transfer(cast.budi, run_id, clock.today(), "TRX")
        with db.transaction():
            assert db.session.get_one(PaymentRun, run_id).state == "approved"
            assert {queries.bill_of(each).paid_rp for each in bills} == {0}
            assert balance(cast, chart.BANK) == 50_000_000
            services.record_transfer(cast.budi, run_id, clock.today(), "TRX")
            assert balance(cast, chart.BANK) == 50_000_000 - 3 * RICE_RP
