"""Bills of suppliers: recording one against what was received, what is owed to whom until when."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for

from market.core import clock, sheets
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.purchasing import queries, services
from market.purchasing.forms import BillForm
from market.purchasing.routes.base import Answer, bp, is_buyer, sheet, sides
from market.web.access import current_actor, requires


@bp.get("/tagihan")
@requires(Permission.BOOKS_VIEW)
def index_bills() -> Answer:
    """What is owed, the earliest due first, and how late."""
    organization_id = current_actor().organization_id or 0
    rows = queries.payables(organization_id)
    today = clock.today()
    return render_template(
        "purchasing/index_bills.html",
        rows=rows,
        today=today,
        owed_rp=sum(row.open_rp for row in rows),
        ageing=queries.ageing(rows, today),
        age_steps=queries.AGE_STEPS,
        paid=queries.paid_bills(organization_id),
    )


@bp.get("/tagihan.<any(xlsx, csv):kind>")
@requires(Permission.BOOKS_VIEW)
def export_bills(kind: str) -> Answer:
    """Payables as a sheet."""
    headers = [
        *(_("Tagihan"), _("Nomor pemasok"), _("Pemasok"), _("Pesanan"), _("Tanggal"), _("Jatuh tempo")),
        *(_("Hari terlambat"), _("Jumlah (Rp)"), _("Belum dibayar (Rp)")),
    ]
    rows = [_cells(row) for row in queries.payables(current_actor().organization_id or 0)]
    return sheet(f"utang-{clock.today().isoformat()}", _("Utang usaha"), kind, headers, rows)


def _cells(row: queries.Payable) -> Sequence[sheets.Cell]:
    bill = row.bill
    late = max(0, row.days_late(clock.today()))
    return (
        *(bill.number, bill.reference, row.supplier_name, row.order_number, bill.billed_on, bill.due_on),
        *(late, bill.amount_rp, row.open_rp),
    )


@bp.get("/tagihan/<int:bill_id>")
@requires(Permission.ORDERS_VIEW)
def show_bill(bill_id: int) -> Answer:
    """One bill: what it is for, and what became of it."""
    actor = current_actor()
    bill = queries.bill_for(actor, bill_id)
    order = queries.order(bill.order_id)
    buys = is_buyer(actor, order)
    payments = [each for each in queries.payments_of(order.id) if each.bill_id == bill.id] if buys else []
    credits, paid = queries.credits_of_bill(bill.id), queries.paid_to_supplier(bill.id)
    given_rp = sum(use.amount_rp for use, _note in credits) + sum(each.amount_rp for each in paid)
    return render_template(
        "purchasing/show_bill.html",
        bill=bill,
        order=order,
        buys=buys,
        side=identity.organization(order.supplier_id if buys else order.organization_id),
        lines=queries.bill_lines(bill.id),
        history=history_of(bill),
        payments=payments,
        waits=any(each.state in each.WAITS for each in payments),
        to_pay=next((each for each in payments if each.state == "approved"), None),
        by_advance_rp=bill.paid_rp - given_rp,
        credits=credits,
        paid=paid,
        case=queries.case_of(bill.id),
        room_rp=services.credit_room_rp(bill),
        back=queries.open_returns(order.id),
        days_late=(clock.today() - bill.due_on).days,
    )


@bp.get("/pesanan/<int:order_id>/tagihan")
@requires(Permission.BILLS_RECORD)
def new_bill(order_id: int) -> Answer:
    """The invoice on paper beside what may be billed."""
    order = queries.order_for(current_actor(), order_id)
    expected = services.billable_rp(queries.lines_of(order.id))
    back = sum(each.amount_rp for each in queries.open_returns(order.id))
    start = {
        "billed_on": clock.today(),
        "amount_rp": (expected - back if back < expected else expected) or None,
    }
    return _new_bill(order_id, BillForm.load(start), 200)


def _new_bill(order_id: int, form: BillForm, status: int) -> Answer:
    order = queries.order_for(current_actor(), order_id)
    lines = queries.lines_of(order.id)
    page = render_template(
        "purchasing/new_bill.html",
        order=order,
        supplier=sides(order)[1],
        lines=lines,
        billable=services.billable(lines),
        expected=services.billable_rp(lines),
        back_rp=sum(each.amount_rp for each in queries.open_returns(order.id)),
        fees_rp=services.unbilled_fees_rp(order.id),
        form=form,
    )
    return page, status


@bp.post("/pesanan/<int:order_id>/tanpa-tagihan")
@requires(Permission.ORDERS_VIEW)
def create_order_end(order_id: int) -> Answer:
    """Everything went back: no invoice will come, nothing is owed."""
    actor = current_actor()
    order = queries.order_for(actor, order_id)
    actor.require(Permission.BILLS_RECORD if is_buyer(actor, order) else Permission.CREDIT_ISSUE)
    services.end_without_bill(actor, order_id)
    flash(_("Selesai tanpa tagihan. Tidak ada yang harus dibayar untuk barang yang kembali."))
    return redirect(url_for("purchasing.show", order_id=order_id), 303)


@bp.post("/pesanan/<int:order_id>/tagihan")
@requires(Permission.BILLS_RECORD)
def create_bill(order_id: int) -> Answer:
    """Accept the invoice when ordered, received and billed agree."""
    form = BillForm.load()
    if form.validate():
        with form.guard():
            bill = services.record_bill(current_actor(), order_id, **form.values())
            case = queries.case_of(bill.id)
            if case is not None:
                flash(_("Tagihan tercatat. Selisihnya dibuka dan pemasok sudah diberi tahu."))
                return redirect(url_for("purchasing.show_case", case_id=case.id), 303)
            flash(_("Tagihan cocok dan tercatat."))
            return redirect(url_for("purchasing.show_bill", bill_id=bill.id), 303)
    return _new_bill(order_id, form, 422)
