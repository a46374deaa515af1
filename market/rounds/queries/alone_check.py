"""The check that pooling costs nobody more than buying alone, with its figures."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.rounds.models import Assignment, AssignmentLine
from market.rounds.queries.outcomes import NeedOutcome, Served, outcomes
from market.rounds.queries.rounds import MAX_ID


@dataclass(frozen=True)
class AloneCheck:
    """How many served needs were compared, and how the comparison went."""

    cheaper: int
    same: int
    dearer: int
    pooled_rp: int
    alone_rp: int
    unknown: int
    """Served needs that alone could not be had at all."""

    @property
    def checked(self) -> int:
        return self.cheaper + self.same + self.dearer

    @property
    def saved_rp(self) -> int:
        return self.alone_rp - self.pooled_rp


def alone_check(rows: list[NeedOutcome]) -> AloneCheck:
    """The check over some needs of a round."""
    served = [row for row in rows if row.packs]
    known = [row for row in served if row.saved_rp is not None]
    saved = [row.saved_rp or 0 for row in known]
    return AloneCheck(
        cheaper=sum(1 for each in saved if each > 0),
        same=sum(1 for each in saved if each == 0),
        dearer=sum(1 for each in saved if each < 0),
        pooled_rp=sum(row.pooled_rp for row in known),
        alone_rp=sum(row.alone_rp or 0 for row in known),
        unknown=len(served) - len(known),
    )


@dataclass(frozen=True)
class OrderLineCheck:
    """One line of an order: what it pays, and on what its shares rest."""

    row: NeedOutcome
    served: Served
    buyers: int
    """Cooperatives that pay the same price for the goods of the same offer."""
    truck_percent: float | None
    """The line's part of the weight of its trucks; None without trucks."""


@dataclass(frozen=True)
class OrderCheck:
    """An order of a round against buying alone."""

    lines: list[OrderLineCheck]
    check: AloneCheck


def order_check(actor: Actor, order_id: int) -> OrderCheck:
    """The check of an order that the actor's own cooperative got from a round; raises NotFound."""
    mine = (AssignmentLine.order_id == order_id, AssignmentLine.buyer_id == actor.organization_id)
    query = select(AssignmentLine, Assignment).join(Assignment, Assignment.id == AssignmentLine.assignment_id)
    found = list(db.session.execute(query.where(*mine))) if 0 < order_id <= MAX_ID else []
    if not found:
        raise NotFound(_("Pesanan ini bukan dari putaran."))
    round_id, need_ids = found[0][1].round_id, {line.need_id for line, _assignment in found}
    rows = [row for row in outcomes(round_id, actor.organization_id) if row.need.id in need_ids]
    lines = [
        OrderLineCheck(row, served, _buyers(served), _truck_percent(row, served))
        for row in rows
        for served in row.lines
        if served.line.order_id == order_id
    ]
    return OrderCheck(lines, alone_check(rows))


def _buyers(served: Served) -> int:
    query = select(AssignmentLine.buyer_id).where(AssignmentLine.assignment_id == served.assignment.id)
    return len(set(db.session.scalars(query)))


def _truck_percent(row: NeedOutcome, served: Served) -> float | None:
    """By weight over all lines of the plan that ride with the supplier to the district."""
    if not served.line.truck_rp:
        return None
    query = (
        select(AssignmentLine.truck_rp)
        .join(Assignment, Assignment.id == AssignmentLine.assignment_id)
        .where(
            Assignment.plan_id == served.assignment.plan_id,
            Assignment.organization_id == served.assignment.organization_id,
            AssignmentLine.district == served.line.district,
        )
    )
    return 100 * served.line.truck_rp / sum(db.session.scalars(query))
