"""Where a seller is paid: entered by the seller or the cooperative, confirmed by another person."""

from __future__ import annotations

from market.core import clock, db, faults, states
from market.core.errors import NotFound, Refused
from market.core.i18n import _, lazy, stored
from market.core.permissions import Actor, Permission, Role
from market.core.text import clean
from market.identity import queries as identity
from market.notices.services import notify
from market.payments import queries_earnings as queries
from market.payments.models_payouts import PayeeAccount
from market.payments.services import targets

MAX_REASON = 200
CONFIRMERS = (Role.TREASURER, Role.CHAIR, Role.VICE_CHAIR)


def name_own_account(actor: Actor, bank: str, number: str, holder: str) -> PayeeAccount:
    """The seller says where its cooperative pays it. Raises Forbidden, NotFound, Refused."""
    actor.require(Permission.EARNINGS_KEEP)
    cooperative_id = identity.organization(actor.organization_id or 0).sells_through_id
    if cooperative_id is None:
        raise NotFound(_("Anda belum menjual lewat koperasi."))
    account = _enter(actor, cooperative_id, actor.organization_id or 0, bank, number, holder)
    title = lazy("%(name)s mengisi rekening", name=actor.organization_name)
    body = lazy("Cocokkan dengan buku tabungannya, lalu benarkan.")
    notify(cooperative_id, CONFIRMERS, "payee_named", title, body, "/uang-keluar")
    return account


def name_seller_account(actor: Actor, seller_id: int, bank: str, number: str, holder: str) -> PayeeAccount:
    """The cooperative enters where one of its sellers is paid; the seller is told.

    Raises Forbidden, NotFound for who does not sell through it, Refused.
    """
    actor.require(Permission.PAYMENT_PROPOSE)
    if identity.organization(seller_id).sells_through_id != actor.organization_id:
        raise NotFound(_("UMKM tidak ditemukan."))
    account = _enter(actor, actor.organization_id or 0, seller_id, bank, number, holder)
    title = lazy("Koperasi mencatat rekening Anda: %(target)s", target=targets.masked(account))
    body = lazy("Periksa, lalu benarkan di halaman Uang saya.")
    notify(seller_id, (Role.SELLER_OWNER,), "payee_named", title, body, "/uang-saya")
    return account


def _enter(
    actor: Actor, cooperative_id: int, seller_id: int, bank: str, number: str, holder: str
) -> PayeeAccount:
    bank, digits, holder = targets.checked(bank, number, holder)
    waiting = queries.payee_account(cooperative_id, seller_id, "proposed")
    if waiting is not None:
        states.advance(waiting, "rejected", actor, stored("diganti sebelum dibenarkan"))
    account = PayeeAccount(
        organization_id=cooperative_id,
        seller_id=seller_id,
        bank=bank,
        last4=digits[-4:],
        holder=holder,
        entered_by=actor.user_id,
        state_at=clock.now(),
    )
    db.session.add(account)
    db.session.flush()
    targets.seal_number(account, digits)
    states.start(account, actor)
    faults.point("payouts.account_named")
    return account


def decide_payee_account(actor: Actor, account_id: int, confirm: bool, reason: str = "") -> PayeeAccount:
    """Another person (of the cooperative, or the seller) says that the account is right, or not.

    Raises Forbidden, NotFound, Refused for one's own entry, a decided one, or a no without a reason.
    """
    if not (actor.may(Permission.PAYMENT_PROPOSE) or actor.may(Permission.PAYMENT_APPROVE)):
        actor.require(Permission.EARNINGS_KEEP)
    account = queries.payee_account_for(actor, account_id, lock=True)
    if account.entered_by == actor.user_id:
        raise Refused(_("Rekening yang Anda isi sendiri harus dibenarkan orang lain."))
    if account.state != "proposed":
        raise Refused(_("Rekening ini sudah diputuskan. Muat ulang halaman."))
    if not confirm:
        reason = clean(reason, MAX_REASON)
        if not reason:
            raise Refused(_("Tulis alasannya."), field="reason")
        states.advance(account, "rejected", actor, reason)
        return account
    older = queries.payee_account(account.organization_id, account.seller_id)
    if older is not None:
        states.advance(older, "ended", actor)
    states.advance(account, "active", actor, also={"confirmed_by": actor.user_id})
    faults.point("payouts.account_confirmed")
    return account
