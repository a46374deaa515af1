"""What a seller is told about her trade agrees with the stock and with the books, to the rupiah."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from market.catalogue import queries_sold
from market.catalogue import services as catalogue
from market.core import clock, db, parameters, spool
from market.core.errors import Refused
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.payments import queries_earnings
from market.retail import queries as orders
from market.retail import services as retail
from market.reviews import queries as reviews
from market.reviews import services as writing
from market.sellers import queries, services
from market.sellers.models import ProductView
from tests.retail import shop as shops
from tests.retail.shop import CRISPS_RP, photo, place


@pytest.fixture
def shop(cast):
    return shops.open_shop(cast, crisps_left=40)


def sell(shop, cast, crisps: int, number: int, rice: int = 0) -> None:
    with db.transaction():
        order = place(shop, crisps=crisps, rice=rice, phone=f"0812000{number:05}")
        retail.hand_over(cast.kasir, order.id, order.pickup_code)


def pay(shop, cast, amount_rp: int, number: int) -> None:
    lines = (
        debit(chart.PAYABLE_CONSIGNMENT, amount_rp, counterparty_id=shop.seller.id),
        credit(chart.CASH, amount_rp),
    )
    with db.transaction():
        draft = EntryDraft(f"payout:{number}", clock.today(), "Bayar UMKM", lines)
        ledger.post(cast.budi, shop.makmur.id, draft)


def statement(shop, since=None, until=None) -> queries.Statement:
    day = clock.today()
    with db.transaction(read_only=True):
        return queries.statement(
            shop.makmur.id, shop.seller.id, since or day.replace(day=1), until or day + timedelta(days=31)
        )


def owed_rp(shop) -> int:
    with db.transaction(read_only=True):
        return queries_earnings.owed_to(shop.makmur.id, shop.seller.id).owed_rp


def test_the_statement_is_the_ledger_to_the_rupiah_after_random_trade(shop, cast):
    dice = random.Random(20261123)
    for number in range(12):
        if dice.random() < 0.25 and owed_rp(shop) > 1_000:
            pay(shop, cast, dice.randint(1, owed_rp(shop)), number)
        else:
            sell(shop, cast, dice.randint(1, 3), number)
    with db.transaction():
        catalogue.return_consignment(cast.kasir, shop.crisps.id, 2, "mendekati kedaluwarsa")
    found = statement(shop)
    assert found.closing_rp == owed_rp(shop) == found.opening_rp + found.earned_rp - found.paid_rp
    row = found.goods[0]
    with db.transaction(read_only=True):
        piece = catalogue_figures(shop)
    assert (row.brought, row.sold, row.returned, row.on_hand) == (
        piece.brought,
        piece.sold,
        piece.taken_back,
        piece.on_hand,
    )
    assert found.gross_rp == row.sold * CRISPS_RP
    assert found.commission_rp == found.gross_rp // 10


def catalogue_figures(shop):
    return queries_sold.sold([shop.crisps])[shop.crisps.id]


def test_what_came_before_is_the_opening_balance_and_the_opening_stock(shop, cast):
    sell(shop, cast, 3, 1)
    clock.travel(40 * 86_400)
    sell(shop, cast, 2, 2)
    first = clock.today() - timedelta(days=5)
    found = statement(shop, since=first)
    assert found.opening_rp == 3 * CRISPS_RP * 9 // 10
    assert (found.goods[0].opening, found.goods[0].sold, found.goods[0].on_hand) == (37, 2, 35)
    assert found.closing_rp == owed_rp(shop)


def test_another_sellers_goods_and_money_are_not_in_it(shop, cast):
    sell(shop, cast, 1, 1, rice=2)
    assert [row.amount_rp for row in statement(shop).money] == [CRISPS_RP * 9 // 10]


# --- numbers and views -----------------------------------------------------------------------------


@pytest.fixture
def notes(tmp_path):
    spool.configure(tmp_path / "views")
    yield
    spool.configure(None)


def count() -> int:
    with db.transaction():
        return services.count_views()


def test_views_are_counted_once_whatever_runs_again(shop, notes):
    for _ in range(3):
        spool.note(str(shop.crisps.id))
    spool.note("999999")
    spool.note("not a number")
    assert count() == 0  # the minute is not over
    clock.travel(180)
    assert count() == 3
    assert count() == 0
    spool.note(str(shop.crisps.id))
    clock.travel(400)
    assert count() == 1
    with db.transaction(read_only=True):
        assert sum(row.views for row in db.session.query(ProductView)) == 4


def test_a_count_that_fails_counts_nothing_and_loses_nothing(shop, notes):
    spool.note(str(shop.crisps.id))
    clock.travel(180)
    with pytest.raises(RuntimeError), db.transaction():
        services.count_views()
        raise RuntimeError
    assert count() == 1


def test_the_numbers_add_up_by_day_and_by_month(shop, cast, notes):
    for _ in range(10):
        spool.note(str(shop.crisps.id))
    clock.travel(180)
    count()
    sell(shop, cast, 2, 1)
    with db.transaction():
        cancelled = place(shop, crisps=1, phone="081299900000")
        retail.cancel_own_order(retail.BUYER, cancelled.token)
    for period in queries.PERIODS:
        with db.transaction(read_only=True):
            found = queries.numbers(shop.makmur.id, shop.seller.id, period)
        assert (found.sold, found.orders, found.views) == (2, 2, 10)
        assert found.earned_rp == owed_rp(shop)
        assert found.conversion_bp == 2_000
        assert found.ended_orders == 1
        assert [(best.name, best.sold) for best in found.best] == [("Keripik Singkong", 2)]


def test_pages_are_counted_for_people_and_not_for_robots_or_traders(shop, app, client, cast, notes):
    path = f"/toko/{shop.makmur.slug}/{shop.crisps.id}"
    client.get(path, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 13)"})
    client.get(path, headers={"User-Agent": "WhatsApp/2.23"})
    client.get(path, headers={"User-Agent": "Mozilla/5.0", "Sec-Purpose": "prefetch"})
    client.get(f"/toko/{shop.makmur.slug}/999", headers={"User-Agent": "Mozilla/5.0"})
    client.login(cast.sri)
    client.get(path, headers={"User-Agent": "Mozilla/5.0"})
    clock.travel(180)
    assert count() == 1


# --- fairness --------------------------------------------------------------------------------------


def test_a_seller_without_orders_appears_with_days_and_leaves_with_an_order(shop, cast):
    with db.transaction(read_only=True):
        assert queries.quiet_sellers(shop.makmur.id) == []
    clock.travel(15 * 86_400)
    with db.transaction(read_only=True):
        quiet = queries.quiet_sellers(shop.makmur.id)[0]
        assert (quiet.seller_id, quiet.days, quiet.ever, quiet.goods) == (shop.seller.id, 15, False, 1)
        assert [each.seller_id for each in queries.quiet_sellers(scope_code="3578")] == [shop.seller.id]
        assert queries.quiet_sellers(scope_code="3573") == []
        assert queries.quiet_sellers(cast.tetangga.id) == []
    sell(shop, cast, 1, 1)
    with db.transaction(read_only=True):
        assert queries.quiet_sellers(shop.makmur.id) == []


def test_a_quiet_seller_is_told_once_with_two_hints(shop):
    clock.travel(15 * 86_400)
    with db.transaction():
        assert services.tell_quiet() == 1
    with db.transaction():
        assert services.tell_quiet() == 0


def kinds(shop) -> list[str]:
    with db.transaction(read_only=True):
        return [hint.kind for hint in queries.hints(shop.makmur.id, shop.seller.id)]


def test_hints_follow_from_her_own_goods(shop, cast):
    assert kinds(shop) == ["no_photo", "no_words"]
    with db.transaction():
        catalogue.return_consignment(cast.kasir, shop.crisps.id, 40, "habis masa")
    assert kinds(shop)[0] == "out_of_stock"


def test_a_price_far_above_similar_goods_is_said_with_both_figures(shop, cast):
    with db.transaction():
        for number in range(3):
            other = shops.seller(cast, f"Keripik {number}", f"lain{number}")
            product = shops.crisps(other, price_rp=8_000)
            catalogue.approve_product(cast.sri, product.id, 0)
    with db.transaction(read_only=True):
        found = queries.hints(shop.makmur.id, shop.seller.id)
        hint = next(each for each in found if each.kind == "too_dear")
        assert "Rp6.000" in str(hint.text) and "Rp3.200" in str(hint.text)
        assert "too_dear" not in [h.kind for h in queries.hints(shop.makmur.id, other.organization_id)]


def cap(cast, amount_rp: int) -> None:
    with db.transaction():
        parameters.set_value(cast.hadi, retail.CAP_RP, amount_rp, clock.today(), "rapat anggota")


def test_a_cap_takes_further_orders_off_and_says_why_until_the_next_month(shop, cast):
    cap(cast, 2 * CRISPS_RP)
    with db.transaction():
        place(shop, crisps=2, phone="081200000001")
    with pytest.raises(Refused, match="terbagi ke semua UMKM"), db.transaction():
        place(shop, crisps=1, phone="081200000002")
    with db.transaction():
        place(shop, rice=1, phone="081200000003")  # the cooperative's own goods have none
    clock.travel(32 * 86_400)
    with db.transaction():
        place(shop, crisps=1, phone="081200000004")


def test_without_a_cap_nothing_is_refused_and_what_was_cancelled_is_free_again(shop, cast):
    with db.transaction():
        order = place(shop, crisps=5, phone="081200000001")
    cap(cast, 5 * CRISPS_RP)
    with pytest.raises(Refused), db.transaction():
        place(shop, crisps=1, phone="081200000002")
    with db.transaction():
        retail.cancel_own_order(retail.BUYER, order.token)
    with db.transaction():
        place(shop, crisps=5, phone="081200000002")
        assert orders.ordered_from_rp(shop.makmur.id, shop.seller.id, clock.today()) == 5 * CRISPS_RP


def test_exposure_says_how_uneven_it_is(shop, cast, notes):
    with db.transaction():
        other = shops.crisps(shops.seller(cast, "Keripik Lain", "lain"))
        catalogue.approve_product(cast.sri, other.id, 0)
    for _ in range(4):
        spool.note(str(shop.crisps.id))
    clock.travel(180)
    count()
    with db.transaction(read_only=True):
        assert queries.exposure(shop.makmur.id) == queries.Exposure(2, 4, 100, 1)


def test_payout_days_are_the_dates_of_the_month_where_a_cooperative_sets_some(shop, cast):
    with db.transaction(read_only=True):
        weekly = queries_earnings.payout_days(shop.makmur.id, 3)
    assert {day.isoweekday() for day in weekly} == {5}
    for parameter, day in ((queries_earnings.DAY_ONE, 10), (queries_earnings.DAY_TWO, 25)):
        with db.transaction():
            parameters.set_value(cast.hadi, parameter, day, clock.today(), "rapat")
    with db.transaction(read_only=True):
        assert {day.day for day in queries_earnings.payout_days(shop.makmur.id, 4)} == {10, 25}
        assert queries_earnings.next_payout_on(shop.makmur.id).day in (10, 25)


# --- pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/usaha-saya", "/usaha-saya?per=bulan", "/usaha-saya/titipan", "/ulasan"])
def test_the_sellers_pages_are_hers(shop, browsers, cast, path):
    sell(shop, cast, 2, 1)
    assert browsers(shop.tini).get(path).status_code == 200
    assert browsers(cast.joko).get(path).status_code in (403, 404)


def test_statements_are_on_paper_and_a_stranger_finds_none(shop, browsers, cast):
    sell(shop, cast, 2, 1)
    page = browsers(cast.budi).get(f"/titip-jual/{shop.seller.id}")
    assert "Rp27.000" in page.get_data(as_text=True)
    assert "/penjualan/" in page.get_data(as_text=True)  # each line leads to its document
    paper = browsers(cast.budi).get(f"/titip-jual/{shop.seller.id}.pdf")
    assert paper.mimetype == "application/pdf"
    assert browsers(shop.tini).get("/usaha-saya/titipan.pdf").mimetype == "application/pdf"
    assert browsers(cast.wati).get(f"/titip-jual/{shop.seller.id}").status_code == 404


@pytest.mark.parametrize(
    ("who", "path"), [("sri", "/umkm-sepi"), ("ratna", "/papan/umkm"), ("budi", "/titip-jual")]
)
def test_who_helps_sees_who_waits(shop, browsers, cast, who, path):
    clock.travel(15 * 86_400)
    page = browsers(getattr(cast, who)).get(path).get_data(as_text=True)
    assert "Keripik Bu Tini" in page


def test_a_photo_is_named_so_that_it_is_not_swept(shop, cast):
    with db.transaction():
        order = place(shop, crisps=1)
        retail.hand_over(cast.kasir, order.id, order.pickup_code)
        line = orders.lines_of(order.id)[0]
        review = writing.write_review(retail.BUYER, order.token, line.id, stars=5, photo=photo())
        assert reviews.photos_in_use({review.photo or "", "other"}) == {review.photo}
