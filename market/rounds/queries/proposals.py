"""What is asked of answers that differ: how far they may, what waits for a buyer, what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock, db, parameters
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.purchasing import queries as purchasing
from market.rounds.models import Assignment, AssignmentLine, Round
from market.rounds.models_answers import (
    GRACE_HOURS,
    LATE_DAYS,
    PRICE_BAND,
    AnswerPart,
    AnswerPass,
    AnswerProposal,
)
from market.rounds.queries.rounds import MAX_ID

UNWANTED = ("withdrawn", "lapsed")


@dataclass(frozen=True)
class Limits:
    """How far an answer may go in one round: the values in force when it was opened."""

    price_band_percent: int
    late_days: int
    grace_hours: int


def limits_of(round_id: int) -> Limits:
    """The limits of a round; what its office set comes before what holds for everybody."""
    round_ = db.session.get_one(Round, round_id)
    on = clock.wib(round_.opened_at).date()
    found = parameters.values((PRICE_BAND, LATE_DAYS, GRACE_HOURS), on, round_.organization_id)
    return Limits(found[PRICE_BAND.name], found[LATE_DAYS.name], found[GRACE_HOURS.name])


def substitutes(pack_id: int) -> list[Pack]:
    """Packs that may come instead: the same family of goods in the same weight, nothing administered."""
    asked = commodities.pack(pack_id)
    if asked.commodity.handling == "administered":
        return []
    return [
        pack
        for pack in commodities.packs(bulk=True)
        if pack.id != asked.id
        and pack.commodity.family == asked.commodity.family
        and pack.commodity.handling != "administered"
        and pack.commodity.base_unit == asked.commodity.base_unit
        and (pack.size_base, pack.gross_g) == (asked.size_base, asked.gross_g)
    ]


def undecided(round_id: int) -> bool:
    """Whether somebody still has the word: a supplier that was asked, or a buyer of a changed answer."""
    query = select(Assignment.id).where(
        Assignment.round_id == round_id, Assignment.state.in_(("offered", "countered"))
    )
    return db.session.scalar(query.limit(1)) is not None


def proposal_by_id(proposal_id: int, lock: bool = False) -> AnswerProposal:
    """A proposal by id, for jobs that act for nobody."""
    query = select(AnswerProposal).where(AnswerProposal.id == proposal_id)
    query = query.with_for_update() if lock else query
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def proposal_for(actor: Actor, proposal_id: int, lock: bool = False) -> AnswerProposal:
    """A proposal to the actor's own cooperative; raises NotFound."""
    query = select(AnswerProposal).where(
        AnswerProposal.id == min(max(proposal_id, 0), MAX_ID),
        AnswerProposal.buyer_id == actor.organization_id,
    )
    query = query.with_for_update() if lock else query
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_("Usul ini tidak ditemukan."))
    return found


def proposals_of(buyer_id: int | None, limit: int = 50) -> list[AnswerProposal]:
    """What suppliers have proposed to a cooperative, newest first."""
    query = select(AnswerProposal).where(AnswerProposal.buyer_id == buyer_id)
    return list(db.session.scalars(query.order_by(AnswerProposal.id.desc()).limit(limit)))


def of_assignment(assignment_id: int) -> dict[int, AnswerProposal]:
    """Line id -> the proposal that its answer became."""
    query = (
        select(AnswerProposal)
        .join(AssignmentLine, AssignmentLine.id == AnswerProposal.line_id)
        .where(AssignmentLine.assignment_id == assignment_id)
    )
    return {proposal.line_id: proposal for proposal in db.session.scalars(query)}


def waiting(assignment_id: int) -> list[AnswerProposal]:
    """Proposals of an assignment that wait for their buyers."""
    return [each for each in of_assignment(assignment_id).values() if each.state == "pending"]


def assignment_of_line(line_id: int, lock: bool = False) -> Assignment:
    """The assignment that a line belongs to."""
    query = select(Assignment).where(
        Assignment.id
        == select(AssignmentLine.assignment_id).where(AssignmentLine.id == line_id).scalar_subquery()
    )
    query = query.with_for_update() if lock else query
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def line_by_id(line_id: int) -> AssignmentLine:
    """One line of an assignment."""
    return db.session.get_one(AssignmentLine, line_id)


def parts_of(line_id: int) -> list[AnswerPart]:
    """The days of a line's answer, the first one first."""
    query = select(AnswerPart).where(AnswerPart.line_id == line_id)
    return list(db.session.scalars(query.order_by(AnswerPart.delivery_on)))


def parts_of_lines(line_ids: list[int]) -> dict[int, list[AnswerPart]]:
    """Line id -> the days of its answer, for lines that have any."""
    query = select(AnswerPart).where(AnswerPart.line_id.in_(line_ids))
    found: dict[int, list[AnswerPart]] = {}
    for part in db.session.scalars(query.order_by(AnswerPart.delivery_on)):
        found.setdefault(part.line_id, []).append(part)
    return found


def needs_unwanted(round_id: int) -> set[int]:
    """Needs whose cooperative did not take what its supplier had changed."""
    query = (
        select(AssignmentLine.need_id)
        .join(AnswerProposal, AnswerProposal.line_id == AssignmentLine.id)
        .join(Assignment, Assignment.id == AssignmentLine.assignment_id)
        .where(Assignment.round_id == round_id, AnswerProposal.state.in_(UNWANTED))
    )
    return set(db.session.scalars(query))


def orders_of_line(line: AssignmentLine) -> list[tuple[int, str]]:
    """(id, number) of the orders that a line became."""
    ids = {line.order_id, *(part.order_id for part in parts_of(line.id))}
    return sorted((each, purchasing.order(each).number) for each in ids if each is not None)


def tries_of(assignment_id: int) -> int:
    """Wrong codes that were typed behind the link to an assignment."""
    query = select(AnswerPass.tries).where(AnswerPass.assignment_id == assignment_id)
    return db.session.scalar(query) or 0
