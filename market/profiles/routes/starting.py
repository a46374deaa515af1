"""Which hat, which cooperative."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, session, url_for

from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.identity import services as people
from market.identity.login import COOKIE_FIELD
from market.identity.models import Organization
from market.members import queries as members
from market.members import services as membership
from market.members.types import CONSENT, Identity
from market.profiles import queries, services
from market.profiles.forms import MembershipForm, SellerForm
from market.profiles.routes.blueprint import Answer, bp, typed_words, villages, why
from market.web.access import current_actor, public, signed_in


def _chosen() -> Organization | None:
    """The cooperative named in the address, where it is one."""
    slug = request.values.get("koperasi", "")
    try:
        return identity.shop_at(slug) if slug else None
    except NotFound:
        return None


@bp.get("/toko/<slug>/gabung")
@public
def show_invitation(slug: str) -> Answer:
    """Where a shop's link or QR leads: the three hats of this cooperative."""
    cooperative = identity.shop_at(slug)
    if current_actor().user_id is not None:
        return redirect(url_for("profiles.show_start", koperasi=slug))
    return render_template(
        "profiles/show_invitation.html",
        cooperative=cooperative,
        place=queries.place_of(cooperative),
        start=url_for("profiles.show_start", koperasi=slug),
    )


@bp.get("/mulai")
@signed_in
def show_start() -> Answer:
    """What the person wants to do, and how far each wish has come."""
    chosen, words = _chosen(), typed_words()
    own, cards = queries.of_user(g.user_id), members.of_user(g.user_id)
    if request.args.get("masuk") and g.seats and current_actor().may(Permission.HOME_VIEW):
        return redirect(url_for("home.show"))
    return render_template(
        "profiles/show_start.html",
        chosen=chosen,
        place=queries.place_of(chosen) if chosen else "",
        words=words,
        found=identity.cooperatives_near(words) if words and not chosen else [],
        own=[(each, seller, identity.organization(each.cooperative_id), why(each)) for each, seller in own],
        cards=cards,
        may_ask=chosen is not None
        and not any(
            slug == chosen.slug and member.state not in ("declined", "left") for member, _n, slug in cards
        ),
    )


@bp.get("/mulai/jualan")
@signed_in
def new() -> Answer:
    """The few things with which a seller begins."""
    chosen = _chosen()
    if chosen is None:
        return redirect(url_for("profiles.show_start"))
    return _application(_seller_form(chosen, {"place_code": chosen.place_code}), chosen)


def _seller_form(chosen: Organization, data: dict[str, Any] | None = None) -> SellerForm:
    return SellerForm.load(data, place_code=villages(chosen))


def _application(form: SellerForm, chosen: Organization) -> str:
    place = queries.place_of(chosen)
    return render_template("profiles/new.html", form=form, chosen=chosen, place=place)


@bp.post("/mulai/jualan")
@signed_in
def create() -> Answer:
    """Ask the cooperative; from now on the person sits in the new seller's seat."""
    chosen = _chosen()
    if chosen is None:
        return redirect(url_for("profiles.show_start"), 303)
    form = _seller_form(chosen)
    if form.validate():
        with form.guard():
            facts = {name: value or "" for name, value in form.values().items()}
            made = services.apply(current_actor(), chosen.id, **facts)
            _sit(made.organization_id)
            flash(_("Terkirim ke %(cooperative)s.", cooperative=chosen.name))
            return redirect(url_for("profiles.show_profile"), 303)
    return _application(form, chosen), 422


def _sit(organization_id: int) -> None:
    seat = next(each for each in people.seats(g.user_id) if each.organization_id == organization_id)
    people.switch_role(g.user_id, session[COOKIE_FIELD], seat.id)


@bp.get("/mulai/anggota")
@signed_in
def new_membership() -> Answer:
    """What membership means, and the wish."""
    chosen = _chosen()
    if chosen is None:
        return redirect(url_for("profiles.show_start"))
    return _membership(MembershipForm.load(), chosen)


def _membership(form: MembershipForm, chosen: Organization) -> str:
    return render_template("profiles/new_membership.html", form=form, chosen=chosen, consent=CONSENT)


@bp.post("/mulai/anggota")
@signed_in
def create_membership() -> Answer:
    """Ask to become a member; the board decides."""
    chosen = _chosen()
    if chosen is None:
        return redirect(url_for("profiles.show_start"), 303)
    form = MembershipForm.load()
    if form.validate():
        with form.guard():
            who = Identity(form.nik.data, form.family.data or "")
            made = membership.apply_as(current_actor(), chosen.id, bool(form.agreed.data), who)
            told = made.state == "active"
            flash(_("Kartu anggota Anda ditemukan.") if told else _("Terkirim. Pengurus akan menjawab."))
            return redirect(url_for("members.show_own_card"), 303)
    return _membership(form, chosen), 422
