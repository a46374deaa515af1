"""A process that dies before any statement of an act of pre-orders leaves nothing of it behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from market.core import db
from market.preorders import services
from tests.faults import kill, story
from tests.preorders.conftest import Hall, broken

Made = Callable[[Hall], story.Act]


def close(hall: Hall) -> story.Act:
    found = hall.open()
    hall.ask(found, 1, wanted=6)
    return lambda: services.close_now(hall.cast.sri, found)


def share(hall: Hall) -> story.Act:
    found = hall.open()
    hall.ask(found, 1, wanted=3)
    hall.ask(found, 2, wanted=4)
    hall.close(found)
    hall.shelf()
    hall.arrive(1)
    return lambda: services.share_goods(hall.cast.kasir, found)


def share_later(hall: Hall) -> story.Act:
    act = share(hall)
    with db.transaction():
        found = act().id
    hall.arrive(2, rp=310_000)
    return lambda: services.share_later(hall.cast.kasir, found)


ACTS: dict[str, Made] = {"close": close, "share": share, "later": share_later}


@pytest.mark.parametrize("name", sorted(ACTS))
def test_a_kill_before_any_statement_leaves_all_or_nothing(settings, database, name):
    act = story.in_transaction(ACTS[name](Hall(story.begin())))
    assert kill.kill_everywhere(settings, act) > 3
    assert broken() == []
