"""Ordering as a guest: a basket becomes an order, its goods are promised."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.catalogue.services import base_per_unit, stock_item
from market.core import clock, crypto, db, faults, messages, money, states
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import ANONYMOUS, Actor
from market.identity import queries as identity
from market.retail import queries
from market.retail.models import RetailOrder, RetailOrderLine
from market.stock import services as stock
from market.stock.models import StockItem

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


def place_order(
    actor: Actor,
    cooperative_id: int,
    quantities: Mapping[int, int],
    buyer_name: str,
    phone: str,
    note: str = "",
    expected_total_rp: int | None = None,
    counted: bool = True,
    collect_by: datetime | None = None,
) -> RetailOrder:
    """Reserve the goods of a basket {product id: quantity} for pickup; anybody may, without a login.

    Prices are those of the shelf now; `expected_total_rp` is what the buyer was shown. A share of a
    pre-order waits until `collect_by` and is not `counted` among the open orders of a phone. Raises
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
    if counted:
        _require_room(cooperative_id, phone)
    order = RetailOrder(
        organization_id=cooperative_id,
        number=number,
        token=crypto.token(),
        pickup_code=fresh_code(),
        state_at=now,
        buyer_name=buyer_name,
        phone=phone,
        note=note,
        total_rp=_total(lines),
        placed_at=now,
        collect_by=collect_by or now + timedelta(hours=HOLD_HOURS.value(organization_id=cooperative_id)),
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


def fresh_code() -> str:
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
