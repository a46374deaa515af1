"""A basket is promised as a whole or not at all; crossed baskets wait for each other and never for ever."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from market.core import db
from market.core.errors import NotFound, Refused
from market.core.history import StateChange
from market.stock import services
from market.stock.models import Reservation, StockItem
from market.stock.services import Wish
from tests.stock.conftest import SACK, bring, rice, together

SMALL = "BRS-PRM-5"
PACK = 5_000


@pytest.fixture
def shelf(cast):
    """Ten sacks and ten small packs of rice, committed."""
    with db.transaction():
        sacks, packs = rice(cast.makmur.id), rice(cast.makmur.id, SMALL)
        bring(cast.sri, sacks, 10 * SACK, 3_000_000)
        bring(cast.sri, packs, 10 * PACK, 600_000, "receipt:2")
        return sacks.id, packs.id


def reserved(*item_ids: int) -> list[int]:
    with db.transaction(read_only=True):
        return [db.session.get_one(StockItem, each).reserved_base for each in item_ids]


def held() -> int:
    with db.transaction(read_only=True):
        return db.session.scalar(select(func.count(Reservation.id))) or 0


def test_a_basket_holds_each_of_its_goods_and_tells_so_in_the_history(cast, shelf):
    sacks, packs = shelf
    wishes = [Wish(packs, 2 * PACK, "basket:1:b"), Wish(sacks, SACK, "basket:1:a")]
    with db.transaction():
        ids = services.reserve_all(cast.kasir, cast.makmur.id, wishes)
        promised = [db.session.get_one(Reservation, each) for each in ids]
        assert [(each.source, each.state) for each in promised] == [
            ("basket:1:b", "held"),
            ("basket:1:a", "held"),
        ]
        told = select(StateChange.to_state).where(
            StateChange.subject_table == "reservation", StateChange.subject_id.in_(ids)
        )
        assert list(db.session.scalars(told)) == ["held", "held"]
    assert reserved(sacks, packs) == [SACK, 2 * PACK]


def test_a_basket_of_which_one_good_is_short_holds_nothing_and_names_it(cast, shelf):
    sacks, packs = shelf
    wishes = [Wish(sacks, SACK, "basket:1:a"), Wish(packs, 11 * PACK, "basket:1:b")]
    with pytest.raises(Refused, match="tinggal"), db.transaction():
        services.reserve_all(cast.kasir, cast.makmur.id, wishes)
    assert (reserved(sacks, packs), held()) == ([0, 0], 0)


def test_two_lines_of_the_same_goods_are_counted_together(cast, shelf):
    sacks, _packs = shelf
    twice = [Wish(sacks, 6 * SACK, "basket:1:a"), Wish(sacks, 6 * SACK, "basket:1:b")]
    with pytest.raises(Refused), db.transaction():
        services.reserve_all(cast.kasir, cast.makmur.id, twice)
    with db.transaction():
        fit = [Wish(sacks, 6 * SACK, "basket:2:a"), Wish(sacks, 4 * SACK, "basket:2:b")]
        services.reserve_all(cast.kasir, cast.makmur.id, fit)
    assert reserved(sacks) == [10 * SACK]


def test_foreign_goods_and_nothing_are_no_basket(cast, shelf):
    sacks, _packs = shelf
    with pytest.raises(NotFound), db.transaction():
        services.reserve_all(cast.wati, cast.tetangga.id, [Wish(sacks, SACK, "basket:1:a")])
    with pytest.raises(Refused), db.transaction():
        services.reserve_all(cast.kasir, cast.makmur.id, [Wish(sacks, 0, "basket:1:a")])
    assert (reserved(sacks), held()) == ([0], 0)


def test_who_has_read_the_item_before_sees_what_is_left_after(cast, shelf):
    sacks, _packs = shelf
    with db.transaction():
        item = db.session.get_one(StockItem, sacks)
        services.reserve_all(cast.kasir, cast.makmur.id, [Wish(sacks, 3 * SACK, "basket:1:a")])
        assert item.reserved_base == 3 * SACK


def test_twenty_crossed_baskets_on_ten_of_each_promise_exactly_ten(cast, shelf):
    def basket(n: int) -> int:
        wishes = [Wish(shelf[0], SACK, f"basket:{n}:a"), Wish(shelf[1], PACK, f"basket:{n}:b")]
        return len(services.reserve_all(cast.kasir, cast.makmur.id, wishes[:: 1 if n % 2 else -1]))

    answers = together(basket, 20)
    assert sorted(map(str, map(type, answers))) == [str(int)] * 10 + [str(Refused)] * 10
    assert reserved(*shelf) == [10 * SACK, 10 * PACK]
