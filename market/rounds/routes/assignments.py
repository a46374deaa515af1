"""A supplier's assignments: what is asked, and the one answer."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core import messages
from market.core.permissions import Permission
from market.rounds import queries, services
from market.rounds.routes import answer_page
from market.rounds.routes.answer_page import AnswerForms, Preview
from market.rounds.routes.blueprint import Answer, bp
from market.web.access import current_actor, repeatable, requires

TEMPLATE = "rounds/show_assignment.html"


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
    return _page(answer_page.read(assignment, fresh=True))


def _page(sent: AnswerForms, preview: Preview | None = None) -> str:
    """The page with what lets somebody else answer in the supplier's name."""
    link = messages.link(services.link_of(sent.assignment))
    return answer_page.page(TEMPLATE, sent, preview, link=link, code=services.code_of(sent.assignment))


@bp.post("/penugasan/<int:assignment_id>/jawaban/pratinjau")
@requires(Permission.ASSIGNMENTS_ANSWER)
@repeatable
def create_answer_preview(assignment_id: int) -> Answer:
    """What the changed answer would mean: for whom, for the order, for the own score. Nothing is stored."""
    assignment = queries.assignment_for(current_actor(), assignment_id)
    sent = answer_page.read(assignment)
    preview = answer_page.preview_of(sent)
    return _page(sent, preview), 200 if preview else 422


@bp.post("/penugasan/<int:assignment_id>/jawaban")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_answer(assignment_id: int) -> Answer:
    """Accept, accept with exceptions, or decline: once."""
    sent = answer_page.read(queries.assignment_for(current_actor(), assignment_id))
    given = sent.given()
    if given is not None:
        with sent.sent.guard():
            answered = services.answer_assignment(current_actor(), assignment_id, **given)
            flash(answer_page.thanks(sent.kind, answered))
            return redirect(url_for("rounds.show_assignment", assignment_id=assignment_id), 303)
    return _page(sent), 422
