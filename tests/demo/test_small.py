"""`lumbung seed --scenario small`: the cast of the rice story, ready for the first act."""

from __future__ import annotations

import pytest

from market import demo
from market.catalogue import queries as catalogue
from market.config import ConfigError
from market.core import db
from market.demo import small, summary, today
from market.identity import queries as identity
from market.identity import services as people
from market.ledger import chart
from market.ledger import queries as books
from market.needs import queries as needs
from market.offers import queries as offers
from market.rounds import queries as rounds
from market.stock import queries as stock


@pytest.fixture
def told(database: str) -> dict[str, object]:
    return demo.seed("small", 0)


def test_every_login_opens_with_the_printed_password(told):
    with db.transaction():
        for role, login in told["logins"].items():
            user = people.check_password(login, told["password"])
            assert user is not None, login
            assert people.seats(user.id)[0].role == role.removeprefix("stranger_").removeprefix("second_")


def test_the_books_are_balanced_and_hold_what_lies_on_the_shelf(told):
    with db.transaction(read_only=True):
        makmur = today.actor_by_login("budi").organization_id
        assert summary.balanced()
        assert books.balance_rp(makmur, chart.CASH) == small.CASH_RP
        value = sum(item.value_rp for item in stock.stock_of(makmur))
        assert books.balance_rp(makmur, chart.INVENTORY) == value == small.SACKS * small.SACK_RP


def test_two_tonnes_are_approved_by_another_person_than_asked_and_sugar_waits(told):
    with db.transaction(read_only=True):
        makmur = today.actor_by_login("sri").organization_id
        asked = {need.pack.code: need for need in needs.needs_of(makmur)}
        rice, sugar = asked["BRS-MED-25"], asked["GULA-50"]
        assert (rice.state, sugar.state) == ("open", "submitted")
        assert rice.wanted_base == 2_000_000 and rice.approved_by != rice.created_by
        assert [row.state for row in rounds.rounds_of(today.actor_by_login("ratna"))] == ["open"]


def test_lamongan_and_ngawi_offer_what_the_story_says(told):
    with db.transaction(read_only=True):
        asked = today.actor_by_login("joko"), today.actor_by_login("nur")
        curves = [
            (offer.capacity_packs, offers.price_curve(offer), offer.min_per_drop_packs)
            for sales in asked
            for offer in db.session.scalars(offers.listed(sales, ("live",)))
        ]
        assert curves == [(48, [(1, 295_000)], 1), (60, [(1, 302_500)], 20)]


def test_one_snack_is_on_the_shelf_beside_the_rice_and_one_waits_for_approval(told):
    with db.transaction(read_only=True):
        makmur = today.actor_by_login("sri").organization_id
        assert sorted(item.left for item in catalogue.shelf(makmur)) == [20, 30]
        states = [row.state for row in catalogue.products_of(today.actor_by_login("tini"))]
        assert sorted(states) == ["published", "submitted"]


def test_a_database_that_somebody_uses_is_not_seeded(told):
    with pytest.raises(ConfigError, match="not empty"):
        demo.seed("small", 0)
    with db.transaction(read_only=True):
        assert len(identity.organizations("cooperative")) == 2
