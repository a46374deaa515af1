"""A slip in a return or a credit note is taken back by who made it, while nothing stands on it.

What was posted stays as it is: the entry is reversed, and the paper says who took it back, when and why.
"""

from __future__ import annotations

from dataclasses import replace

from market.commodities import queries as commodities
from market.core import clock, db, faults, states
from market.core.errors import Conflict, Forbidden, Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.ledger import queries as books
from market.ledger import services as ledger
from market.purchasing import queries
from market.purchasing.models import SupplierBill
from market.purchasing.models_bills import CreditNote, CreditUndo, CreditUse, SupplierReturn
from market.purchasing.services.announcing import announce_credit, announce_return
from market.purchasing.services.ordering import MAX_REASON
from market.stock import services as stock


def undo_return(actor: Actor, return_id: int, reason: str) -> SupplierReturn:
    """Take back a return that was a slip: the goods are on the shelf again at what they cost.

    Raises NotFound, Forbidden for who did not make it, Refused without a reason or once a credit note or
    a bill stands on it.
    """
    actor.require(Permission.GOODS_RETURN)
    queries.order_for(actor, queries.return_seen(actor, return_id).order_id, lock=True)
    sent = queries.return_seen(actor, return_id, lock=True)
    _require_maker(actor, sent.returned_by)
    why = _reason(reason)
    if sent.state != "sent":
        raise Refused(_("Retur ini sudah selesai, jadi tidak bisa dibatalkan lagi."))
    states.advance(sent, "undone", actor, why)
    for row, line in queries.return_lines(sent.id):
        pack = commodities.pack(line.pack_id or 0)
        stock.move_in(
            actor,
            sent.organization_id,
            stock.item_for_pack(sent.organization_id, pack.id).id,
            row.packs * pack.size_base,
            row.cost_rp,
            f"return_undone:{sent.id}:{line.id}",
            "return_in",
            supplier_id=sent.supplier_id,
        )
    faults.point("return_undone")
    _reverse(actor, sent.organization_id, f"supplier_return:{sent.id}", why)
    announce_return(sent, sent.supplier_id)
    return sent


def undo_credit(actor: Actor, note_id: int, reason: str) -> CreditNote:
    """Take back a credit note that was a slip: its bills are owed again, its goods wait for another note.

    Raises NotFound, Forbidden for who did not write it, Refused without a reason, when it was taken back
    already, ended a difference or a claim, was paid out, or when an order that it settled has ended.
    """
    note = queries.credit_seen(actor, note_id)
    buys = actor.organization_id == note.organization_id
    actor.require(Permission.BILLS_RECORD if buys else Permission.CREDIT_ISSUE)
    _require_maker(actor, note.issued_by)
    why = _reason(reason)
    uses = _held_uses(note)
    _refuse_if_needed(note, uses)
    undo = CreditUndo(
        organization_id=note.organization_id,
        note_id=note.id,
        reason=why,
        undone_at=clock.now(),
        undone_by=actor.user_id,
    )
    db.session.add(undo)
    for use, bill in uses:
        bill.paid_rp -= use.amount_rp
        if bill.state == "paid":
            states.advance(
                bill, "recorded", actor, stored("nota kredit %(number)s dibatalkan", number=note.number)
            )
    db.session.flush()
    faults.point("credit_undone")
    _reverse(actor, note.organization_id, f"credit_note:{note.id}", why)
    if note.return_id is not None:
        sent = queries.return_seen(actor, note.return_id, lock=True)
        states.advance(sent, "sent", actor, stored("nota kredit %(number)s dibatalkan", number=note.number))
    announce_credit(note)
    return note


def _held_uses(note: CreditNote) -> list[tuple[CreditUse, SupplierBill]]:
    """Where the note went against bills, with their orders and the note itself held."""
    seen = [bill for _use, bill in queries.uses_of_credit(note.id) if bill is not None]
    queries.hold_orders({bill.order_id for bill in seen})
    queries.hold_bills({bill.id for bill in seen})
    queries.hold_credit(note)
    uses = [(use, bill) for use, bill in queries.uses_of_credit(note.id) if bill is not None]
    if {bill.id for _use, bill in uses} != {bill.id for bill in seen}:
        raise Conflict(_("Nota ini baru saja dipakai. Muat ulang halaman."))
    return uses


def _refuse_if_needed(note: CreditNote, uses: list[tuple[CreditUse, SupplierBill]]) -> None:
    """What stands on a credit note keeps it; asked while its orders and bills are held."""
    if queries.undo_of(note.id) is not None:
        raise Refused(_("Nota kredit ini sudah dibatalkan."))
    if any(use.bill_id is None for use, _bill in queries.uses_of_credit(note.id)):
        raise Refused(_("Uangnya sudah dibayar kembali, jadi nota ini tidak bisa dibatalkan."))
    case = queries.case_of(note.bill_id)
    if note.claim_id is not None or (note.case_id and case is not None and case.state != "open"):
        raise Refused(_("Nota ini sudah menyelesaikan selisih atau klaim, jadi tidak bisa dibatalkan."))
    if any(queries.order(bill.order_id).state != "issued" for _use, bill in uses):
        raise Refused(_("Pesanan yang dilunasi nota ini sudah selesai, jadi tidak bisa dibatalkan."))


def may_undo(actor: Actor, maker_id: int | None) -> bool:
    """Whether this person may take back what `maker_id` wrote."""
    return maker_id is not None and maker_id == actor.user_id


def _require_maker(actor: Actor, maker_id: int | None) -> None:
    if not may_undo(actor, maker_id):
        raise Forbidden(_("Hanya pembuatnya yang bisa membatalkan."))


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    return clean(reason, MAX_REASON)


def _reverse(actor: Actor, organization_id: int, source: str, reason: str) -> None:
    """The supplier's own paper stands in the buyer's books: it is reversed there, in the maker's name."""
    entry = books.entry_by_source(organization_id, source)
    if entry is not None:
        ledger.reverse(replace(actor, organization_id=organization_id), entry.id, reason)
