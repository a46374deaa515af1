"""The first page after signing in."""

from __future__ import annotations

from flask import Blueprint, render_template

from market.core.permissions import Permission
from market.web.access import requires

bp = Blueprint("home", __name__)


@bp.get("/hari-ini")
@requires(Permission.HOME_VIEW)
def show() -> str:
    """What to do today."""
    return render_template("home/show.html")
