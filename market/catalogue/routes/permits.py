"""Permits at /izin, and what the law asks at /aturan-produk, where everybody may read it."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for

from market.catalogue import queries, queries_permits, services
from market.catalogue.forms import CATEGORIES, PERMITS, SPECIALS, CheckForm, PermitForm, RuleForm
from market.catalogue.routes.blueprint import Answer, bp
from market.core import clock
from market.core.i18n import _
from market.core.permissions import Permission
from market.web.access import current_actor, public, requires
from market.web.pictures import private_photo


@bp.get("/aturan-produk")
@public
def index_rules() -> str:
    """What is asked of which product from which day, with the source of each rule."""
    return _rules_page(RuleForm.load({"valid_from_on": clock.today()}), 0)


def _rules_page(form: RuleForm, refused: int) -> str:
    """The page; the form of the rule `refused` keeps what was typed."""
    actor = current_actor()
    office = actor.may(Permission.PERMIT_RULE_PROPOSE)
    return render_template(
        "catalogue/index_rules.html",
        rules=queries_permits.rule_rows(),
        words=services.DUTIES,
        categories=CATEGORIES,
        specials=SPECIALS,
        today=clock.today(),
        form=form,
        refused=refused,
        waiting=queries_permits.proposed_rules(actor.organization_id or 0) if office else [],
    )


@bp.post("/aturan-produk/<int:rule_id>/usulan")
@requires(Permission.PERMIT_RULE_PROPOSE)
def create_rule_proposal(rule_id: int) -> Answer:
    """Another first day for a rule; it counts once a second person approves."""
    form = RuleForm.load()
    if form.validate():
        with form.guard():
            typed = {**form.values(), "note": form.note.data or ""}
            services.propose_permit_rule(current_actor(), rule_id, **typed)
            flash(_("Usulan tersimpan. Kepala dinas menyetujui dalam 72 jam."))
            return redirect(url_for("catalogue.index_rules"), 303)
    return _rules_page(form, rule_id), 422


@bp.post("/aturan-produk/usulan/<int:approval_id>/keputusan")
@requires(Permission.PERMIT_RULE_APPROVE)
def create_rule_decision(approval_id: int) -> Answer:
    """The second person's word on a proposed rule."""
    approve = request.form.get("decision") == "approve"
    services.decide_permit_rule(current_actor(), approval_id, approve, request.form.get("reason", "")[:200])
    flash(_("Aturan berlaku mulai tanggalnya.") if approve else _("Usulan ditolak."))
    return redirect(url_for("catalogue.index_rules"), 303)


def _permit_form() -> PermitForm:
    products = [("", _("Semua produk saya"))]
    if current_actor().organization_kind == "seller":
        products += [(str(item.id), item.name) for item in queries.products_of(current_actor())]
    return PermitForm.load(kind=[(kind, str(name)) for kind, name in PERMITS.items()], product_id=products)


@bp.get("/izin")
@requires(Permission.PRODUCTS_VIEW)
def index_permits() -> str:
    """A seller's permits, or those that the cooperative checks."""
    return _permits_page(_permit_form())


def _permits_page(form: PermitForm) -> str:
    return render_template(
        "catalogue/index_permits.html",
        lines=queries_permits.permits_of(current_actor()),
        seller=current_actor().organization_kind == "seller",
        form=form,
        words=PERMITS,
        today=clock.today(),
    )


@bp.post("/izin")
@requires(Permission.PRODUCT_LIST)
def create_permit() -> Answer:
    """A seller states a permit."""
    form = _permit_form()
    if form.validate():
        with form.guard():
            typed = form.values()
            photo = typed["photo"].stream.read() if typed["photo"] else None
            services.state_permit(
                current_actor(),
                typed["kind"],
                typed["number"],
                int(typed["product_id"]) if typed["product_id"] else None,
                typed["valid_until_on"],
                photo,
            )
            flash(_("Tersimpan. Koperasi akan mencocokkannya."))
            return redirect(url_for("catalogue.index_permits"), 303)
    return _permits_page(form), 422


@bp.get("/izin/<int:permit_id>/surat")
@requires(Permission.PRODUCTS_VIEW)
def show_paper(permit_id: int) -> Response:
    """The document as its holder photographed it, for her and for whoever checks it."""
    return private_photo(queries_permits.permit_for(current_actor(), permit_id).photo, services.PAPER_SIDE)


@bp.post("/izin/<int:permit_id>/kecocokan")
@requires(Permission.PRODUCT_APPROVE)
def create_permit_check(permit_id: int) -> Answer:
    """The number is the one on the document or in the register."""
    services.check_permit(current_actor(), permit_id, right=True)
    flash(_("Izin cocok. Produknya boleh dijual selama izinnya berlaku."))
    return redirect(url_for("catalogue.index_permits"), 303)


@bp.post("/izin/<int:permit_id>/penolakan")
@requires(Permission.PRODUCT_APPROVE)
def create_permit_refusal(permit_id: int) -> Answer:
    """The number is not right; the seller reads why."""
    form = CheckForm.load()
    form.validate()
    services.check_permit(current_actor(), permit_id, right=False, reason=form.reason.data or "")
    flash(_("Penjual mendapat kabar dengan alasannya."))
    return redirect(url_for("catalogue.index_permits"), 303)


@bp.post("/izin/<int:permit_id>/penghapusan")
@requires(Permission.PRODUCT_LIST)
def create_permit_end(permit_id: int) -> Answer:
    """The seller takes a permit away."""
    services.end_permit(current_actor(), permit_id)
    flash(_("Izin dihapus dari daftar."))
    return redirect(url_for("catalogue.index_permits"), 303)
