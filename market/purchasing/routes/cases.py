"""Bills that differ from what came: what both sides say, and how it ends."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core import clock
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.purchasing import queries, services
from market.purchasing.forms import MessageForm
from market.purchasing.forms_bills import CorrectionForm, ReasonForm
from market.purchasing.routes.base import Answer, bp
from market.web.access import current_actor, requires
from market.web.forms import Form


@bp.get("/selisih-tagihan")
@requires(Permission.ORDERS_VIEW)
def index_cases() -> Answer:
    """Differences of one's own house, buying or selling."""
    live = request.args.get("keadaan") != "selesai"
    rows = queries.cases_seen(current_actor(), live)
    return render_template("purchasing/index_cases.html", rows=rows, live=live, now=clock.now())


@bp.get("/selisih-tagihan/<int:case_id>")
@requires(Permission.ORDERS_VIEW)
def show_case(case_id: int) -> Answer:
    """One difference: the figures, what was said, the ways out."""
    return _show_case(case_id, {}, 200)


def _show_case(case_id: int, typed: dict[str, Form], status: int) -> Answer:
    """`typed` is the form that was refused, by name; the others are shown empty."""
    actor = current_actor()
    case, bill, order = queries.case_seen(actor, case_id)
    forms: dict[str, Form] = {
        "message": MessageForm(),
        "accept": ReasonForm(),
        "reject": ReasonForm(),
        "correct": CorrectionForm(data={"billed_on": clock.today()}),
        **typed,
    }
    page = render_template(
        "purchasing/show_case.html",
        case=case,
        bill=bill,
        order=order,
        names=identity.names({order.organization_id, order.supplier_id}),
        buys=actor.organization_id == order.organization_id,
        mine=case.opened_by == actor.user_id,
        lines=queries.bill_lines(bill.id),
        credited_rp=queries.case_credited_rp(case.id),
        said=queries.case_messages(case.id),
        history=history_of(case),
        late=case.answer_by_at <= clock.now(),
        typed=typed,
        forms_of=forms,
    )
    return page, status


@bp.post("/selisih-tagihan/<int:case_id>/pesan")
@requires(Permission.ORDERS_VIEW)
def create_case_message(case_id: int) -> Answer:
    """A word of either side."""
    queries.case_seen(current_actor(), case_id)
    form = MessageForm.load()
    if form.validate():
        with form.guard():
            services.write_case_message(current_actor(), case_id, str(form.message.data))
            flash(_("Pesan terkirim."))
            return redirect(url_for("purchasing.show_case", case_id=case_id), 303)
    return _show_case(case_id, {"message": form}, 422)


@bp.post("/selisih-tagihan/<int:case_id>/penerimaan")
@requires(Permission.CASE_ACCEPT)
def create_case_acceptance(case_id: int) -> Answer:
    """A second person agrees to the paper."""
    queries.case_seen(current_actor(), case_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.accept_difference(current_actor(), case_id, str(form.reason.data))
            flash(_("Selisih diterima. Tagihan ini sekarang bisa dibayar."))
            return redirect(url_for("purchasing.show_case", case_id=case_id), 303)
    return _show_case(case_id, {"accept": form}, 422)


@bp.post("/selisih-tagihan/<int:case_id>/penolakan")
@requires(Permission.BILLS_RECORD)
def create_case_rejection(case_id: int) -> Answer:
    """The invoice goes back."""
    queries.case_seen(current_actor(), case_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.reject_bill(current_actor(), case_id, str(form.reason.data))
            flash(_("Tagihan ditolak. Catat tagihan baru bila pemasok mengirimnya."))
            return redirect(url_for("purchasing.show_case", case_id=case_id), 303)
    return _show_case(case_id, {"reject": form}, 422)


@bp.post("/selisih-tagihan/<int:case_id>/perbaikan")
@requires(Permission.BILLS_RECORD)
def create_case_correction(case_id: int) -> Answer:
    """A corrected invoice takes the place of the disputed one."""
    queries.case_seen(current_actor(), case_id)
    form = CorrectionForm.load()
    if form.validate():
        with form.guard():
            bill = services.correct_bill(current_actor(), case_id, **form.values())
            flash(_("Tagihan perbaikan cocok dan tercatat."))
            return redirect(url_for("purchasing.show_bill", bill_id=bill.id), 303)
    return _show_case(case_id, {"correct": form}, 422)
