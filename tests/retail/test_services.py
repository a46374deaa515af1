"""Residents order, pay at the counter and collect; goods are promised once and the books agree."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from market.catalogue import queries as catalogue
from market.catalogue import queries_sold
from market.catalogue import services as products
from market.core import clock, db, faults
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.core.history import history_of
from market.ledger import chain, chart
from market.ledger import queries as ledger
from market.notices import queries as notices
from market.retail import queries, services
from market.retail.models import RetailOrder, RetailOrderLine
from market.stock.models import Reservation, StockItem, StockMove
from tests.retail import shop as shops
from tests.retail.shop import CRISPS_RP, PHONE, RICE_COST_RP, RICE_RP, place


def stock_of(product) -> StockItem:
    return services.stock_item(product)


def free(product) -> int:
    item = stock_of(product)
    db.session.refresh(item)
    return (item.on_hand_base - item.reserved_base) // services.base_per_unit(product)


def balance(shop, code) -> int:
    return ledger.balance_rp(shop.makmur.id, code)


@pytest.fixture
def tx(shop, transaction):
    """The shop first, then one open transaction for the whole test."""


@pytest.mark.usefixtures("tx")
class TestOrdering:
    def test_an_order_promises_the_goods_and_nothing_else(self, shop):
        order = place(shop, crisps=2, rice=1)
        assert order.state == "placed"
        assert order.total_rp == 2 * CRISPS_RP + RICE_RP
        assert (free(shop.crisps), free(shop.rice)) == (8, 9)
        assert stock_of(shop.rice).on_hand_base == 50_000
        assert re.fullmatch(r"[0-9]{6}", order.pickup_code)
        assert len(order.token) >= 40
        assert balance(shop, chart.CASH) == 0
        assert history_of(order)[0].actor_name == "Pembeli"

    def test_lines_keep_the_price_of_the_moment(self, shop):
        order = place(shop, crisps=2)
        facts = {"name": "Keripik Singkong", "unit_label": "bungkus", "net_weight_g": 250}
        products.update_product(shop.tini, shop.crisps.id, price_rp=99_000, **facts)
        (line,) = queries.lines_of(order.id)
        assert (line.unit_price_rp, line.amount_rp, line.commission_rp) == (CRISPS_RP, 30_000, 3_000)
        assert order.total_rp == 30_000
        assert place(shop, crisps=1).total_rp == 99_000

    @pytest.mark.parametrize("quantity", [-1, 51, 10**9, 2**70])
    def test_a_quantity_outside_reason_is_refused(self, shop, quantity):
        with pytest.raises(Refused, match="antara 1 dan 50"):
            place(shop, crisps=quantity, rice=1)

    def test_an_empty_basket_is_refused(self, shop):
        with pytest.raises(Refused, match="kosong"):
            place(shop, crisps=0, rice=0)

    def test_more_than_there_is_names_the_good_and_what_is_left(self, shop):
        with pytest.raises(Refused, match=r"Keripik Singkong tinggal 10 buah"):
            place(shop, crisps=11)

    def test_goods_of_another_shop_or_none_are_refused(self, shop, cast):
        for basket in ({shop.crisps.id: 1}, {shop.crisps.id + 999: 1}, {2**80: 1}, {-1: 1}):
            with pytest.raises(Refused, match="tidak dijual lagi di toko ini"):
                services.place_order(services.BUYER, cast.tetangga.id, basket, "Ani", PHONE)

    def test_goods_taken_off_the_shelf_are_refused(self, shop, cast):
        products.withdraw_product(cast.sri, shop.crisps.id)
        with pytest.raises(Refused, match="tidak dijual lagi"):
            place(shop, crisps=1, rice=1)

    def test_a_closed_shop_takes_no_orders(self, shop):
        db.session.get_one(type(shop.makmur), shop.makmur.id).active = False
        db.session.flush()
        with pytest.raises(Refused, match="tutup"):
            place(shop, rice=1)

    def test_an_own_pack_above_todays_ceiling_is_not_sold(self, shop):
        db.session.get_one(type(shop.rice), shop.rice.id).price_rp = 99_000
        db.session.flush()
        with pytest.raises(Refused, match="HET"):
            place(shop, rice=1)

    def test_the_buyer_pays_what_they_were_shown_or_looks_again(self, shop):
        with pytest.raises(Refused, match="berubah"):
            place(shop, crisps=1, expected_total_rp=CRISPS_RP - 1)
        assert place(shop, crisps=1, expected_total_rp=CRISPS_RP).total_rp == CRISPS_RP

    def test_one_phone_holds_at_most_three_orders_however_it_is_written(self, shop):
        for phone in ("0812-3456-7890", "6281234567890", "+62 812 3456 7890"):
            place(shop, crisps=1, phone=phone)
        with pytest.raises(Refused, match="sudah punya 3") as refusal:
            place(shop, crisps=1, phone="081234567890")
        assert refusal.value.field == "phone"
        place(shop, crisps=1, phone="0813-0000-1111")

    def test_a_collected_order_makes_room_for_the_next(self, shop, cast):
        orders = [place(shop, crisps=1) for _each in range(3)]
        services.hand_over(cast.kasir, orders[0].id, orders[0].pickup_code)
        assert place(shop, crisps=1).state == "placed"

    @pytest.mark.parametrize("phone", ["", "123", "abc", "٠٨١٢٣٤٥٦٧٨٩", "0812" * 20])
    def test_a_phone_that_is_none_is_refused_at_the_field(self, shop, phone):
        with pytest.raises(Refused) as refusal:
            place(shop, crisps=1, phone=phone)
        assert refusal.value.field == "phone"

    def test_orders_of_a_shop_are_numbered_without_gaps(self, shop):
        numbers = [place(shop, crisps=1, phone=f"08120000000{n}").number for n in range(3)]
        assert [int(number.split("/")[-1]) for number in numbers] == [1, 2, 3]


@pytest.mark.usefixtures("tx")
class TestHandingOver:
    def test_cash_for_goods_is_a_sale_in_the_books(self, shop, cast):
        order = place(shop, crisps=2, rice=3)
        services.mark_ready(cast.kasir, order.id)
        services.hand_over(cast.kasir, order.id, order.pickup_code)
        assert order.state == "collected"
        assert balance(shop, chart.CASH) == 30_000 + 3 * RICE_RP
        assert balance(shop, chart.SALES_NON_MEMBERS) == -3 * RICE_RP
        assert balance(shop, chart.COST_NON_MEMBERS) == 3 * RICE_COST_RP
        assert balance(shop, chart.INVENTORY) == 7 * RICE_COST_RP
        assert balance(shop, chart.PAYABLE_CONSIGNMENT) == -27_000
        assert balance(shop, chart.COMMISSION) == -3_000
        assert ledger.trial_balance(shop.makmur.id).balanced
        assert chain.verify_chain(shop.makmur.id) == []

    def test_the_stock_in_the_books_is_the_stock_on_the_shelf(self, shop, cast):
        for packs in (3, 1, 6):
            order = place(shop, rice=packs)
            services.hand_over(cast.kasir, order.id, order.pickup_code)
            assert balance(shop, chart.INVENTORY) == stock_of(shop.rice).value_rp
        assert stock_of(shop.rice).value_rp == 0

    def test_each_member_is_owed_the_own_share(self, shop, cast):
        pakman = shops.seller(cast, "Rempeyek Pak Man")
        other = shops.crisps(pakman, name="Rempeyek", price_rp=9_999)
        products.approve_product(cast.sri, other.id, 1_500)
        services.receive_consignment(cast.kasir, other.id, 5)
        basket = {shop.crisps.id: 1, other.id: 3}
        order = services.place_order(services.BUYER, shop.makmur.id, basket, "Ani", PHONE)
        services.hand_over(cast.kasir, order.id, order.pickup_code)
        commission = round(3 * 9_999 * 0.15)
        assert catalogue.owed_rp(shop.makmur.id, shop.seller.id) == 13_500
        assert catalogue.owed_rp(shop.makmur.id, pakman.organization_id) == 29_997 - commission
        assert catalogue.owed_rp(cast.tetangga.id, shop.seller.id) == 0
        assert balance(shop, chart.PAYABLE_CONSIGNMENT) == -(13_500 + 29_997 - commission)
        assert queries_sold.sold([other])[other.id] == queries_sold.Sold(brought=5, sold=3, on_hand=2)
        assert notices.inbox(pakman)[0].title == "Terjual: 3 Rempeyek"

    def test_a_sale_to_a_member_stands_on_the_accounts_of_members(self, shop, cast):
        order = place(shop, rice=1)
        services.hand_over(cast.kasir, order.id, order.pickup_code, member_sale=True)
        assert balance(shop, chart.SALES_MEMBERS) == -RICE_RP
        assert balance(shop, chart.COST_MEMBERS) == RICE_COST_RP
        assert balance(shop, chart.SALES_NON_MEMBERS) == balance(shop, chart.COST_NON_MEMBERS) == 0

    def test_consigned_goods_are_no_sale_of_the_cooperative(self, shop, cast):
        order = place(shop, crisps=1)
        services.hand_over(cast.kasir, order.id, order.pickup_code, member_sale=True)
        assert balance(shop, chart.SALES_MEMBERS) == 0
        assert balance(shop, chart.INVENTORY) == 10 * RICE_COST_RP

    def test_the_code_may_be_typed_with_spaces(self, shop, cast):
        order = place(shop, crisps=1)
        spaced = f" {order.pickup_code[:3]} {order.pickup_code[3:]} "
        assert services.hand_over(cast.kasir, order.id, spaced).state == "collected"

    def test_a_wrong_code_moves_nothing(self, shop, cast):
        order = place(shop, rice=1)
        for wrong in ("", "000", "abcdef", order.pickup_code + "0", order.pickup_code.translate(FULL_WIDTH)):
            with pytest.raises(Refused) as refusal:
                services.hand_over(cast.kasir, order.id, wrong)
            assert refusal.value.field == "pickup_code"
        assert order.state == "placed"
        assert stock_of(shop.rice).on_hand_base == 50_000

    def test_after_five_wrong_codes_the_right_one_is_refused_until_the_buyer_makes_a_new_one(
        self, shop, cast
    ):
        order = place(shop, rice=1)
        for _try in range(services.MAX_WRONG_CODES):
            services.note_wrong_code(order.id)
        with pytest.raises(Refused, match="kode baru"):
            services.hand_over(cast.kasir, order.id, order.pickup_code)
        old = order.pickup_code
        services.renew_code(order.token)
        assert order.wrong_codes == 0
        if old != order.pickup_code:
            with pytest.raises(Refused, match="tidak cocok"):
                services.hand_over(cast.kasir, order.id, old)
        assert services.hand_over(cast.kasir, order.id, order.pickup_code).state == "collected"
        with pytest.raises(Conflict):
            services.renew_code(order.token)

    def test_an_order_is_handed_over_once(self, shop, cast):
        order = place(shop, rice=1)
        services.hand_over(cast.kasir, order.id, order.pickup_code)
        for code in (order.pickup_code, "wrong"):
            with pytest.raises(IllegalMove):
                services.hand_over(cast.kasir, order.id, code)
        assert balance(shop, chart.CASH) == RICE_RP

    def test_strangers_do_not_find_the_order(self, shop, cast):
        order = place(shop, rice=1)
        for act in (
            lambda: services.mark_ready(cast.wati, order.id),
            lambda: services.hand_over(cast.wati, order.id, order.pickup_code),
            lambda: services.cancel_order(cast.wati, order.id, "x"),
            lambda: services.hand_over(cast.kasir, 2**90, order.pickup_code),
        ):
            with pytest.raises(NotFound):
                act()

    def test_members_and_suppliers_hand_nothing_over(self, shop, cast):
        order = place(shop, rice=1)
        for person in (shop.tini, cast.joko, cast.ratna, services.BUYER):
            with pytest.raises(Forbidden):
                services.hand_over(person, order.id, order.pickup_code)


FULL_WIDTH = {ord("0") + n: ord("０") + n for n in range(10)}


@pytest.mark.usefixtures("tx")
class TestEnding:
    def test_a_cancelled_order_frees_the_goods_once(self, shop, cast):
        order = place(shop, crisps=2, rice=1)
        services.cancel_order(cast.kasir, order.id, "pembeli menelepon")
        assert (free(shop.crisps), free(shop.rice)) == (10, 10)
        for act in (
            lambda: services.cancel_order(cast.kasir, order.id, "lagi"),
            lambda: services.cancel_own_order(services.BUYER, order.token),
            lambda: services.hand_over(cast.kasir, order.id, order.pickup_code),
            lambda: services.mark_ready(cast.kasir, order.id),
        ):
            with pytest.raises(IllegalMove):
                act()
        assert (free(shop.crisps), free(shop.rice)) == (10, 10)

    def test_a_cancellation_by_the_shop_needs_a_reason(self, shop, cast):
        order = place(shop, crisps=1)
        with pytest.raises(Refused) as refusal:
            services.cancel_order(cast.kasir, order.id, "  ")
        assert refusal.value.field == "reason"

    def test_the_buyer_cancels_by_the_secret_link_alone(self, shop):
        order = place(shop, crisps=1)
        for guess in ("", order.token[:-1], order.token.upper() + "x"):
            with pytest.raises(NotFound):
                services.cancel_own_order(services.BUYER, guess)
        assert services.cancel_own_order(services.BUYER, order.token).state == "cancelled"
        assert free(shop.crisps) == 10

    def test_what_nobody_collects_is_free_again_once(self, shop):
        late, ready = place(shop, crisps=3), place(shop, crisps=2, rice=1)
        ready.state = "placed"
        clock.travel(services.HOLD_HOURS.start * 3600 - 60)
        assert services.expire_orders() == 0
        clock.travel(61)
        fresh = place(shop, crisps=1, phone="081399998888")
        assert services.expire_orders() == 2
        assert services.expire_orders() == 0
        assert (late.state, ready.state, fresh.state) == ("expired", "expired", "placed")
        assert (free(shop.crisps), free(shop.rice)) == (9, 10)

    def test_one_order_that_cannot_end_does_not_stop_the_others(self, shop, caplog):
        broken, good = place(shop, crisps=3), place(shop, crisps=2)
        (line,) = queries.lines_of(broken.id)
        db.session.get_one(Reservation, line.reservation_id).state = "released"
        db.session.flush()
        clock.travel(services.HOLD_HOURS.start * 3600 + 1)
        assert services.expire_orders() == 1
        db.session.refresh(broken)
        assert (broken.state, good.state) == ("placed", "expired")
        assert "could not be ended" in caplog.text

    def test_reserved_is_the_sum_of_open_promises(self, shop, cast):
        orders = [place(shop, crisps=n, phone=f"0812000000{n}0") for n in (1, 2, 3)]
        services.cancel_order(cast.kasir, orders[0].id, "batal")
        services.hand_over(cast.kasir, orders[1].id, orders[1].pickup_code)
        held = select(Reservation).where(Reservation.state == "held")
        item = stock_of(shop.crisps)
        db.session.refresh(item)
        assert item.reserved_base == sum(each.quantity_base for each in db.session.scalars(held)) == 3
        moves = db.session.scalars(select(StockMove.quantity_base).where(StockMove.item_id == item.id))
        assert item.on_hand_base == sum(moves) == 8


POINTS = ["retail_order_placed"]


@pytest.mark.parametrize("nth", [1])
def test_a_crash_while_ordering_leaves_nothing(shop, nth):
    with pytest.raises(faults.FaultInjected), faults.armed("retail_order_placed", nth), db.transaction():
        place(shop, crisps=2, rice=1)
    with db.transaction(read_only=True):
        assert db.session.scalars(select(RetailOrder)).all() == []
        assert db.session.scalars(select(Reservation)).all() == []
        assert (free(shop.crisps), free(shop.rice)) == (10, 10)


@pytest.mark.parametrize(("point", "nth"), [("stock_move", 1), ("stock_move", 2), ("goods_handed_over", 1)])
def test_a_crash_while_handing_over_leaves_nothing_and_may_be_repeated(shop, cast, point, nth):
    with db.transaction():
        order = place(shop, crisps=2, rice=1)
    with pytest.raises(faults.FaultInjected), faults.armed(point, nth), db.transaction():
        services.hand_over(cast.kasir, order.id, order.pickup_code)
    with db.transaction():
        assert db.session.get_one(RetailOrder, order.id).state == "placed"
        assert stock_of(shop.rice).on_hand_base == 50_000
        assert balance(shop, chart.CASH) == 0
        assert db.session.scalar(select(RetailOrderLine.cost_rp).limit(1)) is None
        services.hand_over(cast.kasir, order.id, order.pickup_code)
    with db.transaction(read_only=True):
        assert balance(shop, chart.CASH) == order.total_rp
        assert ledger.trial_balance(shop.makmur.id).balanced


@pytest.mark.usefixtures("tx")
class TestAsking:
    def test_today_names_what_to_pack_and_what_to_hand_over(self, shop, cast):
        first, second = place(shop, crisps=1), place(shop, rice=1)
        services.mark_ready(cast.kasir, second.id)
        found = {
            row.kind: row for select_ in queries.today(cast.kasir) for row in db.session.execute(select_)
        }
        assert found["retail_to_pack"].detail == first.number
        assert found["retail_to_collect"].amount == RICE_RP
        assert queries.today(cast.joko) == []
        strangers = [row for select_ in queries.today(cast.wati) for row in db.session.execute(select_)]
        assert strangers == []

    def test_the_packing_list_adds_up_open_orders(self, shop, cast):
        place(shop, crisps=2)
        place(shop, crisps=3, rice=1)
        packed = place(shop, crisps=1)
        services.mark_ready(cast.kasir, packed.id)
        rows = {row.name: (row.quantity, row.orders) for row in queries.to_pack(shop.makmur.id)}
        assert rows == {"Keripik Singkong": (5, 2), "Beras premium": (1, 1)}
        assert queries.to_pack(cast.tetangga.id) == []

    def test_an_order_is_found_by_number_name_or_phone_but_never_by_code(self, shop):
        order = place(shop, crisps=1)
        order.pickup_code = "918273"
        db.session.flush()

        def find(words):
            return [each.id for each in queries.orders_of(shop.makmur.id, words=words)]

        for words in (order.number, "bu ani", "34567890", "0812-3456", order.number[-3:]):
            assert find(words) == [order.id], words
        for words in (order.pickup_code, "%", "_", "Pak"):
            assert find(words) == [], words

    def test_the_cash_of_a_day_counts_what_was_handed_over(self, shop, cast):
        order = place(shop, crisps=1)
        place(shop, rice=1)
        assert queries.taken_rp(shop.makmur.id, clock.today()) == 0
        services.hand_over(cast.kasir, order.id, order.pickup_code)
        assert queries.taken_rp(shop.makmur.id, clock.today()) == CRISPS_RP
        assert queries.taken_rp(cast.tetangga.id, clock.today()) == 0
