"""Makers answer for their own part: all, fewer, nothing, silence; goods, order and money follow exactly."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from market import verify
from market.core import clock, db
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.ledger import chart
from market.ledger import queries as ledger
from market.notices import queries as notices
from market.retail import queries, queries_parts, services
from market.retail.models_parts import RetailPart
from market.stock.models import Reservation, StockItem
from tests.retail.market import A_DAY, AT_HOME, CAKE_RP, COOKIE_RP, open_market
from tests.retail.shop import CRISPS_RP, RICE_RP


@pytest.fixture
def market(cast):
    return open_market(cast)


@pytest.fixture
def tx(market, transaction):
    """The market first, then one open transaction for the whole test."""


def item(code: str) -> StockItem:
    found = db.session.scalars(select(StockItem).where(StockItem.code == code)).one()
    db.session.refresh(found)
    return found


def states(order) -> list[str]:
    return [part.state for part in queries_parts.parts_of(order.id)]


def bring(market, order, *makers) -> None:
    for maker in makers:
        part = market.part(order, maker)
        services.accept_part(maker, part.id)
        services.receive_part(market.cast.kasir, part.id)


@pytest.mark.usefixtures("tx")
class TestSupply:
    def test_goods_at_home_and_of_a_day_are_promised_like_those_on_the_shelf(self, market):
        order = market.place(crisps=1, cookies=2, cake=3)
        day = market.first_day()
        home = item(f"home:{market.cookies.id}")
        made = item(f"day:{market.cake.id}:{day}")
        assert (home.kept, home.on_hand_base, home.reserved_base) == ("home", AT_HOME, 2)
        assert (made.kept, made.on_hand_base, made.reserved_base) == ("day", A_DAY, 3)
        assert {(p.place, p.state) for p in queries_parts.parts_of(order.id)} == {
            ("here", "accepted"),
            ("away", "waiting"),
        }
        assert market.part(order, market.dewi).ready_on == day > clock.today()

    def test_a_full_day_moves_to_the_next_and_a_chosen_full_day_is_refused(self, market):
        day = market.first_day()
        market.place(cake=A_DAY - 1, phone="081200000001")
        later = market.place(cake=2, phone="081200000002")
        assert market.part(later, market.dewi).ready_on > day
        with pytest.raises(Refused, match="tinggal 1"):
            market.place(cake=2, phone="081200000003", days={market.cake.id: day})

    def test_a_day_that_its_maker_does_not_work_is_no_choice(self, market):
        with pytest.raises(Refused, match="tidak dibuat hari itu"):
            market.place(cake=1, days={market.cake.id: clock.today()})

    def test_more_than_is_at_home_is_refused_by_name(self, market):
        with pytest.raises(Refused, match="Nastar"):
            market.place(cookies=AT_HOME + 1)


@pytest.mark.usefixtures("tx")
class TestAnswers:
    def test_an_order_is_ready_when_every_part_is_at_the_counter(self, market):
        order = market.place(crisps=1, cookies=1, cake=1)
        services.mark_ready(market.cast.kasir, order.id)
        bring(market, order, market.rina)
        assert order.state == "placed"
        bring(market, order, market.dewi)
        assert order.state == "ready"

    def test_what_a_maker_has_not_brought_is_not_handed_over(self, market):
        order = market.place(crisps=1, cookies=1)
        with pytest.raises(Refused, match="Kue Kering Bu Rina"):
            services.hand_over(market.cast.kasir, order.id, order.pickup_code)

    def test_hand_over_pays_each_maker_and_takes_the_pieces_from_home(self, market):
        order = market.place(cookies=2, cake=1)
        bring(market, order, market.rina, market.dewi)
        services.hand_over(market.cast.kasir, order.id, order.pickup_code)
        assert states(order) == ["handed_over", "handed_over"]
        assert item(f"home:{market.cookies.id}").on_hand_base == AT_HOME - 2
        total = 2 * COOKIE_RP + CAKE_RP
        assert ledger.balance_rp(market.front.makmur.id, chart.CASH) == total
        assert ledger.balance_rp(market.front.makmur.id, chart.COMMISSION) == -total // 10
        assert [r for r in verify.run() if not r.ok] == []

    def test_a_refused_part_makes_the_order_cheaper_and_gives_the_goods_to_nobody_else(self, market):
        order = market.place(crisps=1, cookies=2)
        part = services.refuse_part(market.rina, market.part(order, market.rina).id, "oven rusak")
        assert (part.state, part.reason) == ("refused", "oven rusak")
        assert (order.refused_rp, order.due_rp) == (2 * COOKIE_RP, CRISPS_RP)
        home = item(f"home:{market.cookies.id}")
        assert (home.on_hand_base, home.reserved_base) == (AT_HOME - 2, 0)
        services.hand_over(market.cast.kasir, order.id, order.pickup_code)
        assert ledger.balance_rp(market.front.makmur.id, chart.CASH) == CRISPS_RP
        assert ledger.balance_rp(market.front.makmur.id, chart.PAYABLE_CONSIGNMENT) == -CRISPS_RP * 9 // 10
        assert [r for r in verify.run() if not r.ok] == []

    def test_fewer_pieces_keep_the_rest_promised_at_its_price(self, market):
        order = market.place(cookies=3)
        part, line = market.part(order, market.rina), queries.lines_of(order.id)[0]
        services.answer_fewer(market.rina, part.id, {line.id: 1}, "tinggal satu")
        assert (part.state, line.kept, order.due_rp) == ("accepted", 1, COOKIE_RP)
        home = item(f"home:{market.cookies.id}")
        assert (home.on_hand_base, home.reserved_base) == (AT_HOME - 2, 1)
        assert db.session.get_one(Reservation, line.reservation_id).state == "held"

    def test_the_whole_order_ends_when_nothing_is_left(self, market):
        order = market.place(cookies=1, cake=1)
        services.refuse_part(market.rina, market.part(order, market.rina).id, "habis")
        assert order.state == "placed"
        services.refuse_part(market.dewi, market.part(order, market.dewi).id, "sakit")
        assert (order.state, order.refused_rp) == ("cancelled", order.total_rp)
        assert states(order) == ["refused", "refused"]
        assert [r for r in verify.run() if not r.ok] == []

    def test_the_last_refusal_makes_an_order_ready_whose_rest_is_there(self, market):
        order = market.place(crisps=1, cookies=1)
        services.mark_ready(market.cast.kasir, order.id)
        assert order.state == "placed"
        services.refuse_part(market.rina, market.part(order, market.rina).id, "habis")
        assert order.state == "ready"

    def test_a_discount_is_refused_in_its_share_and_to_the_last_rupiah(self, market):
        order = market.place(cookies=3, crisps=1)
        line = next(each for each in queries.lines_of(order.id) if each.quantity == 3)
        line.discount_rp, order.total_rp = 10_000, order.total_rp - 10_000
        db.session.flush()
        part = market.part(order, market.rina)
        services.answer_fewer(market.rina, part.id, {line.id: 2}, "kurang satu")
        first = order.refused_rp
        services.refuse_part(market.rina, part.id, "jatuh")
        assert first == round((3 * COOKIE_RP - 10_000) / 3)
        assert (order.refused_rp, order.due_rp) == (3 * COOKIE_RP - 10_000, CRISPS_RP)

    @pytest.mark.parametrize(("kept", "reason"), [(3, "x"), (4, "x"), (-1, "x"), (1, " ")])
    def test_an_answer_that_makes_no_sense_changes_nothing(self, market, kept, reason):
        order = market.place(cookies=3)
        part, line = market.part(order, market.rina), queries.lines_of(order.id)[0]
        with pytest.raises(Refused):
            services.answer_fewer(market.rina, part.id, {line.id: kept}, reason)
        assert line.kept == 3 and order.refused_rp == 0

    def test_nobody_answers_for_somebody_else(self, market):
        order = market.place(cookies=1, crisps=1)
        part = market.part(order, market.rina)
        with pytest.raises(NotFound):
            services.accept_part(market.dewi, part.id)
        with pytest.raises(NotFound):
            services.accept_part(market.cast.joko, part.id)
        here = next(each for each in queries_parts.parts_of(order.id) if each.place == "here")
        with pytest.raises(NotFound):
            services.refuse_part(market.front.tini, here.id, "x")
        with pytest.raises(Forbidden):
            services.receive_part(market.rina, part.id)

    def test_the_counter_may_answer_for_a_maker_who_telephoned(self, market):
        order = market.place(cookies=1)
        assert services.accept_part(market.cast.kasir, market.part(order, market.rina).id).state == "accepted"

    def test_what_is_handed_over_is_refused_by_nobody(self, market):
        order = market.place(cookies=1)
        bring(market, order, market.rina)
        services.hand_over(market.cast.kasir, order.id, order.pickup_code)
        with pytest.raises(Conflict):
            services.refuse_part(market.rina, market.part(order, market.rina).id, "terlambat")

    def test_makers_are_asked_and_told_where(self, market):
        order = market.place(cookies=1)
        told = notices.inbox(market.rina)[0]
        assert order.number in told.body

    def test_packing_follows_the_answer(self, market):
        part = market.part(market.place(cookies=1), market.rina)
        with pytest.raises(IllegalMove):
            services.pack_part(market.rina, part.id)
        services.accept_part(market.rina, part.id)
        assert services.pack_part(market.rina, part.id).state == "packed"


class TestSilence:
    def test_silence_until_the_deadline_is_a_refusal(self, market):
        with db.transaction():
            order = market.place(crisps=1, cookies=1)
            part = market.part(order, market.rina)
            assert part.answer_by > clock.now()
        with db.transaction():
            assert services.lapse_parts() == 0
        clock.travel(int((part.answer_by - clock.now()).total_seconds()) + 1)
        with db.transaction():
            assert services.lapse_parts() == 1
            assert services.lapse_parts() == 0
        with db.transaction(read_only=True):
            found = db.session.get_one(RetailPart, part.id)
            assert (found.state, found.reason) == ("lapsed", "penjual tidak menjawab sampai batas waktu")
            assert queries.order_by_id(order.id).due_rp == CRISPS_RP
            assert [r for r in verify.run() if not r.ok] == []
            row = queries_parts.answers(market.front.makmur.id)[0]
            assert (row.seller, row.silent) == ("Kue Kering Bu Rina", 1)

    def test_a_late_answer_counts_while_nobody_has_closed_the_part(self, market):
        with db.transaction():
            part = market.part(market.place(cookies=1), market.rina)
        clock.travel(int((part.answer_by - clock.now()).total_seconds()) + 1)
        with db.transaction():
            services.accept_part(market.rina, part.id)
            assert services.lapse_parts() == 0


def test_the_price_of_rice_stays_out_of_makers_parts(market):
    with db.transaction():
        order = market.place(rice=1, cookies=1)
        cards = queries_parts.parts_of_seller(market.rina.organization_id)
        assert [card.share_rp for card in cards] == [COOKIE_RP * 9 // 10]
        assert order.total_rp == RICE_RP + COOKIE_RP
