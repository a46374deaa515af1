"""Production form of the worker: Celery carries only job ids, the job table stays the truth.

A dispatcher (one beat, every two seconds) sends the ids of due jobs; a worker claims the job it is
told of, exactly as the embedded loop does. A message that is lost, doubled or late changes nothing:
an unclaimed job is sent again, a claimed one cannot be claimed twice, and a job whose worker died is
due again when its lease ends. Start with

    celery -A market.celery_app worker --queues default,solver
    celery -A market.celery_app beat
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from market import app as application
from market import config, worker
from market.core import db, jobs
from market.wiring import HANDLERS

DISPATCH_EVERY_S = 2
LONGEST_TASK_S = 300
"""Redis gives an unacknowledged message to another worker after this long; RabbitMQ at once."""

celery = Celery("market", broker=config.load().broker_url or "memory://")
celery.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_default_queue="default",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": LONGEST_TASK_S,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    },
    task_routes={"market.run_job": {"queue": "default"}},
    beat_schedule={
        "dispatch": {"task": "market.dispatch", "schedule": DISPATCH_EVERY_S},
        "schedules": {"task": "market.schedules", "schedule": worker.SCHEDULES_EVERY_S},
    },
)


@worker_process_init.connect
def _configure(**_: Any) -> None:
    """Each worker process opens its own connections."""
    application.configure(config.load())


@celery.task(name="market.run_job")
def run_job(job_id: int) -> bool:
    """Claim and run one job; False when another worker has it or had it."""
    with db.transaction():
        claimed = jobs.claim(worker.owner_name(), job_id)
    return claimed is not None and jobs.run(claimed, HANDLERS)


@celery.task(name="market.dispatch")
def dispatch() -> int:
    """Send the ids of due jobs to the queue that each of them names; returns how many."""
    with db.transaction(read_only=True):
        found = jobs.due_by_queue()
    for job_id, queue in found:
        run_job.apply_async(args=(job_id,), queue=queue)
    return len(found)


@celery.task(name="market.schedules")
def schedules() -> list[str]:
    """Run the schedules whose period has begun."""
    return worker.run_schedules()
