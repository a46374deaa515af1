"""What lies on the counter before it is paid: goods, the member's card, the buyer of scarce goods."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from market.commodities import queries as commodities
from market.core import clock, crypto, db, money, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.counter import queries, queries_goods
from market.counter.models import Sale, SaleLine, Shift
from market.counter.services.shifts import require_open
from market.counter.types import Good
from market.empties import queries as cylinders
from market.empties.types import Container
from market.members import queries as members
from market.rations.types import buyer_of

MAX_QUANTITY = 1_000
MAX_LINES = 60
MAX_NAME, MAX_REASON = 80, 200


def new_sale(shift: Shift, client_key: str, **facts: object) -> Sale:
    """A sale of a shift, not written yet."""
    now = clock.now()
    return Sale(
        organization_id=shift.organization_id,
        token=crypto.token(),
        shift_id=shift.id,
        state_at=now,
        started_at=now,
        client_key=client_key,
        **{
            "total_rp": 0,
            "deposit_rp": 0,
            "cash_rp": 0,
            "online_rp": 0,
            "given_rp": 0,
            "change_rp": 0,
            **facts,
        },
    )


def basket(actor: Actor) -> Sale:
    """The sale that stands on the actor's counter, begun at its first use. Raises Refused without a shift."""
    actor.require(Permission.COUNTER_SELL)
    shift = require_open(actor)
    found = queries.open_sale(shift.id)
    if found is None:
        found = new_sale(shift, f"k{secrets.token_urlsafe(18)}")
        db.session.add(found)
        db.session.flush()
        states.start(found, actor)
    return found


def put(actor: Actor, code: str, quantity: int = 1, empties_in: int | None = None) -> Sale:
    """Put so many more of a good (its code, barcode or name) on the counter.

    For refills `empties_in` of them are exchanged, all unless told otherwise. Raises Refused, NotFound.
    """
    sale = basket(actor)
    good = queries_goods.good(sale.organization_id, code)
    lines = queries.lines_of(sale.id)
    line = next((each for each in lines if each.good == good.code), None)
    if line is None and len(lines) >= MAX_LINES:
        raise Refused(_("Satu nota paling banyak %(most)s macam barang.", most=MAX_LINES))
    more = quantity if line is None else line.quantity + quantity
    _check_quantity(more)
    if line is None:
        line = made_line(sale, good, more, good.price_for(sale.member_sale))
        db.session.add(line)
    else:
        _price(line, good, more, sale.member_sale)
    back = quantity if empties_in is None else empties_in
    line.empties_in = min(more, (line.empties_in or 0) + back) if good.container else 0
    return summed(sale)


def _check_quantity(quantity: int) -> None:
    if not 0 < quantity <= MAX_QUANTITY:
        raise Refused(_("Jumlah barang antara 1 dan %(most)s.", most=MAX_QUANTITY), field="quantity")


def made_line(sale: Sale, good: Good, quantity: int, price_rp: int) -> SaleLine:
    """A line of a good at a price, not written yet."""
    amount = quantity * price_rp
    return SaleLine(
        organization_id=sale.organization_id,
        sale_id=sale.id,
        good=good.code,
        product_id=good.product_id,
        pack_id=good.pack_id,
        seller_id=good.seller_id,
        name=good.name,
        unit_label=good.unit_label,
        quantity=quantity,
        unit_price_rp=price_rp,
        amount_rp=amount,
        commission_rp=money.div_round(amount * good.commission_bp, 10_000),
        cost_rp=0,
        returned=0,
        empties_in=0,
    )


def _price(line: SaleLine, good: Good, quantity: int, member: bool) -> None:
    line.quantity, line.unit_price_rp = quantity, good.price_for(member)
    line.amount_rp = quantity * line.unit_price_rp
    line.commission_rp = money.div_round(line.amount_rp * good.commission_bp, 10_000)
    line.empties_in = min(line.empties_in, quantity)


def summed(sale: Sale) -> Sale:
    """The sale with its total over its lines and what is left for containers."""
    db.session.flush()
    lines = queries.lines_of(sale.id)
    sale.deposit_rp = sum(deposit_of(line) for line in lines)
    sale.total_rp = sum(line.amount_rp for line in lines) + sale.deposit_rp
    db.session.flush()
    return sale


def deposit_of(line: SaleLine) -> int:
    """What is left for the containers that go along without an empty one, in rupiah of today."""
    container = container_of(line)
    if container is None:
        return 0
    return (line.quantity - line.empties_in) * container.deposit.value(organization_id=line.organization_id)


def container_of(line: SaleLine) -> Container | None:
    """The container in which a line's good comes; None for goods in nothing that goes back."""
    return None if line.pack_id is None else cylinders.container_of(commodities.pack(line.pack_id).code)


def _own(actor: Actor, sale_id: int) -> Sale:
    actor.require(Permission.COUNTER_SELL)
    shift = require_open(actor)
    sale = queries.sale_for(actor, sale_id, lock=True)
    if sale.state != "open" or sale.shift_id != shift.id:
        raise Refused(_("Penjualan ini tidak bisa diubah lagi."))
    return sale


def change(actor: Actor, sale_id: int, line_id: int, quantity: int, empties_in: int | None = None) -> Sale:
    """Another quantity of a line; none takes it off the counter. Raises Refused, NotFound."""
    sale = _own(actor, sale_id)
    line = queries.line_for(sale, line_id)
    if quantity == 0:
        db.session.delete(line)
        return summed(sale)
    _check_quantity(quantity)
    good = queries_goods.good(sale.organization_id, line.good)
    _price(line, good, quantity, sale.member_sale)
    if empties_in is not None and good.container:
        if not 0 <= empties_in <= quantity:
            raise Refused(_("Tabung kosong paling banyak %(n)s.", n=quantity), field="empties_in")
        line.empties_in = empties_in
    return summed(sale)


def refresh(actor: Actor, sale_id: int) -> Sale:
    """Today's prices for everything on the counter; what is not sold any more is taken off."""
    sale = _own(actor, sale_id)
    return _repriced(sale, queries.lines_of(sale.id))


def _repriced(sale: Sale, lines: Sequence[SaleLine]) -> Sale:
    goods = queries_goods.goods_by_code(sale.organization_id, [line.good for line in lines])
    for line in lines:
        if line.good in goods:
            _price(line, goods[line.good], line.quantity, sale.member_sale)
        else:
            db.session.delete(line)
    return summed(sale)


def name_member(actor: Actor, sale_id: int, card: str) -> Sale:
    """The buyer shows a member's card (its QR or number): member prices. Nothing: a buyer like any other.

    Raises Refused for a card of nobody.
    """
    sale = _own(actor, sale_id)
    typed = clean(card, 80)
    member = members.by_card(sale.organization_id, typed) if typed else None
    if typed and member is None:
        raise Refused(_("Kartu ini bukan kartu anggota aktif koperasi Anda."), field="card")
    sale.member_id = member.id if member else None
    return _repriced(sale, queries.lines_of(sale.id))


def name_buyer(actor: Actor, sale_id: int, nik: str, category: str, nib: str = "") -> Sale:
    """Who buys scarce goods: the NIK is checked, turned into a fingerprint and forgotten. Raises Refused."""
    sale = _own(actor, sale_id)
    buyer = buyer_of(sale.organization_id, nik, category, nib)
    sale.buyer_index, sale.buyer_last4, sale.buyer_category = buyer.index, buyer.last4, buyer.category
    db.session.flush()
    return sale


def void_sale(actor: Actor, sale_id: int, reason: str) -> Sale:
    """Nothing comes of what lies on the counter; nobody has paid yet. Raises Refused without a reason."""
    sale = _own(actor, sale_id)
    why = clean(reason, MAX_REASON)
    if not why:
        raise Refused(_("Tulis alasannya."), field="reason")
    states.advance(sale, "void", actor, why, also={"void_reason": why})
    return sale
