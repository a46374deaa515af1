"""Money that leaves: refunds by hand, sellers' shares, each with the one button that is next."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from market.core import clock, messages
from market.core.errors import Refused
from market.core.history import history_of
from market.core.i18n import _, lazy
from market.core.permissions import Permission
from market.identity import queries as identity
from market.ledger import chart
from market.ledger import queries as books
from market.payments import queries, queries_earnings, services
from market.payments import queries_payouts as out
from market.payments.forms_payouts import CashForm, CodeForm, TopUpForm, TransferForm, WhyForm
from market.payments.models_payouts import Payout
from market.payments.queries_payouts import GoingBack
from market.payments.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires
from market.web.forms import Form
from market.web.requests import after_refusal

WAYS = {"iris": lazy("Otomatis"), "transfer": lazy("Transfer sendiri"), "cash": lazy("Tunai")}
ENDED = ("completed", "failed", "rejected", "withdrawn", "lapsed")


@bp.get("/uang-keluar")
@requires(Permission.BOOKS_VIEW)
def index_payouts() -> str:
    """What has to be given back, what sellers can be paid, what is under way."""
    actor = current_actor()
    shop_id = actor.organization_id or 0
    under_way = out.payouts_of(shop_id, Payout.LIVE)
    ended = out.payouts_of(shop_id, ENDED, limit=20)
    owed = queries_earnings.owed(shop_id)
    sellers = {each.seller_id for each in (*under_way, *ended) if each.seller_id}
    return render_template(
        "payments/index_payouts.html",
        refunds=out.refunds_to_pay(shop_id),
        owed=owed,
        under_way=[each for each in under_way if each.kind == "seller"],
        ended=ended,
        names=identity.names(sellers | {each.seller_id for each in owed}),
        ways=WAYS,
        ask=_ask_payer,
        masked=services.masked,
        next_on=queries_earnings.next_payout_on(shop_id),
        today=clock.today(),
        automatic=out.pays_out(shop_id),
        deposit_rp=_deposit_rp(shop_id),
        actor=actor,
    )


def _deposit_rp(shop_id: int) -> int:
    return next((a.balance_rp for a in books.accounts(shop_id) if a.code == chart.PAYOUT_DEPOSIT), 0)


def _ask_payer(back: GoingBack) -> str:
    """A message to the buyer; the secret link stays with the buyer."""
    if not back.payment.phone:
        return ""
    text = _(
        "Halo %(name)s, uang %(title)s kami kembalikan. Buka halaman pesanan Anda dan isi rekeningnya.",
        name=back.payment.payer_name,
        title=back.payment.title,
    )
    return messages.wa_link(back.payment.phone, text)


# --- refunds ---------------------------------------------------------------------------------------


@bp.post("/uang-keluar/pengembalian/<int:refund_id>/usulan")
@requires(Permission.PAYMENT_PROPOSE)
def create_refund_payout(refund_id: int) -> Answer:
    """Propose to send what the buyer gets back."""
    payout = services.propose_refund_payout(current_actor(), refund_id, _way())
    flash(_("Diusulkan. Ketua atau wakilnya menyetujui sebelum uang keluar."))
    return redirect(url_for("payments.show_payout", payout_id=payout.id), 303)


@bp.post("/uang-keluar/pengembalian/<int:refund_id>/ulang")
@requires(Permission.BOOKS_POST)
def create_refund_again(refund_id: int) -> Answer:
    """A refund that the bank refused is tried once more."""
    services.ask_again(current_actor(), refund_id, by_hand=False)
    flash(_("Bank diminta sekali lagi. Halaman ini menunjukkan jawabannya."))
    return redirect(url_for("payments.index_payouts"), 303)


@bp.post("/uang-keluar/pengembalian/<int:refund_id>/tangan")
@requires(Permission.BOOKS_POST)
def create_refund_by_hand(refund_id: int) -> Answer:
    """A refund that the bank refused is paid by the cooperative itself."""
    services.pay_by_hand(current_actor(), refund_id)
    flash(_("Pembeli diminta mengisi ke mana uangnya dikirim. Kabari lewat WhatsApp."))
    return redirect(url_for("payments.index_payouts"), 303)


def _way() -> str:
    return request.form.get("way", "")[:10]


# --- one payout ------------------------------------------------------------------------------------


@bp.post("/uang-keluar/umkm/<int:seller_id>/usulan")
@requires(Permission.PAYMENT_PROPOSE)
def create_seller_payout(seller_id: int) -> Answer:
    """Propose to pay a seller all that is released."""
    payout = services.propose_seller_payout(current_actor(), seller_id, _way())
    flash(_("Diusulkan. Ketua atau wakilnya menyetujui sebelum uang keluar."))
    return redirect(url_for("payments.show_payout", payout_id=payout.id), 303)


@bp.get("/uang-keluar/<int:payout_id>")
@requires(Permission.BOOKS_VIEW)
def show_payout(payout_id: int) -> str:
    """One payout: to whom, how far, and what is next."""
    return _show(payout_id)


def _show(payout_id: int, typed: dict[str, Form] | None = None) -> str:
    payout = out.payout_for(current_actor(), payout_id)
    actor = current_actor()
    typed = typed or {}
    back, seller_id = _back(payout), payout.seller_id or 0
    return render_template(
        "payments/show_payout.html",
        payout=payout,
        back=back,
        buyer=back.payment if back else None,
        name=back.payment.payer_name if back else identity.names({seller_id})[seller_id],
        number=_number(payout),
        ways=WAYS,
        history=history_of(payout),
        mine=payout.proposed_by == actor.user_id,
        reject=typed.get("reject") or WhyForm(),
        withdraw=typed.get("withdraw") or WhyForm(),
        proof=typed.get("proof") or _proof_form(payout),
    )


def _back(payout: Payout) -> GoingBack | None:
    if payout.refund_id is None:
        return None
    payment = queries.attempt(queries.refund(payout.refund_id).attempt_id).payment_id
    return next(each for each in out.refunds_of_payment(payment) if each.refund.id == payout.refund_id)


def _number(payout: Payout) -> str:
    """The whole number, only for who is about to type it into the bank's app."""
    if payout.state != "approved" or payout.way != "transfer":
        return ""
    if not current_actor().may(Permission.PAYMENT_PROPOSE):
        return ""
    row = queries_earnings.payee_account_by_id(payout.account_id) if payout.account_id else None
    target = row or out.destination_of(payout.refund_id or 0)
    return services.number_of(target) if target else ""


def _proof_form(payout: Payout, sent: bool = False) -> Form:
    kind: type[Form] = TransferForm
    if payout.way == "cash":
        kind = CodeForm if payout.kind == "refund" else CashForm
    if sent or kind is not TransferForm:
        return kind.load() if sent else kind()
    return TransferForm(data={"paid_on": clock.today()})


@bp.post("/uang-keluar/<int:payout_id>/persetujuan")
@requires(Permission.PAYMENT_APPROVE)
def create_payout_approval(payout_id: int) -> Answer:
    """The second person says yes."""
    payout = services.decide_payout(current_actor(), payout_id, approve=True)
    if payout.way == "iris":
        flash(_("Disetujui. Uangnya sedang dikirim; halaman ini menunjukkan bila sudah sampai."))
    else:
        flash(_("Disetujui. Bendahara membayar, lalu mencatat buktinya."))
    return redirect(url_for("payments.show_payout", payout_id=payout_id), 303)


@bp.post("/uang-keluar/<int:payout_id>/penolakan")
@requires(Permission.PAYMENT_APPROVE)
def create_payout_rejection(payout_id: int) -> Answer:
    """The second person says no."""
    form = WhyForm.load()
    if form.validate():
        with form.guard():
            services.decide_payout(current_actor(), payout_id, approve=False, **form.values())
            flash(_("Usulan ditolak. Uangnya tetap tercatat sebagai utang koperasi."))
            return redirect(url_for("payments.show_payout", payout_id=payout_id), 303)
    return _show(payout_id, {"reject": form}), 422


@bp.post("/uang-keluar/<int:payout_id>/penarikan")
@requires(Permission.PAYMENT_PROPOSE)
def create_payout_withdrawal(payout_id: int) -> Answer:
    """Taken back before the money has left."""
    form = WhyForm.load()
    if form.validate():
        with form.guard():
            services.withdraw_payout(current_actor(), payout_id, **form.values())
            flash(_("Permintaan ditarik. Uangnya tetap tercatat sebagai utang koperasi."))
            return redirect(url_for("payments.show_payout", payout_id=payout_id), 303)
    return _show(payout_id, {"withdraw": form}), 422


@bp.post("/uang-keluar/<int:payout_id>/bukti")
@requires(Permission.PAYMENT_PROPOSE)
def create_payout_proof(payout_id: int) -> Answer:
    """Transferred or handed over: it is booked."""
    payout = out.payout_for(current_actor(), payout_id)
    form = _proof_form(payout, sent=True)
    if form.validate():
        try:
            values = {name: value for name, value in form.values().items() if value is not None}
            services.record_payout(current_actor(), payout_id, **values)
            flash(_("%(number)s dibukukan.", number=payout.number))
            return redirect(url_for("payments.show_payout", payout_id=payout_id), 303)
        except Refused as refusal:
            if refusal.field == "code" and payout.refund_id is not None:
                refund_id = payout.refund_id
                after_refusal(lambda: services.note_wrong_code(refund_id))
            form.refuse(refusal)
    return _show(payout_id, {"proof": form}), 422


# --- the deposit, and payments that a bank took back ------------------------------------------------


@bp.get("/uang-keluar/saldo")
@requires(Permission.BOOKS_VIEW)
def index_top_ups() -> str:
    """What lies at the provider to be sent, and how it came there."""
    return _top_ups(TopUpForm())


def _top_ups(form: Form) -> str:
    shop_id = current_actor().organization_id or 0
    return render_template(
        "payments/index_top_ups.html",
        form=form,
        deposit_rp=_deposit_rp(shop_id),
        bank_rp=books.balance_rp(shop_id, chart.BANK),
        top_ups=out.top_ups(shop_id),
    )


@bp.post("/uang-keluar/saldo")
@requires(Permission.BOOKS_POST)
def create_top_up() -> Answer:
    """The cooperative moved money from its bank to the provider."""
    form = TopUpForm.load()
    if form.validate():
        with form.guard():
            services.top_up(current_actor(), **form.values())
            flash(_("Saldo uang keluar dibukukan."))
            return redirect(url_for("payments.index_top_ups"), 303)
    return _top_ups(form), 422


@bp.get("/uang-keluar/saldo/<int:top_up_id>")
@requires(Permission.BOOKS_VIEW)
def show_top_up(top_up_id: int) -> Answer:
    """From an entry in the books to the list that holds it."""
    out.top_up_for(current_actor(), top_up_id)
    return redirect(url_for("payments.index_top_ups"))


@bp.post("/uang-keluar/tertahan/<int:payment_id>/pelepasan")
@requires(Permission.PAYMENT_APPROVE)
def create_hold_release(payment_id: int) -> Answer:
    """Sellers are paid although the bank took the money back."""
    services.release_hold(current_actor(), payment_id, request.form.get("reason", "")[:200])
    flash(_("Hak UMKM dilepas. Koperasi menanggung uang yang ditarik bank."))
    return redirect(url_for("payments.index_payouts"), 303)
