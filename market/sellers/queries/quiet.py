"""Who waits for a first or a next order, and how evenly buyers see what is sold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BigInteger, cast, func, select

from market.catalogue.models import Product, on_sale
from market.core import clock, db
from market.core.i18n import lazy
from market.core.parameters import Parameter
from market.identity.models import Organization
from market.retail.models import RetailOrder, RetailOrderLine
from market.sellers.models import ProductView

QUIET_DAYS = Parameter(
    "sellers.quiet_days",
    14,
    "product decision: after two weeks without an order a seller gets help; on e-Peken one waited a year",
    *(1, 365, lazy("UMKM dibantu sesudah tanpa pesanan selama"), lazy("hari"), "cooperative"),
)
VIEW_DAYS = 30


@dataclass(frozen=True)
class QuietSeller:
    """A seller with goods on the shelf whom nobody has ordered from since `since_on`."""

    seller_id: int
    name: str
    cooperative_id: int
    cooperative: str
    since_on: date
    ever: bool
    days: int
    goods: int
    views: int


def quiet_sellers(
    cooperative_id: int | None = None, scope_code: str = "", limit: int = 200
) -> list[QuietSeller]:
    """Sellers of a cooperative, or of the cooperatives of an area, without an order for too long.

    Silence counts from the last order, without one from the day the first product was on the shelf.
    """
    shop = Organization.__table__.alias("shop")
    last = (
        select(RetailOrderLine.seller_id, func.max(RetailOrder.placed_at).label("at"))
        .join(RetailOrder, RetailOrder.id == RetailOrderLine.order_id)
        .group_by(RetailOrderLine.seller_id)
        .subquery()
    )
    views = (
        select(Product.organization_id, cast(func.sum(ProductView.views), BigInteger).label("views"))
        .join(Product, Product.id == ProductView.product_id)
        .where(ProductView.day_on > clock.today() - timedelta(days=VIEW_DAYS))
        .group_by(Product.organization_id)
        .subquery()
    )
    query = (
        select(
            Organization.id,
            Organization.name,
            shop.c.id.label("cooperative_id"),
            shop.c.name.label("cooperative"),
            last.c.at,
            func.min(Product.state_at).label("published_at"),
            func.count(Product.id).label("goods"),
            func.coalesce(views.c.views, 0).label("views"),
        )
        .join(shop, shop.c.id == Organization.sells_through_id)
        .join(Product, (Product.organization_id == Organization.id) & on_sale())
        .outerjoin(last, last.c.seller_id == Organization.id)
        .outerjoin(views, views.c.organization_id == Organization.id)
        .where(Organization.kind == "seller", Organization.active.is_(True))
        .group_by(Organization.id, shop.c.id, shop.c.name, last.c.at, views.c.views)
    )
    if cooperative_id is not None:
        query = query.where(shop.c.id == cooperative_id)
    if scope_code:
        query = query.where(shop.c.place_code.startswith(scope_code, autoescape=True))
    limits: dict[int, int] = {}
    found = []
    for row in db.session.execute(query):
        since = clock.wib(row.at or row.published_at).date()
        days = (clock.today() - since).days
        if row.cooperative_id not in limits:
            limits[row.cooperative_id] = QUIET_DAYS.value(organization_id=row.cooperative_id)
        if days >= limits[row.cooperative_id]:
            found.append(
                QuietSeller(
                    row.id,
                    row.name,
                    row.cooperative_id,
                    row.cooperative,
                    since,
                    row.at is not None,
                    days,
                    row.goods,
                    int(row.views),
                )
            )
    return sorted(found, key=lambda each: (-each.days, each.name))[:limit]


@dataclass(frozen=True)
class Exposure:
    """How evenly buyers saw sellers in the last days: the share of the most seen, and who was not seen."""

    sellers: int
    views: int
    top_percent: int
    """What part of all views went to the tenth of sellers that was seen most (at least one seller)."""
    unseen: int


def exposure(cooperative_id: int | None = None, scope_code: str = "") -> Exposure:
    """Views of the last days by seller, over those with goods on the shelf."""
    shop = Organization.__table__.alias("shop")
    recent = (ProductView.product_id == Product.id) & (
        ProductView.day_on > clock.today() - timedelta(days=VIEW_DAYS)
    )
    query = (
        select(Organization.id, func.coalesce(func.sum(ProductView.views), 0).label("views"))
        .join(shop, shop.c.id == Organization.sells_through_id)
        .join(Product, (Product.organization_id == Organization.id) & on_sale())
        .outerjoin(ProductView, recent)
        .where(Organization.kind == "seller", Organization.active.is_(True))
        .group_by(Organization.id)
    )
    if cooperative_id is not None:
        query = query.where(shop.c.id == cooperative_id)
    if scope_code:
        query = query.where(shop.c.place_code.startswith(scope_code, autoescape=True))
    seen = sorted((int(row.views) for row in db.session.execute(query)), reverse=True)
    total, most = sum(seen), seen[: -(-len(seen) // 10)]
    return Exposure(len(seen), total, sum(most) * 100 // total if total else 0, seen.count(0))
