"""Money goes back with two persons, or stays with the cooperative because the buyer wants it so."""

from __future__ import annotations

from market.core import approvals, faults, states
from market.core.errors import Refused
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.inputs import queries
from market.inputs.models import InputRequest
from market.inputs.services.deciding import MAX_REASON
from market.inputs.services.leaving import start_refund, tell
from market.inputs.services.paying import require_account, take
from market.inputs.services.posting import BUYER
from market.ledger import queries as books


def ask_back(actor: Actor, request_id: int) -> InputRequest:
    """The buyer wants kept money back: it waits to be returned. Raises Forbidden, NotFound, Refused."""
    actor.require(Permission.INPUTS_CASH)
    request = queries.request_for(actor, request_id, lock=True)
    if request.state not in ("kept", "collected") or request.open_rp <= 0:
        raise Refused(_("Tidak ada titipan yang bisa dikembalikan."))
    start_refund(actor, request, stored("titipan diminta kembali"))
    return request


def keep_money(actor: Actor, request_id: int) -> InputRequest:
    """Money on its way back stays for the next request, as the buyer told the counter or says herself."""
    if not actor.may(Permission.INPUTS_POST):
        actor.require(Permission.INPUTS_CASH)
    return _keep(actor, queries.request_for(actor, request_id, lock=True))


def keep_own_money(token: str) -> InputRequest:
    """The same on the buyer's own page behind the secret link."""
    return _keep(BUYER, queries.request_by_token(token, lock=True))


def _keep(actor: Actor, request: InputRequest) -> InputRequest:
    states.advance(request, "kept", actor, stored("disimpan untuk permintaan berikutnya"))
    return request


def propose_refund(actor: Actor, request_id: int, account: str) -> approvals.Approval:
    """Ask a second person to pay the buyer back. Raises Forbidden, NotFound, Refused."""
    actor.require(Permission.PAYMENT_PROPOSE)
    request = queries.request_for(actor, request_id, lock=True)
    require_account(account)
    if request.state != "refund_pending":
        raise Refused(_("Tidak ada uang muka yang harus dikembalikan."))
    return approvals.propose(actor, queries.REFUND, request, {"account": account})


def decide_refund(actor: Actor, request_id: int, approve: bool, reason: str = "") -> InputRequest:
    """Pay the buyer back, or refuse with a reason; never one's own proposal.

    Raises Forbidden, NotFound, Refused for a decided or lapsed proposal, when the buyer has left the money
    meanwhile, and when cash or bank does not hold it.
    """
    actor.require(Permission.PAYMENT_APPROVE)
    request = queries.request_for(actor, request_id, lock=True)
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    waiting = approvals.waiting(queries.REFUND, request, request.organization_id)
    if waiting is None:
        raise Refused(_("Usulan ini sudah diputuskan atau lewat 72 jam."))
    approvals.decide(actor, waiting.id, approve, clean(reason, MAX_REASON))
    if not approve:
        return request
    account, amount = str(waiting.payload["account"]), request.open_rp
    states.advance(request, "refunded", actor)
    faults.point("inputs.refunded")
    take(actor, request, "refund", amount, account)
    if books.balance_rp(request.organization_id, account) < 0:
        raise Refused(_("Uang di rekening itu tidak cukup. Belum ada yang dikembalikan."))
    title = lazy("%(rp)s sudah dikembalikan", rp=format_rp(amount))
    tell(request, "input_refunded", title, lazy("Uang muka %(number)s.", number=request.number))
    return request
