"""The last sack is promised once, and every promise ends once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from market.core import clock, db
from market.core.errors import Conflict, NotFound, Refused
from market.core.history import history_of
from market.stock import queries, services
from market.stock.models import Reservation, StockItem, StockMove
from tests.stock.conftest import SACK, bring, rice, together


@pytest.fixture
def shelf(cast):
    """Ten sacks of rice, committed."""
    with db.transaction():
        item = rice(cast.makmur.id)
        bring(cast.sri, item, 10 * SACK, 3_000_000)
        return item.id


def counters(item_id: int) -> tuple[int, int]:
    with db.transaction(read_only=True):
        item = db.session.get_one(StockItem, item_id)
        return item.on_hand_base // SACK, item.reserved_base // SACK


def test_twenty_buyers_on_ten_sacks_are_promised_exactly_ten(cast, shelf):
    answers = together(
        lambda n: services.reserve(cast.kasir, cast.makmur.id, shelf, SACK, f"retail:{n}").id, 20
    )
    assert sum(isinstance(answer, int) for answer in answers) == 10
    assert {type(answer) for answer in answers} == {int, Refused}
    assert counters(shelf) == (10, 10)


def test_twenty_sellers_on_ten_sacks_sell_exactly_ten(cast, shelf):
    answers = together(
        lambda n: services.move_out(cast.kasir, cast.makmur.id, shelf, SACK, f"sale:{n}").value_rp, 20
    )
    assert sorted(a for a in answers if isinstance(a, int)) == [-300_000] * 10
    with db.transaction(read_only=True):
        item = db.session.get_one(StockItem, shelf)
        assert (item.on_hand_base, item.value_rp) == (0, 0)


def test_two_first_arrivals_make_one_item(cast):
    ids = together(lambda _n: rice(cast.makmur.id, "BRS-PRM-5").id, 8)
    assert len(set(ids)) == 1


def test_a_promise_is_handed_over_by_one_of_many(cast, shelf):
    with db.transaction():
        promise = services.reserve(cast.kasir, cast.makmur.id, shelf, SACK, "retail:1").id
    answers = together(lambda n: services.consume(cast.kasir, cast.makmur.id, promise, f"retail:1:{n}").id, 6)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert counters(shelf) == (9, 0)


def test_a_promise_is_either_handed_over_or_given_back(cast, shelf):
    with db.transaction():
        promise = services.reserve(cast.kasir, cast.makmur.id, shelf, SACK, "retail:1").id
    acts = [services.consume, services.release]

    def end(number):
        extra = ("retail:1",) if number % 2 == 0 else ()
        acts[number % 2](cast.kasir, cast.makmur.id, promise, *extra)
        return number % 2

    answers = together(end, 6)
    won = [answer for answer in answers if isinstance(answer, int)]
    assert len(won) == 1
    assert counters(shelf) == ((9, 0) if won == [0] else (10, 0))


@pytest.mark.usefixtures("open_transaction")
class TestOnePromise:
    @pytest.fixture
    def item(self, cast):
        item = rice(cast.makmur.id)
        bring(cast.sri, item, 10 * SACK, 3_000_000)
        return item

    def reserve(self, cast, item, source="retail:1", **details):
        return services.reserve(cast.kasir, cast.makmur.id, item.id, 4 * SACK, source, **details)

    def test_what_is_promised_is_not_free(self, cast, item):
        self.reserve(cast, item)
        assert queries.free_base(item.id) == 6 * SACK
        assert item.reserved_base == 4 * SACK, "the item in hand shows what the database holds"

    def test_a_released_promise_is_free_again_and_cannot_be_handed_over(self, cast, item):
        promise = self.reserve(cast, item)
        services.release(cast.kasir, cast.makmur.id, promise.id)
        assert (item.on_hand_base, item.reserved_base) == (10 * SACK, 0)
        for act in (services.release, lambda *a: services.consume(*a, "retail:1")):
            with pytest.raises(Conflict):
                act(cast.kasir, cast.makmur.id, promise.id)

    def test_a_handed_over_promise_leaves_at_average_cost_and_cannot_be_released(self, cast, item):
        promise = self.reserve(cast, item)
        move = services.consume(cast.kasir, cast.makmur.id, promise.id, "retail:1")
        assert (move.quantity_base, move.value_rp) == (-4 * SACK, -1_200_000)
        assert (item.on_hand_base, item.reserved_base, item.value_rp) == (6 * SACK, 0, 1_800_000)
        with pytest.raises(Conflict):
            services.release(cast.kasir, cast.makmur.id, promise.id)
        assert [change.to_state for change in history_of(promise)] == ["held", "posted"]

    def test_a_source_is_promised_once(self, cast, item):
        self.reserve(cast, item)
        with pytest.raises(Refused, match="sudah disisihkan"), db.session.begin_nested():
            self.reserve(cast, item)
        db.session.refresh(item)
        assert item.reserved_base == 4 * SACK

    @pytest.mark.parametrize("quantity", [0, -SACK])
    def test_nothing_or_less_cannot_be_promised(self, cast, item, quantity):
        self.reserve(cast, item)
        with pytest.raises(Refused):
            services.reserve(cast.kasir, cast.makmur.id, item.id, quantity, "retail:2")
        assert item.reserved_base == 4 * SACK

    def test_anothers_goods_and_promises_are_not_found(self, cast, item):
        promise = self.reserve(cast, item)
        with pytest.raises(NotFound):
            services.reserve(cast.wati, cast.tetangga.id, item.id, SACK, "retail:2")
        with pytest.raises(NotFound):
            services.release(cast.wati, cast.tetangga.id, promise.id)

    def test_promises_whose_time_is_over_are_given_back_and_others_stay(self, cast, item):
        soon, never = clock.now() + timedelta(minutes=15), None
        self.reserve(cast, item, "retail:1", expires_at=soon)
        kept = self.reserve(cast, item, "retail:2", expires_at=never)
        assert services.release_expired() == 0
        clock.travel(15 * 60)
        assert services.release_expired() == 1
        assert services.release_expired() == 0
        assert [promise.id for promise in queries.promises_of(item.id)] == [kept.id]
        assert item.reserved_base == 4 * SACK

    def test_reserved_is_the_sum_of_open_promises(self, cast, item):
        for number in range(2):
            self.reserve(cast, item, f"retail:{number}")
        held = select(func.sum(Reservation.quantity_base)).where(Reservation.state == "held")
        assert db.session.scalar(held) == item.reserved_base
        assert db.session.scalar(select(func.sum(StockMove.quantity_base))) == item.on_hand_base
