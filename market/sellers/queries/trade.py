"""A seller's numbers by day, week or month: sold, earned, looked at, refused, best sellers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import BigInteger, cast, func, select

from market.catalogue.models import Product
from market.core import clock, db
from market.core.i18n import format_date, lazy
from market.ledger import chart
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.retail.models import RetailOrder, RetailOrderLine
from market.sellers.models import ProductView
from market.sellers.queries.account import SOLD
from market.sellers.queries.items import items_of
from market.stock.models import StockMove

PERIODS = {"hari": (lazy("Hari"), 14), "minggu": (lazy("Minggu"), 12), "bulan": (lazy("Bulan"), 12)}
"""Word in the address -> how it is called, how many are shown."""
ENDED = ("cancelled", "expired")


@dataclass
class Point:
    """One day, week or month."""

    since: date
    label: str
    earned_rp: int = 0
    sold: int = 0
    orders: int = 0
    views: int = 0


@dataclass
class Best:
    """One product over the whole time."""

    product_id: int
    name: str
    sold: int = 0
    views: int = 0
    orders: int = 0


@dataclass(frozen=True)
class Numbers:
    """What happened since the first point."""

    points: list[Point]
    best: list[Best]
    refused_rp: int = 0
    refused_pcs: int = 0
    ended_orders: int = 0
    earned_rp: int = field(init=False)
    sold: int = field(init=False)
    orders: int = field(init=False)
    views: int = field(init=False)

    def __post_init__(self) -> None:
        for name in ("earned_rp", "sold", "orders", "views"):
            object.__setattr__(self, name, sum(getattr(point, name) for point in self.points))

    @property
    def conversion_bp(self) -> int | None:
        """Orders per ten thousand views; None while nobody looked."""
        return self.orders * 10_000 // self.views if self.views else None


def numbers(cooperative_id: int, seller_id: int, period: str = "hari") -> Numbers:
    """The seller's trade through one cooperative, over the last days, weeks or months."""
    points = _points(period)
    first = points[0].since
    mine = select(Product.id, Product.name).where(
        Product.organization_id == seller_id, Product.cooperative_id == cooperative_id
    )
    best = {row.id: Best(row.id, row.name) for row in db.session.execute(mine)}
    _add_sold(cooperative_id, best, points, first)
    _add_views(best, points, first)
    _add_orders(seller_id, best, points, first)
    for day_on, rp in _earned(cooperative_id, seller_id, first):
        _at(points, day_on).earned_rp += rp
    refused = _refused(seller_id, first)
    ranked = sorted(best.values(), key=lambda each: (-each.sold, -each.views, each.name))
    return Numbers(points, [each for each in ranked if each.sold or each.views][:10], *refused)


def _points(period: str) -> list[Point]:
    today, count = clock.today(), PERIODS[period][1]
    if period == "hari":
        days = [today - timedelta(days=back) for back in reversed(range(count))]
        return [Point(day, format_date(day)) for day in days]
    if period == "minggu":
        monday = today - timedelta(days=today.weekday())
        weeks = [monday - timedelta(weeks=back) for back in reversed(range(count))]
        return [Point(day, format_date(day)) for day in weeks]
    months, first = [], today.replace(day=1)
    for _month in range(count):
        months.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return [Point(day, f"{day:%m/%Y}") for day in reversed(months)]


def _at(points: list[Point], day_on: date) -> Point:
    """The point that a day lies in."""
    return next(point for point in reversed(points) if point.since <= day_on)


def _add_sold(cooperative_id: int, best: dict[int, Best], points: list[Point], first: date) -> None:
    """Pieces that buyers took and kept, at the counter and by orders, wherever they lay before."""
    items = items_of(cooperative_id, best)
    query = (
        select(StockMove.item_id, StockMove.occurred_on, func.sum(StockMove.quantity_base))
        .where(StockMove.item_id.in_(items), StockMove.kind.in_(SOLD), StockMove.occurred_on >= first)
        .group_by(StockMove.item_id, StockMove.occurred_on)
    )
    for item_id, day_on, moved in db.session.execute(query):
        best[items[item_id]].sold -= int(moved)
        _at(points, day_on).sold -= int(moved)


def _add_views(best: dict[int, Best], points: list[Point], first: date) -> None:
    query = select(ProductView.product_id, ProductView.day_on, ProductView.views).where(
        ProductView.product_id.in_(best), ProductView.day_on >= first
    )
    for product_id, day_on, views in db.session.execute(query):
        best[product_id].views += views
        _at(points, day_on).views += views


def _add_orders(seller_id: int, best: dict[int, Best], points: list[Point], first: date) -> None:
    """Orders placed with something of hers; one order counts once for her and once for each product."""
    query = (
        select(RetailOrder.id, RetailOrder.placed_at, RetailOrderLine.product_id)
        .join(RetailOrderLine, RetailOrderLine.order_id == RetailOrder.id)
        .where(RetailOrderLine.seller_id == seller_id, RetailOrder.placed_at >= clock.start_of(first))
    )
    seen: dict[int, date] = {}
    for order_id, placed_at, product_id in db.session.execute(query):
        seen[order_id] = clock.wib(placed_at).date()
        if product_id in best:
            best[product_id].orders += 1
    by_day: dict[date, int] = defaultdict(int)
    for day_on in seen.values():
        by_day[day_on] += 1
    for day_on, count in by_day.items():
        _at(points, day_on).orders += count


def _earned(cooperative_id: int, seller_id: int, first: date) -> list[tuple[date, int]]:
    """Her share of sales by day, as the cooperative's books have it."""
    kind = func.substr(JournalEntry.source, 1, 6)
    query = (
        select(JournalEntry.effective_on, cast(-func.sum(Posting.amount_rp), BigInteger))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            LedgerAccount.organization_id == cooperative_id,
            LedgerAccount.code == chart.PAYABLE_CONSIGNMENT,
            Posting.counterparty_id == seller_id,
            JournalEntry.effective_on >= first,
            kind != "payout",
        )
        .group_by(JournalEntry.effective_on)
    )
    return [(day_on, int(rp)) for day_on, rp in db.session.execute(query)]


def _refused(seller_id: int, first: date) -> tuple[int, int, int]:
    """(rupiah, pieces) that she could not deliver, and orders with her goods that came to nothing."""
    mine = (RetailOrderLine.seller_id == seller_id) & (RetailOrder.placed_at >= clock.start_of(first))
    sums = select(func.sum(RetailOrderLine.refused_rp), func.sum(RetailOrderLine.refused_pcs))
    joined = sums.join(RetailOrder, RetailOrder.id == RetailOrderLine.order_id).where(mine)
    rp, pcs = db.session.execute(joined).one()
    ended = select(func.count(RetailOrder.id.distinct())).join(
        RetailOrderLine, RetailOrderLine.order_id == RetailOrder.id
    )
    count = db.session.scalar(ended.where(mine, RetailOrder.state.in_(ENDED))) or 0
    return int(rp or 0), int(pcs or 0), count
