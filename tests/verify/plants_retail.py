"""Ways to break what holds of residents' orders and their sellers' parts."""

from __future__ import annotations

from market.core import db
from market.retail import queries, queries_parts, services
from market.retail.models import RetailOrder
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks


def refused(lived) -> None:
    """The open order of the lived-in shop, all of whose goods the counter could not find."""
    with db.transaction():
        order = db.session.query(RetailOrder).filter_by(state="placed").one()
        part = queries_parts.parts_of(order.id)[0]
        services.refuse_part(lived.cast.kasir, part.id, "tidak ada di rak")
        assert queries.order_by_id(order.id).state == "cancelled"


@breaks("I12")
def an_order_that_asks_for_more_than_its_lines(lived):
    tamper("UPDATE retail_order SET total_rp = total_rp + 1 WHERE state = 'placed'")


@breaks("I12")
def refused_money_without_refused_pieces(lived):
    tamper(
        "UPDATE retail_order_line SET refused_rp = 500",
        "UPDATE retail_order SET refused_rp = 500, online_rp = 0",
    )


@breaks("I12")
def a_refusal_that_the_order_forgot(lived):
    refused(lived)
    tamper("UPDATE retail_order SET refused_rp = 0 WHERE state = 'cancelled'")


@breaks("I18", "I26")
def a_part_that_waits_in_an_order_that_has_ended(lived):
    refused(lived)
    tamper("UPDATE retail_part SET state = 'accepted' WHERE state = 'refused'")


@breaks("I18", "I26")
def a_part_that_is_refused_with_everything_in_it(lived):
    tamper("UPDATE retail_part SET state = 'refused' WHERE state = 'accepted'")


@breaks("I18", "I26")
def goods_handed_over_of_an_order_that_is_open(lived):
    tamper("UPDATE retail_part SET state = 'handed_over' WHERE state = 'accepted'")
