"""The cast with the reference data, and short ways through the sourcing chain."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from market.commodities import queries as commodities
from market.core import clock, db, jobs
from market.core.permissions import Actor, Role
from market.identity.models import Organization
from market.needs import services as needs
from market.offers import services as offers
from market.rounds import queries, services, solver
from market.rounds.models import Assignment, Round
from market.wiring import HANDLERS
from tests import cast as people
from tests import factories

STUBS = Path(__file__).parent / "stubs"
RICE = "BRS-PRM-25"
NUMBERS = count(1)


def ignore(_payload: dict[str, object]) -> None:
    """What is told to people is another part's business."""


@pytest.fixture(scope="session")
def warm_matcher(tmp_path_factory):
    """A process that has loaded the real matcher; the address at which it answers."""
    path = tmp_path_factory.mktemp("matcher") / "socket"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(solver.ROOT)}
    process = subprocess.Popen([sys.executable, str(STUBS / "warm_matcher.py"), str(path)], env=environment)
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, "the matcher does not start"
        assert time.monotonic() < deadline, "the matcher does not get warm"
        time.sleep(0.05)
    yield path
    process.kill()
    process.wait()


@pytest.fixture(autouse=True)
def matcher(monkeypatch, warm_matcher):
    """The real matcher, loaded once for all tests."""
    command = (sys.executable, "-I", "-S", str(STUBS / "ask.py"), str(warm_matcher))
    monkeypatch.setattr(solver, "COMMAND", command)


@pytest.fixture
def broken_matcher(monkeypatch, matcher):
    """`broken_matcher("fails")` puts the stand-in in the matcher's place; None takes it away."""
    real = solver.COMMAND

    def choose(mode: str | None) -> None:
        command = real if mode is None else (sys.executable, str(STUBS / "matcher.py"), mode)
        monkeypatch.setattr(solver, "COMMAND", command)

    return choose


@dataclass(frozen=True)
class Market:
    """The cast at work; every act is a transaction of its own, as in life."""

    cast: people.Cast

    def need(
        self,
        wanted: int = 80,
        code: str = RICE,
        by: Actor | None = None,
        approver: Actor | None = None,
        **changes: object,
    ) -> int:
        """An approved need, posted by Sri and approved by Budi unless told otherwise."""
        poster = by or self.cast.sri
        given = {"needed_by_on": clock.today() + timedelta(days=10), "ceiling_rp": 325_000, **changes}
        with db.transaction():
            need = needs.post_need(poster, pack_id=pack_id(code), wanted_packs=wanted, **given)  # type: ignore[arg-type]
            db.session.flush()
            needs.approve_need(approver or self.approver(poster), need.id)
            return need.id

    def approver(self, poster: Actor) -> Actor:
        return self.cast.budi if poster.organization_id == self.cast.makmur.id else self.cast.head

    def offer(self, by: Actor, price: int, capacity: int, code: str = RICE, **changes: object) -> int:
        """A live offer to all of Surabaya, without freight unless told otherwise."""
        given = {
            "tiers": [(1, price)],
            "zones": [("3578", 0, 0)],
            "valid_until_on": clock.today() + timedelta(days=30),
            **changes,
        }
        with db.transaction():
            return offers.make_offer(by, pack_id=pack_id(code), capacity_packs=capacity, **given).id  # type: ignore[arg-type]

    def third_mill(self, price: int, capacity: int) -> Actor:
        """Another supplier with a live offer; returns who sells for it."""
        with db.transaction():
            mill = factories.supplier(f"Penggilingan {next(NUMBERS)}")
            actor = factories.actor("supplier_sales", mill)
        self.offer(actor, price, capacity)
        return actor

    def seller(self, supplier_id: int) -> Actor:
        """Somebody who answers for a supplier."""
        with db.transaction():
            supplier = db.session.get_one(Organization, supplier_id)
            return factories.actor("supplier_sales", supplier)

    def open(self, hours: float = 5, answer_hours: int = 24) -> int:
        with db.transaction():
            closes_at = clock.now() + timedelta(hours=hours)
            return services.open_round(self.cast.ratna, "Beras Jumat", closes_at, answer_hours).id

    def close(self, round_id: int | None = None) -> int:
        number = round_id or self.open()
        with db.transaction():
            services.close_round(self.cast.ratna, number)
        return number

    def solved(self) -> int:
        """A round that pooled what is open and has its plan."""
        number = self.close()
        self.work()
        return number

    def published(self) -> int:
        number = self.solved()
        self.publish(number)
        return number

    def publish(self, round_id: int) -> None:
        with db.transaction():
            services.publish_plan(self.cast.ratna, round_id)

    def answer(self, actor: Actor, assignment_id: int, **answer: object) -> None:
        with db.transaction():
            services.answer_assignment(actor, assignment_id, **answer)  # type: ignore[arg-type]

    def work(self) -> int:
        """Run every due job; whatever another part would be told is ignored."""
        told = dict.fromkeys(("assignment_offered", "round_finished", "order_issued"), ignore)
        ran = jobs.run_all({**told, **HANDLERS})
        with db.transaction(read_only=True):
            stuck = [job.last_error for job in db.session.query(jobs.Job) if job.last_error]
        assert stuck == []
        return ran


def pack_id(code: str) -> int:
    return commodities.pack_by_code(code).id


def asked(round_id: int, actor: Actor) -> Assignment:
    """The newest assignment of the actor's supplier in a round."""
    mine = [a for a in queries.assignments_of_round(round_id) if a.organization_id == actor.organization_id]
    return mine[-1]


def asked_id(round_id: int, actor: Actor) -> int:
    """The id of the newest assignment of the actor's supplier in a round."""
    with db.transaction(read_only=True):
        return asked(round_id, actor).id


def the_round(round_id: int) -> Round:
    return queries.round_by_id(round_id)


@dataclass(frozen=True)
class Cast(people.Cast):
    """The cast, and a second person for the neighbouring cooperative."""

    head: Actor
    """chair of tetangga: approves what Wati posts"""


@pytest.fixture
def world():
    return with_rules


def with_rules():
    """The cast and the real price rules, committed."""
    made = people.begin_with_goods()
    with db.transaction():
        head = factories.actor(Role.CHAIR, made.tetangga, "Yani", "yani")
    return Cast(**vars(made), head=head)


@pytest.fixture
def market(cast):
    return Market(cast)


@pytest.fixture
def rice(market):
    """Section 7: Sri needs 2 tons; Lamongan has 48 sacks at 295.000, Ngawi 60 at 302.500, at least 20."""
    need_id = market.need(80)
    market.offer(market.cast.joko, 295_000, 48)
    market.offer(market.cast.nur, 302_500, 60, min_per_drop_packs=20)
    return need_id
