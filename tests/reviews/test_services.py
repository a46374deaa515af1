"""Only who bought and took the goods home says what they are like."""

from __future__ import annotations

import pytest

from market.core import clock, db
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.identity.models import User
from market.retail import queries as orders
from market.retail import services as retail
from market.reviews import queries, services
from tests.retail import shop as shops
from tests.retail.shop import photo, place


@pytest.fixture
def shop(cast):
    return shops.open_shop(cast)


@pytest.fixture
def bought(shop, cast):
    """Returns a function: an order of one bag of crisps, handed over."""

    def buy(number: int = 1, collected: bool = True):
        with db.transaction():
            order = place(shop, crisps=1, phone=f"0812000{number:05}")
            if collected:
                retail.hand_over(cast.kasir, order.id, order.pickup_code)
            return order.token, orders.lines_of(order.id)[0].id

    return buy


def write(bought_, stars: int = 5, **more):
    with db.transaction():
        return services.write_review(retail.BUYER, *bought_, stars=stars, **more)


def rating(shop) -> queries.Rating:
    with db.transaction(read_only=True):
        return queries.rating(shop.crisps.id)


def test_a_buyer_reviews_what_was_handed_over_with_stars_words_and_a_photo(shop, bought):
    review = write(bought(), 4, text="Renyah, kurang asin", photo=photo())
    assert (review.stars, review.by, review.seller_id) == (4, "Bu Ani", shop.seller.id)
    assert review.photo
    with db.transaction(read_only=True):
        assert [each.text for each in queries.reviews_of(shop.crisps.id)] == ["Renyah, kurang asin"]


def test_nobody_reviews_what_was_not_handed_over_yet(bought):
    with pytest.raises(Conflict, match="sesudah barang diambil"):
        write(bought(collected=False))


def test_a_line_of_another_order_is_not_found(bought):
    token, _line = bought(1)
    _other, line = bought(2)
    with pytest.raises(NotFound):
        write((token, line))


def test_writing_again_changes_the_one_review_while_the_days_run(shop, bought):
    sale = bought()
    first = write(sale, 2, photo=photo())
    again = write(sale, 5, text="Sekarang enak")
    assert (again.id, again.stars, again.photo) == (first.id, 5, first.photo)
    assert rating(shop).count == 1
    clock.travel(8 * 86_400)
    with pytest.raises(Conflict):
        write(sale, 1)


def test_after_a_month_nothing_is_written(bought):
    sale = bought()
    clock.travel(31 * 86_400)
    with pytest.raises(Conflict):
        write(sale)


def test_an_average_is_shown_from_three_reviews_on(shop, bought):
    write(bought(1), 5)
    write(bought(2), 4)
    assert rating(shop) == queries.Rating(2, None)
    write(bought(3), 2)
    assert rating(shop) == queries.Rating(3, 37)
    with db.transaction(read_only=True):
        assert queries.structured(shop.crisps.id)["ratingValue"] == "3.7"
        assert queries.seller_rating(shop.makmur.id, shop.seller.id).stars == "3,7"


def test_a_seller_does_not_praise_the_own_goods(shop, bought):
    with db.transaction():
        db.session.get_one(User, shop.tini.user_id).phone = "0812-0000-0009"
    with pytest.raises(Refused, match="barangnya sendiri"):
        write(bought(9))


def test_the_seller_answers_once_and_may_change_the_answer(shop, cast, bought):
    review = write(bought(), 3)
    with db.transaction(read_only=True):
        assert queries.unanswered(shop.seller.id) == 1
    for words in ("Terima kasih", "Terima kasih, besok lebih asin"):
        with db.transaction():
            services.answer(shop.tini, review.id, words)
    with db.transaction(read_only=True):
        assert queries.reviews_of(shop.crisps.id)[0].answer == "Terima kasih, besok lebih asin"
        assert queries.unanswered(shop.seller.id) == 0
    with pytest.raises(NotFound), db.transaction():
        services.answer(cast.sri, review.id, "Bukan barang saya")


def test_hiding_needs_a_reason_and_is_undone_by_showing_again(shop, cast, bought):
    for number, stars in enumerate((5, 5, 5, 1)):
        review = write(bought(number), stars)
    with pytest.raises(Refused), db.transaction():
        services.hide(cast.sri, review.id, " ")
    with db.transaction():
        services.hide(cast.sri, review.id, "Berisi hinaan")
    assert rating(shop) == queries.Rating(3, 50)
    with pytest.raises(Conflict), db.transaction():
        services.answer(shop.tini, review.id, "Maaf")
    with db.transaction():
        services.show_again(cast.hadi, review.id)
    assert rating(shop) == queries.Rating(4, 40)


def test_strangers_and_sellers_hide_nothing(shop, cast, bought):
    review = write(bought(), 1)
    with pytest.raises(NotFound), db.transaction():
        services.hide(cast.wati, review.id, "tidak suka")
    with pytest.raises(Forbidden), db.transaction():
        services.hide(shop.tini, review.id, "tidak suka")
    with pytest.raises(Refused):
        write(bought(2), 6)
