"""How a round ends: what nobody gave is asked for again, what has come is fulfilled."""

from __future__ import annotations

from market.core import db, jobs, states
from market.core.i18n import stored
from market.core.permissions import SYSTEM
from market.needs import queries as needs
from market.needs import services as need_services
from market.purchasing import queries as purchasing
from market.rounds import queries
from market.rounds.models import Round, RoundNeed
from market.rounds.queries import proposals
from market.rounds.services import regrading

ENDED = ("finished",)
MAX_REMATCHES = 2
"""After the second re-match what is missing waits for the next round."""


def conclude(round_: Round) -> None:
    """When everybody has answered and decided: re-match what is missing, or end the round."""
    if round_.state != "published" or proposals.undecided(round_.id):
        return
    if round_.rematches < MAX_REMATCHES and queries.was_refused(round_.id, round_.attempt):
        round_.attempt += 1
        round_.rematches += 1
        states.advance(round_, "rematching", SYSTEM)
        key = f"round_rematch:{round_.id}:{round_.attempt}"
        jobs.enqueue("round_rematch", {"round_id": round_.id}, unique_key=key, queue="solver")
    else:
        finish(round_)


def finish(round_: Round) -> None:
    """End the round: what no supplier gave is open again and goes into the next one."""
    frozen, refused = queries.round_needs(round_.id), queries.needs_refused(round_.id)
    unwanted = proposals.needs_unwanted(round_.id)
    for row in frozen:
        _carry(row, "changed" if row.need_id in unwanted else "declined" if row.need_id in refused else "")
    regrading.follow_tiers(round_)
    states.advance(round_, "finished", SYSTEM)
    fulfil_arrived([row.need_id for row in frozen if row.accepted_packs])
    jobs.enqueue("round_finished", {"round_id": round_.id}, unique_key=f"round_finished:{round_.id}")


def _carry(frozen: RoundNeed, reason: str) -> None:
    """A need with nothing is open again; the rest of a partly served one becomes a new need."""
    if frozen.accepted_packs >= frozen.wanted_packs:
        return
    frozen.unmet_reason = reason or frozen.unmet_reason
    db.session.flush()
    if frozen.accepted_packs == 0:
        need_services.return_to_open(SYSTEM, frozen.need_id, stored("belum terpenuhi di putaran ini"))
    else:
        need_services.carry_over(SYSTEM, frozen.need_id)


def note_delivery(order_id: int) -> int:
    """After a delivery or a cancelled rest: needs whose orders wait for nothing more are fulfilled.

    While suppliers of the round may still answer, a need can still grow, so it waits for the end of
    the round. A need whose orders brought nothing at all is open again. Returns how many needs were
    fulfilled; an order that belongs to no round does nothing.
    """
    return fulfil_arrived(queries.needs_of_order(order_id))


def fulfil_arrived(need_ids: list[int]) -> int:
    """Fulfil those of the needs whose round is over and whose orders wait for nothing more."""
    ready = [need for need in needs.by_ids(need_ids) if need.state == "matched"]
    fulfilled = 0
    for need in ready:
        if queries.round_state_of_need(need.id) not in ENDED:
            continue
        lines = [
            line for order_id in queries.orders_of_need(need.id) for line in purchasing.goods_lines(order_id)
        ]
        if any(line.open_packs for line in lines):
            continue
        if any(line.received_packs for line in lines):
            need_services.mark_fulfilled(SYSTEM, need.id)
            fulfilled += 1
        else:
            need_services.return_to_open(SYSTEM, need.id, stored("pesanan dibatalkan, barang tidak datang"))
    return fulfilled
