"""A buyer is not content: who may say what until when, what goes back, and who bears it, to the rupiah."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from market import verify
from market.core import clock, db
from market.core.errors import Conflict, Forbidden, IllegalMove, NotFound, Refused
from market.ledger import chart
from market.ledger import queries as ledger
from market.places.models import Holiday
from market.retail import queries, queries_complaints, services
from market.retail.services import Decision, Extras
from market.retail.services.complaining import after_working_days
from tests.retail import door
from tests.retail.shop import CRISPS_RP, RICE_COST_RP, RICE_RP, photo

DAY_S = 86_400


def promises_hold() -> None:
    with db.transaction(read_only=True):
        assert [result for result in verify.run() if not result.ok] == []


def balance(cast, account: str) -> int:
    with db.transaction(read_only=True):
        return ledger.balance_rp(cast.makmur.id, account)


def line_of(placed, shop, own: bool = False):
    seller = shop.makmur.id if own else shop.seller.id
    return next(line for line in queries.lines_of(placed.id) if line.seller_id == seller)


def test_a_buyer_complains_with_a_photo_and_the_shop_must_answer_in_time(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop)
        made = door.complaint(placed, line_of(placed, shop).id, photo=photo())
        assert made.state == "open" and made.photo
        assert made.answer_by_at > clock.now()
        until = services.complaint_until(placed)
        assert until is not None and until > clock.now() + timedelta(days=services.WINDOW_DAYS.start)
    promises_hold()


def test_nobody_complains_before_the_goods_are_there_or_after_the_window(cast, shop):
    with db.transaction():
        placed = door.order(shop, Extras(), crisps=1)
        with pytest.raises(Conflict):
            door.complaint(placed, line_of(placed, shop).id)
        services.hand_over(cast.kasir, placed.id, placed.pickup_code)
    clock.travel(8 * DAY_S)
    with db.transaction(), pytest.raises(Conflict):
        door.complaint(placed, line_of(placed, shop).id)


def test_the_window_is_never_below_the_two_working_days_of_the_law():
    assert services.WINDOW_DAYS.least == 2 <= services.WINDOW_DAYS.start


def at(day: str) -> datetime:
    return clock.start_of(date.fromisoformat(day)) + timedelta(hours=10)


@pytest.mark.parametrize(
    ("from_day", "days", "until"),
    [
        ("2027-06-07", 2, "2027-06-10"),  # Monday: Tuesday and Wednesday
        ("2027-06-10", 2, "2027-06-15"),  # Thursday: Friday, then Monday
        ("2026-12-23", 2, "2026-12-29"),  # Christmas is no working day, nor is a weekend
        ("2027-05-31", 1, "2027-06-03"),  # Hari Lahir Pancasila
    ],
)
def test_working_days_leave_out_weekends_and_public_holidays(database, from_day, days, until):
    with db.transaction(read_only=True):
        assert after_working_days(at(from_day), days) == clock.start_of(date.fromisoformat(until))


def test_a_holiday_that_an_office_has_entered_is_no_working_day(database):
    with db.transaction():
        db.session.add(Holiday(day_on=date(2027, 6, 8), name="Libur bersama", source="SKB 3 Menteri"))
        db.session.flush()
        assert after_working_days(at("2027-06-07"), 2) == clock.start_of(date(2027, 6, 11))


def test_no_more_pieces_are_complained_of_than_were_bought(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop)
        line = line_of(placed, shop)
        door.complaint(placed, line.id, 2)
        with pytest.raises(Refused):
            door.complaint(placed, line.id, 1)


def test_a_refund_that_the_seller_bears_takes_her_share_and_the_commission(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop, crisps=2, rice=0)
        made = door.complaint(placed, line_of(placed, shop).id)
        row = services.refund_complaint(cast.sri, made.id, Decision(CRISPS_RP, "seller", "lost"))
        assert (row.seller_rp, row.commission_rp, row.borne_rp, row.way) == (13_500, 1_500, 0, "cash")
    assert balance(cast, chart.PAYABLE_CONSIGNMENT) == -13_500
    assert balance(cast, chart.RETURNS_DUE) == -CRISPS_RP
    with db.transaction():
        services.pay_return(cast.kasir, made.id, made.pickup_code)
        with pytest.raises(IllegalMove):
            services.pay_return(cast.kasir, made.id, made.pickup_code)
    assert (balance(cast, chart.RETURNS_DUE), balance(cast, chart.CASH)) == (0, CRISPS_RP)
    promises_hold()


def test_a_refund_that_the_cooperative_bears_leaves_the_seller_her_share(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop, crisps=1, rice=0)
        made = door.complaint(placed, line_of(placed, shop).id)
        services.refund_complaint(cast.sri, made.id, Decision(5_000, "cooperative"))
    assert balance(cast, chart.RETURNS) == 5_000
    assert balance(cast, chart.PAYABLE_CONSIGNMENT) == -13_500
    promises_hold()


def test_own_goods_come_back_to_the_shelf_at_what_they_had_cost(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop, crisps=0, rice=2)
        made = door.complaint(placed, line_of(placed, shop, own=True).id)
        row = services.refund_complaint(cast.sri, made.id, Decision(RICE_RP, "cooperative", "shelf"))
        assert row.cost_rp == RICE_COST_RP
    assert balance(cast, chart.INVENTORY) == 9 * RICE_COST_RP
    promises_hold()


def test_lost_own_goods_are_a_loss_and_not_stock(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop, crisps=0, rice=1)
        made = door.complaint(placed, line_of(placed, shop, own=True).id)
        services.refund_complaint(cast.sri, made.id, Decision(RICE_RP, "cooperative", "lost"))
    assert balance(cast, chart.STOCK_LOSS) == RICE_COST_RP
    promises_hold()


def test_a_refund_is_at_most_what_was_paid_and_the_vouchers_part_is_undone(cast, shop):
    with db.transaction():
        door.voucher(cast, percent=10)
        placed = door.collected(cast, shop, crisps=1, rice=0, extras=Extras(voucher="LEBARAN"))
        made = door.complaint(placed, line_of(placed, shop).id)
        with pytest.raises(Refused):
            services.refund_complaint(cast.sri, made.id, Decision(CRISPS_RP, "seller"))
        row = services.refund_complaint(cast.sri, made.id, Decision(13_500, "seller", "lost"))
        assert (row.discount_rp, row.seller_rp, row.commission_rp) == (1_500, 13_500, 1_500)
    assert balance(cast, chart.DISCOUNTS) == 0
    promises_hold()


def test_a_replacement_is_handed_over_for_nothing_against_the_code(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop, crisps=0, rice=1)
        made = door.complaint(placed, line_of(placed, shop, own=True).id, wish="replacement")
        services.promise_replacement(cast.sri, made.id, "cooperative")
        with pytest.raises(Refused):
            services.hand_over_replacement(cast.kasir, made.id, "nope")
        services.hand_over_replacement(cast.kasir, made.id, made.pickup_code)
        assert made.state == "replaced"
    assert balance(cast, chart.RETURNS) == RICE_COST_RP
    assert balance(cast, chart.INVENTORY) == 8 * RICE_COST_RP
    promises_hold()


@pytest.mark.parametrize(("bearer", "owed_rp"), [("seller", 13_500), ("cooperative", 27_000)])
def test_a_consigned_replacement_is_paid_by_who_bears_it(cast, shop, bearer, owed_rp):
    with db.transaction():
        placed = door.collected(cast, shop, crisps=1, rice=0)
        made = door.complaint(placed, line_of(placed, shop).id, wish="replacement")
        services.promise_replacement(cast.sri, made.id, bearer)
        services.hand_over_replacement(cast.kasir, made.id, made.pickup_code)
    assert balance(cast, chart.PAYABLE_CONSIGNMENT) == -owed_rp
    promises_hold()


def test_a_promised_replacement_may_become_money_and_frees_its_goods(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop, crisps=1, rice=0)
        made = door.complaint(placed, line_of(placed, shop).id)
        services.promise_replacement(cast.sri, made.id, "seller")
        services.refund_complaint(cast.sri, made.id, Decision(CRISPS_RP, "seller", "lost"))
        assert made.state == "refunded"
    promises_hold()


def test_the_buyer_objects_once_to_a_refusal_and_those_above_are_told(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop)
        made = door.complaint(placed, line_of(placed, shop).id)
        services.refuse_complaint(cast.sri, made.id, "Tidak rusak di foto.")
        services.object_to(services.BUYER, placed.token, made.id, "Fotonya jelas.")
        assert made.state == "open" and made.escalated_at is not None
        services.refuse_complaint(cast.hadi, made.id, "Tetap tidak.")
        with pytest.raises(Conflict):
            services.object_to(services.BUYER, placed.token, made.id, "Lagi.")


def test_an_answer_that_is_late_reaches_those_above_once(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop)
        door.complaint(placed, line_of(placed, shop).id)
        assert services.escalate_complaints() == 0
    clock.travel(7 * DAY_S)
    with db.transaction():
        assert services.escalate_complaints() == 1
        assert services.escalate_complaints() == 0


def test_seller_and_shop_see_it_strangers_do_not_and_only_the_board_decides(cast, shop):
    with db.transaction():
        placed = door.collected(cast, shop)
        made = door.complaint(placed, line_of(placed, shop).id)
        assert services.say(shop.tini, made.id, "Saya ganti.").side == "seller"
        with pytest.raises(NotFound):
            queries_complaints.complaint_seen(cast.joko, made.id)
        with pytest.raises(Forbidden):
            services.refund_complaint(cast.kasir, made.id, Decision(1, "seller"))
        with pytest.raises(Forbidden):
            services.refund_complaint(shop.tini, made.id, Decision(1, "seller"))
