"""The job table is the truth: what is written is done once, whatever dies on the way."""

from __future__ import annotations

import threading

import pytest

from market.core import clock, db, faults, jobs
from market.core.errors import NotFound
from market.core.jobs import Job
from market.core.numbering import NumberSeries, next_number

DONE: list[int] = []


@pytest.fixture(autouse=True)
def _nothing_done_yet(database):
    DONE.clear()


def work(payload):
    DONE.append(payload["n"])


def failing(payload):
    raise RuntimeError("solver exploded")


HANDLERS = {"work": work, "failing": failing}


def put(n: int, kind: str = "work", **options):
    with db.transaction():
        jobs.enqueue(kind, {"n": n}, **options)


def only_job() -> Job:
    with db.transaction(read_only=True):
        return db.session.query(Job).one()


def test_a_job_is_done_once():
    put(1)
    assert jobs.run_next(HANDLERS, "w")
    assert not jobs.run_next(HANDLERS, "w")
    assert DONE == [1]
    assert only_job().state == "done"


def test_the_same_key_is_one_job():
    put(1, unique_key="k")
    put(2, unique_key="k")
    assert jobs.run_all(HANDLERS) == 1
    assert DONE == [1]


def test_a_job_waits_for_its_time():
    put(1, run_at=clock.now() + clock.dt.timedelta(minutes=5))
    assert not jobs.run_next(HANDLERS, "w")
    clock.travel(301)
    assert jobs.run_next(HANDLERS, "w")


def test_of_two_workers_one_gets_the_job():
    put(1)
    with db.transaction():
        (job_id,) = jobs.due()
        first = jobs.claim("a", job_id)
        second = jobs.claim("b", job_id)
    assert first is not None
    assert second is None


def test_a_worker_past_its_lease_can_neither_finish_nor_fail():
    put(1)
    with db.transaction():
        late = jobs.claim("slow", only_id(), lease_s=10)
    clock.travel(11)
    with db.transaction():
        taken_over = jobs.claim("fast", only_id())
    assert taken_over is not None
    with pytest.raises(jobs.LostLease), db.transaction():
        jobs.finish(late)
    assert jobs.run(late, HANDLERS) is False, "its work is rolled back, too"
    assert jobs.run(taken_over, HANDLERS) is True


def only_id() -> int:
    return db.session.query(Job.id).scalar()


def test_a_failure_is_tried_again_later_and_at_last_shown_to_people():
    put(1, "failing")
    for delay in jobs.RETRY_DELAYS_S:
        assert jobs.run_next(HANDLERS, "w")
        assert only_job().state == "waiting"
        assert not jobs.run_next(HANDLERS, "w"), "not before its delay is over"
        clock.travel(delay + 1)
    assert jobs.run_next(HANDLERS, "w")
    stuck = only_job()
    assert stuck.state == "stuck"
    assert "solver exploded" in stuck.last_error


def test_one_poisonous_job_does_not_stop_the_line():
    put(1, "failing")
    put(2)
    jobs.run_all(HANDLERS)
    assert DONE == [2]


def test_a_stuck_job_can_be_given_another_chance():
    put(1, "nobody_knows_this")
    with db.transaction():
        db.session.query(Job).update({"state": "stuck"})
    with db.transaction():
        jobs.retry(only_id())
    assert jobs.run_next({"nobody_knows_this": work}, "w")
    with pytest.raises(NotFound), db.transaction():
        jobs.retry(only_id())


def test_the_effect_and_the_word_done_are_one(cast):
    """A crash between the effect and the end of the job leaves neither; the retry gives one."""

    def numbered(payload):
        next_number(cast.makmur.id, "PO")

    put(1, "numbered")
    with faults.armed("job_finish"):
        assert jobs.run_next({"numbered": numbered}, "w")
    with db.transaction(read_only=True):
        assert db.session.query(NumberSeries).count() == 0
    clock.travel(jobs.RETRY_DELAYS_S[0] + 1)
    jobs.run_next({"numbered": numbered}, "w")
    with db.transaction(read_only=True):
        assert db.session.query(NumberSeries.last).scalar() == 1


def test_a_rolled_back_fact_leaves_no_job():
    with pytest.raises(RuntimeError), db.transaction():
        jobs.enqueue("work", {"n": 1})
        raise RuntimeError
    assert not jobs.run_next(HANDLERS, "w")


def test_three_workers_share_sixty_jobs_without_doing_one_twice():
    with db.transaction():
        for n in range(60):
            jobs.enqueue("work", {"n": n})
    threads = [threading.Thread(target=jobs.run_all, args=(HANDLERS, f"w{i}")) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(DONE) == list(range(60))


def test_a_period_is_claimed_once():
    with db.transaction():
        assert jobs.mark_period("sweep", 7)
    with db.transaction():
        assert not jobs.mark_period("sweep", 7)
        assert jobs.mark_period("sweep", 8)
