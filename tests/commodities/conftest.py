"""Reference data for the tests of commodities."""

from __future__ import annotations

import pytest

from market.core import clock
from tests import cast as people


@pytest.fixture
def world(request):
    return people.begin_with_goods if "reference" in request.fixturenames else people.begin


@pytest.fixture
def reference(cast):
    """The cast and the real reference data, committed."""
    return cast


@pytest.fixture
def day():
    """A day on which the newest rules of the reference data are in force."""
    return clock.today()
