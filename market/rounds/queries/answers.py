"""What is asked of assignments: what was offered, answered, accepted, taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import case, func, or_, select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.needs.models import Need
from market.rounds.models import Assignment, AssignmentLine, RoundPlan
from market.rounds.models_answers import AnswerPart, AnswerProposal
from market.rounds.queries.rounds import MAX_ID

REFUSING = ("declined", "lapsed", "refused")
LIVE = ("proposed", "offered", "countered", "accepted", "partly")


def assignments_of_plan(plan_id: int) -> list[Assignment]:
    """Everything a plan asks of suppliers."""
    query = select(Assignment).where(Assignment.plan_id == plan_id).order_by(Assignment.id)
    return list(db.session.scalars(query))


def assignments_of_round(round_id: int) -> list[Assignment]:
    """Everything a round has asked of suppliers, over all attempts."""
    query = select(Assignment).where(Assignment.round_id == round_id).order_by(Assignment.id)
    return list(db.session.scalars(query))


def unanswered(round_id: int) -> list[Assignment]:
    """Assignments that wait for their supplier."""
    query = select(Assignment).where(Assignment.round_id == round_id, Assignment.state == "offered")
    return list(db.session.scalars(query.order_by(Assignment.id)))


def assignment_for(actor: Actor, assignment_id: int, lock: bool = False) -> Assignment:
    """An assignment of the actor's own supplier that has been offered; raises NotFound."""
    if not 0 < assignment_id <= MAX_ID:
        raise NotFound(_("Penugasan tidak ditemukan."))
    query = select(Assignment).where(
        Assignment.id == assignment_id,
        Assignment.organization_id == actor.organization_id,
        Assignment.state.not_in(("proposed", "dropped")),
    )
    if lock:
        query = query.with_for_update()
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Penugasan tidak ditemukan."))
    return found


def assignments_of_supplier(organization_id: int, limit: int = 50) -> list[Assignment]:
    """What a supplier has been asked, newest first."""
    query = (
        select(Assignment)
        .where(
            Assignment.organization_id == organization_id, Assignment.state.not_in(("proposed", "dropped"))
        )
        .order_by(Assignment.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def lines_of(assignment_id: int) -> list[AssignmentLine]:
    """The lines of an assignment."""
    query = select(AssignmentLine).where(AssignmentLine.assignment_id == assignment_id)
    return list(db.session.scalars(query.order_by(AssignmentLine.id)))


def live_lines(round_id: int) -> list[AssignmentLine]:
    """Lines of a round that are asked or accepted."""
    query = (
        select(AssignmentLine)
        .join(Assignment, Assignment.id == AssignmentLine.assignment_id)
        .where(Assignment.round_id == round_id, Assignment.state.in_(LIVE))
    )
    return list(db.session.scalars(query))


def accepted_lines(round_id: int) -> list[tuple[AssignmentLine, Assignment]]:
    """Lines that suppliers have said yes to, with their assignments."""
    query = (
        select(AssignmentLine, Assignment)
        .join(Assignment, Assignment.id == AssignmentLine.assignment_id)
        .where(Assignment.round_id == round_id, AssignmentLine.accepted_packs > 0)
        .order_by(AssignmentLine.id)
    )
    return [(line, assignment) for line, assignment in db.session.execute(query)]


def answers_that_limit(round_id: int) -> tuple[set[int], dict[int, int]]:
    """Offers out of the round (declined, silent), and what those that gave less have left to give.

    An offer that both accepted once and declined later keeps exactly what it accepted. One that changed
    its price, day or pack is asked for no more than what came of it, whatever the buyers decided.
    """
    accepted: dict[int, int] = defaultdict(int)
    limited: set[int] = set()
    changed = _changed(round_id)
    for assignment in assignments_of_round(round_id):
        if assignment.state in ("partly", *REFUSING) or assignment.id in changed:
            limited.add(assignment.offer_id)
    for line, assignment in accepted_lines(round_id):
        accepted[assignment.offer_id] += line.accepted_packs or 0
    refused = {offer_id for offer_id in limited if not accepted[offer_id]}
    return refused, {offer_id: accepted[offer_id] for offer_id in limited - refused}


def _changed(round_id: int) -> set[int]:
    """Assignments of a round whose answer asked a buyer first."""
    query = (
        select(AssignmentLine.assignment_id)
        .join(AnswerProposal, AnswerProposal.line_id == AssignmentLine.id)
        .join(Assignment, Assignment.id == AssignmentLine.assignment_id)
        .where(Assignment.round_id == round_id)
    )
    return set(db.session.scalars(query))


def needs_refused(round_id: int) -> set[int]:
    """Needs of which some supplier gave less than it was asked for."""
    query = (
        select(AssignmentLine.need_id)
        .join(Assignment, Assignment.id == AssignmentLine.assignment_id)
        .where(Assignment.round_id == round_id, AssignmentLine.accepted_packs < AssignmentLine.packs)
    )
    return set(db.session.scalars(query))


def was_refused(round_id: int, attempt: int) -> bool:
    """Whether any answer to this attempt gave less than it was asked for."""
    query = (
        select(Assignment.id)
        .join(RoundPlan, RoundPlan.id == Assignment.plan_id)
        .where(
            RoundPlan.round_id == round_id,
            RoundPlan.attempt == attempt,
            Assignment.state.in_(("partly", *REFUSING)),
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def truck_paid_rp(round_id: int) -> dict[tuple[int, str], int]:
    """Truck shares on accepted lines, by supplier and district of its trucks."""
    paid: dict[tuple[int, str], int] = defaultdict(int)
    for line, assignment in accepted_lines(round_id):
        paid[assignment.organization_id, line.district] += line.truck_rp
    return paid


def packs_taken(offer_ids: Iterable[int], except_round_id: int = 0) -> dict[int, int]:
    """Packs of offers that rounds have accepted, or have asked for and wait to hear about."""
    asked = case(
        (
            Assignment.state.in_(("proposed", "offered", "countered")),
            func.coalesce(AssignmentLine.accepted_packs, AssignmentLine.packs),
        ),
        else_=func.coalesce(AssignmentLine.accepted_packs, 0),
    )
    query = (
        select(Assignment.offer_id, func.sum(asked))
        .join(AssignmentLine, AssignmentLine.assignment_id == Assignment.id)
        .where(
            Assignment.offer_id.in_(list(offer_ids)),
            Assignment.round_id != except_round_id,
            Assignment.state.in_(LIVE),
        )
        .group_by(Assignment.offer_id)
    )
    return {offer_id: int(packs) for offer_id, packs in db.session.execute(query)}


def needed_by(need_id: int) -> date:
    """The last day on which the need's goods may come."""
    return db.session.scalars(select(Need.needed_by_on).where(Need.id == need_id)).one()


def needs_of_order(order_id: int) -> list[int]:
    """Needs that an order serves."""
    part = select(AnswerPart.line_id).where(AnswerPart.order_id == order_id)
    query = select(AssignmentLine.need_id).where(
        or_(AssignmentLine.order_id == order_id, AssignmentLine.id.in_(part))
    )
    return list(db.session.scalars(query.distinct()))


def orders_of_line(line_id: int) -> list[int]:
    """Orders that a line became: one, or one for each of its deliveries."""
    parts = select(AnswerPart.order_id).where(AnswerPart.line_id == line_id)
    query = select(AssignmentLine.order_id).where(AssignmentLine.id == line_id)
    return sorted(order_id for order_id in db.session.scalars(query.union(parts)) if order_id is not None)


def orders_of_need(need_id: int) -> list[int]:
    """Orders that serve a need."""
    parts = select(AnswerPart.order_id).join(AssignmentLine, AssignmentLine.id == AnswerPart.line_id)
    query = select(AssignmentLine.order_id).where(AssignmentLine.need_id == need_id)
    found = db.session.scalars(query.union(parts.where(AssignmentLine.need_id == need_id)))
    return sorted(order_id for order_id in found if order_id is not None)
