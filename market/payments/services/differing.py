"""Differences as cases: opened once, closed when they heal, explained by two people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from market.core import approvals, clock, db, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, lazy
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.core.text import clean
from market.notices.services import notify
from market.payments import queries_reconciliation as queries
from market.payments.models_reconciliation import ReconciliationCase

MAX_REASON = 200
PAGE = "/uang-masuk/cocok"


@dataclass(frozen=True)
class Found:
    """A difference as it was seen: `key` names it, so that seeing it again opens no second case."""

    key: str
    kind: str
    theirs_rp: int = 0
    ours_rp: int = 0
    detail: str = ""
    attempt_id: int | None = None
    move_id: int | None = None


def settle(
    account_id: int,
    organization_id: int,
    prefix: str,
    found: Iterable[Found],
    *,
    attempt_id: int | None = None,
    healed: str = "gone",
) -> list[ReconciliationCase]:
    """Make the open cases whose key begins with `prefix` (of one attempt) exactly those that were found.

    Returns the ones that are new. One that was explained stays so; one that healed ends as `healed`.
    """
    seen = {each.key: each for each in found}
    for case in queries.open_cases(account_id, prefix, attempt_id):
        if case.key not in seen:
            states.advance(case, healed, SYSTEM)
    opened = [_open(account_id, organization_id, each) for each in seen.values()]
    return [case for case in opened if case is not None]


def _open(account_id: int, organization_id: int, found: Found) -> ReconciliationCase | None:
    known = queries.case_by_key(account_id, found.key)
    if known is not None:
        if not known.STATES.allows(known.state, "open"):
            return None
        states.advance(known, "open", SYSTEM, also={"found_at": clock.now()})
        return known
    case = ReconciliationCase(
        account_id=account_id,
        organization_id=organization_id,
        found_at=clock.now(),
        state_at=clock.now(),
        **vars(found),
    )
    db.session.add(case)
    db.session.flush()
    states.start(case, SYSTEM)
    return case


def explain_case(actor: Actor, case_id: int, reason: str) -> ReconciliationCase:
    """The treasurer says why a difference may stay; it does when a second person agrees.

    Raises Forbidden, NotFound, Conflict for a case that is not open, Refused without a reason or while
    another explanation waits.
    """
    actor.require(Permission.BOOKS_POST)
    case = open_case(actor, case_id)
    said = clean(reason, MAX_REASON)
    if not said:
        raise Refused(_("Tulis alasannya."), field="reason")
    approvals.propose(actor, queries.EXPLAIN, case, {"reason": said})
    title = lazy("Penjelasan selisih menunggu persetujuan Anda")
    notify(case.organization_id, (Role.CHAIR, Role.VICE_CHAIR), "difference_explained", title, said, PAGE)
    return case


def decide_explanation(actor: Actor, case_id: int, approve: bool) -> ReconciliationCase:
    """The second person's word about an explanation; a no leaves the case open.

    Raises Forbidden, NotFound, Conflict, Refused for the proposer's own or a lapsed one.
    """
    actor.require(Permission.BOOKS_APPROVE)
    case = open_case(actor, case_id)
    waiting = approvals.waiting(queries.EXPLAIN, case, case.organization_id)
    if waiting is None:
        raise Refused(_("Belum ada penjelasan, atau sudah lewat 72 jam. Minta bendahara menulis lagi."))
    approvals.decide(actor, waiting.id, approve)
    faults.point("payments.difference_decided")
    if approve:
        states.advance(case, "explained", actor, str(waiting.payload.get("reason", "")))
    return case


def open_case(actor: Actor, case_id: int) -> ReconciliationCase:
    """An open case of the actor's organization, held. Raises NotFound, Conflict."""
    case = queries.case_for(actor, case_id, lock=True)
    if case.state != "open":
        raise Conflict(_("Selisih ini sudah diurus."))
    return case


def tell_of_run(run_id: int) -> None:
    """The treasurer hears of a run that found something new."""
    run = queries.run(run_id)
    count = queries.found_since(run.account_id, run.started_at)
    if not count:
        return
    title = lazy("Selisih dengan penyedia pembayaran: %(n)s", n=count)
    body = lazy("Tiap selisih punya satu tombol. Mulai dari yang paling atas.")
    notify(run.organization_id, (Role.TREASURER,), "provider_differs", title, body, PAGE)
