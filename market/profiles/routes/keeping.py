"""A seller's own page, for herself and for buyers."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for

from market.catalogue import queries as catalogue
from market.catalogue.queries import ShelfItem
from market.core import messages, text
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.identity.models import Organization
from market.profiles import queries, services
from market.profiles.forms import ClosureForm, ProfileForm
from market.profiles.models import SellerProfile
from market.profiles.routes.blueprint import Answer, bp, villages, why
from market.web.access import current_actor, public, requires

MOST_WORDS, NAMED = 150, 3
"""Letters and goods that a preview of the page shows."""


@bp.get("/profil-usaha")
@requires(Permission.SELLER_KEEP)
def show_profile() -> str:
    """Where the application stands, what to do next, and the page as buyers see it."""
    return _own(ClosureForm())


def _own(closing: ClosureForm) -> str:
    seller = identity.organization(current_actor().organization_id or 0)
    own = queries.profile(seller.id)
    return render_template(
        "profiles/show_profile.html",
        seller=seller,
        own=own,
        state=queries.state_of(own),
        why=why(own),
        cooperative=identity.organization(seller.sells_through_id) if seller.sells_through_id else None,
        place=queries.place_of(seller),
        nib=queries.nib(seller.id),
        closures=queries.closures(seller.id),
        closing=closing,
        goods=len(catalogue.products_of(current_actor())),
        history=history_of(own) if own else [],
    )


def _profile_form(seller: Organization, data: dict[str, Any] | None = None) -> ProfileForm:
    near = identity.organization(seller.sells_through_id) if seller.sells_through_id else seller
    choices = villages(near)
    if seller.place_code and seller.place_code not in dict(choices):
        choices.append((seller.place_code, queries.place_of(seller)))
    return ProfileForm.load(data, place_code=choices)


@bp.get("/profil-usaha/ubah")
@requires(Permission.SELLER_KEEP)
def edit() -> str:
    """Her page's facts."""
    seller = identity.organization(current_actor().organization_id or 0)
    own = queries.profile(seller.id)
    said = {
        "name": seller.name,
        "story": own.story if own else "",
        "place_code": seller.place_code,
        "address": seller.address,
        "nib": queries.nib(seller.id),
        "open_days": seller.open_days,
        "phone": messages.shown_phone(seller.phone) if seller.phone else None,
        "show_phone": own.show_phone if own else False,
    }
    return _edit(_profile_form(seller, said), own)


def _edit(form: ProfileForm, own: SellerProfile | None) -> str:
    return render_template("profiles/edit.html", form=form, own=own, state=queries.state_of(own))


@bp.post("/profil-usaha")
@requires(Permission.SELLER_KEEP)
def update() -> Answer:
    """Keep what changed; an application that was sent back goes to the cooperative again."""
    seller = identity.organization(current_actor().organization_id or 0)
    form = _profile_form(seller)
    if form.validate():
        with form.guard():
            photo = form.photo.data.read() if form.photo.data else None
            facts = {**form.values(), "open_days": form.open_days.mask, "photo": photo}
            services.update_profile(current_actor(), **facts)
            flash(_("Tersimpan."))
            return redirect(url_for("profiles.show_profile"), 303)
    return _edit(form, queries.profile(seller.id)), 422


@bp.post("/profil-usaha/libur")
@requires(Permission.SELLER_KEEP)
def create_closure() -> Answer:
    """Days without work."""
    form = ClosureForm.load()
    if form.validate():
        with form.guard():
            services.close_days(current_actor(), form.from_on.data, form.to_on.data, form.note.data or "")
            flash(_("Libur tersimpan. Pesanan yang sudah ada tetap berlaku."))
            return redirect(url_for("profiles.show_profile"), 303)
    return _own(form), 422


@bp.post("/profil-usaha/libur/<first>/<last>/penghapusan")
@requires(Permission.SELLER_KEEP)
def delete_closure(first: str, last: str) -> Answer:
    """She is there after all."""
    services.open_days(current_actor(), _day(first), _day(last))
    flash(_("Hari itu buka lagi."))
    return redirect(url_for("profiles.show_profile"), 303)


def _day(typed: str) -> date:
    try:
        return text.parse_date(typed)
    except Refused as refusal:
        raise NotFound(_("Hari ini tidak dikenal.")) from refusal


def _words(seller: Organization, own: SellerProfile | None, items: list[ShelfItem]) -> str:
    """What a messenger shows below the name: her story, or what she sells."""
    if own and own.story:
        return own.story[:MOST_WORDS]
    names = ", ".join(item.name for item in items[:NAMED])
    return _("%(seller)s menjual %(goods)s.", seller=seller.name, goods=names) if names else seller.name


def _picture(own: SellerProfile | None, items: list[ShelfItem]) -> str:
    """Her own picture, that of her goods, or the market's."""
    photos = [own.photo if own else None, *(item.photo for item in items)]
    photo = next((each for each in photos if each), None)
    if photo:
        return url_for("catalogue.show_preview", name=photo)
    return url_for("static", filename="retail/pasar.jpg")


@bp.get("/toko/<slug>/penjual/<int:seller_id>")
@public
def show_seller(slug: str, seller_id: int) -> str:
    """A seller as buyers see her: story, days, number if she likes, and her goods."""
    shop = identity.shop_at(slug)
    seller = identity.organization(seller_id)
    if seller.kind != "seller" or seller.sells_through_id != shop.id or not seller.trading:
        raise NotFound(_("Penjual tidak ditemukan."))
    own = queries.profile(seller.id)
    items = [item for item in catalogue.shelf(shop.id) if item.seller_id == seller.id]
    return render_template(
        "profiles/show_seller.html",
        words=_words(seller, own, items),
        address=messages.link(url_for("profiles.show_seller", slug=shop.slug, seller_id=seller.id)),
        picture=messages.link(_picture(own, items)),
        shop=shop,
        seller=seller,
        own=own,
        place=queries.place_of(seller),
        closures=queries.closures(seller.id),
        items=items,
        phone=seller.phone if own and own.show_phone else None,
        shown_phone=messages.shown_phone(seller.phone) if seller.phone else "",
    )
