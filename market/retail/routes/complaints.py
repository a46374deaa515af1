"""Complaints as the shop and the seller see them: words, decision, money, replacement."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for

from market.core import clock
from market.core.errors import Refused
from market.core.history import history_of
from market.core.i18n import LazyText, _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.retail import queries, queries_complaints, services
from market.retail.forms_buying import WISHES, WordsForm
from market.retail.forms_delivery import BEARERS, GOODS, CodeForm, RefundForm, ReplaceForm
from market.retail.models_complaints import Complaint
from market.retail.routes.blueprint import PHOTO_SIDE, Answer, bp
from market.web.access import current_actor, requires
from market.web.forms import Form
from market.web.pictures import private_photo
from market.web.requests import after_refusal


@bp.get("/keluhan")
@requires(Permission.COMPLAINTS_VIEW)
def index_complaints() -> str:
    """What waits for an answer, the most urgent first, or what has ended."""
    live = request.args.get("lihat") != "selesai"
    rows = queries_complaints.complaints_seen(current_actor(), live)
    now = clock.now()
    return render_template("retail/index_complaints.html", rows=rows, live=live, wishes=WISHES, now=now)


def _refund_form(complaint: Complaint) -> RefundForm:
    line = next(each for each in queries.lines_of(complaint.order_id) if each.id == complaint.line_id)
    begin = {"refund_rp": services.most_refund_rp(complaint, line), "goods": "kept", "bearer": "cooperative"}
    return RefundForm.load(begin, goods=_choices(GOODS), bearer=_bearers(complaint))


def _replace_form(complaint: Complaint) -> ReplaceForm:
    return ReplaceForm.load({"bearer": "cooperative"}, bearer=_bearers(complaint))


def _choices(words: dict[str, LazyText]) -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in words.items()]


def _bearers(complaint: Complaint) -> list[tuple[str, str]]:
    own = complaint.seller_id == complaint.organization_id
    return [(value, str(label)) for value, label in BEARERS.items() if not own or value == "cooperative"]


def _page(complaint: Complaint, **wrong: Form) -> str:
    actor = current_actor()
    order = queries.order_by_id(complaint.order_id)
    line = next(each for each in queries.lines_of(order.id) if each.id == complaint.line_id)
    most = services.most_refund_rp(complaint, line)
    refund = RefundForm(data={"refund_rp": most, "goods": "kept", "bearer": "cooperative"})
    replace = ReplaceForm(data={"bearer": "cooperative"})
    refund.goods.choices = _choices(GOODS)
    refund.bearer.choices = replace.bearer.choices = _bearers(complaint)
    blank: dict[str, Form] = {"refund": refund, "replace": replace, "words": WordsForm()}
    blank |= {"refusal": WordsForm(), "code": CodeForm()}
    shop = complaint.organization_id == actor.organization_id
    return render_template(
        "retail/show_complaint.html",
        complaint=complaint,
        order=order,
        line=line,
        shop=shop,
        seller=identity.names({complaint.seller_id})[complaint.seller_id],
        most=most,
        said=queries_complaints.messages_of(complaint.id),
        back=queries_complaints.return_of(complaint.id),
        history=history_of(complaint),
        wishes=WISHES,
        now=clock.now(),
        **{**blank, **wrong},
    )


@bp.get("/keluhan/<int:complaint_id>")
@requires(Permission.COMPLAINTS_VIEW)
def show_complaint(complaint_id: int) -> str:
    """One complaint with its photo, its words and what can be decided."""
    return _page(queries_complaints.complaint_seen(current_actor(), complaint_id))


@bp.get("/keluhan/<int:complaint_id>/foto")
@requires(Permission.COMPLAINTS_VIEW)
def show_complaint_photo(complaint_id: int) -> Response:
    """The buyer's photo."""
    return private_photo(queries_complaints.complaint_seen(current_actor(), complaint_id).photo, PHOTO_SIDE)


def _back(complaint_id: int) -> Answer:
    return redirect(url_for("retail.show_complaint", complaint_id=complaint_id), 303)


@bp.post("/keluhan/<int:complaint_id>/pesan")
@requires(Permission.COMPLAINTS_VIEW)
def create_complaint_word(complaint_id: int) -> Answer:
    """A word of the shop or of the seller."""
    complaint = queries_complaints.complaint_seen(current_actor(), complaint_id)
    form = WordsForm.load()
    if form.validate():
        with form.guard():
            services.say(current_actor(), complaint_id, form.words.data)
            flash(_("Pesan terkirim. Pembeli membacanya di halaman pesanannya."))
            return _back(complaint_id)
    return _page(complaint, words=form), 422


@bp.post("/keluhan/<int:complaint_id>/uang")
@requires(Permission.COMPLAINTS_DECIDE)
def create_complaint_refund(complaint_id: int) -> Answer:
    """Money back."""
    complaint = queries_complaints.complaint_for(current_actor(), complaint_id)
    form = _refund_form(complaint)
    if form.validate():
        with form.guard():
            typed = form.values()
            decision = services.Decision(**{**typed, "words": typed["words"] or ""})
            row = services.refund_complaint(current_actor(), complaint_id, decision)
            online = _("Uang dikembalikan lewat internet.")
            flash(online if row.way == "online" else _("Uang siap diambil pembeli di gerai dengan kodenya."))
            return _back(complaint_id)
    return _page(complaint, refund=form), 422


@bp.post("/keluhan/<int:complaint_id>/pengganti")
@requires(Permission.COMPLAINTS_DECIDE)
def create_complaint_promise(complaint_id: int) -> Answer:
    """Other goods are kept for the buyer."""
    complaint = queries_complaints.complaint_for(current_actor(), complaint_id)
    form = _replace_form(complaint)
    if form.validate():
        with form.guard():
            services.promise_replacement(
                current_actor(), complaint_id, form.bearer.data, form.words.data or ""
            )
            flash(_("Barang pengganti disisihkan. Pembeli mengambilnya dengan kode."))
            return _back(complaint_id)
    return _page(complaint, replace=form), 422


@bp.post("/keluhan/<int:complaint_id>/penolakan")
@requires(Permission.COMPLAINTS_DECIDE)
def create_complaint_refusal(complaint_id: int) -> Answer:
    """Nothing is given, with the reason."""
    complaint = queries_complaints.complaint_for(current_actor(), complaint_id)
    form = WordsForm.load()
    if form.validate():
        with form.guard():
            services.refuse_complaint(current_actor(), complaint_id, form.words.data)
            flash(_("Keluhan ditolak. Pembeli membaca alasannya dan boleh keberatan sekali."))
            return _back(complaint_id)
    return _page(complaint, refusal=form), 422


@bp.post("/keluhan/<int:complaint_id>/serah")
@requires(Permission.RETAIL_HAND_OVER)
def create_complaint_settlement(complaint_id: int) -> Answer:
    """At the counter, against the code: the money, or the goods that replace."""
    complaint = queries_complaints.complaint_for(current_actor(), complaint_id)
    act = services.hand_over_replacement if complaint.state == "promised" else services.pay_return
    form = CodeForm.load()
    if form.validate():
        try:
            act(current_actor(), complaint_id, form.pickup_code.data)
            flash(_("Selesai dan dibukukan."))
            return _back(complaint_id)
        except Refused as refusal:
            if refusal.field == "pickup_code":
                after_refusal(lambda: services.note_wrong_complaint_code(complaint_id))
            form.refuse(refusal)
    return _page(complaint, code=form), 422


@bp.get("/penjualan/retur/<int:return_id>")
@requires(Permission.COMPLAINTS_VIEW)
def show_return(return_id: int) -> Answer:
    """From an entry of the books to the complaint behind it."""
    found = queries_complaints.return_for(current_actor(), return_id)
    return _back(found.complaint_id)
