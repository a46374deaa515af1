"""A refill that was a slip is taken back by who sold it, on the same day, while nothing stands on it."""

from __future__ import annotations

from market.commodities import queries as commodities
from market.core import clock, db, faults, states
from market.core.errors import Forbidden, Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.empties import queries
from market.empties.models import ContainerDeposit, RefillSale
from market.empties.services import moving
from market.ledger import queries as books
from market.ledger import services as ledger
from market.stock import services as stock

MAX_REASON = 300


def undo_refill(actor: Actor, sale_id: int, reason: str) -> RefillSale:
    """Take a refill back: cash, goods, empties and deposit are as before, by a reversed entry.

    Raises NotFound, Forbidden for who did not sell it, Refused without a reason, on another day, twice,
    after a part of its deposit has ended, or when the empties have left.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    sale = queries.sale_to_undo(actor, sale_id)
    if sale.sold_by is None or sale.sold_by != actor.user_id:
        raise Forbidden(_("Hanya pembuatnya yang bisa membatalkan."))
    why = clean(reason, MAX_REASON)
    if not why:
        raise Refused(_("Tulis alasannya."), field="reason")
    if sale.undone_at is not None:
        raise Refused(_("Penjualan ini sudah dibatalkan."))
    if sale.receipt:
        raise Refused(_("Ini bagian dari nota %(number)s. Terima kembali lewat Kasir.", number=sale.receipt))
    if clock.wib(sale.sold_at).date() != clock.today():
        raise Refused(_("Hanya penjualan hari ini yang bisa dibatalkan."))
    _bring_back(actor, sale, why)
    entry = books.entry_by_source(sale.organization_id, f"refill_sale:{sale.id}")
    if entry is not None:
        ledger.reverse(actor, entry.id, why)
    return sale


def take_back_refill(actor: Actor, sale_id: int, reason: str) -> RefillSale:
    """A refill of a receipt comes back whole: goods, empties and deposit; the counter posts the money.

    Raises NotFound, Forbidden, Refused twice, after a part of its deposit has ended, or when the empties
    have left.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    sale = queries.sale_to_undo(actor, sale_id)
    if sale.undone_at is not None or not sale.receipt:
        raise Refused(_("Penjualan ini sudah dibatalkan."))
    _bring_back(actor, sale, clean(reason, MAX_REASON))
    return sale


def _bring_back(actor: Actor, sale: RefillSale, why: str) -> None:
    sale.undone_at, sale.undone_reason = clock.now(), why
    _deposit_back(actor, queries.deposit_of_sale(sale.id))
    pack = commodities.pack(sale.pack_id)
    item = stock.item_for_pack(sale.organization_id, pack.id)
    quantity, source = sale.count * pack.size_base, f"refill_undone:{sale.id}"
    stock.move_in(actor, sale.organization_id, item.id, quantity, sale.cost_rp, source, "return_in")
    db.session.flush()
    faults.point("refill_undone")


def _deposit_back(actor: Actor, found: ContainerDeposit | None) -> None:
    """The containers that went along are back; the reversed entry gives the money."""
    if found is None:
        return
    deposit = queries.deposit_for(actor, found.id, lock=True)
    if deposit.returned or deposit.kept:
        raise Refused(_("Sebagian titipannya sudah selesai, jadi penjualan ini tidak bisa dibatalkan."))
    holding = moving.lock(deposit.organization_id, deposit.container)
    moving.move(actor, holding, "returned", deposit.count, f"refill_undone:{deposit.sale_id}")
    states.advance(deposit, "closed", actor, stored("penjualan dibatalkan"), also={"returned": deposit.count})
