"""The inbox: what the person was told in the seat in force."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.core.i18n import _
from market.core.permissions import Permission
from market.notices import queries, services
from market.web.access import current_actor, requires, safe_next

bp = Blueprint("notices", __name__)


@bp.get("/kabar")
@requires(Permission.NOTICES_VIEW)
def index() -> str:
    """News, unread first."""
    actor = current_actor()
    return render_template("notices/index.html", notices=queries.inbox(actor), unread=queries.unread(actor))


@bp.post("/kabar/<int:notice_id>/dibaca")
@requires(Permission.NOTICES_VIEW)
def create_reading(notice_id: int) -> Response:
    """Note that it was read, and go where it leads."""
    notice = services.mark_read(current_actor(), notice_id)
    return redirect(safe_next(notice.link) or url_for("notices.index"), 303)


@bp.post("/kabar/dibaca")
@requires(Permission.NOTICES_VIEW)
def create_readings() -> Response:
    """Note that all of it was read."""
    services.mark_all_read(current_actor())
    flash(_("Semua kabar ditandai sudah dibaca."))
    return redirect(url_for("notices.index"), 303)
