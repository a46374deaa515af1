"""A stocked shop, committed."""

from __future__ import annotations

import pytest

from tests.retail import shop as shops


@pytest.fixture
def shop(cast):
    """Ten bags of crisps and ten packs of rice on makmur's shelf."""
    return shops.open_shop(cast)
