"""What an officer does with a round; each act has its own address."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from market.core.i18n import _, ngettext
from market.core.permissions import Permission
from market.rounds import queries, services
from market.rounds.forms import CancellationForm, RoundForm, answer_choices, closing_at, closing_choices
from market.rounds.routes.blueprint import Answer, bp
from market.rounds.routes.pages import page_of
from market.web.access import current_actor, requires


def _form(data: dict[str, object] | None = None) -> RoundForm:
    return RoundForm.load(data, closes_at=closing_choices(), answer_hours=answer_choices())


@bp.get("/putaran/baru")
@requires(Permission.ROUNDS_RUN)
def new() -> Answer:
    """Open a round."""
    return render_template("rounds/new.html", form=_form({"closes_at": "tomorrow", "answer_hours": 24}))


@bp.post("/putaran")
@requires(Permission.ROUNDS_RUN)
def create() -> Answer:
    """Start collecting needs."""
    form = _form()
    if form.validate():
        with form.guard():
            at = closing_at(str(form.closes_at.data))
            round_ = services.open_round(
                current_actor(), str(form.title.data), at, int(form.answer_hours.data)
            )
            flash(_("Putaran dibuka. Kebutuhan yang disetujui ikut sampai waktu tutup."))
            return _to(round_.id)
    return render_template("rounds/new.html", form=form), 422


def _to(round_id: int) -> Response:
    return redirect(url_for("rounds.show", round_id=round_id), 303)


@bp.post("/putaran/<int:round_id>/penutupan")
@requires(Permission.ROUNDS_RUN)
def create_closing(round_id: int) -> Answer:
    """Close now and compute."""
    services.close_round(current_actor(), round_id)
    flash(_("Putaran ditutup. Hitungan segera mulai."))
    return _to(round_id)


@bp.post("/putaran/<int:round_id>/pembatalan")
@requires(Permission.ROUNDS_RUN)
def create_cancellation(round_id: int) -> Answer:
    """Give the round up; its needs are open again."""
    form = CancellationForm.load()
    if form.validate():
        with form.guard():
            services.cancel_round(current_actor(), round_id, str(form.reason.data))
            flash(_("Putaran dibatalkan. Semua kebutuhannya terbuka lagi."))
            return _to(round_id)
    return page_of(queries.round_for(current_actor(), round_id), form), 422


@bp.post("/putaran/<int:round_id>/hitungan")
@requires(Permission.ROUNDS_RUN)
def create_solve(round_id: int) -> Answer:
    """Compute a failed or unpublished round again."""
    services.solve_again(current_actor(), round_id)
    flash(_("Putaran dihitung lagi."))
    return _to(round_id)


@bp.post("/putaran/<int:round_id>/penerbitan")
@requires(Permission.ROUNDS_RUN)
def create_publication(round_id: int) -> Answer:
    """Ask the suppliers."""
    plan = services.publish_plan(current_actor(), round_id)
    asked = len(queries.assignments_of_plan(plan.id))
    flash(ngettext("Terbit. %(n)s penugasan dikirim.", "Terbit. %(n)s penugasan dikirim.", asked))
    return _to(round_id)
