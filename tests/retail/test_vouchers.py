"""Vouchers and member prices: who may, how often, who bears it, and that the parts add up to the rupiah."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from market import verify
from market.catalogue.models import Product
from market.core import clock, db
from market.core.errors import Forbidden, Refused
from market.ledger import chart
from market.ledger import queries as ledger
from market.retail import queries, queries_vouchers, services
from market.retail.services import Decision, Extras
from tests import factories
from tests.retail import door
from tests.retail.shop import COMMISSION_BP, CRISPS_RP, PHONE, RICE_RP

CODE = Extras(voucher="lebaran")


def promises_hold() -> None:
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok] == []


def test_a_percentage_is_shared_over_the_lines_exactly_and_the_seller_loses_nothing(cast, shop):
    with db.transaction():
        door.voucher(cast, percent=7)
        placed = door.collected(cast, shop, crisps=1, rice=1, extras=CODE)
        lines = queries.lines_of(placed.id)
        whole = CRISPS_RP + RICE_RP
        assert sum(line.discount_rp for line in lines) == whole * 7 // 100
        assert placed.total_rp == whole - whole * 7 // 100
        owed = ledger.balance_rp(cast.makmur.id, chart.PAYABLE_CONSIGNMENT)
        assert owed == -(CRISPS_RP - CRISPS_RP * COMMISSION_BP // 10_000)
        assert ledger.balance_rp(cast.makmur.id, chart.DISCOUNTS) == whole * 7 // 100
    promises_hold()


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"minimum_rp": 500_000}, "mulai belanja"),
        ({"members_only": True}, "anggota"),
        ({"own_only": True}, "koperasi sendiri"),
    ],
)
def test_a_voucher_is_refused_with_the_reason(cast, shop, terms, says):
    with db.transaction():
        door.voucher(cast, **terms)
        with pytest.raises(Refused, match=says):
            door.order(shop, CODE, crisps=1)


def test_a_voucher_counts_on_its_own_days_only(cast, shop):
    tomorrow = clock.today() + timedelta(days=1)
    with db.transaction():
        door.voucher(cast, starts_on=tomorrow, ends_on=tomorrow)
        with pytest.raises(Refused, match="belum"):
            door.order(shop, CODE, crisps=1)
    clock.travel(2 * 86_400)
    with db.transaction(), pytest.raises(Refused, match="tidak berlaku"):
        door.order(shop, CODE, crisps=1)


def test_a_number_uses_a_voucher_once_and_gets_it_back_with_a_cancelled_order(cast, shop):
    with db.transaction():
        voucher = door.voucher(cast)
        placed = door.order(shop, CODE, crisps=1)
        with pytest.raises(Refused, match="sudah memakai"):
            door.order(shop, CODE, crisps=1)
        services.cancel_own_order(services.BUYER, placed.token)
        db.session.refresh(voucher)
        assert voucher.used == 0
        door.order(shop, CODE, crisps=1)
    promises_hold()


def test_a_rupiah_voucher_never_makes_goods_free(cast, shop):
    with db.transaction():
        door.voucher(cast, amount_rp=1_000_000)
        assert door.order(shop, CODE, crisps=1).total_rp == CRISPS_RP - CRISPS_RP * 90 // 100


def test_a_stopped_voucher_is_refused_and_only_the_board_stops_it(cast, shop):
    with db.transaction():
        voucher = door.voucher(cast)
        with pytest.raises(Forbidden):
            services.stop_voucher(cast.kasir, voucher.id)
        services.stop_voucher(cast.hadi, voucher.id)
        with pytest.raises(Refused):
            door.order(shop, CODE, crisps=1)


def test_the_last_use_is_used_once(cast, shop):
    with db.transaction():
        voucher_id = door.voucher(cast, most_uses=1).id

    def buy(n: int) -> bool:
        try:
            with db.transaction():
                door.order(shop, CODE, crisps=1, phone=f"08123456{n:04d}")
            return True
        except Refused:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(buy, range(4))) == 1
    with db.transaction(read_only=True):
        row = queries_vouchers.vouchers_of(cast.makmur.id)[0]
        assert (row.voucher.id, row.voucher.used) == (voucher_id, 1)
    promises_hold()


def member(cast):
    return factories.member(cast.hadi, "Bu Ani", PHONE)


def test_a_member_pays_the_member_price_and_the_order_remembers_it(cast, shop):
    with db.transaction():
        ani = member(cast)
        db.session.get_one(Product, shop.rice.id).member_price_rp = 65_000
        placed = door.order(shop, Extras(member=ani), rice=2)
        assert placed.total_rp == 130_000
        db.session.get_one(Product, shop.rice.id).member_price_rp = 60_000
        services.hand_over(cast.kasir, placed.id, placed.pickup_code)
        assert ledger.balance_rp(cast.makmur.id, chart.SALES_MEMBERS) == -130_000
    promises_hold()


def test_a_members_number_counts_with_the_members_own_phone_and_tells_nobody_who_is_one(cast, shop):
    with db.transaction():
        ani = member(cast)
        shop_id = cast.makmur.id
        assert services.buying_member(shop_id, None, ani.phone, ani.number).id == ani.id
        said = []
        for phone, number in (("6281298765432", ani.number), (ani.phone, "AGT/1999/1")):
            with pytest.raises(Refused) as refusal:
                services.buying_member(shop_id, None, phone, number)
            said.append(str(refusal.value))
        assert said[0] == said[1]


def test_who_guesses_members_numbers_is_stopped_after_a_few(cast, shop):
    with db.transaction():
        ani = member(cast)
        for _n in range(5):
            services.note_try(cast.makmur.id, ani.phone)
        with pytest.raises(Refused, match="satu jam"):
            services.buying_member(cast.makmur.id, None, ani.phone, ani.number)
    clock.travel(3_700)
    with db.transaction(read_only=True):
        assert services.buying_member(cast.makmur.id, None, ani.phone, ani.number)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_money_adds_up(cast, shop, seed):
    """A random history of orders with vouchers and doors, handed over, cancelled, complained of, refunded."""
    chance = random.Random(seed)
    with db.transaction():
        door.zone(cast, free_from_rp=80_000)
        door.voucher(cast, percent=chance.randint(1, 33), most_uses=50, most_per_phone=50)
    for n in range(5):
        with db.transaction():
            bring = chance.random() < 0.5
            extras = Extras(
                voucher="LEBARAN" if chance.random() < 0.6 else "", door=door.door(cast) if bring else None
            )
            placed = door.order(shop, extras, chance.randint(1, 2), chance.randint(0, 1), f"08123400{n:04d}")
            if chance.random() < 0.2:
                services.cancel_order(cast.kasir, placed.id, "habis")
                continue
            if bring:
                services.mark_ready(cast.kasir, placed.id)
                run = door.on_the_way(cast, placed)
                services.deliver(run.token, door.delivery_of(placed).id, pickup_code=placed.pickup_code)
            else:
                services.hand_over(cast.kasir, placed.id, placed.pickup_code)
            line = chance.choice(queries.lines_of(placed.id))
            for _piece in range(line.kept):
                made = door.complaint(placed, line.id)
                most = services.most_refund_rp(made, line)
                own = line.seller_id == cast.makmur.id
                bearer = "cooperative" if own else chance.choice(["cooperative", "seller"])
                goods = chance.choice(["kept", "shelf", "lost"])
                refund = chance.choice([most, chance.randint(1, most)])
                services.refund_complaint(cast.sri, made.id, Decision(refund, bearer, goods))
    promises_hold()
