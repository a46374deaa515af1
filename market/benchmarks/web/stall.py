"""A large market made up: cooperatives of real kelurahan, invented sellers and goods, from one seed.

`draw` is pure, the same for the same seed and sizes; `fill` writes it with bulk inserts and has the search
index and today's turns built as the product builds them. Nothing of it says anything about a real business.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from market import refdata
from market.catalogue.models import Product
from market.catalogue.models_finding import Listing
from market.catalogue.services import indexing, shelving, turning
from market.commodities import services as commodities
from market.core import clock, db
from market.identity.models import Organization
from market.places import services as places
from market.stock.models import StockItem

CITY = "3578"
PLENTY = 1_000_000
"""Pieces of each product: the benchmark orders a lot."""
HEADS = ("Dapur", "Warung", "Rumah", "Berkah", "Olahan", "Usaha", "Kreasi", "Sumber")
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "kue": (
        ("Kue Lapis", "Kue Nastar", "Lemper", "Bolu Kukus", "Putu Ayu", "Onde-Onde", "Roti Sobek"),
        ("Pandan", "Cokelat", "Keju", "Ayam", "Pelangi", "Gula Merah"),
    ),
    "camilan": (
        ("Keripik Singkong", "Keripik Pisang", "Rempeyek", "Kerupuk Ikan", "Kacang Telur", "Stik Bawang"),
        ("Pedas", "Manis", "Asin", "Balado", "Daun Jeruk", "Original"),
    ),
    "bumbu": (
        ("Sambal Bawang", "Bumbu Pecel", "Sambal Terasi", "Bumbu Rawon", "Petis Udang"),
        ("Sedang", "Pedas", "Extra Pedas", "Tanpa Pengawet"),
    ),
    "minuman": (
        ("Kopi Bubuk", "Kunyit Asam", "Beras Kencur", "Sirup Jahe", "Wedang Uwuh"),
        ("Robusta", "Gula Aren", "Tanpa Gula", "Instan"),
    ),
    "masakan": (
        ("Rendang", "Pentol Beku", "Ayam Ungkep", "Abon Sapi", "Bandeng Presto", "Nugget Tempe"),
        ("Daging", "Keluarga", "Pedas", "Rempah"),
    ),
    "kerajinan": (
        ("Tas Anyaman", "Tempat Tisu", "Gantungan Kunci", "Sapu Lidi", "Keranjang Rotan"),
        ("Pandan", "Enceng Gondok", "Motif Batik", "Kecil", "Besar"),
    ),
}
UNITS = {"minuman": "botol", "bumbu": "botol", "kerajinan": "buah", "masakan": "bungkus", "kue": "kotak"}
FOOD = frozenset(KINDS) - {"kerajinan"}


@dataclass(frozen=True)
class Good:
    """One product: which seller (by place in the list), and what stands on its page."""

    seller: int
    name: str
    description: str
    category: str
    unit_label: str
    price_rp: int
    net_weight_g: int | None
    ingredients: str
    halal: str
    has_photo: bool


@dataclass(frozen=True)
class Stall:
    """Sellers as (name, cooperative's place in the list) and their goods."""

    sellers: tuple[tuple[str, int], ...]
    goods: tuple[Good, ...]


def draw(sellers: int, products: int, cooperatives: int, seed: int = 1) -> Stall:
    """The sellers and goods of a market of that size; each seller has at least one product."""
    dice = random.Random(f"{seed}:{sellers}:{cooperatives}")
    people = [row.name for row in refdata.people_names()]
    named = tuple(
        (f"{HEADS[n // len(people) % len(HEADS)]} {people[n % len(people)]}", dice.randrange(cooperatives))
        for n in range(sellers)
    )
    templates = {row.category: row for row in refdata.product_templates()}
    goods = tuple(_good(dice, n, n % sellers, templates) for n in range(products))
    return Stall(named, goods)


def _good(dice: random.Random, number: int, seller: int, templates: dict[str, Any]) -> Good:
    category = dice.choice(tuple(KINDS))
    bases, kinds = KINDS[category]
    name = f"{dice.choice(bases)} {dice.choice(kinds)}"
    weight = dice.choice((80, 100, 150, 200, 250, 500, 1_000)) if category in FOOD else None
    return Good(
        seller=seller,
        name=f"{name} {weight} g" if weight else f"{name} No. {number % 90 + 10}",
        description=f"{name} buatan sendiri, dibuat setiap minggu. Cocok untuk keluarga dan oleh-oleh.",
        category=category,
        unit_label=UNITS.get(category, "bungkus"),
        price_rp=dice.randrange(8, 160) * 500,
        net_weight_g=weight,
        ingredients=templates[category].ingredients,
        halal="certified" if category in FOOD and dice.random() < 0.4 else "unstated",
        has_photo=dice.random() < 0.8,
    )


def prepare() -> None:
    """Places and goods of reference, and a cooperative for each kelurahan of the city where there is none."""
    with db.transaction():
        places.load_reference()
        commodities.load_reference()
        if db.session.scalar(select(func.count()).where(Organization.kind == "cooperative")):
            return
        villages = [row for row in refdata.places() if row.kind == "village" and row.code.startswith(CITY)]
        rows = [
            _organization("cooperative", f"Koperasi Kelurahan Merah Putih {row.name}", f"kkmp-{row.code}")
            | {"place_code": row.code, "city_code": CITY, "address": f"Jl. Contoh {n + 1}"}
            for n, row in enumerate(villages)
        ]
        db.session.execute(insert(Organization), rows)


def _organization(kind: str, name: str, slug: str) -> dict[str, Any]:
    return {"kind": kind, "name": name, "slug": slug, "active": True, "created_at": clock.now()}


def fill(stall: Stall, photos: Sequence[str] = ()) -> list[int]:
    """Write the stall into the configured database, index and all; returns the products' ids in order."""
    with db.transaction():
        shops = list(
            db.session.scalars(
                select(Organization.id).where(Organization.kind == "cooperative").order_by(Organization.id)
            )
        )
        rows = [
            _organization("seller", name, f"penjual-bench-{n}")
            | {"sells_through_id": shops[at % len(shops)], "city_code": CITY}
            for n, (name, at) in enumerate(stall.sellers)
        ]
        sellers = _ids(Organization, rows)
        ids = _ids(Product, list(_products(stall, sellers, shops, photos)))
        at_shop = [shops[at % len(shops)] for _name, at in stall.sellers]
        rows = [
            _stock(at_shop[good.seller], id_, good.name) for id_, good in zip(ids, stall.goods, strict=True)
        ]
        db.session.execute(insert(StockItem), rows)
    with db.transaction():
        connection = db.session.connection()
        for some in _chunks(ids, 2_000):
            indexing.index(connection, some)
    with db.transaction():
        db.session.execute(update(Listing).values(drawn_on=clock.today() - timedelta(days=1)))
        turning.draw_turns()
    with db.transaction():
        shelving.sum_up_shelf()  # a running product does so each minute; each page asks for that sum
    return ids


def _products(
    stall: Stall, sellers: Sequence[int], shops: Sequence[int], photos: Sequence[str]
) -> Iterable[dict[str, Any]]:
    now = clock.now()
    for n, good in enumerate(stall.goods):
        _name, at = stall.sellers[good.seller]
        yield {
            "organization_id": sellers[good.seller],
            "cooperative_id": shops[at % len(shops)],
            "name": good.name[:80],
            "description": good.description,
            "price_rp": good.price_rp,
            "unit_label": good.unit_label,
            "net_weight_g": good.net_weight_g,
            "ingredients": good.ingredients,
            "halal": good.halal,
            "category": good.category,
            "photo": photos[n % len(photos)] if photos and good.has_photo else None,
            "commission_bp": 1_000,
            "state": "published",
            "state_at": now,
            "created_at": now,
        }


def _stock(shop: int, product_id: int, name: str) -> dict[str, Any]:
    return {
        "organization_id": shop,
        "code": f"product:{product_id}",
        "name": name,
        "base_unit": "pcs",
        "owned": False,
        "on_hand_base": PLENTY,
        "moved_at": clock.now(),
    }


def _ids(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    returned = db.session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows)
    return list(returned)


def _chunks(values: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (values[n : n + size] for n in range(0, len(values), size))
