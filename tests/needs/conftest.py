"""The cast with the reference data, and short ways to post a need."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.needs import services
from tests import cast as people


@pytest.fixture
def world():
    return people.begin_with_goods


@pytest.fixture
def open_transaction(cast):
    """A transaction for tests that call services directly."""
    with db.transaction():
        yield


def pack_id(code: str = "BRS-PRM-25") -> int:
    return commodities.pack_by_code(code).id


def details(code: str = "BRS-PRM-25", **changes):
    """What a good need says, as arguments of post_need."""
    return {
        "pack_id": pack_id(code),
        "wanted_packs": 40,
        "needed_by_on": clock.today() + timedelta(days=10),
        **changes,
    }


def post(actor, code: str = "BRS-PRM-25", **changes):
    return services.post_need(actor, **details(code, **changes))


def opened(cast, code: str = "BRS-PRM-25", **changes):
    """A need of Sri's that Budi has approved."""
    return services.approve_need(cast.budi, post(cast.sri, code, **changes).id)
