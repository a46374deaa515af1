"""What residents want becomes one need, and what comes is theirs by the published rule."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from market.catalogue import queries as catalogue
from market.catalogue import services as listing
from market.commodities import queries as commodities
from market.core import clock, db
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.needs import services as needs
from market.needs.models import Need
from market.preorders import queries, services
from market.retail import queries as retail
from market.retail import services as shop
from market.retail.models import RetailOrder
from tests.preorders.conftest import PRICE_RP, broken, need_of, preorder_of, wishes_of


def test_the_sum_of_the_wishes_becomes_a_draft_need_in_whole_sacks(hall):
    found = hall.open()
    hall.ask(found, 1, wanted=4, at_most=6)
    hall.ask(found, 2, wanted=2, at_most=7)
    closed = hall.close(found)
    need = need_of(found)
    assert (closed.state, closed.wanted_units, closed.at_most_units) == ("closed", 6, 13)
    assert (need.state, need.wanted_packs, need.at_most_packs) == ("draft", 2, 2)
    assert need.ceiling_rp == PRICE_RP * 5 * 97 // 100
    assert broken() == []


def test_closing_again_changes_nothing_twice(hall):
    found = hall.open()
    hall.ask(found, 1, wanted=5)
    hall.close(found)
    before = need_of(found).wanted_packs
    hall.close(found)
    with db.transaction():
        clock.travel(6 * 86_400)
        assert services.close_due() == 0
    assert need_of(found).wanted_packs == before == 1


def test_two_preorders_of_one_good_and_cycle_feed_one_draft(hall):
    first, second = hall.open(), hall.open()
    hall.ask(first, 1, wanted=5)
    hall.ask(second, 2, wanted=7)
    hall.close(first)
    hall.close(second)
    assert need_of(first).id == need_of(second).id
    assert need_of(first).wanted_packs == 1 + 2
    need_id = need_of(first).id
    with db.transaction(read_only=True):
        assert [each.id for each in queries.preorders_of_need(need_id)] == [first, second]
    assert broken() == []


def test_a_need_that_was_handed_in_is_left_as_it_is(hall):
    first, second = hall.open(), hall.open()
    hall.ask(first, 1, wanted=5)
    hall.ask(second, 2, wanted=5)
    hall.close(first)
    need_id = need_of(first).id
    with db.transaction():
        needs.submit_need(hall.cast.sri, need_id)
    hall.close(second)
    assert need_of(first).id != need_of(second).id
    assert broken() == []


def test_what_time_closes_is_asked_in_the_name_of_who_opened(hall):
    found = hall.open()
    hall.ask(found, 1, wanted=3)
    clock.travel(4 * 86_400)
    with db.transaction():
        assert services.close_due() == 1
    assert need_of(found).created_by == hall.cast.sri.user_id
    assert need_of(found).state == "draft"


def test_nobody_ordered_and_nothing_is_asked_for(hall):
    found = hall.open()
    assert hall.close(found).state == "cancelled"
    with db.transaction(read_only=True):
        assert db.session.query(Need).count() == 0


def test_a_household_changes_until_closing_and_not_after(hall):
    found = hall.open()
    wish = hall.ask(found, 1, wanted=2)
    with db.transaction():
        services.change(wish.token, wanted=5, at_most=8)
    assert hall.close(found).wanted_units == 5
    with pytest.raises(Conflict, match="sudah ditutup"), db.transaction():
        services.change(wish.token, wanted=1)
    with pytest.raises(Conflict), db.transaction():
        services.step_back(wish.token)
    with pytest.raises(Conflict):
        hall.ask(found, 2)


def test_who_steps_back_counts_for_nothing_and_may_come_again(hall):
    found = hall.open()
    wish = hall.ask(found, 1, wanted=2)
    with db.transaction():
        services.step_back(wish.token)
    hall.ask(found, 1, wanted=4)
    assert hall.close(found).wanted_units == 4


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price_rp": 90_000}, "price_rp"),
        ({"goal_units": 10}, "goal_price_rp"),
        ({"goal_units": 10, "goal_price_rp": PRICE_RP}, "goal_price_rp"),
        ({"most_units": 11}, "most_units"),
        ({"least_units": 4, "most_units": 3}, "least_units"),
        ({"pickup_from_on": "closes"}, "pickup_from_on"),
    ],
)
def test_what_breaks_a_rule_is_refused_at_its_field(hall, wrong, field):
    if wrong.get("pickup_from_on"):
        wrong = {"pickup_from_on": clock.today() + timedelta(days=3)}
    with pytest.raises(Refused) as refusal:
        hall.open(**wrong)
    assert refusal.value.field == field


def test_the_law_limits_a_household_more_than_the_cooperative(hall):
    """Bulog's rice: five packs of 5 kg for one buyer."""
    with pytest.raises(Refused, match="Paling banyak 5"):
        hall.open("BRS-SPHP-5", price_rp=60_000, most_units=6)
    assert preorder_of(hall.open("BRS-SPHP-5", price_rp=60_000)).most_units == 5


def test_one_number_is_one_household(hall):
    found = hall.open()
    hall.ask(found, 1)
    with pytest.raises(Refused, match="sudah ikut"):
        hall.ask(found, 1)
    with pytest.raises(Refused) as refusal:
        hall.ask(found, 2, wanted=11)
    assert refusal.value.field == "wanted"


def test_a_quota_cuts_the_need_and_says_so(hall):
    """2 t of Bulog's rice are 400 packs for the cooperative; 90 households want 450."""
    found = hall.open("BRS-SPHP-5", price_rp=60_000)
    for who in range(90):
        hall.ask(found, who, wanted=5)
    closed = hall.close(found)
    assert (closed.wanted_units, closed.need_packs) == (450, 400)
    assert closed.cut_reason
    assert broken() == []


def test_only_the_board_opens_and_only_its_own(hall):
    found = hall.open()
    with pytest.raises(NotFound), db.transaction():
        services.close_now(hall.cast.wati, found)
    with pytest.raises(Forbidden), db.transaction():
        services.close_now(hall.cast.kasir, found)


# --- the goods come --------------------------------------------------------------------------------


@pytest.fixture
def closed(hall):
    """Three households want 3, 5 and 7 packs, and each would take ten."""
    found = hall.open()
    for who, wanted in enumerate((3, 5, 7)):
        hall.ask(found, who, wanted=wanted, at_most=10)
    hall.close(found)
    hall.shelf()
    return found


def test_enough_goods_give_everybody_what_they_want_as_an_order_with_a_code(hall, closed):
    hall.arrive(3)
    assert hall.share(closed) == [3, 5, 7]
    wish = wishes_of(closed)[0]
    with db.transaction(read_only=True):
        order = retail.order_by_id(wish.order_id)
        line = retail.lines_of(order.id)[0]
    assert (line.quantity, line.unit_price_rp, order.total_rp) == (3, 68_000, 204_000)
    assert order.collect_by == clock.start_of(preorder_of(closed).pickup_until_on + timedelta(days=1))
    with db.transaction():
        shop.hand_over(hall.cast.kasir, order.id, order.pickup_code)
    assert broken() == []


def test_a_short_delivery_is_shared_evenly(hall, closed):
    hall.arrive(2)
    hall.share(closed)
    assert sorted(given(closed)) == [3, 3, 4]
    assert broken() == []


def given(preorder_id: int) -> list[int]:
    return [wish.given for wish in wishes_of(preorder_id)]


def test_more_than_wanted_goes_up_to_the_most(hall, closed):
    hall.arrive(5)
    assert sum(hall.share(closed)) == 25
    assert min(given(closed)) == 6
    assert broken() == []


def test_who_gets_nothing_is_told_and_comes_first_next_time(hall):
    first = hall.open()
    for who in range(7):
        hall.ask(first, who, wanted=1)
    hall.close(first)
    hall.shelf()
    hall.arrive(1)
    hall.share(first)
    unlucky = {wish.phone for wish in wishes_of(first) if wish.state == "unmet"}
    assert len(unlucky) == 2
    again = hall.open()
    for who in reversed(range(7)):
        hall.ask(again, who, wanted=1)
    hall.close(again)
    with db.transaction():
        for order in db.session.query(RetailOrder).filter_by(state="placed").limit(2).all():
            shop.cancel_order(hall.cast.kasir, order.id, "tidak jadi")
    hall.share(again, 2)
    assert {wish.phone for wish in wishes_of(again) if wish.given} == unlucky
    assert broken() == []


def test_goods_are_shared_once_and_never_above_the_promised_price(hall):
    found = hall.open(price_rp=65_000)
    hall.ask(found, 1)
    hall.close(found)
    hall.arrive(1)
    with pytest.raises(Refused, match="Pasang dahulu"):
        hall.share(found)
    hall.shelf(68_000)
    with pytest.raises(Refused, match="Turunkan harga"):
        hall.share(found)
    with db.transaction():
        rice = catalogue.pack_on_shelf(hall.cast.makmur.id, commodities.pack_by_code("BRS-PRM-5").id)
        listing.change_price(hall.cast.sri, rice.id, 65_000)
    assert hall.share(found) == [2]
    with pytest.raises(Conflict):
        hall.share(found)


def test_a_goal_that_is_reached_lowers_the_promise(hall):
    found = hall.open(goal_units=6, goal_price_rp=66_000)
    hall.ask(found, 1, wanted=5)
    with db.transaction(read_only=True):
        assert services.promised_rp(queries.preorder_by_id(found)) == PRICE_RP
    hall.ask(found, 2, wanted=1)
    hall.close(found)
    with db.transaction(read_only=True):
        assert services.promised_rp(queries.preorder_by_id(found)) == 66_000


def test_what_nobody_collects_returns_to_the_shelf(hall, closed):
    hall.arrive(3)
    hall.share(closed)
    clock.travel(20 * 86_400)
    with db.transaction():
        assert shop.expire_orders() == 3
    with db.transaction(read_only=True):
        assert services.units_here(queries.preorder_by_id(closed)) == 15
    assert broken() == []


def test_giving_up_tells_everybody_why(hall, closed):
    with db.transaction():
        services.give_up(hall.cast.sri, closed, "pemasok tidak mengirim")
    assert {wish.state for wish in wishes_of(closed)} == {"unmet"}
    told = wishes_of(closed)[0].id
    with db.transaction(read_only=True):
        message = services.letter(told)
    assert message is not None and "Tidak ada yang perlu dibayar" in message.text
    with pytest.raises(Conflict):
        hall.share(closed)


# --- many at once ----------------------------------------------------------------------------------


def test_changes_that_race_the_closing_are_in_the_sum_or_refused(hall):
    found = hall.open()
    wishes = [hall.ask(found, who, wanted=1) for who in range(12)]

    def act(number: int) -> str:
        try:
            with db.transaction():
                if number == 6:
                    services.close_now(hall.cast.sri, found)
                elif number % 3 == 0:
                    services.step_back(wishes[number].token)
                else:
                    services.change(wishes[number].token, wanted=5)
                return "done"
        except Conflict:
            return "refused"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(act, range(12)))
    assert set(answers) <= {"done", "refused"}
    closed = preorder_of(found)
    assert closed.wanted_units == sum(wish.wanted for wish in wishes_of(found))
    assert need_of(found).wanted_packs == -(-closed.wanted_units // 5)
    assert broken() == []


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE preorder SET wanted_units = wanted_units - 1",
        "UPDATE preorder SET need_packs = need_packs + 1, need_at_most_packs = need_at_most_packs + 1",
    ],
)
def test_a_sum_that_is_not_the_needs_is_found(hall, closed, planted):
    assert broken() == []
    with db.transaction():
        db.session.execute(text(planted))
    assert broken() == ["I21"]


def test_an_unfair_share_is_found(hall, closed):
    hall.arrive(2)
    hall.share(closed)
    with db.transaction():
        db.session.execute(text("UPDATE preorder_wish SET given = 1 WHERE given = 3"))
    assert "I21" in broken()
