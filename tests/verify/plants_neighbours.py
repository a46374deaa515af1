"""Ways to break what holds between cooperatives: books of two, goods on the way, a loss by one hand."""

from __future__ import annotations

from datetime import timedelta

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.permissions import SYSTEM, Role
from market.needs import services as needs
from market.stock import services as stock
from market.transfers import services
from tests import factories
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks


def a_lot(lived, packs: int = 10, came: int | None = 8) -> int:
    """Sugar that lay still goes to the neighbour; `came` None leaves it on the way."""
    makmur, cast = lived.id, lived.cast
    with db.transaction():
        pack = next(each for each in commodities.packs(bulk=True) if each.commodity.code == "GULA")
        item = stock.item_for_pack(makmur, pack.id)
        stock.move_in(
            SYSTEM, makmur, item.id, packs * pack.size_base, packs * 700_001, "opening:gula", "opening"
        )
        item.moved_at = clock.now() - timedelta(days=40)
        day = clock.today() + timedelta(days=5)
        need = needs.post_need(cast.wati, pack_id=pack.id, wanted_packs=packs, needed_by_on=day)
        treasurer = factories.actor(Role.TREASURER, cast.tetangga)
        needs.approve_need(treasurer, need.id)
        lot = services.offer_stock(cast.sri, item.id).id
        services.accept_stock(treasurer, lot, packs)
        services.send_stock(cast.kasir, lot)
        if came is not None:
            services.receive_stock(cast.wati, lot, came, "broken")
            if came < packs:
                services.clear_rest(cast.budi, lot, 1)
    return lot


@breaks("I10")
def goods_that_arrived_in_one_book_only(lived):
    lot = a_lot(lived)
    tamper(f"UPDATE stock_transfer SET owed_rp = owed_rp - 1 WHERE id = {lot}")


@breaks("I16")
def more_packs_arrived_than_the_shelf_knows(lived):
    lot = a_lot(lived, came=10)
    tamper(
        f"UPDATE stock_transfer SET packs = packs + 1, received_packs = received_packs + 1 WHERE id = {lot}"
    )


@breaks("I18")
def goods_that_left_and_are_still_promised(lived):
    lot = a_lot(lived, came=None)
    taken = f"(SELECT reservation_id FROM stock_transfer WHERE id = {lot})"
    tamper(
        f"UPDATE reservation SET state = 'released' WHERE id = {taken}",
        "UPDATE state_change SET to_state = 'released' WHERE subject_table = 'reservation'"
        f" AND to_state = 'posted' AND subject_id = {taken}",
    )


@breaks("I29")
def a_loss_booked_by_the_one_who_sent(lived):
    lot = a_lot(lived)
    tamper(
        f"UPDATE stock_transfer SET cleared_by = sent_by WHERE id = {lot}",
        without=[("stock_transfer", "ck_stock_transfer_loss_by_two")],
    )
