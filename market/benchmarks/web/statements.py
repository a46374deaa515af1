"""How many SQL statements a page sends: the product's own application in this process, counted at the engine.

`python -m market.benchmarks.web.statements` reads [[name, path, cookie header], ...] on stdin and prints
{name: {"statements": n, "settings": n, "status": n}}: `settings` are those among them that only set up the
transaction (read only, clock, organization).
"""

from __future__ import annotations

import json
import sys
from typing import Any

from sqlalchemy import event

from market import app as application
from market import config
from market.core import db
from market.web.kept import Desk

BEGINNINGS = ("SET ", "BEGIN", "PRAGMA ")
"""What sets a transaction up, on both databases."""


class Counter:
    """Counts what the engine hands to the database."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Listener of `before_cursor_execute`."""
        self.texts.append(statement)

    @property
    def settings(self) -> int:
        """Statements that read and write nothing."""
        return sum(text.startswith(BEGINNINGS) or "set_config(" in text for text in self.texts)


def counted(pages: list[list[str]]) -> dict[str, dict[str, int]]:
    """Ask each page twice on the configured database, count the second time, when it is made anew."""
    app = application.create_app(config.load())
    counter = Counter()
    for engine in db.engines():
        event.listen(engine, "before_cursor_execute", counter.note)
    found = {}
    for name, path, cookie in pages:
        headers = [("Host", "127.0.0.1"), *([("Cookie", cookie)] if cookie else [])]
        app.test_client(use_cookies=False).get(path, headers=headers)
        if isinstance(app.wsgi_app, Desk):
            app.wsgi_app.shelf.clear()
        counter.texts.clear()
        answer = app.test_client(use_cookies=False).get(path, headers=headers)
        sent = {"statements": len(counter.texts), "settings": counter.settings}
        found[name] = {**sent, "status": answer.status_code}
    return found


def main() -> int:
    """Count what stdin names."""
    application.configure(config.load())
    print(json.dumps(counted(json.load(sys.stdin))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
