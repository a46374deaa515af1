"""Containers at /tabung: how many are full, empty, at the supplier, owed, with buyers; what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, url_for

from market.commodities import queries as commodities
from market.core import clock, money
from market.core.i18n import _, format_date, ngettext
from market.core.permissions import Permission
from market.empties import queries
from market.empties.models import ContainerHolding
from market.empties.routes.base import Answer, bp, own_id
from market.empties.types import CONTAINERS
from market.web.access import current_actor, requires


@dataclass(frozen=True)
class Step:
    """The one thing to do next with a container, and the page that does it."""

    text: str
    label: str = ""
    href: str = ""


@bp.get("/tabung")
@requires(Permission.STOCK_VIEW)
def index() -> Answer:
    """Everything about every container, with the next step first."""
    organization_id = own_id()
    sides = queries.supplier_sides(organization_id)
    held = [queries.holding(organization_id, code) for code in CONTAINERS]
    return render_template(
        "empties/index.html",
        holdings=[(CONTAINERS[each.container], each, _next(each, sides)) for each in held],
        unknown=queries.unknown_sides(organization_id),
        sides=sides,
        deposits=queries.open_deposits(organization_id),
        deposits_rp=queries.deposits_held_rp(organization_id),
        waiting=queries.waiting_purchases(organization_id),
        moves=queries.moves_of(organization_id),
    )


def _next(held: ContainerHolding, sides: list[queries.SupplierSide]) -> Step:
    """What a board member would do next: give back in time, exchange, order, or begin."""
    container = CONTAINERS[held.container]
    mine = [each for each in sides if each.container is container]
    owed = sorted((each for each in mine if each.owed), key=lambda each: each.due_on or clock.today())
    if owed:
        return _give_back(held, owed[0])
    waiting = [each for each in mine if each.waiting]
    if waiting:
        side = waiting[0]
        text = _(
            "%(name)s membawa %(n)s tabung kosong Anda.", name=side.supplier, n=money.group(side.waiting)
        )
        return Step(_("%(fact)s Minta tukar isi pada kiriman berikut.", fact=text))
    if held.moved_at is None:
        text = _("Belum ada tabung. Catat tabung yang sudah Anda miliki, atau terima kiriman pertama.")
        href = url_for("empties.new_owned", code=container.code)
        may = current_actor().may(Permission.BOOKS_POST)
        return Step(text, _("Catat tabung sendiri") if may else "", href)
    if held.empty_count:
        text = ngettext(
            "%(n)s tabung kosong siap ditukar isi.", "%(n)s tabung kosong siap ditukar isi.", held.empty_count
        )
        pack = commodities.pack_by_code(container.pack_code)
        href = url_for("needs.new", barang=pack.code)
        may = current_actor().may(Permission.NEEDS_POST)
        return Step(text, _("Ajukan kebutuhan") if may else "", href)
    return Step(_("Semua tabung terisi atau dibawa pembeli. Tidak ada yang perlu dilakukan."))


def _give_back(held: ContainerHolding, side: queries.SupplierSide) -> Step:
    day = side.due_on or clock.today()
    values = {"n": money.group(side.owed), "name": side.supplier, "day": format_date(day)}
    if day < clock.today():
        text = _("%(n)s tabung kosong untuk %(name)s lewat tanggal %(day)s.", **values)
    else:
        text = _("Serahkan %(n)s tabung kosong ke %(name)s sebelum %(day)s.", **values)
    code = side.container.code
    if held.empty_count:
        may = current_actor().may(Permission.GOODS_RECEIVE)
        href = url_for("empties.new_hand_back", code=code, pemasok=side.supplier_id)
        return Step(text, _("Catat penyerahan") if may else "", href)
    may = current_actor().may(Permission.PAYMENT_PROPOSE)
    href = url_for("empties.new_purchase", code=code, pemasok=side.supplier_id)
    missing = _("Di gerai tidak ada yang kosong: tunggu pembeli menukar, atau beli yang kurang.")
    return Step(f"{text} {missing}", _("Beli yang kurang") if may else "", href)


@bp.get("/tabung/gerak/<int:move_id>")
@requires(Permission.STOCK_VIEW)
def show_move(move_id: int) -> Answer:
    """Where a move is told: on the page of its paper, or in the list."""
    move = queries.move_for(current_actor(), move_id)
    kind, _colon, rest = move.source.partition(":")
    number = rest.partition(":")[0]
    if kind == "container_deposit" and number.isdecimal():
        return redirect(url_for("empties.show_deposit", deposit_id=int(number)))
    if kind == "container_purchase" and number.isdecimal():
        return redirect(url_for("empties.show_purchase", purchase_id=int(number)))
    return redirect(url_for("empties.index", _anchor=f"gerak-{move.id}"))
