"""A cashier's shift: a counted drawer, cash in and out, a blind count at the end, a second pair of eyes."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError

from market.core import approvals, clock, db, faults, states
from market.core.errors import Forbidden, Refused
from market.core.i18n import _, lazy, stored
from market.core.money import format_rp
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import Actor, Permission, Role
from market.core.text import clean
from market.counter import postings, queries
from market.counter.models import CashMove, Shift
from market.counter.types import DENOMINATIONS
from market.ledger import services as ledger
from market.notices.services import notify

MAX_PIECES = 100_000
MAX_TILL, MAX_REASON = 20, 200
DIFFERENCE_RP = Parameter(
    "counter.difference_rp",
    20_000,
    "assumption: above this a second person looks at a drawer that does not add up",
    *(0, 10_000_000, lazy("Selisih laci yang perlu orang kedua, di atas"), lazy("rupiah"), "cooperative"),
)


def total_rp(counts: Mapping[int, int]) -> int:
    """Rupiah of counted notes and coins {value: pieces}. Raises Refused for a count that makes no sense."""
    for value, pieces in counts.items():
        if value not in DENOMINATIONS or not 0 <= pieces <= MAX_PIECES:
            raise Refused(_("Hitungan uang tidak masuk akal. Periksa lagi."))
    return sum(value * pieces for value, pieces in counts.items())


def open_shift(actor: Actor, till: str, counts: Mapping[int, int]) -> Shift:
    """Begin to sell at a drawer whose notes and coins {value: pieces} were counted.

    Raises Forbidden, Refused while the cashier or somebody at this drawer has a shift that is not closed.
    """
    actor.require(Permission.COUNTER_SELL)
    if actor.organization_kind != "cooperative" or actor.user_id is None:
        raise Forbidden(_("Hanya koperasi yang punya kasir."))
    organization_id = actor.organization_id or 0
    till = clean(till, MAX_TILL) or "1"
    if queries.own_shift(actor) is not None:
        raise Refused(_("Anda masih punya shift yang belum ditutup."))
    if till in queries.tills_in_use(organization_id):
        raise Refused(_("Laci %(till)s sedang dipakai kasir lain.", till=till), field="till")
    now = clock.now()
    shift = Shift(
        organization_id=organization_id,
        number=next_number(organization_id, "SH"),
        till=till,
        cashier_id=actor.user_id,
        cashier=actor.name,
        state_at=now,
        opened_at=now,
        opening_rp=total_rp(counts),
        opening_counts=_kept(counts),
    )
    try:
        with db.session.begin_nested():
            db.session.add(shift)
    except IntegrityError as twice:
        raise Refused(_("Laci atau kasir ini baru saja membuka shift. Muat ulang halaman.")) from twice
    states.start(shift, actor)
    return shift


def _kept(counts: Mapping[int, int]) -> dict[str, int]:
    return {str(value): pieces for value, pieces in counts.items() if pieces}


def require_open(actor: Actor) -> Shift:
    """The actor's open shift, held until the transaction ends. Raises Refused without one."""
    shift = queries.own_shift(actor, lock=True)
    if shift is None or shift.state != "open":
        raise Refused(_("Buka shift dahulu."))
    return shift


def move_cash(actor: Actor, kind: str, amount_rp: int, reason: str) -> CashMove:
    """Cash to the bank ("deposit"), a small expense, or change fetched from the bank ("float").

    Raises Refused without a reason, or for more than lies in the drawer.
    """
    actor.require(Permission.COUNTER_SELL)
    if kind not in postings.OTHER_SIDE:
        raise Refused(_("Pilih salah satu dari daftar."), field="kind")
    if amount_rp <= 0:
        raise Refused(_("Isi jumlah lebih dari nol."), field="amount_rp")
    why = clean(reason, MAX_REASON)
    if not why:
        raise Refused(_("Tulis alasannya."), field="reason")
    shift = require_open(actor)
    if kind != "float":
        require_cash(shift, amount_rp)
    move = CashMove(
        organization_id=shift.organization_id,
        shift_id=shift.id,
        kind=kind,
        amount_rp=amount_rp if kind == "float" else -amount_rp,
        reason=why,
        at=clock.now(),
        actor_id=actor.user_id,
    )
    db.session.add(move)
    db.session.flush()
    faults.point("counter.cash_moved")
    ledger.post(actor, shift.organization_id, postings.for_cash_move(move))
    return move


def require_cash(shift: Shift, amount_rp: int) -> None:
    """Raise Refused for more cash than the drawer should hold; the figure stays unsaid."""
    if amount_rp > queries.drawer(shift).expected_rp:
        raise Refused(_("Uang di laci tidak cukup untuk ini."), field="amount_rp")


def close_shift(actor: Actor, counts: Mapping[int, int], reason: str = "") -> Shift:
    """Count the drawer blind and end the shift; a difference is posted to an account of its own.

    Above the limit it waits for a second person. Raises Refused while a sale is not ended, or for a
    difference without a reason.
    """
    actor.require(Permission.COUNTER_SELL)
    shift = require_open(actor)
    drawer = queries.drawer(shift)
    if drawer.waiting:
        raise Refused(_("Masih ada %(n)s penjualan yang belum selesai. Selesaikan dahulu.", n=drawer.waiting))
    for sale in queries.sales_of(shift.organization_id, ("open",), shift.id):
        states.advance(sale, "void", actor, also={"void_reason": stored("shift ditutup")})
    counted = total_rp(counts)
    difference, why = counted - drawer.expected_rp, clean(reason, MAX_REASON)
    if difference and not why:
        raise Refused(_("Hitungan berbeda dari catatan. Hitung lagi, atau tulis sebabnya."), field="reason")
    facts = {
        "counted_rp": counted,
        "counts": _kept(counts),
        "expected_rp": drawer.expected_rp,
        "difference_rp": difference,
        "reason": why,
        "closed_at": clock.now(),
    }
    if abs(difference) > DIFFERENCE_RP.value(organization_id=shift.organization_id):
        states.advance(shift, "counted", actor, why, also=facts)
        approvals.propose(actor, queries.DIFFERENCE, shift)
        title = lazy("Laci kasir berselisih %(amount)s", amount=format_rp(abs(difference)))
        body = lazy("%(number)s, %(cashier)s: %(why)s", number=shift.number, cashier=shift.cashier, why=why)
        second = (Role.TREASURER, Role.CHAIR)
        notify(shift.organization_id, second, "shift_difference", title, body, f"/kasir/shift/{shift.id}")
        return shift
    states.advance(shift, "closed", actor, why, also=facts)
    _post_difference(actor, shift)
    return shift


def _post_difference(actor: Actor, shift: Shift) -> None:
    faults.point("counter.shift_closed")
    if shift.difference_rp:
        ledger.post(actor, shift.organization_id, postings.for_difference(shift))


def decide_difference(actor: Actor, shift_id: int, approve: bool, reason: str = "") -> Shift:
    """A second person accepts the difference, or has the drawer counted again.

    Raises Forbidden, NotFound, Refused for one's own shift, or when nothing waits.
    """
    actor.require(Permission.COUNTER_APPROVE)
    shift = queries.shift_for(actor, shift_id, lock=True)
    waiting = approvals.waiting(queries.DIFFERENCE, shift, shift.organization_id)
    if waiting is None:
        raise Refused(_("Tidak ada selisih yang menunggu persetujuan."))
    if not approve and not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    approvals.decide(actor, waiting.id, approve, clean(reason, MAX_REASON))
    if approve:
        states.advance(shift, "closed", actor, clean(reason, MAX_REASON))
        _post_difference(actor, shift)
    else:
        _reopen(actor, shift, clean(reason, MAX_REASON))
    return shift


def recount(actor: Actor, shift_id: int) -> Shift:
    """Nobody decided in time: the cashier counts again. Raises NotFound, Refused while it still waits."""
    actor.require(Permission.COUNTER_SELL)
    shift = queries.shift_for(actor, shift_id, lock=True)
    if shift.cashier_id != actor.user_id or shift.state != "counted":
        raise Refused(_("Shift ini tidak bisa dihitung ulang."))
    if approvals.waiting(queries.DIFFERENCE, shift, shift.organization_id) is not None:
        raise Refused(_("Selisihnya masih menunggu orang kedua."))
    _reopen(actor, shift, stored("dihitung ulang"))
    return shift


def _reopen(actor: Actor, shift: Shift, why: str) -> None:
    blank = {
        "counted_rp": None,
        "counts": None,
        "expected_rp": None,
        "difference_rp": None,
        "closed_at": None,
    }
    states.advance(shift, "open", actor, why, also=blank)
