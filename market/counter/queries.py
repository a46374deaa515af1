"""What is asked of the counter: shifts, sales, what is for sale, how much a buyer may still have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Select, String, case, cast, func, literal, select

from market.core import clock, db
from market.core.approvals import LAPSES_AFTER_H, Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.counter.models import (
    CashMove,
    Sale,
    SaleLine,
    SaleReturn,
    SaleReturnLine,
    Shift,
)

MAX_ID = 2**63 - 1
PURPOSE = "counter_sale"
"""What a payment of a sale is for, in the words of `wiring.PAYMENT_PURPOSES`."""
DIFFERENCE = "counter_difference"
"""The two-person act on a shift whose drawer does not say what the books say."""
IN_USE = ("open", "counted")
OLD = timedelta(hours=12)
"""A shift that is open longer than this should have been closed."""

Row = TypeVar("Row", bound=db.Base)


def _one(query: Select[Row], lock: bool, text: str) -> Row:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(text)
    return found


# --- shifts ----------------------------------------------------------------------------------------


def shift_for(actor: Actor, shift_id: int, lock: bool = False) -> Shift:
    """A shift of the actor's own shop; raises NotFound."""
    query = select(Shift).where(
        Shift.id == min(shift_id, MAX_ID), Shift.organization_id == actor.organization_id
    )
    return _one(query, lock, _("Shift tidak ditemukan."))


def shift_by_id(shift_id: int) -> Shift:
    """For receipts; raises NotFound."""
    return _one(select(Shift).where(Shift.id == shift_id), False, _("Shift tidak ditemukan."))


def own_shift(actor: Actor, lock: bool = False) -> Shift | None:
    """The actor's shift that is open or waits, counted, for a second person."""
    query = select(Shift).where(
        Shift.organization_id == actor.organization_id,
        Shift.cashier_id == actor.user_id,
        Shift.state.in_(IN_USE),
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def shifts_of(organization_id: int, limit: int = 30) -> list[Shift]:
    """The newest shifts of a shop."""
    query = select(Shift).where(Shift.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(Shift.id.desc()).limit(limit)))


def tills_in_use(organization_id: int) -> set[str]:
    """Drawers at which somebody works now."""
    query = select(Shift.till).where(Shift.organization_id == organization_id, Shift.state.in_(IN_USE))
    return set(db.session.scalars(query))


def cash_moves(shift_id: int) -> list[CashMove]:
    """Cash in and out of a shift's drawer beside sales, oldest first."""
    return list(
        db.session.scalars(select(CashMove).where(CashMove.shift_id == shift_id).order_by(CashMove.id))
    )


@dataclass(frozen=True)
class Drawer:
    """What a shift came to, in whole rupiah."""

    opening_rp: int
    sales: int
    total_rp: int
    cash_rp: int
    online_rp: int
    deposits_rp: int
    returned_rp: int
    moved_rp: int
    waiting: int
    """sales that nobody has ended: being paid, or with a difference to solve"""

    @property
    def expected_rp(self) -> int:
        """Cash that should lie in the drawer."""
        return self.opening_rp + self.cash_rp - self.returned_rp + self.moved_rp


def drawer(shift: Shift) -> Drawer:
    """The sums of a shift as its documents say now."""

    def total(column: Any) -> Any:
        done = case((Sale.state == "done", column), else_=0)
        return cast(func.coalesce(func.sum(done), 0), BigInteger)

    open_ones = case((Sale.state.in_(("waiting", "differs")), 1), else_=0)
    sums = db.session.execute(
        select(
            total(literal(1)),
            total(Sale.total_rp),
            total(Sale.cash_rp),
            total(Sale.online_rp),
            total(Sale.deposit_rp),
            cast(func.coalesce(func.sum(open_ones), 0), BigInteger),
        ).where(Sale.shift_id == shift.id)
    ).one()
    back = db.session.scalar(select(func.sum(SaleReturn.amount_rp)).where(SaleReturn.shift_id == shift.id))
    moved = db.session.scalar(select(func.sum(CashMove.amount_rp)).where(CashMove.shift_id == shift.id))
    count, total_rp, cash_rp, online_rp, deposits_rp, waiting = (int(each) for each in sums)
    return Drawer(
        *(shift.opening_rp, count, total_rp, cash_rp, online_rp, deposits_rp),
        *(int(back or 0), int(moved or 0), waiting),
    )


@dataclass(frozen=True)
class SoldGood:
    """One good of a shift's report; what came back is taken off."""

    name: str
    unit_label: str
    quantity: int
    amount_rp: int


def goods_of(shift_id: int) -> list[SoldGood]:
    """What was sold in a shift, by name."""
    query = (
        select(
            SaleLine.name,
            SaleLine.unit_label,
            cast(func.sum(SaleLine.quantity), BigInteger),
            cast(func.sum(SaleLine.amount_rp), BigInteger),
        )
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(Sale.shift_id == shift_id, Sale.state == "done")
        .group_by(SaleLine.good, SaleLine.name, SaleLine.unit_label)
        .order_by(SaleLine.name)
    )
    return [SoldGood(*row) for row in db.session.execute(query)]


# --- sales -----------------------------------------------------------------------------------------


def cash_move_for(actor: Actor, move_id: int) -> CashMove:
    """Cash in or out of a drawer of the actor's own shop; raises NotFound."""
    query = select(CashMove).where(
        CashMove.id == min(move_id, MAX_ID), CashMove.organization_id == actor.organization_id
    )
    return _one(query, False, _("Uang ini tidak ditemukan."))


def sale_for(actor: Actor, sale_id: int, lock: bool = False) -> Sale:
    """A sale of the actor's own shop; raises NotFound."""
    query = select(Sale).where(Sale.id == min(sale_id, MAX_ID), Sale.organization_id == actor.organization_id)
    return _one(query, lock, _("Penjualan tidak ditemukan."))


def sale_by_id(sale_id: int, lock: bool = False) -> Sale:
    """For jobs; raises NotFound."""
    return _one(select(Sale).where(Sale.id == sale_id), lock, _("Penjualan tidak ditemukan."))


def sale_by_token(token: str) -> Sale:
    """The sold goods behind a receipt's secret link; raises NotFound."""
    query = select(Sale).where(Sale.token == token, Sale.state == "done")
    return _one(query, False, _("Nota tidak ditemukan."))


def sale_by_key(organization_id: int, client_key: str) -> Sale | None:
    """The sale that a page made under this key."""
    return db.session.scalar(
        select(Sale).where(Sale.organization_id == organization_id, Sale.client_key == client_key)
    )


def open_sale(shift_id: int) -> Sale | None:
    """The basket that stands on this counter."""
    query = select(Sale).where(Sale.shift_id == shift_id, Sale.state == "open")
    return db.session.scalar(query.order_by(Sale.id.desc()).limit(1))


def unfinished(shift_id: int) -> list[Sale]:
    """What somebody has to come back to: baskets with goods, and QRIS that a buyer is paying; oldest first.

    A QR that lapsed while the next buyer was served leaves two baskets on one counter.
    """
    filled = select(SaleLine.id).where(SaleLine.sale_id == Sale.id).exists()
    query = select(Sale).where(
        Sale.shift_id == shift_id, (Sale.state == "waiting") | ((Sale.state == "open") & filled)
    )
    return list(db.session.scalars(query.order_by(Sale.id)))


def lines_of(sale_id: int) -> list[SaleLine]:
    """What was put on the counter, in its order."""
    return list(db.session.scalars(select(SaleLine).where(SaleLine.sale_id == sale_id).order_by(SaleLine.id)))


def line_for(sale: Sale, line_id: int) -> SaleLine:
    """A line of this sale; raises NotFound."""
    query = select(SaleLine).where(SaleLine.id == min(line_id, MAX_ID), SaleLine.sale_id == sale.id)
    return _one(query, False, _("Barang ini tidak ada di penjualan."))


def sold_of_seller_rp(organization_id: int, seller_id: int, since: date) -> int:
    """What stands of one seller's goods that the counter sold since a day, less what came back of them."""
    whole = select(cast(func.sum(SaleLine.amount_rp), BigInteger)).join(Sale, Sale.id == SaleLine.sale_id)
    back = (
        select(cast(func.sum(SaleReturnLine.amount_rp), BigInteger))
        .join(SaleLine, SaleLine.id == SaleReturnLine.line_id)
        .join(Sale, Sale.id == SaleLine.sale_id)
    )
    where = (
        SaleLine.organization_id == organization_id,
        SaleLine.seller_id == seller_id,
        Sale.state == "done",
        Sale.sold_at >= clock.start_of(since),
    )
    sold, returned = (db.session.scalar(query.where(*where)) or 0 for query in (whole, back))
    return int(sold) - int(returned)


def sales_of(
    organization_id: int, states: Iterable[str] = ("done",), shift_id: int | None = None, limit: int = 50
) -> list[Sale]:
    """The newest sales of a shop, or of one shift."""
    query = select(Sale).where(Sale.organization_id == organization_id, Sale.state.in_(list(states)))
    if shift_id is not None:
        query = query.where(Sale.shift_id == shift_id)
    return list(db.session.scalars(query.order_by(Sale.id.desc()).limit(limit)))


def returns_of(sale_id: int) -> list[SaleReturn]:
    """What came back of a sale."""
    return list(
        db.session.scalars(select(SaleReturn).where(SaleReturn.sale_id == sale_id).order_by(SaleReturn.id))
    )


def returns_in(shift_id: int) -> list[SaleReturn]:
    """What came back in a shift."""
    return list(
        db.session.scalars(select(SaleReturn).where(SaleReturn.shift_id == shift_id).order_by(SaleReturn.id))
    )


def return_for(actor: Actor, return_id: int) -> SaleReturn:
    """A return at the actor's own shop; raises NotFound."""
    query = select(SaleReturn).where(
        SaleReturn.id == min(return_id, MAX_ID), SaleReturn.organization_id == actor.organization_id
    )
    return _one(query, False, _("Retur tidak ditemukan."))


def return_lines(return_id: int) -> list[tuple[SaleReturnLine, SaleLine]]:
    """What came back with a return, and what it had been sold as."""
    query = (
        select(SaleReturnLine, SaleLine)
        .join(SaleLine, SaleLine.id == SaleReturnLine.line_id)
        .where(SaleReturnLine.return_id == return_id)
        .order_by(SaleReturnLine.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def popular(organization_id: int, days: int = 30) -> dict[str, int]:
    """Code of a good -> how many units the counter sold of it lately."""
    query = (
        select(SaleLine.good, cast(func.sum(SaleLine.quantity), BigInteger))
        .join(Sale, Sale.id == SaleLine.sale_id)
        .where(
            Sale.organization_id == organization_id,
            Sale.state == "done",
            Sale.sold_at >= clock.now() - timedelta(days=days),
        )
        .group_by(SaleLine.good)
    )
    return {good: int(count) for good, count in db.session.execute(query)}


# --- home ------------------------------------------------------------------------------------------


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """A shift left open, sales that do not fit, drawers that wait for a second person."""
    tasks: list[Select[*tuple[Any, ...]]] = []
    mine = Shift.organization_id == actor.organization_id
    if actor.may(Permission.COUNTER_SELL):
        columns = (
            Shift.id.label("subject_id"),
            Shift.opened_at.label("since"),
            Shift.number.label("detail"),
            Shift.opening_rp.label("amount"),
        )
        own = mine & (Shift.cashier_id == actor.user_id) & (Shift.state == "open")
        late = Shift.opened_at < clock.now() - OLD
        tasks.append(select(literal("shift_open", String).label("kind"), *columns).where(own, ~late))
        tasks.append(select(literal("shift_late", String).label("kind"), *columns).where(own, late))
        tasks.append(
            select(
                literal("counter_differs", String).label("kind"),
                Sale.id.label("subject_id"),
                Sale.started_at.label("since"),
                Sale.problem.label("detail"),
                Sale.total_rp.label("amount"),
            ).where(Sale.organization_id == actor.organization_id, Sale.state == "differs")
        )
    if actor.may(Permission.COUNTER_APPROVE):
        fresh = clock.now() - timedelta(hours=LAPSES_AFTER_H)
        tasks.append(
            select(
                literal("shift_difference", String).label("kind"),
                Shift.id.label("subject_id"),
                Approval.proposed_at.label("since"),
                Shift.number.label("detail"),
                func.abs(Shift.difference_rp).label("amount"),
            )
            .join(Approval, (Approval.subject_id == Shift.id) & (Approval.kind == DIFFERENCE))
            .where(
                mine,
                Shift.state == "counted",
                Approval.state == "proposed",
                Approval.proposed_at > fresh,
                Approval.proposed_by != actor.user_id,
            )
        )
    return tasks
