"""The cooperative's account at a payment provider: enter, approve, end."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.payments import queries, services
from market.payments.forms import PROVIDERS, AccountForm, KeyForm, ReasonForm
from market.payments.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


def _form() -> AccountForm:
    return AccountForm.load(provider=[(value, str(word)) for value, word in PROVIDERS.items()])


def _page(
    form: AccountForm | None = None, reason: ReasonForm | None = None, key: KeyForm | None = None
) -> str:
    accounts = queries.accounts_of(current_actor().organization_id or 0)
    return render_template(
        "payments/index_accounts.html",
        accounts=[(each, history_of(each), queries.keys_believed(each)) for each in accounts],
        key=key or KeyForm(),
        form=form or _form(),
        reason=reason or ReasonForm(),
    )


@bp.get("/uang-masuk/akun")
@requires(Permission.MONEY_IN_VIEW)
def index_accounts() -> str:
    """Accounts, newest first, and the form for a new one."""
    return _page()


@bp.post("/uang-masuk/akun")
@requires(Permission.MERCHANT_PROPOSE)
def create_account() -> Answer:
    """Enter an account; a second person approves it."""
    form = _form()
    if form.validate():
        with form.guard():
            services.propose_account(current_actor(), **form.values())
            flash(_("Akun tersimpan. Orang kedua menyetujuinya sebelum dipakai."))
            return redirect(url_for("payments.index_accounts"), 303)
    return _page(form), 422


@bp.post("/uang-masuk/akun/<int:account_id>/kunci")
@requires(Permission.MERCHANT_PROPOSE)
def create_key(account_id: int) -> Answer:
    """A second server key; a second person approves it."""
    form = KeyForm.load()
    if form.validate():
        with form.guard():
            services.propose_key(current_actor(), account_id, **form.values())
            flash(_("Kunci baru tersimpan. Ketua menyetujuinya sebelum dipakai."))
            return redirect(url_for("payments.index_accounts"), 303)
    return _page(key=form), 422


@bp.post("/uang-masuk/akun/<int:account_id>/kunci/akhir")
@requires(Permission.MERCHANT_APPROVE)
def create_key_end(account_id: int) -> Answer:
    """The old key is believed no longer."""
    services.end_keys(current_actor(), account_id)
    flash(_("Kunci lama diakhiri. Kabar yang memakainya tidak dipercaya lagi."))
    return redirect(url_for("payments.index_accounts"), 303)


@bp.post("/uang-masuk/akun/<int:account_id>/persetujuan")
@requires(Permission.MERCHANT_APPROVE)
def create_account_approval(account_id: int) -> Answer:
    """The second person says yes."""
    services.decide_account(current_actor(), account_id, approve=True)
    flash(_("Akun disetujui. Pembeli sekarang bisa membayar lewat internet."))
    return redirect(url_for("payments.index_accounts"), 303)


@bp.post("/uang-masuk/akun/<int:account_id>/penolakan")
@requires(Permission.MERCHANT_APPROVE)
def create_account_rejection(account_id: int) -> Answer:
    """The second person says no."""
    form = ReasonForm.load()
    if form.validate():
        with form.guard():
            services.decide_account(current_actor(), account_id, approve=False, **form.values())
            flash(_("Akun ditolak."))
            return redirect(url_for("payments.index_accounts"), 303)
    return _page(reason=form), 422


@bp.post("/uang-masuk/akun/<int:account_id>/akhir")
@requires(Permission.MERCHANT_APPROVE)
def create_account_end(account_id: int) -> Answer:
    """No new payments with this account."""
    services.end_account(current_actor(), account_id)
    flash(_("Akun diakhiri. Pembayaran yang sudah dimulai tetap diikuti sampai selesai."))
    return redirect(url_for("payments.index_accounts"), 303)
