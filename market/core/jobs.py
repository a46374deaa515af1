"""The job table is the truth: effects that follow a fact are rows written with the fact.

A job is claimed with a lease and a fencing token. Whoever finishes it must still hold the token, so
a worker that was paused past its lease can neither finish nor fail what another has taken over.
The handler's writes and the word "done" are one transaction: a crash leaves both or neither.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Index, Integer, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock, db, faults
from market.core.errors import NotFound
from market.core.i18n import _

Handler = Callable[[dict[str, Any]], None]
H = TypeVar("H", bound=Handler)

LEASE_S = 120
RETRY_DELAYS_S = (5, 30, 120, 600, 3600)
"""Waiting time after each failure; after the last one the job is stuck and a person is shown it."""
STATES = ("waiting", "running", "done", "stuck")


class Job(db.Base):
    """One effect to come; `payload` holds ids, never facts that may change meanwhile."""

    __tablename__ = "job"
    __table_args__ = (db.one_of("state", STATES), Index("ix_job_due", "state", "run_at"))

    id: Mapped[int] = db.pk()
    kind: Mapped[str] = mapped_column(String(60), index=True)
    queue: Mapped[str] = mapped_column(String(30), default="default")
    payload: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    run_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class Period(db.Base):
    """The last period in which a schedule ran, whoever ran it."""

    __tablename__ = "period"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int] = mapped_column(db.BigKey)


@dataclass(frozen=True)
class Claim:
    """A job held for a while: `fence` proves that it is still ours."""

    id: int
    kind: str
    payload: dict[str, Any]
    fence: int


class LostLease(Exception):
    """Another worker has taken the job over; this one's work is rolled back."""


def own_transactions(handler: H) -> H:
    """Mark a handler that opens its own transactions (the solver runs with none open)."""
    handler.own_transactions = True  # type: ignore[attr-defined]
    return handler


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    unique_key: str | None = None,
    run_at: datetime | None = None,
    queue: str = "default",
) -> None:
    """Write the job beside the fact that causes it; with a `unique_key` a second one is ignored."""
    now = clock.now()
    row = {
        "kind": kind,
        "queue": queue,
        "payload": payload,
        "unique_key": unique_key,
        "state": "waiting",
        "run_at": run_at or now,
        "attempts": 0,
        "fence": 0,
        "last_error": "",
        "created_at": now,
    }
    db.session.execute(db.insert_ignore(Job.__table__), row)


def _claimable(now: datetime) -> Any:
    waiting = (Job.state == "waiting") & (Job.run_at <= now)
    abandoned = (Job.state == "running") & (Job.lease_until <= now)
    return or_(waiting, abandoned)


def due(queues: tuple[str, ...] = ("default", "solver"), limit: int = 100) -> list[int]:
    """Ids of jobs that may be claimed now, oldest first (what a dispatcher sends to workers)."""
    query = select(Job.id).where(_claimable(clock.now()), Job.queue.in_(queues))
    return list(db.session.scalars(query.order_by(Job.run_at, Job.id).limit(limit)))


def due_by_queue(limit: int = 200) -> list[tuple[int, str]]:
    """Ids of due jobs with the queue of each, oldest first (production's dispatcher)."""
    query = select(Job.id, Job.queue).where(_claimable(clock.now())).order_by(Job.run_at, Job.id).limit(limit)
    return [(row.id, row.queue) for row in db.session.execute(query)]


def claim(owner: str, job_id: int, lease_s: int = LEASE_S) -> Claim | None:
    """Take the job if it is still free: compare-and-set, so of two workers one gets None."""
    now = clock.now()
    changed = db.rows_changed(
        update(Job)
        .where(Job.id == job_id, _claimable(now))
        .values(
            state="running",
            owner=owner,
            fence=Job.fence + 1,
            attempts=Job.attempts + 1,
            lease_until=now + timedelta(seconds=lease_s),
        )
    )
    if changed != 1:
        return None
    row = db.session.execute(select(Job.id, Job.kind, Job.payload, Job.fence).where(Job.id == job_id)).one()
    return Claim(row.id, row.kind, row.payload, row.fence)


def _close(claimed: Claim, **values: Any) -> None:
    """Write the end of a claim; raises LostLease when the token is no longer ours."""
    changed = db.rows_changed(
        update(Job)
        .where(Job.id == claimed.id, Job.fence == claimed.fence, Job.state == "running")
        .values(lease_until=None, **values)
    )
    if changed != 1:
        raise LostLease(claimed.id)


def finish(claimed: Claim) -> None:
    """Say that the job's effect is in this transaction."""
    faults.point("job_finish")
    _close(claimed, state="done", done_at=clock.now(), last_error="")


def fail(claimed: Claim, error: str) -> None:
    """Put the job back with a growing delay, or among the stuck ones after the last try."""
    attempts = db.session.scalar(select(Job.attempts).where(Job.id == claimed.id)) or 1
    stuck = attempts > len(RETRY_DELAYS_S)
    delay = 0 if stuck else RETRY_DELAYS_S[attempts - 1]
    _close(
        claimed,
        state="stuck" if stuck else "waiting",
        run_at=clock.now() + timedelta(seconds=delay),
        last_error=error[-4000:],
    )


def extend(claimed: Claim, lease_s: int) -> None:
    """Ask for more time before the lease ends; raises LostLease when it is gone."""
    changed = db.rows_changed(
        update(Job)
        .where(Job.id == claimed.id, Job.fence == claimed.fence, Job.state == "running")
        .values(lease_until=clock.now() + timedelta(seconds=lease_s))
    )
    if changed != 1:
        raise LostLease(claimed.id)


def run(claimed: Claim, handlers: Mapping[str, Handler]) -> bool:
    """Run one claimed job to its end; True when it is done.

    An ordinary handler shares its transaction with `finish`. One marked `own_transactions`
    (idempotent by its own state checks) is followed by a transaction that only says done.
    """
    try:
        handler = handlers[claimed.kind]
        if getattr(handler, "own_transactions", False):
            handler(claimed.payload)
            with db.transaction():
                finish(claimed)
        else:
            with db.transaction():
                handler(claimed.payload)
                db.session.flush()
                finish(claimed)
    except LostLease:
        return False
    except Exception:
        _fail_quietly(claimed, traceback.format_exc())
        return False
    return True


def _fail_quietly(claimed: Claim, error: str) -> None:
    """Note the failure unless another worker has the job by now; then it is no longer ours to judge."""
    try:
        with db.transaction():
            fail(claimed, error)
    except LostLease:
        return


def run_next(
    handlers: Mapping[str, Handler],
    owner: str,
    queues: tuple[str, ...] = ("default", "solver"),
    lease_s: int = LEASE_S,
) -> bool:
    """Claim and run the oldest due job; False when there was none. Poison never stops the line."""
    with db.transaction(read_only=True):
        candidates = due(queues, limit=5)
    for job_id in candidates:
        with db.transaction():
            claimed = claim(owner, job_id, lease_s)
        if claimed is not None:
            run(claimed, handlers)
            return True
    return False


def run_all(handlers: Mapping[str, Handler], owner: str = "inline", limit: int = 10_000) -> int:
    """Run due jobs until none is left (seed, tests); returns how many were run."""
    count = 0
    while count < limit and run_next(handlers, owner):
        count += 1
    return count


def mark_period(name: str, period: int) -> bool:
    """Claim one period of a schedule: True for the first who asks, False for everybody after."""
    db.session.execute(db.insert_ignore(Period.__table__), {"name": name, "last": -1})
    claim_it = update(Period).where(Period.name == name, Period.last < period).values(last=period)
    return db.rows_changed(claim_it) == 1


def stuck_jobs() -> list[Job]:
    """Jobs that no retry will help: shown to operators with their error."""
    return list(db.session.scalars(select(Job).where(Job.state == "stuck").order_by(Job.id)))


def retry(job_id: int) -> None:
    """Give a stuck job a fresh set of tries; raises NotFound when it is not stuck."""
    changed = db.rows_changed(
        update(Job)
        .where(Job.id == job_id, Job.state == "stuck")
        .values(state="waiting", attempts=0, run_at=clock.now())
    )
    if changed != 1:
        raise NotFound(_("Pekerjaan ini tidak sedang macet."))
