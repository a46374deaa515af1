"""The basket of a visitor: one per shop, kept in the signed cookie, worth nothing until it is ordered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask import session

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.catalogue.queries import ShelfItem
from market.catalogue.queries_baskets import ShelfShop, shelves
from market.catalogue.queries_cards import Card
from market.core import money

KEY, VISITOR, ORDERS = "basket", "visitor", "orders"
MOST_SHOPS, MOST_ORDERS = 4, 5


@dataclass(frozen=True)
class BasketLine:
    """Something in the basket at today's price."""

    item: ShelfItem | Card
    quantity: int

    @property
    def amount_rp(self) -> int:
        return self.item.price_rp * self.quantity

    @property
    def commission_rp(self) -> int:
        """What of it stays with the cooperative, when the goods are a member's."""
        return 0 if self.item.own else money.div_round(self.amount_rp * self.item.commission_bp, 10_000)


@dataclass(frozen=True)
class Basket:
    """What a visitor would order from one shop; `gone` counts products no longer sold there."""

    lines: tuple[BasketLine, ...]
    gone: int = 0

    @property
    def quantities(self) -> dict[int, int]:
        return {line.item.id: line.quantity for line in self.lines}

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def total_rp(self) -> int:
        return sum(line.amount_rp for line in self.lines)

    @property
    def members_rp(self) -> int:
        """What of the total goes to members for their own goods."""
        return sum(line.amount_rp - line.commission_rp for line in self.lines if not line.item.own)


def _stored() -> dict[str, dict[str, int]]:
    kept = session.get(KEY)
    return kept if isinstance(kept, dict) else {}


def quantities(cooperative_id: int) -> dict[int, int]:
    """What lies in the visitor's basket of a shop."""
    return {int(product_id): n for product_id, n in _stored().get(str(cooperative_id), {}).items()}


def load(cooperative_id: int) -> Basket:
    """The basket with today's goods and prices."""
    wanted = quantities(cooperative_id)
    items = catalogue.shelf_items(cooperative_id, wanted)
    return of(items, wanted)


def load_with_products(cooperative_id: int) -> tuple[Basket, list[Product]]:
    """The basket, and the products in it as whoever reckons a bill needs them."""
    wanted = quantities(cooperative_id)
    items, products = catalogue.goods_on_sale(cooperative_id, wanted)
    return of(items, wanted), products


def load_all() -> list[tuple[ShelfShop, Basket]]:
    """Every basket of the visitor that holds something, with its shop; one statement for all of them."""
    wanted = {int(shop_id): quantities(int(shop_id)) for shop_id in _stored()}
    found = shelves(wanted)
    return [(shop, of(items, wanted[shop.id])) for shop, items in found if items]


def of(items: Mapping[int, ShelfItem | Card], wanted: dict[int, int]) -> Basket:
    """A basket from goods that were read already."""
    lines = tuple(BasketLine(items[each], n) for each, n in wanted.items() if each in items)
    return Basket(lines, gone=len(wanted) - len(lines))


def put(cooperative_id: int, product_id: int, quantity: int) -> None:
    """Have this many of a product in the basket from now on; 0 takes it out."""
    baskets = _stored()
    mine = baskets.pop(str(cooperative_id), {})
    mine.pop(str(product_id), None) if quantity == 0 else mine.update({str(product_id): quantity})
    newest = {**baskets, str(cooperative_id): mine} if mine else baskets
    session[KEY] = dict(list(newest.items())[-MOST_SHOPS:])
    know_visitor()


def shops() -> set[int]:
    """The shops of which something lies in a basket of this visitor."""
    return {int(shop_id) for shop_id, goods in _stored().items() if goods}


def pieces() -> int:
    """How many things lie in all baskets of this visitor, sold or not: the cookie knows, nobody is asked."""
    return sum(n for goods in _stored().values() for n in goods.values())


def know_visitor() -> None:
    """A visitor has a name of their own before they order, so that a form sent twice is recognised."""
    session.setdefault(VISITOR, secrets.token_urlsafe(12))


def ordered(cooperative_id: int, token: str) -> None:
    """The basket became an order: it is empty, and this device remembers the order's link."""
    session[KEY] = {shop: goods for shop, goods in _stored().items() if shop != str(cooperative_id)}
    session[ORDERS] = [*my_tokens(), token][-MOST_ORDERS:]


def my_tokens() -> list[str]:
    """Secret links of the orders made on this device, oldest first."""
    kept = session.get(ORDERS)
    return [str(token) for token in kept] if isinstance(kept, list) else []
