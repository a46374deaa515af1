"""Whatever happens in whatever order, every cylinder is somewhere and every deposit is owed to somebody."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from market.core import db
from market.core.errors import LumbungError
from market.empties import queries, services
from market.empties.models import ContainerDeposit
from market.ledger import chart
from market.ledger import queries as books
from tests.empties.conftest import CYLINDER, HET_RP, balance, broken, held, own, receive, sell

STEPS = 40


def steps(cast, dice: random.Random) -> list[Callable[[], object]]:
    """What people do with cylinders, each with amounts that are sometimes too large."""

    def deposit_id() -> int:
        found = db.session.query(ContainerDeposit.id).filter_by(organization_id=cast.makmur.id, state="open")
        return dice.choice([row.id for row in found] or [0])

    def buy() -> None:
        count = dice.randint(1, 10)
        purchase = services.propose_purchase(cast.budi, CYLINDER, cast.lamongan.id, count, chart.CASH)
        services.decide_purchase(cast.hadi, purchase.id, approve=dice.random() < 0.8, reason="cukup")

    def count() -> None:
        now = held(cast)
        full = max(0, now["full"] + dice.randint(-2, 1))
        empty = max(0, now["empty"] + dice.randint(-2, 1))
        services.count_containers(cast.kasir, CYLINDER, full=full, empty=empty, reason="hitung")

    def sale() -> None:
        packs = dice.randint(1, 9)
        price = HET_RP - 500 * dice.randint(0, 2)
        sell(cast, packs, dice.randint(0, packs), unit_price_rp=price, member_sale=dice.random() < 0.5)

    return [
        lambda: receive(cast, dice.randint(1, 20)),
        lambda: receive(cast, dice.randint(1, 20), empties=dice.randint(0, 20)),
        lambda: receive(cast, dice.randint(1, 20), supplier=cast.ngawi),
        sale,
        sale,
        sale,
        lambda: services.return_containers(cast.kasir, deposit_id(), dice.randint(1, 4)),
        lambda: services.keep_containers(cast.kasir, deposit_id(), dice.randint(1, 2), "dibawa pindah"),
        lambda: services.hand_back(cast.kasir, CYLINDER, cast.lamongan.id, dice.randint(1, 15)),
        buy,
        count,
        lambda: own(cast, dice.randint(1, 5), dice.choice([0, 100_000, 137_501])),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_every_cylinder_is_accounted_for(cast, seed):
    dice = random.Random(seed)
    done = refused = 0
    for _step in range(STEPS):
        try:
            with db.transaction():
                dice.choice(steps(cast, dice))()
            done += 1
        except LumbungError:
            refused += 1
        with db.transaction(read_only=True):
            now = held(cast)
            places = now["full"] + now["empty"] + now["lent"] + now["supplier"]
            assert places == now["owned"]
            assert min(now["full"], now["empty"], now["lent"], now["rp"]) >= 0
            assert -balance(cast, chart.CONTAINER_DEPOSITS) == queries.deposits_held_rp(cast.makmur.id)
            assert balance(cast, chart.CYLINDERS) == now["rp"]
    assert done > STEPS // 2 and refused > 0
    with db.transaction(read_only=True):
        assert books.trial_balance(cast.makmur.id).balanced
        sides = queries.supplier_sides(cast.makmur.id)
        assert sum(side.balance for side in sides) == held(cast)["supplier"]
        assert broken() == []
