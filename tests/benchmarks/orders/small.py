"""A market of three shops in the test's own database."""

from __future__ import annotations

from pathlib import Path

from market.benchmarks.orders import shelf
from market.benchmarks.orders.shelf import Shelf
from market.benchmarks.web import stall


def market_in(url: str, folder: Path) -> Shelf:
    """The goods of twelve sellers; this process works in it."""
    settings = shelf.environment(url, folder)
    shelf.settle(settings)
    stall.prepare()
    stall.fill(stall.draw(12, 48, 3, seed=4))
    return shelf.opened(settings)
