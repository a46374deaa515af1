"""Two tons of rice: the story that everyone knows by heart, from the need to the orders and beyond."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.core.history import history_of
from market.needs.models import Need
from market.purchasing import queries as purchasing
from market.purchasing import services as buying
from market.purchasing.models import PurchaseOrder
from market.rounds import queries
from market.rounds.services import LineAnswer
from tests.rounds.conftest import asked, asked_id, the_round

pytestmark = pytest.mark.usefixtures("rice")
READ = {"read_only": True}


def orders() -> list[PurchaseOrder]:
    return list(db.session.query(PurchaseOrder).order_by(PurchaseOrder.id))


def need_of(need_id: int) -> Need:
    return db.session.get_one(Need, need_id)


def rest_of(need_id: int) -> Need:
    return db.session.query(Need).filter_by(carried_from_id=need_id).one()


def test_two_tons_cost_23_840_000_and_the_dearer_mill_gives_only_the_rest(market):
    number = market.solved()
    with db.transaction(**READ):
        plan = queries.newest_plan(number)
        assert (plan.goods_rp, plan.delivery_rp, plan.cost_rp) == (23_840_000, 0, 23_840_000)
        assert plan.checked and plan.attempt == 1 and plan.lanes == 2
        shares = {a.organization_id: (a.packs, a.goods_rp) for a in queries.assignments_of_plan(plan.id)}
    cast = market.cast
    assert shares == {cast.lamongan.id: (48, 14_160_000), cast.ngawi.id: (32, 9_680_000)}


def test_before_it_is_published_no_supplier_is_asked_and_no_need_is_matched(market, rice):
    number = market.solved()
    with db.transaction(**READ):
        states = {a.state for a in queries.assignments_of_round(number)}
        assert (the_round(number).state, states, need_of(rice).state) == ("solved", {"proposed"}, "in_round")
        assert queries.assignments_of_supplier(market.cast.lamongan.id) == []


def test_accepted_by_both_it_becomes_two_orders_and_the_need_is_matched(market, rice):
    number = market.published()
    for actor in (market.cast.joko, market.cast.nur):
        market.answer(actor, asked_id(number, actor))
    with db.transaction(**READ):
        assert [order.total_rp for order in orders()] == [14_160_000, 9_680_000]
        first = orders()[0]
        assert (
            first.origin == f"assignment:{asked(number, market.cast.joko).id}/buyer:{market.cast.makmur.id}"
        )
        assert [(line.kind, line.ordered_packs) for line in purchasing.lines_of(first.id)] == [("goods", 48)]
        assert (need_of(rice).state, need_of(rice).matched_packs) == ("matched", 80)
        assert the_round(number).state == "finished"


def test_an_accepted_line_stays_when_the_other_mill_declines_and_the_rest_is_asked_for_again(market, rice):
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    market.answer(market.cast.nur, asked_id(number, market.cast.nur), decline_reason="no_truck")
    with db.transaction(**READ):
        assert the_round(number).state == "rematching"
    market.work()
    with db.transaction(**READ):
        round_ = the_round(number)
        assert (round_.state, round_.attempt, round_.rematches) == ("finished", 2, 1)
        assert [order.total_rp for order in orders()] == [14_160_000]
        assert (need_of(rice).state, need_of(rice).matched_packs) == ("matched", 48)
        assert (rest_of(rice).state, rest_of(rice).wanted_packs) == ("open", 32)
        assert queries.round_needs(number)[0].unmet_reason == "declined"


def test_a_third_mill_takes_over_what_was_declined_at_its_own_price(market, rice):
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    third = market.third_mill(310_000, 100)
    market.answer(market.cast.nur, asked_id(number, market.cast.nur), decline_reason="no_stock")
    market.work()
    with db.transaction(**READ):
        late = asked(number, third)
        assert (late.state, late.packs, late.price_rp) == ("offered", 32, 310_000)
        assert asked(number, market.cast.joko).state == "accepted"
        assert queries.newest_plan(number).goods_rp == 14_160_000 + 32 * 310_000
    market.answer(third, late.id)
    with db.transaction(**READ):
        assert [order.total_rp for order in orders()] == [14_160_000, 9_920_000]
        assert (need_of(rice).matched_packs, the_round(number).state) == (80, "finished")


def test_silence_is_a_no_at_the_deadline_and_not_before(market, rice):
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    clock.travel(23 * 3600)
    market.work()
    assert asked_state(number, market.cast.nur) == "offered"
    clock.travel(3601)
    market.work()
    assert asked_state(number, market.cast.nur) == "lapsed"
    with db.transaction(**READ):
        assert (the_round(number).state, rest_of(rice).wanted_packs) == ("finished", 32)


def asked_state(number, actor) -> str:
    with db.transaction(**READ):
        return asked(number, actor).state


def test_an_answer_after_the_deadline_is_refused_even_before_the_clock_was_looked_at(market):
    number = market.published()
    clock.travel(24 * 3600 + 1)
    with pytest.raises(Refused, match="lewat"):
        market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    market.work()
    with pytest.raises(Refused, match="lewat"):
        market.answer(market.cast.joko, asked_id(number, market.cast.joko))


def test_a_second_answer_is_refused_and_changes_nothing(market):
    number = market.published()
    first = asked_id(number, market.cast.joko)
    market.answer(market.cast.joko, first)
    with pytest.raises(Conflict, match="sudah dijawab"):
        market.answer(market.cast.joko, first, decline_reason="no_stock")
    assert asked_state(number, market.cast.joko) == "accepted"
    with db.transaction(**READ):
        assert len(orders()) == 1


def test_less_and_later_is_taken_with_a_reason_and_the_rest_is_asked_for_again(market, rice):
    number = market.published()
    later = clock.today() + timedelta(days=4)
    with db.transaction(**READ):
        mine = asked(number, market.cast.joko)
        line = queries.lines_of(mine.id)[0].id
    market.answer(market.cast.joko, mine.id, exceptions={line: LineAnswer(40, later, "no_stock")})
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    with db.transaction(**READ):
        order = orders()[0]
        assert (order.delivery_on, order.total_rp) == (later, 40 * 295_000)
        assert asked(number, market.cast.joko).state == "partly"
    market.work()
    with db.transaction(**READ):
        extra = asked(number, market.cast.nur)
        assert (extra.state, extra.packs, extra.price_rp) == ("offered", 8, 302_500)
    market.answer(market.cast.nur, extra.id)
    with db.transaction(**READ):
        assert need_of(rice).matched_packs == 80
        assert the_round(number).state == "finished"


def test_an_exception_needs_a_reason_a_possible_number_and_a_possible_day(market):
    number = market.published()
    with db.transaction(**READ):
        mine = asked(number, market.cast.joko)
        line = queries.lines_of(mine.id)[0].id
    wrong = {
        f"reason_{line}": LineAnswer(40),
        f"packs_{line}": LineAnswer(49),
        f"delivery_on_{line}": LineAnswer(48, clock.today() - timedelta(days=1)),
    }
    for field, answer in wrong.items():
        with pytest.raises(Refused) as refusal:
            market.answer(market.cast.joko, mine.id, exceptions={line: answer})
        assert refusal.value.field == field
    late = LineAnswer(48, clock.today() + timedelta(days=18), "no_truck")
    with pytest.raises(Refused, match="paling lambat"):
        market.answer(market.cast.joko, mine.id, exceptions={line: late})
    with pytest.raises(Refused, match="tidak dikenal"):
        market.answer(market.cast.joko, mine.id, exceptions={line + 999: LineAnswer(1)})
    with pytest.raises(Refused, match="Semua baris nol"):
        market.answer(market.cast.joko, mine.id, exceptions={line: LineAnswer(0, reason="no_stock")})
    with pytest.raises(Refused) as refusal:
        market.answer(market.cast.joko, mine.id, decline_reason="because")
    assert refusal.value.field == "decline_reason"
    assert asked_state(number, market.cast.joko) == "offered"


def test_after_two_rematches_the_rest_waits_for_the_next_round(market, rice):
    number = market.published()
    market.third_mill(305_000, 200)
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    for _again in range(3):
        waiting = waiting_assignments(number)
        for supplier_id, assignment_id in waiting:
            market.answer(market.seller(supplier_id), assignment_id, decline_reason="too_small")
        market.third_mill(306_000, 200)
        market.work()
    with db.transaction(**READ):
        assert (the_round(number).state, the_round(number).rematches) == ("finished", 2)
        assert (need_of(rice).matched_packs, rest_of(rice).wanted_packs) == (48, 32)
        assert queries.round_needs(number)[0].unmet_reason == "declined"


def waiting_assignments(number) -> list[tuple[int, int]]:
    with db.transaction(**READ):
        return [(a.organization_id, a.id) for a in queries.unanswered(number)]


def test_the_need_is_fulfilled_when_all_its_goods_have_come_and_the_round_is_over(market, rice):
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    receive(market, 0)
    with db.transaction(**READ):
        assert need_of(rice).state == "matched"
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    with db.transaction(**READ):
        assert need_of(rice).state == "matched"
    receive(market, 1)
    with db.transaction(**READ):
        assert need_of(rice).state == "fulfilled"
        assert [change.to_state for change in history_of(need_of(rice))][-2:] == ["matched", "fulfilled"]


def receive(market, index: int, packs: int | None = None) -> None:
    with db.transaction():
        order = orders()[index]
        line = purchasing.goods_lines(order.id)[0]
        given = buying.ReceiptLine(line.id, line.open_packs if packs is None else packs)
        buying.receive_goods(market.cast.sri, order.id, [given])
    market.work()


def test_a_rest_that_will_not_come_ends_the_waiting(market, rice):
    number = market.published()
    for actor in (market.cast.joko, market.cast.nur):
        market.answer(actor, asked_id(number, actor))
    receive(market, 0)
    with db.transaction():
        buying.cancel_rest(market.cast.sri, orders()[1].id, "truk tidak pernah datang")
    market.work()
    with db.transaction(**READ):
        assert need_of(rice).state == "fulfilled"


def test_a_need_whose_orders_brought_nothing_is_open_again(market, rice):
    number = market.published()
    for actor in (market.cast.joko, market.cast.nur):
        market.answer(actor, asked_id(number, actor))
    for index in (0, 1):
        with db.transaction():
            buying.cancel_rest(market.cast.sri, orders()[index].id, "pemasok berhenti")
    market.work()
    with db.transaction(**READ):
        assert (need_of(rice).state, need_of(rice).matched_packs) == ("open", 0)
