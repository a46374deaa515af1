"""Claims: what was not as agreed, what both sides say, until when the supplier answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core import clock
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.purchasing import queries, services
from market.purchasing.forms import ANSWERS, ClaimAnswerForm, MessageForm
from market.purchasing.routes.base import Answer, bp
from market.web.access import current_actor, requires


@bp.get("/klaim")
@requires(Permission.CLAIMS_VIEW)
def index_claims() -> Answer:
    """Claims of one's own house, or those that came to the office."""
    live = request.args.get("keadaan") != "selesai"
    rows = queries.claims_seen(current_actor(), live)
    return render_template("purchasing/index_claims.html", rows=rows, live=live, now=clock.now())


@bp.get("/klaim/<int:claim_id>")
@requires(Permission.CLAIMS_VIEW)
def show_claim(claim_id: int) -> Answer:
    """One claim, with what was said of it."""
    return _show_claim(claim_id, _answer_form(), MessageForm.load(), 200)


def _answer_form() -> ClaimAnswerForm:
    return ClaimAnswerForm.load(answer=[(value, str(label)) for value, label in ANSWERS.items()])


def _show_claim(claim_id: int, answer: ClaimAnswerForm, message: MessageForm, status: int) -> Answer:
    actor = current_actor()
    claim, order = queries.claim_seen(actor, claim_id)
    line = next(each for each in queries.lines_of(order.id) if each.id == claim.order_line_id)
    page = render_template(
        "purchasing/show_claim.html",
        claim=claim,
        order=order,
        line=line,
        names=identity.names({order.organization_id, order.supplier_id}),
        party=actor.organization_id in (order.organization_id, order.supplier_id),
        sells=actor.organization_id == order.supplier_id,
        photos=queries.photos_of_line(line.id),
        bill=next((each for each in queries.bills_of(order.id) if each.state != "void"), None),
        said=queries.messages_of(claim.id),
        history=history_of(claim),
        late=claim.answer_by_at is not None and claim.answer_by_at <= clock.now(),
        form=answer,
        message=message,
    )
    return page, status


@bp.post("/klaim/<int:claim_id>/jawaban")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_claim_answer(claim_id: int) -> Answer:
    """The supplier answers."""
    queries.claim_seen(current_actor(), claim_id)
    form = _answer_form()
    if form.validate():
        with form.guard():
            typed = form.values()
            words, day = typed["words"] or "", typed["promised_on"]
            services.answer_claim(current_actor(), claim_id, typed["answer"], words, day)
            flash(_("Jawaban tersimpan. Pembeli sudah diberi tahu."))
            return redirect(url_for("purchasing.show_claim", claim_id=claim_id), 303)
    return _show_claim(claim_id, form, MessageForm(), 422)


@bp.post("/klaim/<int:claim_id>/pesan")
@requires(Permission.CLAIMS_VIEW)
def create_claim_message(claim_id: int) -> Answer:
    """A word of either side, or of the office."""
    queries.claim_seen(current_actor(), claim_id)
    form = MessageForm.load()
    if form.validate():
        with form.guard():
            services.write_message(current_actor(), claim_id, str(form.message.data))
            flash(_("Pesan terkirim."))
            return redirect(url_for("purchasing.show_claim", claim_id=claim_id), 303)
    blank = ClaimAnswerForm()
    blank.answer.choices = [(value, str(label)) for value, label in ANSWERS.items()]
    return _show_claim(claim_id, blank, form, 422)
