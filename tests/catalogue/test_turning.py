"""The daily draw: the same for everybody, other tomorrow, and fair over many days."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import select

from market.catalogue import services
from market.catalogue.models_finding import Listing
from market.catalogue.services import turning
from market.catalogue.services.turning import Entrant
from market.core import clock, db
from tests.retail import shop as shops

DAY = date(2026, 11, 23)
SELLERS = range(1, 21)
DAYS = [DAY + timedelta(days=n) for n in range(2_000)]
ONE_EACH = [Entrant(100 + seller, seller) for seller in SELLERS]


def first(day, entrants, overlooked=()) -> int:
    turns = turning.turns(day, entrants, overlooked)
    return min(turns, key=lambda product: (turns[product], product))


def test_the_draw_is_the_same_for_everybody_and_another_one_tomorrow():
    assert turning.turns(DAY, ONE_EACH, ()) == turning.turns(DAY, reversed(ONE_EACH), ())
    assert turning.turns(DAY, ONE_EACH, ()) != turning.turns(DAYS[1], ONE_EACH, ())


def test_over_many_days_every_seller_is_first_about_as_often():
    wins = Counter(first(day, ONE_EACH) for day in DAYS)
    fair = len(DAYS) / len(SELLERS)
    # 100 wins expected, standard deviation below 10: five of them would be one draw in a million.
    assert len(wins) == len(SELLERS)
    assert all(abs(count - fair) < 50 for count in wins.values()), wins


def test_the_overlooked_are_first_about_three_times_as_often():
    wins = Counter(first(day, ONE_EACH, overlooked={1}) for day in DAYS)
    expected = len(DAYS) * 3 / (len(SELLERS) + 2)
    assert abs(wins[101] - expected) < 85, wins[101]
    others = [wins[100 + seller] for seller in SELLERS if seller != 1]
    assert wins[101] > max(others)


def test_many_products_win_no_more_places_in_front_than_one():
    crowd = [*ONE_EACH, *(Entrant(1_000 + n, 1) for n in range(300))]
    turns = turning.turns(DAY, crowd, ())
    front = sorted(turns, key=lambda product: turns[product])[: len(SELLERS)]
    seller = {each.product_id: each.seller_id for each in crowd}
    assert sorted(seller[product] for product in front) == list(SELLERS)


def test_nobody_is_first_on_every_day_of_a_week():
    assert len({first(day, ONE_EACH) for day in DAYS[:7]}) > 1


def turns_now() -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(select(Listing.product_id, Listing.turn))}


def test_a_new_day_draws_anew_and_only_once(cast):
    shops.open_shop(cast)
    with db.transaction():
        assert services.keep_listings() is None
        before = turns_now()
    clock.travel(86_400)
    with db.transaction():
        assert turning.draw_turns() == 2
        assert turning.draw_turns() == 0
        after = turns_now()
        assert set(db.session.scalars(select(Listing.drawn_on))) == {clock.today()}
    assert before.keys() == after.keys()
    assert before != after


def test_who_sold_within_the_month_and_is_not_new_is_not_overlooked(cast):
    shop = shops.open_shop(cast)
    with db.transaction():
        assert shop.seller.id in turning.overlooked_sellers(), "new"
    clock.travel(86_400 * (turning.DAYS + 2))
    with db.transaction():
        assert shop.seller.id in turning.overlooked_sellers(), "unsold"
        order = shops.place(shop, crisps=1)
        shops.services.hand_over(cast.kasir, order.id, order.pickup_code)
        assert shop.seller.id not in turning.overlooked_sellers()
    clock.travel(86_400 * (2 * turning.DAYS + 4))
    with db.transaction():
        assert shop.seller.id in turning.overlooked_sellers(), "unsold again"
