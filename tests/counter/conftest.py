"""A counter that is open, committed; with an account for QRIS where a test asks for `desk`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from market import wiring
from market.payments import doors, services
from market.payments.types import Provider
from tests import cast as people
from tests.counter import qris, shop
from tests.counter.qris import TillDesk
from tests.payments.scripted import Bank, ScriptedGateway


@pytest.fixture
def till(cast):
    """Crisps, rice, gas and subsidised rice; one hundred thousand in the drawer."""
    return shop.open_till(cast)


@pytest.fixture
def kasir(browsers, till):
    """The cashier's browser."""
    return browsers(till.cast.kasir)


@pytest.fixture
def world(request):
    return qris.with_account if "desk" in request.fixturenames else people.begin


@pytest.fixture
def desk(began) -> Iterator[TillDesk]:
    cast, account_id, till = began
    bank = Bank()
    doors.configure({Provider.MIDTRANS: lambda account: ScriptedGateway(bank, account)})
    services.configure(wiring.LATE_PURPOSES)
    made = TillDesk(cast, bank, account_id, [])
    made.till = till
    yield made
    doors.configure({})
