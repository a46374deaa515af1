"""Tutik becomes a member by phone: she asks, the board sees her card, she pays, confirms, has hers."""

from __future__ import annotations

from playwright.sync_api import expect

from market.core import clock, db
from market.identity import services as people
from market.members import queries as members
from market.savings import services as savings
from tests import factories
from tests.journeys import steps

NIK = "3578014505804321"


def test_from_the_wish_on_the_phone_to_the_card(live, cast, books_are_true):
    with db.transaction():
        today = clock.today()
        savings.set_rate(cast.hadi, 50_000, "Rapat pendirian, notulen 1", today, today)
        user = factories.user("Tutik", "tutik", phone="6281234567890")
        tutik = people.actor_of(user, None)
    phone = ask(live, cast)
    verify(live, cast, tutik)
    take(live, cast)
    phone.goto("/kartu-anggota")
    phone.get_by_test_id("to-own-receipts").click()
    expect(phone.get_by_test_id("own-receipt")).to_contain_text("Rp50.000")
    steps.fits(phone)
    phone.get_by_test_id("confirm-own").click()
    expect(phone.get_by_test_id("member-card")).to_contain_text("AGT/")
    steps.fits(phone)
    with db.transaction(read_only=True):
        assert members.by_user(cast.makmur.id, tutik.user_id) is not None
    leave(live, cast)
    books_are_true(cast.makmur.id)


def ask(live, cast):
    """At 360 px, with a mistyped NIK first: what was typed stays."""
    page = live.guest()
    page.goto("/masuk")
    page.get_by_test_id("field-login").fill("tutik")
    page.get_by_test_id("field-password").fill(factories.PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    page.wait_for_url(lambda address: "/masuk" not in address)
    steps.see(page, f"/mulai/anggota?koperasi={cast.makmur.slug}")
    page.get_by_test_id("field-nik").fill("12345")
    page.get_by_test_id("field-agreed").check()
    page.get_by_test_id("membership-submit").click()
    expect(page.get_by_test_id("form-errors")).to_be_visible()
    expect(page.get_by_test_id("field-nik")).to_have_value("12345")
    steps.fits(page)
    page.get_by_test_id("field-nik").fill(NIK)
    page.get_by_test_id("field-agreed").check()
    page.get_by_test_id("membership-submit").click()
    expect(page.get_by_test_id("asked")).to_be_visible()
    return page


def verify(live, cast, tutik):
    page = steps.see(live.of(cast.sri), "/hari-ini")
    page.get_by_test_id("task-member_asked").get_by_role("link").first.click()
    expect(page.get_by_test_id("member-state")).to_contain_text("Menunggu jawaban")
    expect(page.get_by_text("35xx********4321")).to_be_visible()
    steps.fits(page)
    page.get_by_test_id("admit").click()
    expect(page.get_by_test_id("member-state")).to_contain_text("Menunggu simpanan pokok")
    steps.fits(page)
    page.get_by_text("Buka NIK utuh").click()
    page.get_by_test_id("reveal-reason").fill("Mencocokkan KTP di gerai")
    page.get_by_test_id("reveal-submit").click()
    expect(page.get_by_test_id("identity")).to_contain_text(NIK)
    steps.fits(page)


def take(live, cast):
    page = steps.see(live.of(cast.kasir), "/hari-ini")
    page.get_by_test_id("task-principal_due").get_by_role("link").first.click()
    steps.fits(page)
    page.get_by_test_id("take-submit").click()
    expect(page.get_by_test_id("receipt-state")).to_contain_text("Menunggu persetujuan anggota")
    steps.fits(page)
    steps.see(page, "/simpanan")


def leave(live, cast):
    """The chair reads who opened the NIK, and the other pages of the register fit a phone."""
    page = live.of(cast.hadi)
    steps.see(page, "/anggota/nik")
    expect(page.get_by_test_id("reveals")).to_contain_text("Mencocokkan KTP di gerai")
    for path in ("/anggota", "/anggota/impor", "/anggota/daftar-nik", "/simpanan/besaran"):
        steps.see(page, path)
