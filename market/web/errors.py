"""What people see when something does not work: what happened, what was kept, what to do next."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from market.core import db
from market.core.errors import Conflict, Forbidden, LumbungError, NotFound, Refused
from market.core.i18n import _

log = logging.getLogger(__name__)

STATUS: dict[type[LumbungError], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Refused: 422}
PAGES = frozenset({403, 404, 405, 409, 413, 422, 429, 500, 503})

Answer = tuple[str, int]


def init_app(app: Flask) -> None:
    """Register one handler per kind of failure."""
    app.register_error_handler(LumbungError, _ours)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def _page(status: int, message: str = "") -> Answer:
    name = status if status in PAGES else (422 if status < 500 else 500)
    shown = render_template(f"errors/{name}.html", message=message, request_id=g.get("request_id", ""))
    return shown, status


def _status(error: LumbungError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def _ours(error: LumbungError) -> Answer:
    return _page(_status(error), str(error))


def _expired_form(_error: CSRFError) -> Answer:
    text = _("Halaman ini terbuka terlalu lama atau dari tempat lain. Muat ulang, lalu kirim lagi.")
    return _page(400, text)


def _http(error: HTTPException) -> Answer | HTTPException | Response:
    """A redirect passes as it is; 405 keeps the header that says what is allowed."""
    if error.code is None or error.code < 400:
        return error
    body, status = _page(error.code)
    kept = [pair for pair in error.get_headers() if pair[0] == "Allow"]
    return Response(body, status, kept, mimetype="text/html")


def _integrity(error: IntegrityError) -> Answer:
    """A constraint stopped what a check let through: two people at once, most of the time."""
    log.warning("constraint refused a request: %s", error.orig)
    _forget_broken_transaction()
    return _page(409, _("Orang lain baru saja mengubah hal yang sama. Muat ulang, lalu coba lagi."))


def _database(error: DBAPIError) -> Answer:
    log.error("database failed: %s", error.orig)
    _forget_broken_transaction()
    unreachable = isinstance(error, OperationalError) or error.connection_invalidated
    return _page(503 if unreachable else 422, "" if unreachable else _("Isian ini tidak bisa disimpan."))


def _unexpected(error: Exception) -> Answer:
    log.exception("unexpected failure in request %s", g.get("request_id", ""))
    _forget_broken_transaction()
    return _page(500)


def _forget_broken_transaction() -> None:
    """The error page must not ask a transaction that the database has already given up."""
    db.rollback()
