"""Ordering as a guest, preparing, handing over by code, cancelling, expiring."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.catalogue.services import base_per_unit, stock_item
from market.core import clock, crypto, db, faults, messages, money, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy, stored
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import ANONYMOUS, SYSTEM, Actor, Permission, Role
from market.identity import queries as identity
from market.ledger import services as ledger
from market.notices.services import notify
from market.retail import postings, queries
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.services import paying
from market.stock import services as stock
from market.stock.models import Reservation, StockItem

log = logging.getLogger(__name__)

BUYER = replace(ANONYMOUS, name="Pembeli")
"""Who acts on a public page; the history names no person."""
HOLD_HOURS = Parameter(
    "retail.hold_hours",
    48,
    "assumption: goods wait two days for a resident who pays at pickup",
    *(1, 336, lazy("Pesanan warga disisihkan paling lama"), lazy("jam"), "cooperative"),
)
MAX_LINES = 30
MAX_QUANTITY = 50
MAX_OPEN_PER_PHONE = Parameter(
    "retail.open_per_phone",
    3,
    "assumption: nobody reserves the whole shelf",
    *(1, 50, lazy("Pesanan yang belum diambil per nomor HP"), lazy("pesanan"), "cooperative"),
)
MAX_WRONG_CODES = 5
EXPIRED_AT_ONCE = 100


# --- ordering --------------------------------------------------------------------------------------


def place_order(
    actor: Actor,
    cooperative_id: int,
    quantities: Mapping[int, int],
    buyer_name: str,
    phone: str,
    note: str = "",
    expected_total_rp: int | None = None,
) -> RetailOrder:
    """Reserve the goods of a basket {product id: quantity} for pickup; anybody may, without a login.

    Prices are those of the shelf now; `expected_total_rp` is what the buyer was shown. Raises
    Refused for an empty basket, goods that this shop does not sell now, too few in stock (naming
    the product), another total than expected, an own pack above the HET, an unknown phone number,
    or too many open orders of it.
    """
    phone = _phone(phone)
    lines = _basket(cooperative_id, quantities)
    _require_expected(lines, expected_total_rp)
    now = clock.now()
    # The number holds the shop's series until the commit, so orders of one phone are counted in turn.
    number = next_number(cooperative_id, "PJ")
    _require_room(cooperative_id, phone)
    order = RetailOrder(
        organization_id=cooperative_id,
        number=number,
        token=crypto.token(),
        pickup_code=_fresh_code(),
        state_at=now,
        buyer_name=buyer_name,
        phone=phone,
        note=note,
        total_rp=_total(lines),
        placed_at=now,
        collect_by=now + timedelta(hours=HOLD_HOURS.value(organization_id=cooperative_id)),
    )
    db.session.add(order)
    db.session.flush()
    states.start(order, actor)
    for product, quantity, item in _by_item(lines):
        _add_line(actor, order, product, quantity, item)
    faults.point("retail_order_placed")
    db.session.flush()
    return order


def _phone(typed: str) -> str:
    try:
        return messages.normal_phone(typed)
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal


def _fresh_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def _basket(cooperative_id: int, quantities: Mapping[int, int]) -> list[tuple[Product, int]]:
    wanted = {product_id: quantity for product_id, quantity in quantities.items() if quantity}
    if not wanted:
        raise Refused(_("Keranjang masih kosong. Pilih barang dahulu."))
    if len(wanted) > MAX_LINES:
        raise Refused(_("Satu pesanan paling banyak %(most)s macam barang.", most=MAX_LINES))
    if any(not 0 < quantity <= MAX_QUANTITY for quantity in wanted.values()):
        raise Refused(_("Jumlah barang antara 1 dan %(most)s.", most=MAX_QUANTITY))
    if not identity.organization(cooperative_id).active:
        raise Refused(_("Toko ini sedang tutup."))
    products = catalogue.products_on_sale(cooperative_id, wanted)
    if len(products) < len(wanted):
        raise Refused(_("Ada barang di keranjang yang tidak dijual lagi di toko ini. Periksa keranjang."))
    _require_ceiling(cooperative_id, products)
    return [(product, wanted[product.id]) for product in products]


def _require_ceiling(cooperative_id: int, products: list[Product]) -> None:
    for product in catalogue.above_ceiling(cooperative_id, products):
        raise Refused(_("Harga %(name)s sedang disesuaikan dengan HET baru.", name=product.name))


def _total(lines: list[tuple[Product, int]]) -> int:
    return sum(product.price_rp * quantity for product, quantity in lines)


def _require_expected(lines: list[tuple[Product, int]], expected_total_rp: int | None) -> None:
    total = _total(lines)
    if expected_total_rp is not None and expected_total_rp != total:
        now = money.format_rp(total)
        raise Refused(_("Harga atau isi keranjang berubah: sekarang %(total)s. Periksa lagi.", total=now))


def _require_room(cooperative_id: int, phone: str) -> None:
    most = MAX_OPEN_PER_PHONE.value(organization_id=cooperative_id)
    if queries.open_orders_of_phone(cooperative_id, phone) >= most:
        raise Refused(
            _("Nomor ini sudah punya %(most)s pesanan yang belum diambil.", most=most), field="phone"
        )


def _by_item(lines: list[tuple[Product, int]]) -> list[tuple[Product, int, StockItem]]:
    """Everybody who holds several goods takes them in the order of their stock rows: no dead end."""
    found = [(product, quantity, stock_item(product)) for product, quantity in lines]
    return sorted(found, key=lambda line: line[2].id)


def _add_line(actor: Actor, order: RetailOrder, product: Product, quantity: int, item: StockItem) -> None:
    # The order's own time limit ends the promise (`expire_orders`), so the reservation has none.
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


# --- at the counter --------------------------------------------------------------------------------


def mark_ready(actor: Actor, order_id: int) -> RetailOrder:
    """The goods are packed and wait at the counter."""
    actor.require(Permission.RETAIL_HAND_OVER)
    order = queries.order_for(actor, order_id, lock=True)
    states.advance(order, "ready", actor)
    return order


def hand_over(
    actor: Actor,
    order_id: int,
    pickup_code: str,
    member_sale: bool = False,
    cash_rp: int | None = None,
) -> RetailOrder:
    """Goods for money: reservations end, stock leaves, the sale and the seller's share are posted.

    `cash_rp` is the cash that the page asked for. Raises Conflict when it has been paid over the internet
    meanwhile, or the bank took that back, IllegalMove for an order that has ended, Refused for a wrong code
    (the edge counts it with `note_wrong_code`); after five wrong ones the buyer makes a new code on the
    tracking page.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    order = queries.order_for(actor, order_id, lock=True)
    if order.state in queries.OPEN:
        _require_code(order, pickup_code)
    paying.settle(actor, order, cash_rp)
    states.advance(order, "collected", actor)
    order.collected_at, order.member_sale = clock.now(), member_sale
    lines = queries.lines_of(order.id)
    _lock_goods([line.reservation_id for line in lines])
    for line in lines:
        source = f"retail_order:{order.id}:{line.id}"
        move = stock.consume(actor, order.organization_id, line.reservation_id, source)
        line.cost_rp = -move.value_rp
    db.session.flush()
    _tell_sellers(order, lines)
    faults.point("goods_handed_over")
    ledger.post(actor, order.organization_id, postings.for_sale(order, lines))
    return order


def _require_code(order: RetailOrder, pickup_code: str) -> None:
    if order.wrong_codes >= MAX_WRONG_CODES:
        raise Refused(_("Terlalu banyak kode salah. Minta pembeli membuat kode baru di halaman pesanannya."))
    if not crypto.same(order.pickup_code, "".join(pickup_code.split())):
        raise Refused(_("Kode ambil tidak cocok."), field="pickup_code")


def _lock_goods(reservation_ids: list[int]) -> None:
    """Take the stock rows of several reservations in one order, as ordering does."""
    held = select(Reservation.item_id).where(Reservation.id.in_(reservation_ids))
    query = select(StockItem.id).where(StockItem.id.in_(held)).order_by(StockItem.id)
    db.session.execute(query.with_for_update()).all()


def _tell_sellers(order: RetailOrder, lines: list[RetailOrderLine]) -> None:
    for seller_id, rows in postings.by_seller(order, lines).items():
        share = sum(line.amount_rp - line.commission_rp for line in rows)
        goods = ", ".join(f"{line.quantity} {line.name}" for line in rows)
        title = lazy("Terjual: %(goods)s", goods=goods)
        body = lazy("Hak Anda %(share)s, dicatat sebagai utang koperasi.", share=money.format_rp(share))
        notify(seller_id, (Role.SELLER_OWNER,), "sold", title, body, "/produk")


def note_wrong_code(order_id: int) -> None:
    """Count a wrong pickup code (in a transaction of its own: the refused one is rolled back)."""
    more = {"wrong_codes": RetailOrder.wrong_codes + 1}
    db.session.execute(update(RetailOrder).where(RetailOrder.id == order_id).values(more))


def renew_code(token: str) -> RetailOrder:
    """The buyer makes a new pickup code on the tracking page; wrong tries are forgotten."""
    order = queries.order_by_token(token, lock=True)
    if order.state not in queries.OPEN:
        raise Conflict(_("Pesanan ini sudah berakhir."))
    order.pickup_code, order.wrong_codes = _fresh_code(), 0
    db.session.flush()
    return order


# --- orders that come to nothing -------------------------------------------------------------------


def cancel_order(actor: Actor, order_id: int, reason: str) -> RetailOrder:
    """The shop gives up an order; the goods are free again."""
    actor.require(Permission.RETAIL_HAND_OVER)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    order = queries.order_for(actor, order_id, lock=True)
    _end(actor, order, "cancelled", reason)
    return order


def cancel_own_order(actor: Actor, token: str) -> RetailOrder:
    """The buyer changes their mind on the tracking page; what was paid over the internet goes back.

    Where the provider cannot do that, the buyer says where to and the cooperative pays it. Raises Conflict
    while it is being paid.
    """
    order = queries.order_by_token(token, lock=True)
    _end(actor, order, "cancelled", stored("dibatalkan pembeli"))
    return order


def _end(actor: Actor, order: RetailOrder, state: str, reason: str) -> None:
    paying.give_up(actor, order, reason)
    states.advance(order, state, actor, reason)
    reservations = [line.reservation_id for line in queries.lines_of(order.id)]
    _lock_goods(reservations)
    for reservation_id in reservations:
        stock.release(actor, order.organization_id, reservation_id)


def expire_orders() -> int:
    """Free what nobody collected in time (a scheduled job); returns how many orders.

    An order that somebody handles at this moment is left for the next time, and one that cannot be
    ended does not keep the others from it. What is paid, or being paid, over the internet is the
    buyer's: it waits.
    """
    late = select(RetailOrder).where(
        RetailOrder.state.in_(queries.OPEN), RetailOrder.collect_by <= clock.now()
    )
    late = late.where(queries.nobody_pays_online())
    late = late.order_by(RetailOrder.collect_by, RetailOrder.id).limit(EXPIRED_AT_ONCE)
    orders = list(db.session.scalars(late.with_for_update(skip_locked=True)))
    lines = queries.lines_by_order(orders)
    _lock_goods([line.reservation_id for each in lines.values() for line in each])
    return sum(_expire(order) for order in orders)


def _expire(order: RetailOrder) -> bool:
    try:
        with db.session.begin_nested():
            _end(SYSTEM, order, "expired", stored("tidak diambil sampai batas waktu"))
    except Exception:
        log.exception("retail order %s could not be ended", order.id)
        return False
    return True
