"""At the counter: goods for money against the buyer's code."""

from __future__ import annotations

from sqlalchemy import update

from market.core import clock, crypto, db, faults, money, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy, stored
from market.core.permissions import Actor, Permission, Role
from market.identity import queries as identity
from market.ledger import chart
from market.ledger import services as ledger
from market.notices.services import notify
from market.rations.types import Shown
from market.retail import postings, queries, queries_parts
from market.retail.models import RetailOrder, RetailOrderLine
from market.retail.models_parts import RetailPart
from market.retail.services import extras, parting, paying, rations
from market.retail.services.holding import lock_goods
from market.retail.services.placing import fresh_code
from market.stock import services as stock

MAX_WRONG_CODES = 5
NOTHING_SHOWN = Shown()


def hand_over(
    actor: Actor,
    order_id: int,
    pickup_code: str,
    member_sale: bool = False,
    cash_rp: int | None = None,
    shown: Shown = NOTHING_SHOWN,
) -> RetailOrder:
    """Goods for money: reservations end, stock leaves, the sale and the seller's share are posted.

    `shown` is the card of who takes scarce goods: they count on that person's ration (Refused at the field
    without a card, or with what is left). `cash_rp` is the cash that the page asked for (`counter_due_rp`):
    without the delivery, when nobody came to the door with what was to be brought; what was paid for that
    over the internet goes back. Raises Conflict when the order has been paid over the internet meanwhile,
    or the bank took that back, IllegalMove for an order that has ended, Refused for a wrong code (the edge
    counts it with `note_wrong_code`); after five wrong ones the buyer makes a new code on the tracking
    page.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    order = queries.order_for(actor, order_id, lock=True)
    if order.state in queries.OPEN:
        require_code(order, pickup_code)
        rations.claim(order, shown)
        if extras.collected_at_counter(actor, order):
            paying.give_back(actor, order, stored("ongkos antar: diambil sendiri"))
    return complete(actor, order, member_sale=member_sale, cash_rp=cash_rp)


def complete(
    actor: Actor,
    order: RetailOrder,
    *,
    member_sale: bool = False,
    cash_rp: int | None = None,
    till: str = chart.CASH,
) -> RetailOrder:
    """The hand-over of an order that the caller holds, whose taker has proved who they are and has the right.

    `till` is the account of whoever takes the cash. Raises as `hand_over`.
    """
    parts = queries_parts.parts_of(order.id, lock=True)
    if order.state in queries.OPEN:
        _require_there(parts)
    paying.settle(actor, order, cash_rp)
    states.advance(order, "collected", actor)
    order.collected_at, order.member_sale = clock.now(), member_sale or order.member_id is not None
    parting.end_parts(actor, parts, "handed_over")
    lines = [line for line in queries.lines_of(order.id) if line.kept]
    lock_goods([line.reservation_id for line in lines])
    for line in lines:
        source = f"retail_order:{order.id}:{line.id}"
        move = stock.consume(actor, order.organization_id, line.reservation_id, source)
        line.cost_rp = -move.value_rp
    db.session.flush()
    _tell_sellers(order, lines)
    faults.point("goods_handed_over")
    ledger.post(actor, order.organization_id, postings.for_sale(order, lines, till))
    return order


def _require_there(parts: list[RetailPart]) -> None:
    """What a maker has not brought yet cannot be handed over."""
    missing = [
        part.seller_id for part in parts if part.live and part.place == "away" and part.state != "ready"
    ]
    if missing:
        names = ", ".join(sorted(identity.names(set(missing)).values()))
        raise Refused(_("Barang dari %(sellers)s belum diterima gerai.", sellers=names))


def require_code(order: RetailOrder, pickup_code: str) -> None:
    """Raises Refused for a wrong code, or after too many of them."""
    if order.wrong_codes >= MAX_WRONG_CODES:
        raise Refused(_("Terlalu banyak kode salah. Minta pembeli membuat kode baru di halaman pesanannya."))
    if not crypto.same(order.pickup_code, "".join(pickup_code.split())):
        raise Refused(_("Kode ambil tidak cocok."), field="pickup_code")


def _tell_sellers(order: RetailOrder, lines: list[RetailOrderLine]) -> None:
    for seller_id, rows in postings.by_seller(order, lines).items():
        share = sum(line.kept_amount_rp - line.kept_commission_rp for line in rows)
        goods = ", ".join(f"{line.kept} {line.name}" for line in rows)
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
    order.pickup_code, order.wrong_codes = fresh_code(), 0
    db.session.flush()
    return order
