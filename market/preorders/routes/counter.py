"""The counter hands over goods that only it may sell."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Permission
from market.preorders import forms, queries, services
from market.preorders.routes.blueprint import Answer, bp, cooperative
from market.rations.forms import categories
from market.web.access import current_actor, requires
from market.web.requests import after_refusal


@bp.get("/pra-pesan/ambil/<int:wish_id>")
@requires(Permission.RETAIL_HAND_OVER)
def show_collection(wish_id: int) -> Answer:
    """One household's cylinders: what to take, what to give."""
    wish = queries.wish_for(cooperative(), wish_id)
    return _page(wish_id, forms.HandOverForm.load({"empties_in": wish.given}, category=categories()))


def _page(wish_id: int, form: forms.HandOverForm, status: int = 200) -> Answer:
    wish = queries.wish_for(cooperative(), wish_id)
    page: dict[str, Any] = {"wish": wish, "preorder": queries.preorder_by_id(wish.preorder_id), "form": form}
    return render_template("preorders/show_collection.html", **page), status


@bp.post("/pra-pesan/ambil/<int:wish_id>")
@requires(Permission.RETAIL_HAND_OVER)
def create_collection(wish_id: int) -> Answer:
    """Hand over against the code."""
    form = forms.HandOverForm.load(category=categories())
    valid, shown = form.validate(), form.taken()
    if valid:
        try:
            wish = services.hand_over(
                current_actor(),
                wish_id,
                form.pickup_code.data or "",
                empties_in=form.empties_in.data,
                recorded=form.recorded.data,
                map_reference=form.map_reference.data or "",
                shown=shown,
            )
            flash(_("Diserahkan kepada %(name)s.", name=wish.buyer_name))
            return redirect(url_for("preorders.show", preorder_id=wish.preorder_id), 303)
        except Refused as refusal:
            if refusal.field == "pickup_code":
                after_refusal(lambda: services.note_wrong_code(wish_id))
            form.refuse(refusal)
    return _page(wish_id, form, 422)
