"""Money by hand: an advance before the goods are bought, a settlement after they were collected."""

from __future__ import annotations

from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.inputs import postings, queries
from market.inputs.models import ACCOUNTS, InputPayment, InputRequest
from market.inputs.services.leaving import tell
from market.ledger import services as ledger

SERIES = "KB"


def require_account(account: str) -> None:
    """Raise Refused at `account` unless it is cash or bank."""
    if account not in ACCOUNTS:
        raise Refused(_("Pilih kas atau bank."), field="account")


def record_advance(actor: Actor, request_id: int, account: str, use_kept: bool = False) -> InputRequest:
    """The buyer pays all that is wanted at the promised price; with `use_kept` first from her kept money.

    Raises Forbidden, NotFound, IllegalMove when she has paid or buys on credit, Refused for a day that is
    over or an unknown account.
    """
    actor.require(Permission.INPUTS_CASH)
    request = queries.request_for(actor, request_id, lock=True)
    if request.terms != "prepaid":
        raise Refused(_("Permintaan ini dibayar sesudah diambil."))
    require_account(account)
    if request.state == "approved" and request.pay_by_on and request.pay_by_on < clock.today():
        raise Refused(_("Batas bayarnya sudah lewat."))
    due = request.advance_rp
    states.advance(request, "prepaid", actor)
    for earlier in queries.kept(request, lock=True) if use_kept else []:
        due -= _pass_on(actor, earlier, request, min(due, earlier.open_rp))
    take(actor, request, "advance", due, account)
    faults.point("inputs.advance_taken")
    title = lazy("Uang muka %(number)s diterima", number=request.number)
    body = lazy("%(rp)s dititipkan sampai barang Anda ambil.", rp=format_rp(request.paid_rp))
    tell(request, "input_paid", title, body)
    return request


def _pass_on(actor: Actor, earlier: InputRequest, request: InputRequest, amount_rp: int) -> int:
    """Kept money changes its purpose, not its owner: no entry. Returns the amount."""
    if not amount_rp:
        return 0
    earlier.passed_rp += amount_rp
    request.paid_rp += amount_rp
    _write(actor, request, "passed", amount_rp, "", earlier.id)
    db.session.flush()
    end_if_settled(actor, earlier)
    return amount_rp


def take(actor: Actor, request: InputRequest, kind: str, amount_rp: int, account: str) -> InputPayment | None:
    """Write down and post money in ("advance", "settlement") or out ("refund"); None for nothing."""
    if not amount_rp:
        return None
    if kind == "advance":
        request.paid_rp += amount_rp
    elif kind == "settlement":
        request.settled_rp += amount_rp
    else:
        request.returned_rp += amount_rp
    payment = _write(actor, request, kind, amount_rp, account)
    faults.point("inputs.money_moved")
    ledger.post(actor, request.organization_id, postings.for_payment(payment, request))
    return payment


def _write(
    actor: Actor, request: InputRequest, kind: str, amount_rp: int, account: str, source_id: int | None = None
) -> InputPayment:
    payment = InputPayment(
        organization_id=request.organization_id,
        number=next_number(request.organization_id, SERIES),
        request_id=request.id,
        from_request_id=source_id,
        kind=kind,
        amount_rp=amount_rp,
        account=account,
        paid_on=clock.today(),
        paid_at=clock.now(),
        taken_by=actor.user_id,
    )
    db.session.add(payment)
    db.session.flush()
    return payment


def record_settlement(actor: Actor, request_id: int, amount_rp: int, account: str) -> InputRequest:
    """The buyer pays for goods that she has: all of it or a part.

    Raises Forbidden, NotFound, Refused at the field for more than is owed or an unknown account.
    """
    actor.require(Permission.INPUTS_CASH)
    request = queries.request_for(actor, request_id, lock=True)
    require_account(account)
    if not 0 < amount_rp <= request.owed_rp:
        text = _("Yang belum dibayar %(owed)s.", owed=format_rp(request.owed_rp))
        raise Refused(text, field="amount_rp")
    take(actor, request, "settlement", amount_rp, account)
    end_if_settled(actor, request)
    return request


def end_if_settled(actor: Actor, request: InputRequest) -> None:
    """Nobody owes anybody anything any more: the request is at its end."""
    if request.state in ("collected", "kept") and not request.open_rp and not request.owed_rp:
        states.advance(request, "settled", actor, stored("lunas"))
