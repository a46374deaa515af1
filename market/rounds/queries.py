"""What is asked of rounds, plans and answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Select, case, delete, func, literal, select

from market.core import db
from market.core.errors import NotFound
from market.core.history import StateChange, history_of
from market.core.i18n import _
from market.core.permissions import SYSTEM, Actor, Permission
from market.needs.models import Need
from market.rounds.models import Assignment, AssignmentLine, Round, RoundNeed, RoundPlan, RoundProgress

REFUSING = ("declined", "lapsed")
LIVE = ("proposed", "offered", "accepted", "partly")
Today = Select[tuple[str, int, object, str, int]]


def visible_rounds(actor: Actor) -> Select[tuple[Round]]:
    """Rounds that the actor may see: an office those of its area, a cooperative those of its city."""
    query = select(Round)
    if actor is SYSTEM:
        return query
    if actor.organization_kind == "office":
        return query.where(Round.scope_code.startswith(actor.scope_code, autoescape=True))
    joined = select(RoundNeed.round_id).where(RoundNeed.buyer_id == actor.organization_id)
    return query.where(Round.id.in_(joined) | (literal(actor.scope_code).startswith(Round.scope_code)))


def round_for(actor: Actor, round_id: int, lock: bool = False) -> Round:
    """A round the actor may see; with `lock` one of the actor's own office, held. Raises NotFound."""
    query = visible_rounds(actor).where(Round.id == round_id)
    if lock:
        if actor is not SYSTEM:
            query = query.where(Round.organization_id == actor.organization_id)
        query = query.with_for_update()
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Putaran tidak ditemukan."))
    return found


def round_by_id(round_id: int, lock: bool = False) -> Round:
    """A round by id, for jobs that act for nobody."""
    query = select(Round).where(Round.id == round_id)
    if lock:
        query = query.with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def state_changes(round_: Round) -> list[StateChange]:
    """Every move of the round so far."""
    return history_of(round_)


def rounds_of(actor: Actor, limit: int = 30) -> list[Round]:
    """The newest rounds the actor may see."""
    return list(db.session.scalars(visible_rounds(actor).order_by(Round.id.desc()).limit(limit)))


def round_needs(round_id: int) -> list[RoundNeed]:
    """The frozen needs of a round."""
    return list(
        db.session.scalars(select(RoundNeed).where(RoundNeed.round_id == round_id).order_by(RoundNeed.id))
    )


def newest_plan(round_id: int) -> RoundPlan | None:
    """The plan of the round's last attempt."""
    query = (
        select(RoundPlan).where(RoundPlan.round_id == round_id).order_by(RoundPlan.attempt.desc()).limit(1)
    )
    return db.session.scalars(query).first()


def progress(round_id: int, attempt: int) -> list[RoundProgress]:
    """The curve of one attempt so far."""
    query = select(RoundProgress).where(RoundProgress.round_id == round_id, RoundProgress.attempt == attempt)
    return list(db.session.scalars(query.order_by(RoundProgress.id)))


def forget_progress(round_id: int, attempt: int) -> None:
    """An attempt that begins again draws its curve again."""
    db.session.execute(
        delete(RoundProgress).where(RoundProgress.round_id == round_id, RoundProgress.attempt == attempt)
    )


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

    An offer that both accepted once and declined later keeps exactly what it accepted.
    """
    accepted: dict[int, int] = defaultdict(int)
    limited: set[int] = set()
    for assignment in assignments_of_round(round_id):
        if assignment.state in ("partly", *REFUSING):
            limited.add(assignment.offer_id)
    for line, assignment in accepted_lines(round_id):
        accepted[assignment.offer_id] += line.accepted_packs or 0
    refused = {offer_id for offer_id in limited if not accepted[offer_id]}
    return refused, {offer_id: accepted[offer_id] for offer_id in limited - refused}


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
        (Assignment.state.in_(("proposed", "offered")), AssignmentLine.packs),
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


def round_state_of_need(need_id: int) -> str | None:
    """State of the last round that pooled a need."""
    query = (
        select(Round.state)
        .join(RoundNeed, RoundNeed.round_id == Round.id)
        .where(RoundNeed.need_id == need_id)
        .order_by(Round.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def active_round(organization_id: int, scope_code: str) -> Round | None:
    """The round of the area that is being computed or waits to be published, if there is one."""
    query = select(Round).where(
        Round.organization_id == organization_id,
        Round.scope_code == scope_code,
        Round.state.in_(("closed", "solving", "solved")),
    )
    return db.session.scalars(query.limit(1)).first()


def round_of_assignment(assignment_id: int) -> int | None:
    """The round an assignment belongs to."""
    return db.session.scalar(select(Assignment.round_id).where(Assignment.id == assignment_id))


def due_rounds(now: datetime) -> list[int]:
    """Open rounds whose time is over, the oldest first."""
    query = select(Round.id).where(Round.state == "open", Round.closes_at <= now)
    return list(db.session.scalars(query.order_by(Round.closes_at, Round.id)))


def add_accepted(round_id: int, need_id: int, packs: int) -> int:
    """Count accepted packs on the frozen need; returns how many it has in this round now."""
    mine = (RoundNeed.round_id == round_id, RoundNeed.need_id == need_id)
    query = select(RoundNeed).where(*mine).with_for_update()
    frozen = db.session.scalars(query.execution_options(populate_existing=True)).one()
    frozen.accepted_packs += packs
    db.session.flush()
    return frozen.accepted_packs


def needed_by(need_id: int) -> date:
    """The last day on which the need's goods may come."""
    return db.session.scalars(select(Need.needed_by_on).where(Need.id == need_id)).one()


def needs_of_order(order_id: int) -> list[int]:
    """Needs that an order serves."""
    query = select(AssignmentLine.need_id).where(AssignmentLine.order_id == order_id).distinct()
    return list(db.session.scalars(query))


def orders_of_need(need_id: int) -> list[int]:
    """Orders that serve a need."""
    query = select(AssignmentLine.order_id).where(
        AssignmentLine.need_id == need_id, AssignmentLine.order_id.isnot(None)
    )
    return [order_id for order_id in db.session.scalars(query.distinct()) if order_id is not None]


def _task(kind: str, subject: object, since: object, detail: object, amount: object) -> Today:
    return select(
        literal(kind).label("kind"),
        subject.label("subject_id"),  # type: ignore[attr-defined]
        since.label("since"),  # type: ignore[attr-defined]
        detail.label("detail"),  # type: ignore[attr-defined]
        amount.label("amount"),  # type: ignore[attr-defined]
    )


def today(actor: Actor) -> list[Today]:
    """Assignments to answer (supplier); plans to look at and failed rounds (office)."""
    tasks: list[Today] = []
    if actor.may(Permission.ASSIGNMENTS_ANSWER):
        task = _task(
            "assignment_waits",
            Assignment.id,
            func.coalesce(RoundPlan.published_at, RoundPlan.made_at),
            Round.number,
            Assignment.packs,
        )
        tasks.append(
            task.join(Round, Round.id == Assignment.round_id)
            .join(RoundPlan, RoundPlan.id == Assignment.plan_id)
            .where(Assignment.organization_id == actor.organization_id, Assignment.state == "offered")
        )
    if actor.may(Permission.ROUNDS_RUN):
        task = _task("round_waits", Round.id, Round.state_at, Round.number, literal(0))
        mine = Round.organization_id == actor.organization_id
        tasks.append(task.where(mine, Round.state.in_(("solved", "failed"))))
    return tasks
