"""What may be done with rounds: open, close, solve, publish, answer."""

from market.rounds.services.announcing import announce_assignment, announce_result
from market.rounds.services.answering import (
    MAX_REMATCHES,
    LineAnswer,
    answer_assignment,
    conclude,
    lapse_answers,
)
from market.rounds.services.ending import note_delivery
from market.rounds.services.opening import (
    NothingToPool,
    cancel_round,
    close_due_rounds,
    close_round,
    open_round,
    solve_again,
)
from market.rounds.services.recording import publish_plan, record_plan
from market.rounds.services.solving import solve_round

__all__ = [
    "MAX_REMATCHES",
    "LineAnswer",
    "NothingToPool",
    "announce_assignment",
    "announce_result",
    "answer_assignment",
    "cancel_round",
    "close_due_rounds",
    "close_round",
    "conclude",
    "lapse_answers",
    "note_delivery",
    "open_round",
    "publish_plan",
    "record_plan",
    "solve_again",
    "solve_round",
]
