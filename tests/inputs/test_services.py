"""From the flour that a baker asks for to the sale: every step, and every way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.core.parameters import set_value
from market.inputs import queries, services
from market.ledger import chart
from market.needs import services as needs
from market.notices.models import Notice
from tests.inputs.conftest import KG, QUOTE_RP, balance, broken, flour, need_of, pool_of, request_of


def refused_at(act) -> str | None:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field


def told(kitchen, actor) -> list[str]:
    with db.transaction(read_only=True):
        mine = db.session.query(Notice).filter_by(user_id=actor.user_id).order_by(Notice.id)
        return [notice.kind for notice in mine]


# --- asking ----------------------------------------------------------------------------------------


def test_a_baker_asks_her_cooperative_and_the_secretary_is_told(kitchen):
    asked = request_of(kitchen.ask())
    assert (asked.state, asked.wanted_base, asked.at_most_base) == ("submitted", 50 * KG, 80 * KG)
    assert (asked.organization_id, asked.buyer_id) == (kitchen.cast.makmur.id, kitchen.bakery.id)
    assert asked.number.startswith("BB/")
    assert told(kitchen, kitchen.cast.sri) == ["input_posted"]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("at_most", {"kg": 50, "most": 40}),
        ("wanted", {"kg": 0, "most": None}),
        ("needed_by_on", {"days": 0}),
        ("needed_by_on", {"days": 200}),
        ("ceiling_rp", {"ceiling_rp": 0}),
        ("terms", {"terms": "kapan-kapan"}),
    ],
)
def test_a_request_keeps_to_its_rules(kitchen, field, changes):
    assert refused_at(lambda: kitchen.ask(**changes)) == field


def test_half_a_kilogram_is_not_asked_for(kitchen):
    assert refused_at(lambda: kitchen.guest(kg=1, at_most_base=1_500)) == "at_most"


def test_administered_goods_are_not_asked_for(kitchen):
    with db.transaction(read_only=True):
        names = {each.code for each in queries.offered_commodities()}
    assert {"TRG", "GULA", "MGK"} <= names
    assert not names & {"MKT", "UREA", "LPG3"}


def test_a_person_with_a_telephone_asks_too_but_not_without_end(kitchen):
    for _time in range(3):
        kitchen.guest()
    assert refused_at(lambda: kitchen.guest()) == "phone"
    assert refused_at(lambda: kitchen.guest(phone="12")) == "phone"
    assert refused_at(lambda: kitchen.guest(name=" ", phone="081234567899")) == "buyer_name"


def test_strangers_see_nothing(kitchen):
    asked = kitchen.ask()
    with pytest.raises(NotFound), db.transaction(read_only=True):
        queries.request_for(kitchen.cast.wati, asked)
    with pytest.raises(Forbidden), db.transaction(read_only=True):
        queries.request_for(kitchen.cast.joko, asked)
    with pytest.raises(Forbidden), db.transaction():
        services.approve_request(kitchen.cast.kasir, asked, quote_rp=QUOTE_RP)


# --- the cooperative's word ------------------------------------------------------------------------


def test_an_approval_promises_a_price_and_keeps_the_margin_of_the_day(kitchen):
    with db.transaction():
        set_value(kitchen.cast.hadi, services.MARGIN_BP, 500, clock.today(), "rapat pengurus")
    asked = request_of(kitchen.approve(kitchen.ask()))
    assert (asked.state, asked.quote_rp, asked.margin_bp) == ("approved", QUOTE_RP, 500)
    assert asked.advance_rp == 50 * QUOTE_RP
    assert asked.pay_by_on == clock.today() + timedelta(days=3)
    assert told(kitchen, kitchen.tini) == ["input_approved"]


def test_the_price_stays_within_what_she_pays_and_within_the_law(kitchen):
    asked = kitchen.ask(ceiling_rp=10_500)
    assert refused_at(lambda: kitchen.approve(asked)) == "quote_rp"
    assert refused_at(lambda: kitchen.approve(asked, quote_rp=0)) == "quote_rp"
    assert request_of(kitchen.approve(asked, quote_rp=10_500)).quote_rp == 10_500


def test_a_no_has_a_reason_that_she_reads(kitchen):
    asked = kitchen.ask()
    with pytest.raises(Refused), db.transaction():
        services.decline_request(kitchen.cast.sri, asked, "  ")
    with db.transaction():
        services.decline_request(kitchen.cast.sri, asked, "gudang penuh")
    assert request_of(asked).state == "declined"
    assert told(kitchen, kitchen.tini) == ["input_declined"]


def test_credit_has_a_limit_for_all_her_purchases_together(kitchen):
    kitchen.on_credit(50)  # 550.000 of a million
    second = kitchen.ask(50, None, terms="tempo")
    assert refused_at(lambda: kitchen.approve(second, terms="tempo")) == "terms"
    assert request_of(kitchen.approve(second)).terms == "prepaid"


def test_she_becomes_a_member_with_the_account_she_has(kitchen):
    asked = kitchen.ask()
    with pytest.raises(Forbidden), db.transaction():
        services.become_member(kitchen.cast.sri, asked)
    with db.transaction():
        assert services.become_member(kitchen.cast.hadi, asked) == ""
    assert request_of(asked).member
    assert request_of(kitchen.ask()).member, "the next request is a member's"
    assert refused_at(lambda: _member(kitchen, asked)) is None


def test_a_person_with_a_telephone_gets_an_account(kitchen):
    assert len(_member(kitchen, kitchen.guest())) == 12


def _member(kitchen, request_id: int) -> str:
    with db.transaction():
        return services.become_member(kitchen.cast.hadi, request_id)


# --- paying and pooling ----------------------------------------------------------------------------


def test_an_advance_is_hers_until_she_collects(kitchen):
    asked = request_of(kitchen.paid())
    assert (asked.state, asked.paid_rp, asked.open_rp) == ("prepaid", 550_000, 550_000)
    assert balance(kitchen, chart.CUSTOMER_ADVANCES) == -550_000
    assert balance(kitchen, chart.CASH) == 550_000
    with pytest.raises(IllegalMove):
        kitchen.pay(asked.id)
    assert broken() == []


def test_nothing_is_pooled_before_it_is_paid_for(kitchen):
    kitchen.approve(kitchen.ask())
    assert refused_at(lambda: kitchen.pool()) is None
    kitchen.on_credit(25)
    assert need_of(kitchen.pool()).wanted_packs == 1


def test_requests_become_one_need_and_the_shares_are_kept(kitchen):
    first, second = kitchen.paid(50, 80), kitchen.on_credit(30, 45)
    need = need_of(kitchen.pool(own=4, own_most=6))
    # 80 kg are four sacks of 25, at most 125 kg are five; the shop's own on top.
    assert (need.wanted_packs, need.at_most_packs, need.state) == (8, 11, "submitted")
    assert need.ceiling_rp == QUOTE_RP * 25 * 10_000 // 10_300
    assert need.needed_by_on == clock.today() + timedelta(days=5)
    assert {request_of(each).state for each in (first, second)} == {"pooled"}
    assert (pool_of(need.id).own_packs, pool_of(need.id).own_at_most_packs) == (4, 6)


def test_a_need_that_is_open_grows_by_a_second_person(kitchen):
    with db.transaction():
        day = clock.today() + timedelta(days=4)
        own = needs.post_need(
            kitchen.cast.sri, pack_id=flour().id, wanted_packs=10, needed_by_on=day, ceiling_rp=250_000
        ).id
        needs.approve_need(kitchen.cast.budi, own)
    kitchen.paid(50, 80)
    with pytest.raises(Forbidden), db.transaction():
        services.join_need(kitchen.cast.sri, own)
    with db.transaction():
        services.join_need(kitchen.cast.budi, own)
    assert (need_of(own).wanted_packs, need_of(own).at_most_packs, need_of(own).state) == (12, 13, "open")
    assert pool_of(own).own_packs == 10


def test_a_need_that_may_pay_too_much_is_not_joined(kitchen):
    with db.transaction():
        day = clock.today() + timedelta(days=4)
        own = needs.post_need(
            kitchen.cast.sri, pack_id=flour().id, wanted_packs=10, needed_by_on=day, ceiling_rp=290_000
        ).id
        needs.approve_need(kitchen.cast.budi, own)
    kitchen.paid()
    with pytest.raises(Refused, match="harga janji"), db.transaction():
        services.join_need(kitchen.cast.budi, own)


# --- withdrawing -----------------------------------------------------------------------------------


def test_she_withdraws_before_the_round_and_the_need_shrinks(kitchen):
    first, second = kitchen.paid(50, 80), kitchen.on_credit(30, 45)
    need = kitchen.open_pool(own=4, own_most=6)
    kitchen.withdraw(second)
    assert (need_of(need).wanted_packs, need_of(need).at_most_packs) == (6, 9)
    kitchen.withdraw(first)
    assert (need_of(need).wanted_packs, need_of(need).at_most_packs) == (4, 6)
    assert [request_of(each).state for each in (first, second)] == ["refund_pending", "withdrawn"]


def test_a_need_without_anybody_is_withdrawn(kitchen):
    asked = kitchen.on_credit()
    need = kitchen.open_pool()
    kitchen.withdraw(asked)
    assert (need_of(need).state, request_of(asked).state) == ("withdrawn", "withdrawn")


def test_once_a_round_counts_it_she_cannot_withdraw(kitchen):
    asked = kitchen.paid()
    need = kitchen.open_pool()
    with db.transaction():
        needs.take_into_round(kitchen.cast.ratna, [need])
    with pytest.raises(Conflict):
        kitchen.withdraw(asked)
    assert request_of(asked).state == "pooled"


def test_a_withdrawn_advance_goes_back_with_two_persons_by_a_day(kitchen):
    asked = kitchen.paid()
    kitchen.withdraw(asked)
    assert request_of(asked).refund_by_on == clock.today() + timedelta(days=3)
    with db.transaction():
        services.propose_refund(kitchen.cast.budi, asked, "1-1100")
    with pytest.raises(Forbidden), db.transaction():
        services.decide_refund(kitchen.cast.budi, asked, approve=True)
    with db.transaction():
        services.decide_refund(kitchen.cast.hadi, asked, approve=True)
    assert (request_of(asked).state, request_of(asked).open_rp) == ("refunded", 0)
    assert balance(kitchen, chart.CUSTOMER_ADVANCES) == balance(kitchen, chart.CASH) == 0
    assert broken() == []


def test_a_need_that_the_shop_withdraws_lets_its_buyers_wait_again(kitchen):
    first, second = kitchen.paid(), kitchen.on_credit()
    need = kitchen.open_pool()
    with db.transaction():
        needs.withdraw_need(kitchen.cast.sri, need)
        assert services.settle_lost() == 2
    assert [request_of(each).state for each in (first, second)] == ["prepaid", "approved"]
    assert need_of(kitchen.pool()).wanted_packs == 4


def test_a_need_that_is_not_met_gives_the_money_back(kitchen):
    first, second = kitchen.paid(), kitchen.on_credit()
    kitchen.open_pool()
    clock.travel(6 * 86_400)
    with db.transaction():
        assert needs.expire_old() == 1
        assert services.settle_lost() == 2
        assert services.settle_lost() == 0
    assert [request_of(each).state for each in (first, second)] == ["refund_pending", "unmet"]
    assert told(kitchen, kitchen.tini)[-2:] == ["input_refund", "input_unmet"]


def test_a_need_that_is_rejected_gives_the_money_back_at_once(kitchen):
    first, second = kitchen.paid(), kitchen.on_credit()
    need = kitchen.pool(own=2)
    with db.transaction():
        needs.reject_need(kitchen.cast.budi, need, "gudang penuh")
        assert services.settle_lost() == 2
        assert services.settle_lost() == 0
    assert [request_of(each).state for each in (first, second)] == ["refund_pending", "unmet"]
    assert told(kitchen, kitchen.tini)[-2:] == ["input_refund", "input_unmet"]
    assert (need_of(need).state, need_of(need).wanted_packs) == ("rejected", 2), "only the shop's are left"
    assert broken() == []


def test_a_need_that_nobody_approved_by_its_day_gives_the_money_back(kitchen):
    first, second = kitchen.paid(), kitchen.on_credit()
    need = kitchen.pool()
    clock.travel(5 * 86_400)
    with db.transaction():
        assert services.settle_lost() == 0, "its day is not over"
    clock.travel(6 * 86_400)
    with db.transaction():
        assert services.settle_lost() == 2
    assert [request_of(each).state for each in (first, second)] == ["refund_pending", "unmet"]
    assert need_of(need).state == "withdrawn"
    assert broken() == []


def test_what_was_not_paid_or_decided_in_time_lapses(kitchen):
    silent, unpaid, paid = kitchen.ask(days=2), kitchen.approve(kitchen.ask()), kitchen.paid()
    clock.travel(4 * 86_400)
    with db.transaction():
        assert services.lapse_late() == 2
    assert [request_of(each).state for each in (silent, unpaid, paid)] == ["lapsed", "lapsed", "prepaid"]
    clock.travel(3 * 86_400)
    with db.transaction():
        assert services.lapse_late() == 1
    assert request_of(paid).state == "refund_pending"
    assert broken() == []
