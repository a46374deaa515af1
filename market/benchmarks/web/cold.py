"""The product's application that forgets its kept fragments before each request: what a page costs anew."""

from __future__ import annotations

from flask import Flask

from market import server
from market.retail.routes import pages

KEPT = (pages._card,)
"""Every cache of finished HTML on the public pages."""


def from_environment() -> Flask:
    """As `market.server.from_environment`, without a warm fragment."""
    app = server.from_environment()
    app.before_request(_forget)
    return app


def _forget() -> None:
    for kept in KEPT:
        kept.cache_clear()
