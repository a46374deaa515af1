"""The cast with the reference data, and short ways to make an offer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.commodities import queries as commodities
from market.core import clock, db
from market.offers import services
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
    """What a good offer says, as arguments of make_offer."""
    return {
        "pack_id": pack_id(code),
        "tiers": [(1, 350_000), (40, 345_000), (120, 341_000)],
        "zones": [("3578", 6_000, 20_000)],
        "capacity_packs": 440,
        "valid_until_on": clock.today() + timedelta(days=14),
        **changes,
    }


def make(actor, code: str = "BRS-PRM-25", **changes):
    return services.make_offer(actor, **details(code, **changes))


def authorise(cast, code: str = "BRS-SPHP-5", supplier=None, **changes):
    """The office notes that the mill of Lamongan may sell the good."""
    commodity_id = commodities.pack_by_code(code).commodity_id
    given = {"valid_from_on": clock.today(), "reference": "Surat Bulog 12/2026", **changes}
    return services.authorise_supplier(cast.ratna, (supplier or cast.lamongan).id, commodity_id, **given)


def sphp(actor, **changes):
    """An offer of subsidised rice at its fixed price."""
    return make(actor, "BRS-SPHP-5", **{"tiers": [(1, 55_000)], **changes})
