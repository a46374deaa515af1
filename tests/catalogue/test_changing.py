"""What changes on the shelf: prices at once, wording after a look, substance not before it."""

from __future__ import annotations

import pytest

from market.catalogue import queries, services
from market.core.errors import Conflict, NotFound
from market.notices import queries as notices
from tests.retail import shop


@pytest.fixture(autouse=True)
def open_transaction(cast, transaction):
    """The cast first, then one open transaction for the whole test."""


@pytest.fixture
def tini(cast, transaction):
    return shop.seller(cast)


@pytest.fixture
def waiting(tini):
    return shop.crisps(tini)


class TestChanging:
    @pytest.fixture
    def sold(self, cast, waiting):
        return services.approve_product(cast.sri, waiting.id, 500)

    @staticmethod
    def change(actor, product, **changes):
        facts = {"name": product.name, "price_rp": product.price_rp, "unit_label": product.unit_label}
        facts["net_weight_g"] = product.net_weight_g
        return services.update_product(actor, product.id, **{**facts, **changes})

    def test_another_price_alone_keeps_the_product_on_the_shelf(self, tini, sold):
        assert self.change(tini, sold, price_rp=17_500).state == "published"
        assert sold.price_rp == 17_500

    @pytest.mark.parametrize(
        "change", [{"ingredients": "kacang"}, {"halal": "certified"}, {"net_weight_g": 200}]
    )
    def test_what_health_and_law_hang_on_is_off_the_shelf_until_it_is_read_again(
        self, cast, tini, sold, change
    ):
        assert self.change(tini, sold, **change).state == "submitted"
        assert queries.shelf(cast.makmur.id) == []

    @pytest.mark.parametrize("change", [{"name": "Ganja"}, {"description": "Menyembuhkan kanker"}])
    def test_another_wording_waits_while_the_approved_one_is_sold(self, cast, tini, sold, change):
        (field,) = change
        approved = getattr(sold, field)
        assert self.change(tini, sold, **change).state == "published"
        assert getattr(queries.shelf(cast.makmur.id)[0], field) == approved
        assert shop.tasks(cast.sri) == [("product_changed", sold.id)]
        services.approve_change(cast.sri, sold.id)
        assert getattr(queries.shelf(cast.makmur.id)[0], field) == change[field]

    def test_a_new_photo_is_read_first_and_no_photo_keeps_the_old(self, cast, tini, sold):
        assert self.change(tini, sold, photo=shop.photo()).photo is None
        services.approve_change(cast.sri, sold.id)
        name = sold.photo
        assert name is not None
        assert self.change(tini, sold).photo == name

    def test_somebody_elses_product_is_not_there(self, cast, sold):
        other = shop.seller(cast, "Rempeyek Pak Man")
        for person in (other, cast.sri):
            with pytest.raises(NotFound):
                self.change(person, sold, price_rp=1)
            with pytest.raises(NotFound):
                services.submit_again(person, sold.id)

    def test_a_stale_page_changes_nothing(self, tini, sold):
        seen = sold.version
        self.change(tini, sold, price_rp=16_000)
        with pytest.raises(Conflict):
            self.change(tini, sold, price_rp=1_000, version=seen)
        assert sold.price_rp == 16_000

    def test_owner_and_shop_may_take_it_off_and_only_the_owner_asks_again(self, cast, tini, sold):
        services.withdraw_product(cast.sri, sold.id, "rasa berubah")
        assert notices.inbox(tini)[0].kind == "product_withdrawn"
        assert services.submit_again(tini, sold.id).state == "submitted"
        services.approve_product(cast.sri, sold.id, 500)
        assert services.withdraw_product(tini, sold.id).state == "withdrawn"
