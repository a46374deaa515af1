"""A scorecard counts facts and nothing else: answers in time, share accepted, late, short, rejected."""

from __future__ import annotations

import pytest

from market.core import clock, db
from market.purchasing import queries as purchasing
from market.purchasing import services as buying
from market.purchasing.models import PurchaseOrder
from market.rounds.queries import scorecards
from market.rounds.queries.scorecards import SCORE_DAYS, Score
from tests.rounds.conftest import asked_id
from tests.rounds.test_routes import READ


@pytest.fixture
def ordered(market, rice) -> int:
    """Joko has accepted 48 sacks for tomorrow; the id of his order."""
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    with db.transaction(**READ):
        return db.session.query(PurchaseOrder).one().id


def receive(market, order_id: int, accepted: int, rejected: int = 0, reason: str = "") -> None:
    with db.transaction():
        line = purchasing.goods_lines(order_id)[0]
        given = buying.ReceiptLine(line.id, accepted, rejected, reason)
        buying.receive_goods(market.cast.sri, order_id, [given])


def score(market) -> Score:
    with db.transaction(**READ):
        return scorecards.score_of(market.cast.lamongan.id)


def kinds(market) -> list[tuple[str, int, int]]:
    with db.transaction(**READ):
        return [
            (fact.kind, fact.packs, fact.of_packs) for fact in scorecards.facts_of(market.cast.lamongan.id)
        ]


def after(days: float) -> None:
    clock.travel(days * 24 * 3600)


def test_who_has_done_nothing_yet_has_no_shares(market):
    empty = score(market)
    assert (empty.in_time_percent, empty.accepted_percent, empty.late_percent) == (None, None, None)


def test_what_comes_whole_and_in_time_leaves_no_fact(market, ordered):
    after(1)
    receive(market, ordered, 48)
    after(2)
    found = score(market)
    assert (found.in_time_percent, found.accepted_percent) == (100, 100)
    assert (found.late_percent, found.short_percent, found.rejected_percent) == (0, 0, 0)
    assert kinds(market) == []


def test_what_comes_after_its_day_is_late_and_so_is_what_never_came_yet(market, ordered):
    after(1)
    assert score(market).orders == 0, "on its day an order is not late"
    after(1)
    assert (score(market).orders, score(market).late_percent) == (1, 100)
    receive(market, ordered, 48)
    assert kinds(market) == [("late", 48, 48)]
    assert score(market).short_packs == 0


def test_what_was_cancelled_never_came_and_what_was_broken_was_rejected(market, ordered):
    after(1)
    receive(market, ordered, 40, 8, "broken")
    after(2)
    with db.transaction():
        buying.cancel_rest(market.cast.sri, ordered, "tidak diganti")
    found = score(market)
    assert (found.delivered_packs, found.rejected_packs, found.rejected_percent) == (48, 8, 17)
    assert (found.ordered_packs, found.short_packs, found.short_percent) == (48, 8, 17)
    assert sorted(kinds(market)) == [("rejected", 8, 48), ("short", 8, 48)]


def test_what_did_not_come_is_no_rejected_delivery(market, ordered):
    after(1)
    receive(market, ordered, 40, 8, "short")
    found = score(market)
    assert (found.delivered_packs, found.rejected_packs) == (40, 0)


def test_silence_is_a_fact_and_a_no_is_another(market, rice):
    number = market.published()
    market.answer(market.cast.nur, asked_id(number, market.cast.nur), decline_reason="no_truck")
    after(1.1)
    market.work()
    assert kinds(market) == [("silent", 48, 48)]
    assert (score(market).in_time_percent, score(market).accepted_percent) == (0, 0)
    with db.transaction(**READ):
        other = scorecards.score_of(market.cast.ngawi.id)
        assert (other.in_time_percent, other.accepted_percent) == (100, 0)
        assert [fact.kind for fact in scorecards.facts_of(market.cast.ngawi.id)] == ["less"]


def test_old_facts_are_forgotten(market, rice):
    market.published()
    after(1.1)
    market.work()
    after(SCORE_DAYS.start - 0.1)
    assert kinds(market)
    after(0.2)
    assert kinds(market) == []
    assert score(market) == Score()


def test_the_preview_of_an_answer_adds_it_and_changes_nothing_else():
    before = Score(answered=3, silent=1, asked_packs=100, accepted_packs=80, orders=2, late_orders=1)
    done = before.after(100, 40)
    assert (done.in_time_percent, done.accepted_percent) == (80, 60)
    assert (done.orders, done.late_orders) == (2, 1)
    assert before.after(100, 0, silent=True).in_time_percent == 60
