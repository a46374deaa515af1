"""Quotas at /jatah: the cooperative sees what is left this month, the office and agents enter them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core import clock
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.needs import queries, services
from market.needs.forms import QuotaForm, QuotaRefusalForm
from market.needs.routes.blueprint import Answer, bp
from market.web.access import current_actor, requires


@bp.get("/jatah")
@requires(Permission.COMMODITIES_VIEW)
def index_quotas() -> Answer:
    """What is left this month; for the office and agents every quota that they keep."""
    return _index(None, None, 200)


def _index(refused_id: int | None, form: QuotaRefusalForm | None, status: int) -> Answer:
    actor = current_actor()
    if actor.organization_kind not in ("cooperative", "office", "supplier"):
        raise NotFound(_("Jatah tidak ditemukan."))
    uses = []
    if actor.organization_kind == "cooperative":
        for pack in commodities.packs():
            if pack.commodity.handling == "administered":
                use = queries.quota_use(actor.organization_id or 0, pack, clock.today())
                if use is not None:
                    uses.append((pack, use))
    page = render_template(
        "needs/index_quotas.html",
        uses=uses,
        rows=queries.quotas_for(actor),
        refused_id=refused_id,
        form=form or QuotaRefusalForm.load({}),
        me=actor.user_id,
    )
    return page, status


def _form(first: bool = False) -> QuotaForm:
    packs = [each for each in commodities.packs() if each.commodity.handling == "administered"]
    return QuotaForm.load(
        {"valid_from_on": clock.today().replace(day=1)} if first else None,
        cooperative_id=[(str(each.id), each.name) for each in services.cooperatives(current_actor())],
        pack_id=[(str(each.id), each.name) for each in packs],
    )


@bp.get("/jatah/baru")
@requires(Permission.QUOTA_PROPOSE)
def new_quota() -> Answer:
    """Which cooperative gets how many per month, from when, by which paper?"""
    return render_template("needs/new_quota.html", form=_form(first=True))


@bp.post("/jatah")
@requires(Permission.QUOTA_PROPOSE)
def create_quota() -> Answer:
    """It waits for a second person of the office."""
    form = _form()
    if form.validate():
        with form.guard():
            services.propose_quota(current_actor(), **form.values())
            flash(_("Jatah diusulkan. Berlaku setelah orang kedua di dinas menyetujui."))
            return redirect(url_for("needs.index_quotas"), 303)
    return render_template("needs/new_quota.html", form=form), 422


@bp.post("/jatah/<int:quota_id>/persetujuan")
@requires(Permission.QUOTA_DECIDE)
def create_quota_approval(quota_id: int) -> Answer:
    """The second person agrees."""
    services.decide_quota(current_actor(), quota_id, approve=True)
    flash(_("Jatah berlaku. Koperasi sudah diberi tahu."))
    return redirect(url_for("needs.index_quotas"), 303)


@bp.post("/jatah/<int:quota_id>/penolakan")
@requires(Permission.QUOTA_DECIDE)
def create_quota_rejection(quota_id: int) -> Answer:
    """The second person refuses, with the reason."""
    form = QuotaRefusalForm.load()
    if form.validate():
        with form.guard():
            services.decide_quota(current_actor(), quota_id, approve=False, reason=str(form.reason.data))
            flash(_("Usulan jatah ditolak."))
            return redirect(url_for("needs.index_quotas"), 303)
    return _index(quota_id, form, 422)
