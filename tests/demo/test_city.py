"""A whole city from nothing to a solved round, with the real matcher: Probolinggo, the smallest.

The story is written once for all tests here. SQLite only: the demo's file is SQLite wherever it runs.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from market import app as application
from market import demo, verify
from market.config import Settings
from market.core import clock, db
from market.core.permissions import SYSTEM
from market.counter import queries as counter
from market.demo import residents, running, storage, today
from market.demo.world import TOUR_LOGINS
from market.identity import services as identity
from market.monitoring import queries as monitoring
from market.needs import queries as needs
from market.preorders import queries as preorders
from market.purchasing import queries as purchases
from market.retail import queries as retail
from market.retail import queries_complaints as complaints
from market.retail import queries_delivery as deliveries
from market.retail import queries_parts as parts
from market.reviews import queries as reviews
from market.rounds import queries as rounds
from market.rounds import services as round_services

pytestmark = [pytest.mark.sqlite, pytest.mark.slow, pytest.mark.timeout(400)]

CITY = "probolinggo"
KEYS: dict[str, Any] = {
    **dict.fromkeys(("city", "url"), str),
    **dict.fromkeys(("cooperatives", "suppliers", "needs", "offers", "lanes", "unmet_units"), int),
    **dict.fromkeys(("cost_rp", "bound_rp", "greedy_cost_rp", "alone_cost_rp", "market_price_cost_rp"), int),
    **dict.fromkeys(("gap", "seconds"), float),
    **dict.fromkeys(("checked", "ledger_balanced"), bool),
    "shortages": list,
    "logins": dict,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder of a first start, and its summary."""
    folder = tmp_path_factory.mktemp("instance")
    settings = settings_in(folder)
    application.configure(settings)
    try:
        return folder, demo.run(settings, CITY, reset=False, url="http://here")
    finally:
        db.dispose()
        storage.let_go(storage.path_of(settings))


def settings_in(folder: Path) -> Settings:
    base = Settings(env="test", database_url="", secret_key="s" * 40, instance_dir=folder, messages="memory")
    return demo.settings_for(CITY, base)


@pytest.fixture
def city(made: tuple[Path, dict[str, Any]], tmp_path: Path) -> Iterator[Settings]:
    """The process on a copy of the city's file."""
    settings = settings_in(tmp_path)
    shutil.copy(made[0] / f"{CITY}.sqlite", storage.path_of(settings))
    application.configure(settings)
    yield settings
    db.dispose()
    storage.let_go(storage.path_of(settings))
    clock.reset()


@pytest.fixture
def summary(made: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    return made[1]


def test_the_summary_has_every_promised_key_and_is_json(summary):
    for key, kind in KEYS.items():
        assert isinstance(summary[key], kind), key
    assert json.loads(json.dumps(summary))["logins"] == TOUR_LOGINS


def test_the_plan_is_checked_near_its_bound_and_below_the_careful_officer(summary):
    assert summary["checked"] and summary["ledger_balanced"]
    assert 0 <= summary["gap"] <= 0.005
    assert summary["bound_rp"] <= summary["cost_rp"] < summary["greedy_cost_rp"]


def test_the_saving_against_the_shop_is_what_skipping_the_chain_is_worth(summary):
    assert 0.04 < summary["saving_against_market"] < 0.12
    assert summary["plan_cost_of_same_units_as_alone_rp"] <= summary["alone_cost_rp"]
    assert sum(row["missing"] for row in summary["shortages"]) == summary["unmet_units"]


def test_the_readable_summary_says_where_to_go_and_how_to_get_in(summary):
    text = demo.readable(summary)
    assert "http://here" in text and summary["password"] in text and "bendahara" in text
    assert len(text.splitlines()) <= 12


def test_every_login_of_the_tour_works(city, summary):
    with db.transaction():
        for role, login in summary["logins"].items():
            user = identity.check_password(login, summary["password"])
            assert user is not None and identity.seats(user.id)[0].role == role


def test_the_lamps_of_the_map_differ(city):
    with db.transaction(read_only=True):
        rows = monitoring.board(today.actor_by_login("dinas"))
        states = {row.state for row in rows}
    assert len(rows) == 29 and states == {"alive", "slowing", "dormant", "not_started"}


def test_the_first_round_is_over_and_its_orders_came_were_billed_and_paid(city):
    with db.transaction(read_only=True):
        newest, first = rounds.rounds_of(today.actor_by_login("dinas"))
        assert (newest.state, first.state) == ("solved", "finished")
        orders = list(db.session.scalars(purchases.visible_orders(today.actor_by_login("ketua"))))
        assert orders and all(line.open_packs == 0 for o in orders for line in purchases.goods_lines(o.id))
        assert {order.state for order in orders} == {"closed", "issued"}


def test_every_role_of_the_tour_has_something_to_do_today(city):
    with db.transaction(read_only=True):
        story = today.actor_by_login("bendahara")
        assert len(purchases.payables(story.organization_id or 0)) == 1
        states = sorted(order.state for order in retail.orders_of(story.organization_id))
        assert states == ["placed", "placed", "ready"]
        waiting = needs.needs_of(story.organization_id, ["submitted"])
        assert [need.created_by for need in waiting] == [today.actor_by_login("sekretaris").user_id]
        newest = rounds.rounds_of(today.actor_by_login("dinas"))[0]
        asked = {a.organization_id for a in rounds.assignments_of_round(newest.id)}
        assert today.actor_by_login("pemasok").organization_id in asked


def test_residents_left_something_to_do_for_the_maker_the_courier_the_board_and_the_next_shift(city):
    with db.transaction(read_only=True):
        cashier, maker = today.actor_by_login("kasir"), today.actor_by_login(residents.SECOND_LOGIN)
        shop_id = cashier.organization_id or 0
        assert [card.part.state for card in parts.parts_of_seller(maker.organization_id or 0)] == [
            "waiting"
        ] * 2
        assert [stop.delivery.state for stop in deliveries.open_stops(shop_id)] == ["waiting"]
        assert deliveries.cash_with(deliveries.runs_of(shop_id)[0].id) == 0, "the courier has handed it in"
        assert len(complaints.complaints_seen(cashier, live=True)) == 1
        assert counter.own_shift(cashier) is None
        (shift,) = counter.shifts_of(shop_id)
        assert (shift.state, shift.difference_rp) == ("closed", 0)


def test_households_ask_for_rice_and_a_review_was_answered(city):
    with db.transaction(read_only=True):
        tini = today.actor_by_login("umkm")
        shop_id = today.actor_by_login("ketua").organization_id or 0
        (open_one,) = preorders.open_preorders(shop_id)
        wished = preorders.wishes_of(open_one.id)
        assert [wish.wanted for wish in wished] == list(residents.PREORDERED)
        (review,) = reviews.reviews_of_seller(shop_id, tini.organization_id or 0)
        assert review.stars == 5 and review.answer


def test_every_invariant_of_the_product_holds_in_the_story(city):
    with db.transaction(read_only=True):
        assert [result.id for result in verify.run(None) if not result.ok] == []


def test_a_second_start_keeps_the_story_and_solves_the_same_round_again(city, summary):
    again = demo.run(city, CITY, reset=False, url="")
    assert (again["round"], again["needs"], again["cooperatives"]) == (summary["round"], summary["needs"], 29)
    with db.transaction(read_only=True):
        newest = rounds.rounds_of(today.actor_by_login("dinas"))[0]
        assert (newest.state, newest.attempt) == ("solved", 2)


def test_what_a_person_published_is_left_alone_and_the_next_start_opens_another_round(city, summary):
    with db.transaction():
        officer = today.actor_by_login("dinas")
        published = rounds.rounds_of(officer)[0]
        round_services.publish_plan(officer, published.id)
    again = demo.run(city, CITY, reset=False, url="")
    assert again["round"] != summary["round"] and again["needs"] > 50
    with db.transaction(read_only=True):
        assert rounds.round_by_id(published.id).state == "published"


def test_weeks_later_the_old_needs_are_given_up_and_asked_for_again(city, summary):
    clock.travel(30 * 86_400)
    again = demo.run(city, CITY, reset=False, url="")
    assert again["round"] != summary["round"] and again["needs"] > 50
    with db.transaction(read_only=True):
        states = [each.state for each in rounds.rounds_of(today.actor_by_login("dinas"))]
    assert states == ["solved", "cancelled", "finished"]


def test_reset_writes_the_story_again_and_forgets_what_was_done(city, made, monkeypatch):
    with db.transaction():
        identity.create_user(SYSTEM, "tamu.lama", "Tamu Lama")
    written: list[Path] = []

    def write(path: Path, *_rest: object) -> None:
        db.dispose()
        written.append(path)
        draft = storage.unfinished(path)
        shutil.copy(made[0] / f"{CITY}.sqlite", draft)
        storage.put_in_place(draft, path)

    monkeypatch.setattr(running, "write_story", write)
    demo.run(city, CITY, reset=True, url="")
    assert written == [storage.path_of(city)]
    with db.transaction(read_only=True):
        assert identity.find_login("tamu.lama") is None
