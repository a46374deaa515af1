"""Finding goods over shops: by name, seller and ingredient, in any spelling; filtered, in turn, paged."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import event, select, text

from market import verify
from market.catalogue import queries_finding as finding
from market.catalogue import services, spelling
from market.catalogue.models import Product
from market.catalogue.models_finding import Listing, SearchNear
from market.catalogue.queries_finding import Wanted
from market.core import db
from market.identity.models import Organization
from tests import factories
from tests.retail import shop as shops


@pytest.fixture
def shop(cast):
    return shops.open_shop(cast)


LATER = ("category", "supply", "day_capacity", "variant_of_id", "variant")


def offer(cast, seller, name, **details):
    """A published product of a seller; what the form does not ask is set behind it."""
    later = {key: details.pop(key) for key in LATER if key in details}
    left = details.pop("left", 0)
    product = shops.crisps(seller, name=name, **details)
    for key, value in later.items():
        setattr(product, key, value)
    db.session.flush()
    services.approve_product(cast.sri, product.id, 1_000, origin_note="dilihat di dapurnya")
    if left:
        services.receive_consignment(cast.kasir, product.id, left)
    return product


def names(words="", after="", size=24, **filters) -> list[str]:
    question = finding.corrected(spelling.question(words))
    return [card.name for card in finding.find(Wanted(question=question, **filters), after, size).cards]


@pytest.mark.parametrize(
    "words",
    [
        *(
            "keripik",
            "kripik",
            "Kripikk",
            "keripi",
            "kerpik",
            "singkong",
            "telo",
            "tini",
            "camilan",
            "sumber",
        ),
        *("ngagelrejo", "kripik singkong", "SINGKONG bu tini"),
    ],
)
def test_crisps_are_found_in_any_spelling_and_by_who_makes_them(shop, words):
    with db.transaction():
        db.session.get_one(Product, shop.crisps.id).category = "camilan"
    with db.transaction(read_only=True):
        assert "Keripik Singkong" in names(words)


@pytest.mark.parametrize("words", ["sembako", "bras", "rice", "beras premiun"])
def test_rice_is_found_by_what_people_call_it(shop, words):
    with db.transaction(read_only=True):
        assert names(words) == ["Beras premium"]


@pytest.mark.parametrize("words", ["helikopter", "singkong beras", "kripik helikopter"])
def test_what_nobody_sells_is_not_found(shop, words):
    with db.transaction(read_only=True):
        assert names(words) == []


ODD = [
    *("'", '"', "%", "*", "kripik*", '"kripik', "kripik OR 1=1 --", "NEAR(kripik)", "a AND (", "{name}:x"),
    *("\\", "kripik & !x", "x" * 400, "kripik:A", "()", "😀", "🍘 kripik"),
]


@pytest.mark.parametrize("words", ODD)
def test_syntax_nonsense_and_emoji_are_harmless(shop, words):
    with db.transaction(read_only=True):
        assert set(names(words)) <= {"Keripik Singkong", "Beras premium"}


def test_an_ingredient_finds_and_a_name_comes_before_it(cast, shop):
    with db.transaction():
        offer(cast, shop.tini, "Rempeyek", ingredients="tepung beras, kacang, udang rebon")
        offer(cast, shop.tini, "Kerupuk Udang")
    with db.transaction(read_only=True):
        assert names("udang") == ["Kerupuk Udang", "Rempeyek"]


def test_a_changed_text_is_found_at_once_and_the_old_one_no_more(cast, shop):
    with db.transaction():
        db.session.get_one(Product, shop.crisps.id).name = "Emping Melinjo"
    with db.transaction(read_only=True):
        assert names("emping") == ["Emping Melinjo"]
        assert names("singkong") == []


def test_a_change_that_is_rolled_back_leaves_the_index_as_it_was(shop):
    with pytest.raises(RuntimeError), db.transaction():
        db.session.get_one(Product, shop.crisps.id).name = "Emping Melinjo"
        db.session.flush()
        raise RuntimeError
    with db.transaction(read_only=True):
        assert names("emping") == []
        assert names("singkong") == ["Keripik Singkong"]


def test_a_renamed_seller_is_found_by_the_new_name(shop):
    with db.transaction():
        db.session.get_one(Organization, shop.seller.id).name = "Dapur Melati"
    with db.transaction(read_only=True):
        assert names("melati") == ["Keripik Singkong"]
        assert names("tini") == []


def test_withdrawn_goods_and_closed_shops_are_not_found(cast, shop):
    with db.transaction():
        services.withdraw_product(cast.sri, shop.crisps.id)
    with db.transaction(read_only=True):
        assert names("kripik") == []
    with db.transaction():
        db.session.get_one(Organization, shop.seller.id).active = False
    with db.transaction(read_only=True):
        assert names() == ["Beras premium"]


FILTERS = [
    ({"category": "minuman"}, {"Es Kelapa"}),
    ({"halal": True}, {"Tahu Isi"}),
    ({"ready": True}, {"Keripik Singkong", "Beras premium", "Tahu Isi"}),
    ({"to_order": True}, {"Es Kelapa"}),
    ({"least_rp": 20_000}, {"Es Kelapa", "Beras premium"}),
    ({"most_rp": 9_000}, {"Tahu Isi"}),
    ({"least_rp": 9_000, "most_rp": 16_000}, {"Keripik Singkong"}),
    ({"most_rp": 9_000, "to_order": True}, set()),
    ({"stocked": True}, {"Keripik Singkong", "Beras premium", "Tahu Isi", "Es Kelapa"}),
]


@pytest.fixture
def full(cast, shop):
    with db.transaction():
        offer(
            cast, shop.tini, "Es Kelapa", price_rp=25_000, category="minuman", supply="order", day_capacity=5
        )
        offer(cast, shop.tini, "Tahu Isi", price_rp=8_000, halal="certified", left=3)
        offer(cast, shop.tini, "Habis Terus", price_rp=30_000)
    return shop


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_a_filter_leaves_what_it_says(full, filters, expected):
    with db.transaction(read_only=True):
        assert set(names(**filters)) - {"Habis Terus"} == expected


def test_goods_are_filtered_by_pickup_point(cast, full):
    with db.transaction(read_only=True):
        assert names(shops=(cast.tetangga.id,)) == []
        assert len(names(shops=(cast.tetangga.id, cast.makmur.id))) == 5


def test_prices_sort_up_and_down(full):
    with db.transaction(read_only=True):
        cheap = names(sort="cheap")
        assert cheap[0] == "Tahu Isi"
        assert names(sort="dear") == cheap[::-1]


@pytest.mark.parametrize(
    "filters", [{}, {"sort": "cheap"}, {"sort": "dear"}, {"new_first": True}, {"words": "tini"}]
)
def test_page_by_page_every_product_comes_once(full, filters):
    words = filters.pop("words", "") if "words" in filters else ""
    wanted = Wanted(question=spelling.question(words), **filters)
    with db.transaction(read_only=True):
        whole = [card.id for card in finding.find(wanted).cards]
        seen, after = [], ""
        while after is not None:
            page = finding.find(wanted, after, size=2)
            seen += [card.id for card in page.cards]
            after = page.after
    assert seen == whole
    assert len(whole) == len(set(whole)) > 2


@pytest.mark.parametrize("after", ["x", "1", "1-2-3-4", "-", "1-x", "9" * 30 + "-1", "-1--1", "١-٢"])
def test_a_key_that_is_none_begins_anew(full, after):
    with db.transaction(read_only=True):
        assert names(after=after) == names()


def test_variants_are_one_card_with_choices(cast, shop):
    with db.transaction():
        choice = {"variant_of_id": shop.crisps.id, "variant": "Pedas level 5"}
        spicy = offer(cast, shop.tini, "Keripik Singkong", price_rp=12_000, **choice)
    with db.transaction(read_only=True):
        found = {card.id: card for card in finding.find(Wanted()).cards}
        assert spicy.id not in found
        assert (found[shop.crisps.id].choices, found[shop.crisps.id].from_rp) == (1, 12_000)
        assert names("pedas") == ["Keripik Singkong"], "a variant's words find its card"
        both = [item.id for item in finding.family(shop.makmur.id, spicy.id)[0]]
        assert both == [shop.crisps.id, spicy.id]
        assert finding.family(999_999, spicy.id) == ([], [])
    with db.transaction():
        services.withdraw_product(cast.sri, shop.crisps.id)
    with db.transaction(read_only=True):
        assert spicy.id in {card.id for card in finding.find(Wanted()).cards}, "it stands for itself now"
        assert finding.family(shop.makmur.id, shop.crisps.id) == ([], [])


def selects(act) -> int:
    asked: list[str] = []
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(db.engine(), "before_cursor_execute", listener)
    try:
        act()
    finally:
        event.remove(db.engine(), "before_cursor_execute", listener)
    return sum(1 for said in asked if re.match(r"\s*(SELECT (?!set_config)|WITH)", said))


def test_a_list_is_one_statement_and_a_search_two(full):
    with db.transaction(read_only=True):
        assert selects(lambda: finding.find(Wanted(halal=True, sort="cheap"))) == 1
        assert selects(lambda: names("kripik")) == 2
        assert selects(finding.pickup_points) == 1


# --- the index tells the truth -----------------------------------------------------------------------


def broken() -> bool:
    with db.transaction(read_only=True):
        (result,) = verify.run(["I34"])
        return not result.ok


def test_the_index_says_what_the_products_say(full):
    assert not broken()


PLANTED = [
    "DELETE FROM listing WHERE product_id = {id}",
    "UPDATE listing SET name_words = 'mping' WHERE product_id = {id}",
    "UPDATE product SET name = 'Emping' WHERE id = {id}",
    "UPDATE listing SET cooperative_id = {other} WHERE product_id = {id}",
]


@pytest.mark.parametrize("lie", PLANTED)
def test_a_lie_in_the_index_is_found_and_a_rebuild_mends_it(cast, full, lie):
    with db.transaction():
        db.session.execute(text(lie.format(id=full.crisps.id, other=cast.tetangga.id)))
    assert broken()
    with db.transaction():
        assert services.rebuild() == 5
    assert not broken()


def test_an_index_that_the_database_lost_is_found(full):
    delete = "DELETE FROM listing_search WHERE product_id = {id}"
    if db.is_sqlite():
        delete = ("INSERT INTO listing_search (listing_search, rowid, name_words, seller_words, rest_words)"
                  " SELECT 'delete', product_id, name_words, seller_words, rest_words FROM listing"
                  " WHERE product_id = {id}")  # fmt: skip
    with db.transaction():
        db.session.execute(text(delete.format(id=full.crisps.id)))
    assert broken()


def test_products_that_have_no_place_in_the_index_get_one(full):
    with db.transaction():
        db.session.execute(text("DELETE FROM listing WHERE product_id = :id"), {"id": full.crisps.id})
        db.session.execute(SearchNear.__table__.delete())
    with db.transaction():
        services.keep_listings()
    with db.transaction(read_only=True):
        assert "Keripik Singkong" in names("sinkong")
        assert db.session.scalar(select(Listing).where(Listing.product_id == full.crisps.id)) is not None


def test_other_shops_goods_are_found_with_their_shop(cast, full):
    with db.transaction():
        ibu = shops.factories.actor("seller_owner", factories.seller(cast.tetangga, "Dapur Ayu"), "Ayu")
        product = shops.crisps(ibu, name="Opak Gambir")
        chair = factories.actor("chair", cast.tetangga)
        services.approve_product(chair, product.id, 0, origin_note="dilihat")
    with db.transaction(read_only=True):
        (card,) = finding.find(Wanted(question=spelling.question("opak"))).cards
        assert (card.shop, card.shop_slug, card.seller) == (
            cast.tetangga.name,
            cast.tetangga.slug,
            "Dapur Ayu",
        )
        assert [point.id for point in finding.pickup_points()].count(cast.tetangga.id) == 1


def test_a_question_and_filters_work_together(full):
    with db.transaction(read_only=True):
        assert names("tini", halal=True) == ["Tahu Isi"]
        wanted = Wanted(question=spelling.question("tini"))
        assert finding.find(replace(wanted, most_rp=9_000)).cards[0].name == "Tahu Isi"
