"""What a sale at the counter does to drawer, shelf, books and the buyer's rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from market import verify
from market.catalogue import services as catalogue
from market.commodities import queries as commodities
from market.commodities.models import Quota
from market.core import clock, db
from market.core.errors import Forbidden, Refused
from market.counter import queries, services
from market.counter.services import Terms
from market.empties import queries as cylinders
from market.ledger import chart
from market.rations import queries as rations
from market.rations.types import buyer_of
from tests.counter.shop import GAS_RP, MAP, NIK, OTHER_NIK, SPHP_RP
from tests.retail.shop import CRISPS_RP, RICE_COST_RP, RICE_RP


def broken():
    with db.transaction(read_only=True):
        return [result for result in verify.run() if not result.ok]


def test_cash_pays_and_the_change_is_worked_out(till):
    cash = till.balance(chart.CASH)
    sale = till.cash(till.basket((till.crisps, 2), (till.rice, 1)), 100_000)
    assert (sale.state, sale.number) == ("done", f"KS/{clock.today().year}/000001")
    total = 2 * CRISPS_RP + RICE_RP
    assert (sale.total_rp, sale.cash_rp, sale.change_rp) == (total, total, 100_000 - total)
    assert till.balance(chart.CASH) - cash == total
    assert till.balance(chart.SALES_NON_MEMBERS) == -RICE_RP
    assert till.balance(chart.COST_NON_MEMBERS) == RICE_COST_RP
    assert till.balance(chart.PAYABLE_CONSIGNMENT) == -2 * CRISPS_RP * 9 // 10
    assert till.stock(f"product:{till.shop.crisps.id}") == 8
    assert till.drawer().expected_rp == 100_000 + total
    assert broken() == []


def test_too_little_money_sells_nothing_and_takes_no_number(till):
    sale_id = till.basket((till.rice, 1))
    with pytest.raises(Refused, match="kurang Rp1"):
        till.cash(sale_id, RICE_RP - 1)
    assert till.cash(sale_id, RICE_RP).number.endswith("/000001")


def test_a_member_pays_the_member_price_and_is_booked_as_a_member(till):
    member = till.member()
    with db.transaction():
        db.session.merge(till.shop.rice).member_price_rp = 65_000
    sale_id = till.basket((till.rice, 1))
    with db.transaction():
        services.name_member(till.cast.kasir, sale_id, member.card_token)
    assert till.cash(sale_id).total_rp == 65_000
    assert (till.balance(chart.SALES_MEMBERS), till.balance(chart.SALES_NON_MEMBERS)) == (-65_000, 0)
    with pytest.raises(Refused, match="bukan kartu anggota"), db.transaction():
        services.name_member(till.cast.kasir, services.basket(till.cast.kasir).id, "tidak-ada")


def test_a_price_that_changed_since_it_was_shown_is_not_taken_silently(till):
    sale_id = till.basket((till.rice, 1))
    with db.transaction():
        catalogue.change_price(till.cast.sri, till.shop.rice.id, 69_000)
    with pytest.raises(Refused, match=r"Rp69\.000"):
        till.cash(sale_id)
    with db.transaction():
        services.refresh(till.cast.kasir, sale_id)
    assert till.cash(sale_id).total_rp == 69_000


def test_nothing_is_sold_above_the_het_of_the_day(till):
    with pytest.raises(Refused, match=r"HET Rp18\.000"), db.transaction():
        services.set_price(till.cast.sri, int(till.gas[1:]), GAS_RP + 1)
    with db.transaction():  # the ceiling came down after the price was set
        queries_price = db.session.query(services.pricing.CounterPrice).filter_by(pack_id=int(till.gas[1:]))
        queries_price.update({"price_rp": GAS_RP + 500})
    sale_id = till.known(till.basket((till.gas, 1)))
    with pytest.raises(Refused, match="di atas HET"):
        till.cash(sale_id)


def test_gas_asks_for_a_buyer_and_the_register_and_moves_an_empty_cylinder(till):
    sale_id = till.basket((till.gas, 2))
    with pytest.raises(Refused, match="NIK"):
        till.cash(sale_id)
    till.known(sale_id)
    for terms in (Terms(), Terms(recorded=True), Terms(map_reference="MAP-1")):
        with pytest.raises(Refused, match="MAP"):
            till.cash(sale_id, terms=terms)
    sale = till.cash(sale_id)
    assert (sale.buyer_last4, sale.buyer_category, sale.map_reference) == (NIK[-4:], "RT", "MAP-77")
    with db.transaction(read_only=True):
        held = cylinders.holding(till.id, "TABUNG-3")
        refill = cylinders.sale_for(till.cast.kasir, queries.lines_of(sale.id)[0].refill_id)
    assert (held.full_count, held.empty_count) == (18, 12)
    assert refill.receipt == sale.number
    assert broken() == []


def test_a_cylinder_without_an_empty_one_leaves_a_deposit_under_a_name(till):
    with db.transaction():
        sale = services.put(till.cast.kasir, till.gas, 2, empties_in=1)
    till.known(sale.id)
    with pytest.raises(Refused, match="nama pembeli"):
        till.cash(sale.id)
    sold = till.cash(sale.id, terms=replace(MAP, buyer_name="Bu Ani"))
    assert sold.deposit_rp == 150_000
    assert sold.total_rp == 2 * GAS_RP + 150_000
    assert till.balance(chart.CONTAINER_DEPOSITS) == -150_000
    assert broken() == []


def test_a_buyer_gets_five_packs_of_subsidised_rice_a_day_and_no_more(till):
    till.sold((till.sphp, 3), nik=NIK)
    sale_id = till.known(till.basket((till.sphp, 3)))
    with db.transaction(read_only=True):
        sale = queries.sale_by_id(sale_id)
        limit = services.limits(sale, queries.lines_of(sale_id))[0]
    assert (limit.cap, limit.used, limit.left) == (5, 3, 2)
    with pytest.raises(Refused, match="sisa 2"):
        till.cash(sale_id)
    with db.transaction():
        services.change(till.cast.kasir, sale_id, queries.lines_of(sale_id)[0].id, 2)
    assert till.cash(sale_id).state == "done"
    assert till.sold((till.sphp, 5), nik=OTHER_NIK).state == "done"
    clock.travel(24 * 3600)
    assert till.sold((till.sphp, 5), nik=NIK).total_rp == 5 * SPHP_RP
    assert broken() == []


def test_gas_has_no_cap_today_but_one_that_begins_counts_what_was_bought_before(till):
    till.sold((till.gas, 6), nik=NIK)
    with db.transaction():
        pack = commodities.pack_by_code("LPG-3")
        db.session.add(
            Quota(
                commodity_id=pack.commodity_id,
                kind="consumer_cap",
                scope="consumer",
                amount_base=10,
                period_days=30,
                region_key="national",
                valid_from_on=clock.today(),
                legal_ref="Perpres baru",
            )
        )
    sale_id = till.known(till.basket((till.gas, 5)))
    with pytest.raises(Refused, match="10 tabung per bulan, sisa 4"):
        till.cash(sale_id)


@pytest.mark.parametrize(
    "nik",
    [
        "",
        "123",
        "357801450780000a",
        "3578014599800001",
        "3578013207800001",
        "3578014500800001",
        "3578014507800000",
    ],
)
def test_a_nik_that_cannot_be_is_refused(till, nik):
    sale_id = till.basket((till.sphp, 1))
    with pytest.raises(Refused) as refusal:
        till.known(sale_id, nik)
    assert refusal.value.field == "nik"


def test_a_micro_business_shows_its_number(till):
    sale_id = till.basket((till.gas, 1))
    with pytest.raises(Refused, match="NIB"), db.transaction():
        services.name_buyer(till.cast.kasir, sale_id, NIK, "UM")
    with db.transaction():
        services.name_buyer(till.cast.kasir, sale_id, NIK, "UM", "1234567890123")
    assert till.cash(sale_id).buyer_category == "UM"


def test_a_nik_is_nowhere_in_the_database_and_differs_between_cooperatives(till, database):
    till.sold((till.gas, 1), nik=NIK)
    with db.transaction(read_only=True):
        for table in db.Base.metadata.tables.values():
            for row in db.session.execute(table.select()):
                assert NIK not in repr(tuple(row)), table.name
    own, other = (buyer_of(shop, NIK, "RT").index for shop in (till.id, till.cast.tetangga.id))
    assert own != other


def test_what_lies_on_the_counter_is_given_up_with_a_reason(till):
    sale_id = till.basket((till.crisps, 1))
    with pytest.raises(Refused), db.transaction():
        services.void_sale(till.cast.kasir, sale_id, " ")
    with db.transaction():
        assert services.void_sale(till.cast.kasir, sale_id, "pembeli pergi").state == "void"
    assert till.stock(f"product:{till.shop.crisps.id}") == 10
    assert broken() == []


def test_nobody_sells_without_a_shift_or_at_a_strangers_counter(till):
    with pytest.raises(Refused, match="Buka shift"):
        till.basket((till.crisps, 1), who=till.cast.sri)
    with pytest.raises(Forbidden):
        till.basket((till.crisps, 1), who=till.cast.joko)


# --- goods come back -------------------------------------------------------------------------------


def back(till, sale, reason="rusak", **units):
    with db.transaction():
        lines = {line.good: line.id for line in queries.lines_of(sale.id)}
        chosen = {lines[getattr(till, good)]: count for good, count in units.items()}
        return services.take_back(till.cast.kasir, sale.id, chosen, reason)


def test_goods_come_back_by_a_document_of_their_own_and_the_receipt_stays(till):
    before = {code: till.balance(code) for code in (chart.CASH, chart.INVENTORY, chart.PAYABLE_CONSIGNMENT)}
    sale = till.sold((till.crisps, 3), (till.rice, 2))
    first = back(till, sale, crisps=1, rice=1)
    assert first.amount_rp == CRISPS_RP + RICE_RP
    assert first.number.startswith("KR/")
    back(till, sale, crisps=2, rice=1)
    assert {code: till.balance(code) for code in before} == before
    assert till.stock(f"product:{till.shop.crisps.id}") == 10
    assert till.drawer().expected_rp == 100_000
    with pytest.raises(Refused, match="paling banyak 0"):
        back(till, sale, crisps=1)
    assert broken() == []


def test_a_refill_comes_back_whole_with_cylinder_deposit_and_right(till):
    with db.transaction():
        sale = services.put(till.cast.kasir, till.gas, 2, empties_in=1)
    till.known(sale.id)
    sold = till.cash(sale.id, terms=replace(MAP, buyer_name="Bu Ani"))
    with pytest.raises(Refused, match="seluruhnya"):
        back(till, sold, gas=1)
    with pytest.raises(Refused, match="Kasir"), db.transaction():
        refill = queries.lines_of(sold.id)[0].refill_id
        services.selling.cylinders.undo_refill(till.cast.kasir, refill, "salah")
    assert back(till, sold, gas=2).amount_rp == 2 * GAS_RP + 150_000
    with db.transaction(read_only=True):
        held = cylinders.holding(till.id, "TABUNG-3")
        assert (held.full_count, held.empty_count, held.lent_count) == (20, 10, 0)
        pack = commodities.pack_by_code("LPG-3")
        month = clock.today().isoformat()[:7]
        assert rations.used_base(till.id, sold.buyer_index, pack.commodity_id, month) == 0
    assert broken() == []


def test_a_part_of_a_ration_that_comes_back_may_be_had_again(till):
    sale = till.sold((till.sphp, 5), nik=NIK)
    back(till, sale, sphp=2)
    with pytest.raises(Refused, match="sisa 2"):
        till.cash(till.known(till.basket((till.sphp, 3))))
    shift = till.shift_id()
    with db.transaction():
        sale_id = queries.open_sale(shift).id
        services.change(till.cast.kasir, sale_id, queries.lines_of(sale_id)[0].id, 2)
    assert till.cash(sale_id).state == "done"
    assert broken() == []


def test_money_that_is_not_in_the_drawer_is_not_given_back(till):
    sale = till.sold((till.rice, 5))
    with db.transaction():
        services.move_cash(till.cast.kasir, "deposit", 400_000, "setor sore")
    with pytest.raises(Refused, match="laci tidak cukup"):
        back(till, sale, rice=5)


# --- told by a page without signal -----------------------------------------------------------------


def test_the_same_sale_told_again_and_again_is_one(till):
    first = till.told("t-one-key", (till.crisps, 2, CRISPS_RP))
    again = till.told("t-one-key", (till.crisps, 2, CRISPS_RP))
    other = till.told("t-other-key", (till.crisps, 2, CRISPS_RP))
    assert (first.id, first.state, again.id) == (first.id, "done", first.id)
    assert other.id != first.id
    assert till.stock(f"product:{till.shop.crisps.id}") == 6
    assert till.drawer().sales == 2


def test_both_clocks_are_kept_and_ours_counts(till):
    said = clock.now() - timedelta(days=400)
    sale = till.told("t-old-clock", (till.crisps, 1, CRISPS_RP), client_at=said)
    assert sale.client_at == said
    assert abs(sale.sold_at - clock.now()) < timedelta(minutes=1)


def test_goods_that_are_gone_when_told_become_a_difference_that_people_solve(till):
    till.sold((till.crisps, 9))
    sale = till.told("t-too-late", (till.crisps, 2, CRISPS_RP), (till.rice, 1, RICE_RP))
    assert (sale.state, sale.number, sale.cash_rp) == ("differs", None, 2 * CRISPS_RP + RICE_RP)
    assert "tinggal 1" in sale.problem
    assert till.stock("pack:BRS-PRM-5") == 50_000, "nothing of it has left"
    with pytest.raises(Refused, match="belum selesai"), db.transaction():
        services.close_shift(till.cast.kasir, {}, "pulang")
    with pytest.raises(Refused, match="tinggal 1"), db.transaction():
        services.solve_sale(till.cast.kasir, sale.id, accept=True, reason="memang terjual")
    with db.transaction():
        catalogue.receive_consignment(till.cast.kasir, till.shop.crisps.id, 5)
    with db.transaction():
        solved = services.solve_sale(till.cast.kasir, sale.id, accept=True, reason="stok dibetulkan")
    assert (solved.state, solved.total_rp) == ("done", 2 * CRISPS_RP + RICE_RP)
    assert broken() == []


def test_a_price_that_changed_meanwhile_is_a_difference_and_may_be_accepted(till):
    with db.transaction():
        catalogue.change_price(till.cast.sri, till.shop.rice.id, 69_000)
    sale = till.told("t-old-price", (till.rice, 1, RICE_RP))
    assert sale.state == "differs"
    with db.transaction():
        done = services.solve_sale(till.cast.kasir, sale.id, accept=True, reason="harga lama")
    assert (done.state, done.total_rp) == ("done", RICE_RP)
    assert broken() == []


def test_a_difference_may_end_with_goods_and_money_back(till):
    sale = till.told("t-sent-back", (till.rice, 1, RICE_RP - 1))
    with db.transaction():
        void = services.solve_sale(till.cast.kasir, sale.id, accept=False, reason="barang kembali")
    assert (void.state, void.cash_rp) == ("void", 0)
    assert till.drawer().expected_rp == 100_000


def test_goods_that_were_taken_off_the_shelf_are_a_difference_not_lost(till):
    with db.transaction():
        catalogue.withdraw_product(till.shop.tini, till.shop.crisps.id)
    assert till.told("t-withdrawn", (till.crisps, 1, CRISPS_RP)).state == "differs"


def test_a_sale_told_after_the_shift_was_closed_waits_for_the_next_shift(till):
    shift = till.shift_id()
    with db.transaction():
        services.close_shift(till.cast.kasir, {10_000: 5, 5_000: 10})
    sale = till.told("t-after-hours", (till.crisps, 1, CRISPS_RP), shift_id=shift)
    assert (sale.state, sale.shift_id) == ("differs", shift)
    with db.transaction():
        fresh = services.open_shift(till.cast.kasir, "1", {10_000: 11})
        solved = services.solve_sale(till.cast.kasir, sale.id, accept=True, reason="ditemukan di HP")
    assert solved.shift_id == fresh.id
    assert broken() == []


def test_with_the_line_what_does_not_fit_is_refused_and_nothing_is_kept(till):
    with pytest.raises(Refused, match="tinggal 10"):
        till.told("t-with-line", (till.crisps, 11, CRISPS_RP), offline=False)
    with db.transaction(read_only=True):
        assert queries.sale_by_key(till.id, "t-with-line") is None


@pytest.mark.parametrize("good", ["gas", "sphp", "oil"])
def test_scarce_goods_are_not_sold_without_the_line(till, good):
    prices = {"gas": GAS_RP, "sphp": SPHP_RP, "oil": 15_700}
    with pytest.raises(Refused, match="saat ada sinyal"):
        till.told("t-scarce-on", (getattr(till, good), 1, prices[good]), offline=False)
    assert till.told("t-scarce-off", (getattr(till, good), 1, prices[good])).state == "differs"
