"""What grows together gets cheaper together: an offer's price follows the tier it has reached in the end."""

from __future__ import annotations

import pytest

from market import verify
from market.core import db
from market.core.history import history_of
from market.purchasing import queries as purchases
from market.purchasing import services as purchasing
from market.purchasing.models import PurchaseOrder
from market.purchasing.services import ReceiptLine
from market.rounds import queries
from market.rounds.services.deviating import LineAnswer
from tests.rounds.conftest import asked, asked_id, the_round

READ = {"read_only": True}
TIERS = [(1, 300_000), (60, 290_000)]
"""Lamongan: dear alone, cheaper from 60 packs on."""


def orders() -> list[PurchaseOrder]:
    return db.session.query(PurchaseOrder).order_by(PurchaseOrder.id).all()


def goods(order: PurchaseOrder):
    (line,) = purchases.goods_lines(order.id)
    return line


def revisions(order: PurchaseOrder) -> list[str]:
    return [change.reason for change in history_of(order) if change.from_state == change.to_state]


@pytest.fixture
def grown(market):
    """Lamongan has said yes to 30 at its first tier; Ngawi says no to its 50, which Lamongan is asked for."""

    def begin(terms: str = "cod", price: int | None = None) -> int:
        market.offer(market.cast.joko, 300_000, 100, tiers=TIERS, terms=terms)
        market.offer(market.cast.nur, 270_000, 50)
        market.need(80, terms=terms)
        number = market.published()
        with db.transaction(**READ):
            first = asked(number, market.cast.joko)
            assert (first.packs, first.price_rp) == (30, 300_000)
            (line,) = queries.lines_of(first.id)
        answer = {} if price is None else {line.id: LineAnswer(30, price_rp=price)}
        market.answer(market.cast.joko, first.id, exceptions=answer)
        return number

    def decline(number: int) -> int:
        market.answer(market.cast.nur, asked_id(number, market.cast.nur), decline_reason="no_stock")
        market.work()
        with db.transaction(**READ):
            more = asked(number, market.cast.joko)
            assert (more.packs, more.price_rp) == (50, 290_000)
            return more.id

    return begin, decline


def sound() -> None:
    assert [result.id for result in verify.run(None) if not result.ok] == []


def test_an_order_from_before_gets_the_better_tier_with_a_numbered_revision(market, grown, browsers):
    begin, decline = grown
    number = begin()
    market.answer(market.cast.joko, decline(number))
    market.work()
    with db.transaction(**READ):
        first, more = orders()
        assert (goods(first).unit_price_rp, goods(more).unit_price_rp) == (290_000, 290_000)
        assert first.total_rp == 30 * 290_000 == goods(first).amount_rp
        (note,) = revisions(first)
        assert note.startswith("Revisi 1") and "Rp300.000" in note and "Rp290.000" in note
        assert revisions(more) == [] and the_round(number).state == "finished"
        (frozen,) = queries.round_needs(number)
        assert frozen.planned_rp == 80 * 290_000
        sound()
    for person in (market.cast.budi, market.cast.joko):
        page = browsers(person).get(f"/pesanan/{first.id}").get_data(as_text=True)
        assert 'data-testid="revision"' in page and "Revisi 1" in page
        assert "direvisi: harganya turun" in browsers(person).get("/kabar").get_data(as_text=True)


def test_a_price_that_the_supplier_lowered_by_itself_still_follows_the_tier(market, grown):
    begin, decline = grown
    number = begin(price=295_000)
    with db.transaction(**READ):
        assert goods(orders()[0]).unit_price_rp == 295_000
    more = decline(number)
    market.answer(market.cast.joko, more)
    market.work()
    with db.transaction(**READ):
        assert [goods(order).unit_price_rp for order in orders()] == [290_000, 290_000]
        sound()


def test_a_tier_that_was_only_hoped_for_changes_nothing(market, grown):
    begin, decline = grown
    number = begin()
    more = decline(number)
    market.answer(market.cast.joko, more, decline_reason="no_truck")
    market.work()
    with db.transaction(**READ):
        (first,) = orders()
        assert goods(first).unit_price_rp == 300_000 and revisions(first) == []
        assert the_round(number).state == "finished"


def test_what_has_come_stays_in_the_books_and_the_order_says_what_the_supplier_owes(market, grown):
    begin, decline = grown
    number = begin()
    with db.transaction():
        (first,) = orders()
        purchasing.receive_goods(market.cast.kasir, first.id, [ReceiptLine(goods(first).id, 10)])
    market.answer(market.cast.joko, decline(number))
    market.work()
    with db.transaction(**READ):
        first = orders()[0]
        assert (goods(first).unit_price_rp, first.total_rp) == (300_000, 9_000_000)
        (note,) = revisions(first)
        assert "Rp300.000" in note and "10 kemasan" in note and "potongan Rp300.000" in note
        sound()


def test_an_advance_that_waits_for_the_old_sum_is_proposed_anew(market, grown):
    begin, decline = grown
    number = begin("prepaid")
    with db.transaction():
        (first,) = orders()
        waiting = purchasing.propose_advance(market.cast.budi, first.id, "1-1100", "kas")
    market.answer(market.cast.joko, decline(number))
    market.work()
    with db.transaction(**READ):
        first = orders()[0]
        (payment,) = purchases.payments_of(first.id)
        assert (payment.id, payment.state) == (waiting.id, "lapsed")
        assert purchasing.advance_due_rp(purchases.lines_of(first.id)) == 30 * 290_000
        sound()
