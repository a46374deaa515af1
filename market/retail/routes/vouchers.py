"""The board's page of vouchers: make one, stop one, see what each gave."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, url_for

from market.core import clock
from market.core.i18n import _
from market.core.permissions import Permission
from market.retail import queries_vouchers, services
from market.retail.forms_board import VoucherForm
from market.retail.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires

USUAL_DAYS, USUAL_USES = 30, 100


def _form() -> VoucherForm:
    today = clock.today()
    begin = {"starts_on": today, "ends_on": today + timedelta(days=USUAL_DAYS)}
    return VoucherForm.load({**begin, "most_uses": USUAL_USES, "most_per_phone": 1})


def _page(form: VoucherForm) -> str:
    rows = queries_vouchers.vouchers_of(current_actor().organization_id or 0)
    return render_template("retail/index_vouchers.html", rows=rows, form=form, today=clock.today())


@bp.get("/penjualan/voucher")
@requires(Permission.RETAIL_VIEW)
def index_vouchers() -> str:
    """Vouchers with their figures, and one form for a new one."""
    return _page(_form())


@bp.post("/penjualan/voucher")
@requires(Permission.VOUCHERS_KEEP)
def create_voucher() -> Answer:
    """A voucher from a day on."""
    form = _form()
    if form.validate():
        with form.guard():
            typed = form.values()
            code = typed.pop("code")
            terms = services.VoucherTerms(**{**typed, "minimum_rp": typed["minimum_rp"] or 0})
            voucher = services.make_voucher(current_actor(), code, terms)
            flash(_("Voucher %(code)s siap dipakai.", code=voucher.code))
            return redirect(url_for("retail.index_vouchers"), 303)
    return _page(form), 422


@bp.post("/penjualan/voucher/<int:voucher_id>/akhir")
@requires(Permission.VOUCHERS_KEEP)
def create_voucher_end(voucher_id: int) -> Answer:
    """Nobody uses it any more."""
    services.stop_voucher(current_actor(), voucher_id)
    flash(_("Voucher dihentikan. Pesanan yang sudah memakainya tidak berubah."))
    return redirect(url_for("retail.index_vouchers"), 303)
