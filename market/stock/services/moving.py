"""Items and their moves: the one place where the counters of an item change."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from sqlalchemy import bindparam, select

from market.commodities import queries as commodities
from market.core import clock, db, faults, money, quantity
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.stock.models import StockItem, StockMove

Follower = Callable[[Actor, StockItem, StockMove, int | None], None]
"""Who is told of every move, in its transaction: actor, item, move, the supplier who brought the goods."""


def _nobody(actor: Actor, item: StockItem, move: StockMove, supplier_id: int | None) -> None:
    """Goods that leave nothing behind."""


_follower: Follower = _nobody


def configure(follower: Follower | None = None) -> None:
    """Name who follows the goods (their containers): a part above this one, wired at the root."""
    global _follower
    _follower = follower or _nobody


class AlreadyMoved(Refused):
    """The document has already moved these goods; `detail["move_id"]` names the move."""


def item_for_pack(organization_id: int, pack_id: int) -> StockItem:
    """The organization's stock item of a pack, made at its first use. Raises NotFound."""
    pack = commodities.pack(pack_id)
    return ensure_item(
        organization_id,
        f"pack:{pack.code}",
        name=pack.name,
        pack_id=pack.id,
        base_unit=pack.commodity.base_unit,
        pack_base=pack.size_base,
        owned=True,
    )


def item_for_product(organization_id: int, product_id: int, name: str) -> StockItem:
    """The stock item of a member's product held on consignment (pieces, no value in our books)."""
    return ensure_item(
        organization_id,
        code_of_product(product_id),
        name=name,
        pack_id=None,
        base_unit="pcs",
        pack_base=1,
        owned=False,
    )


def code_of_product(product_id: int) -> str:
    """The code of the item of a member's product on the shelf."""
    return f"product:{product_id}"


def ensure_item(organization_id: int, code: str, **facts: object) -> StockItem:
    """The organization's item of this code, made with the facts at its first use."""
    query = select(StockItem).where(StockItem.organization_id == organization_id, StockItem.code == code)
    found = db.session.scalar(query)
    if found is None:
        blank = {"on_hand_base": 0, "reserved_base": 0, "value_rp": 0}
        row = {"organization_id": organization_id, "code": code, "kept": "here", **blank, **facts}
        db.session.execute(db.insert_ignore(StockItem.__table__), row)
        found = db.session.scalars(query).one()
    return found


_KNOWN = select(StockItem.code, StockItem.id, StockItem.kept).where(
    StockItem.organization_id == bindparam("organization"),
    StockItem.code.in_(bindparam("codes", expanding=True)),
)


def known_items(organization_id: int, codes: Collection[str]) -> dict[str, tuple[int, str]]:
    """Those items that exist by now, by code: id, and where the goods are kept."""
    found = db.session.execute(_KNOWN, {"organization": organization_id, "codes": list(codes)})
    return {code: (id_, kept) for code, id_, kept in found}


def lock(organization_id: int, item_id: int) -> StockItem:
    """The item as it is now, held until the transaction ends; raises NotFound."""
    query = select(StockItem).where(StockItem.id == item_id, StockItem.organization_id == organization_id)
    item = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if item is None:
        raise NotFound(_("Barang tidak ditemukan."))
    return item


def require_free(item: StockItem, quantity_base: int, field: str = "quantity") -> None:
    """Raise Refused at `field` when fewer are free than asked for."""
    refuse_fewer(item.name, item.base_unit, item.on_hand_base - item.reserved_base, quantity_base, field)


def refuse_fewer(
    name: str, base_unit: str, free_base: int, quantity_base: int, field: str = "quantity"
) -> None:
    """Raise Refused at `field` when fewer are free than asked for, in words."""
    if quantity_base > free_base:
        left = quantity.format_base(free_base, base_unit)
        raise Refused(_("Stok %(name)s tinggal %(left)s.", name=name, left=left), field=field)


def move_in(
    actor: Actor,
    organization_id: int,
    item_id: int,
    quantity_base: int,
    value_rp: int,
    source: str,
    kind: str = "receipt",
    occurred_on: date | None = None,
    expires_on: date | None = None,
    supplier_id: int | None = None,
) -> StockMove:
    """Goods come in at a cost (0 for consigned goods). `source` makes it happen once.

    `supplier_id` is who brought them, where that matters for what they came in.

    Raises Refused for a quantity or cost that makes no sense, AlreadyMoved for a second time,
    NotFound for a foreign item.
    """
    item = lock(organization_id, item_id)
    if quantity_base <= 0:
        raise Refused(_("Jumlah barang masuk harus lebih dari nol."), field="quantity")
    if value_rp < 0:
        raise Refused(_("Nilai barang tidak boleh kurang dari nol."), field="value_rp")
    if value_rp and not item.owned:
        raise Refused(_("Barang titipan tidak punya nilai di buku koperasi."), field="value_rp")
    return write_move(
        actor,
        item,
        quantity_base,
        value_rp,
        kind,
        source,
        occurred_on,
        expires_on=expires_on,
        supplier_id=supplier_id,
    )


def move_out(
    actor: Actor,
    organization_id: int,
    item_id: int,
    quantity_base: int,
    source: str,
    kind: str = "sale",
    occurred_on: date | None = None,
    reason: str = "",
    supplier_id: int | None = None,
) -> StockMove:
    """Goods that are free leave; the move's `value_rp` is minus their average cost.

    Raises Refused when fewer are free than asked for, AlreadyMoved for a second time.
    """
    item = lock(organization_id, item_id)
    if quantity_base <= 0:
        raise Refused(_("Jumlah barang keluar harus lebih dari nol."), field="quantity")
    _refuse_second(item, source)
    require_free(item, quantity_base)
    cost = cost_of(item, quantity_base)
    return write_move(
        actor, item, -quantity_base, -cost, kind, source, occurred_on, reason, supplier_id=supplier_id
    )


def cost_of(item: StockItem, quantity_base: int) -> int:
    """Weighted-average cost of taking this much of what is there; the last unit takes what is left."""
    return money.div_round(item.value_rp * quantity_base, item.on_hand_base)


def write_move(
    actor: Actor,
    item: StockItem,
    quantity_base: int,
    value_rp: int,
    kind: str,
    source: str,
    occurred_on: date | None = None,
    reason: str = "",
    expires_on: date | None = None,
    supplier_id: int | None = None,
) -> StockMove:
    """Counters and move together, on an item that `lock` holds."""
    _refuse_second(item, source)
    item.on_hand_base += quantity_base
    item.value_rp += value_rp
    item.moved_at = clock.now()
    move = StockMove(
        organization_id=item.organization_id,
        item_id=item.id,
        kind=kind,
        quantity_base=quantity_base,
        value_rp=value_rp,
        source=source,
        reason=reason,
        occurred_on=occurred_on or clock.today(),
        at=clock.now(),
        expires_on=expires_on,
        actor_id=actor.user_id,
    )
    db.session.add(move)
    faults.point("stock_move")
    db.session.flush()
    _follower(actor, item, move, supplier_id)
    return move


def _refuse_second(item: StockItem, source: str) -> None:
    query = select(StockMove.id).where(
        StockMove.organization_id == item.organization_id,
        StockMove.item_id == item.id,
        StockMove.source == source,
    )
    earlier = db.session.scalar(query)
    if earlier is not None:
        raise AlreadyMoved(_("Pergerakan stok ini sudah tercatat."), move_id=earlier)
