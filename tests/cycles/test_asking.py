"""What a cooperative is proposed to ask for, and that asking is all or nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db, jobs
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.core.permissions import SYSTEM
from market.cycles import services
from market.cycles.models import NeedWidening
from market.cycles.services import Choice
from market.identity import services as identity
from market.needs import services as needs
from market.needs.models import Need
from market.notices.models import Notice
from market.offers.models import OfferTier
from market.rounds import queries as rounds
from market.stock.models import StockItem, StockMove
from market.wiring import HANDLERS
from tests.cycles.conftest import planned
from tests.rounds.conftest import RICE, asked_id

DAY = 86_400
KG = 1_000


def on_the_shelf(market, kilograms: int, sold_kg: int = 0, sold_days_ago: int = 0, code: str = RICE) -> None:
    """What makmur has of a pack, after selling some of it on one day."""
    pack = commodities.pack_by_code(code)
    organization_id = market.cast.makmur.id
    item = StockItem(
        organization_id=organization_id,
        code=f"pack:{pack.id}",
        name=pack.name,
        pack_id=pack.id,
        base_unit=pack.commodity.base_unit,
        pack_base=pack.size_base,
        on_hand_base=kilograms * KG,
        value_rp=0 if not kilograms else 1,
    )
    db.session.add(item)
    db.session.flush()
    moves = [("opening", (kilograms + sold_kg) * KG, 60), ("sale", -sold_kg * KG, sold_days_ago)]
    for kind, base, ago in moves:
        if base:
            on = clock.today() - timedelta(days=ago)
            db.session.add(
                StockMove(
                    organization_id=organization_id, item_id=item.id, kind=kind, quantity_base=base,
                    value_rp=0, source=f"{kind}:{ago}:{pack.id}", occurred_on=on, at=clock.now(),
                )
            )  # fmt: skip
    db.session.flush()


def proposed(market) -> dict[str, services.Choice]:
    with db.transaction(read_only=True):
        return {row.pack.code: row for row in services.proposals(market.cast.sri)}


def test_a_cooperative_that_never_bought_or_sold_is_proposed_nothing(market, monday):
    assert proposed(market) == {}


def test_what_sells_is_proposed_for_the_days_until_the_goods_after_the_next(market, monday):
    planned(market.cast.ratna)  # goods of this date come on 10 February; two weeks of cover: until the 24th
    with db.transaction():
        on_the_shelf(market, kilograms=100, sold_kg=560, sold_days_ago=27)
    row = proposed(market)["BRS-PRM-25"]
    assert (row.sold_days, row.until_on) == (28, date(2027, 2, 24))
    # 20 kg a day for 23 days are 460 kg, less 100 on the shelf: 360 kg are 15 sacks of 25 kg
    assert row.packs == 15


def test_what_is_coming_and_what_was_handed_in_is_not_asked_for_twice(market, monday):
    planned(market.cast.ratna)
    with db.transaction():
        on_the_shelf(market, kilograms=100, sold_kg=560, sold_days_ago=27)
    market.need(10)
    assert proposed(market)["BRS-PRM-25"].packs == 5
    market.need(5)
    assert proposed(market) == {}


def test_a_new_shop_is_not_thought_slow(market, monday):
    planned(market.cast.ratna)
    with db.transaction():
        on_the_shelf(market, kilograms=0, sold_kg=140, sold_days_ago=6)
    row = proposed(market)["BRS-PRM-25"]
    assert row.sold_days == 7
    assert row.packs == -(-20 * 23 // 25)


def test_old_sales_say_nothing_of_now(market, monday):
    planned(market.cast.ratna)
    with db.transaction():
        on_the_shelf(market, kilograms=0, sold_kg=560, sold_days_ago=40)
    assert proposed(market) == {}


def test_what_came_short_in_the_last_round_is_proposed_again_and_said(market, monday):
    market.need(80)
    market.offer(market.cast.joko, 300_000, 48)
    number = market.published()

    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    with db.transaction():
        for need in db.session.query(Need).filter(Need.state == "open"):
            need.state = "expired"  # the rest was carried over; its day has passed
    clock.travel(12 * DAY)
    row = proposed(market)["BRS-PRM-25"]
    assert (row.last_packs, row.short_packs) == (80, 32)
    assert row.packs == 32, "48 sacks are still on their way"
    assert not row.by_sales


def test_asking_posts_needs_by_the_cycles_delivery_day_on_the_terms_of_before(market, monday):
    planned(market.cast.ratna)
    market.need(10, terms="prepaid", max_suppliers=2, ceiling_rp=310_000)
    with db.transaction():
        pack = commodities.pack_by_code(RICE)
        (need,) = services.ask_for(market.cast.sri, [Choice(pack.id, 12)])
        assert (need.state, need.wanted_packs, need.needed_by_on) == ("submitted", 12, date(2027, 2, 10))
        assert (need.terms, need.max_suppliers, need.ceiling_rp) == ("prepaid", 2, 310_000)


def test_without_a_cycle_the_usual_days_count(market, monday):
    with db.transaction():
        pack = commodities.pack_by_code(RICE)
        (need,) = services.ask_for(market.cast.sri, [Choice(pack.id, 12)])
        assert need.needed_by_on == monday + timedelta(days=10)


def test_one_line_that_a_rule_stops_stops_all_and_is_named_at_its_field(market, monday):
    with db.transaction(read_only=True):
        rice, gas = (commodities.pack_by_code(code) for code in (RICE, "LPG-3"))
    with pytest.raises(Refused) as refusal, db.transaction():
        services.ask_for(market.cast.sri, [Choice(rice.id, 12), Choice(gas.id, 20_000_000)])
    assert refusal.value.field == f"packs_{gas.id}"
    assert gas.name in str(refusal.value)
    with db.transaction(read_only=True):
        assert db.session.query(Need).count() == 0


def test_nothing_chosen_and_nobody_without_the_right(market, monday):
    with pytest.raises(Refused), db.transaction():
        services.ask_for(market.cast.sri, [])
    for who in (market.cast.kasir, market.cast.joko, market.cast.ratna):
        with pytest.raises(Forbidden), db.transaction(read_only=True):
            services.proposals(who)


# --- a little more, so that everybody pays less ----------------------------------------------------


@pytest.fixture
def near(market, monday):
    """Two cooperatives want 45 together; two mills offer, and from 50 on sacks cost 35.000 less."""
    planned(market.cast.ratna)
    with db.transaction():
        services.open_due_cycles()
    first = market.need(30)
    market.need(15, by=market.cast.wati)
    market.offer(market.cast.joko, 0, 100, tiers=[(1, 300_000), (50, 265_000)])
    market.offer(market.cast.nur, 0, 100, tiers=[(1, 301_000)])
    return first


def test_the_invitation_says_how_many_are_missing_and_what_all_would_save(market, near):
    with db.transaction(read_only=True):
        found = services.invitation(market.cast.budi, near)
        assert (found.pooled, found.missing, found.saving_rp) == (45, 5, 35_000)


def test_a_better_price_that_costs_more_in_all_is_no_invitation(market, near):
    """50 at 285.000 are dearer than 45 at 300.000: nobody would be given the extra sacks."""
    with db.transaction():
        db.session.query(OfferTier).filter_by(from_packs=50).update({"price_rp": 285_000})
    with pytest.raises(Conflict), db.transaction(read_only=True):
        services.invitation(market.cast.budi, near)


def test_all_whose_pool_is_near_are_asked_alike_and_once(market, near):

    clock.travel(3 * DAY)
    with db.transaction():
        services.remind_closing()
    jobs.run_all(HANDLERS)
    with db.transaction(read_only=True):
        told = db.session.query(Notice).filter_by(kind="pool_near").all()
        assert {row.organization_id for row in told} == {market.cast.makmur.id, market.cast.tetangga.id}
        assert len({row.body for row in told}) == 1
        assert "5 sak" in told[0].body and "Rp35.000" in told[0].body


def test_who_also_sells_is_not_told_by_a_notice_either(market, near):
    with db.transaction():
        identity.grant_role(SYSTEM, market.cast.budi.user_id, market.cast.lamongan.id, "supplier_sales")
    clock.travel(3 * DAY)
    with db.transaction():
        services.remind_closing()
    jobs.run_all(HANDLERS)
    with db.transaction(read_only=True):
        told = {row.user_id for row in db.session.query(Notice).filter_by(kind="pool_near")}
    assert market.cast.budi.user_id not in told
    assert {market.cast.hadi.user_id, market.cast.head.user_id} <= told


def test_with_room_to_grow_the_pool_reaches_the_better_price_and_both_pay_it(market, near):
    with db.transaction():
        services.widen_need(market.cast.budi, near, 36)
    number = market.solved()
    with db.transaction(read_only=True):
        lines = [line for a in rounds.assignments_of_round(number) for line in rounds.lines_of(a.id)]
        assert {line.price_rp for line in lines} == {265_000}
        assert sum(line.packs for line in lines) == 50


def test_who_let_it_grow_is_written_down_and_it_was_not_who_wrote_the_need(market, near):

    with pytest.raises(Forbidden), db.transaction():
        services.widen_need(market.cast.sri, near, 36)
    with db.transaction():
        services.widen_need(market.cast.budi, near, 36)
    with db.transaction(read_only=True):
        (row,) = db.session.query(NeedWidening)
        assert (row.need_id, row.from_packs, row.to_packs, row.actor_id) == (
            near,
            30,
            36,
            market.cast.budi.user_id,
        )


def test_less_than_wanted_or_more_than_the_cash_is_refused_and_changes_nothing(market, near):
    with pytest.raises(Refused) as refusal, db.transaction():
        services.widen_need(market.cast.budi, near, 29)
    assert refusal.value.field == "at_most_packs"
    with pytest.raises(Refused), db.transaction():
        services.widen_need(market.cast.budi, near, 10_000_001)
    with db.transaction(read_only=True):
        assert db.session.get_one(Need, near).at_most_packs == 30


def test_who_also_sells_for_a_supplier_is_shown_no_steps_of_the_pool(market, near):

    with db.transaction():
        identity.grant_role(SYSTEM, market.cast.budi.user_id, market.cast.lamongan.id, "supplier_sales")
    with pytest.raises(Conflict), db.transaction(read_only=True):
        services.invitation(market.cast.budi, near)


def test_a_stranger_finds_no_such_need(market, near):

    with pytest.raises(NotFound), db.transaction(read_only=True):
        services.invitation(market.cast.head, near)


def test_once_the_round_has_taken_it_nothing_grows_any_more(market, near):

    market.close()
    with pytest.raises(Conflict), db.transaction():
        services.widen_need(market.cast.budi, near, 36)
    with pytest.raises(Conflict), db.transaction(read_only=True):
        services.invitation(market.cast.budi, near)


def test_a_draft_is_no_part_of_any_pool(market, near):

    with db.transaction():
        draft = needs.post_need(
            market.cast.sri,
            pack_id=commodities.pack_by_code(RICE).id,
            wanted_packs=3,
            needed_by_on=clock.today() + timedelta(days=9),
            submit=False,
        )
    with pytest.raises(Conflict), db.transaction(read_only=True):
        services.invitation(market.cast.budi, draft.id)
