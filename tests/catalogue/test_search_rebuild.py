"""`lumbung search-rebuild`: whatever happened to the search index, one command and goods are found again."""

from __future__ import annotations

import threading

import pytest

from market import cli, verify
from market.catalogue import queries_finding as finding
from market.catalogue import spelling
from market.catalogue.models import Product
from market.catalogue.models_finding import Listing
from market.catalogue.queries_finding import Wanted
from market.core import db
from tests.ledger.tamper import tamper
from tests.retail import shop as shops

FORGET_SQLITE = (
    "INSERT INTO listing_search (listing_search, rowid, name_words, seller_words, rest_words)"
    " SELECT 'delete', product_id, name_words, seller_words, rest_words FROM listing WHERE product_id = {id}"
)
FORGET = "DELETE FROM listing_search WHERE product_id = {id}"


@pytest.fixture
def shop(cast, monkeypatch):
    monkeypatch.setattr(cli, "_at_hand", lambda: None)  # the database of this test
    return shops.open_shop(cast)


def found(words: str, **filters: object) -> list[str]:
    with db.transaction(read_only=True):
        question = finding.corrected(spelling.question(words))
        return [card.name for card in finding.find(Wanted(question=question, **filters)).cards]  # type: ignore[arg-type]


def lies() -> bool:
    with db.transaction(read_only=True):
        return not verify.run(["I34"])[0].ok


def a_row_is_gone(shop, cast) -> None:
    tamper(f"DELETE FROM listing WHERE product_id = {shop.crisps.id}")


def the_words_are_wrong(shop, cast) -> None:
    tamper(f"UPDATE listing SET name_words = 'mping' WHERE product_id = {shop.crisps.id}")


def the_database_forgot_the_row(shop, cast) -> None:
    tamper((FORGET_SQLITE if db.is_sqlite() else FORGET).format(id=shop.crisps.id))


def both_went_wrong(shop, cast) -> None:
    tamper(f"UPDATE listing SET name_words = 'lama' WHERE product_id = {shop.crisps.id}")
    the_database_forgot_the_row(shop, cast)


@pytest.mark.parametrize(
    "damage",
    [a_row_is_gone, the_words_are_wrong, the_database_forgot_the_row, both_went_wrong],
)
def test_a_damaged_index_is_found_and_one_command_mends_it(cast, shop, capsys, damage):
    damage(shop, cast)
    assert lies()
    assert cli.main(["search-rebuild"]) == 0
    assert capsys.readouterr().out == "2 products in the search index\n"
    assert not lies()
    assert found("kripik") == ["Keripik Singkong"]
    assert found("mping") == found("lama") == []


def test_a_product_in_the_list_of_another_shop_comes_home(cast, shop):
    tamper(f"UPDATE listing SET cooperative_id = {cast.tetangga.id} WHERE product_id = {shop.crisps.id}")
    assert lies()
    assert found("kripik", shops=(cast.makmur.id,)) == []
    assert cli.main(["search-rebuild"]) == 0
    assert not lies()
    assert found("kripik", shops=(cast.makmur.id,)) == ["Keripik Singkong"]


def test_slips_of_the_finger_are_forgiven_again(shop):
    tamper("DELETE FROM search_near")
    assert found("sinkong") == []
    assert cli.main(["search-rebuild"]) == 0
    assert found("sinkong") == ["Keripik Singkong"]


def turns() -> dict[int, int]:
    with db.transaction(read_only=True):
        return {row.product_id: row.turn for row in db.session.query(Listing)}


def test_who_stands_in_front_today_stays_there(shop):
    tamper("UPDATE listing SET turn = product_id + 7")
    before = turns()
    assert cli.main(["search-rebuild"]) == 0
    assert turns() == before


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(shop, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("market.catalogue.services.indexing._learn", fail)
    with pytest.raises(RuntimeError):
        cli.main(["search-rebuild"])
    assert not lies()
    assert found("sinkong") == ["Keripik Singkong"]


def test_a_name_that_is_being_changed_is_not_written_over_with_the_old_one(shop):
    rebuilt: list[int] = []
    rebuilding = threading.Thread(target=lambda: rebuilt.append(cli.main(["search-rebuild"])))
    with db.transaction():
        db.session.get_one(Product, shop.crisps.id).name = "Emping Melinjo"
        db.session.flush()
        rebuilding.start()
        rebuilding.join(0.5)
        assert rebuilding.is_alive(), "it waits for who is writing"
    rebuilding.join(20)
    assert rebuilt == [0]
    assert not lies()
    assert found("emping") == ["Emping Melinjo"]
