"""Opening, closing and cancelling a round."""

from __future__ import annotations

from datetime import datetime, timedelta

from market.commodities import queries as commodities
from market.core import clock, db, faults, jobs, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.numbering import next_number
from market.core.permissions import SYSTEM, Actor, Permission
from market.needs import queries as needs
from market.needs import services as need_services
from market.needs.models import Need
from market.places.queries import place
from market.rounds import queries
from market.rounds.models import Round, RoundNeed


class NothingToPool(Refused):
    """No need of the area is open."""


MIN_OPEN = timedelta(minutes=1)
MAX_OPEN = timedelta(days=60)
MAX_ANSWER_HOURS = 14 * 24


def open_round(
    actor: Actor,
    title: str,
    closes_at: datetime,
    answer_hours: int = 24,
    scope_code: str | None = None,
    family: str = "",
) -> Round:
    """Start collecting needs of the office's area until `closes_at`, of one family of goods or of all.

    `answer_hours` is what suppliers have for their answer. Raises Refused for a closing time that is
    past or too far, an impossible answer time, or a scope outside the office's own.
    """
    actor.require(Permission.ROUNDS_RUN)
    now = clock.now()
    if not now + MIN_OPEN <= closes_at <= now + MAX_OPEN:
        raise Refused(_("Waktu tutup harus setelah sekarang dan paling lama 60 hari."), field="closes_at")
    if not 1 <= answer_hours <= MAX_ANSWER_HOURS:
        raise Refused(_("Beri waktu menjawab antara 1 jam dan 14 hari."), field="answer_hours")
    scope = place(scope_code or actor.scope_code).code
    if not scope.startswith(actor.scope_code):
        raise Refused(_("Wilayah ini di luar wilayah Anda."), field="scope_code")
    round_ = Round(
        organization_id=actor.organization_id or 0,
        number=next_number(actor.organization_id or 0, "PTR"),
        title=title,
        scope_code=scope,
        family=family,
        opened_at=now,
        state_at=now,
        closes_at=closes_at,
        answer_hours=answer_hours,
    )
    db.session.add(round_)
    db.session.flush()
    states.start(round_, actor)
    return round_


def close_round(actor: Actor, round_id: int) -> Round:
    """Freeze the open needs of the area and hand the round to the solver (job `round_closed`).

    Raises NotFound, IllegalMove, and Refused when there is nothing to pool or another round of the
    area is being solved.
    """
    actor.require(Permission.ROUNDS_RUN)
    round_ = queries.round_for(actor, round_id, lock=True)
    _refuse_while_busy(round_)
    pooled = needs.open_needs(round_.scope_code, commodities.pack_ids_of(round_.family))
    if not pooled:
        raise NothingToPool(_("Belum ada kebutuhan yang disetujui di wilayah ini."))
    states.advance(round_, "closed", actor)
    _freeze(round_, pooled)
    need_services.take_into_round(actor, [need.id for need in pooled])
    faults.point("round_frozen")
    _ask_solver(round_)
    return round_


def _refuse_while_busy(round_: Round) -> None:
    busy = queries.active_round(round_.organization_id, round_.scope_code)
    if busy is not None and busy.id != round_.id:
        text = _("Putaran %(number)s di wilayah ini sedang dihitung. Selesaikan dahulu.", number=busy.number)
        raise Refused(text)


def _freeze(round_: Round, pooled: list[Need]) -> None:
    """Copy what the round will be solved on, so that a later edit changes nothing."""
    today = clock.today()
    packs = {pack.id: pack for pack in commodities.packs()}
    market = {
        pack_id: commodities.market_price_rp(packs[pack_id], round_.scope_code, today)
        for pack_id in {need.pack_id for need in pooled}
    }
    db.session.add_all(
        RoundNeed(
            organization_id=round_.organization_id,
            round_id=round_.id,
            need_id=need.id,
            buyer_id=need.organization_id,
            pack_id=need.pack_id,
            wanted_packs=need.wanted_packs,
            at_most_packs=need.at_most_packs,
            market_rp=market[need.pack_id],
        )
        for need in pooled
    )
    db.session.flush()


def _ask_solver(round_: Round) -> None:
    """Write the job that solves the round's next attempt."""
    attempt = round_.attempt + 1
    jobs.enqueue(
        "round_closed",
        {"round_id": round_.id},
        unique_key=f"round_closed:{round_.id}:{attempt}:{len(queries.state_changes(round_))}",
        queue="solver",
    )


def solve_again(actor: Actor, round_id: int) -> Round:
    """Run a failed or unpublished round once more; the earlier attempt stays in its history.

    Raises NotFound, IllegalMove, and Refused while another round of the area is being solved.
    """
    actor.require(Permission.ROUNDS_RUN)
    round_ = queries.round_for(actor, round_id, lock=True)
    _refuse_while_busy(round_)
    states.advance(round_, "closed", actor)
    _drop_proposals(actor, round_)
    _ask_solver(round_)
    return round_


def _drop_proposals(actor: Actor, round_: Round) -> None:
    """What an unpublished plan meant to ask of suppliers is asked of nobody."""
    for assignment in queries.assignments_of_round(round_.id):
        if assignment.state == "proposed":
            states.advance(assignment, "dropped", actor)


def cancel_round(actor: Actor, round_id: int, reason: str) -> Round:
    """Give up a round before anything is published; its needs are open again.

    Raises NotFound, IllegalMove, Refused without a reason.
    """
    actor.require(Permission.ROUNDS_RUN)
    round_ = queries.round_for(actor, round_id, lock=True)
    if not reason.strip():
        raise Refused(_("Tulis alasannya."), field="reason")
    states.advance(round_, "cancelled", actor, reason)
    _drop_proposals(actor, round_)
    for frozen in queries.round_needs(round_.id):
        need_services.return_to_open(actor, frozen.need_id, reason)
    return round_


def close_due_rounds() -> int:
    """Close rounds whose time is over (a schedule); returns how many were closed or cancelled.

    A round without needs is cancelled. One whose area is being solved waits for the next period.
    """
    done = 0
    for round_id in queries.due_rounds(clock.now()):
        try:
            close_round(SYSTEM, round_id)
        except NothingToPool as refusal:
            cancel_round(SYSTEM, round_id, str(refusal))
        except Refused:
            continue
        done += 1
    return done
