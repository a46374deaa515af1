"""What the sourcing loop asks of a person today: close, invite, answer, decide; nobody is asked in vain."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from market.core import clock, db, jobs
from market.cycles import services as cycles
from market.home import queries
from market.purchasing import services as purchasing
from market.wiring import HANDLERS
from tests.cycles.conftest import market, monday, open_due, planned  # noqa: F401
from tests.cycles.test_asking import near  # noqa: F401
from tests.faults import story
from tests.rounds.conftest import matcher, warm_matcher, world  # noqa: F401

DAY = 86_400


def kinds(actor) -> list[str]:
    with db.transaction(read_only=True):
        return [task.kind for task in queries.tasks(actor)]


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.mark.usefixtures("monday")
def test_who_asked_for_nothing_hears_of_it_before_the_round_closes(market):  # noqa: F811
    planned(market.cast.ratna)
    assert open_due() == 1
    assert "cycle_closing" not in kinds(market.cast.sri), "three days are left"
    clock.travel(2 * DAY)
    assert "cycle_closing" in kinds(market.cast.sri)
    assert "cycle_closing" not in kinds(market.cast.kasir)
    market.need(5)
    assert "cycle_closing" not in kinds(market.cast.sri)
    assert "cycle_closing" in kinds(market.cast.wati)


def test_an_invitation_waits_until_it_is_decided_or_too_late(market, near, browsers):  # noqa: F811
    clock.travel(3 * DAY - 3600)
    with db.transaction():
        cycles.remind_closing()
    jobs.run_all(HANDLERS)
    assert kinds(market.cast.budi).count("pool_near") == 1
    assert "pool_near" not in kinds(market.cast.sri), "she may not commit the cooperative to more"
    page = words(browsers(market.cast.budi).get("/hari-ini"))
    assert "supaya semua membayar lebih murah?" in page
    with db.transaction():
        cycles.widen_need(market.cast.budi, near, 36)
    assert "pool_near" not in kinds(market.cast.budi)


def test_a_claim_asks_the_supplier_first_and_the_office_once_it_is_silent(market, browsers):  # noqa: F811
    people = market.cast
    with db.transaction():
        story.receive(people, story.order(people))
    assert "claim_to_answer" in kinds(people.joko)
    assert "claim_to_answer" not in kinds(people.nur)
    assert "claim_escalated" not in kinds(people.ratna)
    clock.travel(to=clock.now() + timedelta(days=6))
    with db.transaction():
        assert purchasing.escalate_claims() == 1
    assert "claim_escalated" in kinds(people.ratna)
    page = words(browsers(people.ratna).get("/hari-ini"))
    assert "Tengahi klaim pesanan PO/" in page
