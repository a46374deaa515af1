"""Is the process up, and can it reach its database?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from market.core import clock, db
from market.web.access import public

bp = Blueprint("web", __name__)


@bp.get("/hidup")
@public
def alive() -> Response:
    """The process answers; touches no database."""
    return jsonify(alive=True)


@bp.get("/siap")
@public
def ready() -> Response:
    """The database answers too."""
    db.session.execute(text("SELECT 1"))
    return jsonify(ready=True, at=clock.now().isoformat())
