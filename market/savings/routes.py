"""Savings: who pays, receipts and who confirmed them, who gets money back."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from market.core.errors import Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.members import queries as members
from market.members.models import Member
from market.savings import queries, services
from market.savings.forms import AccountForm, RateForm, ReasonForm, ReceiptForm
from market.web.access import current_actor, requires, signed_in
from market.web.forms import Choices

bp = Blueprint("savings", __name__)

Answer = str | Response | tuple[str, int]


def _accounts() -> Choices:
    return [("1-1100", _("Kas")), ("1-1200", _("Bank"))]


@bp.get("/simpanan")
@requires(Permission.SAVINGS_VIEW)
def index() -> Answer:
    """Who is to pay, what waits for a yes, who is to get money back."""
    actor = current_actor()
    return render_template(
        "savings/index.html",
        rate=queries.rate_on(actor.organization_id or 0),
        due=queries.to_pay(actor),
        unconfirmed=queries.unconfirmed(actor),
        repayments=queries.repayments_open(actor),
    )


@bp.get("/simpanan/besaran")
@requires(Permission.SAVINGS_VIEW)
def index_rates() -> Answer:
    """The amounts that meetings resolved."""
    return _rates(RateForm.load())


def _rates(form: RateForm) -> str:
    actor = current_actor()
    rates = queries.rates_of(actor.organization_id or 0)
    return render_template("savings/index_rates.html", form=form, rates=rates)


@bp.post("/simpanan/besaran")
@requires(Permission.SAVINGS_SET)
def create_rate() -> Answer:
    """Record a resolution."""
    form = RateForm.load()
    if form.validate():
        with form.guard():
            services.set_rate(current_actor(), **form.values())
            flash(_("Keputusan rapat dicatat."))
            return redirect(url_for("savings.index_rates"), 303)
    return _rates(form), 422


@bp.get("/simpanan/pokok/<int:member_id>")
@requires(Permission.SAVINGS_TAKE)
def new_receipt(member_id: int) -> Answer:
    """What this person pays before she is a member."""
    return _till(members.member_for(current_actor(), member_id), ReceiptForm())


def _till(member: Member, form: ReceiptForm) -> str:
    return render_template(
        "savings/new_receipt.html",
        member=member,
        form=form,
        rate=queries.rate_on(member.organization_id),
        waiting=queries.waiting_receipt(member),
    )


@bp.post("/simpanan/pokok/<int:member_id>")
@requires(Permission.SAVINGS_TAKE)
def create_receipt(member_id: int) -> Answer:
    """The money is in the till: a numbered receipt."""
    form = ReceiptForm.load()
    if form.validate():
        with form.guard():
            receipt = services.take_principal(current_actor(), member_id, form.seen_rp.data)
            flash(_("Diterima. Cetak tanda terima; ia menjadi anggota setelah menyetujuinya."))
            return redirect(url_for("savings.show_receipt", receipt_id=receipt.id), 303)
    return _till(members.member_for(current_actor(), member_id), form), 422


@bp.get("/simpanan/tanda-terima/<int:receipt_id>")
@requires(Permission.SAVINGS_VIEW)
def show_receipt(receipt_id: int) -> Answer:
    """One receipt, to print and to be signed."""
    return _receipt(receipt_id, ReasonForm())


def _receipt(receipt_id: int, form: ReasonForm) -> str:
    actor = current_actor()
    receipt = queries.receipt_for(actor, receipt_id)
    return render_template(
        "savings/show_receipt.html",
        receipt=receipt,
        member=members.member_by_id(receipt.member_id),
        shop=identity.organization(receipt.organization_id),
        history=history_of(receipt),
        form=form,
        mine=receipt.taken_by == actor.user_id,
    )


@bp.post("/simpanan/tanda-terima/<int:receipt_id>/pencocokan")
@requires(Permission.MEMBERS_ADMIT)
def create_paper_confirmation(receipt_id: int) -> Answer:
    """Somebody else holds the paper that the member signed."""
    form, member_id = ReasonForm(), 0
    with form.guard():
        member_id = services.confirm_on_paper(current_actor(), receipt_id).member_id
        flash(_("Ia sekarang anggota."))
    if form.errors:
        return _receipt(receipt_id, form), 422
    return redirect(url_for("members.show", member_id=member_id), 303)


@bp.post("/simpanan/tanda-terima/<int:receipt_id>/pembatalan")
@requires(Permission.SAVINGS_APPROVE)
def create_cancellation(receipt_id: int) -> Answer:
    """The money goes back."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.cancel_receipt(current_actor(), receipt_id, str(form.reason.data))
            flash(_("Dibatalkan dan dibalik di buku. Uangnya kembali ke orang itu."))
            return redirect(url_for("savings.show_receipt", receipt_id=receipt_id), 303)
    return _receipt(receipt_id, form), 422


@bp.get("/simpanan-saya")
@signed_in
def index_own() -> Answer:
    """One's own receipts, and the question whether they are right."""
    return render_template("savings/index_own.html", receipts=queries.own_receipts(g.user_id), refusal="")


@bp.post("/simpanan-saya/<int:receipt_id>/persetujuan")
@signed_in
def create_confirmation(receipt_id: int) -> Answer:
    """Yes, I paid this."""
    try:
        services.confirm_own(current_actor(), receipt_id)
    except Refused as refusal:
        page = render_template(
            "savings/index_own.html", receipts=queries.own_receipts(g.user_id), refusal=refusal.message
        )
        return page, 422
    flash(_("Terima kasih. Anda sekarang anggota, kartunya di sini."))
    return redirect(url_for("members.show_own_card"), 303)


@bp.get("/simpanan/pengembalian/<int:repayment_id>")
@requires(Permission.SAVINGS_VIEW)
def show_repayment(repayment_id: int) -> Answer:
    """Principal savings on the way back to who left."""
    return _repayment(repayment_id, ReasonForm(), AccountForm.load(account=_accounts()))


def _repayment(repayment_id: int, form: ReasonForm, account: AccountForm) -> str:
    actor = current_actor()
    repayment = queries.repayment_for(actor, repayment_id)
    return render_template(
        "savings/show_repayment.html",
        repayment=repayment,
        member=members.member_by_id(repayment.member_id),
        history=history_of(repayment),
        form=form,
        account=account,
        mine=repayment.proposed_by == actor.user_id,
    )


@bp.post("/simpanan/pengembalian/<int:repayment_id>/keputusan")
@requires(Permission.SAVINGS_APPROVE)
def create_decision(repayment_id: int) -> Answer:
    """Owed from now on, or not and why."""
    form, approve = ReasonForm.load(), request.form.get("answer") == "approve"
    with form.guard():
        services.decide_repayment(current_actor(), repayment_id, approve, request.form.get("reason", ""))
        flash(_("Disetujui. Sekarang bisa dibayar.") if approve else _("Ditolak dengan alasannya."))
    if form.errors:
        return _repayment(repayment_id, form, AccountForm.load(account=_accounts())), 422
    return redirect(url_for("savings.show_repayment", repayment_id=repayment_id), 303)


@bp.post("/simpanan/pengembalian/<int:repayment_id>/pembayaran")
@requires(Permission.SAVINGS_TAKE)
def create_payment(repayment_id: int) -> Answer:
    """The money goes out."""
    form = AccountForm.load(account=_accounts())
    if form.validate():
        with form.guard():
            services.pay_repayment(current_actor(), repayment_id, str(form.account.data))
            flash(_("Dibayar dan dicatat di buku."))
            return redirect(url_for("savings.show_repayment", repayment_id=repayment_id), 303)
    return _repayment(repayment_id, ReasonForm(), form), 422
