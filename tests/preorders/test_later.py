"""The rest comes after a short delivery: shared a second time, by the same rule, at the same promise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from market.core import clock, db
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.preorders import queries, services
from market.retail import queries as orders
from market.retail import services as shop
from tests.preorders.conftest import broken, preorder_of, wishes_of


@pytest.fixture
def short(hall) -> int:
    """Three households wanted 3, 5 and 7; two sacks of five packs came first."""
    found = hall.open()
    for who, wanted in enumerate((3, 5, 7)):
        hall.ask(found, who, wanted=wanted)
    hall.close(found)
    hall.shelf()
    hall.arrive(2)
    hall.share(found)
    return found


def share_later(hall, preorder_id: int, units: int | None = None) -> int:
    with db.transaction():
        return services.share_later(hall.cast.kasir, preorder_id, units).id


def had(preorder_id: int) -> dict[str, int]:
    """What each household was given, over all deliveries."""
    found: dict[str, int] = {}
    with db.transaction(read_only=True):
        shares = [preorder_id, *(each.id for each in queries.followers(preorder_id))]
    for share in shares:
        for wish in wishes_of(share):
            found[wish.phone] = found.get(wish.phone, 0) + wish.given
    return found


def test_what_comes_later_fills_up_who_was_short(hall, short):
    hall.arrive(1, rp=310_000)
    later = share_later(hall, short)
    assert sorted(had(short).values()) == [3, 5, 7]
    assert preorder_of(later).follows_id == short and preorder_of(later).given_units == 5
    wish = wishes_of(later)[0]
    with db.transaction(read_only=True):
        order = orders.order_by_id(wish.order_id)
        line = orders.lines_of(order.id)[0]
    assert (line.quantity, line.unit_price_rp) == (wish.given, 68_000)
    assert order.collect_by == clock.start_of(preorder_of(later).pickup_until_on + timedelta(days=1))
    assert broken() == []


def test_each_of_three_deliveries_goes_by_the_same_rule(hall, short):
    hall.arrive(1, rp=310_000)
    later = share_later(hall, short, 2)
    assert sorted(had(short).values()) == [3, 4, 5]
    share_later(hall, later, 2)  # asked on the follower's page, the first one counts
    assert sorted(had(short).values()) == [3, 5, 6]
    share_later(hall, short, 1)
    assert sorted(had(short).values()) == [3, 5, 7]
    with pytest.raises(Refused, match="sudah mendapat"):
        share_later(hall, short)
    assert broken() == []


def test_who_was_told_that_nothing_came_gets_it_now_with_a_message_of_its_own(hall):
    found = hall.open()
    for who in range(7):
        hall.ask(found, who, wanted=1)
    hall.close(found)
    hall.shelf()
    hall.arrive(1)
    hall.share(found)
    unlucky = {wish.phone for wish in wishes_of(found) if wish.state == "unmet"}
    hall.arrive(1, rp=310_000)
    later = share_later(hall, found)
    assert {wish.phone for wish in wishes_of(later)} == unlucky
    wish = wishes_of(later)[0]
    with db.transaction(read_only=True):
        letter = services.letter(wish.id)
    assert letter is not None and "siap diambil" in letter.text and wish.token in letter.text


def test_who_got_the_rest_later_is_not_first_next_time(hall, short):
    hall.arrive(1, rp=310_000)
    share_later(hall, short, 3)
    again = hall.open()
    with db.transaction(read_only=True):
        missed = queries.missed_before(queries.preorder_by_id(again))
    assert missed == {wishes_of(short)[2].phone: 2}, "the second household has its five now"


def test_who_let_a_share_lie_gets_nothing_of_the_later_goods(hall, short):
    clock.travel(20 * 86_400)
    with db.transaction():
        assert shop.expire_orders() == 3
    with pytest.raises(Refused, match="sudah mendapat"):
        share_later(hall, short)


def test_only_the_own_counter_shares_and_only_after_the_first_share(hall, short):
    for who, error in ((hall.cast.wati, NotFound), (hall.cast.ratna, Forbidden)):
        with pytest.raises(error), db.transaction():
            services.share_later(who, short)
    with pytest.raises(Refused, match="0 kemasan"):
        share_later(hall, short)
    unshared = hall.open()
    hall.ask(unshared, 1)
    hall.close(unshared)
    with pytest.raises(Conflict):
        share_later(hall, unshared)


def test_a_later_share_above_what_was_wanted_is_found(hall, short):
    hall.arrive(1, rp=310_000)
    later = share_later(hall, short)
    with db.transaction():
        ours = {"id": later}
        db.session.execute(
            text("UPDATE preorder_wish SET phone = '9' || phone WHERE preorder_id = :id"), ours
        )
    assert broken() == ["I21"]


def test_the_page_says_what_is_lacking_and_shares_it(hall, short, browsers):
    hall.arrive(1, rp=310_000)
    kasir = browsers(hall.cast.kasir)
    shown = kasir.get(f"/pra-pesan/{short}").get_data(as_text=True)
    assert "Warga masih kurang 5 kemasan" in shown
    done = kasir.post(f"/pra-pesan/{short}/susulan", {"units": "5"})
    assert done.status_code == 303
    follower = kasir.get(done.location).get_data(as_text=True)
    assert 'data-testid="to-first"' in follower and 'data-testid="later"' not in follower
    assert 'data-testid="later"' not in kasir.get(f"/pra-pesan/{short}").get_data(as_text=True)
    assert kasir.post(f"/pra-pesan/{short}/susulan", {"units": "1"}).status_code == 422
    assert browsers(hall.cast.wati).post(f"/pra-pesan/{short}/susulan", {"units": "1"}).status_code == 404
