"""Sold goods come back: a document of its own beside the receipt, which is never changed."""

from __future__ import annotations

from collections.abc import Mapping

from market.core import clock, db, faults, money
from market.core.errors import Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.counter import postings, queries
from market.counter.models import Sale, SaleLine, SaleReturn, SaleReturnLine
from market.counter.services import rations, selling
from market.counter.services.shifts import require_cash, require_open
from market.empties import queries as containers
from market.empties import services as cylinders
from market.ledger import services as ledger
from market.stock import services as stock

SERIES = "KR"
MAX_REASON = 300


def take_back(actor: Actor, sale_id: int, quantities: Mapping[int, int], reason: str) -> SaleReturn:
    """So many of the sale's lines {line id: units} come back for cash out of the actor's drawer.

    Goods return to the shelf at what they had cost, a buyer's ration is given back. Refills come back
    whole, with their containers and deposit. Raises Refused for more than was sold, no reason, or too
    little cash in the drawer.
    """
    actor.require(Permission.COUNTER_SELL)
    shift = require_open(actor)
    sale = queries.sale_for(actor, sale_id, lock=True)
    why = clean(reason, MAX_REASON)
    if sale.state != "done":
        raise Refused(_("Hanya yang sudah terjual yang bisa kembali."))
    if not why:
        raise Refused(_("Tulis alasannya."), field="reason")
    chosen = [(line, quantities.get(line.id, 0)) for line in queries.lines_of(sale.id)]
    chosen = [(line, units) for line, units in chosen if units]
    if not chosen:
        raise Refused(_("Isi berapa yang kembali."))
    parts = [_part(line, units) for line, units in chosen]
    deposit = sum(_deposit_of(actor, line) for line, _units in chosen)
    amount = sum(part.amount_rp for part in parts) + deposit
    require_cash(shift, amount)
    back = SaleReturn(
        organization_id=sale.organization_id,
        number=next_number(sale.organization_id, SERIES),
        sale_id=sale.id,
        shift_id=shift.id,
        reason=why,
        amount_rp=amount,
        deposit_rp=deposit,
        at=clock.now(),
        actor_id=actor.user_id,
    )
    db.session.add(back)
    db.session.flush()
    _bring_in(actor, sale, back, [(line, part) for (line, _u), part in zip(chosen, parts, strict=True)])
    rations.give_back([line for line, _units in chosen], {line.id: units for line, units in chosen})
    faults.point("counter.goods_back")
    pairs = [(part, line) for (line, _u), part in zip(chosen, parts, strict=True)]
    ledger.post(actor, sale.organization_id, postings.for_return(back, sale, pairs))
    return back


def _part(line: SaleLine, units: int) -> SaleReturnLine:
    """So many units of a line and their exact part of what was posted; raises Refused for too many."""
    if not 0 < units <= line.quantity - line.returned:
        left = line.quantity - line.returned
        raise Refused(_("%(name)s: paling banyak %(left)s yang bisa kembali.", name=line.name, left=left))
    if line.refill_id is not None and units != line.quantity:
        raise Refused(_("%(name)s kembali seluruhnya: %(n)s.", name=line.name, n=line.quantity))

    def of(total: int) -> int:
        """What this part of a total is, when all parts together give the total."""
        before, after = line.returned, line.returned + units
        return money.div_round(total * after, line.quantity) - money.div_round(total * before, line.quantity)

    return SaleReturnLine(
        organization_id=line.organization_id,
        line_id=line.id,
        quantity=units,
        amount_rp=units * line.unit_price_rp,
        commission_rp=of(line.commission_rp),
        cost_rp=of(line.cost_rp),
    )


def _deposit_of(actor: Actor, line: SaleLine) -> int:
    return containers.sale_for(actor, line.refill_id).deposit_rp if line.refill_id is not None else 0


def _bring_in(
    actor: Actor, sale: Sale, back: SaleReturn, parts: list[tuple[SaleLine, SaleReturnLine]]
) -> None:
    for line, part in sorted(parts, key=lambda pair: selling.item_of(pair[0]).id):
        part.return_id = back.id
        db.session.add(part)
        line.returned += part.quantity
        if line.refill_id is not None:
            cylinders.take_back_refill(actor, line.refill_id, back.reason)
            continue
        item, quantity = selling.item_of(line), selling.base_of(line, part.quantity)
        source = f"counter_return:{back.id}:{line.id}"
        stock.move_in(actor, sale.organization_id, item.id, quantity, part.cost_rp, source, "return_in")
    db.session.flush()
