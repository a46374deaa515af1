"""What residents do at the story's cooperative: order, are brought their goods, review, complain, pre-order.

Everything here is invented; it ends with something that waits for each of the people of the tour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from market.catalogue import queries as shelves
from market.catalogue import queries_days
from market.catalogue import services as catalogue
from market.core import clock
from market.core.permissions import SYSTEM, Actor, Role
from market.counter import services as counter
from market.demo import snacks
from market.demo.agenda import Agenda
from market.demo.world import MAKER_ADDRESS, World, person
from market.identity import services as identity
from market.preorders import services as preorders
from market.retail import queries as orders
from market.retail import queries_delivery, queries_parts
from market.retail import services as retail
from market.retail.models import RetailOrder
from market.reviews import services as reviews

FEE_RP, FREE_FROM_RP = 5_000, 100_000
"""Assumption: what the cooperative takes for bringing goods within its own kelurahan."""
VOUCHER = "TETANGGA10"
FLOAT = {50_000: 1, 20_000: 2, 10_000: 4, 5_000: 8, 2_000: 10}
"""Notes in the drawer when a shift begins {value: pieces}: Rp190.000 of change."""
PREORDER_RP, PREORDERED = 74_000, (2, 1, 3, 2)
"""Assumption: the highest price of 5 kg of premium rice, and what four households ask for."""
SECOND_LOGIN = "umkm2"
JUST_NOW = "23:59"
"""The last minute of today, which the agenda brings forward to now: a maker has only hours to answer."""


@dataclass
class Street:
    """The second maker and what she sells, once they are there."""

    makers: list[Actor] = field(default_factory=list)
    peanuts: int = 0
    cake: int = 0

    @property
    def maker(self) -> Actor:
        return self.makers[0]


def plan_residents(world: World, agenda: Agenda, products: list[int]) -> None:
    """A second maker, a zone, a voucher, the counter, orders of the last days and of this morning."""
    street = Street()
    plan = agenda.plan
    plan(12, "09:10", lambda: _second_maker(world, street))
    plan(9, "10:10", lambda: _zone_and_voucher(world))
    plan(6, "12:20", lambda: _bought_and_reviewed(world, products[0]))
    plan(4, "11:20", lambda: _brought_home(world, products))
    plan(2, "13:10", lambda: _collected_with_a_complaint(world, street))
    plan(1, "08:05", lambda: _open_shift(world))
    plan(1, "10:25", lambda: _sold_at_the_counter(world, products[1], 2, 50_000))
    plan(1, "15:40", lambda: _close_shift(world, 2))
    plan(2, "18:30", lambda: _preorder(world, agenda))
    plan(0, "07:20", lambda: _waiting_for_the_courier(world, products[0]))
    plan(0, JUST_NOW, lambda: _waiting_for_the_maker(world, street))


def _second_maker(world: World, street: Street) -> None:
    shop = world.story
    made = identity.create_organization(
        SYSTEM,
        "seller",
        "Dapur Bu Lastri",
        shop.spec.village_code,
        sells_through_id=shop.id,
        address=MAKER_ADDRESS,
    )
    street.makers.append(person(world, SECOND_LOGIN, "Lastri Handayani", made, Role.SELLER_OWNER))
    peanuts, cake = snacks.list_kitchen(street.maker)
    for product_id in (peanuts, cake):
        snacks.approve(shop.secretary, product_id)
    catalogue.set_home_stock(street.maker, peanuts, 24)
    street.peanuts, street.cake = peanuts, cake


def _zone_and_voucher(world: World) -> None:
    shop, today = world.story, clock.today()
    terms = retail.ZoneTerms(FEE_RP, free_from_rp=FREE_FROM_RP, from_hour=8, until_hour=20)
    retail.add_zone(shop.secretary, "Dalam kelurahan", [shop.spec.village_code], terms, today)
    gift = retail.VoucherTerms(
        today, today + timedelta(days=60), most_uses=100, percent=10, most_rp=10_000, own_only=False
    )
    retail.make_voucher(shop.secretary, VOUCHER, gift)


def _bought_and_reviewed(world: World, product_id: int) -> None:
    order = _order(world, {product_id: 2}, "Ibu Siti", "081230000201")
    retail.hand_over(world.story.cashier, order.id, order.pickup_code, member_sale=True)
    line = orders.lines_of(order.id)[0]
    said = reviews.write_review(
        retail.BUYER, order.token, line.id, stars=5, text="Renyah dan tidak berminyak. Anak-anak suka."
    )
    reviews.answer(world.seller, said.id, "Terima kasih, Bu Siti. Besok ada yang pedas.")


def _brought_home(world: World, products: list[int]) -> None:
    """By Pak Udin, paid at the door; he hands in the cash at once."""
    shop = world.story
    door = retail.Door(shop.spec.village_code, "Gang Melati 7", "pagar hijau", cash=True)
    order = _order(
        world,
        dict.fromkeys(products, 1),
        "Ibu Wati",
        "081230000202",
        extras=retail.Extras(door=door, voucher=VOUCHER),
    )
    retail.mark_ready(shop.cashier, order.id)
    stop = queries_delivery.delivery_of(order.id)
    assert stop is not None
    run = retail.open_run(shop.cashier, "Pak Udin", "081230000250", [stop.id])
    retail.depart(run.token)
    retail.deliver(run.token, stop.id, pickup_code=order.pickup_code, cash_rp=order.total_rp)
    retail.hand_in(shop.cashier, run.id, order.total_rp)


def _collected_with_a_complaint(world: World, street: Street) -> None:
    """The maker brings two bags, the buyer takes them, and finds one of them torn: today's question."""
    shop = world.story
    order = _order(world, {street.peanuts: 2}, "Pak Eko", "081230000203")
    part = queries_parts.parts_of(order.id)[0]
    retail.accept_part(street.maker, part.id)
    retail.receive_part(shop.cashier, part.id)
    retail.hand_over(shop.cashier, order.id, order.pickup_code)
    retail.complain(
        retail.BUYER,
        order.token,
        orders.lines_of(order.id)[0].id,
        quantity=1,
        wish="refund",
        words="Satu bungkus sobek, isinya sudah melempem.",
        photo=snacks.picture(snacks.KITCHEN[0]),
    )


def _waiting_for_the_maker(world: World, street: Street) -> None:
    cake = shelves.products_on_sale(world.story.id, [street.cake])
    day = queries_days.day_offers(cake)[street.cake][0].on
    _order(
        world,
        {street.peanuts: 1, street.cake: 1},
        "Ibu Rini",
        "081230000204",
        days={street.cake: day},
        note="Untuk arisan, jangan terlalu manis.",
    )


def _waiting_for_the_courier(world: World, product_id: int) -> None:
    door = retail.Door(world.story.spec.village_code, "Gang Kenanga 2", "depan musala", cash=True)
    order = _order(world, {product_id: 2}, "Ibu Ani", "081230000205", extras=retail.Extras(door=door))
    retail.mark_ready(world.story.cashier, order.id)


def _order(world: World, basket: dict[int, int], buyer: str, phone: str, **more: Any) -> RetailOrder:
    return retail.place_order(retail.BUYER, world.story.id, basket, buyer, phone, **more)


def _open_shift(world: World) -> None:
    counter.open_shift(world.story.cashier, "1", FLOAT)


def _sold_at_the_counter(world: World, product_id: int, pieces: int, given_rp: int) -> None:
    cashier = world.story.cashier
    sale = counter.put(cashier, f"p{product_id}", pieces)
    counter.pay_cash(cashier, sale.id, given_rp)


def _close_shift(world: World, pieces: int) -> None:
    """The drawer holds what it should: the float and yesterday's one sale."""
    sold_rp = pieces * snacks.SNACKS[1].price_rp
    counts = dict(FLOAT)
    for value in (50_000, 20_000, 10_000, 5_000, 2_000, 1_000):
        counts[value], sold_rp = counts.get(value, 0) + sold_rp // value, sold_rp % value
    counter.close_shift(world.story.cashier, counts)


def _preorder(world: World, agenda: Agenda) -> None:
    shop, today = world.story, agenda.today
    made = preorders.open_preorder(
        shop.secretary,
        pack_id=world.packs["BRS-PRM-5"],
        price_rp=PREORDER_RP,
        closes_on=today + timedelta(days=3),
        pickup_from_on=today + timedelta(days=9),
        pickup_until_on=today + timedelta(days=11),
        note="Beras premium panen baru.",
    )
    for number, wanted in enumerate(PREORDERED):
        preorders.ask(
            preorders.BUYER,
            made.id,
            buyer_name=("Ibu Siti", "Pak Slamet", "Ibu Wati", "Warung Bu Sum")[number],
            phone=f"0812300003{number:02}",
            wanted=wanted,
            at_most=wanted + 1,
        )
