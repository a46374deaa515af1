"""Nearest needs first; goods leave and arrive at cost, and both books agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db, faults
from market.core.errors import Conflict, Forbidden, IllegalMove, LumbungError, NotFound, Refused
from market.ledger import chart
from market.ledger import queries as books
from market.needs.models import Need
from market.places.models import Place
from market.transfers import queries, services
from market.transfers.models import StockTransfer
from tests.transfers.conftest import COST_RP, balance, broken, lot_of, on_hand, state_of_need


def refused_at(actor, lot: int, packs: int) -> str | None:
    with pytest.raises(Refused) as refusal, db.transaction():
        services.accept_stock(actor, lot, packs)
    return refusal.value.field


@pytest.fixture
def nearer(next_door):
    """The far cooperative's need lies in another kelurahan, farther from makmur than tetangga's."""
    with db.transaction():
        db.session.add(
            Place(
                code="3578041009",
                kind="village",
                name="Ujung",
                parent_code="357804",
                latitude=-7.20,
                longitude=112.60,
            )
        )
    return next_door


def far_need(next_door, packs: int) -> int:
    number = next_door.need(next_door.far, next_door.far_head, packs)
    with db.transaction():
        db.session.get_one(Need, number).place_code = "3578041009"
    return number


def test_the_nearest_need_is_kept_goods_first(nearer):
    far_need(nearer, 30)
    nearer.wish(30)
    lot = nearer.offer(nearer.put(40))
    with db.transaction(read_only=True):
        kept = [
            (w.need.organization_id, w.packs) for w in queries.wishes(db.session.get_one(StockTransfer, lot))
        ]
    assert kept == [(nearer.cast.tetangga.id, 30), (nearer.far.organization_id, 10)]


def test_while_the_nearest_come_first_the_others_take_what_is_left(nearer):
    far_need(nearer, 30)
    nearer.wish(30)
    lot = nearer.offer(nearer.put(40))
    assert refused_at(nearer.far_head, lot, 11) == "packs"
    with db.transaction():
        assert services.accept_stock(nearer.far_head, lot, 10).packs == 10


def test_after_the_first_day_whoever_needs_it_takes_it(nearer):
    far_need(nearer, 30)
    nearer.wish(40)
    lot = nearer.offer(nearer.put(40))
    assert refused_at(nearer.far_head, lot, 1) is None
    clock.travel(to=clock.now() + timedelta(hours=24, seconds=1))
    with db.transaction():
        assert services.accept_stock(nearer.far_head, lot, 30).receiver_id == nearer.far.organization_id


def test_only_an_approved_need_within_its_ceiling_takes_goods(next_door):
    lot = next_door.offer(next_door.put(40))
    assert refused_at(next_door.bendahara, lot, 5) is None
    next_door.wish(5, ceiling_rp=COST_RP - 1)
    assert refused_at(next_door.bendahara, lot, 5) is None


def test_taking_part_leaves_the_rest_on_offer(next_door):
    lot = next_door.offer(next_door.put(40))
    next_door.wish(15)
    next_door.take(lot, 15)
    with db.transaction(read_only=True):
        rest = db.session.query(StockTransfer).filter_by(carried_from_id=lot).one()
        assert (rest.packs, rest.state, rest.price_rp) == (25, "offered", COST_RP)
    assert (lot_of(lot).packs, on_hand(next_door.cast.makmur)) == (15, (40, 15, 40 * COST_RP))


def test_a_lot_is_taken_once(next_door):
    lot = next_door.offer(next_door.put(10))
    next_door.wish(10)
    next_door.take(lot, 10)
    with pytest.raises(Conflict), db.transaction():
        services.accept_stock(next_door.bendahara, lot, 10)


def test_one_does_not_take_ones_own_lot_and_a_secretary_takes_none(next_door):
    lot = next_door.offer(next_door.put(10))
    assert refused_at(next_door.cast.budi, lot, 5) is None
    with pytest.raises(Forbidden), db.transaction():
        services.accept_stock(next_door.cast.wati, lot, 5)


def test_goods_on_the_way_are_the_givers_until_they_arrive(next_door):
    lot = next_door.offer(next_door.put(20))
    next_door.wish(20)
    next_door.take(lot, 20)
    next_door.send(lot)
    assert balance(next_door.cast.makmur, chart.GOODS_ON_THE_WAY) == 20 * COST_RP
    assert (on_hand(next_door.cast.makmur), on_hand(next_door.cast.tetangga)) == ((0, 0, 0), (0, 0, 0))
    assert broken() == []


def test_all_that_arrives_is_owed_on_one_side_and_due_on_the_other(next_door):
    lot, worth = next_door.arrived(20), 20 * COST_RP
    makmur, tetangga = next_door.cast.makmur, next_door.cast.tetangga
    assert lot_of(lot).state == "received"
    assert balance(makmur, chart.RECEIVABLE_COOPERATIVES) == worth
    assert balance(tetangga, chart.PAYABLE_COOPERATIVES) == -worth
    assert balance(tetangga, chart.INVENTORY) == worth
    assert balance(makmur, chart.GOODS_ON_THE_WAY) == balance(makmur, chart.STOCK_LOSS) == 0
    assert on_hand(tetangga) == (20, 0, worth)
    assert broken() == []


def test_below_cost_the_giver_bears_the_difference(next_door):
    item = next_door.put(20)
    next_door.wish(20)
    with db.transaction():
        lot = services.offer_stock(next_door.cast.budi, item, price_rp=COST_RP - 10_000).id
    next_door.take(lot, 20)
    next_door.send(lot)
    next_door.receive(lot, 20)
    assert balance(next_door.cast.makmur, chart.STOCK_LOSS) == 20 * 10_000
    assert balance(next_door.cast.tetangga, chart.INVENTORY) == 20 * (COST_RP - 10_000)
    assert broken() == []


def test_the_need_has_what_arrived_and_asks_for_the_rest_again(next_door):
    need = next_door.wish(30)
    lot = next_door.offer(next_door.put(20))
    next_door.take(lot, 20)
    assert state_of_need(need) == ("matched", 20)
    next_door.send(lot)
    next_door.receive(lot, 18, "broken")
    assert state_of_need(need) == ("fulfilled", 18)
    with db.transaction(read_only=True):
        rest = db.session.query(Need).filter_by(carried_from_id=need).one()
        assert (rest.wanted_packs, rest.state) == (12, "open")


def test_fewer_than_were_sent_need_a_reason(next_door):
    lot = next_door.offer(next_door.put(20))
    next_door.wish(20)
    next_door.take(lot, 20)
    next_door.send(lot)
    with pytest.raises(Refused), db.transaction():
        services.receive_stock(next_door.cast.wati, lot, 19)
    with pytest.raises(Refused), db.transaction():
        services.receive_stock(next_door.cast.wati, lot, 21)
    with pytest.raises(NotFound), db.transaction():
        services.receive_stock(next_door.far_head, lot, 20)


def test_what_is_short_comes_back_or_is_lost_by_another_hand(next_door):
    lot = next_door.arrived(20, came=17)
    makmur = next_door.cast.makmur
    assert (lot_of(lot).state, balance(makmur, chart.GOODS_ON_THE_WAY)) == ("short", 3 * COST_RP)
    with pytest.raises(Forbidden), db.transaction():
        services.clear_rest(next_door.cast.kasir, lot, 1)
    with db.transaction():
        services.clear_rest(next_door.cast.budi, lot, 1)
    cleared = lot_of(lot)
    assert (cleared.state, cleared.returned_packs, cleared.lost_packs) == ("closed", 1, 2)
    assert (balance(makmur, chart.GOODS_ON_THE_WAY), balance(makmur, chart.STOCK_LOSS)) == (0, 2 * COST_RP)
    assert on_hand(makmur) == (1, 0, COST_RP)
    assert broken() == []


def test_the_sender_does_not_write_off_what_it_sent(next_door):
    item = next_door.put(20)
    next_door.wish(20)
    lot = next_door.offer(item)
    next_door.take(lot, 20)
    with db.transaction():
        services.send_stock(next_door.cast.budi, lot)
    next_door.receive(lot, 17, "missing")
    with pytest.raises(Refused), db.transaction():
        services.clear_rest(next_door.cast.budi, lot, 0)


def test_a_lot_that_is_refused_whole_goes_back(next_door):
    need_before = next_door.arrived(20, came=0)
    assert lot_of(need_before).state == "rejected"
    with db.transaction():
        services.clear_rest(next_door.cast.kasir, need_before, 20)
    assert on_hand(next_door.cast.makmur) == (20, 0, 20 * COST_RP)
    with db.transaction(read_only=True):
        assert db.session.query(Need).one().state == "open"
    assert broken() == []


def test_nothing_is_sent_or_received_twice(next_door):
    lot = next_door.arrived(20)
    with pytest.raises(IllegalMove), db.transaction():
        services.send_stock(next_door.cast.kasir, lot)
    with pytest.raises(IllegalMove), db.transaction():
        services.receive_stock(next_door.cast.wati, lot, 20)
    assert on_hand(next_door.cast.tetangga)[0] == 20


ODD = (10_000_001, 3, 7)


def test_odd_amounts_leave_no_rupiah_on_the_way(next_door):
    """A cost that does not divide, a part that arrives, a part that comes back: every rupiah has a place."""
    item = next_door.put(37, value_rp=ODD[0])
    next_door.wish(37)
    lot = next_door.offer(item)
    next_door.take(lot, 37)
    next_door.send(lot)
    next_door.receive(lot, 37 - ODD[2], "wet")
    with db.transaction():
        services.clear_rest(next_door.cast.budi, lot, ODD[1])
    assert balance(next_door.cast.makmur, chart.GOODS_ON_THE_WAY) == 0
    assert broken() == []
    for organization in (next_door.cast.makmur, next_door.cast.tetangga):
        with db.transaction(read_only=True):
            trial = books.trial_balance(organization.id)
        assert trial.debit_rp == trial.credit_rp


@pytest.mark.parametrize(
    ("point", "act"),
    [
        ("transfers.accepted", lambda n, lot: n.take(lot, 20)),
        ("transfers.sent", lambda n, lot: (n.take(lot, 20), n.send(lot))),
        ("transfers.received", lambda n, lot: (n.take(lot, 20), n.send(lot), n.receive(lot, 20))),
    ],
)
def test_what_breaks_in_the_middle_has_not_happened(next_door, point, act):
    lot = next_door.offer(next_door.put(20))
    next_door.wish(20)
    with pytest.raises(LumbungError), faults.armed(point):
        act(next_door, lot)
    assert broken() == []
    assert on_hand(next_door.cast.tetangga)[0] == 0
