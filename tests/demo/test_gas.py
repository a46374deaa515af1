"""The story's gas: an agent that reaches the shop, at the rule's price, and enough empties for all."""

from __future__ import annotations

import pytest

from market import refdata
from market.demo import gas
from market.demo.world import STORY_VILLAGES, World


@pytest.mark.parametrize("city", ["3578", "3573"])
def test_an_authorised_agent_reaches_the_storys_cooperative(city):
    agent = gas.agent_for(World(city, 1, password_hash="-"), STORY_VILLAGES[city])
    assert agent is not None and "LPG3" in refdata.supplier(agent).authorised
    assert gas.agent_for(World(city, 1, password_hash="-"), "9999999999") is None


def test_the_storys_prices_are_those_of_the_rules():
    rules = {(row.kind, row.amount_rp) for row in refdata.price_rules() if row.commodity == "LPG3"}
    assert {("ADMIN_BUY", gas.GAS_RP), ("HET", gas.SHELF_RP)} <= rules


def test_no_more_is_sold_than_was_brought_and_some_is_on_deposit():
    sold = sum(packs for _day, packs, _back in gas.SALES)
    back = sum(empties for _day, _packs, empties in gas.SALES)
    assert back < sold < gas.BROUGHT * len(gas.DELIVERY_DAYS)
    assert all(empties <= packs for _day, packs, empties in gas.SALES)
    full = gas.BROUGHT
    for day, packs, _back in sorted(gas.SALES, reverse=True):
        arrived = sum(gas.BROUGHT for each in gas.DELIVERY_DAYS if each > day)
        before = sum(each[1] for each in gas.SALES if each[0] > day)
        full = arrived - before - packs
        assert full >= 0
    assert full > 0
