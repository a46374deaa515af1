"""News of orders and payments: the right people, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market import wiring
from market.core import clock, db, jobs
from market.notices.models import Notice
from market.purchasing import queries, services
from tests.purchasing.conftest import bill, delivered, issue, pay, receive


def told() -> list[tuple[int, str, str]]:
    with db.transaction(read_only=True):
        rows = db.session.query(Notice).order_by(Notice.id)
        return [(row.user_id, row.kind, row.link) for row in rows]


@pytest.fixture
def run():
    """Run the jobs that are due, as the worker does."""
    mine = {k: h for k, h in wiring.HANDLERS.items() if k in ("order_issued", "supplier_paid")}
    others = dict.fromkeys(("goods_received", "order_closed", "notice_mail"), lambda _payload: None)
    return lambda: jobs.run_all({**others, **mine})


def test_a_new_order_is_told_to_the_suppliers_sales_and_to_those_who_pay_and_open(cast, run):
    with db.transaction():
        order = issue(cast)
    run()
    link = f"/pesanan/{order.id}"
    assert told() == [(who.user_id, "order_issued", link) for who in (cast.joko, cast.budi, cast.kasir)]
    with db.transaction():
        services.issue_order(
            cast.joko,
            order.organization_id,
            order.supplier_id,
            [],
            origin=order.origin,
            terms="cod",
            delivery_on=order.delivery_on,
            place_code=None,
        )
    run()
    assert len(told()) == 3, "the same order is not announced twice"


def test_the_supplier_is_told_of_its_money_with_the_amount(cast, run):
    with db.transaction():
        pay(cast, bill(cast, delivered(cast)))
    run()
    with db.transaction(read_only=True):
        (notice,) = db.session.query(Notice).filter_by(kind="supplier_paid")
        assert notice.user_id == cast.joko.user_id
        assert "Rp14.160.000" in notice.title and cast.makmur.name in notice.title


def test_nobody_is_told_of_an_order_that_was_not_committed(cast, run):
    with pytest.raises(RuntimeError), db.transaction():
        issue(cast)
        raise RuntimeError("the power fails")
    run()
    assert told() == []


def test_both_sides_are_reminded_once_the_day_before_and_not_of_what_came(cast):
    with db.transaction():
        order, early = issue(cast), issue(cast)
        services.announce_delivery(order.id)
        assert services.remind_deliveries() == 0, "three days are left"
    clock.travel(to=clock.now() + timedelta(days=2))
    db.session.expire_all()
    with db.transaction():
        receive(cast, queries.order(early.id))
        db.session.query(Notice).delete()
        assert services.remind_deliveries() == 1
        assert services.remind_deliveries() == 1
    with db.transaction(read_only=True):
        waiting = db.session.query(jobs.Job).filter_by(kind="delivery_reminder").all()
        assert [job.payload for job in waiting] == [{"order_id": order.id}]
    with db.transaction():
        services.announce_delivery(order.id)
        services.announce_delivery(early.id)
    reminded = {link for _user, kind, link in told() if kind == "delivery_reminder"}
    assert reminded == {f"/pesanan/{order.id}"}
    assert {user for user, kind, _link in told() if kind == "delivery_reminder"} >= {
        cast.joko.user_id,
        cast.sri.user_id,
    }
