"""One product: its page, and what the cooperative decides about it."""

from __future__ import annotations

from flask import flash, redirect, request, url_for

from market.catalogue import queries, services
from market.catalogue.forms import RejectionForm
from market.catalogue.routes.blueprint import Answer, bp
from market.catalogue.routes.page import approval_form, remarks_form, show_page
from market.core.i18n import _
from market.core.permissions import Permission
from market.web.access import current_actor, requires


@bp.get("/produk/<int:product_id>")
@requires(Permission.PRODUCTS_VIEW)
def show(product_id: int) -> str:
    return show_page(queries.product_for(current_actor(), product_id))


@bp.post("/produk/<int:product_id>/persetujuan")
@requires(Permission.PRODUCT_APPROVE)
def create_approval(product_id: int) -> Answer:
    """The cooperative takes the product on its shelf."""
    product = queries.product_in_shop(current_actor(), product_id)
    form = approval_form(product)
    if form.validate():
        with form.guard():
            typed = form.values()
            approved = services.approve_product(
                current_actor(),
                product_id,
                typed["commission_percent"] * 100,
                typed["version"],
                origin=typed["origin"] or "",
                origin_note=typed["origin_note"] or "",
                permits_checked=typed["permits_checked"],
            )
            shelf = approved.supply == "shelf"
            flash(
                _("Disetujui. Terima titipan barangnya agar bisa dipesan.")
                if shelf
                else _("Disetujui. Pembeli sudah bisa memesannya.")
            )
            return redirect(url_for("catalogue.show", product_id=product_id), 303)
    return show_page(product, approval=form), 422


@bp.post("/produk/<int:product_id>/permintaan")
@requires(Permission.PRODUCT_APPROVE)
def create_remarks(product_id: int) -> Answer:
    """The product, or its other wording, goes back with what has to change, field by field."""
    product = queries.product_in_shop(current_actor(), product_id)
    form = remarks_form()
    if form.validate():
        with form.guard():
            act = services.return_product if product.state == "submitted" else services.return_change
            act(current_actor(), product_id, form.notes(), form.version.data)
            flash(_("Dikembalikan dengan alasannya."))
            return redirect(url_for("catalogue.index"), 303)
    return show_page(product, remarks=form), 422


@bp.post("/produk/<int:product_id>/penolakan")
@requires(Permission.PRODUCT_APPROVE)
def create_rejection(product_id: int) -> Answer:
    """The product does not belong in this shop."""
    product = queries.product_in_shop(current_actor(), product_id)
    form = RejectionForm.load()
    if form.validate():
        with form.guard():
            services.reject_product(current_actor(), product_id, **form.values())
            flash(_("Ditolak dengan alasannya."))
            return redirect(url_for("catalogue.index"), 303)
    return show_page(product, rejection=form), 422


@bp.post("/produk/<int:product_id>/perubahan/persetujuan")
@requires(Permission.PRODUCT_APPROVE)
def create_change_approval(product_id: int) -> Answer:
    """The other wording takes the place of the approved one."""
    seen = request.form.get("version", type=int)
    services.approve_change(current_actor(), product_id, seen)
    flash(_("Isi yang baru sudah tampil."))
    return redirect(url_for("catalogue.show", product_id=product_id), 303)


@bp.post("/produk/<int:product_id>/perubahan/pembatalan")
@requires(Permission.PRODUCT_LIST)
def create_change_withdrawal(product_id: int) -> Answer:
    """The owner takes the other wording back."""
    services.drop_change(current_actor(), product_id)
    flash(_("Perubahan dibatalkan. Isi yang lama tetap dijual."))
    return redirect(url_for("catalogue.show", product_id=product_id), 303)


@bp.post("/produk/<int:product_id>/penarikan")
@requires(Permission.PRODUCTS_VIEW)
def create_withdrawal(product_id: int) -> Answer:
    """Owner or shop take it off the shelf."""
    services.withdraw_product(current_actor(), product_id)
    flash(_("Diturunkan dari rak. Pesanan yang sudah ada tetap berjalan."))
    return redirect(url_for("catalogue.show", product_id=product_id), 303)
