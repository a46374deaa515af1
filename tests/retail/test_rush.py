"""Fifty buyers, ten of everything, crossed baskets, holds that end while money comes: exact counts."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from market import verify
from market.catalogue import services as catalogue
from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.payments import queries as money_in
from market.payments import services as payments
from market.payments.types import PaymentRef, PaymentSnapshot, Status
from market.retail import queries, services
from market.retail.models import RetailOrder, RetailOrderLine
from market.stock.models import Reservation, StockItem
from tests.payments.conftest import Desk, desk, registered  # noqa: F401  (the fixture)
from tests.retail.market import Market, made, open_market
from tests.retail.shop import COMMISSION_BP, CRISPS_RP

BUYERS, EACH = 50, 10


@pytest.fixture
def world():
    """Begins with a cooperative that takes payments."""
    return registered


@pytest.fixture
def market(desk: Desk) -> Market:  # noqa: F811
    found = open_market(desk.cast)
    with db.transaction():
        catalogue.set_home_stock(found.rina, found.cookies.id, EACH)
    return found


def goods(market: Market) -> list[int]:
    """Ten goods of which there are ten each: the shelf's, and eight that lie at a maker's home."""
    with db.transaction():
        more = [made(market.rina, f"Kue {n}", 10_000 + n, "home") for n in range(7)]
        for product in more:
            catalogue.approve_product(market.cast.sri, product.id, COMMISSION_BP)
            catalogue.set_home_stock(market.rina, product.id, EACH)
        shelf = [market.front.crisps.id, market.front.rice.id, market.cookies.id]
        return shelf + [product.id for product in more]


def together(act, count: int) -> list:
    """Call `act(number)` from as many threads, each with its own connection; refusals are answers."""

    def one(number: int):
        try:
            with db.transaction():
                return act(number)
        except (Refused, Conflict) as refusal:
            return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def said(attempt_id: int) -> PaymentSnapshot:
    """What the provider says of an attempt that was paid."""
    attempt = money_in.attempt(attempt_id)
    amount = money_in.payment_by_id(attempt.payment_id).amount_rp
    ref = PaymentRef(attempt.order_id, f"tx-{attempt.order_id}")
    return PaymentSnapshot(ref, Status.SUCCEEDED, amount, amount_received_rp=amount)


def counted() -> None:
    """Every item's counters are exactly its open promises, and none was promised beyond what there is."""
    with db.transaction(read_only=True):
        held = select(func.coalesce(func.sum(Reservation.quantity_base), 0)).where(
            Reservation.item_id == StockItem.id, Reservation.state == "held"
        )
        for item, promised in db.session.execute(select(StockItem, held.scalar_subquery())):
            assert item.reserved_base == promised <= item.on_hand_base, item.code
        assert [result for result in verify.run() if not result.ok and result.id != "I27"] == []


def sold_pieces() -> dict[int, int]:
    """Pieces of each product in orders that live."""
    with db.transaction(read_only=True):
        query = (
            select(RetailOrderLine.product_id, func.sum(RetailOrderLine.quantity))
            .join(RetailOrder, RetailOrder.id == RetailOrderLine.order_id)
            .where(RetailOrder.state.in_(queries.OPEN))
            .group_by(RetailOrderLine.product_id)
        )
        return {product_id: int(pieces) for product_id, pieces in db.session.execute(query)}


def basket_of(number: int, ids: list[int]) -> dict[int, int]:
    """What the n-th buyer wants: three of the ten goods, one or two of each, in an order of their own."""
    dice = random.Random(number)
    return {product_id: dice.randint(1, 2) for product_id in dice.sample(ids, 3)}


def order_all(market: Market, ids: list[int]) -> dict[int, int]:
    """Fifty buyers order at once; the order of each one who got it, by their number.

    Nobody who got nothing could have got it: the goods that are left do not fill their basket.
    """

    def order(number: int) -> int:
        basket, phone = basket_of(number, ids), f"0812{number:08}"
        shop_id = market.front.makmur.id
        return services.place_order(services.BUYER, shop_id, basket, "Ani", phone, pay_first=True).id

    answers = together(order, BUYERS)
    assert all(isinstance(answer, int | Refused) for answer in answers), answers
    won = {number: answer for number, answer in enumerate(answers) if isinstance(answer, int)}
    sold = sold_pieces()
    wanted = {each: sum(basket_of(number, ids).get(each, 0) for number in won) for each in ids}
    assert sold == {each: count for each, count in wanted.items() if count}
    left = {each: EACH - sold.get(each, 0) for each in ids}
    assert min(left.values()) >= 0
    for number in set(range(BUYERS)) - won.keys():
        basket = basket_of(number, ids)
        assert any(left[each] < count for each, count in basket.items()), (number, answers[number])
    counted()
    return won


def states_of(order_ids) -> dict[int, str]:
    with db.transaction(read_only=True):
        return queries.states_of(order_ids)


def test_fifty_buyers_on_ten_goods_with_crossed_baskets(desk: Desk, market):  # noqa: F811
    ids = goods(market)
    won = list(order_all(market, ids).values())

    # A third pays; the time of all is over while the money comes.
    paying = won[::3]
    attempts = {}
    for order_id in paying:
        with db.transaction():
            payment = services.pay_order(services.BUYER, queries.order_by_id(order_id).token)
        attempts[order_id] = desk.choose(payment.id, "qris")
    clock.travel(services.PAY_FIRST_MIN.start * 60 + 1)
    racing = list(attempts.values())

    def race(number: int) -> object:
        if number < len(racing):
            return payments.apply_snapshot(racing[number], said(racing[number]))
        return services.expire_orders()

    results = together(race, len(racing) + 3)
    assert all(isinstance(answer, str | int) for answer in results), results
    with db.transaction():
        services.expire_orders()
    for order_id in paying:
        with db.transaction():
            payment = services.payment_of(queries.order_by_id(order_id))
            services.on_payment_changed(order_id, payment.id, "paid")
    states = states_of(won)
    assert {order_id for order_id, state in states.items() if state == "placed"} == set(paying)
    assert {states[order_id] for order_id in won if order_id not in attempts} <= {"expired"}
    with db.transaction(read_only=True):
        kept = [line for order_id in paying for line in queries.lines_of(order_id)]
        owed = sum(queries.order_by_id(order_id).due_rp for order_id in paying)
    assert sum(sold_pieces().values()) == sum(line.kept for line in kept)
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -owed
    counted()


def test_whoever_begins_to_pay_when_the_time_is_over_has_the_goods_or_nothing_to_pay(desk: Desk, market):  # noqa: F811
    with db.transaction():
        orders = [market.place(crisps=1, phone=f"0815000{n:05}", pay_first=True) for n in range(8)]
    clock.travel(services.PAY_FIRST_MIN.start * 60 + 1)

    def act(number: int) -> object:
        if number < len(orders):
            payment = services.pay_order(services.BUYER, orders[number].token)
            return payments.choose_method(payment.token, "qris").id
        return services.expire_orders()

    answers = together(act, len(orders) + 3)
    assert all(isinstance(answer, int | Conflict) for answer in answers), answers
    states = states_of([order.id for order in orders])
    for order, answer in zip(orders, answers, strict=False):
        if isinstance(answer, Conflict):
            assert states[order.id] == "expired", "refused although it still stands"
            continue
        assert states[order.id] == "placed", "asked for money of an order that is over"
        with db.transaction():
            payments.apply_snapshot(answer, said(answer))
        with db.transaction():
            services.on_payment_changed(order.id, services.payment_of(order).id, "paid")
    stand = [order_id for order_id, state in states.items() if state == "placed"]
    assert sum(sold_pieces().values()) == len(stand)
    assert desk.balance(chart.CUSTOMER_ADVANCES) == -len(stand) * CRISPS_RP
    counted()


def test_late_money_and_a_new_buyer_race_for_the_last_jar(desk: Desk, market):  # noqa: F811
    """An order that lives again holds its goods by the same rule as a new one: one of the two has the jar."""
    with db.transaction():
        catalogue.set_home_stock(market.rina, market.cookies.id, 1)
        first = market.place(cookies=1, pay_first=True).id
    clock.travel(services.PAY_FIRST_MIN.start * 60 + 1)
    with db.transaction():
        assert services.expire_orders() == 1

    def act(number: int) -> object:
        if number == 0:
            return services.revive_order(SYSTEM, first).id
        return market.place(cookies=1, phone=f"0816000{number:05}").id

    answers = together(act, 6)
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    assert (states_of([first])[first] == "placed") == (answers[0] == first)
    assert sold_pieces() == {market.cookies.id: 1}
    counted()


def test_two_makers_the_counter_and_the_buyer_answer_one_order_at_once(desk: Desk, market):  # noqa: F811
    with db.transaction():
        orders = [market.place(crisps=1, cookies=1, cake=1, phone=f"0813000{n:05}") for n in range(3)]
        parts = {o.id: (market.part(o, market.rina).id, market.part(o, market.dewi).id) for o in orders}

    def act(number: int) -> object:
        order, who = orders[number // 4], number % 4
        rina, dewi = parts[order.id]
        if who == 0:
            return services.refuse_part(market.rina, rina, "habis").id
        if who == 1:
            return services.refuse_part(market.dewi, dewi, "sakit").id
        if who == 2:
            return services.hand_over(market.cast.kasir, order.id, order.pickup_code).id
        return services.cancel_own_order(services.BUYER, order.token).id

    answers = together(act, 4 * len(orders))
    assert all(isinstance(answer, int | Refused | Conflict) for answer in answers), answers
    counted()
    with db.transaction(read_only=True):
        ended = [queries.order_by_id(order.id).state for order in orders]
    assert set(ended) <= {"placed", "collected", "cancelled"}


def test_the_last_jar_goes_to_the_buyer_or_to_the_makers_word_never_to_both(market):
    with db.transaction():
        catalogue.set_home_stock(market.rina, market.cookies.id, 1)

    def act(number: int) -> object:
        if number == 0:
            return catalogue.set_home_stock(market.rina, market.cookies.id, 0, 1).id
        return market.place(cookies=1, phone=f"0814000{number:05}").id

    answers = together(act, 6)
    assert sum(isinstance(answer, int) for answer in answers) == 1, answers
    counted()


def test_a_seller_system_sweep_and_an_answer_race_to_one_end(market):
    with db.transaction():
        order = market.place(cookies=1)
        part = market.part(order, market.rina)
    clock.travel(int((part.answer_by - clock.now()).total_seconds()) + 1)

    def act(number: int) -> object:
        if number % 2:
            return services.lapse_parts()
        return services.accept_part(market.rina, part.id).id

    answers = together(act, 6)
    assert all(isinstance(answer, int | Conflict | Refused) for answer in answers), answers
    with db.transaction(read_only=True):
        assert queries.order_by_id(order.id).state in ("placed", "cancelled")
    counted()
