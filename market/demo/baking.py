"""Bu Tini needs flour: paid for and waiting to be pooled; a neighbour with only a telephone asks, too."""

from __future__ import annotations

from datetime import timedelta

from market.commodities import queries as commodities
from market.demo.agenda import Agenda
from market.demo.world import World
from market.inputs import services as inputs
from market.ledger import chart

QUOTE_RP = 11_500
"""Assumption: a little above what a kilogram of flour costs a cooperative at its door."""
KG = 1_000


def plan_baking(world: World, agenda: Agenda) -> None:
    """Asked for the day before yesterday, approved and paid yesterday; the neighbour asks this morning."""
    asked: list[int] = []

    def ask() -> None:
        request = inputs.post_request(
            world.seller,
            commodity_id=commodities.commodity_by_code("TRG").id,
            wanted_base=50 * KG,
            at_most_base=80 * KG,
            needed_by_on=agenda.today + timedelta(days=15),
            note="Untuk pesanan kue semprit.",
            wants_membership=True,
        )
        asked.append(request.id)

    def approve() -> None:
        inputs.approve_request(world.story.secretary, asked[0], quote_rp=QUOTE_RP)

    def pay() -> None:
        inputs.record_advance(world.story.cashier, asked[0], chart.CASH)

    def ask_by_phone() -> None:
        inputs.post_guest_request(
            world.story.id,
            buyer_name="Warung Bu Sum",
            phone="081230000123",
            commodity_id=commodities.commodity_by_code("GULA").id,
            wanted_base=25 * KG,
            needed_by_on=agenda.today + timedelta(days=12),
            terms="tempo",
        )

    agenda.plan(2, "08:10", ask)
    agenda.plan(1, "08:40", approve)
    agenda.plan(1, "16:20", pay)
    agenda.plan(0, "07:40", ask_by_phone)
