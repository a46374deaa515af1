"""What the counter may sell today: each choice for itself, nothing past its lawful day or stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import verify
from market.catalogue import queries_counter, queries_sold
from market.catalogue import services as catalogue
from market.catalogue.models import Product, on_sale
from market.core import clock, db
from market.core.errors import NotFound, Refused
from market.counter import queries, queries_goods, services
from market.identity.models import Organization
from tests.retail import shop as shelves
from tests.retail.shop import CRISPS_RP, RICE_RP


def set_last_day(till, days_from_today: int) -> None:
    with db.transaction():
        last = clock.today() + timedelta(days=days_from_today)
        db.session.get_one(Product, till.shop.crisps.id).lawful_until_on = last


def codes(till) -> set[str]:
    with db.transaction(read_only=True):
        return {good.code for good in queries_goods.goods(till.id)}


@pytest.mark.parametrize(("last_day", "sold"), [(1, True), (0, True), (-1, False)])
def test_a_product_is_sold_until_its_last_lawful_day_and_not_after(till, last_day, sold):
    set_last_day(till, last_day)
    assert (till.crisps in codes(till)) is sold
    if sold:
        assert till.sold((till.crisps, 1)).state == "done"
        return
    with pytest.raises(Refused, match="Keripik Singkong hanya boleh dijual sampai"):
        till.basket((till.crisps, 1))


def test_what_lay_on_the_counter_when_its_last_day_ended_is_not_sold(till):
    sale_id = till.basket((till.crisps, 1), (till.rice, 1))
    set_last_day(till, -1)
    with pytest.raises(Refused, match="hanya boleh dijual sampai"):
        till.cash(sale_id)
    with pytest.raises(Refused, match="hanya boleh dijual sampai"):
        till.told("t-online-page", (till.crisps, 1, CRISPS_RP), offline=False)
    with db.transaction():
        services.refresh(till.cast.kasir, sale_id)
    assert till.cash(sale_id).total_rp == RICE_RP


def test_what_was_sold_without_signal_after_its_last_day_waits_with_the_reason(till):
    set_last_day(till, -1)
    sale = till.told("t-unlawful", (till.crisps, 1, CRISPS_RP))
    assert sale.state == "differs" and "hanya boleh dijual sampai" in sale.problem


def withdraw(till) -> None:
    catalogue.withdraw_product(till.cast.sri, till.shop.crisps.id, "Ada laporan kemasan rusak.")


def reword(till) -> None:
    db.session.get_one(Product, till.shop.crisps.id).state = "returned"


def pause(till) -> None:
    db.session.get_one(Product, till.shop.crisps.id).state = "paused"


def rest(till) -> None:
    db.session.get_one(Organization, till.shop.tini.organization_id).trading = False


def bake(till) -> None:
    db.session.get_one(Product, till.shop.crisps.id).supply = "home"


STOPS = {
    "withdrawn": (withdraw, "ditarik dari rak. Ada laporan kemasan rusak"),
    "not approved": (reword, "koperasi belum menyetujuinya"),
    "paused": (pause, "dihentikan sementara"),
    "the seller rests": (rest, "sedang tidak berjualan"),
    "kept at home": (bake, "dijual lewat pesanan"),
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS.keys())
def test_consigned_goods_that_somebody_stopped_are_refused_with_the_reason(till, stop):
    act, reason = stop
    sale_id = till.basket((till.crisps, 1))
    with db.transaction():
        act(till)
    assert till.crisps not in codes(till)
    for code in (till.crisps, "Keripik Singkong"):
        with pytest.raises(Refused, match=reason):
            till.basket((code, 1))
    with pytest.raises(Refused, match=reason):
        till.cash(sale_id)
    with db.transaction():
        line = queries.lines_of(sale_id)[0]
        services.change(till.cast.kasir, sale_id, line.id, 0)
    assert till.sold((till.rice, 1)).total_rp == RICE_RP


def test_a_reason_is_said_exactly_for_what_is_not_on_sale(till):
    """The catalogue's one condition and the cashier's words agree for every state and last day."""
    with db.transaction():
        product = db.session.get_one(Product, till.shop.crisps.id)
        for state in Product.STATES.edges:
            for last in (None, -1, 0, 1):
                product.state = state
                product.lawful_until_on = None if last is None else clock.today() + timedelta(days=last)
                db.session.flush()
                sold = db.session.query(Product).filter(Product.id == product.id, on_sale()).count() == 1
                assert (queries_counter.why_not_sold(product) == "") is sold, (state, last)


def test_each_choice_of_a_product_has_its_own_button_price_and_barcode(till):
    with db.transaction():
        big = shelves.crisps(
            till.shop.tini,
            price_rp=40_000,
            variant="1 kg",
            variant_of_id=till.shop.crisps.id,
            barcode="8990001",
        )
        catalogue.approve_product(till.cast.sri, big.id, 1_000)
        catalogue.receive_consignment(till.cast.kasir, big.id, 4)
        code = f"p{big.id}"
    assert {till.crisps, code} <= codes(till)
    with db.transaction(read_only=True):
        assert queries_goods.good(till.id, "8990001").name == "Keripik Singkong, 1 kg"
        with pytest.raises(NotFound):
            queries_goods.good(till.cast.tetangga.id, "8990001")
    assert till.sold(("8990001", 1)).total_rp == 40_000


def test_goods_beyond_the_first_three_hundred_are_found_by_barcode_and_letters(till, monkeypatch):
    monkeypatch.setattr(queries_counter, "MOST_ON_SHELF", 1)
    with db.transaction():
        db.session.get_one(Product, till.shop.crisps.id).barcode = "8991234567890"
    assert till.crisps not in codes(till)
    with db.transaction(read_only=True):
        assert queries_goods.good(till.id, " 8991234567890 ").code == till.crisps
        assert [good.code for good in queries_goods.goods(till.id, "keripik")] == [till.crisps]
    assert till.sold((till.crisps, 1)).total_rp == CRISPS_RP


@pytest.mark.parametrize("typed", ["p999999999999999999", "p0", "k1", "", "x" * 200, "%", "p1; DROP"])
def test_a_code_of_nothing_is_not_found(till, typed):
    with pytest.raises(NotFound):
        till.basket((typed, 1))


def test_a_barcode_belongs_to_one_good_of_a_shop(till):
    with db.transaction():
        db.session.get_one(Product, till.shop.crisps.id).barcode = "8991234567890"
    gas, oil = int(till.gas[1:]), int(till.oil[1:])
    for taken in ("8991234567890", "899100200300"):
        with pytest.raises(Refused, match="sudah dipakai"), db.transaction():
            services.set_price(till.cast.sri, gas, 18_000, taken)
    with db.transaction():
        services.set_price(till.cast.sri, oil, 15_700, "899100200300")


# --- figures of the seller ---------------------------------------------------------------------------


def test_what_came_back_at_the_counter_is_not_sold_for_the_seller(till):
    def figures():
        with db.transaction(read_only=True):
            return queries_sold.sold([till.shop.crisps])[till.shop.crisps.id]

    sale = till.sold((till.crisps, 4))
    with db.transaction():
        line = queries.lines_of(sale.id)[0]
        services.take_back(till.cast.kasir, sale.id, {line.id: 3}, "salah rasa")
    assert (figures().sold, figures().on_hand, figures().brought) == (1, 9, 10)
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok] == []
