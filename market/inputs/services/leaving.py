"""How a request leaves a need, and how a buyer's money starts on its way back."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db, faults, states
from market.core.errors import Conflict
from market.core.i18n import _, format_date, lazy, stored
from market.core.money import format_rp
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor, Role
from market.inputs import queries
from market.inputs.models import InputPool, InputRequest
from market.inputs.services import amounts
from market.needs import services as needs
from market.needs.models import Need
from market.notices import services as notices

KEEPERS = (Role.TREASURER, Role.CHAIR)
REFUND_DAYS = Parameter(
    "inputs.refund_days",
    3,
    "assumption: two office days and one to spare",
    *(1, 14, lazy("Uang muka bahan dikembalikan paling lambat dalam"), lazy("hari"), "cooperative"),
)


def leave_need(request: InputRequest) -> None:
    """Take a request out of the need that holds it; the need shrinks, or ends when nothing is left.

    Raises Conflict once a round has counted the need.
    """
    pool = queries.pool_of(request.need_id or 0, lock=True)
    need = db.session.get_one(Need, request.need_id, populate_existing=True)
    if pool is None or need.state not in ("draft", "submitted", "rejected", "open"):
        raise Conflict(_("Permintaan ini sudah ikut dihitung dalam putaran, jadi tidak bisa ditarik lagi."))
    rest = [each for each in queries.shares_of(need.id, ("pooled",)) if each.id != request.id]
    shrink(need, pool, rest)


def shrink(need: Need, pool: InputPool, rest: list[InputRequest]) -> None:
    """Let the need hold the own part and `rest`; without either it is withdrawn."""
    if not rest and not pool.own_packs:
        needs.drop_need(SYSTEM, need.id, stored("semua permintaan bahan ditarik"))
        return
    wanted, most = amounts.packs_of(need.pack, pool.own_packs, pool.own_at_most_packs, rest)
    needs.shrink_need(SYSTEM, need.id, min(wanted, need.wanted_packs), min(most, need.at_most_packs))


def start_refund(actor: Actor, request: InputRequest, reason: str) -> None:
    """The buyer's money waits to go back, by a day that she is told; she may also leave it with the shop."""
    shop_id = request.organization_id
    by = clock.today() + timedelta(days=REFUND_DAYS.value(organization_id=shop_id))
    states.advance(request, "refund_pending", actor, reason, also={"refund_by_on": by})
    faults.point("inputs.refund_started")
    money, number = format_rp(request.open_rp), request.number
    title = lazy("Kembalikan %(rp)s ke %(who)s", rp=money, who=request.buyer_name)
    body = lazy("Uang muka %(number)s, paling lambat %(day)s.", number=number, day=format_date(by))
    notices.notify(shop_id, KEEPERS, "input_refund", title, body, f"/bahan/{request.id}")
    told = lazy("Uang Anda %(rp)s kembali paling lambat %(day)s.", rp=money, day=format_date(by))
    tell(request, "input_refund", lazy("Uang muka %(number)s dikembalikan", number=number), told)


def tell(request: InputRequest, kind: str, title: str, body: str) -> None:
    """News for the UMKM; who has only a telephone reads it behind the secret link."""
    if request.buyer_id is not None:
        owner = (Role.SELLER_OWNER,)
        notices.notify(request.buyer_id, owner, kind, title, body, f"/bahan/{request.id}")
