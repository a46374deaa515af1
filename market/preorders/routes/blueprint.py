"""The blueprint of pre-orders, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from market.core import messages, money
from market.core.errors import NotFound
from market.core.i18n import _, format_date
from market.core.permissions import Actor
from market.identity.models import Organization
from market.preorders import services
from market.preorders.models import PreOrder
from market.preorders.queries import Asked
from market.web.access import current_actor

bp = Blueprint("preorders", __name__)
bp.context_processor(lambda: {"number": money.group})

Answer = str | Response | tuple[str, int]


def cooperative() -> Actor:
    """The actor, who must sit in a cooperative; raises NotFound."""
    actor = current_actor()
    if actor.organization_kind != "cooperative":
        raise NotFound(_("Halaman ini untuk koperasi."))
    return actor


def to(preorder_id: int) -> Response:
    """To the cooperative's page of a pre-order."""
    return redirect(url_for("preorders.show", preorder_id=preorder_id), 303)


def public_link(shop: Organization, preorder: PreOrder) -> str:
    """What is shared with residents."""
    return messages.link(url_for("preorders.show_public", slug=shop.slug, preorder_id=preorder.id))


def next_pack(preorder: PreOrder, asked: Asked) -> tuple[int, int]:
    """(units in the bulk pack that is not full yet, units that fill it)."""
    per = preorder.units_per_bulk
    return asked.wanted % per, -asked.wanted % per


def next_step(preorder: PreOrder, asked: Asked) -> str:
    """What is missing to the goal, else to the next whole bulk pack; empty when nothing is."""
    if preorder.goal_units is not None and asked.wanted < preorder.goal_units:
        return _(
            "Kurang %(n)s kemasan lagi, harganya menjadi %(price)s.",
            n=money.group(preorder.goal_units - asked.wanted),
            price=money.format_rp(preorder.goal_price_rp or 0),
        )
    if preorder.goal_units is not None:
        price = money.format_rp(preorder.goal_price_rp or 0)
        return _("Sudah ramai: harga paling tinggi %(price)s.", price=price)
    missing = next_pack(preorder, asked)[1]
    word = preorder.bulk_pack.unit_word
    return _("Kurang %(n)s kemasan lagi untuk satu %(word)s penuh.", n=missing, word=word) if missing else ""


def preview(shop: Organization, preorder: PreOrder, asked: Asked) -> str:
    """What a shared link says before it is opened."""
    return _(
        "Pra-pesan %(good)s di %(shop)s, paling tinggi %(price)s. %(step)s "
        "Pesan sampai %(day)s, bayar saat ambil.",
        good=preorder.pack.name,
        shop=shop.name,
        price=money.format_rp(services.promised_rp(preorder)),
        step=next_step(preorder, asked),
        day=format_date(preorder.closes_on),
    )
