"""Clients of a race: they begin together, share no number, and whoever fails says why."""

from __future__ import annotations

import os

import pytest

from market.benchmarks.orders import clerks
from market.benchmarks.orders.clerks import Entrant, Round


def noting(path):
    """Each piece writes its number down."""

    def opening():
        line = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        return lambda number: os.write(line, f"{number}\n".encode())

    return opening


def numbers(path) -> list[int]:
    return [int(line) for line in path.read_text().split()]


def test_no_number_is_given_out_twice_by_any_clerk_in_any_round(tmp_path):
    entrant = Entrant("notes", noting(tmp_path / "notes"), 3)
    found = clerks.race([entrant, Entrant("others", noting(tmp_path / "notes"), 2)], 2, 0.01)
    given = numbers(tmp_path / "notes")
    assert len(given) == len(set(given))
    assert sum(pace.pieces for pace in found.values()) + 2 * (3 + 2) * clerks.WARM == len(given)


def test_rounds_alternate_between_the_entrants(tmp_path):
    both = [Entrant(name, noting(tmp_path / name), 1) for name in ("one", "other")]
    clerks.race(both, 2, 0.001)
    rounds = {name: {n // clerks.STRIDE for n in numbers(tmp_path / name)} for name in ("one", "other")}
    assert rounds == {"one": {1, 3}, "other": {2, 4}}


def test_a_clerk_that_fails_ends_the_round_with_its_words():
    def opening():
        def piece(number):
            if number % 2:
                raise ValueError("nothing on the shelf")

        return piece

    with pytest.raises(RuntimeError, match="nothing on the shelf"):
        clerks.shift(opening, 2, 0.01, 0)


def test_a_round_counts_all_pieces_over_the_time_of_all():
    seen = Round(2.0, tuple(float(n) for n in range(1, 101)))
    assert seen.rate == 50
    assert seen.percentile(0.5) == 51
    assert seen.percentile(0.99) == 100
