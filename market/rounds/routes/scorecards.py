"""Scorecards: a supplier reads its own and answers; the office reads all."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core.errors import Forbidden, NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.rounds import services
from market.rounds.forms import RemarkForm
from market.rounds.queries import scorecards
from market.rounds.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


@bp.get("/rapor")
@requires(Permission.ASSIGNMENTS_ANSWER)
def show_scorecard() -> Answer:
    """The supplier's own scorecard, fact by fact."""
    return _own(RemarkForm.load())


@bp.post("/rapor/tanggapan")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_remark() -> Answer:
    """Answer to one fact, once."""
    form = RemarkForm.load()
    if form.validate():
        with form.guard():
            services.remark_on_fact(current_actor(), request.form.get("fact", ""), form.text.data or "")
            flash(_("Tanggapan tersimpan. Dinas membacanya di samping catatannya."))
            return redirect(url_for("rounds.show_scorecard"), 303)
    return _own(form), 422


def _own(form: RemarkForm) -> str:
    supplier_id = current_actor().organization_id or 0
    return _page(supplier_id, current_actor().organization_name, form)


def _page(supplier_id: int, name: str, form: RemarkForm | None) -> str:
    return render_template(
        "rounds/show_scorecard.html",
        name=name,
        score=scorecards.score_of(supplier_id),
        facts=scorecards.facts_of(supplier_id),
        days=scorecards.SCORE_DAYS.value(),
        form=form,
        chosen=request.form.get("fact", ""),
    )


@bp.get("/dinas/rapor-pemasok")
@requires(Permission.BOARD_VIEW)
def index_scorecards() -> Answer:
    """Every supplier that a round of the area has asked."""
    ids = scorecards.suppliers_asked(_office().scope_code or "?")
    names, found = identity.names(set(ids)), scorecards.scores(ids)
    rows = sorted(
        ((names[id_], id_, found.get(id_, scorecards.Score())) for id_ in ids), key=lambda row: row[0]
    )
    return render_template("rounds/index_scorecards.html", rows=rows, days=scorecards.SCORE_DAYS.value())


@bp.get("/dinas/rapor-pemasok/<int:supplier_id>")
@requires(Permission.BOARD_VIEW)
def show_supplier_scorecard(supplier_id: int) -> Answer:
    """One supplier's scorecard with what it has said to it."""
    if supplier_id not in scorecards.suppliers_asked(_office().scope_code or "?"):
        raise NotFound(_("Pemasok tidak ditemukan."))
    return _page(supplier_id, identity.names({supplier_id})[supplier_id], None)


def _office() -> Actor:
    actor = current_actor()
    if actor.organization_kind != "office":
        raise Forbidden(_("Halaman ini untuk dinas."))
    return actor
