"""The suppliers' answers: each offer answers once, with exceptions by line; silence is a no."""

from __future__ import annotations

from collections.abc import Mapping

from market.core import clock, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.rounds import queries
from market.rounds.models import DECLINE_REASONS, Assignment, AssignmentLine
from market.rounds.services import ending
from market.rounds.services.deviating import LineAnswer, Prepared, prepare
from market.rounds.services.ordering import Delivery, order_all
from market.rounds.services.proposing import outcome, propose, write_parts


def answer_assignment(
    actor: Actor,
    assignment_id: int,
    exceptions: Mapping[int, LineAnswer] | None = None,
    decline_reason: str = "",
    note: str = "",
) -> Assignment:
    """Accept an assignment (with exceptions by line id), or decline it with a reason.

    Accepted lines become one purchase order per buyer in the same transaction; a line that is worse
    for its buyer waits for it (`countered`). Raises Refused for an answer after the deadline or
    outside what rules allow, Conflict for a second answer.
    """
    actor.require(Permission.ASSIGNMENTS_ANSWER)
    # The round first: everybody who writes its answers holds it, so no two wait for each other.
    round_ = queries.round_by_id(queries.assignment_for(actor, assignment_id).round_id, lock=True)
    assignment = queries.assignment_for(actor, assignment_id, lock=True)
    if assignment.state not in ("offered", "lapsed"):
        raise Conflict(_("Penugasan ini sudah dijawab. Jawaban pertama yang berlaku."))
    late = assignment.due_at is not None and assignment.due_at <= clock.now()
    if late or assignment.state == "lapsed":
        raise Refused(_("Waktu menjawab sudah lewat. Sisa kebutuhan dicarikan pemasok lain."))
    lines = queries.lines_of(assignment.id)
    if decline_reason:
        _decline(actor, assignment, lines, decline_reason, note)
    else:
        _accept(actor, assignment, prepare_all(assignment, lines, exceptions or {}), note)
    faults.point("answer_written")
    ending.conclude(round_)
    return assignment


def _decline(
    actor: Actor, assignment: Assignment, lines: list[AssignmentLine], reason: str, note: str
) -> None:
    if reason not in DECLINE_REASONS:
        raise Refused(_("Pilih alasan menolak."), field="decline_reason")
    for line in lines:
        line.accepted_packs, line.reason = 0, reason
    assignment.decline_reason, assignment.note = reason, note
    states.advance(assignment, "declined", actor, note or reason)


def prepare_all(
    assignment: Assignment, lines: list[AssignmentLine], exceptions: Mapping[int, LineAnswer]
) -> list[Prepared]:
    """Every line's answer, checked and not written: also what a preview shows. Raises Refused."""
    if set(exceptions) - {line.id for line in lines}:
        raise Refused(_("Baris jawaban tidak dikenal. Muat ulang halaman."))
    prepared = [prepare(assignment, line, exceptions.get(line.id)) for line in lines]
    if not any(each.packs for each in prepared):
        raise Refused(_("Semua baris nol. Untuk menolak, pilih Tolak dan alasannya."))
    return prepared


def _accept(actor: Actor, assignment: Assignment, prepared: list[Prepared], note: str) -> None:
    assignment.note = note
    ordered: list[Delivery] = []
    for each in prepared:
        parts = write_parts(each)
        if each.asks_buyer:
            propose(actor, assignment.round_id, each)
            continue
        line = each.line
        line.accepted_packs, line.reason, line.price_rp = each.packs, each.reason, each.price_rp
        if each.packs and each.parts[0].delivery_on != assignment.delivery_on:
            line.delivery_on = each.parts[0].delivery_on
        for number, part in enumerate(each.parts):
            kept = parts[number] if parts else None
            ordered.append(Delivery(line, part.packs, part.delivery_on, each.pack_id, number == 0, kept))
    if any(each.asks_buyer for each in prepared):
        states.advance(assignment, "countered", actor, note)
    else:
        accepted = sum(each.packs for each in prepared)
        states.advance(assignment, outcome(accepted, assignment.packs, "declined"), actor, note)
    order_all(actor, assignment, ordered)


def lapse_answers(round_id: int) -> int:
    """Silence is a no: what is still unanswered at the deadline is declined; returns how many."""
    round_ = queries.round_by_id(round_id, lock=True)
    late = [a for a in queries.unanswered(round_id) if a.due_at is not None and a.due_at <= clock.now()]
    for assignment in late:
        for line in queries.lines_of(assignment.id):
            line.accepted_packs = 0
        states.advance(assignment, "lapsed", SYSTEM, stored("tidak menjawab sampai batas waktu"))
    if late:
        ending.conclude(round_)
    return len(late)
