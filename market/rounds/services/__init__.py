"""What may be done with rounds: open, close, solve, publish, answer."""

from market.rounds.services.announcing import (
    announce_assignment,
    announce_decision,
    announce_proposal,
    announce_result,
)
from market.rounds.services.answering import answer_assignment, lapse_answers, prepare_all
from market.rounds.services.deviating import MAX_PARTS, LineAnswer, Part, Prepared
from market.rounds.services.ending import MAX_REMATCHES, conclude, note_delivery
from market.rounds.services.explanations import explain_plan
from market.rounds.services.linking import (
    answerer,
    assignment_of_token,
    code_of,
    letters,
    link_of,
    token_of,
    tries_left,
    try_code,
)
from market.rounds.services.opening import (
    NothingToPool,
    cancel_round,
    close_due_rounds,
    close_round,
    open_round,
    solve_again,
)
from market.rounds.services.proposing import decide_proposal, lapse_proposal
from market.rounds.services.recording import publish_plan, record_plan
from market.rounds.services.remarking import remark_on_fact
from market.rounds.services.scenario_changes import Changes, Depot
from market.rounds.services.scenarios import (
    discard_scenario,
    request_scenario,
    retry_scenario,
    solve_scenario,
)
from market.rounds.services.solving import solve_round

__all__ = [
    "MAX_PARTS",
    "MAX_REMATCHES",
    "Changes",
    "Depot",
    "LineAnswer",
    "NothingToPool",
    "Part",
    "Prepared",
    "announce_assignment",
    "announce_decision",
    "announce_proposal",
    "announce_result",
    "answer_assignment",
    "answerer",
    "assignment_of_token",
    "cancel_round",
    "close_due_rounds",
    "close_round",
    "code_of",
    "conclude",
    "decide_proposal",
    "discard_scenario",
    "explain_plan",
    "lapse_answers",
    "lapse_proposal",
    "letters",
    "link_of",
    "note_delivery",
    "open_round",
    "prepare_all",
    "publish_plan",
    "record_plan",
    "remark_on_fact",
    "request_scenario",
    "retry_scenario",
    "solve_again",
    "solve_round",
    "solve_scenario",
    "token_of",
    "tries_left",
    "try_code",
]
