"""One need: writing it down, looking at it, deciding about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from market.commodities import queries as commodities
from market.commodities import services as amounts
from market.commodities.models import Pack
from market.core import clock
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.needs import queries, services
from market.needs.forms import TERMS, TRUCK_ACCESS, NeedForm, RejectionForm
from market.needs.models import Need
from market.needs.routes.blueprint import Answer, bp
from market.places import queries as places
from market.web.access import current_actor, requires
from market.web.forms import Choices

USUAL_DAYS = 7


@bp.get("/kebutuhan/baru")
@requires(Permission.NEEDS_POST)
def new() -> Answer:
    """First choose the good, then fill in the form for it."""
    actor = current_actor()
    code = request.args.get("barang", "")
    pack = next((each for each in _packs() if each.code == code), None)
    if pack is None:
        book = commodities.rule_book(actor.scope_code, clock.today())
        return render_template("needs/new.html", pack=None, packs=_packs(), book=book, form=None)
    home = identity.organization(actor.organization_id or 0).place_code or ""
    outlook = services.price_outlook(pack, home)
    start = {
        "pack_id": pack.id,
        "needed_by_on": clock.today() + timedelta(days=USUAL_DAYS),
        "ceiling_rp": None if outlook.fixed_rp else outlook.ceiling_rp,
        "terms": "cod",
        "place_code": home,
        "truck_access": "any",
    }
    return _new(NeedForm.load(start, **_choices()), pack, 200)


def _packs() -> list[Pack]:
    return commodities.packs(bulk=True)


def _choices() -> dict[str, Choices]:
    scope = current_actor().scope_code
    return {
        "pack_id": [(str(pack.id), pack.name) for pack in _packs()],
        "terms": [(value, str(label)) for value, label in TERMS.items()],
        "truck_access": [(value, str(label)) for value, label in TRUCK_ACCESS.items()],
        "place_code": [(place.code, place.name) for place in places.villages_of(scope)] if scope else [],
    }


def _new(form: NeedForm, pack: Pack | None, status: int) -> Answer:
    return render_template("needs/new.html", form=form, pack=pack, **_about(pack)), status


def _about(pack: Pack | None, need: Need | None = None) -> dict[str, Any]:
    """What the person should know about the good before deciding: ceiling, quota, usual price."""
    actor, today = current_actor(), clock.today()
    if pack is None or actor.organization_id is None:
        return {"outlook": None, "use": None, "market_rp": None}
    place = need.place_code if need else identity.organization(actor.organization_id).place_code or ""
    on = need.needed_by_on if need else today
    owner, without = (need.organization_id, need.id) if need else (actor.organization_id, 0)
    return {
        "outlook": services.price_outlook(pack, place),
        "use": queries.quota_use(owner, pack, on, without),
        "market_rp": commodities.market_price_rp(pack, place, today),
    }


@bp.post("/kebutuhan")
@requires(Permission.NEEDS_POST)
def create() -> Answer:
    """Store the need; handed in for approval, or kept as a draft."""
    form = NeedForm.load(None, **_choices())
    draft = request.form.get("intent") == "draft"
    values = _typed(form) if form.validate() else None
    if values is not None:
        with form.guard():
            need = services.post_need(current_actor(), submit=not draft, **values)
            kept = (
                _("Konsep tersimpan.")
                if draft
                else _("Kebutuhan diajukan. Bendahara atau ketua akan menyetujui.")
            )
            flash(kept)
            return redirect(url_for("needs.show", need_id=need.id), 303)
    return _new(form, _chosen(form), 422)


def _chosen(form: NeedForm) -> Pack | None:
    return next((pack for pack in _packs() if pack.id == form.pack_id.data), None)


def _typed(form: NeedForm) -> dict[str, Any] | None:
    """What was typed as arguments of post_need, amounts in whole packs; None when an amount is wrong."""
    values = form.values()
    pack = commodities.pack(values["pack_id"])
    for name in ("wanted_packs", "at_most_packs"):
        if values[name] is not None:
            with form.guard():
                values[name] = amounts.read_packs(pack, values[name], name)
    if form.errors:
        return None
    values["terms"] = values["terms"] or "cod"
    values["truck_access"] = values["truck_access"] or "any"
    return values


@bp.get("/kebutuhan/<int:need_id>")
@requires(Permission.NEEDS_VIEW)
def show(need_id: int) -> Answer:
    """One need: what, where it stands, what happened, what can be done."""
    return _shown(queries.need_for(current_actor(), need_id), RejectionForm.load(), 200)


def _shown(need: Need, form: RejectionForm, status: int) -> Answer:
    actor = current_actor()
    mine = actor.organization_id == need.organization_id
    own = actor.user_id in (need.created_by, need.submitted_by)
    page = render_template(
        "needs/show.html",
        need=need,
        form=form,
        changes=history_of(need),
        place=places.names({need.place_code}).get(need.place_code, ""),
        terms=TERMS[need.terms],
        access=TRUCK_ACCESS[need.truck_access],
        may_post=mine and actor.may(Permission.NEEDS_POST),
        may_approve=mine and actor.may(Permission.NEEDS_APPROVE) and not own,
        waits_for_other=mine and actor.may(Permission.NEEDS_APPROVE) and own,
        **_about(need.pack, need),
    )
    return page, status


@bp.get("/kebutuhan/<int:need_id>/ubah")
@requires(Permission.NEEDS_POST)
def edit(need_id: int) -> Answer:
    """Change a draft or a rejected need."""
    need = queries.need_for(current_actor(), need_id)
    if need.state not in ("draft", "rejected"):
        flash(_("Kebutuhan ini sudah diajukan, jadi tidak bisa diubah."), "warn")
        return redirect(url_for("needs.show", need_id=need.id))
    names = [name for name in NeedForm.load(None, **_choices()).values() if hasattr(need, name)]
    start = {name: getattr(need, name) for name in names}
    return _edit(need, NeedForm.load(start, **_choices()), 200)


def _edit(need: Need, form: NeedForm, status: int) -> Answer:
    pack = _chosen(form) or need.pack
    return render_template("needs/edit.html", need=need, form=form, pack=pack, **_about(pack, need)), status


@bp.post("/kebutuhan/<int:need_id>/ubah")
@requires(Permission.NEEDS_POST)
def update(need_id: int) -> Answer:
    """Store the changed draft, and hand it in unless it is to stay one."""
    actor = current_actor()
    need = queries.need_for(actor, need_id)
    form = NeedForm.load(None, **_choices())
    draft = request.form.get("intent") == "draft"
    values = _typed(form) if form.validate() else None
    if values is not None:
        with form.guard():
            services.update_need(actor, need_id, version=_version(), **values)
            if not draft:
                services.submit_need(actor, need_id)
            flash(_("Konsep tersimpan.") if draft else _("Kebutuhan diajukan."))
            return redirect(url_for("needs.show", need_id=need_id), 303)
    return _edit(need, form, 422)


def _version() -> int | None:
    given = request.form.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


@bp.post("/kebutuhan/<int:need_id>/pengajuan")
@requires(Permission.NEEDS_POST)
def create_submission(need_id: int) -> Answer:
    """Hand a draft in for approval."""
    services.submit_need(current_actor(), need_id)
    flash(_("Kebutuhan diajukan. Bendahara atau ketua akan menyetujui."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/kebutuhan/<int:need_id>/persetujuan")
@requires(Permission.NEEDS_APPROVE)
def create_approval(need_id: int) -> Answer:
    """Let a submitted need into the pool."""
    services.approve_need(current_actor(), need_id)
    flash(_("Kebutuhan disetujui dan ikut putaran berikutnya."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/kebutuhan/<int:need_id>/penolakan")
@requires(Permission.NEEDS_APPROVE)
def create_rejection(need_id: int) -> Answer:
    """Send a submitted need back with a reason."""
    need = queries.need_for(current_actor(), need_id)
    form = RejectionForm.load()
    if form.validate():
        with form.guard():
            services.reject_need(current_actor(), need_id, str(form.reason.data))
            flash(_("Kebutuhan dikembalikan dengan alasan Anda."))
            return redirect(url_for("needs.show", need_id=need_id), 303)
    return _shown(need, form, 422)


@bp.post("/kebutuhan/<int:need_id>/penarikan")
@requires(Permission.NEEDS_POST)
def create_withdrawal(need_id: int) -> Answer:
    """Take a need back before a round has taken it."""
    services.withdraw_need(current_actor(), need_id)
    flash(_("Kebutuhan ditarik. Tidak ada yang dipesan."))
    return redirect(url_for("needs.show", need_id=need_id), 303)
