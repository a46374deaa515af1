"""Many buyers at once: exactly what there is is sold, and nobody meets a dead end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.ledger import chart
from market.ledger import queries as ledger
from market.retail import queries, services
from market.stock.models import Reservation, StockItem
from tests.retail import shop as shops
from tests.retail.shop import CRISPS_RP, place

BUYERS = 20


def together(act, count: int = BUYERS) -> list:
    """Call `act(number)` from as many threads, each in its own transaction."""

    def one(number: int):
        try:
            with db.transaction():
                return act(number)
        except (Refused, Conflict) as refusal:
            return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def item_of(product) -> StockItem:
    return db.session.scalars(select(StockItem).where(StockItem.code == f"product:{product.id}")).one()


def test_twenty_buyers_take_exactly_the_ten_bags_that_there_are(shop):
    answers = together(lambda n: place(shop, crisps=1, phone=f"08120000{n:04}").id)
    sold = [answer for answer in answers if isinstance(answer, int)]
    assert len(sold) == 10
    assert all("tinggal 0" in str(a) or "Coba lagi" in str(a) for a in answers if not isinstance(a, int))
    with db.transaction(read_only=True):
        item = item_of(shop.crisps)
        assert (item.on_hand_base, item.reserved_base) == (10, 10)
        assert len(queries.orders_of(shop.makmur.id)) == 10


def test_mixed_baskets_in_both_orders_never_block_each_other(shop):
    def act(number):
        first, second = (shop.crisps.id, shop.rice.id)[:: 1 if number % 2 else -1]
        phone = f"08120000{number:04}"
        return services.place_order(services.BUYER, shop.makmur.id, {first: 1, second: 1}, "Ani", phone).id

    answers = together(act)
    assert sum(isinstance(answer, int) for answer in answers) == 10
    assert all(isinstance(answer, int | Refused) for answer in answers)


def test_one_phone_in_twenty_hands_holds_three_orders(shop):
    answers = together(lambda _n: place(shop, crisps=1).id)
    assert sum(isinstance(answer, int) for answer in answers) == services.MAX_OPEN_PER_PHONE.start


def test_handing_over_cancelling_and_expiring_race_to_one_end(shop, cast):
    with db.transaction():
        orders = [place(shop, crisps=1, rice=1, phone=f"0813000{n:05}") for n in range(6)]
    clock.travel(services.HOLD_HOURS.start * 3600 + 1)

    def act(number):
        order = orders[number % 6]
        if number % 3 == 0:
            services.hand_over(cast.kasir, order.id, order.pickup_code)
        elif number % 3 == 1:
            services.cancel_own_order(services.BUYER, order.token)
        else:
            return services.expire_orders()
        return 1

    answers = together(act)
    assert all(isinstance(answer, int | Conflict) for answer in answers), answers
    with db.transaction():
        services.expire_orders()
    with db.transaction(read_only=True):
        assert queries.orders_of(shop.makmur.id) == []
        collected = queries.orders_of(shop.makmur.id, ("collected",))
        item = item_of(shop.crisps)
        assert (item.on_hand_base, item.reserved_base) == (10 - len(collected), 0)
        assert db.session.scalars(select(Reservation).where(Reservation.state == "held")).all() == []
        cash = ledger.balance_rp(shop.makmur.id, chart.CASH)
        assert cash == len(collected) * (CRISPS_RP + shops.RICE_RP)
        assert ledger.trial_balance(shop.makmur.id).balanced


def test_ordering_while_others_give_back_the_same_goods_meets_no_dead_end(cast):
    """Whoever holds several goods takes them in one order; otherwise the database would break one off."""
    shop = shops.open_shop(cast, crisps_left=60, rice_left=60)
    with db.transaction():
        orders = [place(shop, crisps=1, rice=1, phone=f"0813000{n:05}") for n in range(20)]

    def act(number):
        order = orders[number // 2]
        if number % 2:
            return place(shop, crisps=1, rice=1, phone=f"0814000{number:05}").id
        return services.cancel_own_order(services.BUYER, order.token).id

    answers = together(act, 40)
    assert all(isinstance(answer, int) for answer in answers), answers
    with db.transaction(read_only=True):
        assert item_of(shop.crisps).reserved_base == 20


def test_wrong_codes_of_two_counters_are_both_counted(shop):
    with db.transaction():
        order = place(shop, crisps=1)
    together(lambda _n: services.note_wrong_code(order.id), 8)
    with db.transaction(read_only=True):
        assert queries.order_by_token(order.token).wrong_codes == 8
