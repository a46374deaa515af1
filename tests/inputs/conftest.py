"""Bu Tini bakes; Sri approves and pools, Budi lets the need in, Kasir takes money and hands goods over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from market import verify
from market.commodities import queries as commodities
from market.core import clock, db
from market.core.permissions import SYSTEM, Actor, Role
from market.identity.models import Organization
from market.inputs import queries, services
from market.inputs.models import InputRequest
from market.ledger import queries as books
from market.needs import services as needs
from market.needs.models import Need
from market.purchasing import queries as orders
from market.purchasing import services as purchasing
from market.purchasing.services import OrderLine, ReceiptLine
from tests import cast as people
from tests import factories
from tests.faults import story

KG = 1_000
QUOTE_RP = 11_000
"""Rupiah per kilogram of flour that the cooperative promises at most."""
PHONE = "081234567890"


@dataclass(frozen=True)
class Kitchen:
    """The cast and its acts, each a transaction of its own."""

    cast: people.Cast
    bakery: Organization
    tini: Actor

    def ask(self, kg: int = 50, most: int | None = 80, days: int = 5, **more: object) -> int:
        given = {"terms": "prepaid", **more}
        with db.transaction():
            return services.post_request(
                self.tini,
                commodity_id=flour().commodity_id,
                wanted_base=kg * KG,
                at_most_base=most * KG if most else None,
                needed_by_on=clock.today() + timedelta(days=days),
                **given,  # type: ignore[arg-type]
            ).id

    def guest(self, kg: int = 50, phone: str = PHONE, name: str = "Pak Slamet", **more: object) -> int:
        given = {"needed_by_on": clock.today() + timedelta(days=5), **more}
        with db.transaction():
            return services.post_guest_request(
                self.cast.makmur.id,
                buyer_name=name,
                phone=phone,
                commodity_id=flour().commodity_id,
                wanted_base=kg * KG,
                **given,  # type: ignore[arg-type]
            ).id

    def approve(self, request_id: int, quote_rp: int = QUOTE_RP, terms: str = "prepaid") -> int:
        with db.transaction():
            services.approve_request(self.cast.sri, request_id, quote_rp=quote_rp, terms=terms)
        return request_id

    def pay(self, request_id: int, use_kept: bool = False) -> int:
        with db.transaction():
            services.record_advance(self.cast.kasir, request_id, "1-1100", use_kept)
        return request_id

    def paid(self, kg: int = 50, most: int | None = 80, **more: object) -> int:
        return self.pay(self.approve(self.ask(kg, most, **more)))

    def on_credit(self, kg: int = 50, most: int | None = None) -> int:
        return self.approve(self.ask(kg, most, terms="tempo"), terms="tempo")

    def pool(self, own: int = 0, own_most: int | None = None) -> int:
        with db.transaction():
            return services.pool_requests(
                self.cast.sri, pack_id=flour().id, own_packs=own, own_at_most_packs=own_most
            ).id

    def open_pool(self, own: int = 0, own_most: int | None = None) -> int:
        need_id = self.pool(own, own_most)
        with db.transaction():
            needs.approve_need(self.cast.budi, need_id)
        return need_id

    def arrive(self, need_id: int, packs: int, pack_rp: int = 240_000) -> None:
        """What a round and a truck do, without them: matched, ordered, received, fulfilled."""
        with db.transaction():
            needs.take_into_round(SYSTEM, [need_id])
            needs.mark_matched(SYSTEM, need_id, packs)
            order = purchasing.issue_order(
                SYSTEM,
                self.cast.makmur.id,
                self.cast.lamongan.id,
                [OrderLine("goods", flour().id, "Tepung terigu sak 25 kg", packs, pack_rp)],
                origin=f"test:{need_id}",
                terms="cod",
                delivery_on=clock.today() + timedelta(days=2),
                place_code=self.cast.makmur.place_code,
            )
            line = orders.goods_lines(order.id)[0]
            purchasing.receive_goods(self.cast.kasir, order.id, [ReceiptLine(line.id, packs)])
            needs.mark_fulfilled(SYSTEM, need_id)

    def share(self, need_id: int) -> None:
        with db.transaction():
            services.share_goods(self.cast.kasir, need_id)

    def ready(self, need_id: int, packs: int, pack_rp: int = 240_000) -> None:
        self.arrive(need_id, packs, pack_rp)
        self.share(need_id)

    def collect(self, request_id: int, **choice: str) -> None:
        code = request_of(request_id).pickup_code
        with db.transaction():
            services.collect(self.cast.kasir, request_id, code, **choice)

    def settle(self, request_id: int, amount_rp: int) -> None:
        with db.transaction():
            services.record_settlement(self.cast.kasir, request_id, amount_rp, "1-1100")

    def withdraw(self, request_id: int) -> None:
        with db.transaction():
            services.withdraw_request(self.tini, request_id)

    def refund(self, request_id: int, account: str = "1-1100") -> None:
        with db.transaction():
            services.propose_refund(self.cast.budi, request_id, account)
        with db.transaction():
            services.decide_refund(self.cast.hadi, request_id, approve=True)


def flour():
    return commodities.pack_by_code("TRG-25")


def open_kitchen() -> Kitchen:
    """The cast with open books, and Bu Tini's bakery, which sells through makmur."""
    cast = story.begin()
    with db.transaction():
        bakery = factories.seller(cast.makmur, "Roti Bu Tini")
        tini = factories.actor(Role.SELLER_OWNER, bakery, "Tini", "tini")
    return Kitchen(cast, bakery, tini)


@pytest.fixture
def world():
    return open_kitchen


@pytest.fixture
def kitchen(began) -> Kitchen:
    return began


def request_of(request_id: int) -> InputRequest:
    with db.transaction(read_only=True):
        found = db.session.get_one(InputRequest, request_id)
        db.session.expunge_all()
        return found


def need_of(need_id: int) -> Need:
    with db.transaction(read_only=True):
        return db.session.get_one(Need, need_id)


def pool_of(need_id: int):
    with db.transaction(read_only=True):
        return queries.pool_of(need_id)


def balance(kitchen: Kitchen, code: str) -> int:
    with db.transaction(read_only=True):
        return books.balance_rp(kitchen.cast.makmur.id, code)


def broken() -> list[str]:
    """Invariants that do not hold; jobs that only wait for a worker are not meant."""
    with db.transaction(read_only=True):
        return [result.id for result in verify.run() if not result.ok and result.id != "I27"]
