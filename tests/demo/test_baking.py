"""The demo's baker: one request is paid and waits to be pooled, a neighbour's waits for an answer."""

from __future__ import annotations

from types import SimpleNamespace

from market import verify
from market.core import db
from market.core.permissions import Role
from market.demo.agenda import Agenda
from market.demo.baking import QUOTE_RP, plan_baking
from market.demo.world import Cooperative, World
from market.inputs import queries
from tests.inputs.conftest import open_kitchen


def test_the_story_leaves_one_request_to_pool_and_one_to_answer(database):
    kitchen = open_kitchen()
    cast = kitchen.cast
    people = {Role.SECRETARY: cast.sri, Role.CASHIER: cast.kasir}
    spec = SimpleNamespace(level="strong", village_code="3578081003")
    shop = Cooperative(spec, cast.makmur.id, cast.makmur.name, people)  # type: ignore[arg-type]
    world = World("3578", 1, seller=kitchen.tini, cooperatives={"3578081003": shop})
    agenda = Agenda()
    plan_baking(world, agenda)
    agenda.run()
    with db.transaction(read_only=True):
        states = {each.buyer_name: (each.state, each.paid_rp) for each in queries.requests_of(cast.sri)}
        assert states == {"Roti Bu Tini": ("prepaid", 50 * QUOTE_RP), "Warung Bu Sum": ("submitted", 0)}
        assert [each.commodity.code for each in queries.waiting(cast.makmur.id)] == ["TRG"]
        assert [result.id for result in verify.run() if not result.ok] == []
