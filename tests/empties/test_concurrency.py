"""The last cylinder is sold once, the last empty handed over once, whoever is quicker."""

from __future__ import annotations

from market.core import db
from market.core.errors import LumbungError
from market.empties import queries, services
from tests.empties.conftest import CYLINDER, broken, held, own, receive, sell
from tests.stock.conftest import together

THREADS = 4


def won(answers: list[object]) -> int:
    return sum(not isinstance(answer, LumbungError) for answer in answers)


def test_the_last_cylinders_are_sold_once(cast):
    with db.transaction():
        receive(cast, 5)
    answers = together(lambda number: sell(cast, 2, empties=number % 2), 4, THREADS)
    assert won(answers) == 2
    with db.transaction(read_only=True):
        assert held(cast)["full"] == 1 and broken() == []


def test_the_last_empties_are_handed_over_once(cast):
    with db.transaction():
        own(cast, 7)

    def act(_number: int) -> object:
        return services.hand_back(cast.kasir, CYLINDER, cast.lamongan.id, 3)

    assert won(together(act, 4, THREADS)) == 2
    with db.transaction(read_only=True):
        assert (held(cast)["empty"], held(cast)["supplier"]) == (1, 6) and broken() == []


def test_a_deposit_is_paid_back_once(cast):
    with db.transaction():
        receive(cast, 5)
        deposit = queries.deposit_of_sale(sell(cast, 2, empties=0).id)
        assert deposit is not None
        number = deposit.id
    answers = together(lambda _: services.return_containers(cast.kasir, number, 2), 4, THREADS)
    assert won(answers) == 1
    with db.transaction(read_only=True):
        assert queries.deposits_held_rp(cast.makmur.id) == 0 and held(cast)["lent"] == 0
        assert broken() == []


def test_the_first_holding_is_made_once(cast):
    assert won(together(lambda _: own(cast, 1), 4, THREADS)) == 4
    with db.transaction(read_only=True):
        assert held(cast)["owned"] == 4 and broken() == []
