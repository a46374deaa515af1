"""Two tons of rice: from what Sri types to what the office sees, through everybody's own pages."""

from __future__ import annotations

from playwright.sync_api import expect

from market.core import db
from market.needs.models import Need
from market.purchasing.models import PurchaseOrder
from market.rounds.models import Assignment, RoundPlan
from tests.journeys import steps


def test_two_tons_of_rice_from_form_to_board(live, cast, books_are_true):
    address = steps.post_need(live, cast.sri)
    steps.approve_need(live, cast.budi, address)
    steps.offer(cast.joko, 48, 295_000)
    steps.offer(cast.nur, 60, 302_500, least=20)
    page = steps.run_round(live, cast.ratna)
    expect(page.get_by_test_id("certificate")).to_contain_text("Rp23.840.000")
    page.get_by_test_id("publish").click()
    steps.state(page, "round-state", "Terbit")
    steps.accept_all(live, cast.joko)
    steps.accept_all(live, cast.nur)
    lamongan, ngawi = steps.orders_of(cast.sri)
    for order_id in (lamongan, ngawi):
        steps.receive(live, cast.kasir, order_id)
        steps.bill_and_pay(live, cast.budi, cast.hadi, order_id)
        assert order_state(order_id) == "closed"
    steps.until(live.of(cast.sri), "state")
    wait_for_need(live, cast, address)
    board = steps.see(live.of(cast.ratna, wide=True), "/papan/")
    row = board.get_by_test_id("board-rows").locator("tr", has_text="Ngagelrejo")
    expect(row).to_contain_text("Nyala")
    expect(row).to_contain_text("Rp23.840.000")
    home = steps.see(live.of(cast.budi), "/hari-ini")
    expect(home.get_by_test_id("bank")).to_contain_text("Rp26.160.000")
    books_are_true(cast.makmur.id)


def order_state(order_id: int) -> str:
    with db.transaction(read_only=True):
        return db.session.get_one(PurchaseOrder, order_id).state


def wait_for_need(live, cast, address: str) -> None:
    page = live.of(cast.sri)
    page.goto(address)
    expect(page.get_by_test_id("state").first).to_contain_text("Terpenuhi")
    with db.transaction(read_only=True):
        need = db.session.query(Need).one()
        assert (need.matched_packs, need.wanted_packs) == (80, 80), "fill rate 100 %"


def test_what_one_supplier_declines_is_matched_again(live, cast, books_are_true):
    steps.approve_need(live, cast.budi, steps.post_need(live, cast.sri))
    steps.offer(cast.joko, 48, 295_000)
    steps.offer(cast.nur, 60, 302_500)
    page = steps.run_round(live, cast.ratna)
    page.get_by_test_id("publish").click()
    steps.state(page, "round-state", "Terbit")
    steps.accept_all(live, cast.nur)
    steps.decline(live, cast.joko)
    wait_for_attempt(2)
    steps.accept_all(live, cast.nur)
    with db.transaction(read_only=True):
        states = [a.state for a in db.session.query(Assignment).order_by(Assignment.id)]
        need = db.session.query(Need).filter(Need.carried_from_id.is_(None)).one()
        rest = db.session.query(Need).filter(Need.carried_from_id.is_not(None)).one()
    assert sorted(states) == ["accepted", "accepted", "declined"]
    assert need.matched_packs == 60, "all that the other supplier has"
    assert (rest.wanted_packs, rest.state) == (20, "open"), "the rest waits for the next round"
    page.reload()
    steps.state(page, "round-state", "Selesai")
    books_are_true(cast.makmur.id)


def wait_for_attempt(attempt: int) -> None:
    def there() -> bool:
        with db.transaction(read_only=True):
            return bool(db.session.query(RoundPlan).filter_by(attempt=attempt).count())

    steps.wait(there)


def test_a_short_delivery_is_counted_claimed_and_paid_as_it_came(live, cast, books_are_true):
    with db.transaction():
        order_id = steps.story.order(cast)
    steps.receive(live, cast.kasir, order_id, accepted=46, rejected=2)
    page = steps.see(live.of(cast.budi), f"/pesanan/{order_id}")
    expect(page.get_by_test_id("claim")).to_contain_text("2")
    page.get_by_test_id("cancel-rest").click()
    page.get_by_label("Alasan").fill("Pemasok tidak punya gantinya")
    page.get_by_test_id("cancel").click()
    page.wait_for_load_state()
    steps.bill_and_pay(live, cast.budi, cast.hadi, order_id)
    home = steps.see(live.of(cast.budi), "/hari-ini")
    paid = 46 * (295_000 + 1_500) + 100_000
    expect(home.get_by_test_id("bank")).to_contain_text(f"Rp{50_000_000 - paid:,}".replace(",", "."))
    books_are_true(cast.makmur.id)
