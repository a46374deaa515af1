"""The principal: set by a meeting, taken by one, confirmed by another, paid back by two."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import verify
from market.core import clock, db
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.core.permissions import Role
from market.core.states import IllegalMove
from market.ledger import chart
from market.ledger import queries as books
from market.members import queries as members
from market.members import services as membership
from market.savings import queries, services
from tests import factories
from tests.savings.conftest import PRINCIPAL_RP, set_up


def balance(cast, code: str) -> int:
    with db.transaction(read_only=True):
        return books.balance_rp(cast.makmur.id, code)


def promises_hold() -> None:
    with db.transaction(read_only=True):
        ids = ["I1", "I2", "I3", "I4", "I5", "I10", "I26", "I29", "I32"]
        known = {each.id for each in verify.INVARIANTS}
        assert [r for r in verify.run([i for i in ids if i in known]) if not r.ok] == []


def test_no_money_is_taken_before_a_meeting_has_set_the_amount(cast):
    till = set_up(cast, rate=False)
    with db.transaction(), pytest.raises(Refused, match="keputusan rapat"):
        services.take_principal(cast.kasir, till.member_id, PRINCIPAL_RP)


def test_an_amount_counts_from_its_day_and_the_newest_wins(cast):
    today = clock.today()
    with db.transaction():
        services.set_rate(cast.hadi, 50_000, "Rapat 1", today - timedelta(9), today - timedelta(9))
        services.set_rate(cast.hadi, 75_000, "Rapat 2", today, today + timedelta(3))
        found = [queries.rate_on(cast.makmur.id, on=today + timedelta(days)) for days in (-10, 0, 2, 3)]
        assert [rate and rate.amount_rp for rate in found] == [None, 50_000, 50_000, 75_000]
        assert queries.rate_on(cast.tetangga.id) is None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"amount_rp": 0}, "amount_rp"),
        ({"resolution": "  "}, "resolution"),
        ({"resolved_on": clock.today() + timedelta(2)}, "resolved_on"),
        ({"valid_from_on": clock.today() - timedelta(2)}, "valid_from_on"),
    ],
)
def test_a_resolution_says_what_which_meeting_and_from_when(cast, facts, field):
    today = clock.today()
    given = {"amount_rp": 1, "resolution": "Rapat", "resolved_on": today, "valid_from_on": today, **facts}
    with db.transaction(), pytest.raises(Refused) as refusal:
        services.set_rate(cast.hadi, **given)
    assert refusal.value.field == field


def test_only_the_chair_records_what_the_meeting_resolved(cast):
    today = clock.today()
    for who in (cast.sri, cast.budi, cast.kasir):
        with db.transaction(), pytest.raises(Forbidden):
            services.set_rate(who, 1, "Rapat", today, today)


def test_taken_money_is_in_the_books_at_once_and_makes_no_member_yet(till):
    receipt_id = till.paid()
    assert balance(till.cast, chart.CASH) == PRINCIPAL_RP
    assert balance(till.cast, chart.PRINCIPAL_SAVINGS) == -PRINCIPAL_RP
    assert till.state == "verified"
    with db.transaction(read_only=True):
        assert queries.receipt_for(till.cast.kasir, receipt_id).number.startswith("SP/")
    promises_hold()


def test_the_member_confirms_her_own_receipt_and_belongs(till):
    till.joined()
    assert till.state == "active"
    with db.transaction(read_only=True):
        assert members.by_user(till.cast.makmur.id, till.tutik.user_id).number
    promises_hold()


def test_nobody_confirms_anothers_receipt_and_the_taker_confirms_none(till):
    receipt_id = till.paid()
    with db.transaction():
        with pytest.raises(NotFound):
            services.confirm_own(till.cast.kasir, receipt_id)
        with pytest.raises(Forbidden):
            services.confirm_on_paper(till.cast.kasir, receipt_id)
        with pytest.raises(NotFound):
            services.confirm_on_paper(till.cast.wati, receipt_id)
    assert till.state == "verified"


def test_a_chair_who_took_the_money_needs_another_to_hold_the_signed_paper(till, monkeypatch):
    with db.transaction():
        both = factories.actor(Role.SECRETARY, till.cast.makmur)
        teller = factories.actor(Role.TREASURER, till.cast.makmur)
        receipt = services.take_principal(teller, till.member_id, PRINCIPAL_RP)
        same = type(both)(
            teller.user_id, both.organization_id, "cooperative", "", Role.SECRETARY, teller.name
        )
        with pytest.raises(Refused, match="menerima uang"):
            services.confirm_on_paper(same, receipt.id)
        services.confirm_on_paper(both, receipt.id)
    assert till.state == "active"


def test_the_principal_is_taken_once(till):
    till.paid()
    with db.transaction(), pytest.raises(Refused):
        services.take_principal(till.cast.kasir, till.member_id, PRINCIPAL_RP)
    assert balance(till.cast, chart.CASH) == PRINCIPAL_RP


def test_an_amount_that_has_changed_since_the_page_was_opened_is_not_taken(till):
    with db.transaction(), pytest.raises(Conflict):
        services.take_principal(till.cast.kasir, till.member_id, PRINCIPAL_RP - 1)


def test_a_receipt_for_money_that_never_came_is_cancelled_by_another_and_reversed(till):
    receipt_id = till.paid()
    with db.transaction(), pytest.raises(Refused):
        services.cancel_receipt(till.cast.hadi, receipt_id, " ")
    with db.transaction():
        services.cancel_receipt(till.cast.hadi, receipt_id, "Uang tidak pernah ada")
    assert balance(till.cast, chart.CASH) == 0 and till.state == "verified"
    with db.transaction(), pytest.raises(IllegalMove):
        services.confirm_own(till.tutik, receipt_id)
    till.joined()
    promises_hold()


def test_who_leaves_gets_the_principal_back_through_two_people(till):
    till.joined()
    repayment_id = till.left(by=till.cast.hadi)
    with db.transaction(), pytest.raises(Refused, match="pengurus lain"):
        services.decide_repayment(till.cast.hadi, repayment_id, approve=True)
    with db.transaction(), pytest.raises(IllegalMove):
        services.pay_repayment(till.cast.kasir, repayment_id, chart.CASH)
    with db.transaction():
        services.decide_repayment(till.cast.budi, repayment_id, approve=True)
    assert balance(till.cast, chart.SAVINGS_TO_REPAY) == -PRINCIPAL_RP
    assert balance(till.cast, chart.PRINCIPAL_SAVINGS) == 0
    with db.transaction():
        services.pay_repayment(till.cast.kasir, repayment_id, chart.CASH)
    assert (balance(till.cast, chart.SAVINGS_TO_REPAY), balance(till.cast, chart.CASH)) == (0, 0)
    promises_hold()


def test_no_money_goes_out_of_an_account_that_does_not_hold_it(till):
    till.joined()
    repayment_id = till.left(by=till.cast.hadi)
    with db.transaction():
        services.decide_repayment(till.cast.budi, repayment_id, approve=True)
    with pytest.raises(Refused, match="Bank"), db.transaction():
        services.pay_repayment(till.cast.kasir, repayment_id, chart.BANK)
    assert balance(till.cast, chart.SAVINGS_TO_REPAY) == -PRINCIPAL_RP


def test_a_rejected_repayment_leaves_the_principal_where_it_is(till):
    till.joined()
    repayment_id = till.left(by=till.cast.sri)
    with db.transaction():
        with pytest.raises(Refused):
            services.decide_repayment(till.cast.hadi, repayment_id, approve=False)
        services.decide_repayment(till.cast.hadi, repayment_id, approve=False, reason="Pinjaman belum lunas")
    with db.transaction(read_only=True):
        assert queries.principal_rp(members.member_by_id(till.member_id)) == PRINCIPAL_RP
    assert balance(till.cast, chart.PRINCIPAL_SAVINGS) == -PRINCIPAL_RP


def test_what_was_paid_before_lumbung_is_paid_back_too_and_opened_once(cast):
    with db.transaction():
        member = factories.member(cast.hadi)
        membership.leave(cast.hadi, member.id, "Pindah")
        opened = services.open_repayment(member.id, cast.hadi.user_id)
        assert (opened.amount_rp, services.open_repayment(member.id, cast.hadi.user_id)) == (50_000, None)


def test_who_comes_back_pays_again_and_keeps_the_number(till):
    till.joined()
    with db.transaction(read_only=True):
        number = members.member_by_id(till.member_id).number
    repayment_id = till.left(by=till.cast.hadi)
    with db.transaction():
        services.decide_repayment(till.cast.budi, repayment_id, approve=True)
        services.pay_repayment(till.cast.kasir, repayment_id, chart.CASH)
        membership.readmit(till.cast.sri, till.member_id)
    assert till.state == "verified"
    till.joined()
    with db.transaction(read_only=True):
        again = members.member_by_id(till.member_id)
        assert (again.state, again.number) == ("active", number)
        assert queries.principal_rp(again) == PRINCIPAL_RP
    promises_hold()
