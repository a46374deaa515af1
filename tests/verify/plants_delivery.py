"""Ways to break what holds of deliveries, couriers' cash, vouchers, complaints and returns."""

from __future__ import annotations

from market.catalogue import services as catalogue
from market.core import db
from market.identity.models import Organization
from market.retail import queries, services
from market.retail.models import RetailOrder
from market.retail.services import Decision, Extras
from tests.ledger.tamper import tamper
from tests.retail import door
from tests.retail import shop as shops
from tests.verify.planting import breaks

OTHER_PHONE = "081298765432"


def _goods(lived) -> tuple[int, int]:
    """Thirty bags of crisps of a member, and as many of the second kind; their ids."""
    cast = lived.cast
    tini = shops.seller(cast, login="tini")
    made = [shops.crisps(tini), shops.crisps(tini, name="Keripik Pisang")]
    for product in made:
        catalogue.approve_product(cast.sri, product.id, shops.COMMISSION_BP)
        services.receive_consignment(cast.kasir, product.id, 30)
    return made[0].id, made[1].id


def _order(lived, goods: tuple[int, int], phone: str, **extras: object) -> RetailOrder:
    basket = dict.fromkeys(goods, 2)
    wants = Extras(**extras)  # type: ignore[arg-type]
    order = services.place_order(services.BUYER, lived.cast.makmur.id, basket, "Bu Ani", phone, extras=wants)
    services.mark_ready(lived.cast.kasir, order.id)
    return order


def _complaints(lived, order: RetailOrder) -> None:
    """One gives cash that still waits, one goods that are kept for the buyer."""
    first, second = (line.id for line in queries.lines_of(order.id))
    money = door.complaint(order, first)
    services.refund_complaint(lived.cast.sri, money.id, Decision(9_000, "seller", "lost"))
    goods = door.complaint(order, second, wish="replacement")
    services.promise_replacement(lived.cast.sri, goods.id, "cooperative")


def a_day_at_the_doors(lived) -> None:
    """Two orders brought by two couriers (cash handed in by one), one collected instead, one that waits."""
    cast = lived.cast
    with db.transaction():
        assert db.session.get_one(Organization, cast.makmur.id).place_code
        goods, zone = _goods(lived), door.zone(cast)
        assert zone.fee_rp
        door.voucher(cast, percent=10)
        home = door.door(cast)
        brought = _order(lived, goods, shops.PHONE, door=home, voucher="LEBARAN")
        second = _order(lived, goods, OTHER_PHONE, door=home, voucher="LEBARAN")
        for order in (brought, second):
            run = door.on_the_way(cast, order)
            stop = door.delivery_of(order)
            services.deliver(run.token, stop.id, pickup_code=order.pickup_code, cash_rp=order.due_rp)
            if order is brought:
                services.hand_in(cast.kasir, run.id, order.due_rp)
        collected = _order(lived, goods, shops.PHONE, door=home)
        services.hand_over(cast.kasir, collected.id, collected.pickup_code)
        _order(lived, goods, OTHER_PHONE, door=home)
        _complaints(lived, brought)


@breaks("I12", "I10")
def cash_of_a_courier_that_the_till_never_saw(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE cash_hand_in SET amount_rp = amount_rp - 1")


@breaks("I12")
def cash_that_another_courier_handed_in(lived):
    a_day_at_the_doors(lived)
    tamper(
        "UPDATE retail_delivery SET run_id = (SELECT max(id) FROM courier_run) WHERE state = 'delivered'",
    )


@breaks("I12", "I18")
def less_cash_at_the_door_than_was_due(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE retail_delivery SET cash_rp = cash_rp - 1 WHERE state = 'delivered'")


@breaks("I12", "I10", "I26")
def money_called_taken_that_still_lies_there(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE retail_return SET state = 'paid' WHERE state = 'due'")


@breaks("I12")
def a_fee_given_back_for_a_way_that_was_driven(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE retail_delivery SET failed_why = 'rumah kosong' WHERE state = 'cancelled'")


@breaks("I12", "I10")
def a_return_that_undoes_more_of_the_discount(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE retail_return SET discount_rp = discount_rp + 1, borne_rp = borne_rp + 1")


@breaks("I12")
def a_voucher_used_once_more_than_by_orders(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE voucher SET used = used + 1")


@breaks("I12")
def a_voucher_used_twice_by_one_number(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE voucher_use SET phone = (SELECT min(phone) FROM voucher_use)")


@breaks("I12")
def a_voucher_that_gives_more_than_its_lines_say(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE voucher_use SET amount_rp = amount_rp + 1")


@breaks("I12", "I26")
def a_voucher_given_back_by_an_order_that_stands(lived):
    a_day_at_the_doors(lived)
    tamper(
        "UPDATE voucher SET used = used - 2",
        "UPDATE voucher_use SET state = 'released'",
    )


@breaks("I12")
def more_pieces_back_than_were_sold(lived):
    a_day_at_the_doors(lived)
    tamper(
        "UPDATE retail_complaint SET quantity = 3 WHERE state = 'refunded'",
        "UPDATE retail_return SET quantity = 3",
    )


@breaks("I12")
def money_back_for_another_order_than_was_complained_of(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE retail_return SET order_id = (SELECT max(id) FROM retail_order WHERE state = 'collected')")


@breaks("I12", "I26")
def money_back_for_a_complaint_that_was_refused(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE retail_complaint SET state = 'refused' WHERE state = 'refunded'")


@breaks("I18")
def a_fee_for_a_door_that_nobody_knows(lived):
    a_day_at_the_doors(lived)
    tamper("DELETE FROM retail_delivery WHERE state = 'waiting'")


@breaks("I18", "I12", "I26")
def goods_on_their_way_of_an_order_that_has_ended(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE retail_delivery SET state = 'waiting' WHERE state = 'cancelled'")


@breaks("I18", "I26")
def goods_kept_for_a_complaint_that_is_open(lived):
    a_day_at_the_doors(lived)
    tamper("UPDATE retail_complaint SET state = 'open' WHERE state = 'promised'")
