"""A supplier's assignments: what is asked, and the one answer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from market.commodities import queries as commodities
from market.core import clock
from market.core.i18n import _
from market.core.permissions import Permission
from market.rounds import queries, services
from market.rounds.forms import AdjustForm, DeclineForm
from market.rounds.models import DECLINE_REASONS, Assignment, AssignmentLine
from market.rounds.routes.blueprint import Answer, bp
from market.rounds.services import LineAnswer
from market.web.access import current_actor, requires


@bp.get("/penugasan")
@requires(Permission.ASSIGNMENTS_ANSWER)
def index_assignments() -> Answer:
    """What waits for an answer, and what was answered."""
    rows = queries.assignments_listed(current_actor())
    waiting = [row for row in rows if row.assignment.state == "offered"]
    done = [row for row in rows if row.assignment.state != "offered"]
    return render_template("rounds/index_assignments.html", waiting=waiting, done=done)


@bp.get("/penugasan/<int:assignment_id>")
@requires(Permission.ASSIGNMENTS_ANSWER)
def show_assignment(assignment_id: int) -> Answer:
    """One assignment: destinations, price, deadline, answer."""
    assignment = queries.assignment_for(current_actor(), assignment_id)
    lines = queries.lines_of(assignment.id)
    return _page(assignment, lines, _adjust(assignment, lines, fresh=True), _decline())


@bp.post("/penugasan/<int:assignment_id>/jawaban")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_answer(assignment_id: int) -> Answer:
    """Accept, accept with exceptions, or decline: once."""
    assignment = queries.assignment_for(current_actor(), assignment_id)
    lines = queries.lines_of(assignment.id)
    kind = request.form.get("answer", "")
    adjust, decline = _adjust(assignment, lines, fresh=kind != "adjust"), _decline(fresh=kind != "decline")
    given: dict[str, Any] | None = {} if kind == "accept" else None
    if kind == "adjust" and adjust.validate():
        given = {"exceptions": _exceptions(assignment, lines, adjust), "note": adjust.note.data or ""}
    if kind == "decline" and decline.validate():
        given = {"decline_reason": decline.decline_reason.data, "note": decline.note.data or ""}
    if given is not None:
        with (decline if kind == "decline" else adjust).guard():
            services.answer_assignment(current_actor(), assignment.id, **given)
            flash(_thanks(kind))
            return redirect(url_for("rounds.show_assignment", assignment_id=assignment.id), 303)
    return _page(assignment, lines, adjust, decline), 422


def _thanks(kind: str) -> str:
    if kind == "decline":
        return _("Jawaban tercatat: ditolak. Dinas mencari pemasok lain.")
    return _("Jawaban tercatat. Pesanan pembelian sudah terbit.")


def _adjust(assignment: Assignment, lines: list[AssignmentLine], fresh: bool) -> AdjustForm:
    """The form of exceptions: as sent, or filled with what is asked."""
    made = AdjustForm.for_lines((line.id for line in lines), [("", _("Pilih alasan")), *_reasons()])
    asked: dict[str, object] = {}
    for line in lines:
        asked |= {f"packs_{line.id}": line.packs, f"delivery_on_{line.id}": assignment.delivery_on}
    return made(None, data=asked) if fresh else made.load(asked)


def _decline(fresh: bool = True) -> DeclineForm:
    form = DeclineForm(None) if fresh else DeclineForm.load()
    form.decline_reason.choices = _reasons()
    return form


def _reasons() -> list[tuple[str, str]]:
    return [(name, str(queries.DECLINE_WORDS[name])) for name in DECLINE_REASONS]


def _exceptions(
    assignment: Assignment, lines: list[AssignmentLine], form: AdjustForm
) -> dict[int, LineAnswer]:
    """The lines that were changed; a day that is the one asked for is no exception."""
    found = {}
    for line in lines:
        packs = form[f"packs_{line.id}"].data
        day = form[f"delivery_on_{line.id}"].data
        other_day = None if day == assignment.delivery_on else day
        if packs != line.packs or other_day is not None:
            found[line.id] = LineAnswer(packs, other_day, form[f"reason_{line.id}"].data or "")
    return found


def _page(
    assignment: Assignment, lines: list[AssignmentLine], adjust: AdjustForm, decline: DeclineForm
) -> str:
    late = assignment.due_at is not None and assignment.due_at <= clock.now()
    return render_template(
        "rounds/show_assignment.html",
        assignment=assignment,
        lines=queries.destinations(lines),
        round=queries.round_by_id(assignment.round_id),
        adjust=adjust,
        decline=decline,
        waits=assignment.state == "offered" and not late,
        pack=commodities.pack(assignment.pack_id),
    )
