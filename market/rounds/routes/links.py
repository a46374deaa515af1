"""Answering one assignment behind a signed link and a code, without an account."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, session, url_for

from market.core.errors import Forbidden, Refused
from market.core.i18n import _
from market.core.permissions import Permission
from market.rounds import queries, services
from market.rounds.forms import CodeForm
from market.rounds.models import Assignment
from market.rounds.routes import answer_page
from market.rounds.routes.blueprint import Answer, bp
from market.web.access import current_actor, public, repeatable, requires
from market.web.requests import behind_secret_link

TEMPLATE = "rounds/show_link.html"
OPENED = "answer_link"
"""Where the signed cookie keeps the one link whose code was typed on this device."""


@bp.get("/jawab/<token>")
@public
def show_link(token: str) -> Answer:
    """What is asked, once the code was typed; nothing is written."""
    assignment = services.assignment_of_token(token)
    if not _opened(token):
        return redirect(url_for("rounds.new_code", token=token), 303)
    return _private(answer_page.page(TEMPLATE, answer_page.read(assignment, fresh=True), token=token))


@bp.get("/jawab/<token>/kode")
@public
def new_code(token: str) -> Answer:
    """Ask for the code; nothing is written."""
    return _ask_code(token, services.assignment_of_token(token), CodeForm.load(), 200)


@bp.post("/jawab/<token>/kode")
@public
def create_code(token: str) -> Answer:
    """Open the link with its code. A wrong code is counted, so the answer to it is a redirect, too."""
    assignment = services.assignment_of_token(token)
    form = CodeForm.load()
    if form.validate():
        with form.guard():
            if services.try_code(assignment, form.code.data or ""):
                session[OPENED] = token
            else:
                left = services.tries_left(assignment)
                flash(_("Kode salah. Sisa %(left)s kali.", left=left), "warn")
            return redirect(url_for("rounds.show_link", token=token), 303)
    return _ask_code(token, assignment, form, 422)


@bp.post("/jawab/<token>/jawaban/pratinjau")
@public
@repeatable
def create_link_preview(token: str) -> Response:
    """What the changed answer would mean; nothing is stored."""
    sent = answer_page.read(_open(token))
    preview = answer_page.preview_of(sent)
    return _private(answer_page.page(TEMPLATE, sent, preview, token=token), 200 if preview else 422)


@bp.post("/jawab/<token>/jawaban")
@public
def create_link_answer(token: str) -> Answer:
    """Accept, accept with exceptions, or decline: once."""
    assignment = _open(token)
    sent = answer_page.read(assignment)
    given = sent.given()
    if given is not None:
        with sent.sent.guard():
            actor = services.answerer(assignment)
            answered = services.answer_assignment(actor, assignment.id, **given)
            flash(answer_page.thanks(sent.kind, answered))
            return redirect(url_for("rounds.show_link", token=token), 303)
    return _private(answer_page.page(TEMPLATE, sent, token=token), 422)


def _opened(token: str) -> bool:
    return session.get(OPENED) == token


def _open(token: str) -> Assignment:
    """The assignment of a link whose code was typed here; the link is looked at first."""
    assignment = services.assignment_of_token(token)
    if not _opened(token):
        raise Forbidden(_("Ketik dahulu kodenya."))
    return assignment


def _ask_code(token: str, assignment: Assignment, form: CodeForm, status: int) -> Response:
    left = services.tries_left(assignment)
    if not left:
        form.refuse(Refused(_("Terlalu sering salah. Masuk dengan kata sandi, atau hubungi dinas.")))
    page = render_template(
        "rounds/new_code.html", form=form, token=token, due_at=assignment.due_at, left=left
    )
    return _private(page, status)


def _private(page: str, status: int = 200) -> Response:
    """For no cache, no search engine and no other site."""
    return behind_secret_link(make_response(page, status), referrer="same-origin")


@bp.get("/putaran/<int:round_id>/kode-jawaban")
@requires(Permission.ROUNDS_RUN)
def index_codes(round_id: int) -> Answer:
    """Codes that the office may read to a supplier on the telephone, while its answer is waited for."""
    round_ = queries.round_for(current_actor(), round_id)
    waiting = [row for row in queries.asked_of(round_.id) if row.assignment.state == "offered"]
    codes = {row.assignment.id: services.code_of(row.assignment) for row in waiting}
    return render_template("rounds/index_codes.html", round=round_, waiting=waiting, codes=codes)
