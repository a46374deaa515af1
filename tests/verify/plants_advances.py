"""Ways to break what holds of money that buyers paid before anything was bought."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db
from market.core.permissions import SYSTEM
from market.prepaid import services
from market.stock import services as stock
from tests.faults import story
from tests.ledger.tamper import tamper
from tests.verify.planting import breaks


def a_pool(lived, ready: bool = False) -> int:
    """One sack in five shares, all paid for by one buyer, fired; `ready`: set aside on the shelf."""
    cast, day = lived.cast, clock.today()
    with db.transaction():
        pool = services.open_pool(
            cast.sri,
            pack_id=story.rice(),
            price_rp=62_000,
            shares_per_pack=5,
            min_packs=1,
            closes_on=day,
            delivery_on=day + timedelta(days=3),
        )
        services.decide_pool(cast.hadi, pool.id, approve=True)
        share = services.record_payment(
            cast.budi, pool.id, buyer_name="Bu Tini", phone="081234567890", shares=5, account="1-1100"
        )
        services.settle_pool(pool.id)
        if ready:
            item = stock.item_for_pack(lived.id, story.rice())
            base, value = item.pack_base, 280_000
            stock.move_in(SYSTEM, lived.id, item.id, base, value, "opening:lagi", "opening")
            services.mark_ready(cast.kasir, pool.id)
    return share.id


@breaks("I10")
def a_buyers_money_that_the_books_do_not_hold(lived):
    share = a_pool(lived)
    tamper(f"UPDATE prepaid_share SET amount_rp = amount_rp + 1 WHERE id = {share}")


@breaks("I18")
def goods_of_a_buyer_given_back_to_the_shelf(lived):
    share = a_pool(lived, ready=True)
    held = f"(SELECT reservation_id FROM prepaid_share WHERE id = {share})"
    with db.transaction():
        number = db.session.connection().exec_driver_sql(f"SELECT {held}").scalar_one()
        stock.release(SYSTEM, lived.id, number)
