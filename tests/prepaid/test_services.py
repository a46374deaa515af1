"""Money first: the order fires at the minimum, else everybody is paid back; the advance becomes a sale."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db, faults, jobs
from market.core.errors import Conflict, Forbidden, IllegalMove, LumbungError, NotFound, Refused
from market.identity.models import RoleGrant
from market.ledger import chart
from market.ledger import queries as books
from market.needs import services as needs
from market.needs.models import Need
from market.prepaid import queries, services
from market.wiring import HANDLERS
from tests.prepaid.conftest import PHONE, PRICE_RP, balance, broken, pool_of, share_of, states_of


def refused_at(act) -> str | None:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.field


# --- opening ---------------------------------------------------------------------------------------


def test_a_pool_takes_money_only_after_a_second_person_said_yes(pools):
    pool = pools.propose()
    with pytest.raises(Conflict):
        pools.pay(pool, 1)
    with pytest.raises(Forbidden), db.transaction():
        services.decide_pool(pools.cast.sri, pool, approve=True)
    with db.transaction():
        services.decide_pool(pools.cast.budi, pool, approve=True)
    assert share_of(pools.pay(pool, 1)).state == "paid"


def test_nobody_approves_the_own_pool(pools):
    with db.transaction():
        day = clock.today()
        mine = services.open_pool(
            pools.cast.budi,
            pack_id=commodities.pack_by_code("BRS-PRM-25").id,
            price_rp=300_000,
            min_packs=1,
            closes_on=day,
            delivery_on=day + timedelta(days=1),
        ).id
    assert refused_at(lambda: _decide(pools.cast.budi, mine)) is None


def _decide(actor, pool: int) -> None:
    with db.transaction():
        services.decide_pool(actor, pool, approve=True)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("price_rp", {"price_rp": 90_000}),
        ("price_rp", {"price_rp": 0}),
        ("shares_per_pack", {"shares_per_pack": 7}),
        ("max_packs", {"min_packs": 4, "max_packs": 3}),
    ],
)
def test_a_pool_keeps_to_its_rules(pools, field, changes):
    assert refused_at(lambda: pools.propose(**changes)) == field


def test_its_days_come_in_their_order(pools):
    today = clock.today()
    assert refused_at(lambda: pools.propose(closes_on=today - timedelta(days=1))) == "closes_on"
    assert refused_at(lambda: pools.propose(delivery_on=today + timedelta(days=7))) == "delivery_on"


def test_a_retail_pack_is_no_pool(pools):
    with db.transaction(read_only=True):
        small = commodities.pack_by_code("BRS-PRM-5").id
    assert refused_at(lambda: pools.propose(pack_id=small)) == "pack_id"


def test_a_refused_pool_has_a_reason(pools):
    pool = pools.propose()
    with pytest.raises(Refused), db.transaction():
        services.decide_pool(pools.cast.hadi, pool, approve=False)
    with db.transaction():
        services.decide_pool(pools.cast.hadi, pool, False, "terlalu mahal")
    assert pool_of(pool).state == "rejected"


# --- paying ----------------------------------------------------------------------------------------


def test_a_payment_is_the_buyers_until_the_goods_are_handed_over(pools):
    share = share_of(pools.pay(pools.open(), 3, account="1-1200"))
    assert (share.amount_rp, share.state, share.phone) == (3 * PRICE_RP, "paid", "6281234567890")
    assert share.number.startswith("KW/")
    assert balance(pools, chart.CUSTOMER_ADVANCES) == -3 * PRICE_RP
    assert balance(pools, chart.SALES_NON_MEMBERS) == 0
    assert broken() == []


def test_no_more_shares_than_there_are(pools):
    pool = pools.open()
    pools.pay(pool, 14)
    assert refused_at(lambda: pools.pay(pool, 2)) == "shares"
    assert refused_at(lambda: pools.pay(pool, 0)) == "shares"


def test_only_who_keeps_the_books_takes_money_and_only_of_the_own_cooperative(pools):
    pool = pools.open()
    given = {"buyer_name": "Bu Tini", "phone": PHONE, "shares": 1, "account": "1-1100"}
    with pytest.raises(Forbidden), db.transaction():
        services.record_payment(pools.cast.kasir, pool, **given)
    with pytest.raises(NotFound), db.transaction():
        queries.pool_for(pools.cast.wati, pool)


def test_a_pool_whose_time_is_over_takes_no_money(pools):
    pool = pools.open()
    clock.travel(to=clock.now() + timedelta(days=8))
    with pytest.raises(Conflict):
        pools.pay(pool, 1)


# --- firing ----------------------------------------------------------------------------------------


def test_a_full_pool_fires_at_once_with_the_cash_as_its_limit(pools):
    pool = pools.open()
    pools.pay(pool, 5)
    pools.pay(pool, 10, "Pak Slamet")
    jobs.run_all({**HANDLERS})
    assert pool_of(pool).state == "fired"
    with db.transaction(read_only=True):
        need = db.session.query(Need).one()
        assert (need.state, need.wanted_packs, need.cash_rp) == ("open", 3, 15 * PRICE_RP)
        assert (need.terms, need.ceiling_rp) == ("prepaid", 5 * PRICE_RP)
        assert (need.created_by, need.approved_by) == (pools.cast.sri.user_id, pools.cast.hadi.user_id)
    assert broken() == []


def test_at_its_time_the_minimum_is_enough(pools):
    pool = pools.open()
    pools.pay(pool, 11)
    assert pools.close() == 1
    assert pool_of(pool).state == "fired"
    with db.transaction(read_only=True):
        assert db.session.query(Need).one().wanted_packs == 3, "the eleventh share opens a third sack"


def test_before_its_time_the_minimum_alone_does_not_fire(pools):
    pool = pools.open()
    pools.pay(pool, 10)
    with db.transaction():
        assert services.settle_pool(pool) == "open"
        assert services.settle_due() == 0


def test_below_the_minimum_everybody_is_paid_back(pools):
    pool = pools.open()
    pools.pay(pool, 4)
    pools.pay(pool, 5, "Pak Slamet")
    pools.close()
    assert (pool_of(pool).state, states_of(pool)) == ("refunding", ["refund_pending"] * 2)
    assert balance(pools, chart.CUSTOMER_ADVANCES) == -9 * PRICE_RP, "still the buyers' money"
    pools.refund(pool)
    assert (pool_of(pool).state, states_of(pool)) == ("closed", ["refunded"] * 2)
    assert balance(pools, chart.CUSTOMER_ADVANCES) == balance(pools, chart.CASH) == 0
    assert broken() == []


def test_a_pool_that_nobody_paid_into_just_closes(pools):
    pool = pools.open()
    pools.close()
    assert pool_of(pool).state == "closed"


def test_what_the_rules_no_longer_allow_is_paid_back(pools):
    """One of the two who opened the pool has left: nobody stands for the order."""
    pool = pools.open()
    pools.pay(pool, 15)
    with db.transaction():
        seat = db.session.query(RoleGrant).filter_by(user_id=pools.cast.hadi.user_id).one()
        seat.ended_on = clock.today() - timedelta(days=1)
    with db.transaction():
        services.settle_pool(pool)
    assert (pool_of(pool).state, states_of(pool)) == ("refunding", ["refund_pending"])
    with db.transaction(read_only=True):
        assert db.session.query(Need).count() == 0


def test_goods_that_nobody_supplies_are_paid_back(pools):
    pool = pools.fired()
    clock.travel(to=clock.now() + timedelta(days=15))
    with db.transaction():
        needs.expire_old()
        assert services.refund_unsupplied() == 1
    assert pool_of(pool).state == "refunding"


def test_a_pool_may_be_given_up_before_its_goods_are_bought(pools):
    pool = pools.fired()
    with pytest.raises(Refused), db.transaction():
        services.give_up(pools.cast.hadi, pool, " ")
    with db.transaction():
        services.give_up(pools.cast.hadi, pool, "harga naik")
    assert pool_of(pool).state == "refunding"
    with db.transaction(read_only=True):
        assert db.session.query(Need).one().state == "withdrawn"


# --- refunds ---------------------------------------------------------------------------------------


def test_two_persons_pay_back_and_only_once(pools):
    pool = pools.open()
    pools.pay(pool, 4)
    pools.close()
    with db.transaction():
        services.propose_refunds(pools.cast.budi, pool, "1-1100")
    with pytest.raises(Forbidden), db.transaction():
        services.decide_refunds(pools.cast.budi, pool, approve=True)
    with pytest.raises(Refused), db.transaction():
        services.decide_refunds(pools.cast.hadi, pool, approve=False)
    with db.transaction():
        services.decide_refunds(pools.cast.hadi, pool, False, "cocokkan dahulu")
    assert states_of(pool) == ["refund_pending"]
    pools.refund(pool)
    with pytest.raises(Refused):
        pools.refund(pool)


def test_money_that_is_not_there_pays_nobody_back(pools):
    pool = pools.open()
    pools.pay(pool, 4, account="1-1200")
    pools.close()
    with pytest.raises(Refused):
        pools.refund(pool, "1-1100")
    assert states_of(pool) == ["refund_pending"]
    assert broken() == []


# --- collecting ------------------------------------------------------------------------------------


def test_goods_are_set_aside_only_when_there_is_enough_for_all(pools):
    pool = pools.fired()
    pools.stock(2)
    with pytest.raises(Refused):
        pools.ready(pool)
    assert states_of(pool) == ["paid", "paid"]


def test_the_advance_becomes_a_sale_when_the_goods_are_handed_over(pools):
    pool = pools.open()
    tini, slamet = pools.pay(pool, 5), pools.pay(pool, 10, "Pak Slamet", member=True)
    with db.transaction():
        services.settle_pool(pool)
    pools.stock(4)
    pools.ready(pool)
    pools.collect(tini)
    assert balance(pools, chart.SALES_NON_MEMBERS) == -5 * PRICE_RP
    assert balance(pools, chart.COST_NON_MEMBERS) == 280_000
    assert (pool_of(pool).state, balance(pools, chart.CUSTOMER_ADVANCES)) == ("ready", -10 * PRICE_RP)
    pools.collect(slamet)
    assert balance(pools, chart.SALES_MEMBERS) == -10 * PRICE_RP
    assert (pool_of(pool).state, balance(pools, chart.CUSTOMER_ADVANCES)) == ("closed", 0)
    assert broken() == []
    with db.transaction(read_only=True):
        trial = books.trial_balance(pools.cast.makmur.id)
    assert trial.debit_rp == trial.credit_rp


def test_goods_are_handed_over_for_the_code_and_once(pools):
    pool = pools.open()
    share = pools.pay(pool, 15)
    with db.transaction():
        services.settle_pool(pool)
    pools.stock(3)
    with pytest.raises(IllegalMove):
        pools.collect(share)
    pools.ready(pool)
    wrong = "000000" if share_of(share).pickup_code != "000000" else "111111"
    with pytest.raises(Refused), db.transaction():
        services.collect_share(pools.cast.kasir, share, wrong)
    pools.collect(share)
    with pytest.raises(IllegalMove):
        pools.collect(share)


def test_after_five_wrong_codes_the_buyer_makes_a_new_one(pools):
    pool = pools.fired(15)
    pools.stock(3)
    pools.ready(pool)
    with db.transaction(read_only=True):
        share = queries.shares_of(pool)[0]
    for _time in range(services.MAX_WRONG_CODES):
        with db.transaction():
            services.note_wrong_code(share.id)
    with pytest.raises(Refused):
        pools.collect(share.id)
    with db.transaction():
        services.renew_code(share.token)
    pools.collect(share.id)
    assert pool_of(pool).state == "closed"


@pytest.mark.parametrize("point", ["prepaid.paid", "prepaid.fired", "prepaid.ready", "prepaid.collected"])
def test_what_breaks_in_the_middle_has_not_happened(pools, point):
    def everything() -> None:
        pool = pools.open()
        share = pools.pay(pool, 15)
        with db.transaction():
            services.settle_pool(pool)
        pools.stock(3)
        pools.ready(pool)
        pools.collect(share)

    with pytest.raises(LumbungError), faults.armed(point):
        everything()
    assert broken() == []


# --- cash ------------------------------------------------------------------------------------------


def test_the_cash_gap_is_what_the_needs_cost_beyond_what_may_be_spent(pools):
    pool = pools.open()
    pools.pay(pool, 4)
    with db.transaction():
        by = clock.today() + timedelta(days=5)
        rice = commodities.pack_by_code("BRS-PRM-25").id
        needs.post_need(pools.cast.sri, pack_id=rice, wanted_packs=200, needed_by_on=by, ceiling_rp=300_000)
        needs.post_need(
            pools.cast.sri, pack_id=rice, wanted_packs=9, needed_by_on=by, ceiling_rp=300_000, terms="tempo"
        )
    with db.transaction(read_only=True):
        gap = queries.cash_gap(pools.cast.makmur.id)
    assert (gap.asked_rp, gap.money_rp) == (60_000_000, 50_000_000), (
        "what others paid in is not ours to spend"
    )
    assert (gap.gap_rp, gap.advances_rp) == (10_000_000, 4 * PRICE_RP)
