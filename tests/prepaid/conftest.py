"""Sri opens a pool of rice in 5 kg shares, Hadi approves it, Budi takes the money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from market import verify
from market.core import clock, db
from market.core.permissions import SYSTEM
from market.ledger import queries as books
from market.prepaid import queries, services
from market.prepaid.models import PrepaidPool, PrepaidShare
from market.stock import services as stock
from tests import cast as people
from tests.faults import story

PRICE_RP = 62_000
PHONE = "081234567890"


@dataclass(frozen=True)
class Pools:
    """The cast and its acts, each a transaction of its own."""

    cast: people.Cast

    def propose(self, **changes: object) -> int:
        """Two to three sacks, five shares each, until in a week."""
        given = {
            "price_rp": PRICE_RP,
            "shares_per_pack": 5,
            "min_packs": 2,
            "max_packs": 3,
            "closes_on": clock.today() + timedelta(days=7),
            "delivery_on": clock.today() + timedelta(days=14),
            **changes,
        }
        with db.transaction():
            given["pack_id"] = changes.get("pack_id", story.rice())
            return services.open_pool(self.cast.sri, **given).id  # type: ignore[arg-type]

    def open(self, **changes: object) -> int:
        number = self.propose(**changes)
        with db.transaction():
            services.decide_pool(self.cast.hadi, number, approve=True)
        return number

    def pay(self, pool_id: int, shares: int, name: str = "Bu Tini", **more: object) -> int:
        given = {"account": "1-1100", "phone": PHONE, **more}
        with db.transaction():
            return services.record_payment(
                self.cast.budi,
                pool_id,
                buyer_name=name,
                shares=shares,
                **given,  # type: ignore[arg-type]
            ).id

    def close(self) -> int:
        """The time of every pool is over."""
        clock.travel(to=clock.now() + timedelta(days=8))
        with db.transaction():
            return services.settle_due()

    def fired(self, *shares: int) -> int:
        pool = self.open()
        for number in shares or (5, 10):
            self.pay(pool, number)
        with db.transaction():
            services.settle_pool(pool)
        return pool

    def stock(self, packs: int, pack_rp: int = 280_000) -> None:
        """Goods came (their purchase is another story)."""
        with db.transaction():
            makmur = self.cast.makmur.id
            item = stock.item_for_pack(makmur, story.rice())
            value = packs * pack_rp
            stock.move_in(SYSTEM, makmur, item.id, packs * item.pack_base, value, "opening:beras", "opening")

    def ready(self, pool_id: int) -> None:
        with db.transaction():
            services.mark_ready(self.cast.kasir, pool_id)

    def collect(self, share_id: int) -> None:
        code = share_of(share_id).pickup_code
        with db.transaction():
            services.collect_share(self.cast.kasir, share_id, code)

    def refund(self, pool_id: int, account: str = "1-1100") -> None:
        with db.transaction():
            services.propose_refunds(self.cast.budi, pool_id, account)
        with db.transaction():
            services.decide_refunds(self.cast.hadi, pool_id, approve=True)


@pytest.fixture
def world():
    return story.begin


@pytest.fixture
def pools(cast) -> Pools:
    return Pools(cast)


def pool_of(pool_id: int) -> PrepaidPool:
    with db.transaction(read_only=True):
        return db.session.get_one(PrepaidPool, pool_id)


def share_of(share_id: int) -> PrepaidShare:
    with db.transaction(read_only=True):
        return db.session.get_one(PrepaidShare, share_id)


def states_of(pool_id: int) -> list[str]:
    with db.transaction(read_only=True):
        return [share.state for share in queries.shares_of(pool_id)]


def balance(pools: Pools, code: str) -> int:
    with db.transaction(read_only=True):
        return books.balance_rp(pools.cast.makmur.id, code)


def broken() -> list[str]:
    """Invariants that do not hold; jobs that only wait for a worker are not meant."""
    with db.transaction(read_only=True):
        return [result.id for result in verify.run() if not result.ok and result.id != "I27"]
