"""Answers that differ: what is worse for a buyer waits for it; what it leaves is asked of others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import verify
from market.commodities import queries as goods
from market.core import clock, db, parameters
from market.core.errors import Refused
from market.core.history import history_of
from market.needs.models import Need
from market.purchasing import queries as purchasing
from market.purchasing import services as buying
from market.purchasing.models import PurchaseOrder
from market.rounds import queries, services
from market.rounds.models_answers import PRICE_BAND, AnswerPart, AnswerProposal
from market.rounds.queries import proposals
from market.rounds.services import LineAnswer, Part
from tests.rounds.conftest import asked, asked_id, pack_id, the_round

READ = {"read_only": True}
DEARER = 300_000
"""Lamongan was asked at 295.000: within five percent."""


def line_of(number: int, actor) -> int:
    with db.transaction(**READ):
        return queries.lines_of(asked(number, actor).id)[0].id


def counter(market, number: int, actor, **answer) -> int:
    """The actor's supplier answers its one line differently; the proposal that this became (0: none)."""
    line = line_of(number, actor)
    given = {"packs": 48, "reason": "price_rose", **answer}
    market.answer(actor, asked_id(number, actor), exceptions={line: LineAnswer(**given)})
    with db.transaction(**READ):
        found = db.session.query(AnswerProposal).filter_by(line_id=line).one_or_none()
        return found.id if found else 0


def decide(actor, proposal_id: int, confirm: bool, **more) -> None:
    with db.transaction():
        services.decide_proposal(actor, proposal_id, confirm, **more)


def orders() -> list[tuple[int, int, str]]:
    """(packs, price, day) of every order."""
    found = []
    for order in db.session.query(PurchaseOrder).order_by(PurchaseOrder.id):
        line = purchasing.goods_lines(order.id)[0]
        found.append((line.ordered_packs, line.unit_price_rp, order.delivery_on.isoformat()))
    return found


def sound() -> None:
    with db.transaction(**READ):
        assert [result for result in verify.run() if not result.ok] == []


# --- a dearer price ------------------------------------------------------------------------------


def test_a_dearer_answer_waits_for_the_buyer_and_orders_nothing(market, rice):
    number = market.published()
    proposal_id = counter(market, number, market.cast.joko, price_rp=DEARER)
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    with db.transaction(**READ):
        proposal = db.session.get_one(AnswerProposal, proposal_id)
        assert (proposal.state, proposal.price_rp, proposal.asked_rp) == ("pending", DEARER, 295_000)
        assert (asked(number, market.cast.joko).state, the_round(number).state) == ("countered", "published")
        assert [packs for packs, _price, _day in orders()] == [32], "Ngawi's part does not wait"
        assert db.session.get_one(Need, rice).matched_packs == 32
    sound()


def test_a_confirmed_price_becomes_the_order_and_ends_the_round(market, rice):
    number = market.published()
    proposal_id = counter(market, number, market.cast.joko, price_rp=DEARER)
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    decide(market.cast.budi, proposal_id, True)
    with db.transaction(**READ):
        assert [(packs, price) for packs, price, _day in orders()] == [(32, 302_500), (48, DEARER)]
        assert (asked(number, market.cast.joko).state, the_round(number).state) == ("accepted", "finished")
        assert db.session.get_one(Need, rice).matched_packs == 80
        moves = [change.to_state for change in history_of(db.session.get_one(AnswerProposal, proposal_id))]
        assert moves == ["pending", "confirmed"]
    sound()


def test_a_refused_price_goes_back_to_the_pool_and_what_was_accepted_stays(market, rice):
    number = market.published()
    proposal_id = counter(market, number, market.cast.joko, price_rp=DEARER)
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    third = market.third_mill(310_000, 100)
    decide(market.cast.budi, proposal_id, False, note="terlalu mahal")
    with db.transaction(**READ):
        assert (asked(number, market.cast.joko).state, the_round(number).state) == ("refused", "rematching")
    market.work()
    with db.transaction(**READ):
        assert [(packs, price) for packs, price, _day in orders()] == [(32, 302_500)], "the accepted line"
        again = {a.organization_id: a.packs for a in queries.unanswered(number)}
        assert again == {market.cast.ngawi.id: 28, third.organization_id: 20}, "Lamongan is not asked again"
    sound()


def test_silence_of_the_buyer_is_a_no_when_the_grace_ends_and_not_before(market, rice):
    number = market.published()
    proposal_id = counter(
        market, number, market.cast.joko, price_rp=DEARER, delivery_on=clock.today() + timedelta(days=5)
    )
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    clock.travel(24 * 3600 - 60)
    market.work()
    assert state_of(proposal_id) == "pending"
    clock.travel(61)
    with pytest.raises(Refused, match="sudah lewat"):
        decide(market.cast.budi, proposal_id, True)
    market.work()
    assert state_of(proposal_id) == "lapsed"
    with db.transaction(**READ):
        assert the_round(number).state == "published", "Ngawi is asked for its rest"
        assert queries.unanswered(number)[0].packs == 28
    sound()


def state_of(proposal_id: int) -> str:
    with db.transaction(**READ):
        return db.session.get_one(AnswerProposal, proposal_id).state


def test_a_need_that_its_own_cooperative_left_says_so(market, rice):
    number = market.published()
    proposal_id = counter(market, number, market.cast.joko, price_rp=DEARER)
    market.answer(market.cast.nur, asked_id(number, market.cast.nur), decline_reason="no_truck")
    decide(market.cast.budi, proposal_id, False)
    market.work()
    with db.transaction(**READ):
        assert the_round(number).state == "finished"
        assert queries.round_needs(number)[0].unmet_reason == "changed"


def test_a_cheaper_answer_asks_nobody_and_is_what_the_order_says(market, rice):
    number = market.published()
    assert counter(market, number, market.cast.joko, price_rp=290_000) == 0
    with db.transaction(**READ):
        assert [(packs, price) for packs, price, _day in orders()] == [(48, 290_000)]
        assert asked(number, market.cast.joko).state == "accepted"
    sound()


@pytest.mark.parametrize(
    ("price", "says"), [(309_751, "Rp309.750"), (280_249, "Rp280.250"), (0, "Rp280.250")]
)
def test_a_price_outside_the_band_is_refused_with_the_band(market, rice, price, says):
    number = market.published()
    with pytest.raises(Refused, match=says) as refusal:
        counter(market, number, market.cast.joko, price_rp=price)
    assert refusal.value.field == f"price_{line_of(number, market.cast.joko)}"


def test_the_edges_of_the_band_are_inside(market, rice):
    number = market.published()
    assert counter(market, number, market.cast.joko, price_rp=309_750)


def test_the_band_is_the_one_in_force_when_the_round_was_opened(market, rice):
    with db.transaction():
        source = "rapat pemasok"
        parameters.set_value(market.cast.ratna, PRICE_BAND, 1, clock.today() + timedelta(days=1), source)
    number = market.published()
    clock.travel(20 * 3600)
    assert counter(market, number, market.cast.joko, price_rp=DEARER), "the round is older than the new band"


def test_no_price_above_the_ceiling_of_the_buyers_place(market, monkeypatch, rice):
    number = market.published()
    monkeypatch.setattr("market.commodities.queries.ceiling_rp", lambda *_given: 299_999)
    with pytest.raises(Refused, match="HET"):
        counter(market, number, market.cast.joko, price_rp=DEARER)


def test_an_official_price_is_not_haggled_over(market, rice):
    number = market.published()
    with db.transaction():
        goods.pack_by_code("BRS-PRM-25").commodity.handling = "administered"
    with pytest.raises(Refused, match="berharga resmi"):
        counter(market, number, market.cast.joko, price_rp=290_000)


# --- days, parts, other packs --------------------------------------------------------------------


def test_a_later_day_than_needed_is_a_proposal_and_an_earlier_one_is_not(market, rice):
    number = market.published()
    late = clock.today() + timedelta(days=12)
    proposal_id = counter(market, number, market.cast.joko, delivery_on=late, reason="no_truck")
    assert proposal_id
    assert counter(market, number, market.cast.nur, packs=32, delivery_on=late - timedelta(days=4)) == 0
    decide(market.cast.budi, proposal_id, True)
    with db.transaction(**READ):
        assert (48, 295_000, late.isoformat()) in orders()
        assert the_round(number).state == "finished"
    sound()


def split(*days_and_packs: tuple[int, int]) -> tuple[Part, ...]:
    return tuple(Part(clock.today() + timedelta(days=day), packs) for day, packs in days_and_packs)


def test_a_split_delivery_is_an_order_per_day_and_the_trip_is_paid_once(market):
    need_id = market.need(40)
    market.offer(market.cast.joko, 280_000, 60, zones=[("3578", 1_000, 30_000)])
    number = market.published()
    parts = split((4, 10), (2, 30))
    assert counter(market, number, market.cast.joko, packs=40, parts=parts, reason="") == 0
    with db.transaction(**READ):
        found = list(db.session.query(PurchaseOrder).order_by(PurchaseOrder.delivery_on))
        assert [order.total_rp for order in found] == [30 * 281_000 + 30_000, 10 * 281_000]
        assert [part.order_id for part in proposals.parts_of(line_of_open(number, market))] == [
            order.id for order in found
        ]
        assert queries.orders_of_need(need_id) == [order.id for order in found]
        assert [queries.needs_of_order(order.id) for order in found] == [[need_id], [need_id]]
    sound()


def line_of_open(number: int, market) -> int:
    return queries.lines_of(asked(number, market.cast.joko).id)[0].id


def test_a_need_is_fulfilled_when_the_last_part_has_come(market, rice):
    number = market.published()
    counter(market, number, market.cast.joko, parts=split((2, 20), (3, 28)), reason="")
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    with db.transaction(**READ):
        waiting = [order.id for order in db.session.query(PurchaseOrder).order_by(PurchaseOrder.delivery_on)]
    for count, order_id in enumerate(waiting, 1):
        with db.transaction():
            line = purchasing.goods_lines(order_id)[0]
            receipt = buying.ReceiptLine(line.id, line.open_packs)
            buying.receive_goods(market.cast.sri, order_id, [receipt])
        market.work()
        with db.transaction(**READ):
            state = db.session.get_one(Need, rice).state
            assert state == ("fulfilled" if count == len(waiting) else "matched")
    sound()


def test_who_leaves_a_late_part_keeps_what_comes_in_time(market, rice):
    number = market.published()
    parts = split((2, 30), (13, 18))
    proposal_id = counter(market, number, market.cast.joko, parts=parts, reason="no_stock")
    market.answer(market.cast.nur, asked_id(number, market.cast.nur))
    decide(market.cast.budi, proposal_id, False)
    with db.transaction(**READ):
        early = (clock.today() + timedelta(days=2)).isoformat()
        assert (30, 295_000, early) in orders()
        assert (asked(number, market.cast.joko).state, the_round(number).state) == ("partly", "rematching")
        late = db.session.query(AnswerPart).filter_by(late=True).one()
        assert (late.packs, late.order_id) == (18, None)
    sound()


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"parts": ((2, 30), (3, 17))}, "packs", "tepat 48"),
        ({"parts": ((2, 30), (2, 18))}, "delivery_on", "berbeda tanggal"),
        ({"parts": ((2, 49), (3, -1))}, "packs", "tepat 48"),
        ({"parts": ((2, 12), (3, 12), (4, 12), (5, 12))}, "delivery_on", "Paling banyak 3"),
        ({"parts": ((-1, 30), (2, 18))}, "delivery_on", "sudah lewat"),
        ({"parts": ((2, 30), (18, 18))}, "delivery_on", "paling lambat"),
        ({"parts": ((2, 30), (12, 18)), "reason": ""}, "reason", "Pilih alasannya"),
        ({"pack_id": 10**6}, "instead", "sejenis"),
    ],
)
def test_an_impossible_change_is_refused_at_its_field(market, rice, given, field, says):
    number = market.published()
    given = {**given, **({"parts": split(*given["parts"])} if "parts" in given else {})}
    with pytest.raises(Refused, match=says) as refusal:
        counter(market, number, market.cast.joko, **given)
    assert refusal.value.field == f"{field}_{line_of(number, market.cast.joko)}"
    with db.transaction(**READ):
        assert db.session.query(AnswerPart).count() == 0


def medium() -> int:
    """Another grade of rice in the same sack."""
    with db.transaction(**READ):
        return proposals.substitutes(pack_id("BRS-PRM-25"))[0].id


def test_another_grade_of_the_same_weight_waits_for_the_buyer_and_is_never_dearer(market, rice):
    number, instead = market.published(), medium()
    with pytest.raises(Refused, match="tidak boleh lebih mahal"):
        counter(market, number, market.cast.joko, pack_id=instead, price_rp=DEARER)
    most = 290_000
    proposal_id = counter(market, number, market.cast.joko, pack_id=instead, price_rp=most, reason="no_stock")
    decide(market.cast.budi, proposal_id, True)
    with db.transaction(**READ):
        order = db.session.query(PurchaseOrder).one()
        line = purchasing.goods_lines(order.id)[0]
        assert (line.pack_id, line.ordered_packs, line.unit_price_rp) == (instead, 48, most)
    sound()


def test_a_substitute_is_the_same_family_and_weight_and_never_administered(market):
    with db.transaction(**READ):
        found = proposals.substitutes(pack_id("BRS-PRM-25"))
        assert found
        for pack in found:
            assert (pack.commodity.family, pack.size_base) == ("beras", 25_000)
            assert pack.commodity.handling != "administered"
        assert proposals.substitutes(pack_id("LPG-3")) == []
