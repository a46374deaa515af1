"""Reference data for the tests of commodities."""

from __future__ import annotations

import pytest

from market.commodities import services
from market.core import clock, db


@pytest.fixture
def reference(cast):
    """The cast and the real reference data, committed."""
    with db.transaction():
        services.load_reference()
    return cast


@pytest.fixture
def day():
    """A day on which the newest rules of the reference data are in force."""
    return clock.today()
