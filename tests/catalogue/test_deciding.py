"""The cooperative asks for changes field by field, sees what differs, and asks who made it."""

from __future__ import annotations

import pytest

from market.catalogue import queries, queries_decisions, services
from market.core import db
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.notices import queries as notices
from tests.retail import shop

REMARKS = [("photo", "Foto gelap."), ("name", "Tulis rasanya.")]


@pytest.fixture(autouse=True)
def open_transaction(cast, transaction):
    """The cast first, then one open transaction for the whole test."""


@pytest.fixture
def tini(cast, transaction):
    return shop.seller(cast)


@pytest.fixture
def waiting(tini):
    return shop.crisps(tini)


@pytest.fixture
def sold(cast, waiting):
    return services.approve_product(cast.sri, waiting.id, 500)


def change(actor, product, **said):
    facts = {"name": product.name, "price_rp": product.price_rp, "unit_label": product.unit_label}
    return services.update_product(actor, product.id, **{**facts, **said})


def refused_field(act, *args, **kwargs):
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return refusal.value.field


class TestRemarks:
    def test_several_remarks_reach_the_seller_each_at_its_field(self, cast, tini, waiting):
        services.return_product(cast.sri, waiting.id, REMARKS)
        assert waiting.state == "returned"
        (decision,) = queries_decisions.decisions_of(waiting.id)
        assert [(note["field"], note["text"]) for note in decision.notes] == REMARKS
        assert (decision.kind, decision.decided_name, decision.facts["name"]) == (
            "returned",
            cast.sri.name,
            "Keripik Singkong",
        )
        assert notices.inbox(tini)[0].body == "Foto: Foto gelap. Nama produk: Tulis rasanya."
        assert shop.tasks(tini) == [("product_rejected", waiting.id)]

    def test_mended_it_waits_again_and_the_board_sees_only_what_differs(self, cast, tini, sold):
        change(tini, sold, ingredients="singkong, cabai")
        approved = queries_decisions.last_approved(sold.id)
        now = services.snapshot(sold)
        (difference,) = queries_decisions.differences(approved.facts, now)
        assert (difference.field, difference.before, difference.after) == (
            "ingredients",
            "",
            "singkong, cabai",
        )

    @pytest.mark.parametrize("notes", [[], [("name", "  ")], [("commission_bp", "turunkan")]])
    def test_remarks_without_words_or_about_no_field_are_refused(self, cast, waiting, notes):
        assert refused_field(services.return_product, cast.sri, waiting.id, notes) == "reason"
        assert waiting.state == "submitted"

    def test_what_was_read_in_another_version_is_not_decided(self, cast, tini, waiting):
        seen = waiting.version
        change(tini, waiting, name="Keripik Lain")
        with pytest.raises(Conflict):
            services.return_product(cast.sri, waiting.id, REMARKS, version=seen)

    def test_who_may_not_decide_sends_nothing_back(self, cast, tini, waiting):
        for person, error in ((cast.kasir, Forbidden), (cast.wati, NotFound), (tini, Forbidden)):
            with pytest.raises(error):
                services.return_product(person, waiting.id, REMARKS)

    def test_what_is_sold_is_not_sent_back_as_a_whole(self, cast, sold):
        with pytest.raises(IllegalMove):
            services.return_product(cast.sri, sold.id, REMARKS)


class TestAnotherWording:
    def test_it_is_sent_back_and_mended_while_the_old_one_is_sold(self, cast, tini, sold):
        change(tini, sold, name="Keripik Terenak Sedunia")
        services.return_change(cast.sri, sold.id, [("name", "Jangan berlebihan.")])
        assert queries.shelf(cast.makmur.id)[0].name == "Keripik Singkong"
        assert ("product_rejected", sold.id) in shop.tasks(tini)
        change(tini, sold, name="Keripik Singkong Renyah")
        services.approve_change(cast.sri, sold.id)
        assert queries.shelf(cast.makmur.id)[0].name == "Keripik Singkong Renyah"
        assert queries_decisions.open_change(sold.id) is None
        assert [each.kind for each in queries_decisions.decisions_of(sold.id)] == [
            "approved",
            "returned",
            "approved",
        ]

    def test_a_later_wording_takes_the_place_of_the_one_that_waits_and_makes_its_reading_stale(
        self, cast, tini, sold
    ):
        change(tini, sold, name="Satu")
        seen = queries_decisions.open_change(sold.id).version
        change(tini, sold, name="Dua")
        with pytest.raises(Conflict):
            services.approve_change(cast.sri, sold.id, version=seen)
        services.approve_change(cast.sri, sold.id)
        assert sold.name == "Dua"

    def test_the_owner_takes_it_back(self, cast, tini, sold):
        change(tini, sold, name="Satu")
        services.drop_change(tini, sold.id)
        assert refused_field(services.drop_change, tini, sold.id) is None
        assert refused_field(services.approve_change, cast.sri, sold.id) is None
        assert sold.name == "Keripik Singkong"

    def test_other_ingredients_take_all_of_it_off_and_drop_what_waited(self, cast, tini, sold):
        change(tini, sold, name="Satu")
        change(tini, sold, name="Dua", ingredients="kacang")
        assert (sold.state, sold.name) == ("submitted", "Dua")
        assert queries_decisions.open_change(sold.id) is None

    def test_the_neighbour_and_the_seller_do_not_decide_on_it(self, cast, tini, sold):
        change(tini, sold, name="Satu")
        for person, error in ((cast.wati, NotFound), (tini, Forbidden), (cast.kasir, Forbidden)):
            with pytest.raises(error):
                services.approve_change(person, sold.id)
            with pytest.raises(error):
                services.return_change(person, sold.id, REMARKS)


class TestOrigin:
    def test_goods_bought_to_sell_again_are_refused_where_it_is_said(self, tini):
        assert refused_field(shop.crisps, tini, origin="resale") == "origin"

    @pytest.mark.parametrize(
        "name", ["Emas batangan 1 gram", "EMAS Antam", "Token Listrik 50.000", "iPhone bekas"]
    )
    def test_a_gold_bar_is_not_approved_before_somebody_says_what_was_seen(self, cast, tini, name):
        product = shop.crisps(tini, name=name, category="kerajinan")
        assert services.signals(product)
        assert refused_field(services.approve_product, cast.sri, product.id, 0) == "origin_note"
        approved = services.approve_product(
            cast.sri, product.id, 0, origin="member", origin_note="Pengrajin, RT 2"
        )
        assert approved.state == "published"
        decision = queries_decisions.last_approved(product.id)
        assert (decision.origin, decision.origin_note) == ("member", "Pengrajin, RT 2")

    @pytest.mark.parametrize("name", ["Keripik Gemas", "Kue Lemas", "Bumbu Pecel", "Perokokan"])
    def test_a_name_that_only_contains_such_a_word_raises_no_question(self, tini, name):
        assert services.signals(shop.crisps(tini, name=name)) == []

    def test_a_price_of_millions_and_food_outside_its_category_raise_one(self, tini):
        assert services.signals(shop.crisps(tini, price_rp=2_000_001))
        assert services.signals(shop.crisps(tini, ingredients="singkong", category="kerajinan"))
        assert services.signals(shop.crisps(tini, ingredients="singkong", category="camilan")) == []

    def test_an_origin_that_is_none_is_refused(self, cast, waiting):
        assert refused_field(services.approve_product, cast.sri, waiting.id, 0, origin="bulan") == "origin"


class TestVariants:
    @pytest.fixture
    def hot(self, cast, tini, sold):
        hot = shop.crisps(tini, name="Keripik Pedas", variant="Pedas", variant_of_id=sold.id, price_rp=17_000)
        return services.approve_product(cast.sri, hot.id, 500)

    def test_a_list_shows_one_card_and_the_page_all_choices(self, cast, sold, hot):
        assert [item.id for item in queries.shelf(cast.makmur.id)] == [sold.id]
        for product in (sold, hot):
            assert [item.id for item in queries.variants_of(product.id)] == [sold.id, hot.id]

    def test_each_choice_has_its_own_price_and_is_sold_by_itself(self, cast, sold, hot):
        on_sale = queries.products_on_sale(cast.makmur.id, [sold.id, hot.id])
        assert [product.price_rp for product in on_sale] == [15_000, 17_000]

    def test_a_choice_whose_head_is_off_the_shelf_has_its_own_card(self, cast, tini, sold, hot):
        services.withdraw_product(tini, sold.id)
        assert [item.id for item in queries.shelf(cast.makmur.id)] == [hot.id]

    def test_a_choice_needs_a_name_and_no_choices_of_its_own(self, cast, tini, sold, hot):
        assert refused_field(shop.crisps, tini, variant_of_id=sold.id) == "variant"
        with pytest.raises(Refused):
            shop.crisps(tini, variant="Manis", variant_of_id=hot.id)
        with pytest.raises(NotFound):
            shop.crisps(shop.seller(cast, "Warung Lain"), variant="Manis", variant_of_id=sold.id)


class TestFacts:
    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"supply": "order"}, "day_capacity"),
            ({"supply": "order", "day_capacity": 0}, "day_capacity"),
            ({"supply": "bulan"}, "supply"),
            ({"category": "emas"}, "category"),
            ({"ready_days": 0}, "ready_days"),
            ({"lead_days": 61}, "lead_days"),
            ({"batch_pcs": 10_001}, "batch_pcs"),
            ({"shelf_life_days": 3_651}, "shelf_life_days"),
            ({"barcode": "12"}, "barcode"),
            ({"barcode": "ab cd"}, "barcode"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, tini, said, field):
        assert refused_field(shop.crisps, tini, **said) == field

    def test_a_barcode_belongs_to_one_product_of_a_shop(self, tini, waiting):
        shop.crisps(tini, barcode="8991234567890")
        assert refused_field(shop.crisps, tini, barcode="8991234567890") == "barcode"
        assert refused_field(change, tini, waiting, barcode="8991234567890") == "barcode"

    def test_days_and_capacity_count_at_once(self, tini, sold):
        change(tini, sold, supply="order", day_capacity=20, lead_days=1, ready_days=0b0011111)
        db.session.refresh(sold)
        assert (sold.state, sold.day_capacity, sold.ready_days) == ("published", 20, 31)
