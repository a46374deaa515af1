"""The product's application that forgets its kept pages before each request: what one costs anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask

from market import server
from market.web.kept import Desk, Start


class Forgetful:
    """The front desk of the product with nothing on its shelf, ever."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """WSGI."""
        self.desk.shelf.clear()
        return self.desk(environ, start)


def from_environment() -> Flask:
    """As `market.server.from_environment`, without a warm fragment."""
    app = server.from_environment()
    if not isinstance(app.wsgi_app, Desk):
        raise RuntimeError("the front desk is not where it was")
    app.wsgi_app = Forgetful(app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app
