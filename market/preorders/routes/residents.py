"""The residents' side: what may be ordered, the way in, and each household's own page."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, url_for

from market.core import clock, messages
from market.core.errors import NotFound
from market.core.i18n import _
from market.identity import queries as identity
from market.identity.models import Organization
from market.members import queries as members
from market.preorders import forms, queries, services
from market.preorders.models import PreOrder, PreOrderWish
from market.preorders.routes.blueprint import Answer, bp, next_step, preview, public_link
from market.retail import queries as retail
from market.web.access import current_actor, public
from market.web.requests import behind_secret_link


def _at(slug: str, preorder_id: int) -> tuple[Organization, PreOrder]:
    shop, preorder = identity.shop_at(slug), queries.preorder_by_id(preorder_id)
    if preorder.organization_id != shop.id:
        raise NotFound(_("Pra-pesan tidak ditemukan."))
    return shop, preorder


@bp.get("/toko/<slug>/pra-pesan")
@public
def index_public(slug: str) -> str:
    """What residents may order now."""
    shop = identity.shop_at(slug)
    found = queries.open_preorders(shop.id)
    asked = queries.asked([each.id for each in found])
    return render_template("preorders/index_public.html", shop=shop, found=found, asked=asked)


@bp.get("/toko/<slug>/pra-pesan/<int:preorder_id>")
@public
def show_public(slug: str, preorder_id: int) -> Answer:
    """One pre-order for everybody: what it costs at most, how far it is, how goods are shared."""
    return _page(slug, preorder_id, _usual(preorder_id))


def _usual(preorder_id: int) -> forms.AskForm:
    """The form as a signed-in resident finds it: a member's name and number stand there already."""
    preorder, actor = queries.preorder_by_id(preorder_id), current_actor()
    known: dict[str, object] = {"wanted": preorder.least_units}
    if actor.user_id is not None:
        member = members.by_user(preorder.organization_id, actor.user_id)
        known["buyer_name"] = member.name if member else actor.name
        if member:
            known["phone"] = member.phone
    return forms.AskForm.load(known)


def _page(slug: str, preorder_id: int, form: forms.AskForm, status: int = 200) -> Answer:
    shop, preorder = _at(slug, preorder_id)
    asked = queries.asked([preorder.id])[preorder.id]
    page = render_template(
        "preorders/show_public.html",
        shop=shop,
        preorder=preorder,
        asked=asked,
        promised_rp=services.promised_rp(preorder),
        step=next_step(preorder, asked),
        takes=preorder.state == "open" and preorder.closes_at > clock.now(),
        link=public_link(shop, preorder),
        preview=preview(shop, preorder, asked),
        form=form,
    )
    return page, status


@bp.post("/toko/<slug>/pra-pesan/<int:preorder_id>")
@public
def create_wish(slug: str, preorder_id: int) -> Answer:
    """Order; the answer leads to the page behind the own secret link."""
    _shop, preorder = _at(slug, preorder_id)
    form = forms.AskForm.load()
    if form.validate():
        with form.guard():
            wish = services.ask(services.BUYER, preorder.id, **form.values())
            flash(_("Tercatat. Simpan halaman ini: di sini Anda mengubah pesanan dan melihat kabarnya."))
            return redirect(url_for("preorders.show_wish", token=wish.token), 303)
    return _page(slug, preorder_id, form, 422)


@bp.get("/pra-pesan-saya/<token>")
@public
def show_wish(token: str) -> Response:
    """What one household ordered, and what became of it."""
    wish = queries.wish_by_token(token)
    typed = {"wanted": wish.wanted, "at_most": wish.at_most}
    return behind_secret_link(make_response(_own(wish, forms.ChangeForm.load(typed))))


def _own(wish: PreOrderWish, form: forms.ChangeForm) -> str:
    preorder = queries.preorder_by_id(wish.preorder_id)
    shop = identity.organization(wish.organization_id)
    order = retail.order_by_id(wish.order_id) if wish.order_id else None
    asked = queries.asked([preorder.id])[preorder.id]
    return render_template(
        "preorders/show_wish.html",
        wish=wish,
        preorder=preorder,
        shop=shop,
        order=order,
        asked=asked,
        step=next_step(preorder, asked) if preorder.state == "open" else "",
        changeable=wish.state == "asked" and preorder.state == "open" and preorder.closes_at > clock.now(),
        promised_rp=services.promised_rp(preorder),
        locked=wish.wrong_codes >= services.MAX_WRONG_CODES,
        own_link=messages.link(url_for("preorders.show_wish", token=wish.token)),
        link=public_link(shop, preorder),
        preview=preview(shop, preorder, asked),
        form=form,
    )


@bp.post("/pra-pesan-saya/<token>")
@public
def update_wish(token: str) -> Answer:
    """Want something else, until closing."""
    form = forms.ChangeForm.load()
    if form.validate():
        with form.guard():
            services.change(token, **form.values())
            flash(_("Pesanan Anda diubah."))
            return redirect(url_for("preorders.show_wish", token=token), 303)
    return _own(queries.wish_by_token(token), form), 422


@bp.post("/pra-pesan-saya/<token>/pengunduran")
@public
def create_withdrawal(token: str) -> Answer:
    """Step back before it closes."""
    services.step_back(token)
    flash(_("Anda batal ikut."))
    return redirect(url_for("preorders.show_wish", token=token), 303)
