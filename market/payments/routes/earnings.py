"""The seller's own page: what it is owed, why some of it waits, what was paid, and where to."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.payments import queries_earnings, services
from market.payments import queries_payouts as out
from market.payments.forms_payouts import TargetForm, WhyForm
from market.payments.models_payouts import PLACES, Payout
from market.payments.routes.blueprint import Answer, bp
from market.payments.routes.payouts import WAYS
from market.web.access import current_actor, requires
from market.web.forms import Form


def target_form() -> TargetForm:
    """The form with every bank and wallet."""
    return TargetForm.load(bank=[("", _("Pilih")), *PLACES.items()])


@bp.get("/uang-saya")
@requires(Permission.EARNINGS_KEEP)
def show_earnings() -> str:
    """What the cooperative owes the seller, and what it has paid."""
    return _earnings(target_form())


def _earnings(form: Form) -> str:
    actor = current_actor()
    me = actor.organization_id or 0
    shop_id = identity.organization(me).sells_through_id
    if shop_id is None:
        raise NotFound(_("Anda belum menjual lewat koperasi."))
    accounts = queries_earnings.payee_accounts(shop_id, me)
    return render_template(
        "payments/show_earnings.html",
        shop=identity.organization(shop_id),
        owed=queries_earnings.owed_to(shop_id, me),
        payouts=out.payouts_of(shop_id, (*Payout.LIVE, "completed", "failed"), seller_id=me),
        accounts=[each for each in accounts if each.state in ("proposed", "active")],
        masked=services.masked,
        next_on=queries_earnings.next_payout_on(shop_id),
        ways=WAYS,
        form=form,
        actor=actor,
    )


@bp.post("/uang-saya/rekening")
@requires(Permission.EARNINGS_KEEP)
def create_own_account() -> Answer:
    """The seller says where it is paid."""
    form = target_form()
    if form.validate():
        with form.guard():
            services.name_own_account(current_actor(), **form.values())
            flash(_("Rekening tersimpan. Dipakai setelah koperasi membenarkannya."))
            return redirect(url_for("payments.show_earnings"), 303)
    return _earnings(form), 422


@bp.post("/uang-saya/rekening/<int:account_id>/benar")
@requires(Permission.EARNINGS_KEEP)
def create_own_confirmation(account_id: int) -> Answer:
    """The seller says that what the cooperative wrote is right."""
    services.decide_payee_account(current_actor(), account_id, confirm=True)
    flash(_("Rekening dibenarkan. Koperasi membayar Anda ke sini."))
    return redirect(url_for("payments.show_earnings"), 303)


@bp.get("/uang-keluar/umkm/<int:seller_id>")
@requires(Permission.BOOKS_VIEW)
def show_seller(seller_id: int) -> str:
    """One seller as the cooperative sees it: owed, held, paid, and where to."""
    return _seller(seller_id, target_form())


def _seller(seller_id: int, form: Form, reason: Form | None = None) -> str:
    actor = current_actor()
    shop_id = actor.organization_id or 0
    seller = identity.organization(seller_id)
    paid = out.payouts_of(shop_id, seller_id=seller_id)
    owed = queries_earnings.owed_to(shop_id, seller_id)
    if seller.sells_through_id != shop_id and not paid and not owed.owed_rp:
        raise NotFound(_("UMKM tidak ditemukan."))
    return render_template(
        "payments/show_seller.html",
        seller=seller,
        owed=owed,
        payouts=paid,
        accounts=queries_earnings.payee_accounts(shop_id, seller_id),
        masked=services.masked,
        ways=WAYS,
        form=form,
        reason=reason or WhyForm(),
        actor=actor,
    )


@bp.post("/uang-keluar/umkm/<int:seller_id>/rekening")
@requires(Permission.PAYMENT_PROPOSE)
def create_seller_account(seller_id: int) -> Answer:
    """The cooperative enters where a seller is paid."""
    form = target_form()
    if form.validate():
        with form.guard():
            services.name_seller_account(current_actor(), seller_id, **form.values())
            flash(_("Rekening tersimpan. UMKM-nya, ketua atau wakilnya membenarkan."))
            return redirect(url_for("payments.show_seller", seller_id=seller_id), 303)
    return _seller(seller_id, form), 422


@bp.post("/uang-keluar/rekening/<int:account_id>/benar")
@requires(Permission.BOOKS_VIEW)
def create_payee_confirmation(account_id: int) -> Answer:
    """A second person of the cooperative says that the account is right."""
    account = services.decide_payee_account(current_actor(), account_id, confirm=True)
    flash(_("Rekening dibenarkan."))
    return redirect(url_for("payments.show_seller", seller_id=account.seller_id), 303)


@bp.post("/uang-keluar/rekening/<int:account_id>/salah")
@requires(Permission.BOOKS_VIEW)
def create_payee_rejection(account_id: int) -> Answer:
    """A second person says that it is not."""
    account = queries_earnings.payee_account_for(current_actor(), account_id)
    form = WhyForm.load()
    if form.validate():
        with form.guard():
            services.decide_payee_account(current_actor(), account_id, confirm=False, **form.values())
            flash(_("Rekening ditolak. Minta yang benar."))
            return redirect(url_for("payments.show_seller", seller_id=account.seller_id), 303)
    return _seller(account.seller_id, target_form(), form), 422
