"""A process that dies anywhere in an act with cylinders leaves nothing of it behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from market.core import db
from market.empties import queries, services
from market.ledger import chart
from tests.empties.conftest import CYLINDER, begin, broken, own, receive, sell
from tests.faults import kill, story


def delivery(cast) -> story.Act:
    """Full ones come, empties go along."""
    own(cast, 30)
    return lambda: receive(cast, 20, empties=12)


def refill(cast) -> story.Act:
    """Three full ones against one empty and two deposits."""
    receive(cast, 20)
    return lambda: sell(cast, 3, empties=1)


def coming_back(cast) -> story.Act:
    """The last of a deposit."""
    receive(cast, 20)
    found = queries.deposit_of_sale(sell(cast, 2, empties=0).id)
    assert found is not None
    deposit_id = found.id
    return lambda: services.return_containers(cast.kasir, deposit_id, 2)


def keeping(cast) -> story.Act:
    """One of two stays with the buyer."""
    own(cast, 10)
    receive(cast, 10)
    found = queries.deposit_of_sale(sell(cast, 2, empties=0).id)
    assert found is not None
    deposit_id = found.id
    return lambda: services.keep_containers(cast.kasir, deposit_id, 1, "pindah")


def purchase(cast) -> story.Act:
    """The second person says yes."""
    receive(cast, 20)
    bought = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, 20, chart.CASH).id
    return lambda: services.decide_purchase(cast.hadi, bought, approve=True)


def counting(cast) -> story.Act:
    """One full and one empty are missing."""
    own(cast, 12)
    receive(cast, 10)
    return lambda: services.count_containers(cast.kasir, CYLINDER, full=9, empty=1, reason="hilang")


ACTS: dict[str, Callable[..., story.Act]] = {
    each.__name__: each for each in (delivery, refill, coming_back, keeping, purchase, counting)
}


@pytest.mark.parametrize("name", sorted(ACTS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, name):
    cast = begin()
    with db.transaction():
        act = ACTS[name](cast)
    assert kill.kill_everywhere(settings, story.in_transaction(act)) > 3
    with db.transaction(read_only=True):
        assert broken() == []
