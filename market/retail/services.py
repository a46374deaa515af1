"""Ordering as a guest, preparing, handing over by code, cancelling, expiring."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.core import clock, crypto, db, faults, money, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission
from market.ledger import services as ledger
from market.retail import postings, queries
from market.retail.models import RetailOrder, RetailOrderLine
from market.stock import services as stock
from market.stock.models import StockItem

HOLD_HOURS = 48
"""Assumption: goods wait two days for a resident who pays at pickup."""
MAX_LINES = 30
MAX_QUANTITY = 200
MAX_OPEN_PER_PHONE = 3
"""Orders not yet collected that one phone number may hold, so that nobody reserves the whole shelf."""
MAX_WRONG_CODES = 5


def stock_item(product: Product) -> StockItem:
    """Where the product's pieces or packs are counted in the shop's stock."""
    if product.pack_id is not None:
        return stock.item_for_pack(product.cooperative_id, product.pack_id)
    return stock.item_for_product(product.cooperative_id, product.id, product.name)


def base_per_unit(product: Product) -> int:
    """Base units of stock in one sold unit: a pack's size, or one piece."""
    return commodities.pack(product.pack_id).size_base if product.pack_id is not None else 1


def receive_consignment(actor: Actor, product_id: int, quantity: int) -> StockItem:
    """A member brings goods to the shop: they are counted, not bought."""
    actor.require(Permission.STOCK_MOVE)
    product = catalogue.product_in_shop(actor, product_id)
    if product.pack_id is not None:
        raise Refused(_("Barang koperasi sendiri masuk lewat penerimaan, bukan titipan."))
    item = stock_item(product)
    source = f"consign:{product.id}:{secrets.token_hex(6)}"
    stock.move_in(actor, product.cooperative_id, item.id, quantity, 0, source, "consign_in")
    return item


def place_order(
    actor: Actor,
    cooperative_id: int,
    quantities: Mapping[int, int],
    buyer_name: str,
    phone: str,
    note: str = "",
) -> RetailOrder:
    """Reserve the goods of a basket {product id: quantity} for pickup; anybody may, without a login.

    Prices are those of the shelf now. Raises Refused for an empty basket, goods of another shop,
    too few in stock (naming the product), or too many open orders of the phone number.
    """
    lines = _basket(cooperative_id, quantities)
    _require_room(cooperative_id, phone)
    now = clock.now()
    order = RetailOrder(
        organization_id=cooperative_id,
        number=next_number(cooperative_id, "PJ"),
        token=crypto.token(),
        pickup_code=f"{secrets.randbelow(1_000_000):06d}",
        state_at=now,
        buyer_name=buyer_name,
        phone=phone,
        note=note,
        total_rp=sum(product.price_rp * quantity for product, quantity in lines),
        placed_at=now,
        collect_by=now + timedelta(hours=HOLD_HOURS),
    )
    db.session.add(order)
    db.session.flush()
    states.start(order, actor)
    for product, quantity in lines:
        _add_line(actor, order, product, quantity)
    faults.point("retail_order_placed")
    db.session.flush()
    return order


def _basket(cooperative_id: int, quantities: Mapping[int, int]) -> list[tuple[Product, int]]:
    wanted = {product_id: quantity for product_id, quantity in quantities.items() if quantity}
    if not wanted:
        raise Refused(_("Keranjang masih kosong. Pilih barang dahulu."))
    if len(wanted) > MAX_LINES or any(not 0 < quantity <= MAX_QUANTITY for quantity in wanted.values()):
        raise Refused(_("Jumlah barang antara 1 dan %(most)s.", most=MAX_QUANTITY))
    lines = [(catalogue.published(product_id), wanted[product_id]) for product_id in sorted(wanted)]
    if any(product.cooperative_id != cooperative_id for product, _quantity in lines):
        raise Refused(_("Satu pesanan hanya untuk satu koperasi."))
    return lines


def _require_room(cooperative_id: int, phone: str) -> None:
    if queries.open_orders_of_phone(cooperative_id, phone) >= MAX_OPEN_PER_PHONE:
        most = MAX_OPEN_PER_PHONE
        raise Refused(
            _("Nomor ini sudah punya %(most)s pesanan yang belum diambil.", most=most), field="phone"
        )


def _add_line(actor: Actor, order: RetailOrder, product: Product, quantity: int) -> None:
    item = stock_item(product)
    reservation = stock.reserve(
        actor,
        order.organization_id,
        item.id,
        quantity * base_per_unit(product),
        f"retail_order:{order.id}:{product.id}",
        expires_at=None,
    )
    amount = product.price_rp * quantity
    db.session.add(
        RetailOrderLine(
            organization_id=order.organization_id,
            order_id=order.id,
            product_id=product.id,
            seller_id=product.organization_id,
            reservation_id=reservation.id,
            name=product.name,
            unit_label=product.unit_label,
            quantity=quantity,
            unit_price_rp=product.price_rp,
            amount_rp=amount,
            commission_rp=money.div_round(amount * product.commission_bp, 10_000),
        )
    )


def mark_ready(actor: Actor, order_id: int) -> RetailOrder:
    """The goods are packed and wait at the counter."""
    actor.require(Permission.RETAIL_HAND_OVER)
    order = queries.order_for(actor, order_id, lock=True)
    states.advance(order, "ready", actor)
    return order


def hand_over(actor: Actor, order_id: int, pickup_code: str, member_sale: bool = False) -> RetailOrder:
    """Cash for goods: reservations end, stock leaves, the sale and the seller's share are posted.

    Raises Refused for a wrong code; after five wrong ones somebody else has to look the order up.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    order = queries.order_for(actor, order_id, lock=True)
    if order.wrong_codes >= MAX_WRONG_CODES:
        raise Refused(_("Terlalu banyak kode salah. Minta pembeli menunjukkan pesanannya di HP."))
    if not crypto.same(order.pickup_code, pickup_code.strip()):
        raise Refused(_("Kode ambil tidak cocok."), field="pickup_code")
    states.advance(order, "collected", actor)
    order.collected_at, order.member_sale = clock.now(), member_sale
    lines = queries.lines_of(order.id)
    for line in lines:
        source = f"retail_order:{order.id}:{line.id}"
        move = stock.consume(actor, order.organization_id, line.reservation_id, source)
        line.cost_rp = -move.value_rp
    db.session.flush()
    faults.point("goods_handed_over")
    ledger.post(actor, order.organization_id, postings.for_sale(order, lines))
    return order


def note_wrong_code(order_id: int) -> None:
    """Count a wrong pickup code (in a transaction of its own: the refused one is rolled back)."""
    order = db.session.get_one(RetailOrder, order_id)
    order.wrong_codes += 1


def cancel_order(actor: Actor, order_id: int, reason: str) -> RetailOrder:
    """The shop gives up an order; the goods are free again."""
    actor.require(Permission.RETAIL_HAND_OVER)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    order = queries.order_for(actor, order_id, lock=True)
    _end(actor, order, "cancelled", reason)
    return order


def cancel_own_order(actor: Actor, token: str) -> RetailOrder:
    """The buyer changes their mind on the tracking page."""
    order = queries.order_by_token(token, lock=True)
    _end(actor, order, "cancelled", _("dibatalkan pembeli"))
    return order


def _end(actor: Actor, order: RetailOrder, state: str, reason: str) -> None:
    states.advance(order, state, actor, reason)
    for line in queries.lines_of(order.id):
        stock.release(actor, order.organization_id, line.reservation_id)


def expire_orders() -> int:
    """Free what nobody collected in time (a scheduled job); returns how many orders."""
    late = select(RetailOrder).where(
        RetailOrder.state.in_(("placed", "ready")), RetailOrder.collect_by <= clock.now()
    )
    orders = list(db.session.scalars(late.with_for_update()))
    for order in orders:
        _end(SYSTEM, order, "expired", _("tidak diambil sampai batas waktu"))
    return len(orders)
