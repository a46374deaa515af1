"""The market in which orders are placed: shops that take QRIS, goods without end, what an order asks."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import String, cast, literal, select

from market import app as application
from market import config, migrations
from market.benchmarks.web import hosting, stall
from market.catalogue.models import Product
from market.core import clock, crypto, db, states
from market.core.permissions import SYSTEM
from market.identity.models import Organization, User
from market.payments import doors
from market.payments.models import MerchantAccount
from market.payments.types import Provider
from market.stock.models import StockItem

LINES = 3
"""Goods of an order."""


@dataclass(frozen=True)
class Size:
    """How many sellers and products there are for the 153 cooperatives."""

    sellers: int = 320
    products: int = 1_600


FULL = Size()
QUICK = Size(160, 640)


@dataclass(frozen=True)
class Good:
    """A product as the raw programs know it beforehand; they need not ask for it."""

    id: int
    seller_id: int
    shop_id: int
    item_id: int
    account_id: int
    name: str
    unit_label: str
    price_rp: int
    commission_bp: int


@dataclass(frozen=True)
class Shelf:
    """The shops' goods; `settings` are the environment of whoever works in this market."""

    settings: Mapping[str, str]
    goods: tuple[tuple[Good, ...], ...]

    @property
    def url(self) -> str:
        """The database."""
        return self.settings["LUMBUNG_DATABASE_URL"]

    def spread(self, number: int) -> tuple[Good, ...]:
        """What order `number` asks for: the shops in turn, other goods each time, in order of stock."""
        turn, at = divmod(number, len(self.goods))
        shop = self.goods[at]
        asked = {shop[(turn * LINES + n) % len(shop)] for n in range(LINES)}
        return tuple(sorted(asked, key=lambda good: good.item_id))

    def hot(self, number: int) -> tuple[Good, ...]:
        """The same product in every order, and two others of the same shop."""
        return self.goods[0][:LINES]


def environment(url: str, folder: Path) -> dict[str, str]:
    """Settings of whoever works on that database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUMBUNG_")}
    return kept | hosting.production(url, folder) | {"LUMBUNG_ENV": "demo", "LUMBUNG_MESSAGES": "memory"}


def settle(settings: Mapping[str, str]) -> None:
    """Point this process at the market."""
    application.configure(config.load(settings))


def made(url: str, folder: Path, size: Size = FULL, seed: int = 1) -> Shelf:
    """The market written into an empty database; nobody is connected to it afterwards."""
    settings = environment(url, folder)
    settle(settings)
    with db.engine().connect() as connection:
        migrations.upgrade(connection)
        connection.commit()
    stall.prepare()
    stall.fill(stall.draw(size.sellers, size.products, 153, seed))
    found = opened(settings)
    db.dispose()
    return found


def opened(settings: Mapping[str, str]) -> Shelf:
    """The goods that lie in the configured database, in shops that take QRIS from now on."""
    with db.transaction():
        _open_accounts()
    with db.transaction(read_only=True):
        return Shelf(settings, _goods())


def _open_accounts() -> None:
    """Every cooperative takes QRIS; one person has approved them all."""
    person = User(login="pemeriksa", name="Pemeriksa", password_hash="", created_at=clock.now())
    db.session.add(person)
    db.session.flush()
    for shop_id in db.session.scalars(select(Organization.id).where(Organization.kind == "cooperative")):
        token = crypto.token()
        account = MerchantAccount(
            organization_id=shop_id,
            provider=Provider.MIDTRANS,
            merchant_id=f"G{shop_id:09d}",
            token=token,
            keys=doors.seal_keys(token, server_keys=[f"SB-Mid-server-{shop_id}"]),
            valid_from_on=clock.today(),
            approved_by=person.id,
            state_at=clock.now(),
        )
        db.session.add(account)
        db.session.flush()
        states.start(account, SYSTEM)
        states.advance(account, "active", SYSTEM, "benchmark")


def _goods() -> tuple[tuple[Good, ...], ...]:
    """Goods by shop; a shop with fewer than an order needs is left out."""
    query = (
        select(
            Product.id,
            Product.organization_id.label("seller_id"),
            Product.cooperative_id.label("shop_id"),
            StockItem.id.label("item_id"),
            MerchantAccount.id.label("account_id"),
            *(Product.name, Product.unit_label, Product.price_rp, Product.commission_bp),
        )
        .join(StockItem, StockItem.organization_id == Product.cooperative_id)
        .join(MerchantAccount, MerchantAccount.organization_id == Product.cooperative_id)
        .where(StockItem.code == literal("product:") + cast(Product.id, String))
        .order_by(StockItem.id)
    )
    return by_shop([dict(row._mapping) for row in db.session.execute(query)])


def by_shop(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[Good, ...], ...]:
    """The rows as goods, shop by shop."""
    shops: defaultdict[int, list[Good]] = defaultdict(list)
    for row in rows:
        shops[row["shop_id"]].append(Good(**row))
    return tuple(tuple(found) for _shop, found in sorted(shops.items()) if len(found) >= LINES)
