"""Whatever suppliers answer and buyers decide: nothing is promised twice, and every rupiah adds up."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from market import verify
from market.core import clock, db
from market.core.permissions import Actor
from market.needs.models import Need
from market.offers.models import Offer
from market.purchasing import queries as purchasing
from market.purchasing.models import PurchaseOrder
from market.rounds import queries, services
from market.rounds.models import Assignment, AssignmentLine
from market.rounds.models_answers import AnswerProposal
from market.rounds.services import LineAnswer, Part
from tests.rounds.conftest import the_round
from tests.rounds.test_routes import READ

STEPS = 40
"""A round with two re-matches needs fewer."""


def holds(number: int) -> None:
    """Accepted <= need, accepted <= capacity, orders = accepted lines, and every invariant of the product."""
    with db.transaction(**READ):
        lines = list(db.session.query(AssignmentLine))
        offers = {a.id: a.offer_id for a in db.session.query(Assignment)}
        for frozen in queries.round_needs(number):
            assert frozen.accepted_packs <= frozen.at_most_packs
        for offer in db.session.query(Offer):
            mine = [line for line in lines if offers[line.assignment_id] == offer.id]
            assert sum(line.accepted_packs or 0 for line in mine) <= offer.capacity_packs
        ordered = [purchasing.goods_lines(order.id)[0] for order in db.session.query(PurchaseOrder)]
        accepted = [line for line in lines if line.accepted_packs]
        assert sum(each.ordered_packs for each in ordered) == sum(x.accepted_packs for x in accepted)
        assert sum(each.amount_rp for each in ordered) == sum(x.accepted_packs * x.price_rp for x in accepted)
        assert [result for result in verify.run() if not result.ok] == []


def line_answer(chance: Random, line: AssignmentLine) -> LineAnswer | None:
    """As asked, fewer, dearer, cheaper, later, or in two parts."""
    today = clock.today()
    some = chance.randrange(1, line.packs + 1)
    kinds = [
        None,
        LineAnswer(some - 1, reason="no_stock"),
        LineAnswer(line.packs, reason="price_rose", price_rp=line.price_rp * 104 // 100),
        LineAnswer(some, reason="other", price_rp=line.price_rp * 97 // 100),
        LineAnswer(some, today + timedelta(days=chance.randrange(2, 17)), "no_truck"),
    ]
    if some < line.packs:
        parts = (Part(today + timedelta(days=2), some), Part(today + timedelta(days=14), line.packs - some))
        kinds.append(LineAnswer(line.packs, reason="no_truck", parts=parts))
    return chance.choice(kinds)


def answer(market, chance: Random, assignment_id: int, supplier_id: int) -> None:
    actor = market.seller(supplier_id)
    with db.transaction(**READ):
        answers = {line.id: line_answer(chance, line) for line in queries.lines_of(assignment_id)}
    given = {number: each for number, each in answers.items() if each is not None}
    nothing = len(given) == len(answers) and not any(each.packs for each in given.values())
    if nothing or chance.random() < 0.2:
        market.answer(actor, assignment_id, decline_reason="no_stock")
    else:
        market.answer(actor, assignment_id, exceptions=given)


def one_step(market, chance: Random, number: int, boards: dict[int, Actor]) -> bool:
    """Somebody who has the word says something, or time passes; False when the round is over."""
    with db.transaction(**READ):
        if the_round(number).state == "finished":
            return False
        asked = [(a.id, a.organization_id) for a in queries.unanswered(number)]
        pending = [(p.id, p.buyer_id) for p in db.session.query(AnswerProposal).filter_by(state="pending")]
    if chance.random() < 0.1:
        clock.travel(25 * 3600)
    elif asked and (not pending or chance.random() < 0.6):
        answer(market, chance, *chance.choice(asked))
    elif pending:
        proposal_id, buyer_id = chance.choice(pending)
        with db.transaction():
            services.decide_proposal(boards[buyer_id], proposal_id, chance.random() < 0.5)
    market.work()
    return True


@pytest.mark.parametrize("seed", range(4))
def test_any_answers_and_decisions_keep_every_promise(market, seed):
    chance = Random(seed)
    boards = {market.cast.makmur.id: market.cast.budi, market.cast.tetangga.id: market.cast.head}
    for by in (market.cast.sri, market.cast.wati, market.cast.sri):
        market.need(chance.randrange(10, 60), by=by, at_most_packs=80)
    market.offer(market.cast.joko, 300_000, 70, tiers=[(1, 300_000), (40, 290_000)])
    market.offer(market.cast.nur, 302_500, 60, min_per_drop_packs=5)
    market.third_mill(306_000, 90)
    number = market.published()
    steps = 0
    while one_step(market, chance, number, boards):
        holds(number)
        steps += 1
        assert steps < STEPS, "the round never ends"
    holds(number)
    with db.transaction(**READ):
        needs = list(db.session.query(Need).filter(Need.carried_from_id.is_(None)))
        assert all(need.matched_packs <= need.at_most_packs for need in needs)
