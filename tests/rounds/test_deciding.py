"""Who decides on a changed answer, once, in time; who is told; what holds whatever others decide."""

from __future__ import annotations

import pytest

from market.core import clock, db, faults, parameters
from market.core.errors import Conflict, Forbidden, NotFound
from market.notices.models import Notice
from market.rounds import queries
from market.rounds.models_answers import GRACE_HOURS, AnswerPart, AnswerProposal
from market.rounds.services import LineAnswer
from tests.rounds.conftest import asked, the_round
from tests.rounds.test_proposals import DEARER, READ, counter, decide, orders, sound, state_of


def test_only_who_may_approve_needs_of_that_cooperative_decides_and_only_once(market, rice):
    number = market.published()
    proposal_id = counter(market, number, market.cast.joko, price_rp=DEARER)
    with pytest.raises(Forbidden):
        decide(market.cast.sri, proposal_id, True)
    with pytest.raises(NotFound):
        decide(market.cast.head, proposal_id, True)
    decide(market.cast.budi, proposal_id, True)
    with pytest.raises(Conflict, match="sudah diputuskan"):
        decide(market.cast.hadi, proposal_id, False)
    assert state_of(proposal_id) == "confirmed"


def test_the_buyer_and_then_the_supplier_are_told(market, rice):
    number = market.published()
    proposal_id = counter(market, number, market.cast.joko, price_rp=DEARER)
    market.work()
    decide(market.cast.budi, proposal_id, False)
    market.work()
    with db.transaction(**READ):
        told = {(n.kind, n.organization_id, n.link) for n in db.session.query(Notice)}
        assert ("proposal_made", market.cast.makmur.id, f"/usulan/{proposal_id}") in told
        mine = asked(number, market.cast.joko).id
        assert ("proposal_decided", market.cast.lamongan.id, f"/penugasan/{mine}") in told


def test_confirmed_prices_hold_when_another_buyer_leaves_and_the_tier_is_lost(market):
    """Two neighbours reach the tier of 60 sacks; one leaves its dearer part, the other keeps its price."""
    market.need(40)
    market.need(40, by=market.cast.wati)
    market.offer(market.cast.joko, 300_000, 100, tiers=[(1, 300_000), (60, 280_000)])
    number = market.published()
    with db.transaction(**READ):
        mine = asked(number, market.cast.joko)
        lines = {line.buyer_id: line.id for line in queries.lines_of(mine.id)}
        assert {line.price_rp for line in queries.lines_of(mine.id)} == {280_000}
    dearer = LineAnswer(40, reason="price_rose", price_rp=285_000)
    market.answer(market.cast.joko, mine.id, exceptions={lines[market.cast.tetangga.id]: dearer})
    with db.transaction(**READ):
        proposal_id = db.session.query(AnswerProposal).one().id
    decide(market.cast.head, proposal_id, False)
    market.work()
    with db.transaction(**READ):
        assert [(packs, price) for packs, price, _day in orders()] == [(40, 280_000)]
        assert the_round(number).state == "finished"
    sound()


def test_what_waits_for_its_buyer_leaves_after_the_buyer_could_decide(market, rice):
    """A delivery tomorrow with a day and a half to decide comes the day after, not before the word."""
    with db.transaction():
        parameters.set_value(market.cast.ratna, GRACE_HOURS, 36, clock.today(), "rapat pemasok")
    number = market.published()
    clock.travel(3600)
    proposal_id = counter(market, number, market.cast.joko, price_rp=DEARER)
    with db.transaction(**READ):
        proposal = db.session.get_one(AnswerProposal, proposal_id)
        part = db.session.query(AnswerPart).one()
        assert round((proposal.due_at - proposal.state_at).total_seconds()) == 36 * 3600
        assert part.delivery_on == clock.wib(proposal.due_at).date()
    clock.travel(36 * 3600 - 60)
    decide(market.cast.budi, proposal_id, True)
    with db.transaction(**READ):
        assert orders()[0][2] == part.delivery_on.isoformat()
    market.work()
    sound()


def test_a_crash_while_deciding_leaves_the_proposal_waiting(market, rice):
    number = market.published()
    proposal_id = counter(market, number, market.cast.joko, price_rp=DEARER)
    for where in ("order_issued", "proposal_decided"):
        with faults.armed(where), pytest.raises(faults.FaultInjected):
            decide(market.cast.budi, proposal_id, True)
        assert state_of(proposal_id) == "pending"
        with db.transaction(**READ):
            assert orders() == []
    decide(market.cast.budi, proposal_id, True)
