"""The pages of a seller's profile, for herself, for her shop and for buyers."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from market.catalogue import services as catalogue
from market.core import db
from market.identity.models import Organization
from tests.retail import shop as shops

WEEKDAYS = 0b0011111


@pytest.fixture
def rina(cast):
    """Rina, who sells in the cooperative's shop, from Monday to Friday."""
    shops.open_shop(cast)
    with db.transaction():
        rina = shops.seller(cast, "Kue Kering Bu Rina", login="rina")
        db.session.get_one(Organization, rina.organization_id).open_days = WEEKDAYS
        return rina


def test_days_that_are_not_all_are_named_on_every_page_of_a_seller(browsers, cast, rina):
    own, board = browsers(rina), browsers(cast.hadi)
    pages = [own.get("/profil-usaha"), own.get(f"/toko/{cast.makmur.slug}/penjual/{rina.organization_id}")]
    pages.append(board.get(f"/penjual/{rina.organization_id}"))
    for page in pages:
        words = page.get_data(as_text=True)
        assert page.status_code == 200, words[-500:]
        assert "Sen, Sel, Rab, Kam, Jum" in words


@pytest.mark.parametrize("typed", ["²", "٣", "-1", "9" * 30, "x"])
def test_a_version_that_is_no_number_is_a_stale_page_not_a_fault(browsers, cast, rina, typed):
    answer = browsers(cast.hadi).post(f"/penjual/{rina.organization_id}/persetujuan", {"version": typed})
    assert answer.status_code < 500


def said_to_messengers(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="(og:[a-z]+)" content="([^"]*)"', page))


def test_a_link_to_a_seller_shows_who_she_is_and_what_she_sells(client, cast, rina):
    path = f"/toko/{cast.makmur.slug}/penjual/{rina.organization_id}"
    with db.transaction():
        nastar = shops.crisps(rina, name="Nastar")
        catalogue.approve_product(cast.sri, nastar.id, 500)
    said = said_to_messengers(client.get(path).get_data(as_text=True))
    assert said["og:title"] == "Kue Kering Bu Rina" and said["og:url"].endswith(path)
    assert "Nastar" in said["og:description"]
    assert said["og:image"].startswith("http")
    with client.get(urlsplit(said["og:image"]).path) as picture:
        assert picture.status_code == 200 and picture.mimetype == "image/jpeg"
