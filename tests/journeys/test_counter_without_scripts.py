"""The counter on an old laptop without scripts: goods, a member's card, cash, a receipt."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from market.catalogue import services as catalogue
from market.core import db
from market.counter.models import Sale
from market.members.models import Member
from tests import factories
from tests.counter.shop import FLOAT, stock_pack
from tests.counter.shop import services as counter
from tests.journeys import steps
from tests.journeys.conftest import login_of

SUGAR_RP, MEMBER_RP = 17_000, 16_000


@pytest.fixture
def member(cast) -> Member:
    """Bu Endang, a member; sugar lies on the shelf with a price for members, the shift is open."""
    with db.transaction():
        pack_id = stock_pack(cast, "GULA-1", 20, 15_000)
        catalogue.sell_pack(cast.sri, pack_id, SUGAR_RP, MEMBER_RP)
        counter.open_shift(cast.kasir, "1", FLOAT)
        return factories.member(cast.hadi, "Bu Endang", "081234567801")


def without_scripts(live, actor) -> Page:
    page = live.pages(live.url, wide=True, scripts=False)
    page.goto("/masuk")
    page.get_by_test_id("field-login").fill(login_of(actor))
    page.get_by_test_id("field-password").fill(factories.PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    page.wait_for_url("**/hari-ini")
    return page


def test_a_member_shows_her_card_and_pays_cash(live, cast, member, books_are_true):
    page = without_scripts(live, cast.kasir)
    for _each in range(2):
        page.goto("/kasir")
        page.get_by_test_id("good").filter(has_text="Gula").click()
    page.goto("/kasir")
    page.get_by_test_id("to-basket").click()
    page.get_by_test_id("field-card").fill("KARTU-YANG-TIDAK-ADA")
    page.get_by_test_id("use-card").click()
    expect(page.get_by_test_id("form-errors")).to_be_visible()
    page.get_by_test_id("field-card").fill(member.card_token)  # what a scanner reads from her card
    page.get_by_test_id("use-card").click()
    expect(page.get_by_test_id("member")).to_contain_text("Bu Endang")
    form = page.get_by_test_id("cash-form")
    form.get_by_test_id("field-given_rp").fill("50.000")
    form.get_by_test_id("pay-cash").click()
    receipt = page.get_by_test_id("receipt")
    expect(receipt).to_contain_text("Rp32.000")
    expect(receipt).to_contain_text("Rp18.000")
    expect(receipt).to_contain_text(member.number or "")
    with db.transaction(read_only=True):
        sale = db.session.query(Sale).filter_by(organization_id=cast.makmur.id).one()
        assert (sale.state, sale.member_id, sale.total_rp) == ("done", member.id, 2 * MEMBER_RP)
    books_are_true(cast.makmur.id)
    steps.see(page, "/kasir")
