"""Several people at the same moment: one wins or both do, nobody waits for ever, nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from market.core import clock, db
from market.core.errors import Conflict, LumbungError, Refused
from market.core.history import history_of
from market.needs.models import Need
from market.purchasing.models import PurchaseOrder
from market.rounds import queries, services
from market.rounds.models_answers import AnswerProposal
from tests.rounds.conftest import asked_id, the_round

READ = {"read_only": True}


def at_once(*acts: Callable[[], object]) -> list[LumbungError | None]:
    """Run the acts side by side; what each was refused with, or None."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> LumbungError | None:
        barrier.wait()
        try:
            act()
        except LumbungError as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(run, acts))


@pytest.mark.parametrize("_again", range(3))
def test_two_suppliers_who_answer_at_once_both_get_their_order_and_the_round_ends_once(market, rice, _again):
    number = market.published()
    joko, nur = (asked_id(number, actor) for actor in (market.cast.joko, market.cast.nur))
    refusals = at_once(
        lambda: market.answer(market.cast.joko, joko), lambda: market.answer(market.cast.nur, nur)
    )
    assert refusals == [None, None]
    with db.transaction(**READ):
        moves = [change.to_state for change in history_of(the_round(number))]
        assert moves.count("finished") == 1
        assert sorted(order.total_rp for order in db.session.query(PurchaseOrder)) == [9_680_000, 14_160_000]
        assert db.session.get_one(Need, rice).matched_packs == 80


def test_the_same_assignment_answered_by_two_people_at_once_is_answered_once(market, rice):
    number = market.published()
    mine = asked_id(number, market.cast.joko)
    refusals = at_once(
        lambda: market.answer(market.cast.joko, mine),
        lambda: market.answer(market.cast.joko, mine, decline_reason="no_stock"),
    )
    assert sorted(type(refusal).__name__ for refusal in refusals) == ["Conflict", "NoneType"]
    with db.transaction(**READ):
        assert db.session.query(PurchaseOrder).count() in (0, 1)


def test_an_answer_at_the_deadline_counts_or_lapses_but_never_both(market, rice):
    number = market.published()
    mine = asked_id(number, market.cast.joko)
    clock.travel(24 * 3600 + 1)

    def lapse() -> None:
        with db.transaction():
            services.lapse_answers(number)

    refusals = at_once(lambda: market.answer(market.cast.joko, mine), lapse)
    assert isinstance(refusals[0], Refused)
    assert refusals[1] is None
    with db.transaction(**READ):
        assert db.session.query(PurchaseOrder).count() == 0


def test_a_round_closed_by_two_officers_at_once_is_closed_once(market, rice):
    number = market.open()
    refusals = at_once(lambda: market.close(number), lambda: market.close(number))
    assert [refusal for refusal in refusals if refusal is None] == [None]
    assert all(isinstance(refusal, Conflict | Refused) for refusal in refusals if refusal is not None)
    with db.transaction(**READ):
        assert [change.to_state for change in history_of(the_round(number))] == ["open", "closed"]


def test_two_of_a_board_who_decide_at_once_decide_once(market, rice):
    number = market.published()
    mine = asked_id(number, market.cast.joko)
    with db.transaction(read_only=True):
        line = queries.lines_of(mine)[0].id
    dearer = services.LineAnswer(48, reason="price_rose", price_rp=300_000)
    market.answer(market.cast.joko, mine, exceptions={line: dearer})
    with db.transaction(read_only=True):
        proposal_id = db.session.query(AnswerProposal).one().id

    def decide(actor, confirm: bool) -> None:
        with db.transaction():
            services.decide_proposal(actor, proposal_id, confirm)

    refusals = at_once(lambda: decide(market.cast.budi, True), lambda: decide(market.cast.hadi, False))
    assert sorted(type(refusal).__name__ for refusal in refusals) == ["Conflict", "NoneType"]
    with db.transaction(**READ):
        taken = db.session.get_one(AnswerProposal, proposal_id).state == "confirmed"
        assert db.session.query(PurchaseOrder).count() == int(taken)
        moves = [each.to_state for each in history_of(db.session.get_one(AnswerProposal, proposal_id))]
        assert len(moves) == 2
