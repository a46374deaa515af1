"""Residents say what they want, change it until closing, and may step back. No login, no payment."""

from __future__ import annotations

from market.core import clock, crypto, db, faults, messages, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor
from market.members import queries as members
from market.preorders import queries
from market.preorders.models import PreOrder, PreOrderWish
from market.retail import services as retail

BUYER = retail.BUYER
MAX_HOUSEHOLDS = 2_000
"""A page of them must stay readable, and nobody fills a pre-order with invented numbers for ever."""


def ask(
    actor: Actor,
    preorder_id: int,
    *,
    buyer_name: str,
    phone: str,
    wanted: int,
    at_most: int | None = None,
) -> PreOrderWish:
    """One household orders `wanted` units and would take `at_most`. The secret link is its own.

    The pre-order is held meanwhile, so what is accepted is in the sum of the closing. Raises NotFound,
    Conflict when it is closed, Refused at the field: out of the household's limits, a number that has
    ordered already.
    """
    preorder = _open(preorder_id)
    phone = _phone(phone)
    most = _limits(preorder, wanted, at_most)
    if queries.wish_of_phone(preorder.id, phone) is not None:
        text = _("Nomor ini sudah ikut. Ubah lewat tautan Anda, atau minta tautannya ke koperasi.")
        raise Refused(text, field="phone")
    if queries.asked([preorder.id])[preorder.id].households >= MAX_HOUSEHOLDS:
        raise Refused(_("Pra-pesan ini sudah penuh."))
    member = members.by_phone(preorder.organization_id, phone)
    now = clock.now()
    wish = PreOrderWish(
        organization_id=preorder.organization_id,
        preorder_id=preorder.id,
        token=crypto.token(),
        buyer_name=buyer_name,
        phone=phone,
        member_id=member.id if member else None,
        wanted=wanted,
        at_most=most,
        asked_at=now,
        changed_at=now,
        state_at=now,
    )
    db.session.add(wish)
    db.session.flush()
    states.start(wish, actor)
    faults.point("preorders.asked")
    return wish


def _phone(typed: str) -> str:
    try:
        return messages.normal_phone(typed)
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal


def _open(preorder_id: int) -> PreOrder:
    preorder = queries.preorder_by_id(preorder_id, lock=True)
    if preorder.state != "open" or preorder.closes_at <= clock.now():
        raise Conflict(_("Pra-pesan ini sudah ditutup."))
    return preorder


def _limits(preorder: PreOrder, wanted: int, at_most: int | None) -> int:
    if not preorder.least_units <= wanted <= preorder.most_units:
        text = _("Isi antara %(least)s dan %(most)s.", least=preorder.least_units, most=preorder.most_units)
        raise Refused(text, field="wanted")
    most = wanted if at_most is None else at_most
    if not wanted <= most <= preorder.most_units:
        text = _("Isi antara %(least)s dan %(most)s.", least=wanted, most=preorder.most_units)
        raise Refused(text, field="at_most")
    return most


def change(token: str, *, wanted: int, at_most: int | None = None) -> PreOrderWish:
    """The household changes its wish until closing. Raises NotFound, Conflict, Refused as `ask`."""
    preorder = _open(queries.wish_by_token(token).preorder_id)
    wish = queries.wish_by_token(token, lock=True)
    if wish.state != "asked":
        raise Conflict(_("Anda sudah mundur. Ikut lagi lewat halaman pra-pesan."))
    wish.wanted, wish.at_most = wanted, _limits(preorder, wanted, at_most)
    wish.changed_at = clock.now()
    faults.point("preorders.changed")
    db.session.flush()
    return wish


def step_back(token: str) -> PreOrderWish:
    """The household does not want it any more. Raises NotFound, Conflict after closing."""
    _open(queries.wish_by_token(token).preorder_id)
    wish = queries.wish_by_token(token, lock=True)
    states.advance(wish, "withdrawn", BUYER, stored("mundur sebelum ditutup"))
    return wish
