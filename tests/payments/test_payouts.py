"""Sellers are paid what is theirs: released, by two people, once, whatever the provider answers."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sqlalchemy import select

from market.core import clock, db, faults
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.core.parameters import ParameterValue
from market.ledger import chart
from market.notices.models import Notice
from market.payments import gateway, midtrans_methods, queries, queries_earnings, queries_payouts, services
from market.payments.models_payouts import Payout
from market.payments.types import PAYOUT_FINAL, PayoutStatus
from market.retail import services as retail
from tests.payments.conftest import Desk, registered
from tests.payments.test_hand_refunds import approve, record
from tests.retail import shop as shops
from tests.retail.shop import CRISPS_RP, ShopFront

SHARE_RP = 2 * CRISPS_RP * 9 // 10


def selling():
    cast, account_id = registered()
    return cast, account_id, shops.open_shop(cast)


@pytest.fixture
def world(request):
    return selling if "front" in request.fixturenames else registered


@pytest.fixture
def front(began) -> ShopFront:
    return began[2]


def sell(desk: Desk, front: ShopFront, method: str = "", phone: str = shops.PHONE) -> int:
    """Two bags of crisps leave the shop: for cash, or paid before by `method`; the order's id."""
    with db.transaction():
        order = shops.place(front, crisps=2, phone=phone)
    if method:
        with db.transaction():
            payment = retail.pay_order(retail.BUYER, order.token).id
        attempt = desk.choose(payment, method)
        desk.work()
        desk.bank.pay(desk.attempt(attempt).order_id)
        desk.wait(60)
    with db.transaction():
        retail.hand_over(desk.cast.kasir, order.id, order.pickup_code)
    return order.id


def owed(desk: Desk, front: ShopFront) -> queries_earnings.Owed:
    with db.transaction(read_only=True):
        return queries_earnings.owed_to(desk.cast.makmur.id, front.seller.id)


def account(desk: Desk, front: ShopFront, bank: str = "bri") -> int:
    with db.transaction():
        return services.name_own_account(front.tini, bank, "1234567890", "Tini").id


def confirmed(desk: Desk, front: ShopFront, bank: str = "bri") -> int:
    account_id = account(desk, front, bank)
    with db.transaction():
        services.decide_payee_account(desk.cast.hadi, account_id, confirm=True)
    return account_id


def propose(desk: Desk, front: ShopFront, way: str = "") -> int:
    with db.transaction():
        return services.propose_seller_payout(desk.cast.budi, front.seller.id, way).id


def sending(desk: Desk, front: ShopFront) -> int:
    """A payout that lies at the provider."""
    desk.give_keys()
    sell(desk, front)
    confirmed(desk, front)
    payout = propose(desk, front)
    approve(desk, payout)
    desk.work()
    return payout


# --- where to --------------------------------------------------------------------------------------


def test_an_account_counts_once_another_person_has_confirmed_it(desk: Desk, front: ShopFront):
    sell(desk, front)
    account_id = account(desk, front)
    with pytest.raises(Refused, match="orang lain"), db.transaction():
        services.decide_payee_account(front.tini, account_id, confirm=True)
    with pytest.raises(Refused, match="belum punya rekening"):
        propose(desk, front, "transfer")
    with pytest.raises(Forbidden), db.transaction():
        services.decide_payee_account(desk.cast.kasir, account_id, confirm=True)
    with pytest.raises(NotFound), db.transaction():
        stranger = replace(desk.cast.budi, organization_id=desk.cast.tetangga.id)
        services.decide_payee_account(stranger, account_id, confirm=True)
    with db.transaction():
        services.decide_payee_account(desk.cast.hadi, account_id, confirm=True)
    assert desk.payout(propose(desk, front)).target == "BRI ••••7890 · Tini"


def test_what_the_cooperative_entered_the_seller_confirms(desk: Desk, front: ShopFront):
    with db.transaction():
        entered = services.name_seller_account(
            desk.cast.budi, front.seller.id, "bca", "1111222233", "Tini"
        ).id
    with pytest.raises(Refused, match="orang lain"), db.transaction():
        services.decide_payee_account(desk.cast.budi, entered, confirm=True)
    with db.transaction():
        services.decide_payee_account(front.tini, entered, confirm=True)
    newer = account(desk, front)
    assert owed(desk, front).account is None, "nothing is owed, so nobody is listed"
    with db.transaction():
        services.decide_payee_account(desk.cast.budi, newer, confirm=True)
        states = {a.id: a.state for a in queries_earnings.payee_accounts(front.makmur.id, front.seller.id)}
    assert states == {entered: "ended", newer: "active"}


def test_a_changed_account_stops_what_was_proposed_for_the_old_one(desk: Desk, front: ShopFront):
    sell(desk, front)
    confirmed(desk, front)
    payout = propose(desk, front)
    confirmed(desk, front, "bca")
    with pytest.raises(Refused, match="berubah sejak diusulkan"):
        approve(desk, payout)


# --- by hand ---------------------------------------------------------------------------------------


def test_by_transfer_the_share_goes_from_owed_through_transit_to_the_bank(desk: Desk, front: ShopFront):
    sell(desk, front)
    confirmed(desk, front)
    assert owed(desk, front).released_rp == SHARE_RP
    payout = propose(desk, front)
    assert owed(desk, front).released_rp == 0
    with pytest.raises(Refused, match="masih ada pembayaran"):
        propose(desk, front)
    approve(desk, payout)
    assert desk.balance(chart.PAYABLE_CONSIGNMENT) == 0
    assert desk.balance(chart.PAYOUTS_IN_TRANSIT) == -SHARE_RP
    desk.books_are_true()
    record(desk, payout, reference="TRX-7")
    desk.work()
    assert desk.balance(chart.PAYOUTS_IN_TRANSIT) == 0
    desk.books_are_true()
    with db.transaction(read_only=True):
        kinds = set(db.session.scalars(select(Notice.kind).where(Notice.user_id == front.tini.user_id)))
    assert {"sold", "payout_done"} <= kinds


def test_cash_is_signed_for(desk: Desk, front: ShopFront):
    sell(desk, front)
    payout = propose(desk, front)
    assert desk.payout(payout).way == "cash"
    approve(desk, payout)
    with pytest.raises(Refused) as nothing:
        record(desk, payout)
    assert nothing.value.field == "reference"
    record(desk, payout, reference="KW-1")
    desk.books_are_true()


def test_less_than_the_least_waits(desk: Desk, front: ShopFront):
    sell(desk, front)
    with db.transaction():
        name = queries_earnings.LEAST_RP.name
        row = {"name": name, "value": SHARE_RP + 1, "valid_from_on": clock.today(), "source": "rapat"}
        db.session.add(ParameterValue(organization_id=front.makmur.id, **row))
    assert not owed(desk, front).payable
    with pytest.raises(Refused, match="Paling sedikit"):
        propose(desk, front)


def test_the_day_of_payment_is_the_cooperatives_own(desk: Desk, front: ShopFront):
    with db.transaction(read_only=True):
        friday = queries_earnings.next_payout_on(front.makmur.id)
    assert friday.isoweekday() == 5 and 0 <= (friday - clock.today()).days < 7


# --- what is released ------------------------------------------------------------------------------


def test_the_methods_held_are_those_that_the_provider_can_reverse():
    can = {method for method, caps in midtrans_methods.CAPS.items() if caps.reversal_possible}
    assert can == set(queries_earnings.REVERSIBLE)


def test_what_a_bank_may_still_take_back_is_held_for_minutes(desk: Desk, front: ShopFront):
    sell(desk, front, "va_permata")
    now = owed(desk, front)
    assert (now.released_rp, now.held_rp, now.holds[0].why) == (0, SHARE_RP, "window")
    with pytest.raises(Refused):
        propose(desk, front)
    desk.wait(601)
    later = owed(desk, front)
    assert (later.released_rp, later.holds) == (SHARE_RP, [])


def test_what_cannot_be_taken_back_is_released_at_once(desk: Desk, front: ShopFront):
    sell(desk, front, "qris")
    assert owed(desk, front).released_rp == SHARE_RP


@pytest.mark.parametrize("why", ["reversed", "disputed"])
def test_money_that_went_back_freezes_the_share_until_the_chair_lets_go(
    desk: Desk, front: ShopFront, why: str
):
    sell(desk, front, "va_permata")
    desk.wait(601)
    confirmed(desk, front)
    payout = propose(desk, front)
    order = next(iter(desk.bank.charges))
    if why == "reversed":
        desk.bank.take_back(order)
    else:
        desk.bank.dispute(order, amount_rp=2 * CRISPS_RP)
    desk.wait(3_600)
    with pytest.raises(Refused, match="kurang dari usulan"):
        approve(desk, payout)
    [hold] = owed(desk, front).holds
    assert hold.why == why
    with pytest.raises(Refused), db.transaction():
        services.release_hold(desk.cast.hadi, hold.payment.id, " ")
    with pytest.raises(Forbidden), db.transaction():
        services.release_hold(desk.cast.budi, hold.payment.id, "koperasi menanggung")
    with db.transaction():
        services.release_hold(desk.cast.hadi, hold.payment.id, "koperasi menanggung")
    with pytest.raises(Conflict), db.transaction():
        services.release_hold(desk.cast.hadi, hold.payment.id, "lagi")
    approve(desk, payout)
    desk.books_are_true()


# --- through the provider --------------------------------------------------------------------------


def test_the_provider_pays_and_the_cooperative_bears_the_fee(desk: Desk, front: ShopFront):
    payout = sending(desk, front)
    [reference] = desk.bank.payouts
    assert desk.bank.payouts[reference].status == PayoutStatus.APPROVED
    desk.bank.end_payout(reference, PayoutStatus.COMPLETED)
    for _twice in range(2):
        with db.transaction():
            token = queries.account_by_id(desk.account_id).token
            services.record_payout_notification(token, {}, f"ok|{reference}|news".encode())
        desk.work()
    assert (desk.payout(payout).state, desk.payout(payout).fee_rp) == ("completed", 5_000)
    assert desk.balance(chart.PAYOUT_DEPOSIT) == -SHARE_RP - 5_000
    desk.books_are_true()


def test_a_payout_that_fails_is_owed_again_and_can_be_proposed_anew(desk: Desk, front: ShopFront):
    payout = sending(desk, front)
    desk.bank.end_payout(next(iter(desk.bank.payouts)), PayoutStatus.FAILED, "rekening tutup")
    desk.wait(120)
    assert desk.payout(payout).state == "failed"
    assert owed(desk, front).released_rp == SHARE_RP
    assert propose(desk, front) != payout
    desk.books_are_true()


def test_a_lost_answer_never_releases_two(desk: Desk, front: ShopFront):
    desk.give_keys()
    sell(desk, front)
    confirmed(desk, front)
    payout = propose(desk, front)
    approve(desk, payout)
    desk.bank.lose_answers = True
    desk.work()
    desk.wait(120)
    desk.bank.lose_answers = False
    desk.wait(120)
    approved = [row for row in desk.bank.payouts.values() if row.status == PayoutStatus.APPROVED]
    assert len(desk.bank.payouts) > 1 and len(approved) == 1
    assert desk.payout(payout).provider_id == approved[0].ref.provider_id


def test_what_the_provider_will_not_have_is_owed_again(desk: Desk, front: ShopFront):
    desk.bank.refuses_payouts = gateway.InvalidRequest("no such bank")
    payout = sending(desk, front)
    assert (desk.payout(payout).state, desk.payout(payout).last_error) == ("failed", "no such bank")
    desk.books_are_true()


def test_what_waits_at_the_provider_can_be_called_off(desk: Desk, front: ShopFront):
    desk.give_keys()
    sell(desk, front)
    confirmed(desk, front)
    payout = propose(desk, front)
    approve(desk, payout)
    desk.bank.trouble = gateway.Unavailable("down", outcome_unknown=True)
    desk.work()
    with db.transaction():
        services.withdraw_payout(desk.cast.budi, payout, "salah orang")
    desk.bank.trouble = None
    desk.wait(120)
    assert desk.payout(payout).state == "failed"
    assert all(row.status != PayoutStatus.APPROVED for row in desk.bank.payouts.values())
    desk.books_are_true()


def test_an_amount_that_is_not_ours_is_not_believed(desk: Desk, front: ShopFront):
    payout = sending(desk, front)
    [(reference, row)] = desk.bank.payouts.items()
    desk.bank.payouts[reference] = row.__class__(row.ref, PayoutStatus.COMPLETED, row.amount_rp + 1)
    desk.wait(120)
    assert desk.payout(payout).state == "sending"
    desk.books_are_true()


POINTS = ("payouts.queued", "payouts.releasing", "payouts.completed", "payouts.undone", "payouts.applied")


@pytest.mark.parametrize("seed", range(4))
def test_any_history_of_answers_ends_in_what_the_provider_says(desk: Desk, front: ShopFront, seed: int):
    """Answers twice, lost or late, crashes in between: one journal for each effect, and the books agree."""
    dice = random.Random(seed)
    payout = sending(desk, front)
    for _step in range(15):
        try:
            with faults.armed(dice.choice(POINTS), dice.randint(1, 2)):
                _happen(desk, dice)
        except faults.FaultInjected:
            pass
    desk.bank.trouble, desk.bank.lose_answers = None, False
    row = desk.payout(payout)
    if row.provider_id:
        desk.bank.end_payout(row.provider_id, dice.choice(tuple(PAYOUT_FINAL)))
    for _more in range(4):
        desk.wait(600)
    row = desk.payout(payout)
    there = desk.bank.payouts[row.provider_id].status
    assert row.state == ("completed" if there == PayoutStatus.COMPLETED else "failed")
    others = [each for number, each in desk.bank.payouts.items() if number != row.provider_id]
    assert all(each.status == PayoutStatus.QUEUED for each in others), "only the one written down is released"
    desk.books_are_true()


def _happen(desk: Desk, dice: random.Random) -> None:
    act = dice.choice(("wait", "work", "notify", "end", "trouble"))
    with db.transaction(read_only=True):
        token = queries.account_by_id(desk.account_id).token
        ours = [p.provider_id for p in queries_payouts.payouts_of(desk.cast.makmur.id, Payout.LIVE)]
    if act == "wait":
        desk.wait(dice.choice((60, 600)))
    elif act == "work":
        desk.work()
    elif act == "trouble":
        desk.bank.trouble = dice.choice((None, gateway.Unavailable("down", outcome_unknown=True)))
        desk.bank.lose_answers = dice.random() < 0.3
    elif act == "notify" and any(ours):
        with db.transaction():
            news = f"ok|{ours[0]}|{dice.randint(1, 3)}"
            services.record_payout_notification(token, {}, news.encode())
    elif act == "end" and any(ours) and dice.random() < 0.4:
        desk.bank.end_payout(ours[0], dice.choice((PayoutStatus.PROCESSED, *PAYOUT_FINAL)))
