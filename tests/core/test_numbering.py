"""Document numbers: dense, per organization and year, given back by a rollback."""

from __future__ import annotations

import threading

import pytest

from market.core import clock, db
from market.core.numbering import next_number


def test_numbers_follow_each_other_per_organization_and_series(cast):
    with db.transaction():
        year = clock.today().year
        assert next_number(cast.makmur.id, "PO") == f"PO/{year}/000001"
        assert next_number(cast.makmur.id, "PO") == f"PO/{year}/000002"
        assert next_number(cast.makmur.id, "BK") == f"BK/{year}/000001"
        assert next_number(cast.tetangga.id, "PO") == f"PO/{year}/000001"


def test_a_rolled_back_number_is_given_again(cast):
    with pytest.raises(RuntimeError), db.transaction():
        next_number(cast.makmur.id, "PO")
        raise RuntimeError
    with db.transaction():
        assert next_number(cast.makmur.id, "PO").endswith("000001")


def test_a_new_year_starts_at_one(cast):
    with db.transaction():
        next_number(cast.makmur.id, "PO")
    clock.travel(366 * 86_400)
    with db.transaction():
        assert next_number(cast.makmur.id, "PO") == f"PO/{clock.today().year}/000001"


def test_writers_at_the_same_time_get_different_numbers(cast):
    got: list[str] = []

    def take():
        with db.transaction():
            got.append(next_number(cast.makmur.id, "PO"))

    threads = [threading.Thread(target=take) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 8
