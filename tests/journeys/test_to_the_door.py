"""Crisps brought home with a voucher by a courier with a link for the day; a torn bag, its photo, the answer.

The buyer's phone runs no script at all: from the basket to the money back everything is pages and forms.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from market.core import db
from market.core.money import format_rp
from market.ledger import chart
from market.ledger import queries as ledger
from tests.journeys import steps
from tests.retail import door
from tests.retail import shop as shops

GOODS_RP = 2 * shops.CRISPS_RP
DISCOUNT_RP = GOODS_RP // 10
TOTAL_RP = GOODS_RP - DISCOUNT_RP + door.FEE_RP
ONE_RP = (GOODS_RP - DISCOUNT_RP) // 2
ADDRESS = "Jl. Mawar 3, RT 2 RW 5"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "foto.jpg"
    path.write_bytes(shops.photo())
    return path


@pytest.fixture
def shop(cast):
    front = shops.open_shop(cast)
    with db.transaction():
        door.zone(cast)
        door.voucher(cast, percent=10)
    return front


def test_from_the_basket_to_the_door_and_a_complaint(live, cast, shop, photo, books_are_true):
    buyer = live.pages(live.url, scripts=False)
    order(buyer, cast)
    link = buyer.url
    send_courier(live, cast)
    bring(live, cast, photo)
    see_it_came(live, buyer, link)
    complain(buyer, photo)
    answer(live, cast)
    code = read_answer(live, buyer)
    give_money_back(live, cast, code)
    buyer.reload()
    expect(buyer.get_by_test_id("money-back")).to_contain_text("sudah Anda ambil")
    with db.transaction(read_only=True):
        assert ledger.balance_rp(cast.makmur.id, chart.CASH) == TOTAL_RP - ONE_RP
        assert ledger.balance_rp(cast.makmur.id, chart.COURIER_CASH) == 0
        assert ledger.balance_rp(cast.makmur.id, chart.DELIVERY_INCOME) == -door.FEE_RP
    books_are_true(cast.makmur.id)


def order(page: Page, cast) -> None:
    page.goto(f"/toko/{cast.makmur.slug}")
    add = page.get_by_role("button", name="Tambah Keripik Singkong")
    for pieces in (1, 2):
        add.first.click()
        expect(page.get_by_test_id("to-basket")).to_contain_text(f"{pieces} barang")
    page.get_by_test_id("to-basket").click()
    form = page.get_by_test_id("order-form")
    form.get_by_test_id("field-buyer_name").fill("Bu Warti")
    form.get_by_test_id("field-phone").fill("0812-3456-7890")
    form.get_by_test_id("field-way").select_option("door")
    form.get_by_test_id("field-place_code").select_option(cast.makmur.place_code)
    form.get_by_test_id("field-address").fill(ADDRESS)
    form.get_by_test_id("cheaper").click()
    form.get_by_test_id("field-voucher").fill("lebaran")
    form.get_by_test_id("quote").click()
    expect(page.get_by_test_id("bill-discount")).to_contain_text(format_rp(DISCOUNT_RP))
    expect(page.get_by_test_id("bill-delivery")).to_contain_text(format_rp(door.FEE_RP))
    expect(page.get_by_test_id("bill-total")).to_have_text(format_rp(TOTAL_RP))
    form.get_by_test_id("submit").click()
    expect(page.get_by_test_id("pickup-code")).to_be_visible()
    expect(page.get_by_test_id("delivery-state")).to_have_text("Menunggu kurir")


def send_courier(live, cast) -> None:
    page = steps.see(live.of(cast.kasir), "/penjualan")
    page.get_by_role("link", name="Bu Warti").first.click()
    expect(page.get_by_test_id("fee-back")).to_contain_text(format_rp(door.FEE_RP))
    steps.fits(page)
    page.get_by_test_id("ready").click()
    expect(page.get_by_test_id("order-state")).to_contain_text("Siap")
    steps.see(page, "/penjualan/antaran")
    page.get_by_test_id("field-courier_name").fill("Pak Udin")
    page.get_by_test_id("field-courier_phone").fill("0813-1111-2222")
    page.get_by_test_id("run-form").get_by_role("button").click()
    expect(page.get_by_test_id("run")).to_contain_text("Pak Udin")
    steps.fits(page)


def bring(live, cast, photo) -> None:
    """The courier has the link and no login; nobody at the door knows the code."""
    counter = live.of(cast.kasir)
    courier = steps.see(live.guest(), counter.get_by_test_id("to-run").get_attribute("href") or "")
    expect(courier.get_by_test_id("stop")).to_contain_text(ADDRESS)
    courier.get_by_test_id("depart").click()
    form = courier.get_by_test_id("deliver")
    expect(courier.get_by_test_id("to-take")).to_contain_text(format_rp(TOTAL_RP))
    form.locator("summary").click()
    steps.fits(courier)
    form.locator("input[name=receiver_name]").fill("Pak RT")
    form.locator("input[name=photo]").set_input_files(photo)
    form.get_by_role("button", name="Uang diterima").click()
    expect(courier.get_by_test_id("stop-state")).to_have_text("Terkirim")
    expect(courier.get_by_test_id("cash")).to_contain_text(format_rp(TOTAL_RP))
    steps.see(counter, "/penjualan/antaran")
    counter.get_by_test_id("hand-in").get_by_role("button").click()
    expect(counter.locator("main")).to_contain_text("Setoran kurir dibukukan")
    expect(counter.get_by_test_id("courier-cash")).to_have_count(0)


def see_it_came(live, buyer: Page, link: str) -> None:
    buyer.reload()
    expect(buyer.get_by_test_id("order-state")).to_contain_text("Sudah diambil")
    expect(buyer.get_by_test_id("delivery")).to_contain_text("Pak RT")
    steps.see(live.guest(), link)


def complain(page: Page, photo) -> None:
    page.get_by_test_id("to-complaints").click()
    form = page.get_by_test_id("complaint-form")
    form.get_by_test_id("field-words").fill("Satu bungkus sobek.")
    form.get_by_test_id("field-photo").set_input_files(photo)
    form.get_by_test_id("submit").click()
    expect(page.get_by_test_id("complaint")).to_contain_text("Satu bungkus sobek.")
    expect(page.get_by_role("img", name="Foto Anda")).to_be_visible()


def answer(live, cast) -> None:
    page = steps.see(live.of(cast.sri), "/keluhan")
    page.get_by_role("link", name="Keripik Singkong").first.click()
    expect(page.get_by_role("img", name="Foto dari pembeli")).to_be_visible()
    steps.fits(page)
    form = page.get_by_test_id("refund")
    form.get_by_test_id("field-refund_rp").fill(str(ONE_RP))
    form.get_by_test_id("field-goods").select_option("lost")
    form.get_by_test_id("field-bearer").select_option("seller")
    form.get_by_test_id("field-words").fill("Maaf, uangnya kami kembalikan.")
    form.get_by_test_id("submit").click()
    expect(page.get_by_test_id("return-state")).to_contain_text("menunggu pembeli")


def read_answer(live, buyer: Page) -> str:
    buyer.reload()
    expect(buyer.get_by_test_id("money-back")).to_contain_text(format_rp(ONE_RP))
    expect(buyer.get_by_test_id("complaint")).to_contain_text("Maaf, uangnya kami kembalikan.")
    steps.see(live.guest(), buyer.url)
    shown = buyer.get_by_test_id("complaint-code").inner_text()
    return "".join(digit for digit in shown if digit.isdigit())


def give_money_back(live, cast, code: str) -> None:
    page = steps.see(live.of(cast.kasir), "/keluhan?lihat=selesai")
    page.get_by_role("link", name="Keripik Singkong").first.click()
    settle = page.get_by_test_id("settle")
    settle.get_by_test_id("field-pickup_code").fill(code)
    settle.get_by_test_id("submit").click()
    expect(page.get_by_test_id("return-state")).to_contain_text("sudah diambil")
