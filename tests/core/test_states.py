"""Two-person acts are the simplest thing with a state table: they stand for all the others here."""

from __future__ import annotations

import pytest

from market.core import approvals, clock, db, history, states
from market.core.errors import Conflict, IllegalMove, Refused
from market.core.states import StateTable


@pytest.fixture
def proposal(cast):
    with db.transaction():
        yield approvals.propose(cast.budi, "demo", cast.makmur, {"amount_rp": 5})


def test_a_move_outside_the_table_is_refused(proposal, cast):
    states.advance(proposal, "rejected", cast.hadi)
    with pytest.raises(IllegalMove):
        states.advance(proposal, "executed", cast.hadi)


def test_of_two_who_move_the_same_thing_the_second_is_told(proposal, cast):
    table = approvals.Approval.__table__
    db.session.execute(table.update().values(state="lapsed").where(table.c.id == proposal.id))
    with pytest.raises(Conflict):
        states.advance(proposal, "rejected", cast.hadi)


def test_every_move_leaves_a_line_with_who_when_and_why(proposal, cast):
    states.advance(proposal, "rejected", cast.hadi, "terlalu mahal")
    db.session.flush()
    first, second = history.history_of(proposal)
    assert (first.from_state, first.to_state, first.actor_name) == (None, "proposed", "Budi")
    assert (second.from_state, second.to_state, second.reason) == ("proposed", "rejected", "terlalu mahal")
    assert second.actor_role == "chair"


def test_the_proposer_cannot_decide(proposal, cast):
    with pytest.raises(Refused):
        approvals.decide(cast.budi, proposal.id, approve=True)


def test_another_person_decides_once(proposal, cast):
    assert approvals.decide(cast.hadi, proposal.id, approve=True).state == "executed"
    with pytest.raises(IllegalMove):
        approvals.decide(cast.hadi, proposal.id, approve=True)


def test_a_proposal_lapses_after_three_days(proposal, cast):
    clock.travel(72 * 3600 + 1)
    with pytest.raises(Refused):
        approvals.decide(cast.hadi, proposal.id, approve=True)
    assert approvals.lapse_old() == 1


def test_a_lapsed_proposal_does_not_hide_the_fresh_one_that_took_its_place(proposal, cast):
    clock.travel(72 * 3600 + 1)
    fresh = approvals.propose(cast.budi, "demo", cast.makmur, {"amount_rp": 6})
    assert approvals.waiting("demo", cast.makmur, cast.makmur.id) == fresh
    with pytest.raises(Refused, match="sudah menunggu"):
        approvals.propose(cast.budi, "demo", cast.makmur)


def test_states_that_nothing_reaches_are_seen():
    table = StateTable("a", {"a": {"b"}, "c": {"a"}})
    assert table.reachable() == {"a", "b"}
    assert table.states == {"a", "b", "c"}
