"""Answers that are worse for a buyer: it confirms them or does not, and its silence is a no."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, db, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.rounds import queries
from market.rounds.models import Assignment, AssignmentLine, Round
from market.rounds.models_answers import AnswerPart, AnswerProposal
from market.rounds.queries import proposals
from market.rounds.services import ending
from market.rounds.services.deviating import Prepared
from market.rounds.services.ordering import Delivery, order_line


def write_parts(prepared: Prepared) -> list[AnswerPart]:
    """Remember the days of a line that comes in several parts or waits for its buyer."""
    if not prepared.asks_buyer and len(prepared.parts) < 2:
        return []
    parts = [
        AnswerPart(
            organization_id=prepared.line.organization_id,
            line_id=prepared.line.id,
            delivery_on=part.delivery_on,
            packs=part.packs,
            late=part.delivery_on > prepared.needed_by_on,
        )
        for part in prepared.parts
    ]
    db.session.add_all(parts)
    db.session.flush()
    return parts


def propose(actor: Actor, round_id: int, prepared: Prepared) -> AnswerProposal:
    """Ask the buyer of a line whether the worse answer is good enough; the clock of its grace starts."""
    line = prepared.line
    proposal = AnswerProposal(
        organization_id=line.organization_id,
        line_id=line.id,
        buyer_id=line.buyer_id,
        state_at=clock.now(),
        packs=prepared.packs,
        kept_packs=prepared.kept_packs,
        price_rp=prepared.price_rp,
        asked_rp=line.price_rp,
        pack_id=prepared.pack_id,
        reason=prepared.reason,
        due_at=clock.now() + timedelta(hours=proposals.limits_of(round_id).grace_hours),
    )
    db.session.add(proposal)
    db.session.flush()
    states.start(proposal, actor)
    job = {"proposal_id": proposal.id}
    jobs.enqueue("proposal_made", job, unique_key=f"proposal_made:{proposal.id}")
    jobs.enqueue("proposal_due", job, unique_key=f"proposal_due:{proposal.id}", run_at=proposal.due_at)
    return proposal


def decide_proposal(actor: Actor, proposal_id: int, confirm: bool, note: str = "") -> AnswerProposal:
    """The buyer takes the changed answer, or leaves what got worse: that goes back into the pool.

    What is taken becomes an order at the proposed price in the same transaction; it holds whatever
    other buyers decide. Raises NotFound, Conflict for a second decision, Refused after the grace.
    """
    actor.require(Permission.NEEDS_APPROVE)
    seen = proposals.proposal_for(actor, proposal_id)
    assignment, round_ = _hold(seen)
    proposal = proposals.proposal_for(actor, proposal_id, lock=True)
    if proposal.state == "lapsed" or (proposal.state == "pending" and proposal.due_at <= clock.now()):
        raise Refused(_("Waktu memutuskan sudah lewat. Bagian ini dicarikan pemasok lain."))
    if proposal.state != "pending":
        raise Conflict(_("Usul ini sudah diputuskan."))
    _settle(actor, assignment, proposal, "confirmed" if confirm else "withdrawn", note)
    faults.point("proposal_decided")
    _end_answer(actor, round_, assignment)
    return proposal


def lapse_proposal(proposal_id: int) -> bool:
    """The grace is over: silence is a no. True when the proposal was still waiting."""
    found = proposals.proposal_by_id(proposal_id)
    assignment, round_ = _hold(found)
    proposal = proposals.proposal_by_id(proposal_id, lock=True)
    if proposal.state != "pending" or proposal.due_at > clock.now():
        return False
    _settle(SYSTEM, assignment, proposal, "lapsed", stored("tidak memutuskan sampai batas waktu"))
    _end_answer(SYSTEM, round_, assignment)
    return True


def _hold(proposal: AnswerProposal) -> tuple[Assignment, Round]:
    """The round first, then the assignment: everybody who writes answers takes them in this order."""
    round_id = proposals.assignment_of_line(proposal.line_id).round_id
    round_ = queries.round_by_id(round_id, lock=True)
    return proposals.assignment_of_line(proposal.line_id, lock=True), round_


def _settle(actor: Actor, assignment: Assignment, proposal: AnswerProposal, state: str, note: str) -> None:
    line = proposals.line_by_id(proposal.line_id)
    yes = state == "confirmed"
    parts = [part for part in proposals.parts_of(line.id) if yes or not part.late]
    packs = proposal.packs if yes else proposal.kept_packs
    states.advance(proposal, state, actor, note)
    line.accepted_packs, line.reason = packs, proposal.reason
    if yes:
        line.price_rp = proposal.price_rp
    if packs:
        pack_id = proposal.pack_id if yes else assignment.pack_id
        line.delivery_on = parts[0].delivery_on
        order_line(actor, assignment, _deliveries(line, parts, pack_id))
    db.session.flush()
    key = f"proposal_decided:{proposal.id}"
    jobs.enqueue("proposal_decided", {"proposal_id": proposal.id}, unique_key=key)


def _deliveries(line: AssignmentLine, parts: list[AnswerPart], pack_id: int) -> list[Delivery]:
    return [
        Delivery(line, part.packs, part.delivery_on, pack_id, first=number == 0, part=part)
        for number, part in enumerate(parts)
    ]


def _end_answer(actor: Actor, round_: Round, assignment: Assignment) -> None:
    """When the last buyer has decided, the answer is what they left of it."""
    if proposals.waiting(assignment.id):
        return
    accepted = sum(line.accepted_packs or 0 for line in queries.lines_of(assignment.id))
    states.advance(assignment, outcome(accepted, assignment.packs, "refused"), actor)
    ending.conclude(round_)


def outcome(accepted: int, asked: int, nothing: str) -> str:
    """The state of an answer by how much of it came about."""
    if accepted == 0:
        return nothing
    return "accepted" if accepted == asked else "partly"
