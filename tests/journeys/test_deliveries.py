"""A truck for five cooperatives is three sacks short: shared to the last sack, counted at five doors."""

from __future__ import annotations

import base64

from playwright.sync_api import expect

from market.core import clock, db
from market.core.permissions import Role
from market.ledger import services as ledger
from market.purchasing import queries
from market.purchasing import services as purchasing
from market.purchasing.models import PurchaseOrder
from market.purchasing.services import OrderLine
from tests import factories
from tests.faults import story
from tests.journeys import steps

ORDERED = (12, 9, 7, 7, 5)
SHARED = (11, 8, 7, 6, 5)
"""37 of 40 sacks: 11,1  8,325  6,475  6,475  4,625; the last two sacks go to 4,625 and the first 6,475."""


def on_one_truck(cast) -> list[tuple[int, object]]:
    """Five orders on one truck: (order, who receives it)."""
    made = []
    for number, packs in enumerate(ORDERED):
        if number:
            buyer = factories.cooperative(f"Koperasi Truk {number}")
            who = factories.actor(Role.SECRETARY, buyer, f"Penerima {number}", f"penerima{number}")
            ledger.open_books(factories.SYSTEM, buyer.id)
        else:
            buyer, who = cast.makmur, cast.sri
        order = purchasing.issue_order(
            factories.SYSTEM,
            buyer.id,
            cast.lamongan.id,
            [
                OrderLine("goods", story.rice(), "Beras premium 25 kg", packs, 295_000),
                OrderLine("freight", story.rice(), "Ongkos kirim", packs, 1_500),
            ],
            origin=f"truck:{number}",
            terms="cod",
            delivery_on=clock.today(),
            place_code=buyer.place_code,
        )
        made.append((order.id, who))
    return made


def test_a_short_truck_is_shared_over_five_cooperatives_to_the_last_sack(live, cast, books_are_true):
    with db.transaction():
        orders = on_one_truck(cast)
    page = steps.see(live.of(cast.joko), "/pesanan/kirim")
    expect(page.get_by_test_id("load")).to_contain_text("40 sak untuk 5 pesanan")
    page.get_by_test_id("short").click()
    page.get_by_test_id("field-loaded_packs").fill("37")
    page.get_by_test_id("field-reason").fill("tiga sak basah")
    page.get_by_test_id("share").click()
    expect(page.get_by_test_id("loaded")).to_contain_text("37 dari 40 sak")
    rows = page.get_by_test_id("shares").locator("tbody tr")
    expect(rows).to_have_count(len(SHARED))
    assert [int(row.locator("td").last.inner_text()) for row in rows.all()] == list(SHARED)
    for (order_id, who), packs in zip(orders, SHARED, strict=True):
        door = steps.see(live.of(who), f"/pesanan/{order_id}/terima")
        expect(door.locator("input[name^=accepted_]")).to_have_value(str(packs))
        door.get_by_test_id("save-receipt").click()
        door.wait_for_url("**/penerimaan/*")
    with db.transaction(read_only=True):
        lines = [queries.goods_lines(order_id)[0] for order_id, _who in orders]
        buyers = [queries.order(order_id).organization_id for order_id, _who in orders]
    assert [(line.received_packs, line.open_packs) for line in lines] == [(packs, 0) for packs in SHARED]
    assert sum(line.received_packs for line in lines) == 37
    books_are_true(*buyers)


def test_the_driver_signs_with_a_finger_and_the_buyer_scans_the_stop(live, cast, books_are_true):
    with db.transaction():
        order_id = story.order(cast)
        db.session.get_one(PurchaseOrder, order_id).delivery_on = clock.today()
    page = steps.see(live.of(cast.joko), "/pesanan/kirim")
    expect(page.get_by_test_id("qr")).to_be_visible()
    door = steps.see(live.of(cast.kasir), "/penerimaan")
    door.get_by_test_id("arrival").get_by_role("link", name="Terima barang").click()
    door.get_by_test_id("weigh").locator("summary").click()
    door.locator("input[name^=weights_]").fill("24,9 25,1 24,8")
    expect(door.locator("[data-verdict]")).to_contain_text("Semua di atas batas")
    door.get_by_test_id("field-driver_name").fill("Pak Tono")
    pad = door.get_by_test_id("sign-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    door.mouse.move(box["x"] + 20, box["y"] + 60)
    door.mouse.down()
    door.mouse.move(box["x"] + 120, box["y"] + 20, steps=5)
    door.mouse.up()
    drawn = door.locator("input[name=signature]").input_value()
    assert base64.b64decode(drawn.split(",")[1]).startswith(b"\x89PNG")
    door.get_by_test_id("save-receipt").click()
    expect(door.get_by_test_id("signed")).to_contain_text("Pak Tono")
    expect(door.get_by_test_id("verdict")).to_contain_text("3 ditimbang")
    signature = door.get_by_test_id("signature").element_handle()
    door.wait_for_function("img => img.complete && img.naturalWidth > 0", arg=signature)
    steps.fits(door)
    books_are_true(cast.makmur.id)


def test_a_receipt_typed_without_signal_is_sent_once_when_it_is_back(live, cast, books_are_true):
    with db.transaction():
        order_id = story.order(cast)
    door = steps.see(live.of(cast.kasir), f"/pesanan/{order_id}/terima")
    door.locator("input[name^=accepted_]").fill("46")
    door.get_by_test_id("rejected").locator("summary").click()
    door.locator("input[name^=rejected_]").fill("2")
    door.locator("select[name^=reason_]").select_option("broken")
    door.context.set_offline(True)
    door.get_by_test_id("save-receipt").click()
    expect(door.get_by_test_id("kept")).to_contain_text("tersimpan di HP ini")
    expect(door.get_by_test_id("outbox")).to_contain_text("Menunggu sinyal untuk dikirim: 1")
    steps.fits(door)
    assert receipts_of(order_id) == 0
    kept = door.evaluate(OUTBOX)
    door.context.set_offline(False)
    expect(door.get_by_test_id("outbox")).to_contain_text("terkirim")
    assert receipts_of(order_id) == 1
    door.evaluate(PUT_BACK, kept)
    door.reload()
    expect(door.get_by_test_id("outbox")).to_contain_text("terkirim")
    assert receipts_of(order_id) == 1, "the answer was lost once: sent again, booked once"
    door.get_by_test_id("outbox").get_by_role("link", name="Lihat").click()
    expect(door.get_by_test_id("counted")).to_contain_text("46")
    with db.transaction(read_only=True):
        assert [claim.packs for claim in queries.claims_of(order_id)] == [2]
    books_are_true(cast.makmur.id)


def test_what_waits_is_sent_by_its_own_person_and_a_refusal_is_said(live, cast):
    with db.transaction():
        order_id = story.order(cast)
    door = steps.see(live.of(cast.kasir), f"/pesanan/{order_id}/terima")
    # Asks that get lost, not an emulated "offline": a page that is left loses the emulation first, is told
    # "online" and sends what it keeps, once in sixty times.
    live.pages.watch.allow("ERR_INTERNET_DISCONNECTED")
    door.context.route("**/*", lambda asked: asked.abort("internetdisconnected"))
    door.get_by_test_id("save-receipt").click()
    expect(door.get_by_test_id("kept")).to_be_visible()
    cookies = door.context.cookies()
    door.context.clear_cookies()
    # Closed: an open page would ask, and change the cookie, while Sri signs in.
    door.goto("about:blank")
    door.context.unroute("**/*")
    sign_in(door, "sri")
    steps.see(door, "/penerimaan")
    expect(door.get_by_test_id("outbox")).to_be_hidden()
    assert receipts_of(order_id) == 0, "the phone went to another hand"
    with db.transaction():
        line = queries.goods_lines(order_id)[0]
        purchasing.receive_goods(cast.sri, order_id, [purchasing.ReceiptLine(line.id, 40)])
    door.context.clear_cookies()
    door.context.add_cookies(cookies)
    steps.see(door, "/penerimaan")
    expect(door.get_by_test_id("waiting-item")).to_contain_text("Paling banyak 8")
    assert receipts_of(order_id) == 1
    door.get_by_test_id("waiting-item").get_by_role("button", name="Buang").click()
    expect(door.get_by_test_id("outbox")).to_be_hidden()


def sign_in(page, login: str) -> None:
    page.goto("/masuk")
    page.get_by_test_id("field-login").fill(login)
    page.get_by_test_id("field-password").fill(factories.PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    page.wait_for_url("**/hari-ini")


def test_the_form_is_sent_as_always_where_no_script_runs(live, cast, open_page):
    with db.transaction():
        order_id = story.order(cast)
    page = open_page(live.url, scripts=False)
    sign_in(page, "sri")
    page.goto(f"/pesanan/{order_id}/terima")
    page.get_by_test_id("field-driver_name").fill("Pak Tono")
    page.get_by_test_id("save-receipt").click()
    expect(page.get_by_test_id("signed")).to_contain_text("Pak Tono")
    assert receipts_of(order_id) == 1


OUTBOX = """() => new Promise(done => {
    indexedDB.open("lumbung", 1).onsuccess = opened => {
        const all = opened.target.result.transaction("outbox").objectStore("outbox").getAll();
        all.onsuccess = () => done(all.result.map(item => ({
            ...item, fields: item.fields.filter(field => typeof field[1] === "string"),
            files: item.fields.filter(field => typeof field[1] !== "string").map(field => field[0]),
        })));
    };
})"""
"""What the phone keeps, as something that can be handed over; files by name, for none was chosen."""
PUT_BACK = """kept => new Promise(done => {
    indexedDB.open("lumbung", 1).onsuccess = opened => {
        const write = opened.target.result.transaction("outbox", "readwrite");
        for (const item of kept) {
            for (const name of item.files) item.fields.push([name, new File([], "")]);
            write.objectStore("outbox").put(item);
        }
        write.oncomplete = done;
    };
})"""


def receipts_of(order_id: int) -> int:
    with db.transaction(read_only=True):
        return len(queries.receipts_of(order_id))
