"""The counter sells a refill: full against empty, or with a deposit for the empty that is missing."""

from __future__ import annotations

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db, faults, messages, money, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.empties import postings
from market.empties.models import ContainerDeposit, RefillSale
from market.empties.services import moving
from market.empties.types import Container
from market.identity import queries as identity
from market.ledger import services as ledger
from market.stock import services as stock

MOST_AT_ONCE = 50
MAX_NAME, MAX_REFERENCE = 80, 40


def sell_refill(
    actor: Actor,
    code: str,
    *,
    count: int,
    empties_in: int,
    unit_price_rp: int,
    recorded: bool,
    buyer_name: str = "",
    phone: str = "",
    map_reference: str = "",
    member_sale: bool = False,
    receipt: str = "",
    reservation_id: int | None = None,
) -> RefillSale:
    """Sell `count` full containers, `empties_in` of them against an empty one.

    With the number of a `receipt` the caller takes the money and posts it with goods, cost and deposit;
    without one it is cash, posted here. `reservation_id` are full ones that were promised to this buyer.

    Each that lacks an empty costs the deposit of the day, kept for the buyer under a name. `recorded`
    says that the sale stands in the seller's register of the ministry. Raises Forbidden, NotFound, and
    Refused for more empties than containers, a price above the HET, a sale that is not recorded, a
    deposit without a name, or fewer full ones than asked for.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    container = moving.container(code)
    pack = commodities.pack_by_code(container.pack_code)
    _check(actor, pack, count, empties_in, unit_price_rp, recorded)
    lent = count - empties_in
    buyer_name = clean(buyer_name, MAX_NAME)
    if lent and not buyer_name:
        raise Refused(_("Tulis nama pembeli: titipannya dikembalikan kepada dia."), field="buyer_name")
    organization_id = actor.organization_id or 0
    sale = RefillSale(
        organization_id=organization_id,
        number=next_number(organization_id, "IU"),
        container=container.code,
        pack_id=pack.id,
        count=count,
        empties_in=empties_in,
        unit_price_rp=unit_price_rp,
        amount_rp=count * unit_price_rp,
        deposit_rp=lent * container.deposit.value(organization_id=organization_id),
        member_sale=member_sale,
        buyer_name=buyer_name,
        map_reference=clean(map_reference, MAX_REFERENCE),
        receipt=receipt,
        sold_at=clock.now(),
        sold_by=actor.user_id,
    )
    db.session.add(sale)
    db.session.flush()
    sale.cost_rp = _take(actor, sale, pack, reservation_id)
    if lent:
        _lend(actor, sale, container, lent, phone)
    faults.point("refill_sold")
    if not receipt:
        ledger.post(actor, organization_id, postings.for_sale(sale, container))
    return sale


def _take(actor: Actor, sale: RefillSale, pack: Pack, reservation_id: int | None) -> int:
    """The full ones leave; returns their cost in rupiah."""
    source = f"refill_sale:{sale.id}"
    if reservation_id is not None:
        return -stock.consume(actor, sale.organization_id, reservation_id, source).value_rp
    item = stock.item_for_pack(sale.organization_id, pack.id)
    return -stock.move_out(actor, sale.organization_id, item.id, sale.count * pack.size_base, source).value_rp


def _check(actor: Actor, pack: Pack, count: int, empties_in: int, unit_price_rp: int, recorded: bool) -> None:
    if not 0 < count <= MOST_AT_ONCE:
        raise Refused(_("Isi jumlah antara 1 dan %(most)s.", most=MOST_AT_ONCE), field="count")
    if not 0 <= empties_in <= count:
        text = _("Tabung kosong yang ditukar paling banyak %(count)s, sebanyak yang dibeli.", count=count)
        raise Refused(text, field="empties_in")
    if unit_price_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol."), field="unit_price_rp")
    place_code = identity.organization(actor.organization_id or 0).place_code
    most = commodities.ceiling_rp(pack, place_code, clock.today())
    if most is not None and unit_price_rp > most:
        raise Refused(_("Di atas HET %(most)s.", most=money.format_rp(most)), field="unit_price_rp")
    if not recorded:
        raise Refused(_("Catat dahulu di MAP, lalu centang."), field="recorded")


def _lend(actor: Actor, sale: RefillSale, container: Container, lent: int, phone: str) -> None:
    """The empties that did not come stay with the buyer, against money."""
    deposit = ContainerDeposit(
        organization_id=sale.organization_id,
        sale_id=sale.id,
        number=next_number(sale.organization_id, "TT"),
        container=container.code,
        holder=sale.buyer_name,
        phone=_phone(phone),
        count=lent,
        unit_rp=sale.deposit_rp // lent,
        state_at=clock.now(),
    )
    db.session.add(deposit)
    db.session.flush()
    states.start(deposit, actor)
    holding = moving.lock(sale.organization_id, container.code)
    moving.move(actor, holding, "lent", lent, f"container_deposit:{deposit.id}")


def _phone(typed: str) -> str:
    if not typed.strip():
        return ""
    try:
        return messages.normal_phone(typed)
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal
