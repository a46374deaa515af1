"""Residents pre-order 5 kg packs of rice; the cooperative buys sacks of 25 kg."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from market import verify
from market.catalogue import services as catalogue
from market.commodities import queries as commodities
from market.core import clock, db
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.needs.models import Need
from market.preorders import queries, services
from market.preorders.models import PreOrder, PreOrderWish
from market.stock import services as stock
from tests import cast as people
from tests.faults import story

PRICE_RP = 70_000


@dataclass(frozen=True)
class Hall:
    """The cast and what it does, each act a transaction of its own."""

    cast: people.Cast

    def open(self, pack: str = "BRS-PRM-5", **more: object) -> int:
        today = clock.today()
        given: dict[str, object] = {
            "price_rp": PRICE_RP,
            "closes_on": today + timedelta(days=3),
            "pickup_from_on": today + timedelta(days=10),
            "pickup_until_on": today + timedelta(days=12),
            **more,
        }
        with db.transaction():
            pack_id = commodities.pack_by_code(pack).id
            return services.open_preorder(self.cast.sri, pack_id=pack_id, **given).id  # type: ignore[arg-type]

    def ask(self, preorder_id: int, who: int, wanted: int = 2, at_most: int | None = None) -> PreOrderWish:
        with db.transaction():
            return services.ask(
                services.BUYER,
                preorder_id,
                buyer_name=f"Warga {who}",
                phone=f"0812000{who:05}",
                wanted=wanted,
                at_most=at_most,
            )

    def close(self, preorder_id: int) -> PreOrder:
        with db.transaction():
            services.close_now(self.cast.sri, preorder_id)
        return preorder_of(preorder_id)

    def arrive(self, sacks: int, pack: str = "BRS-PRM-25", rp: int = 300_000) -> None:
        """Bulk packs on the shelf and in the books, as a receipt leaves them."""
        with db.transaction():
            found = commodities.pack_by_code(pack)
            item = stock.item_for_pack(self.cast.makmur.id, found.id)
            source = f"opening:{pack}{sacks}x{rp}"
            stock.move_in(
                SYSTEM, self.cast.makmur.id, item.id, sacks * found.size_base, sacks * rp, source, "opening"
            )
            lines = [debit(chart.INVENTORY, sacks * rp), credit(chart.GRANTS, sacks * rp)]
            draft = EntryDraft(source, clock.today(), "Beras", lines)
            ledger.post(SYSTEM, self.cast.makmur.id, draft)

    def shelf(self, price_rp: int = 68_000, pack: str = "BRS-PRM-5") -> None:
        with db.transaction():
            catalogue.sell_pack(self.cast.sri, commodities.pack_by_code(pack).id, price_rp)

    def share(self, preorder_id: int, units: int | None = None) -> list[int]:
        with db.transaction():
            services.share_goods(self.cast.kasir, preorder_id, units)
        return [wish.given for wish in wishes_of(preorder_id)]


def preorder_of(preorder_id: int) -> PreOrder:
    with db.transaction(read_only=True):
        return queries.preorder_by_id(preorder_id)


def wishes_of(preorder_id: int) -> list[PreOrderWish]:
    with db.transaction(read_only=True):
        return queries.wishes_of(preorder_id)


def need_of(preorder_id: int) -> Need:
    with db.transaction(read_only=True):
        return db.session.get_one(Need, queries.preorder_by_id(preorder_id).need_id)


def broken() -> list[str]:
    """Invariants that do not hold; jobs that only wait for a worker are not meant."""
    with db.transaction(read_only=True):
        return [result.id for result in verify.run() if not result.ok and result.id != "I27"]


@pytest.fixture
def hall(database) -> Hall:
    return Hall(story.begin())
