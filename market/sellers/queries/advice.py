"""What a seller can do today, computed from her own goods: one rule each, with its figure and one button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from sqlalchemy import select

from market.catalogue import queries as catalogue
from market.catalogue.models import Product, UnitPrice, on_sale, unit_price
from market.core import db
from market.core.i18n import LazyText, lazy
from market.core.money import format_rp
from market.core.parameters import Parameter
from market.reviews import queries as reviews

DEAR_PERCENT = Parameter(
    "sellers.dear_percent",
    150,
    "assumption: half as much again as the middle of similar goods is far above",
    *(110, 1_000, lazy("Harga disebut jauh di atas mulai"), lazy("persen dari harga tengah"), "cooperative"),
)
ENOUGH_TO_COMPARE = 3
SHORT_TEXT = 20
FEW_DAYS = 3
SLOW_DAYS = 3


@dataclass(frozen=True)
class Facts:
    """One published product and what others of its kind cost per comparable amount."""

    product: Product
    left: int
    middle: UnitPrice | None
    dear_percent: int

    @property
    def days_a_week(self) -> int:
        return bin(self.product.ready_days).count("1")


@dataclass(frozen=True)
class Hint:
    """Something to do: words with the figure, the button, and where it leads."""

    kind: str
    text: LazyText
    button: LazyText
    endpoint: str
    product_id: int | None = None


def _no_photo(facts: Facts) -> Hint | None:
    if facts.product.photo:
        return None
    text = lazy("%(name)s belum punya foto.", name=facts.product.name)
    return _edit("no_photo", text, lazy("Tambah foto"), facts)


def _out_of_stock(facts: Facts) -> Hint | None:
    if facts.left > 0 or facts.product.supply == "order":
        return None
    text = lazy("%(name)s habis: tersisa %(left)s.", name=facts.product.name, left=facts.left)
    return Hint("out_of_stock", text, lazy("Lihat stoknya"), "catalogue.show", facts.product.id)


def _too_dear(facts: Facts) -> Hint | None:
    product = facts.product
    mine = unit_price(product.price_rp, product.net_weight_g, product.net_volume_ml)
    if mine is None or facts.middle is None or mine.per != facts.middle.per:
        return None
    if mine.price_rp * 100 < facts.middle.price_rp * facts.dear_percent:
        return None
    text = lazy(
        "%(name)s %(mine)s per %(per)s; barang serupa biasanya %(middle)s.",
        name=product.name,
        mine=format_rp(mine.price_rp),
        per=mine.per,
        middle=format_rp(facts.middle.price_rp),
    )
    return _edit("too_dear", text, lazy("Periksa harga"), facts)


def _no_words(facts: Facts) -> Hint | None:
    if len(facts.product.description) >= SHORT_TEXT:
        return None
    text = lazy(
        "Cerita %(name)s baru %(count)s huruf. Tulis rasa, isi, dan asalnya.",
        name=facts.product.name,
        count=len(facts.product.description),
    )
    return _edit("no_words", text, lazy("Tulis cerita"), facts)


def _few_days(facts: Facts) -> Hint | None:
    if facts.product.supply != "order" or facts.days_a_week >= FEW_DAYS:
        return None
    text = lazy("%(name)s hanya %(days)s hari seminggu.", name=facts.product.name, days=facts.days_a_week)
    return _edit("few_days", text, lazy("Tambah hari"), facts)


def _slow(facts: Facts) -> Hint | None:
    if facts.product.lead_days <= SLOW_DAYS:
        return None
    text = lazy(
        "%(name)s baru jadi %(days)s hari sesudah dipesan.",
        name=facts.product.name,
        days=facts.product.lead_days,
    )
    return _edit("slow", text, lazy("Periksa waktunya"), facts)


def _edit(kind: str, text: LazyText, button: LazyText, facts: Facts) -> Hint:
    return Hint(kind, text, button, "catalogue.edit", facts.product.id)


HINTS: tuple[Callable[[Facts], Hint | None], ...] = (
    _out_of_stock,
    _no_photo,
    _too_dear,
    _no_words,
    _few_days,
    _slow,
)
"""The rules, the one that costs most orders first."""


def hints(cooperative_id: int, seller_id: int) -> list[Hint]:
    """Everything that she can do, the most useful first, different kinds before the same kind again."""
    facts = _facts(cooperative_id, seller_id)
    ranked: list[list[Hint]] = [[hint for each in facts if (hint := rule(each))] for rule in HINTS]
    unanswered = reviews.unanswered(seller_id)
    if unanswered:
        text = lazy("%(n)s ulasan pembeli belum Anda jawab.", n=unanswered)
        ranked.insert(1, [Hint("unanswered", text, lazy("Jawab ulasan"), "reviews.index")])
    found: list[Hint] = []
    while any(ranked):
        found += [rule.pop(0) for rule in ranked if rule]
    return found


def _facts(cooperative_id: int, seller_id: int) -> list[Facts]:
    query = select(Product).where(
        Product.organization_id == seller_id,
        Product.cooperative_id == cooperative_id,
        on_sale(),
    )
    products = list(db.session.scalars(query.order_by(Product.id)))
    left = catalogue.shelf_items(cooperative_id, [product.id for product in products])
    middles = {category: _middle(category, seller_id) for category in {p.category for p in products}}
    dear = DEAR_PERCENT.value(organization_id=cooperative_id)
    return [
        Facts(p, left[p.id].left if p.id in left else 0, middles[p.category].get(_per(p)), dear)
        for p in products
    ]


def _per(product: Product) -> str:
    found = unit_price(product.price_rp, product.net_weight_g, product.net_volume_ml)
    return found.per if found else ""


def _middle(category: str, seller_id: int) -> dict[str, UnitPrice]:
    """The middle price per comparable amount of others' goods of a kind, where there are enough of them."""
    query = select(Product.price_rp, Product.net_weight_g, Product.net_volume_ml).where(
        Product.category == category, on_sale(), Product.organization_id != seller_id
    )
    by_amount: dict[str, list[int]] = {}
    for row in db.session.execute(query):
        found = unit_price(*row)
        if found is not None:
            by_amount.setdefault(found.per, []).append(found.price_rp)
    return {
        per: UnitPrice(int(median(prices)), per)
        for per, prices in by_amount.items()
        if len(prices) >= ENOUGH_TO_COMPARE
    }
