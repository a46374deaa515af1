"""Goods come and go at their average cost; a document moves goods once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from market.core import clock, db
from market.core.errors import NotFound, Refused
from market.stock import queries, services
from market.stock.models import StockItem
from tests.stock.conftest import SACK, bring, rice

pytestmark = pytest.mark.usefixtures("open_transaction")


def test_goods_leave_at_the_average_of_what_they_cost(cast):
    item = rice(cast.makmur.id)
    bring(cast.sri, item, 10 * SACK, 3_000_000)
    bring(cast.sri, item, 10 * SACK, 3_500_000, "goods_receipt:2:1")
    out = services.move_out(cast.sri, cast.makmur.id, item.id, 4 * SACK, "sale:1")
    assert out.value_rp == -1_300_000
    assert (item.on_hand_base, item.value_rp) == (16 * SACK, 5_200_000)


def test_the_last_one_takes_what_is_left_of_the_value(cast):
    item = rice(cast.makmur.id)
    bring(cast.sri, item, 3, 100)
    moves = [services.move_out(cast.sri, cast.makmur.id, item.id, 1, f"sale:{n}") for n in range(3)]
    assert [move.value_rp for move in moves] == [-33, -34, -33]
    assert (item.on_hand_base, item.value_rp) == (0, 0)


def test_more_than_is_free_does_not_leave(cast):
    item = rice(cast.makmur.id)
    bring(cast.sri, item, 2 * SACK, 600_000)
    services.reserve(cast.sri, cast.makmur.id, item.id, SACK, "retail:1")
    with pytest.raises(Refused, match="tinggal 25 kg"):
        services.move_out(cast.sri, cast.makmur.id, item.id, 2 * SACK, "sale:1")
    assert item.on_hand_base == 2 * SACK


def test_a_document_moves_goods_once(cast):
    item = rice(cast.makmur.id)
    first = bring(cast.sri, item, SACK, 300_000)
    with pytest.raises(services.AlreadyMoved) as again:
        services.move_in(cast.sri, cast.makmur.id, item.id, SACK, 300_000, first.source)
    assert again.value.detail["move_id"] == first.id
    services.move_out(cast.sri, cast.makmur.id, item.id, SACK, "sale:1")
    with pytest.raises(services.AlreadyMoved):
        services.move_out(cast.sri, cast.makmur.id, item.id, SACK, "sale:1")
    assert item.on_hand_base == 0, "the refusals left the transaction usable and the shelf as it was"


@pytest.mark.parametrize(("quantity", "value"), [(0, 5), (-1, 5), (1, -5)])
def test_goods_cannot_come_in_with_nonsense(cast, quantity, value):
    item = rice(cast.makmur.id)
    with pytest.raises(Refused):
        services.move_in(cast.sri, cast.makmur.id, item.id, quantity, value, "goods_receipt:1:1")
    assert queries.move_count(item.id) == 0


def test_nothing_or_less_cannot_leave(cast):
    item = rice(cast.makmur.id)
    bring(cast.sri, item, SACK, 300_000)
    for quantity in (0, -SACK):
        with pytest.raises(Refused):
            services.move_out(cast.sri, cast.makmur.id, item.id, quantity, "sale:1")


def test_consigned_goods_have_a_quantity_and_no_value(cast):
    item = services.item_for_product(cast.makmur.id, 7, "Keripik Bu Tini")
    services.move_in(cast.sri, cast.makmur.id, item.id, 20, 0, "consign:7:a", "consign_in")
    with pytest.raises(Refused, match="titipan"):
        services.move_in(cast.sri, cast.makmur.id, item.id, 20, 5_000, "consign:7:b", "consign_in")
    out = services.move_out(cast.sri, cast.makmur.id, item.id, 5, "sale:1")
    assert (out.value_rp, item.on_hand_base, item.value_rp) == (0, 15, 0)


def test_a_pack_has_one_item_however_often_it_is_asked_for(cast):
    assert rice(cast.makmur.id).id == rice(cast.makmur.id).id
    assert rice(cast.makmur.id).id != rice(cast.tetangga.id).id


def test_another_cooperatives_goods_cannot_be_moved(cast):
    item = rice(cast.makmur.id)
    bring(cast.sri, item, SACK, 300_000)
    with pytest.raises(NotFound):
        services.move_out(cast.wati, cast.tetangga.id, item.id, SACK, "sale:1")
    with pytest.raises(NotFound):
        queries.item_for(cast.wati, item.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"on_hand_base": -1},
        {"reserved_base": -1},
        {"reserved_base": 2 * SACK},
        {"value_rp": -1},
        {"on_hand_base": 0},
        {"owned": False},
    ],
)
def test_the_database_itself_refuses_impossible_counters(cast, wrong):
    item = rice(cast.makmur.id)
    bring(cast.sri, item, SACK, 300_000)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(StockItem).where(StockItem.id == item.id).values(**wrong))


def test_age_and_expiry_are_those_of_what_is_left(cast):
    item = rice(cast.makmur.id)
    early, late = _day(-40), _day(-3)
    bring(cast.sri, item, 10 * SACK, 3_000_000, "goods_receipt:1:1", occurred_on=early, expires_on=_day(20))
    bring(cast.sri, item, 5 * SACK, 1_500_000, "goods_receipt:2:1", occurred_on=late, expires_on=_day(90))
    (row,) = queries.shelf(cast.makmur.id)
    assert (row.age_days, row.expires_on) == (40, _day(20))
    assert queries.value_by_age(cast.makmur.id) == [1_500_000, 0, 3_000_000, 0]
    services.move_out(cast.sri, cast.makmur.id, item.id, 10 * SACK, "sale:1")
    (row,) = queries.shelf(cast.makmur.id)
    assert (row.age_days, row.expires_on) == (3, _day(90)), "the oldest are sold first"
    assert [layer.quantity_base for layer in queries.layers(cast.makmur.id)[item.id]] == [5 * SACK]


def test_an_empty_shelf_shows_nothing(cast):
    rice(cast.makmur.id)
    assert queries.shelf(cast.makmur.id) == []


def _day(days: int):
    return clock.today() + timedelta(days=days)
