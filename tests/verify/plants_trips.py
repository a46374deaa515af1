"""Ways to break what holds of a truck that several orders share."""

from __future__ import annotations

from market.core import db
from market.purchasing import services as purchasing
from tests.faults import story
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks


def a_trip(lived, counted: bool = False) -> int:
    """Two orders on one truck that has set off; `counted`: handed over at their door."""
    cast = lived.cast
    if counted:
        story.in_transaction(story.receive_stop(cast))()
    with db.transaction():
        if not counted:
            trip_id, _stop_id = story.trip(cast)
            purchasing.depart(cast.joko, trip_id, "Pak Slamet")
        return db.session.connection().exec_driver_sql("SELECT max(id) FROM delivery_trip").scalar_one()


@breaks("I24")
def a_share_that_the_truck_does_not_cost(lived):
    trip = a_trip(lived)
    tamper(f"UPDATE delivery_trip SET after_rp = after_rp + 1 WHERE id = {trip}")


@breaks("I24")
def an_order_that_pays_more_than_its_share(lived):
    a_trip(lived)
    tamper(
        "UPDATE trip_order SET after_rp = after_rp - 1, before_rp = before_rp - 1",
        "UPDATE delivery_trip SET after_rp = (SELECT sum(after_rp) FROM trip_order), "
        "before_rp = (SELECT sum(before_rp) FROM trip_order)",
        without=(
            ("trip_order", "ck_trip_order_never_more"),
            ("delivery_trip", "ck_delivery_trip_never_more"),
        ),
    )
