"""Goods at the door: accepted + rejected = delivered, the shelf and the books in one transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from market.commodities import queries as commodities
from market.core import clock, db, faults
from market.core.errors import Forbidden, NotFound, Refused
from market.core.jobs import Job
from market.ledger import chart
from market.ledger import queries as books
from market.purchasing import queries, services
from market.purchasing.models import Claim, GoodsReceipt, GoodsReceiptLine, PurchaseOrder
from market.purchasing.services import ReceiptLine
from market.stock import queries as stock
from tests.purchasing.conftest import (
    PACKS,
    RICE_RP,
    balance,
    bill,
    books_agree,
    freight,
    goods,
    issue,
    lump,
    pay,
    receive,
    together,
)

pytestmark = pytest.mark.usefixtures("open_transaction")


def on_shelf(cast, code: str = "BRS-PRM-25"):
    return stock.item_by_code(cast.makmur.id, f"pack:{code}")


def test_the_rice_of_the_story_is_on_the_shelf_and_in_the_books(cast):
    order = issue(cast)
    receipt = receive(cast, order)
    item = on_shelf(cast)
    assert (item.on_hand_base, item.value_rp) == (1_200_000, RICE_RP)
    assert receipt.value_rp == RICE_RP
    assert balance(cast, chart.INVENTORY) == RICE_RP
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == -RICE_RP
    entry = books.entry_by_source(cast.makmur.id, f"goods_receipt:{receipt.id}")
    assert receipt.number in entry.description and order.number in entry.description
    assert db.session.scalar(select(Job.payload).where(Job.kind == "goods_received")) == {
        "order_id": order.id,
        "receipt_id": receipt.id,
    }
    assert books_agree(cast)


def test_freight_by_the_pack_and_the_costs_of_the_trip_are_costs_of_the_goods(cast):
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000), lump("drop", 20_001))
    receipt = receive(cast, order)
    assert receipt.value_rp == 48 * 297_500 + 110_001 == on_shelf(cast).value_rp
    assert books_agree(cast)


def test_trip_costs_are_shared_by_weight_to_the_last_rupiah(cast):
    order = issue(cast, goods(10), goods(30, 61_000, "BRS-PRM-5"), lump("truck", 100_001))
    big, small = queries.goods_lines(order.id)
    receipt = services.receive_goods(cast.sri, order.id, [ReceiptLine(big.id, 10), ReceiptLine(small.id, 30)])
    costs = [line.cost_rp for line, _order_line in queries.receipt_lines(receipt.id)]
    weights = [10 * _gross(big), 30 * _gross(small)]
    shares = [costs[0] - 10 * 295_000, costs[1] - 30 * 61_000]
    assert sum(shares) == 100_001
    assert abs(shares[0] * sum(weights) - 100_001 * weights[0]) < sum(weights), "within one rupiah"
    assert receipt.value_rp == sum(costs)
    assert books_agree(cast)


def _gross(line) -> int:
    return commodities.pack(line.pack_id).gross_g


def test_several_deliveries_add_up_and_the_trip_is_paid_once(cast):
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000))
    first, second = receive(cast, order, 20), receive(cast, order, 28)
    assert first.value_rp == 20 * 297_500 + 90_000
    assert second.value_rp == 28 * 297_500
    assert [line.received_packs for line in queries.lines_of(order.id)] == [48, 48, 1]
    assert on_shelf(cast).value_rp == order.total_rp
    assert books_agree(cast)


def test_the_trip_of_a_delivery_that_was_rejected_whole_waits_for_the_next(cast):
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000))
    refused = receive(cast, order, 0, 48, "wrong_grade")
    assert refused.value_rp == 0
    assert on_shelf(cast) is None
    assert balance(cast, chart.RECEIVED_NOT_BILLED) == 0
    assert not order.lump_received
    good = receive(cast, order, 48)
    assert good.value_rp == 48 * 297_500 + 90_000
    assert books_agree(cast)


def test_an_order_of_which_everything_was_rejected_can_be_cancelled_and_costs_nothing(cast):
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000))
    receive(cast, order, 0, 48, "wrong_grade")
    services.cancel_rest(cast.sri, order.id, "mutu tidak sesuai")
    assert order.state == "cancelled"
    assert [claim.state for claim in queries.claims_of(order.id)] == ["cancelled_rest"]
    assert balance(cast, chart.INVENTORY) == 0
    with pytest.raises(Refused, match="Belum ada barang"):
        bill(cast, order, 0)


def test_rejected_packs_have_a_reason_and_open_a_claim_and_may_still_come(cast):
    order = issue(cast)
    receipt = receive(cast, order, 44, 4, "broken")
    ((line, order_line),) = queries.receipt_lines(receipt.id)
    assert (line.delivered_packs, line.accepted_packs, line.rejected_packs, line.reason) == (
        48,
        44,
        4,
        "broken",
    )
    assert (order_line.received_packs, order_line.rejected_packs, order_line.open_packs) == (44, 4, 4)
    (claim,) = queries.claims_of(order.id)
    assert (claim.state, claim.packs, claim.reason) == ("open", 4, "broken")
    assert receipt.value_rp == 44 * 295_000


def test_a_replacement_ends_the_claim(cast):
    order = issue(cast)
    receive(cast, order, 44, 4, "broken")
    receive(cast, order, 3)
    assert [claim.state for claim in queries.claims_of(order.id)] == ["open"], "one is still missing"
    receive(cast, order, 1)
    assert [claim.state for claim in queries.claims_of(order.id)] == ["replaced"]
    pay(cast, bill(cast, order))
    assert order.state == "closed"


def refused_at(cast, order, *lines: ReceiptLine, actor=None) -> str:
    with pytest.raises(Refused) as refusal:
        services.receive_goods(actor or cast.sri, order.id, list(lines))
    assert db.session.scalar(select(func.count()).select_from(GoodsReceipt)) == 0
    assert on_shelf(cast) is None
    return refusal.value.field or str(refusal.value)


def test_more_than_ordered_is_refused(cast):
    order = issue(cast)
    line = queries.goods_lines(order.id)[0].id
    assert refused_at(cast, order, ReceiptLine(line, PACKS + 1)) == f"accepted_{line}"
    assert refused_at(cast, order, ReceiptLine(line, PACKS, 1, "other")) == f"rejected_{line}"
    assert refused_at(cast, order, ReceiptLine(line, 0, PACKS + 1, "other")) == f"rejected_{line}"
    assert refused_at(cast, order, ReceiptLine(line, 30), ReceiptLine(line, 30)) == f"accepted_{line}"


def test_nonsense_at_the_door_is_refused_at_its_field(cast):
    order = issue(cast)
    line = queries.goods_lines(order.id)[0].id
    yesterday = clock.today() - timedelta(days=1)
    assert refused_at(cast, order, ReceiptLine(line, -1)) == f"accepted_{line}"
    assert refused_at(cast, order, ReceiptLine(line, 1, -1)) == f"rejected_{line}"
    assert refused_at(cast, order, ReceiptLine(line, 40, 8)) == f"reason_{line}"
    assert refused_at(cast, order, ReceiptLine(line, 40, 8, "karena")) == f"reason_{line}"
    assert refused_at(cast, order, ReceiptLine(line, 40, expires_on=yesterday)) == f"expires_on_{line}"
    assert "Isi jumlah" in refused_at(cast, order, ReceiptLine(line, 0))
    assert "Isi jumlah" in refused_at(cast, order)


def test_freight_and_lines_of_other_orders_are_not_counted_at_the_door(cast):
    order, other = issue(cast, goods(48), freight(48)), issue(cast)
    for line in (queries.lines_of(order.id)[1], queries.goods_lines(other.id)[0]):
        with pytest.raises(NotFound):
            services.receive_goods(cast.sri, order.id, [ReceiptLine(line.id, 1)])


def test_only_the_buyers_people_at_the_door_receive(cast):
    order = issue(cast)
    receive(cast, order, 1, actor=cast.kasir)
    with pytest.raises(NotFound):
        receive(cast, order, 1, actor=cast.wati)
    with pytest.raises(Forbidden):
        receive(cast, order, 1, actor=cast.joko)


def test_an_order_that_ended_takes_no_more_goods(cast):
    order = issue(cast)
    services.cancel_rest(cast.sri, order.id, "tidak jadi")
    with pytest.raises(Refused, match="sudah selesai"):
        receive(cast, order)


def test_gifts_have_no_value_and_wait_for_no_bill(cast):
    order = issue(cast, goods(10), goods(2, 0, "BRS-PRM-5"))
    big, small = queries.goods_lines(order.id)
    services.receive_goods(cast.sri, order.id, [ReceiptLine(big.id, 10), ReceiptLine(small.id, 2)])
    assert on_shelf(cast, "BRS-PRM-5").value_rp == 0
    pay(cast, bill(cast, order, 2_950_000))
    assert order.state == "closed"
    assert books_agree(cast)


def test_an_order_of_gifts_alone_closes_at_the_door(cast):
    order = issue(cast, goods(2, 0))
    assert receive(cast, order, 2).value_rp == 0
    assert order.state == "closed"


def test_the_day_of_expiry_travels_to_the_shelf(cast):
    order, day = issue(cast), clock.today() + timedelta(days=90)
    receive(cast, order, expires_on=day)
    (row,) = stock.shelf(cast.makmur.id)
    assert row.expires_on == day


# --- claims ----------------------------------------------------------------------------------------


@pytest.fixture
def short(cast):
    """44 of 48 packs came; four were short."""
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000))
    receive(cast, order, 44, 4, "short")
    return order


def test_a_claim_that_ends_the_rest_takes_it_off_the_order(cast, short):
    (claim,) = queries.claims_of(short.id)
    services.settle_claim(cast.sri, claim.id, "cancelled_rest", "pemasok kehabisan")
    assert (claim.state, claim.note) == ("cancelled_rest", "pemasok kehabisan")
    assert [line.cancelled_packs for line in queries.lines_of(short.id)] == [4, 4, 0]
    pay(cast, bill(cast, short, 44 * 297_500 + 90_000))
    assert short.state == "closed"


def test_a_dropped_claim_leaves_the_packs_to_come(cast, short):
    (claim,) = queries.claims_of(short.id)
    services.settle_claim(cast.sri, claim.id, "dropped", "salah hitung")
    assert queries.goods_lines(short.id)[0].open_packs == 4


def test_a_replacement_is_received_before_it_is_claimed_to_have_come(cast, short):
    (claim,) = queries.claims_of(short.id)
    with pytest.raises(Refused, match="Catat dahulu"):
        services.settle_claim(cast.sri, claim.id, "replaced")


@pytest.mark.parametrize(("outcome", "note", "field"), [("hilang", "x", "outcome"), ("dropped", " ", "note")])
def test_an_outcome_is_known_and_explained(cast, short, outcome, note, field):
    (claim,) = queries.claims_of(short.id)
    with pytest.raises(Refused) as refusal:
        services.settle_claim(cast.sri, claim.id, outcome, note)
    assert refusal.value.field == field
    assert claim.state == "open"


def test_a_claim_over_everything_that_is_given_up_cancels_the_order(cast):
    order = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000))
    receive(cast, order, 0, 48, "wrong_grade")
    (claim,) = queries.claims_of(order.id)
    services.settle_claim(cast.sri, claim.id, "cancelled_rest", "mutu jelek")
    assert (claim.state, order.state) == ("cancelled_rest", "cancelled")


def test_claims_of_others_are_not_found(cast, short):
    (claim,) = queries.claims_of(short.id)
    with pytest.raises(NotFound):
        services.settle_claim(cast.wati, claim.id, "dropped", "x")
    with pytest.raises(Forbidden):
        services.settle_claim(cast.joko, claim.id, "dropped", "x")


def test_the_database_itself_knows_that_counts_add_up(cast, short):
    receipt = queries.receipts_of(short.id)[0]
    for wrong in ({"accepted_packs": 45}, {"reason": ""}, {"rejected_packs": -1}):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(
                update(GoodsReceiptLine).where(GoodsReceiptLine.receipt_id == receipt.id).values(**wrong)
            )


# --- all or nothing, once ----------------------------------------------------------------------------


class TestCommitted:
    """Each step in a transaction of its own, as the web edge has it."""

    @pytest.fixture
    def order(self, cast, open_transaction):
        made = issue(cast, goods(48), freight(48, 2_500), lump("truck", 90_000)).id
        db.session.commit()
        db.session.remove()
        return made

    def state(self, cast, order) -> tuple:
        with db.transaction(read_only=True):
            counts = [
                db.session.scalar(select(func.count()).select_from(table)) for table in (GoodsReceipt, Claim)
            ]
            received = [line.received_packs for line in queries.lines_of(order)]
            item = on_shelf(cast)
            return (*counts, *received, item.on_hand_base if item else 0, balance(cast, chart.INVENTORY))

    @pytest.mark.parametrize(
        "point",
        [
            "receipt_written",
            "stock_move",
            "receipt_posted",
            "ledger.before_entry",
            "ledger.after_postings",
            "ledger.before_head",
        ],
    )
    def test_a_crash_leaves_nothing_and_a_retry_everything(self, cast, order, point):
        before = self.state(cast, order)
        with pytest.raises(faults.FaultInjected), faults.armed(point), db.transaction():
            receive(cast, db.session.get_one(PurchaseOrder, order), 44, 4, "short")
        assert self.state(cast, order) == before
        with db.transaction():
            receive(cast, db.session.get_one(PurchaseOrder, order), 44, 4, "short")
        assert self.state(cast, order) == (1, 1, 44, 44, 1, 1_100_000, 44 * 297_500 + 90_000)

    def test_two_people_at_the_door_do_not_receive_more_than_ordered(self, cast, order):
        """Each has the page open (and the order in hand) before the other sends."""

        def act(_number):
            found = queries.order_for(cast.sri, order)
            queries.lines_of(order)
            receive(cast, found, 20)
            return 20

        answers = together(act, 6)
        assert answers.count(20) == 2
        assert all(answer == 20 or isinstance(answer, Refused) for answer in answers)
        assert self.state(cast, order)[2] == 40
        with db.transaction(read_only=True):
            assert books_agree(cast)
