"""The consignment statement of one seller at one cooperative, line by line from stock moves and the books."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from market.catalogue.models import Product
from market.core import db
from market.counter.models import SaleLine, SaleReturnLine
from market.identity.models import Organization
from market.ledger import chart
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.retail.models import RetailOrderLine
from market.stock.models import StockItem, StockMove

KINDS = {"consign_in": "brought", "consign_out": "returned", "write_off": "expired"}
"""What a stock move means for the member whose goods they are; everything else is a correction."""
SOLD = ("sale", "return_in")
"""What buyers took, less what they brought back."""


@dataclass
class GoodsRow:
    """Pieces of one product in the shop: what lay there before, what came and went, what lies there."""

    product_id: int
    name: str
    unit_label: str
    opening: int = 0
    brought: int = 0
    sold: int = 0
    returned: int = 0
    expired: int = 0
    corrected: int = 0

    @property
    def on_hand(self) -> int:
        """Unsold at the end."""
        came = self.opening + self.brought + self.corrected
        return came - self.sold - self.returned - self.expired


@dataclass(frozen=True)
class MoneyRow:
    """One entry of the books on the seller's account: what it owes her more (paid: less)."""

    entry_id: int
    on: date
    number: str
    text: str
    source: str
    amount_rp: int
    commission_rp: int | None = None

    @property
    def paid(self) -> bool:
        return self.source.partition(":")[0].startswith("payout")


@dataclass(frozen=True)
class Statement:
    """From a day to a day, both included; `closing_rp` is the account's balance at the end of the last."""

    cooperative_id: int
    seller_id: int
    since: date
    until: date
    opening_rp: int
    goods: list[GoodsRow] = field(default_factory=list)
    money: list[MoneyRow] = field(default_factory=list)

    @property
    def earned_rp(self) -> int:
        return sum(row.amount_rp for row in self.money if not row.paid)

    @property
    def paid_rp(self) -> int:
        return -sum(row.amount_rp for row in self.money if row.paid)

    @property
    def closing_rp(self) -> int:
        return self.opening_rp + self.earned_rp - self.paid_rp

    @property
    def commission_rp(self) -> int:
        return sum(row.commission_rp or 0 for row in self.money)

    @property
    def gross_rp(self) -> int:
        """What buyers paid for her goods: her share and the cooperative's commission."""
        return self.earned_rp + self.commission_rp


def statement(cooperative_id: int, seller_id: int, since: date, until: date) -> Statement:
    """The statement; all zero for a seller who never brought anything."""
    return Statement(
        cooperative_id,
        seller_id,
        since,
        until,
        _balance_rp(cooperative_id, seller_id, since),
        _goods(cooperative_id, seller_id, since, until),
        _money(cooperative_id, seller_id, since, until),
    )


def _account(cooperative_id: int, seller_id: int) -> tuple[Any, ...]:
    return (
        LedgerAccount.organization_id == cooperative_id,
        LedgerAccount.code == chart.PAYABLE_CONSIGNMENT,
        Posting.counterparty_id == seller_id,
    )


def _balance_rp(cooperative_id: int, seller_id: int, before: date) -> int:
    query = (
        select(cast(func.sum(Posting.amount_rp), BigInteger))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(*_account(cooperative_id, seller_id), JournalEntry.effective_on < before)
    )
    return -int(db.session.scalar(query) or 0)


def _money(cooperative_id: int, seller_id: int, since: date, until: date) -> list[MoneyRow]:
    query = (
        select(
            JournalEntry.id,
            JournalEntry.effective_on,
            JournalEntry.number,
            JournalEntry.description,
            JournalEntry.source,
            cast(-func.sum(Posting.amount_rp), BigInteger).label("amount_rp"),
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(
            *_account(cooperative_id, seller_id),
            JournalEntry.effective_on >= since,
            JournalEntry.effective_on <= until,
        )
        .group_by(JournalEntry.id)
        .order_by(JournalEntry.effective_on, JournalEntry.id)
    )
    rows = list(db.session.execute(query))
    commissions = _commissions(seller_id, [row.source for row in rows])
    return [
        MoneyRow(
            row.id,
            row.effective_on,
            row.number,
            row.description or "",
            row.source,
            row.amount_rp,
            commissions.get(row.source),
        )
        for row in rows
    ]


def _commissions(seller_id: int, sources: list[str]) -> dict[str, int]:
    """What the cooperative kept of each sale, by the entry's source; a return gives it back."""
    kept = func.sum(RetailOrderLine.commission_rp - RetailOrderLine.refused_commission_rp)
    back = -func.sum(SaleReturnLine.commission_rp)
    sold = select(SaleLine.sale_id, func.sum(SaleLine.commission_rp))
    returned = select(SaleReturnLine.return_id, back).join(SaleLine, SaleLine.id == SaleReturnLine.line_id)
    asked = (
        ("retail_order", RetailOrderLine.order_id, RetailOrderLine, select(RetailOrderLine.order_id, kept)),
        ("counter_sale", SaleLine.sale_id, SaleLine, sold),
        ("counter_return", SaleReturnLine.return_id, SaleLine, returned),
    )
    found = {}
    for kind, key, lines, query in asked:
        numbers = [int(each.partition(":")[2]) for each in sources if each.startswith(f"{kind}:")]
        rows = query.where(key.in_(numbers), lines.seller_id == seller_id).group_by(key)
        for number, rp in db.session.execute(rows) if numbers else ():
            found[f"{kind}:{number}"] = int(rp)
    return found


def _goods(cooperative_id: int, seller_id: int, since: date, until: date) -> list[GoodsRow]:
    """Pieces that lie or lay in the shop; what its maker keeps at home is hers and not consigned."""
    products = db.session.scalars(
        select(Product)
        .where(Product.organization_id == seller_id, Product.cooperative_id == cooperative_id)
        .order_by(Product.name, Product.id)
    ).all()
    codes = {f"product:{product.id}": product for product in products}
    rows = {code: GoodsRow(p.id, p.name, p.unit_label) for code, p in codes.items()}
    query = (
        select(
            StockItem.code,
            StockMove.kind,
            StockMove.occurred_on,
            func.sum(StockMove.quantity_base).label("moved"),
        )
        .join(StockMove, StockMove.item_id == StockItem.id)
        .where(
            StockItem.organization_id == cooperative_id,
            StockItem.code.in_(codes),
            StockMove.occurred_on <= until,
        )
        .group_by(StockItem.code, StockMove.kind, StockMove.occurred_on)
    )
    touched: dict[str, bool] = defaultdict(bool)
    for row in db.session.execute(query):
        touched[row.code] = True
        _count(rows[row.code], row.kind, row.occurred_on < since, int(row.moved))
    return [row for code, row in rows.items() if touched[code]]


def _count(row: GoodsRow, kind: str, before: bool, moved: int) -> None:
    if before:
        row.opening += moved
    elif kind in SOLD:
        row.sold -= moved
    elif kind in KINDS:
        name = KINDS[kind]
        setattr(row, name, getattr(row, name) + abs(moved))
    else:
        row.corrected += moved


def sellers_of(cooperative_id: int) -> list[Organization]:
    """Sellers of a cooperative: those who sell through it, by name."""
    query = select(Organization).where(
        Organization.kind == "seller", Organization.sells_through_id == cooperative_id
    )
    return list(db.session.scalars(query.order_by(Organization.name, Organization.id)))
