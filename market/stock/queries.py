"""What is asked of stock: what lies where, since when, and which moves explain it."""

from __future__ import annotations

from sqlalchemy import Row, func, literal, select
from sqlalchemy.sql import Select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.stock.models import StockItem, StockMove, WriteOff


def stock_of(organization_id: int) -> list[StockItem]:
    """Everything the organization holds or held, by name."""
    query = select(StockItem).where(StockItem.organization_id == organization_id)
    return list(db.session.scalars(query.order_by(StockItem.name)))


def item_for(actor: Actor, item_id: int) -> StockItem:
    """An item of the actor's own organization; raises NotFound."""
    query = select(StockItem).where(
        StockItem.id == item_id, StockItem.organization_id == actor.organization_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Barang tidak ditemukan."))
    return found


def item_by_code(organization_id: int, code: str) -> StockItem | None:
    """The item with this code, if the organization has one."""
    query = select(StockItem).where(StockItem.organization_id == organization_id, StockItem.code == code)
    return db.session.scalar(query)


def free_base(item_id: int) -> int:
    """Base units that nobody has been promised."""
    query = select(StockItem.on_hand_base - StockItem.reserved_base).where(StockItem.id == item_id)
    return db.session.scalar(query) or 0


def move_count(item_id: int) -> int:
    """How many moves the item has had."""
    return db.session.scalar(select(func.count()).where(StockMove.item_id == item_id)) or 0


def moves_of(item_id: int, limit: int = 50) -> list[StockMove]:
    """The newest moves first."""
    query = select(StockMove).where(StockMove.item_id == item_id).order_by(StockMove.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def values_by_organization(organization_ids: list[int]) -> dict[int, Row[tuple[int, int, object]]]:
    """Per organization: value on hand, number of goods on hand, last move."""
    query = (
        select(
            StockItem.organization_id,
            func.sum(StockItem.value_rp).label("value_rp"),
            func.sum(literal(1)).filter(StockItem.on_hand_base > 0).label("goods"),
            func.max(StockItem.moved_at).label("moved_at"),
        )
        .where(StockItem.organization_id.in_(organization_ids))
        .group_by(StockItem.organization_id)
    )
    return {row.organization_id: row for row in db.session.execute(query)}


def today(actor: Actor) -> Select[tuple[str, int, object, str, int]] | None:
    """Write-offs that wait for a second person."""
    if not actor.may(Permission.STOCK_WRITE_OFF_APPROVE):
        return None
    return (
        select(
            literal("write_off_waits").label("kind"),
            WriteOff.id.label("subject_id"),
            WriteOff.created_at.label("since"),
            StockItem.name.label("detail"),
            WriteOff.quantity_base.label("amount"),
        )
        .join(StockItem, StockItem.id == WriteOff.item_id)
        .where(WriteOff.organization_id == actor.organization_id, WriteOff.state == "proposed")
    )
