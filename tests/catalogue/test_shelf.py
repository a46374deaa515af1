"""The version of the shelf: it moves with all that a visitor can see, and with nothing that is undone."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, insert, select, text

from market.catalogue import queries_shelf, services
from market.catalogue.models import Product
from market.catalogue.models_finding import ShelfChange
from market.catalogue.services import shelving, turning
from market.core import clock, db
from market.migrations import shelf_triggers
from tests.retail import shop as shops


@pytest.fixture
def shop(cast):
    return shops.open_shop(cast)


def moved(act) -> bool:
    before = queries_shelf.version()
    with db.transaction():
        act()
    return queries_shelf.version() > before


SQL = {
    "product": "UPDATE product SET price_rp = price_rp + 1",
    "stock_item": "UPDATE stock_item SET on_hand_base = on_hand_base + 1",
    "organization": "UPDATE organization SET name = name",
    "permit": "UPDATE permit SET number = number",
    "pack": "UPDATE pack SET code = code",
    "commodity": "UPDATE commodity SET family = family",
    "merchant_account": "UPDATE merchant_account SET valid_until_on = NULL",
    "review": "UPDATE review SET stars = stars",
}


def test_every_watched_table_is_tried_here():
    assert set(SQL) == {table for table, *_rest in shelf_triggers.WATCHED}


@pytest.mark.parametrize("table", sorted(set(SQL) - {"merchant_account", "review", "permit"}))
def test_a_change_by_whatever_hand_moves_the_version(cast, shop, table):
    assert moved(lambda: db.session.execute(text(SQL[table])))


def names_of_triggers() -> set[str]:
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if db.is_sqlite()
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with db.transaction(read_only=True):
        return set(db.session.scalars(text(asked)))


def test_every_trigger_is_still_there_after_the_last_migration(database):
    """A table that SQLite builds anew loses its triggers: such a migration has to make them again."""
    wanted = {shelf_triggers._name(table, event) for table, _c, event, _w in shelf_triggers._events()}
    assert wanted <= names_of_triggers()


def test_stock_that_is_no_matter_of_a_shop_moves_nothing(cast, shop):
    with db.transaction():
        db.session.execute(text("UPDATE stock_item SET code = 'empty:' || id"))
    assert not moved(lambda: db.session.execute(text(SQL["stock_item"])))


def test_what_is_reserved_and_let_go_in_one_breath_counts_but_a_rollback_does_not(cast, shop):
    before = queries_shelf.version()
    with pytest.raises(RuntimeError), db.transaction():
        db.session.execute(text(SQL["product"]))
        raise RuntimeError
    assert queries_shelf.version() == before


def test_a_shops_version_counts_its_own_changes_and_those_everywhere(cast, shop):
    ours, theirs = cast.makmur.slug, cast.tetangga.slug
    before = queries_shelf.version(ours), queries_shelf.version(theirs)
    with db.transaction():
        db.session.get(Product, shop.crisps.id).price_rp += 1
    after = queries_shelf.version(ours), queries_shelf.version(theirs)
    assert after[0] > before[0] and after[1] == before[1]
    with db.transaction():
        shelving.moved_everywhere()
    assert queries_shelf.version(theirs) > after[1]


def test_summing_up_leaves_every_version_as_it_was(cast, shop, monkeypatch):
    with db.transaction():
        rows = [{"cooperative_id": n % 3, "moves": 1 + n % 2} for n in range(50)]
        db.session.execute(insert(ShelfChange), rows)
    before = [queries_shelf.version(slug) for slug in ("", cast.makmur.slug, cast.tetangga.slug)]
    with db.transaction():
        assert services.sum_up_shelf() == 0
    monkeypatch.setattr(shelving, "FEW", 10)
    with db.transaction():
        assert services.sum_up_shelf() >= 50
    assert [queries_shelf.version(slug) for slug in ("", cast.makmur.slug, cast.tetangga.slug)] == before
    with db.transaction(read_only=True):
        left = db.session.scalar(select(func.count(ShelfChange.id)))
        shops_noted = db.session.scalar(select(func.count(ShelfChange.cooperative_id.distinct())))
    assert left == shops_noted


def test_the_days_new_turns_are_a_change_everywhere(cast, shop):
    clock.travel(86_400)
    assert moved(turning.draw_turns)


def test_two_who_sell_at_once_wait_for_each_other_no_longer_than_for_their_goods(cast, shop):
    """Versions are added, not counted up: both see their own change, and the sum holds both."""
    before = queries_shelf.version()
    gate = threading.Barrier(2, timeout=20)
    failed: list[BaseException] = []

    def change() -> None:
        try:
            gate.wait()
            with db.transaction():
                shelving.moved_everywhere()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=change) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert not failed
    assert queries_shelf.version() == before + 2


def test_a_version_is_read_without_touching_the_transaction_at_hand(cast, shop):
    with db.transaction():
        db.session.get(Product, shop.crisps.id).price_rp = 19_999
        db.session.flush()
        if not db.is_sqlite():
            queries_shelf.version()
        assert db.session.get(Product, shop.crisps.id).price_rp == 19_999
