"""Credit notes and goods that go back, for the buyer and the supplier."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core import clock
from market.core.errors import NotFound
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.ledger import queries as books
from market.purchasing import queries, services
from market.purchasing.forms import REASONS
from market.purchasing.forms_bills import (
    RETURN_REASONS,
    CreditForm,
    CreditMoneyForm,
    CreditReturnForm,
    ReasonForm,
    ReturnForm,
)
from market.purchasing.models import SupplierBill
from market.purchasing.routes.base import ACCOUNTS, Answer, bp
from market.web.access import current_actor, requires
from market.web.forms import Choices, Form


@bp.get("/nota-kredit")
@requires(Permission.ORDERS_VIEW)
def index_credits() -> Answer:
    """Credit notes of one's own house, newest first."""
    actor = current_actor()
    rows = queries.credits_seen(actor)
    return render_template(
        "purchasing/index_credits.html", rows=rows, buys=actor.organization_kind == "cooperative"
    )


@bp.get("/nota-kredit/<int:note_id>")
@requires(Permission.ORDERS_VIEW)
def show_credit(note_id: int) -> Answer:
    """One credit note: how much, why, where it went. It never changes."""
    return _show_credit(note_id, CreditMoneyForm.load(account=_accounts()), 200)


@bp.get("/nota-kredit/pemakaian/<int:use_id>")
@requires(Permission.ORDERS_VIEW)
def show_credit_use(use_id: int) -> Answer:
    """Where the money of a credit note went is told on the note's own page: an entry's link leads there."""
    note = queries.credit_of_use(current_actor(), use_id)
    return redirect(url_for("purchasing.show_credit", note_id=note.id), 303)


def _accounts() -> Choices:
    return [(code, str(word)) for code, word in ACCOUNTS.items()]


def _show_credit(
    note_id: int, form: CreditMoneyForm, status: int, undoing: ReasonForm | None = None
) -> Answer:
    actor = current_actor()
    note = queries.credit_seen(actor, note_id)
    buys = note.organization_id == actor.organization_id
    page = render_template(
        "purchasing/show_credit.html",
        note=note,
        bill=queries.bill_of(note.bill_id),
        buys=buys,
        names=identity.names({note.organization_id, note.supplier_id, note.issued_for}),
        uses=queries.uses_of_credit(note.id),
        left_rp=queries.left_of_credit(note),
        sent=queries.return_seen(actor, note.return_id) if note.return_id else None,
        entry=books.entry_by_source(note.organization_id, f"credit_note:{note.id}") if buys else None,
        form=form,
        undo=queries.undo_of(note.id),
        mine=services.may_undo(actor, note.issued_by),
        undoing=undoing or ReasonForm.load({}),
    )
    return page, status


@bp.post("/nota-kredit/<int:note_id>/pembatalan")
@requires(Permission.ORDERS_VIEW)
def create_credit_undo(note_id: int) -> Answer:
    """It was a slip: who wrote it takes it back."""
    queries.credit_seen(current_actor(), note_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.undo_credit(current_actor(), note_id, str(form.reason.data))
            flash(_("Nota kredit dibatalkan. Utangnya kembali seperti semula."))
            return redirect(url_for("purchasing.show_credit", note_id=note_id), 303)
    return _show_credit(note_id, CreditMoneyForm.load({}, account=_accounts()), 422, form)


@bp.post("/nota-kredit/<int:note_id>/uang-kembali")
@requires(Permission.PAYMENT_PROPOSE)
def create_credit_money(note_id: int) -> Answer:
    """The supplier paid back what no bill is left for."""
    queries.credit_seen(current_actor(), note_id)
    form = CreditMoneyForm.load(account=_accounts())
    if form.validate():
        with form.guard():
            typed = form.values()
            services.record_credit_money(current_actor(), note_id, typed["account"], typed["reference"] or "")
            flash(_("Uang kembali tercatat."))
            return redirect(url_for("purchasing.show_credit", note_id=note_id), 303)
    return _show_credit(note_id, form, 422)


@bp.get("/tagihan/<int:bill_id>/nota-kredit")
@requires(Permission.ORDERS_VIEW)
def new_credit(bill_id: int) -> Answer:
    """How much is taken off this bill, and why?"""
    bill = _bill(bill_id)
    case = queries.case_of(bill.id)
    start: dict[str, object] = {}
    if case is not None and case.state == "open" and case.difference_rp > 0:
        start["amount_rp"] = case.difference_rp - queries.case_credited_rp(case.id)
    if (claim := request.args.get("klaim", type=int)) is not None:
        start["claim_id"] = str(claim)
    return _new_credit(bill, CreditForm.load(start, claim_id=_claims(bill)), 200)


def _bill(bill_id: int) -> SupplierBill:
    """A bill that the actor may credit; who only reads is told so."""
    actor = current_actor()
    bill = queries.bill_to_credit(actor, bill_id)
    buys = bill.organization_id == actor.organization_id
    actor.require(Permission.BILLS_RECORD if buys else Permission.CREDIT_ISSUE)
    return bill


def _claims(bill: SupplierBill) -> Choices:
    lines = {line.id: line.description for line in queries.lines_of(bill.order_id)}
    live = [each for each in queries.claims_of(bill.order_id) if each.live]
    return [
        ("", _("Tidak ada")),
        *((str(each.id), f"{each.packs} x {lines[each.order_line_id]}") for each in live),
    ]


def _new_credit(bill: SupplierBill, form: CreditForm, status: int) -> Answer:
    actor = current_actor()
    page = render_template(
        "purchasing/new_credit.html",
        bill=bill,
        buys=bill.organization_id == actor.organization_id,
        names=identity.names({bill.organization_id, bill.supplier_id}),
        room_rp=services.credit_room_rp(bill),
        case=queries.case_of(bill.id),
        claims=len(_claims(bill)) > 1,
        form=form,
    )
    return page, status


@bp.post("/tagihan/<int:bill_id>/nota-kredit")
@requires(Permission.ORDERS_VIEW)
def create_credit(bill_id: int) -> Answer:
    """Less is owed from now on."""
    bill = _bill(bill_id)
    form = CreditForm.load(claim_id=_claims(bill))
    if form.validate():
        with form.guard():
            typed = form.values()
            note = services.issue_credit(
                current_actor(),
                bill_id,
                typed["amount_rp"],
                typed["reason"],
                typed["reference"] or "",
                int(typed["claim_id"]) if typed["claim_id"] else None,
            )
            flash(_("Nota kredit %(number)s tercatat.", number=note.number))
            return redirect(url_for("purchasing.show_credit", note_id=note.id), 303)
    return _new_credit(bill, form, 422)


# --- goods that go back ----------------------------------------------------------------------------


@bp.get("/pesanan/<int:order_id>/retur")
@requires(Permission.GOODS_RETURN)
def new_return(order_id: int) -> Answer:
    """What goes back, and why?"""
    return _new_return(order_id, None, 200)


def _return_form(order_id: int) -> type[ReturnForm]:
    order = queries.order_for(current_actor(), order_id)
    return ReturnForm.for_lines([(line.id, line.description) for line, _packs in services.returnable(order)])


def _new_return(order_id: int, form: ReturnForm | None, status: int) -> Answer:
    order = queries.order_for(current_actor(), order_id)
    if order.organization_id != current_actor().organization_id:
        raise NotFound(_("Pesanan tidak ditemukan."))
    page = render_template(
        "purchasing/new_return.html",
        order=order,
        supplier=identity.organization(order.supplier_id),
        lines=services.returnable(order),
        form=form or _return_form(order_id).load(reason=_reasons()),
    )
    return page, status


def _reasons() -> Choices:
    return [(key, str(word)) for key, word in RETURN_REASONS.items()]


@bp.post("/pesanan/<int:order_id>/retur")
@requires(Permission.GOODS_RETURN)
def create_return(order_id: int) -> Answer:
    """The goods leave the shelf."""
    form = _return_form(order_id).load(reason=_reasons())
    if form.validate():
        with form.guard():
            typed = form.values()
            lines = [
                (int(name.removeprefix("packs_")), packs)
                for name, packs in typed.items()
                if name.startswith("packs_") and packs
            ]
            sent = services.return_goods(
                current_actor(), order_id, lines, typed["reason"], typed["note"] or ""
            )
            flash(_("Retur tercatat. Pemasok sudah diberi tahu."))
            return redirect(url_for("purchasing.show_return", return_id=sent.id), 303)
    return _new_return(order_id, form, 422)


@bp.get("/retur-pemasok/<int:return_id>")
@requires(Permission.ORDERS_VIEW)
def show_return(return_id: int) -> Answer:
    """Goods that went back, on paper for the driver; what became of them."""
    return _show_return(return_id, {}, 200)


def _show_return(return_id: int, typed: dict[str, Form], status: int) -> Answer:
    actor = current_actor()
    sent = queries.return_seen(actor, return_id)
    forms: dict[str, Form] = {
        "credit": CreditReturnForm(),
        "drop": ReasonForm(),
        "undo": ReasonForm(),
        **typed,
    }
    page = render_template(
        "purchasing/show_return.html",
        sent=sent,
        order=queries.order(sent.order_id),
        lines=queries.return_lines(sent.id),
        names=identity.names({sent.organization_id, sent.supplier_id}),
        buys=sent.organization_id == actor.organization_id,
        mine=sent.returned_by == actor.user_id,
        billed=services.bill_of_return(sent) is not None,
        note=queries.return_credit(sent.id),
        reason=str(REASONS[sent.reason]),
        history=history_of(sent),
        today=clock.today(),
        typed=typed,
        forms_of=forms,
    )
    return page, status


@bp.post("/retur-pemasok/<int:return_id>/nota-kredit")
@requires(Permission.ORDERS_VIEW)
def create_return_credit(return_id: int) -> Answer:
    """The credit note for goods that went back."""
    queries.return_seen(current_actor(), return_id)
    form = CreditReturnForm.load()
    if form.validate():
        with form.guard():
            note = services.credit_return(current_actor(), return_id, form.reference.data or "")
            flash(_("Nota kredit %(number)s tercatat.", number=note.number))
            return redirect(url_for("purchasing.show_credit", note_id=note.id), 303)
    return _show_return(return_id, {"credit": form}, 422)


@bp.post("/retur-pemasok/<int:return_id>/pembatalan")
@requires(Permission.GOODS_RETURN)
def create_return_undo(return_id: int) -> Answer:
    """It was a slip: the goods are on the shelf again."""
    queries.return_seen(current_actor(), return_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.undo_return(current_actor(), return_id, str(form.reason.data))
            flash(_("Retur dibatalkan. Barangnya kembali di rak."))
            return redirect(url_for("purchasing.show_return", return_id=return_id), 303)
    return _show_return(return_id, {"undo": form}, 422)


@bp.post("/retur-pemasok/<int:return_id>/pelepasan")
@requires(Permission.PAYMENT_APPROVE)
def create_return_drop(return_id: int) -> Answer:
    """No credit note will come: a second person lets it go."""
    sent = queries.return_seen(current_actor(), return_id)
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.drop_return(current_actor(), sent.id, str(form.reason.data))
            flash(_("Retur dilepas dan dicatat sebagai kerugian."))
            return redirect(url_for("purchasing.show_return", return_id=return_id), 303)
    return _show_return(return_id, {"drop": form}, 422)
