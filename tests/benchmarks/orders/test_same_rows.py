"""The raw program is an honest peer: one order of each leaves the same rows, column by column."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select

from market.benchmarks.orders import counted, product, raw, shelf
from market.benchmarks.orders.shelf import Good, Shelf
from market.core import db
from market.stock.models import StockItem
from tests.benchmarks.orders.small import market_in

SECRET = {"token", "pickup_code", "return_path"}
"""Drawn anew each time; of an attempt's number the start is drawn from one of them."""


@pytest.fixture
def market(database: str, tmp_path: Path) -> Shelf:
    return market_in(database, tmp_path)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with db.transaction(read_only=True):
        connection = db.session.connection()
        return {
            name: [
                tuple(row._mapping.items()) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            ]
            for name in inspect(connection).get_table_names()
        }


def told(row: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, str], ...]:
    """A row without keys, secrets, instants and counts of what came before: what it says of the order."""
    return tuple((name, blank(name, value)) for name, value in row if not name.endswith("id"))


def blank(name: str, value: Any) -> str:
    if value is None:
        return "nothing"
    if name in SECRET or name.endswith(("_at", "_by")) or name == "at":
        return "something"
    if name in ("order_id", "source", "unique_key", "payload", "number", "title"):
        return re.sub(r"[0-9A-F]{8}-|\d+", "#", str(value))
    return str(value)


def left_by(do: Any) -> dict[str, Counter[Any]]:
    """New rows of each table."""
    before = {name: Counter(rows) for name, rows in everything().items()}
    do()
    new = {name: Counter(rows) - before[name] for name, rows in everything().items()}
    return {name: Counter(map(told, rows.elements())) for name, rows in new.items() if rows}


@pytest.mark.parametrize("number", [0, 7])
def test_one_order_of_each_leaves_the_same_rows(market, number):
    goods = market.spread(number)
    product.order(goods, 1)
    program = raw.opened(market.url)
    program.order(goods, 2)
    ours, theirs = (
        left_by(lambda: product.order(goods, 5)),
        left_by(lambda: program.order(goods, 6)),
    )
    count = {name: sum(rows.values()) for name, rows in ours.items()}
    assert count == {name: sum(rows.values()) for name, rows in theirs.items()}
    assert {"retail_order", "retail_part", "retail_order_line", "reservation"} < ours.keys()
    assert {"payment", "payment_attempt", "job", "state_change", "shelf_change", "stock_item"} < ours.keys()
    for name in ours.keys() - {"number_series", "stock_item"}:
        assert unnamed(ours[name]) == unnamed(theirs[name]), name
    program.connection.close()


def unnamed(rows: Counter[Any]) -> Counter[str]:
    """The buyers of the two orders have different numbers."""
    return Counter(re.sub(r"(Pembeli |62811)\d+", r"\1#", str(row)) for row in rows.elements())


def test_the_raw_program_sells_no_piece_twice(market):
    good = market.goods[0][0]
    counted_left(good, 1)
    program = raw.opened(market.url)
    program.order((good,), 1)
    with pytest.raises(raw.SoldOut):
        program.order((good,), 2)
    program.connection.close()
    with db.transaction(read_only=True):
        item = db.session.get_one(StockItem, good.item_id)
        assert item.on_hand_base == item.reserved_base == 1


def counted_left(good: Good, pieces: int) -> None:
    with db.transaction():
        db.session.scalars(select(StockItem).where(StockItem.id == good.item_id)).one().on_hand_base = pieces


def test_a_promise_without_its_count_is_found(market):
    good = market.goods[0][0]
    product.order((good,), 1)
    shelf.settle(market.settings)
    assert counted.wrong_pieces(market) == 0
    shelf.settle(market.settings)
    with db.transaction():
        db.session.get_one(StockItem, good.item_id).reserved_base += 2
    assert counted.wrong_pieces(market) == 2
    counted.leave(market, good, 0)
    assert counted.free(market, good) == 0
