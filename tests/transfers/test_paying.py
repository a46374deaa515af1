"""Money between neighbours: two persons pay, the giver looks for it, both books close."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db
from market.core.errors import Forbidden, IllegalMove, NotFound, Refused
from market.ledger import chart
from market.transfers import services
from market.transfers.models import TransferPayment
from tests.transfers.conftest import COST_RP, balance, broken

WORTH = 20 * COST_RP


def propose(next_door, lot: int, account: str = chart.BANK) -> int:
    with db.transaction():
        return services.propose_payment(next_door.bendahara, lot, account, "TRF-1").id


def decide(next_door, payment: int, approve: bool = True, reason: str = "") -> None:
    with db.transaction():
        services.decide_payment(next_door.ketua, payment, approve, reason)


def state_of(payment: int) -> str:
    with db.transaction(read_only=True):
        return db.session.get_one(TransferPayment, payment).state


def test_paid_and_found_the_two_books_are_even(next_door):
    lot = next_door.arrived(20)
    payment = propose(next_door, lot)
    decide(next_door, payment)
    makmur, tetangga = next_door.cast.makmur, next_door.cast.tetangga
    assert balance(tetangga, chart.PAYABLE_COOPERATIVES) == 0
    assert balance(makmur, chart.RECEIVABLE_COOPERATIVES) == WORTH, "not before the giver has seen the money"
    with db.transaction():
        services.confirm_money(next_door.cast.budi, payment, chart.CASH)
    assert balance(makmur, chart.RECEIVABLE_COOPERATIVES) == 0
    assert balance(makmur, chart.CASH) == WORTH
    assert broken() == []


def test_nobody_approves_the_own_proposal(next_door):
    payment = propose(next_door, next_door.arrived(20))
    with pytest.raises(Forbidden), db.transaction():
        services.decide_payment(next_door.bendahara, payment, True)


def test_one_lot_is_paid_once(next_door):
    lot = next_door.arrived(20)
    payment = propose(next_door, lot)
    with pytest.raises(Refused):
        propose(next_door, lot)
    decide(next_door, payment)
    with pytest.raises(Refused):
        propose(next_door, lot)
    with pytest.raises(Refused):
        decide(next_door, payment)


def test_a_refused_payment_may_be_proposed_again(next_door):
    lot = next_door.arrived(20)
    payment = propose(next_door, lot)
    with pytest.raises(Refused):
        decide(next_door, payment, approve=False)
    decide(next_door, payment, False, "belum dicocokkan")
    assert (state_of(payment), state_of(propose(next_door, lot))) == ("rejected", "proposed")
    assert broken() == []


def test_a_proposal_lapses_after_three_days_and_makes_room(next_door):
    lot = next_door.arrived(20)
    payment = propose(next_door, lot)
    clock.travel(to=clock.now() + timedelta(hours=72, seconds=1))
    again = propose(next_door, lot)
    assert (state_of(payment), state_of(again)) == ("lapsed", "proposed")
    clock.travel(to=clock.now() + timedelta(hours=72, seconds=1))
    with db.transaction():
        assert services.lapse_payments() == 1


def test_money_that_is_not_there_is_not_paid(next_door):
    payment = propose(next_door, next_door.arrived(20), chart.CASH)
    with pytest.raises(Refused):
        decide(next_door, payment)
    assert state_of(payment) == "proposed"


def test_the_receiver_pays_and_the_giver_confirms_not_the_other_way(next_door):
    lot = next_door.arrived(20)
    with pytest.raises(NotFound), db.transaction():
        services.propose_payment(next_door.cast.budi, lot, chart.BANK)
    payment = propose(next_door, lot)
    with pytest.raises(IllegalMove), db.transaction():
        services.confirm_money(next_door.cast.budi, payment, chart.BANK)
    decide(next_door, payment)
    with pytest.raises(NotFound), db.transaction():
        services.confirm_money(next_door.bendahara, payment, chart.BANK)
    with pytest.raises(Refused), db.transaction():
        services.confirm_money(next_door.cast.budi, payment, "5-1900")
