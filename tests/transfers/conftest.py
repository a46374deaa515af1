"""Makmur has rice that nobody bought for weeks; two neighbours look for some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from market import verify
from market.commodities import queries as commodities
from market.core import clock, db
from market.core.permissions import SYSTEM, Actor, Role
from market.ledger import chart
from market.ledger import queries as books
from market.ledger import services as ledger
from market.ledger.types import EntryDraft, credit, debit
from market.needs import services as needs
from market.needs.models import Need
from market.stock import queries as shelf
from market.stock import services as stock
from market.transfers import services
from market.transfers.models import StockTransfer
from tests import cast as people
from tests import factories
from tests.faults import story

RICE = "BRS-PRM-25"
COST_RP = 290_000


@dataclass(frozen=True)
class Neighbours:
    """The cast with two more seats next door, a third cooperative farther away, and their acts."""

    cast: people.Cast
    bendahara: Actor
    """treasurer of tetangga"""
    ketua: Actor
    """chair of tetangga"""
    far: Actor
    """secretary of a cooperative without any stock"""
    far_head: Actor

    def put(self, packs: int, code: str = RICE, days: int = 40, value_rp: int | None = None) -> int:
        """Packs that came to makmur's shelf so many days ago; returns the item."""
        clock.travel(to=clock.now() - timedelta(days=days))
        with db.transaction():
            pack = commodities.pack_by_code(code)
            item = stock.item_for_pack(self.cast.makmur.id, pack.id)
            value = packs * COST_RP if value_rp is None else value_rp
            stock.move_in(
                SYSTEM,
                self.cast.makmur.id,
                item.id,
                packs * pack.size_base,
                value,
                f"opening:{code}",
                "opening",
            )
            number = item.id
        clock.reset()
        return number

    def need(self, by: Actor, head: Actor, packs: int, ceiling_rp: int = 310_000, at_most: int = 0) -> int:
        with db.transaction():
            need = needs.post_need(
                by,
                pack_id=story.rice(),
                wanted_packs=packs,
                at_most_packs=at_most or packs,
                needed_by_on=clock.today() + timedelta(days=10),
                ceiling_rp=ceiling_rp,
            )
            needs.approve_need(head, need.id)
            return need.id

    def wish(self, packs: int, **more: int) -> int:
        """Tetangga's own approved need."""
        return self.need(self.cast.wati, self.bendahara, packs, **more)

    def offer(self, item_id: int, **given: int) -> int:
        with db.transaction():
            return services.offer_stock(self.cast.sri, item_id, **given).id

    def take(self, lot_id: int, packs: int) -> None:
        with db.transaction():
            services.accept_stock(self.bendahara, lot_id, packs)

    def send(self, lot_id: int) -> None:
        with db.transaction():
            services.send_stock(self.cast.kasir, lot_id)

    def receive(self, lot_id: int, packs: int, shortage: str = "") -> None:
        with db.transaction():
            services.receive_stock(self.cast.wati, lot_id, packs, shortage)

    def arrived(self, packs: int = 20, came: int | None = None, **given: int) -> int:
        """A lot that went all the way to tetangga's shelf."""
        item = self.put(packs)
        self.wish(packs)
        lot = self.offer(item, **given)
        self.take(lot, packs)
        self.send(lot)
        self.receive(lot, packs if came is None else came, "broken")
        return lot


@pytest.fixture
def world():
    return move_in


@pytest.fixture
def next_door(began) -> Neighbours:
    return began


def move_in() -> Neighbours:
    cast = story.begin()
    with db.transaction():
        ledger.open_books(SYSTEM, cast.tetangga.id)
        capital = (debit(chart.BANK, 20_000_000), credit(chart.GRANTS, 20_000_000))
        ledger.post(SYSTEM, cast.tetangga.id, EntryDraft("opening:1", clock.today(), "Modal awal", capital))
        far = factories.cooperative("Koperasi Jauh", "3578041001")
        make = factories.actor
        return Neighbours(
            cast,
            make(Role.TREASURER, cast.tetangga, "Bendahara"),
            make(Role.CHAIR, cast.tetangga, "Ketua"),
            make(Role.SECRETARY, far, "Jauh"),
            make(Role.CHAIR, far, "Kepala jauh"),
        )


def lot_of(lot_id: int) -> StockTransfer:
    with db.transaction(read_only=True):
        return db.session.get_one(StockTransfer, lot_id)


def state_of_need(need_id: int) -> tuple[str, int]:
    with db.transaction(read_only=True):
        need = db.session.get_one(Need, need_id)
        return need.state, need.matched_packs


def balance(organization, code: str) -> int:
    with db.transaction(read_only=True):
        return books.balance_rp(organization.id, code)


def on_hand(organization, code: str = RICE) -> tuple[int, int, int]:
    """(packs, promised packs, value) of a good."""
    with db.transaction(read_only=True):
        item = shelf.item_by_code(organization.id, f"pack:{code}")
        if item is None:
            return 0, 0, 0
        return item.on_hand_base // item.pack_base, item.reserved_base // item.pack_base, item.value_rp


def broken() -> list[str]:
    with db.transaction(read_only=True):
        return [result.id for result in verify.run() if not result.ok]
