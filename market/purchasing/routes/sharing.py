"""A truck that falls short: the supplier says what is on it, everybody on board sees how it is shared."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.purchasing import queries, services
from market.purchasing.forms import ShortageForm
from market.purchasing.routes.base import Answer, bp
from market.web.access import current_actor, requires


@bp.get("/pesanan/kirim/<day>/<int:pack_id>/kurang")
@requires(Permission.ASSIGNMENTS_ANSWER)
def new_shortage(day: str, pack_id: int) -> Answer:
    """What was to be on the truck, and for whom."""
    return _new_shortage(_day(day), pack_id, ShortageForm.load(), 200)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(_("Halaman ini tidak ada")) from None


def _new_shortage(day: date, pack_id: int, form: ShortageForm, status: int) -> Answer:
    row = queries.awaited_on(current_actor(), day, pack_id)
    if not row:
        raise NotFound(_("Tidak ada yang harus Anda kirim dari barang ini pada hari itu."))
    page = render_template(
        "purchasing/new_shortage.html",
        on=day,
        pack=commodities.pack(pack_id),
        row=row,
        names=identity.names({order.organization_id for order, _line in row}),
        awaited=sum(line.open_packs for _order, line in row),
        form=form,
    )
    return page, status


@bp.post("/pesanan/kirim/<day>/<int:pack_id>/kurang")
@requires(Permission.ASSIGNMENTS_ANSWER)
def create_shortage(day: str, pack_id: int) -> Answer:
    """Share what was loaded."""
    form, on = ShortageForm.load(), _day(day)
    if form.validate():
        with form.guard():
            shortage = services.declare_shortage(current_actor(), on, pack_id, **form.values())
            flash(_("Terbagi. Semua koperasi di truk ini sudah diberi tahu."))
            return redirect(url_for("purchasing.show_shortage", shortage_id=shortage.id), 303)
    return _new_shortage(on, pack_id, form, 422)


@bp.get("/kiriman-kurang/<int:shortage_id>")
@requires(Permission.ORDERS_VIEW)
def show_shortage(shortage_id: int) -> Answer:
    """The rule, and what it gives to whom: the same page for everybody on board."""
    actor = current_actor()
    shortage = queries.shortage_for(actor, shortage_id)
    return render_template(
        "purchasing/show_shortage.html",
        shortage=shortage,
        pack=commodities.pack(shortage.pack_id),
        supplier=identity.organization(shortage.organization_id),
        shares=queries.shares_of(shortage.id),
        mine=actor.organization_id,
    )
