"""Whatever happens in whatever order, moves, counters, promises and books say the same.

An independent model in plain Python is kept beside the product: it knows quantities, values and
promises and nothing of SQL.
"""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import func, select

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.errors import Refused
from market.ledger import chart, types
from market.ledger import queries as ledger
from market.ledger import services as books
from market.stock import services
from market.stock.models import Reservation, StockItem, StockMove
from tests.stock.conftest import SACK, bring, rice

_numbers = count(1)


class Model:
    """What should be on the shelf: per item [on hand, value], and open promises."""

    def __init__(self) -> None:
        self.items = {"big": [0, 0], "small": [0, 0]}
        self.held: dict[str, dict[int, int]] = {"big": {}, "small": {}}
        self.loss = 0

    def free(self, name: str) -> int:
        return self.items[name][0] - sum(self.held[name].values())

    def take(self, name: str, quantity: int) -> int:
        """Average cost, halves away from zero; the last unit takes the rest."""
        on_hand, value = self.items[name]
        cost = value if quantity == on_hand else (2 * value * quantity + on_hand) // (2 * on_hand)
        self.items[name] = [on_hand - quantity, value - cost]
        return cost

    def put(self, name: str, quantity: int, value: int) -> None:
        self.items[name] = [self.items[name][0] + quantity, self.items[name][1] + value]


amounts = some.integers(1, 12)
step = some.one_of(
    some.tuples(some.just("in"), some.sampled_from(["big", "small"]), amounts, some.integers(0, 10**7)),
    some.tuples(some.just("out"), some.sampled_from(["big", "small"]), amounts, some.just(0)),
    some.tuples(some.just("reserve"), some.sampled_from(["big", "small"]), amounts, some.just(0)),
    some.tuples(some.just("release"), some.sampled_from(["big", "small"]), amounts, some.just(0)),
    some.tuples(some.just("consume"), some.sampled_from(["big", "small"]), amounts, some.just(0)),
    some.tuples(some.just("count"), some.sampled_from(["big", "small"]), some.integers(0, 20), some.just(0)),
    some.tuples(some.just("repack"), some.just("big"), amounts, some.just(0)),
    some.tuples(some.just("write_off"), some.sampled_from(["big", "small"]), amounts, some.just(0)),
)


class Shop:
    """The same acts on the product; each refuses when and only when the model says it must."""

    def __init__(self, cast) -> None:
        self.cast, self.organization_id = cast, cast.makmur.id
        self.items = {"big": rice(self.organization_id), "small": rice(self.organization_id, "BRS-PRM-5")}
        self.model = Model()

    def act(self, what: str, name: str, packs: int, value: int) -> None:
        getattr(self, f"do_{what}")(name, self.items[name], packs * SACK, value)

    def do_in(self, name, item, quantity, value) -> None:
        bring(self.cast.sri, item, quantity, value, f"receipt:{next(_numbers)}")
        self.model.put(name, quantity, value)

    def do_out(self, name, item, quantity, _value) -> None:
        act = (self.cast.sri, self.organization_id, item.id, quantity, f"sale:{next(_numbers)}")
        if quantity > self.model.free(name):
            self.refused(lambda: services.move_out(*act))
        else:
            self.sold(-services.move_out(*act).value_rp, self.model.take(name, quantity))

    def do_reserve(self, name, item, quantity, _value) -> None:
        act = (self.cast.sri, self.organization_id, item.id, quantity, f"promise:{next(_numbers)}")
        if quantity > self.model.free(name):
            self.refused(lambda: services.reserve(*act))
        else:
            self.model.held[name][services.reserve(*act).id] = quantity

    def do_release(self, name, _item, _quantity, _value) -> None:
        if self.model.held[name]:
            promise = min(self.model.held[name])
            services.release(self.cast.sri, self.organization_id, promise)
            del self.model.held[name][promise]

    def do_consume(self, name, _item, _quantity, _value) -> None:
        if self.model.held[name]:
            promise = min(self.model.held[name])
            source = f"sale:{next(_numbers)}"
            move = services.consume(self.cast.sri, self.organization_id, promise, source)
            self.sold(-move.value_rp, self.model.take(name, self.model.held[name].pop(promise)))

    def sold(self, cost: int, expected: int) -> None:
        """The seller's part posts the cost of what it sold, as retail does."""
        assert cost == expected
        if cost:
            lines = [types.debit(chart.COST_MEMBERS, cost), types.credit(chart.INVENTORY, cost)]
            draft = types.EntryDraft(f"sale:{next(_numbers)}", clock.today(), "dijual", lines)
            books.post(self.cast.budi, self.organization_id, draft)

    def do_count(self, name, item, counted, _value) -> None:
        on_hand, value = self.model.items[name]
        act = (self.cast.sri, item.id, counted, "hitung")
        if counted < on_hand - self.model.free(name):
            self.refused(lambda: services.count_stock(*act))
            return
        services.count_stock(*act)
        if counted < on_hand:
            self.model.loss += self.model.take(name, on_hand - counted)
        elif counted > on_hand:
            extra = (2 * value * (counted - on_hand) + on_hand) // (2 * on_hand) if on_hand else 0
            self.model.put(name, counted - on_hand, extra)
            self.model.loss -= extra

    def do_repack(self, name, item, quantity, _value) -> None:
        act = (self.cast.sri, item.id, commodities.pack_by_code("BRS-PRM-5").id, quantity // SACK)
        if quantity > self.model.free(name):
            self.refused(lambda: services.repack(*act))
        else:
            services.repack(*act)
            self.model.put("small", quantity, self.model.take(name, quantity))

    def do_write_off(self, name, item, quantity, _value) -> None:
        if quantity > self.model.free(name):
            self.refused(lambda: services.propose_write_off(self.cast.sri, item.id, quantity, "rusak"))
            return
        asked = services.propose_write_off(self.cast.sri, item.id, quantity, "rusak")
        services.decide_write_off(self.cast.budi, asked.id, approve=True)
        self.model.loss += self.model.take(name, quantity)

    def refused(self, act) -> None:
        try:
            act()
        except Refused:
            return
        raise AssertionError("the model says that this cannot be")

    def check(self) -> None:
        db.session.flush()
        db.session.expire_all()
        for name, item in self.items.items():
            row = db.session.get_one(StockItem, item.id)
            assert [row.on_hand_base, row.value_rp] == self.model.items[name]
            assert row.reserved_base == sum(self.model.held[name].values())
            assert self.sums(StockMove.quantity_base, StockMove.value_rp, item.id) == (
                row.on_hand_base,
                row.value_rp,
            )
            held = select(func.coalesce(func.sum(Reservation.quantity_base), 0)).where(
                Reservation.item_id == item.id, Reservation.state == "held"
            )
            assert db.session.scalar(held) == row.reserved_base
        worth = sum(value for _on_hand, value in self.model.items.values())
        assert ledger.balance_rp(self.organization_id, chart.INVENTORY) == worth
        assert ledger.balance_rp(self.organization_id, chart.STOCK_LOSS) == self.model.loss
        assert ledger.trial_balance(self.organization_id).balanced

    def sums(self, quantity, value, item_id) -> tuple[int, int]:
        query = select(func.coalesce(func.sum(quantity), 0), func.coalesce(func.sum(value), 0))
        return tuple(int(n) for n in db.session.execute(query.where(StockMove.item_id == item_id)).one())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=some.lists(step, min_size=1, max_size=25))
def test_random_acts_keep_shelf_moves_promises_and_books_together(cast, steps):
    try:
        with db.transaction():
            shop = Shop(cast)
            for what, name, packs, value in steps:
                shop.act(what, name, packs, value)
            shop.check()
            raise _Enough
    except _Enough:
        pass


class _Enough(Exception):
    """Each example starts from the same empty shelf."""
