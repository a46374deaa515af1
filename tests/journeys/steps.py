"""What people do on the pages, one step each; the stories put them together."""

from __future__ import annotations

import time
from datetime import timedelta

from playwright.sync_api import Page, expect

from market.core import clock, db
from market.core.permissions import Actor
from market.offers import services as offers
from market.purchasing.models import PurchaseOrder
from market.rounds.models import Assignment
from tests.faults import story
from tests.journeys.conftest import Live, fits

SOLVED_WITHIN_S = 90


def see(page: Page, path: str) -> Page:
    """Open a page as it is, and see that it fits the screen."""
    page.goto(path)
    fits(page)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def state(page: Page, testid: str, word: str) -> None:
    expect(page.get_by_test_id(testid).first).to_contain_text(word)


def post_need(live: Live, who: Actor, amount: str = "2 ton", ceiling: str = "325.000") -> str:
    """Fill in the form of a need; returns the address of its page."""
    page = see(live.of(who), "/kebutuhan/baru?barang=BRS-PRM-25")
    page.get_by_test_id("field-wanted_packs").fill(amount)
    page.get_by_test_id("field-needed_by_on").fill((clock.today() + timedelta(days=10)).isoformat())
    page.get_by_test_id("field-ceiling_rp").fill(ceiling)
    press(page, "Ajukan")
    page.wait_for_url("**/kebutuhan/*")
    state(page, "state", "Menunggu persetujuan")
    return page.url


def approve_need(live: Live, who: Actor, address: str) -> None:
    page = see(live.of(who), address)
    page.get_by_test_id("approve-need").click()
    page.wait_for_load_state()
    state(page, "state", "Terbuka")


def offer(who: Actor, packs: int, price_rp: int, least: int = 0) -> None:
    """A supplier's standing offer for the whole city (its form has tests of its own)."""
    with db.transaction():
        offers.make_offer(
            who,
            pack_id=story.rice(),
            tiers=[(1, price_rp)],
            zones=[("3578", 0, 0)],
            capacity_packs=packs,
            pooled_min_packs=least,
            valid_until_on=clock.today() + timedelta(days=20),
        )


def run_round(live: Live, who: Actor) -> Page:
    """Open a round, close it by hand, wait for the worker's plan, publish it."""
    page = see(live.of(who, wide=True), "/putaran/baru")
    page.get_by_test_id("field-title").fill("Beras minggu ini")
    page.get_by_test_id("field-closes_at").select_option("tomorrow")
    page.get_by_test_id("field-answer_hours").select_option("24")
    press(page, "Buka putaran")
    page.get_by_test_id("close-round").click()
    until(page, "publish")
    fits(page)
    return page


def until(page: Page, testid: str) -> None:
    """Reload until something is there: the worker works beside us."""
    end = time.monotonic() + SOLVED_WITHIN_S
    while not page.get_by_test_id(testid).count():
        assert time.monotonic() < end, f"{testid} never came: {page.locator('main').inner_text()[:500]}"
        time.sleep(0.5)
        page.reload()


def assignment_of(who: Actor, state: str = "offered") -> int:
    with db.transaction(read_only=True):
        found = db.session.query(Assignment.id).filter_by(organization_id=who.organization_id, state=state)
        return int(found.order_by(Assignment.id.desc()).first()[0])


def accept_all(live: Live, who: Actor) -> None:
    page = see(live.of(who), f"/penugasan/{assignment_of(who)}")
    page.get_by_test_id("accept-all").click()
    state(page, "assignment-state", "Disanggupi")


def decline(live: Live, who: Actor, reason: str = "no_stock") -> None:
    page = see(live.of(who), f"/penugasan/{assignment_of(who)}")
    page.get_by_test_id("decline").locator("summary").click()
    page.get_by_test_id("field-decline_reason").select_option(reason)
    page.get_by_test_id("decline-submit").click()
    state(page, "assignment-state", "Ditolak")


def orders_of(buyer: Actor) -> list[int]:
    with db.transaction(read_only=True):
        found = db.session.query(PurchaseOrder.id).filter_by(organization_id=buyer.organization_id)
        return [row.id for row in found.order_by(PurchaseOrder.id)]


def receive(live: Live, who: Actor, order_id: int, accepted: int | None = None, rejected: int = 0) -> None:
    """Count at the door: everything that is open, or fewer with a reason for the rest."""
    page = see(live.of(who), f"/pesanan/{order_id}/terima")
    if accepted is not None:
        page.locator("input[name^=accepted_]").fill(str(accepted))
        page.get_by_test_id("rejected").locator("summary").click()
        page.locator("input[name^=rejected_]").fill(str(rejected))
        page.locator("select[name^=reason_]").select_option("broken")
    page.get_by_test_id("save-receipt").click()
    page.wait_for_url("**/penerimaan/*")  # the page first asks whether there is signal


def bill_and_pay(live: Live, treasurer: Actor, chair: Actor, order_id: int) -> None:
    """The paper agrees with what came; one proposes the payment, another approves it."""
    page = see(live.of(treasurer), f"/pesanan/{order_id}/tagihan")
    page.get_by_test_id("field-reference").fill(f"INV-{order_id}")
    page.get_by_test_id("save-bill").click()
    page.get_by_test_id("propose").first.click()
    page.get_by_test_id("field-account").select_option("1-1200")
    page.get_by_test_id("propose").click()
    page.wait_for_load_state()
    other = see(live.of(chair), "/pembayaran")
    other.get_by_test_id("approve").first.click()
    other.wait_for_load_state()


def wait(true: object, seconds: float = SOLVED_WITHIN_S) -> None:
    """Wait until `true()` is."""
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.3)
