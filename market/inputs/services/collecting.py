"""The buyer comes: goods for the code, the sale is posted, and what was paid too much goes back or stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from market.core import clock, crypto, db, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy, stored
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission
from market.core.text import clean
from market.inputs import postings, queries
from market.inputs.models import InputRequest
from market.inputs.services.deciding import CREDIT_DAYS, MAX_REASON
from market.inputs.services.leaving import start_refund, tell
from market.inputs.services.paying import end_if_settled, require_account, take
from market.inputs.services.posting import fresh_code
from market.ledger import chart
from market.ledger import services as ledger
from market.stock import services as stock

MAX_WRONG_CODES = 5
CHANGES = ("return", "keep")
"""What the buyer wants of money that is over: back, or kept for the next request."""
CHANGE_RP = Parameter(
    "inputs.change_rp",
    50_000,
    "assumption: change that a counter hands out without asking anybody",
    *(
        0,
        10**7,
        lazy("Kelebihan uang muka bahan yang dikembalikan kasir sendiri"),
        lazy("rupiah paling banyak"),
        "cooperative",
    ),
)


def collect(
    actor: Actor, request_id: int, pickup_code: str, change: str = "return", account: str = chart.CASH
) -> InputRequest:
    """Hand the goods over: stock leaves, the advance becomes a sale, the rest is paid, owed or returned.

    Prepaid: what the advance does not cover is paid now into `account`; what is over goes back or is kept. On
    credit: she owes it for the cooperative's days. Her code can be read by whoever has her link, so only
    small change (CHANGE_RP) leaves the cash box on it; two persons give back more. Raises Forbidden,
    NotFound, IllegalMove, Refused at `pickup_code` (the edge counts it with `note_wrong_code`), and when
    cash does not hold the change.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    request = queries.request_for(actor, request_id, lock=True)
    if change not in CHANGES:
        raise Refused(_("Pilih salah satu dari daftar."), field="change")
    require_account(account)
    if request.state == "ready":
        _require_code(request, pickup_code)
    today, days = clock.today(), CREDIT_DAYS.value(organization_id=request.organization_id)
    on_credit = request.terms == "tempo"
    due = today + timedelta(days=days) if on_credit else None
    states.advance(request, "collected", actor, also={"collected_on": today, "due_on": due})
    if not on_credit:
        take(actor, request, "advance", max(0, request.amount_rp - request.open_rp), account)
    _sell(actor, request)
    if change == "return" and request.open_rp > CHANGE_RP.value(organization_id=request.organization_id):
        start_refund(actor, request, stored("kelebihan uang muka"))
    elif change == "return":
        take(actor, request, "refund", request.open_rp, chart.CASH)
    end_if_settled(actor, request)
    return request


def _sell(actor: Actor, request: InputRequest) -> None:
    source = f"input_sale:{request.id}"
    move = stock.consume(actor, request.organization_id, request.reservation_id or 0, source)
    request.cost_rp = -move.value_rp
    request.used_rp = min(request.open_rp, request.amount_rp)
    db.session.flush()
    faults.point("inputs.collected")
    ledger.post(actor, request.organization_id, postings.for_sale(request))


def _require_code(request: InputRequest, pickup_code: str) -> None:
    if request.wrong_codes >= MAX_WRONG_CODES:
        raise Refused(
            _("Terlalu banyak kode salah. Minta pembeli membuat kode baru di halaman permintaannya.")
        )
    if not crypto.same(request.pickup_code, "".join(pickup_code.split())):
        raise Refused(_("Kode ambil tidak cocok."), field="pickup_code")


def note_wrong_code(request_id: int) -> None:
    """Count a wrong pickup code (in a transaction of its own: the refused one is rolled back)."""
    more = {"wrong_codes": InputRequest.wrong_codes + 1}
    db.session.execute(update(InputRequest).where(InputRequest.id == request_id).values(more))


def renew_code(actor: Actor, request_id: int) -> InputRequest:
    """The UMKM makes a new pickup code; wrong tries are forgotten. Raises Conflict when it opens nothing."""
    actor.require(Permission.INPUTS_POST)
    return _renew(queries.request_for(actor, request_id, lock=True))


def renew_own_code(token: str) -> InputRequest:
    """The same on the buyer's own page behind the secret link."""
    return _renew(queries.request_by_token(token, lock=True))


def _renew(request: InputRequest) -> InputRequest:
    if request.state not in queries.OPEN or request.collected_on is not None:
        raise Conflict(_("Permintaan ini sudah berakhir."))
    request.pickup_code, request.wrong_codes = fresh_code(), 0
    db.session.flush()
    return request


def give_up(actor: Actor, request_id: int, reason: str) -> InputRequest:
    """Nobody collected: the goods go back to the shelf, the money to the buyer.

    Raises Forbidden, NotFound, IllegalMove, Refused without a reason.
    """
    actor.require(Permission.INPUTS_DECIDE)
    queries.hold_pool(queries.request_for(actor, request_id))
    request = queries.request_for(actor, request_id, lock=True)
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    if request.state != "ready":
        raise Conflict(_("Hanya barang yang siap diambil bisa dikembalikan ke rak."))
    stock.release(actor, request.organization_id, request.reservation_id or 0)
    if request.open_rp > 0:
        start_refund(actor, request, reason)
    else:
        states.advance(request, "unmet", actor, reason)
    pool = queries.pool_of(request.need_id or 0, lock=True)
    if pool is not None:
        pool.own_base = (pool.own_base or 0) + request.given_base
    request.given_base, request.amount_rp = 0, 0
    db.session.flush()
    tell(request, "input_given_up", lazy("Barang %(number)s kembali ke rak", number=request.number), reason)
    return request
