"""Orders bind two sides once; what does not come is cancelled with a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from market.core import db, faults
from market.core.errors import Forbidden, NotFound, Refused
from market.core.history import history_of
from market.core.jobs import Job
from market.purchasing import queries, services
from market.purchasing.models import PurchaseOrder, PurchaseOrderLine
from market.purchasing.services import OrderLine
from tests.purchasing.conftest import (
    RICE_RP,
    balance,
    bill,
    books_agree,
    freight,
    goods,
    issue,
    lump,
    pack_id,
    pay,
    receive,
)

pytestmark = pytest.mark.usefixtures("open_transaction")


def kinds_of_jobs() -> list[str]:
    return sorted(db.session.scalars(select(Job.kind)))


def test_the_rice_order_is_numbered_and_announced(cast):
    order = issue(cast)
    assert order.number.startswith("PO/") and order.number.endswith("/000001")
    assert (order.state, order.total_rp) == ("issued", RICE_RP)
    assert kinds_of_jobs() == ["order_issued"]
    assert [change.to_state for change in history_of(order)] == ["issued"]


def test_the_same_origin_is_ordered_once(cast):
    first = issue(cast, origin="assignment:7/buyer:3")
    again = issue(cast, goods(10), origin="assignment:7/buyer:3")
    assert again.id == first.id
    assert db.session.scalar(select(func.count()).select_from(PurchaseOrder)) == 1
    assert kinds_of_jobs() == ["order_issued"]


def test_a_delivery_that_costs_nothing_is_no_line_but_free_goods_are(cast):
    order = issue(
        cast, goods(10), freight(10, 0), lump("drop", 0), lump("truck", 90_000), goods(2, 0, "BRS-PRM-5")
    )
    lines = queries.lines_of(order.id)
    assert [(line.kind, line.ordered_packs) for line in lines] == [("goods", 10), ("truck", 1), ("goods", 2)]
    assert order.total_rp == 10 * 295_000 + 90_000 == sum(line.amount_rp for line in lines)


def test_an_order_without_goods_is_refused(cast):
    with pytest.raises(Refused):
        issue(cast, lump("truck", 50_000), goods(0))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: [goods(10), goods(5)],
        lambda: [goods(10), freight(9)],
        lambda: [goods(10), freight(10, code="BRS-PRM-5")],
        lambda: [goods(10), lump("drop", -5)],
        lambda: [goods(-10)],
        lambda: [goods(10), OrderLine("gift", pack_id(), "x", 1, 1)],
    ],
)
def test_lines_that_contradict_each_other_are_the_callers_mistake(cast, wrong):
    with pytest.raises(ValueError):
        issue(cast, *wrong())
    assert db.session.scalar(select(func.count()).select_from(PurchaseOrderLine)) == 0


def test_buyer_and_supplier_see_the_order_and_nobody_else(cast):
    order = issue(cast)
    for actor in (cast.sri, cast.joko):
        assert queries.order_for(actor, order.id).id == order.id
    for actor in (cast.wati, cast.nur, cast.ratna):
        with pytest.raises(NotFound):
            queries.order_for(actor, order.id)
    with pytest.raises(NotFound):
        queries.order_for(cast.joko, order.id, lock=True)


def test_lists_name_the_other_side(cast):
    order = issue(cast)
    for actor, name in ((cast.sri, cast.lamongan.name), (cast.joko, cast.makmur.name)):
        assert [(o.id, n) for o, n in db.session.execute(queries.orders(actor, running=True))] == [
            (order.id, name)
        ]
        assert db.session.execute(queries.orders(actor, running=False)).all() == []
    assert db.session.execute(queries.orders(cast.wati, running=True)).all() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"received_packs": 49},
        {"cancelled_packs": 49},
        {"received_packs": -1},
        {"billed_packs": 1},
        {"amount_rp": 1},
    ],
)
def test_the_database_itself_refuses_impossible_lines(cast, wrong):
    order = issue(cast)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            update(PurchaseOrderLine).where(PurchaseOrderLine.order_id == order.id).values(**wrong)
        )


# --- ending ----------------------------------------------------------------------------------------


def test_an_order_of_which_nothing_came_is_cancelled_with_its_delivery(cast):
    order = issue(cast, goods(), freight(), lump("truck", 90_000))
    services.cancel_rest(cast.sri, order.id, "banjir di jalan")
    assert order.state == "cancelled"
    assert all(line.open_packs == 0 for line in queries.lines_of(order.id))
    assert history_of(order)[-1].reason == "banjir di jalan"
    assert kinds_of_jobs() == ["order_closed", "order_issued"]


def test_the_rest_of_a_short_delivery_is_cancelled_with_its_freight_and_the_order_closes(cast):
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000))
    receive(cast, order, 40)
    services.cancel_rest(cast.sri, order.id, "sisanya tidak ada")
    assert order.state == "issued", "what came is not billed yet"
    assert [line.cancelled_packs for line in queries.lines_of(order.id)] == [8, 8, 0]
    pay(cast, bill(cast, order, 40 * 297_500 + 90_000))
    assert order.state == "closed"
    assert books_agree(cast)


def test_cancelling_needs_a_reason_and_something_open(cast):
    order = issue(cast)
    with pytest.raises(Refused) as silent:
        services.cancel_rest(cast.sri, order.id, "  ")
    assert silent.value.field == "reason"
    receive(cast, order)
    with pytest.raises(Refused):
        services.cancel_rest(cast.sri, order.id, "tidak jadi")


def test_strangers_and_readers_cancel_nothing(cast):
    order = issue(cast)
    with pytest.raises(NotFound):
        services.cancel_rest(cast.wati, order.id, "x")
    with pytest.raises(Forbidden):
        services.cancel_rest(cast.joko, order.id, "x")


def test_progress_tells_ordered_received_billed_and_paid(cast):
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000))
    receive(cast, order, 40)
    found = queries.progress([order.id])[order.id]
    assert (found.ordered_packs, found.received_packs, found.open_packs) == (48, 40, 8)
    assert (found.ordered_rp, found.received_rp) == (48 * 297_500 + 90_000, 40 * 297_500 + 90_000)
    assert (found.unbilled_rp, found.billed_rp) == (found.received_rp, 0)
    pay(cast, bill(cast, order, found.received_rp))
    found = queries.progress([order.id])[order.id]
    assert (found.unbilled_rp, found.unpaid_rp, found.paid_rp) == (0, 0, found.received_rp)


def test_a_supplier_sees_what_to_unload_where(cast):
    order = issue(cast, goods(48), freight(48))
    receive(cast, order, 40)
    (stop,) = queries.deliveries(cast.joko)
    ((line, pack),) = stop.lines
    assert (stop.order.id, stop.buyer.id, line.open_packs) == (order.id, cast.makmur.id, 8)
    assert stop.place.name == "Ngagelrejo"
    assert stop.weight_g == 8 * pack.gross_g
    assert queries.deliveries(cast.nur) == [] == queries.deliveries(cast.sri)


def test_a_crash_while_ordering_leaves_nothing_and_a_retry_orders(cast):
    with pytest.raises(faults.FaultInjected), faults.armed("order_issued"), db.session.begin_nested():
        issue(cast, origin="assignment:9/buyer:1")
    assert kinds_of_jobs() == []
    assert issue(cast, origin="assignment:9/buyer:1").number.endswith("000001"), "no number is lost"


def test_money_is_not_touched_by_an_order_alone(cast):
    before = balance(cast, "1-1100")
    services.cancel_rest(cast.sri, issue(cast).id, "tidak jadi")
    assert balance(cast, "1-1100") == before
    assert books_agree(cast)
