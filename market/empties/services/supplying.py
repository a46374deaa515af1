"""Empties go to the supplier; those that do not are bought, by two persons."""

from __future__ import annotations

from market.core import approvals, clock, db, faults, money, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission
from market.core.text import clean
from market.empties import postings, queries
from market.empties.models import ContainerMove, ContainerPurchase
from market.empties.services import moving
from market.empties.types import Container
from market.identity import queries as identity
from market.ledger import chart
from market.ledger import queries as books
from market.ledger import services as ledger

PURCHASE = queries.PURCHASE
PAYING_ACCOUNTS = (chart.CASH, chart.BANK)
MAX_REASON = 300


def hand_back(actor: Actor, code: str, supplier_id: int, count: int) -> ContainerMove:
    """Empties go along with the supplier's driver, on a day of their own.

    More than are owed stay the cooperative's, at the supplier. Raises Forbidden, NotFound, and Refused
    for more empties than there are or an organization that supplies nothing.
    """
    actor.require(Permission.GOODS_RECEIVE)
    container = moving.container(code)
    moving.require_count(count)
    _require_supplier(supplier_id)
    holding = moving.lock(actor.organization_id or 0, container.code)
    source = f"hand_back:{queries.move_count(holding)}"
    made = moving.move(actor, holding, "handed_back", count, source, supplier_id=supplier_id)
    faults.point("empties_handed_back")
    return made


def hand_back_at_door(
    actor: Actor, organization_id: int, supplier_id: int, container: Container, count: int, source: str
) -> None:
    """Empties go along with the truck that brought full ones: part of a receipt, which checked who may."""
    if count:
        holding = moving.lock(organization_id, container.code)
        moving.move(actor, holding, "handed_back", count, source, supplier_id=supplier_id)


def _require_supplier(supplier_id: int) -> None:
    if identity.organization(supplier_id).kind != "supplier":
        raise Refused(_("Pilih pemasok dari daftar."), field="supplier_id")


def propose_purchase(
    actor: Actor, code: str, supplier_id: int, count: int, account: str
) -> ContainerPurchase:
    """Ask a second person to buy containers from a supplier at the price of the day.

    Those that are owed become the cooperative's own; any beyond them wait at the supplier. Raises
    Forbidden, NotFound, and Refused for a count, supplier or account that makes no sense.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    container = moving.container(code)
    moving.require_count(count)
    _require_supplier(supplier_id)
    if account not in PAYING_ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")
    organization_id = actor.organization_id or 0
    unit_rp = container.price.value(organization_id=organization_id)
    purchase = ContainerPurchase(
        organization_id=organization_id,
        number=next_number(organization_id, "BT"),
        container=container.code,
        supplier_id=supplier_id,
        count=count,
        unit_rp=unit_rp,
        amount_rp=count * unit_rp,
        account=account,
        proposed_at=clock.now(),
    )
    db.session.add(purchase)
    db.session.flush()
    states.start(purchase, actor)
    approvals.propose(actor, PURCHASE, purchase)
    return purchase


def decide_purchase(actor: Actor, purchase_id: int, approve: bool, reason: str = "") -> ContainerPurchase:
    """Approve (pay, own, post) or reject a proposed purchase; never one's own proposal.

    Raises Forbidden, NotFound, Refused for one's own, a decided or lapsed one, a refusal without reason,
    or when cash or bank does not hold the amount.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    purchase = queries.purchase_for(actor, purchase_id, lock=True)
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = approvals.waiting(PURCHASE, purchase, purchase.organization_id)
    if waiting is None or purchase.state != "proposed":
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    reason = clean(reason, MAX_REASON)
    approvals.decide(actor, waiting.id, approve, reason)
    states.advance(purchase, "done" if approve else "rejected", actor, reason)
    if approve:
        _buy(actor, purchase)
    return purchase


def _buy(actor: Actor, purchase: ContainerPurchase) -> None:
    holding = moving.lock(purchase.organization_id, purchase.container)
    worth = moving.worth_of_gain(holding, purchase.count, purchase.unit_rp)
    source = f"container_purchase:{purchase.id}"
    moving.move(actor, holding, "bought", purchase.count, source, worth, purchase.supplier_id)
    faults.point("containers_bought")
    ledger.post(actor, purchase.organization_id, postings.for_purchase(purchase, worth))
    there = books.balance_rp(purchase.organization_id, purchase.account)
    if there < 0:
        account = books.account(purchase.organization_id, purchase.account)
        held = money.format_rp(there + purchase.amount_rp)
        text = _("Saldo %(account)s hanya %(there)s. Isi dahulu.", account=_(account.name), there=held)
        raise Refused(text)


def lapse_purchases() -> int:
    """Close proposals that nobody decided within 72 hours; returns how many (a scheduled job)."""
    stale = queries.stale_purchases()
    for purchase in stale:
        states.advance(purchase, "lapsed", SYSTEM, stored("lewat 72 jam"))
    return len(stale)
