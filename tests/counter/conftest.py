"""A counter that is open, committed."""

from __future__ import annotations

import pytest

from tests.counter import shop


@pytest.fixture
def till(cast):
    """Crisps, rice, gas and subsidised rice; one hundred thousand in the drawer."""
    return shop.open_till(cast)
