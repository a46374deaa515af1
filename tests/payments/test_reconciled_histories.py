"""Whatever happened while no notice came: reconciliation makes both books equal, then has nothing to do."""

from __future__ import annotations

import random

import pytest

from market.core import clock, db, faults
from market.core.errors import Conflict, Refused
from market.payments import doors, services
from market.payments.models_reconciliation import ReconciliationCase
from market.payments.types import Provider
from tests.faults import kill
from tests.payments import counter
from tests.payments.conftest import Desk
from tests.payments.scripted import ScriptedGateway
from tests.payments.test_histories import _happen
from tests.payments.test_reconciliation import found_order

POINTS = (
    "payments.called",
    "payments.received",
    "payments.reconcile_asked",
    "payments.reconciled",
    "payments.balance_read",
)


@pytest.mark.parametrize("seed", range(6))
def test_any_history_without_notices_is_made_equal_and_stays_so(desk: Desk, seed: int, monkeypatch):
    dice = random.Random(seed)
    monkeypatch.setattr(Desk, "notify", lambda *_: False)
    payments = [desk.ask(number, dice.randint(10_000, 900_000)) for number in range(1, 4)]
    for step in range(40):
        try:
            with faults.armed(dice.choice(POINTS), dice.randint(1, 3)):
                _happen(desk, dice, payments)
                _of_the_provider(desk, dice, step)
        except (faults.FaultInjected, Conflict, Refused):
            pass
    desk.bank.trouble, desk.bank.lose_answers = None, False
    for _hour in range(3):  # the jobs that the troubles left behind; no schedule asks about payments
        clock.travel(3_600)
        desk.work()
    _finish_runs(desk)
    _press_every_button(desk)
    before = counter.entries(desk)
    last = counter.reconcile(desk)
    assert (last.state, last.unexplained_rp, counter.cases(desk)) == ("equal", 0, {})
    assert counter.entries(desk) == before, "a second run posts nothing"
    desk.books_are_true()


def _of_the_provider(desk: Desk, dice: random.Random, step: int) -> None:
    """Now and then: a run in the middle of it all, money of a stranger, a withdrawal."""
    lot = dice.random()
    if lot < 0.08:
        counter.reconcile(desk)
    elif lot < 0.12:
        found_order(desk, f"ASING-{step}", dice.randint(1_000, 50_000))
    elif lot < 0.2:
        held = sum(move.amount_rp for move in desk.bank.books())
        if held > 1_000:
            desk.bank.withdraw(held // 2, f"WD-{step}")


def _finish_runs(desk: Desk) -> None:
    with db.transaction(read_only=True):
        running = counter.queries.running(desk.account_id)
    if running is not None:
        services.run_whole(running.id, lambda _seconds: None)
    counter.reconcile(desk)


def _press_every_button(desk: Desk) -> None:
    with db.transaction(read_only=True):
        found: list[ReconciliationCase] = [row[0] for row in counter.queries.cases_of(desk.cast.makmur.id)]
    odd = [case.kind for case in found if case.kind not in ("withdrawal", "fee", "missing_here")]
    assert odd == []
    for case in found:
        with db.transaction():
            services.book_case(desk.cast.budi, case.id)
    counter.reconcile(desk)


def test_a_run_killed_before_any_statement_goes_on_and_posts_nothing_twice(settings, desk: Desk):
    for number in range(1, 3):
        attempt = desk.choose(desk.ask(number))
        desk.work()
        desk.bank.pay(desk.attempt(attempt).order_id)
    with db.transaction():
        run_id = services.begin_run(desk.cast.budi, counter.queries.merchants()[0], "command").id

    def act() -> None:
        _doors_of(desk)
        services.run_whole(run_id, lambda _seconds: None)

    killed = 0
    for k in range(1, kill.MOST_STATEMENTS):
        status = kill.run_killed(settings, act, k)
        if status == 0:
            break
        assert status == kill.KILLED
        killed += 1
    _doors_of(desk)
    run = counter.run(run_id)
    assert killed > 10 and (run.state, run.asked) == ("equal", 2)
    before = counter.entries(desk)
    assert counter.reconcile(desk).applied == 0 and counter.entries(desk) == before
    desk.books_are_true()


def _doors_of(desk: Desk) -> None:
    """A process that is configured anew finds the scripted provider again."""
    doors.configure({Provider.MIDTRANS: lambda account: ScriptedGateway(desk.bank, account)})


@pytest.mark.parametrize("kind", ["withdrawal", "missing_here"])
def test_a_kill_while_a_difference_is_booked_leaves_all_or_nothing(settings, desk: Desk, kind: str):
    desk.paid()
    if kind == "withdrawal":
        desk.bank.withdraw(50_000, "WD-1")
    else:
        found_order(desk)
    counter.reconcile(desk)
    case = counter.cases(desk)[kind]

    def act() -> None:
        with db.transaction():
            services.book_case(desk.cast.budi, case.id)

    assert kill.kill_everywhere(settings, act) > 5
    desk.books_are_true()
