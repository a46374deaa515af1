"""Two residents pre-order rice: it becomes the cooperative's need, comes, is shared and collected by code."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from market.catalogue import services as catalogue
from market.commodities import queries as commodities
from market.core import clock, db
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.stock import services as stock
from tests.faults import story
from tests.journeys import steps
from tests.journeys.conftest import fits

PRICE_RP, SACK_RP = 70_000, 300_000


def test_two_residents_preorder_rice_and_collect_it(live, cast, books_are_true):
    board = opened(live, cast)
    address = str(board.url)
    public = board.get_by_test_id("public-page").get_attribute("href").partition("/toko/")[2]
    tini = ordered(live.guest(), f"/toko/{public}", "Bu Tini", "081234567890", 3, 5)
    slamet = ordered(live.guest(), f"/toko/{public}", "Pak Slamet", "081234567891", 4, 4)
    expect(slamet.get_by_test_id("asked")).to_contain_text("7 kemasan dari 2 keluarga")
    slamet.get_by_test_id("field-wanted").fill("2")
    slamet.get_by_test_id("change").click()
    expect(slamet.get_by_test_id("asked")).to_contain_text("5 kemasan dari 2 keluarga")
    needed(live, cast, address)
    goods_come(cast)
    counter = steps.see(live.of(cast.kasir), address)
    expect(counter.get_by_test_id("field-units")).to_have_value("5")
    counter.get_by_test_id("share").click()
    steps.state(counter, "preorder-state", "Siap diambil")
    fits(counter)
    for resident, name in ((tini, "Bu Tini"), (slamet, "Pak Slamet")):
        collected(counter, address, resident, name)
    books_are_true(cast.makmur.id)


def opened(live, cast) -> Page:
    """Sri opens the pre-order for packs of 5 kg."""
    page = steps.see(live.of(cast.sri), "/pra-pesan")
    page.get_by_test_id("new-preorder").click()
    with db.transaction(read_only=True):
        pack_id = commodities.pack_by_code("BRS-PRM-5").id
    page.get_by_test_id("field-pack_id").select_option(str(pack_id))
    page.get_by_test_id("field-price_rp").fill("70.000")
    fits(page)
    page.get_by_test_id("save-preorder").click()
    steps.state(page, "preorder-state", "Terbuka")
    return page


def ordered(page: Page, address: str, name: str, phone: str, wanted: int, most: int) -> Page:
    """A resident orders on the shared page; the page that is left open is the own one."""
    steps.see(page, address)
    page.get_by_test_id("field-wanted").fill(str(wanted))
    page.get_by_test_id("field-at_most").fill(str(most))
    page.get_by_test_id("field-buyer_name").fill(name)
    page.get_by_test_id("field-phone").fill(phone)
    page.get_by_test_id("ask").click()
    page.wait_for_url("**/pra-pesan-saya/*")
    steps.state(page, "wish-state", "Diminta")
    fits(page)
    return page


def needed(live, cast, address: str) -> None:
    """Sri closes it; its sum is a draft need, which she hands in and Budi approves."""
    page = steps.see(live.of(cast.sri), address)
    page.locator("summary", has_text="Tutup sekarang").click()
    page.get_by_test_id("close").click()
    page.wait_for_url("**/kebutuhan/*")
    steps.state(page, "state", "Konsep")
    expect(page.get_by_test_id("who-ordered")).to_contain_text("5 kemasan")
    page.get_by_test_id("submit-need").click()
    steps.state(page, "state", "Menunggu persetujuan")
    steps.approve_need(live, cast.budi, str(page.url))


def goods_come(cast) -> None:
    """One sack on the shelf (how it is bought is the rice story), and packs of 5 kg have their price."""
    with db.transaction():
        item = stock.item_for_pack(cast.makmur.id, story.rice())
        stock.move_in(SYSTEM, cast.makmur.id, item.id, item.pack_base, SACK_RP, "opening:beras", "opening")
        lines = [debit(chart.INVENTORY, SACK_RP), credit(chart.GRANTS, SACK_RP)]
        ledger.post(SYSTEM, cast.makmur.id, EntryDraft("opening:beras", clock.today(), "Beras", lines))
        catalogue.sell_pack(cast.sri, commodities.pack_by_code("BRS-PRM-5").id, 68_000)


def collected(counter: Page, address: str, resident: Page, name: str) -> None:
    """The resident shows the code of the order; the counter hands over."""
    resident.reload()
    steps.state(resident, "wish-state", "Siap diambil")
    resident.get_by_test_id("to-order").click()
    resident.wait_for_url("**/pesanan-saya/*")
    shown = resident.get_by_test_id("pickup-code")
    expect(shown).to_be_visible()
    code = "".join(digit for digit in shown.inner_text() if digit.isdigit())
    steps.see(counter, address)
    counter.get_by_role("link", name=name).click()
    counter.wait_for_url("**/penjualan/*")
    counter.get_by_test_id("field-pickup_code").fill(code)
    counter.get_by_test_id("hand-over").get_by_role("button").click()
    expect(counter.locator("main")).to_contain_text("diserahkan dan dibukukan")
    resident.reload()
    steps.state(resident, "order-state", "Sudah diambil")
    expect(resident.get_by_test_id("to-review")).to_be_visible()
