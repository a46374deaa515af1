"""The provider's total beside the clearing account of the books: what the difference is made of.

    provider = books + named items + unexplained

Both sides are read at one moment: the balance is asked for, and when the books have moved meanwhile the
whole comparison is made again.
"""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from market.core import clock, db, faults, jobs, states
from market.core.i18n import stored
from market.core.permissions import SYSTEM
from market.ledger import chart
from market.ledger import queries as ledger
from market.ledger.services.heads import hold_head
from market.payments import doors, gateway
from market.payments import queries as payments
from market.payments import queries_reconciliation as queries
from market.payments import queries_two_books as books
from market.payments.models import MerchantAccount, PaymentRefund
from market.payments.models_reconciliation import (
    ProviderMove,
    Reconciliation,
    ReconciliationCase,
    ReconciliationItem,
)
from market.payments.services import differing
from market.payments.services.differing import Found
from market.payments.services.keeping_moves import Line, keep, lines_of
from market.payments.types import Balance, PaymentRef

OVERLAP = timedelta(days=8)
FLYING = timedelta(minutes=10)
"""Money that the provider has and we do not yet know of may be on its way so long."""
MOST_UNKNOWN, TRIES = 20, 3


def compare_totals(run_id: int) -> bool:
    """Ask for the provider's books and end the run; False when ours did not keep still: try again.

    Raises GatewayError when the provider does not answer, LookupError when it is not installed.
    """
    for _try in range(TRIES):
        with db.transaction(read_only=True):
            run = queries.run(run_id)
            account = payments.account_by_id(run.account_id)
            rows = queries.rows_of(account)
            door = doors.gateway_of(account, payments.rows_of_merchant(account))
            since, before_rp = _since(account, rows), _clearing_rp(account)
        balance = _balance(door, since)
        lines = lines_of(balance.moves) if balance else []
        methods = _methods(door, account, rows, lines)
        faults.point("payments.balance_read")
        with db.transaction():
            hold_head(account.organization_id)
            if _clearing_rp(account) == before_rp:
                _finish(run_id, account, balance, lines, methods)
                return True
    return False


def _clearing_rp(account: MerchantAccount) -> int:
    return ledger.balance_rp(account.organization_id, chart.CLEARING)


def _since(account: MerchantAccount, rows: list[MerchantAccount]) -> datetime:
    """The beginning of a day in Jakarta: of the account's first one, or some days before the last run."""
    first = clock.start_of(min(each.valid_from_on for each in rows))
    before = queries.last_compared(account.id)
    if before is None or before.compared_at is None:
        return first
    return max(first, clock.start_of(clock.wib(before.compared_at - OVERLAP).date()))


def _balance(door: gateway.PaymentGateway, since: datetime) -> Balance | None:
    """None where the provider has no such books."""
    with contextlib.suppress(gateway.Unsupported):
        return door.balance(since, clock.now())
    return None


def _methods(
    door: gateway.PaymentGateway, account: MerchantAccount, rows: list[MerchantAccount], lines: list[Line]
) -> dict[str, str]:
    """How orders that nobody made here were paid: it decides how their money can go back."""
    orders = [each.reference for each in lines if each.kind == "payment" and each.reference]
    with db.transaction(read_only=True):
        known = books.known_orders([each.id for each in rows], orders)
        known |= {each.reference for each in books.unknown_moves(account.id, [each.id for each in rows])}
    found = {}
    for order_id in [each for each in orders if each not in known][:MOST_UNKNOWN]:
        with contextlib.suppress(gateway.GatewayError, ValueError):
            method = door.get_payment(PaymentRef(order_id)).method
            found[order_id] = method.value if method else ""
    return found


def _finish(
    run_id: int,
    account: MerchantAccount,
    balance: Balance | None,
    lines: list[Line],
    methods: dict[str, str],
) -> None:
    run = queries.run(run_id, lock=True)
    if run.state != "running":
        return
    keep(account.id, account.organization_id, lines, methods=methods, listed=True)
    items = settle_books(account.id)
    if balance is not None:
        _total(run, balance, items)
        differing.settle(account.id, account.organization_id, "balance:", _remainder(run))
    cases = queries.number_of_cases(account.id)
    wrong = sum(n for kind, n in cases.items() if kind not in ReconciliationCase.TASKS)
    states.advance(run, "differs" if wrong or run.unexplained_rp else "equal", SYSTEM)
    faults.point("payments.compared")
    jobs.enqueue("reconciliation_done", {"run_id": run.id}, unique_key=f"reconciliation_done:{run.id}")


def settle_books(account_id: int) -> dict[str, int]:
    """Cases from the provider's lines as they are kept; returns the named items: rupiah there beyond ours."""
    account = payments.account_by_id(account_id)
    rows = [each.id for each in queries.rows_of(account)]
    organization_id = account.organization_id
    whole = books.lists_payments(account_id)
    orders = books.differing_orders(account_id, rows, whole)
    waiting, flying = _waiting(orders), _flying(account_id, orders)
    wrong = [each for each in orders if each.attempt_id not in waiting | flying]
    unknown = books.unknown_moves(account_id, rows)
    withdrawals, fees = books.unbooked_withdrawals(account_id), books.fees(account_id, rows)
    asked = {case.attempt_id for case in queries.open_cases(account_id, "status:")}
    found = [_of_order(each) for each in wrong if each.attempt_id not in asked]
    found += _of_unknown(unknown) + _of_withdrawals(withdrawals)
    if fees.difference_rp:
        key = f"books:fee:{fees.corrected_rp}:{fees.difference_rp}"
        found.append(Found(key, "fee", fees.taken_rp, fees.taken_rp - fees.difference_rp))
    differing.settle(account_id, organization_id, "books:", found)

    def sum_of(ids: set[int]) -> int:
        return sum(each.there_rp - each.here_rp for each in orders if each.attempt_id in ids)

    return {
        "fees_waiting": fees.accrued_waiting_rp,
        "fee_difference": -fees.difference_rp,
        "in_flight": sum_of(flying),
        "refunds_under_way": sum_of(waiting),
        "withdrawals_waiting": sum(each.amount_rp for each in withdrawals),
        "payments_differ": sum(each.there_rp - each.here_rp for each in wrong),
        "unknown_money": sum(each.amount_rp for each in unknown),
        "report_only": -books.report_only_rp(account_id, clock.now() - OVERLAP) if whole else 0,
        "other_accounts": -books.booked_elsewhere_rp(organization_id, rows),
        "explained": books.explained_rp(account_id),
    }


def _waiting(orders: list[books.Order]) -> set[int]:
    """Orders whose difference is a refund that the provider has paid and the bank has not proved yet."""
    found = set()
    for order in orders:
        under_way = [
            each
            for each in payments.refunds_of(order.attempt_id)
            if each.way == "provider" and each.state in PaymentRefund.UNDER_WAY
        ]
        if under_way and sum(each.amount_rp for each in under_way) == order.here_rp - order.there_rp:
            found.add(order.attempt_id)
    return found


def _flying(account_id: int, orders: list[books.Order]) -> set[int]:
    """Orders of which the provider has learned within the last minutes, and we not yet."""
    young = clock.now() - FLYING
    fresh = {
        each.order_id
        for each in orders
        if any(move.at > young for move in books.moves_of(account_id, each.order_id))
    }
    return {each.attempt_id for each in orders if each.order_id in fresh}


def _of_order(order: books.Order) -> Found:
    text = stored("Buku penyedia dan buku koperasi tidak sama untuk nomor ini.")
    key = f"books:order:{order.attempt_id}:{order.there_rp}:{order.here_rp}"
    return Found(key, "amount", order.there_rp, order.here_rp, text, order.attempt_id)


def _of_unknown(moves: list[ProviderMove]) -> list[Found]:
    """Money for orders that nobody made here; what went back of it is told in one sum."""
    sums: dict[str, int] = {}
    for move in moves:
        sums[move.reference] = sums.get(move.reference, 0) + move.amount_rp
    first = {move.reference: move for move in reversed(moves)}
    return [
        Found(f"books:unknown:{order}:{rp}"[:140], "missing_here", rp, 0, order, move_id=first[order].id)
        for order, rp in sums.items()
        if rp
    ]


def _of_withdrawals(moves: list[ProviderMove]) -> list[Found]:
    return [
        Found(
            f"books:withdrawal:{move.id}", "withdrawal", -move.amount_rp, 0, move.reference, move_id=move.id
        )
        for move in moves
    ]


def _total(run: Reconciliation, balance: Balance, items: dict[str, int]) -> None:
    run.totals, run.compared_at = True, clock.now()
    run.provider_rp = balance.closing_rp
    run.ledger_rp = ledger.balance_rp(run.organization_id, chart.CLEARING)
    run.ledger_seq = ledger.head(run.organization_id).seq
    run.unexplained_rp = run.provider_rp - run.ledger_rp - sum(items.values())
    for name, amount_rp in items.items():
        if amount_rp:
            db.session.add(
                ReconciliationItem(
                    organization_id=run.organization_id, run_id=run.id, name=name, amount_rp=amount_rp
                )
            )
    db.session.flush()


def _remainder(run: Reconciliation) -> list[Found]:
    if not run.unexplained_rp:
        return []
    carried = books.explained_rp(run.account_id)
    key = f"balance:{carried}:{run.unexplained_rp}"
    ours_rp = run.provider_rp - run.unexplained_rp
    text = stored("Saldo di penyedia dan di buku berbeda, dan belum diketahui sebabnya.")
    return [Found(key, "balance", run.provider_rp, ours_rp, text)]
