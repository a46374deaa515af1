"""Claims end with an outcome, never by forgetting."""

from __future__ import annotations

from market.core import db, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.purchasing import queries
from market.purchasing.models import Claim, PurchaseOrderLine
from market.purchasing.services.ordering import MAX_REASON, cancel_rest, close_if_done, end_claims

OUTCOMES = ("replaced", "cancelled_rest", "dropped")


def settle_claim(actor: Actor, claim_id: int, outcome: str, note: str = "") -> Claim:
    """End a claim: `replaced` (the goods came after all), `cancelled_rest` or `dropped`.

    `cancelled_rest` also takes the claimed packs off the order. Raises NotFound, Refused for an
    unknown outcome, `replaced` before the goods were received, or an ending without a word why.
    """
    actor.require(Permission.GOODS_RECEIVE)
    claim = queries.claim_for(actor, claim_id)
    order = queries.order_for(actor, claim.order_id, lock=True)
    if not claim.live:
        raise Refused(_("Klaim ini sudah selesai."))
    if outcome not in OUTCOMES:
        raise Refused(_("Pilih salah satu dari daftar."), field="outcome")
    if outcome != "replaced" and not note.strip():
        raise Refused(_("Tulis alasannya."), field="note")
    lines = queries.lines_of(order.id)
    line = next(each for each in lines if each.id == claim.order_line_id)
    if outcome == "replaced" and line.open_packs:
        raise Refused(_("Catat dahulu penerimaan barang penggantinya."), field="outcome")
    note = clean(note, MAX_REASON)
    if outcome == "cancelled_rest" and order.state == "issued":
        if _is_everything(lines, line, claim):
            cancel_rest(actor, order.id, note)
            return claim
        take_off(lines, line, claim)
        end_claims(actor, [line], outcome, note)
    if claim.live:
        claim.note = note
        states.advance(claim, outcome, actor, note)
    close_if_done(actor, order)
    return claim


def _is_everything(lines: list[PurchaseOrderLine], line: PurchaseOrderLine, claim: Claim) -> bool:
    """Nothing came of the order, and nothing would be left to come: the order itself ends."""
    goods = [each for each in lines if each.kind == "goods"]
    left = sum(each.open_packs for each in goods) - min(claim.packs, line.open_packs)
    return left == 0 and not any(each.received_packs for each in goods) and bool(line.open_packs)


def take_off(lines: list[PurchaseOrderLine], line: PurchaseOrderLine, claim: Claim) -> None:
    """The claimed packs, as far as they are still open, and their freight will not come."""
    packs = min(claim.packs, line.open_packs)
    for each in lines:
        if each is line or (each.kind == "freight" and each.pack_id == line.pack_id):
            each.cancelled_packs += packs
    db.session.flush()
