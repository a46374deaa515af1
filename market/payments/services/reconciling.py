"""A run over a merchant account: each payment asked about, in small steps that can die and go on.

No call is made inside a transaction. A step moves the run's cursor in the transaction that believes the
answer, so a payment is asked about once, whoever dies, and two workers never do the same one twice.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from market.core import clock, db, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.payments import doors, gateway
from market.payments import queries as payments
from market.payments import queries_reconciliation as queries
from market.payments.models import MerchantAccount, PaymentAttempt
from market.payments.models_reconciliation import Reconciliation
from market.payments.services import applying, classifying, comparing, differing
from market.payments.types import PaymentRef, PaymentSnapshot

log = logging.getLogger(__name__)
BATCH, PAUSE_S = 40, 5
"""So many questions, then a rest: the provider's patience is for payers first."""
MAX_SILENCES, SILENCE_S, LONGEST_S = 8, 30, 600
FORGOTTEN = timedelta(minutes=15)
DONE = -1


def ask_run(actor: Actor, account_id: int) -> Reconciliation:
    """The treasurer wants to know now; gives the run that is under way already, if one is.

    Raises Forbidden, NotFound.
    """
    actor.require(Permission.BOOKS_POST)
    account = payments.account_for(actor, account_id)
    return begin_run(actor, account, "asked")


def begin_run(actor: Actor, account: MerchantAccount, trigger: str) -> Reconciliation:
    """A run and the job of its first step, or the one that runs."""
    found = queries.running(account.id)
    if found is not None:
        return found
    now = clock.now()
    run = Reconciliation(
        organization_id=account.organization_id,
        account_id=account.id,
        trigger=trigger,
        started_by=actor.user_id,
        started_at=now,
        moved_at=now,
        state_at=now,
    )
    db.session.add(run)
    db.session.flush()
    states.start(run, actor)
    if trigger != "command":
        _next_step(run.id)
    return run


def begin_daily() -> int:
    """Each hour: today's run for each account that has none yet; runs that stand still are carried on."""
    day = clock.today().toordinal()
    begun = 0
    for account in queries.merchants():
        if jobs.mark_period(f"reconcile:{account.id}", day):
            begin_run(SYSTEM, account, "daily")
            begun += 1
    for run in queries.forgotten_runs(clock.now() - FORGOTTEN):
        run.moved_at = clock.now()
        _next_step(run.id)
    return begun


def _next_step(run_id: int, wait_s: int = 0) -> None:
    jobs.enqueue("reconciliation_step", {"run_id": run_id}, run_at=clock.now() + timedelta(seconds=wait_s))


def run_step(run_id: int) -> None:
    """One step, by a job, and the job of the next one."""
    wait_s = step(run_id)
    if wait_s != DONE:
        with db.transaction():
            _next_step(run_id, wait_s)


def run_whole(run_id: int, rest: Callable[[float], None], *, patience: int = 2) -> None:
    """All steps one after the other, for a command; `rest` waits between them."""
    while (wait_s := step(run_id, patience=patience)) != DONE:
        rest(wait_s)


def step(run_id: int, *, patience: int = MAX_SILENCES) -> int:
    """Ask about the next payments, then compare the totals; seconds until the next step, or DONE."""
    with db.transaction(read_only=True):
        run = queries.run(run_id)
        if run.state != "running":
            return DONE
        batch = queries.attempts_to_ask(_rows(run.account_id), run.started_at, run.cursor, BATCH)
    try:
        for attempt_id in batch:
            if not _ask(run_id, attempt_id):
                return DONE  # somebody else carries the run on
        if batch:
            return PAUSE_S if len(batch) == BATCH else 0
        return DONE if comparing.compare_totals(run_id) else _silence(run_id, patience)
    except gateway.RateLimited as busy:
        return _silence(run_id, patience, min(busy.retry_after_s, LONGEST_S))
    except (gateway.GatewayError, LookupError) as trouble:
        log.warning("reconciliation %s: no answer: %s", run_id, trouble)
        hopeless = isinstance(trouble, gateway.AuthError | LookupError)
        return _silence(run_id, 0 if hopeless else patience)


def _rows(account_id: int) -> list[int]:
    return [each.id for each in queries.rows_of(payments.account_by_id(account_id))]


def _silence(run_id: int, patience: int, least_s: int = 0) -> int:
    """Wait longer each time; give up when nobody answers, which is neither equal nor different."""
    with db.transaction():
        run = queries.run(run_id, lock=True)
        if run.state != "running":
            return DONE
        run.silences += 1
        run.moved_at = clock.now()
        if run.silences > patience:
            states.advance(run, "unanswered", SYSTEM)
            return DONE
        return max(least_s, min(LONGEST_S, SILENCE_S << (run.silences - 1)))


def _ask(run_id: int, attempt_id: int) -> bool:
    """Ask about one attempt and believe it; False when the run has moved on without us."""
    doubt = _once(run_id, attempt_id, final=False)
    if doubt is None:  # what looks odd may only have been old by a moment: look again before saying so
        doubt = _once(run_id, attempt_id, final=True)
    return bool(doubt)


def _once(run_id: int, attempt_id: int, *, final: bool) -> bool | None:
    """True when done, False when the run has moved on, None when the answer should be asked for again."""
    with db.transaction(read_only=True):
        attempt = payments.attempt(attempt_id)
        account = payments.account_by_id(attempt.account_id)
        door = doors.gateway_of(account, payments.rows_of_merchant(account))
        ref = PaymentRef(attempt.order_id, attempt.provider_id)
    snapshot: PaymentSnapshot | None = None
    with contextlib.suppress(gateway.NotFound):
        snapshot = door.get_payment(ref)
    faults.point("payments.reconcile_asked")
    try:
        with db.transaction():
            return _believe(run_id, attempt_id, snapshot, final)
    except (Refused, Conflict, SQLAlchemyError) as trouble:
        log.exception("reconciliation %s: %s is not believed", run_id, ref.order_id)
        with db.transaction():
            return _unbelieved(run_id, attempt_id, str(trouble))


def _believe(run_id: int, attempt_id: int, snapshot: PaymentSnapshot | None, final: bool) -> bool | None:
    attempt = payments.attempt(attempt_id, lock=True)
    before = classifying.fingerprint(attempt)
    if snapshot is not None:
        applying.apply_snapshot(attempt_id, snapshot)
    changed = classifying.fingerprint(attempt) != before
    found = classifying.differences(attempt, snapshot)
    if found and not final and not changed:
        return None
    if not _take(run_id, attempt_id, changed):
        return False
    settle_status(queries.run(run_id).account_id, attempt, found)
    faults.point("payments.reconciled")
    return True


def _unbelieved(run_id: int, attempt_id: int, trouble: str) -> bool:
    """The answer could not be made ours: a person tries again, the run goes on."""
    if not _take(run_id, attempt_id, False):
        return False
    text = stored("Keadaan di penyedia belum bisa diterapkan: %(why)s", why=trouble[:200])
    attempt = payments.attempt(attempt_id)
    unapplied = classifying.Difference("behind", 0, 0, text)
    settle_status(queries.run(run_id).account_id, attempt, [unapplied])
    return True


def _take(run_id: int, attempt_id: int, changed: bool) -> bool:
    """Move the cursor on, unless somebody else has."""
    here = (Reconciliation.id == run_id, Reconciliation.state == "running")
    values = {"cursor": attempt_id, "asked": Reconciliation.asked + 1, "silences": 0}
    values["moved_at"] = clock.now()
    values["applied"] = Reconciliation.applied + int(changed)
    claim = update(Reconciliation).where(*here, Reconciliation.cursor < attempt_id).values(**values)
    return db.rows_changed(claim) == 1


def settle_status(
    account_id: int, attempt: PaymentAttempt, found: list[classifying.Difference], healed: str = "gone"
) -> None:
    """The cases about one attempt's status become exactly what was found."""
    cases = [
        differing.Found(
            f"status:{each.kind}:{attempt.id}:{each.theirs_rp}:{each.ours_rp}",
            each.kind,
            each.theirs_rp,
            each.ours_rp,
            each.detail,
            attempt.id,
        )
        for each in found
    ]
    differing.settle(
        account_id, attempt.organization_id, "status:", cases, attempt_id=attempt.id, healed=healed
    )


def ask_apply(actor: Actor, case_id: int) -> None:
    """A job asks the provider again and believes it. Raises Forbidden, NotFound, Conflict, Refused."""
    actor.require(Permission.BOOKS_POST)
    case = differing.open_case(actor, case_id)
    if case.attempt_id is None:
        raise Refused(_("Selisih ini bukan tentang satu pembayaran."))
    jobs.enqueue("reconciliation_apply", {"case_id": case.id})


def apply_case(case_id: int) -> None:
    """Ask about the case's payment once more and believe it; the case ends when all is equal then.

    Raises GatewayError for a later retry.
    """
    with db.transaction(read_only=True):
        case = queries.case_by_id(case_id)
        if case.state != "open" or case.attempt_id is None:
            return
        attempt = payments.attempt(case.attempt_id)
        account = payments.account_by_id(attempt.account_id)
        door = doors.gateway_of(account, payments.rows_of_merchant(account))
        ref = PaymentRef(attempt.order_id, attempt.provider_id)
        account_id, attempt_id = case.account_id, attempt.id
    snapshot: PaymentSnapshot | None = None
    with contextlib.suppress(gateway.NotFound):
        snapshot = door.get_payment(ref)
    with db.transaction():
        attempt = payments.attempt(attempt_id, lock=True)
        if snapshot is not None:
            applying.apply_snapshot(attempt_id, snapshot)
        settle_status(account_id, attempt, classifying.differences(attempt, snapshot), "applied")
        comparing.settle_books(account_id)
