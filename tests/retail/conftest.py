"""A stocked shop, committed."""

from __future__ import annotations

import pytest

from tests import cast as people
from tests.retail import shop as shops


@pytest.fixture
def world(request):
    return shops.stocked if "shop" in request.fixturenames else people.begin


@pytest.fixture
def cast(began):
    return began[0] if isinstance(began, tuple) else began


@pytest.fixture
def shop(began):
    """Ten bags of crisps and ten packs of rice on makmur's shelf."""
    return began[1]
