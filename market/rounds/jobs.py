"""What runs later for rounds: solving, re-matching, deadlines, deliveries."""

from __future__ import annotations

from typing import Any

from market.core import db, jobs, messages
from market.rounds import services


@jobs.own_transactions
def on_round_closed(payload: dict[str, Any]) -> None:
    """A closed round is solved."""
    services.solve_round(payload["round_id"])


@jobs.own_transactions
def on_round_rematch(payload: dict[str, Any]) -> None:
    """What suppliers declined is matched again."""
    services.solve_round(payload["round_id"])


@jobs.own_transactions
def on_plan_recorded(payload: dict[str, Any]) -> None:
    """A plan is explained: what would help whom, confirmed by a second solve."""
    services.explain_plan(payload["plan_id"])


@jobs.own_transactions
def on_scenario_requested(payload: dict[str, Any]) -> None:
    """A what-if is computed."""
    services.solve_scenario(payload["scenario_id"])


def on_answers_due(payload: dict[str, Any]) -> None:
    """The deadline of the answers has come."""
    services.lapse_answers(payload["round_id"])


def on_goods_received(payload: dict[str, Any]) -> None:
    """Goods came: perhaps a need is fulfilled."""
    services.note_delivery(payload["order_id"])


def on_order_closed(payload: dict[str, Any]) -> None:
    """An order ended, perhaps with a rest that will not come."""
    services.note_delivery(payload["order_id"])


def on_assignment_offered(payload: dict[str, Any]) -> None:
    """A supplier is asked."""
    services.announce_assignment(payload["assignment_id"])


@jobs.own_transactions
def on_answer_link(payload: dict[str, Any]) -> None:
    """The link by mail, the code by telephone; no transaction is open while others talk.

    A passing failure is raised, so that the job table tries again. What can never arrive is left: the
    office and the supplier's own page have the same link and code.
    """
    with db.transaction(read_only=True):
        letters = services.letters(payload["assignment_id"])
    for letter in letters:
        messages.send_or_give_up(letter)


def on_proposal_made(payload: dict[str, Any]) -> None:
    """A buyer is asked whether a changed answer is good enough."""
    services.announce_proposal(payload["proposal_id"])


def on_proposal_due(payload: dict[str, Any]) -> None:
    """The buyer's grace has come to its end."""
    services.lapse_proposal(payload["proposal_id"])


def on_proposal_decided(payload: dict[str, Any]) -> None:
    """A supplier hears what became of its changed answer."""
    services.announce_decision(payload["proposal_id"])


def on_round_finished(payload: dict[str, Any]) -> None:
    """A round is over."""
    services.announce_result(payload["round_id"])
