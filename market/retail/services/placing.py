"""Ordering as a guest: a basket becomes an order, its goods are promised."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.catalogue.services import base_per_unit, stock_rows
from market.core import clock, crypto, db, faults, messages, money, parameters, states
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import ANONYMOUS, Actor
from market.identity import queries as identity
from market.identity.models import Organization
from market.payments import queries as payments
from market.retail import queries, queries_parts
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.services import caps, parting, pricing, rations
from market.retail.services.extras import begin as begin_extras
from market.retail.services.parting import Wanted
from market.retail.services.pricing import NOTHING, Bill, Extras, PricedLine
from market.stock import services as stock

BUYER = replace(ANONYMOUS, name="Pembeli")
"""Who acts on a public page; the history names no person."""
MAX_LINES = 30
MAX_QUANTITY = 50
MAX_OPEN_PER_PHONE = Parameter(
    "retail.open_per_phone",
    3,
    "assumption: nobody reserves the whole shelf",
    *(1, 50, lazy("Pesanan yang belum diambil per nomor HP"), lazy("pesanan"), "cooperative"),
)


RULES = (MAX_OPEN_PER_PHONE, caps.CAP_RP, parting.PAY_FIRST_MIN, parting.HOLD_HOURS)
"""What an order asks of the parameters, at once."""


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
    *,
    days: Mapping[int, date] | None = None,
    pay_first: bool = False,
    user_id: int | None = None,
    extras: Extras = NOTHING,
) -> RetailOrder:
    """Reserve the goods of a basket {product id: quantity} for pickup; anybody may, without a login.

    A buyer without a name is called by the order's number. Prices are those of the shelf now, `extras` a
    member's, a voucher's and a door's; `expected_total_rp` is what the buyer was shown. A share of a
    pre-order waits until `collect_by` and is not `counted` among the open orders of a phone. `days` are the
    chosen days {product id: day} of goods that are made to order; `pay_first` holds everything for a short
    time until it is paid over the internet. Raises Refused for an
    empty basket, goods that this shop does not sell now, too few in stock or for that day (naming the
    product), another total than expected, an own pack above the HET, an unknown phone number, too many open
    orders of it, or extras that do not apply.
    """
    phone = _phone(phone)
    shop = identity.organization(cooperative_id)
    lines = parting.with_days(_basket(shop, quantities), dict(days or {}))
    asked = _bill(shop, lines, extras, phone)
    _require_expected(asked, expected_total_rp)
    pay_first = pay_first or (extras.door is not None and not extras.door.cash)
    _require_payable(cooperative_id, pay_first)
    rules = parameters.values(RULES, organization_id=cooperative_id)
    rows = stock_rows(cooperative_id, [(line.product, line.ready_on) for line in lines])
    # The number holds the shop's series until the commit, so orders of one phone are counted in turn.
    number = next_number(cooperative_id, "PJ")
    _require_limits(cooperative_id, phone if counted else "", lines, rules)
    now = clock.now()
    ready_on = max(line.ready_on for line in lines)
    order = RetailOrder(
        organization_id=cooperative_id,
        number=number,
        token=crypto.token(),
        pickup_code=fresh_code(),
        state_at=now,
        buyer_name=buyer_name.strip() or _nameless(number),
        phone=phone,
        note=note,
        total_rp=asked.total_rp,
        delivery_rp=asked.delivery_rp,
        member_id=extras.member.id if extras.member else None,
        placed_at=now,
        collect_by=_collect_by(now, ready_on, collect_by, pay_first, rules),
        pay_first=pay_first,
        released_at=None if pay_first else now,
        user_id=user_id,
    )
    db.session.add(order)
    db.session.flush()
    states.start(order, actor)
    parts = parting.make_parts(actor, order, lines)
    if not pay_first and any(line.place == "away" for line in lines):
        parting.ask(order, queries_parts.parts_of(order.id))
    begin_extras(actor, order, asked, extras.door, ready_on)
    _write_lines(actor, order, list(zip(lines, asked.lines, rows, strict=True)), parts)
    faults.point("retail_order_placed")
    db.session.flush()
    return order


Row = tuple[Wanted, PricedLine, tuple[int, str]]
"""A line as it is wanted, what it costs, and its stock row: id, and where it is kept."""


def _write_lines(actor: Actor, order: RetailOrder, rows: list[Row], parts: Mapping[parting.Key, int]) -> None:
    """Promise the goods and write the lines down."""
    held = _promise(actor, order, rows)
    db.write(
        RetailOrderLine,
        [
            _line(order, line, priced, parts[line.key], reservation_id)
            for (line, priced, _item), reservation_id in zip(rows, held, strict=True)
        ],
    )


def _require_limits(cooperative_id: int, phone: str, lines: list[Wanted], rules: Mapping[str, int]) -> None:
    """Of the phone (none: not asked) its open orders and rations, of the sellers the month's cap."""
    wanted = [(line.product, line.quantity) for line in lines]
    if phone:
        _require_room(cooperative_id, phone, rules[MAX_OPEN_PER_PHONE.name])
        rations.require_within_ration(cooperative_id, phone, wanted)
    if rules[caps.CAP_RP.name]:
        caps.require_below_cap(cooperative_id, wanted)


def _collect_by(
    now: datetime, ready_on: date, given: datetime | None, pay_first: bool, rules: Mapping[str, int]
) -> datetime:
    """Until when the goods are held: shortly where they are to be paid first, otherwise a whole hold."""
    if pay_first:
        return now + timedelta(minutes=rules[parting.PAY_FIRST_MIN.name])
    return given or parting.hold_from(now, ready_on, rules[parting.HOLD_HOURS.name])


def _require_payable(cooperative_id: int, pay_first: bool) -> None:
    if pay_first and not payments.takes_payments(cooperative_id):
        raise Refused(_("Koperasi ini belum menerima QRIS. Pilih bayar saat ambil."), field="pay")


def _phone(typed: str) -> str:
    try:
        return messages.normal_phone(typed)
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal


def _nameless(number: str) -> str:
    """What whoever gave no name is called at the counter: by the order, never by the phone."""
    return f"{BUYER.name} {number.rpartition('/')[2]}"


def fresh_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def _basket(shop: Organization, quantities: Mapping[int, int]) -> list[tuple[Product, int]]:
    wanted = {product_id: quantity for product_id, quantity in quantities.items() if quantity}
    if not wanted:
        raise Refused(_("Keranjang masih kosong. Pilih barang dahulu."))
    if len(wanted) > MAX_LINES:
        raise Refused(_("Satu pesanan paling banyak %(most)s macam barang.", most=MAX_LINES))
    if any(not 0 < quantity <= MAX_QUANTITY for quantity in wanted.values()):
        raise Refused(_("Jumlah barang antara 1 dan %(most)s.", most=MAX_QUANTITY))
    if not shop.active:
        raise Refused(_("Toko ini sedang tutup."))
    products = catalogue.products_on_sale(shop.id, wanted)
    if len(products) < len(wanted):
        raise Refused(_("Ada barang di keranjang yang tidak dijual lagi di toko ini. Periksa keranjang."))
    _require_ceiling(shop.id, products)
    return [(product, wanted[product.id]) for product in products]


def _require_ceiling(cooperative_id: int, products: list[Product]) -> None:
    for product in catalogue.above_ceiling(cooperative_id, products):
        raise Refused(_("Harga %(name)s sedang disesuaikan dengan HET baru.", name=product.name))


def _bill(shop: Organization, lines: list[Wanted], extras: Extras, phone: str) -> Bill:
    wanted = [(line.product, line.quantity) for line in lines]
    return pricing.bill(shop.id, shop.place_code, wanted, extras, phone)


def _require_expected(asked: Bill, expected_total_rp: int | None) -> None:
    if expected_total_rp is not None and expected_total_rp != asked.total_rp:
        now = money.format_rp(asked.total_rp)
        raise Refused(_("Harga atau isi keranjang berubah: sekarang %(total)s. Periksa lagi.", total=now))


def _require_room(cooperative_id: int, phone: str, most: int) -> None:
    if queries.open_orders_of_phone(cooperative_id, phone) >= most:
        raise Refused(
            _("Nomor ini sudah punya %(most)s pesanan yang belum diambil.", most=most), field="phone"
        )


def _promise(actor: Actor, order: RetailOrder, rows: list[Row]) -> list[int]:
    """Reserve the goods of the lines, in their order; a day has no more than its maker can make."""
    made = [(line.product, item) for line, _priced, (item, kept) in rows if kept == "day"]
    if made:  # everybody who holds several goods takes them in the order of their stock rows: no dead end
        stock.hold(order.organization_id, [item for _line, _priced, (item, _kept) in rows])
    for product, item in made:
        stock.limit(actor, order.organization_id, item, product.day_capacity or 0)
    wishes = [
        stock.Wish(
            item, line.quantity * base_per_unit(line.product), f"retail_order:{order.id}:{line.product.id}"
        )
        for line, _priced, (item, _kept) in rows
    ]
    # The order's own time limit ends the promises (`expire_orders`), so the reservations have none.
    return stock.reserve_all(actor, order.organization_id, wishes)


def _line(
    order: RetailOrder, line: Wanted, priced: PricedLine, part_id: int, reservation_id: int
) -> dict[str, Any]:
    product = line.product
    return {
        "organization_id": order.organization_id,
        "order_id": order.id,
        "part_id": part_id,
        "product_id": product.id,
        "seller_id": product.organization_id,
        "reservation_id": reservation_id,
        "name": product.name,
        "unit_label": product.unit_label,
        "quantity": line.quantity,
        "unit_price_rp": priced.unit_price_rp,
        "amount_rp": priced.amount_rp,
        "discount_rp": priced.discount_rp,
        "commission_rp": priced.commission_rp,
    }
