"""What waits for a person: assignments to answer, plans to look at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Select, String, cast, func, literal, select

from market.core.permissions import Actor, Permission
from market.rounds.models import Assignment, AssignmentLine, Round, RoundPlan
from market.rounds.models_answers import AnswerProposal

Today = Select[Any]


def _task(kind: str, subject: Any, since: Any, detail: Any, amount: Any) -> Today:
    return select(
        literal(kind, String).label("kind"),
        subject.label("subject_id"),
        since.label("since"),
        cast(detail, String).label("detail"),
        cast(amount, BigInteger).label("amount"),
    )


def today(actor: Actor) -> list[Today]:
    """Assignments to answer (supplier); changed answers (cooperative); plans and failed rounds (office)."""
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
    if actor.may(Permission.NEEDS_APPROVE):
        proposal = AnswerProposal
        task = _task("proposal_waits", proposal.id, proposal.state_at, Round.number, proposal.packs)
        tasks.append(
            task.join(AssignmentLine, AssignmentLine.id == proposal.line_id)
            .join(Assignment, Assignment.id == AssignmentLine.assignment_id)
            .join(Round, Round.id == Assignment.round_id)
            .where(proposal.buyer_id == actor.organization_id, proposal.state == "pending")
        )
    if actor.may(Permission.ROUNDS_RUN):
        task = _task("round_waits", Round.id, Round.state_at, Round.number, literal(0))
        mine = Round.organization_id == actor.organization_id
        tasks.append(task.where(mine, Round.state.in_(("solved", "failed"))))
    return tasks
