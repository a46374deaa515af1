"""Two counters and many tries at once: nothing is sold twice, no buyer gets more than the ration."""

from __future__ import annotations

import random

from market import verify
from market.commodities import queries as commodities
from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.counter import queries, services
from market.counter.models import Sale
from market.rations import queries as rations
from market.rations.types import buyer_of
from tests.counter.shop import FLOAT, MAP, NIK, OTHER_NIK, THIRD_NIK
from tests.retail.shop import CRISPS_RP, RICE_RP
from tests.retail.test_concurrency import together


def test_two_counters_cannot_sell_one_buyer_more_than_the_ration(till):
    with db.transaction():
        services.open_shift(till.cast.sri, "2", FLOAT)
    cashiers = (till.cast.kasir, till.cast.sri)
    sales = [till.known(till.basket((till.sphp, 3), who=who), NIK, who) for who in cashiers]
    answers = together(lambda n: services.pay_cash(cashiers[n], sales[n], 1_000_000, MAP).state, 2)
    assert sorted(str(answer)[:4] for answer in answers) == ["Bata", "done"], answers
    with db.transaction(read_only=True):
        pack = commodities.pack_by_code("BRS-SPHP-5")
        index = buyer_of(till.id, NIK, "RT").index
        day = clock.today().isoformat()
        assert rations.used_base(till.id, index, pack.commodity_id, day) == 3 * 5_000


def test_one_sale_told_by_ten_tabs_at_once_is_one(till):
    def act(_number):
        wanted = [services.Wanted(till.crisps, 1, CRISPS_RP)]
        return services.record_sale(
            till.cast.kasir,
            client_key="t-ten-tabs",
            wanted=wanted,
            given_rp=CRISPS_RP,
            offline=True,
            shift_id=1,
        ).id

    answers = together(act, 10)
    assert len({answer for answer in answers if isinstance(answer, int)}) == 1, answers
    assert all(isinstance(answer, int | Conflict) for answer in answers), answers
    assert till.stock(f"product:{till.shop.crisps.id}") == 9


def test_two_counters_sell_the_last_pieces_once(till):
    with db.transaction():
        services.open_shift(till.cast.sri, "2", FLOAT)
    cashiers = (till.cast.kasir, till.cast.sri)
    sales = [till.basket((till.crisps, 6), (till.rice, 1), who=who) for who in cashiers]
    answers = together(lambda n: services.pay_cash(cashiers[n], sales[n], 1_000_000, MAP).state, 2)
    assert sum(answer == "done" for answer in answers) == 1, answers
    assert till.stock(f"product:{till.shop.crisps.id}") == 4


def test_a_random_history_leaves_every_invariant_true(till):
    """Seventy acts as a seed has them: sold, told twice, given up, brought back, counted, opened again."""
    dice = random.Random(7)
    goods = ((till.crisps, CRISPS_RP), (till.rice, RICE_RP))

    def sell():
        sale_id = till.basket((dice.choice(goods)[0], dice.randint(1, 2)))
        if dice.random() < 0.3:
            till.basket((dice.choice((till.gas, till.sphp)), 1))
            till.known(sale_id, dice.choice((NIK, OTHER_NIK, THIRD_NIK)))
        till.cash(sale_id)

    def tell():
        code, price = dice.choice(goods)
        key = f"t-random-{dice.randint(1, 12)}"
        till.told(key, (code, 1, price))
        till.told(key, (code, 1, price))

    def bring_back():
        with db.transaction():
            sale = dice.choice(queries.sales_of(till.id))
            line = dice.choice(queries.lines_of(sale.id))
            services.take_back(till.cast.kasir, sale.id, {line.id: dice.randint(1, line.quantity)}, "kembali")

    def give_up():
        with db.transaction():
            services.void_sale(till.cast.kasir, services.basket(till.cast.kasir).id, "batal")

    def solve():
        with db.transaction():
            for sale in db.session.query(Sale).filter_by(state="differs"):
                services.solve_sale(till.cast.kasir, sale.id, accept=False, reason="kembali")

    def turn():
        with db.transaction():
            services.close_shift(till.cast.kasir, {100_000: dice.randint(0, 3)}, "hitungan akhir")
        with db.transaction():
            shift = queries.own_shift(till.cast.kasir)
            if shift is not None:
                services.decide_difference(till.cast.hadi, shift.id, approve=True)
        with db.transaction():
            services.open_shift(till.cast.kasir, "1", {50_000: 2})

    acts = (sell, sell, sell, tell, tell, bring_back, give_up, solve, turn)
    done = 0
    for _step in range(70):
        try:
            dice.choice(acts)()
            done += 1
        except (Refused, IndexError):
            continue
    assert done > 30
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok] == []
