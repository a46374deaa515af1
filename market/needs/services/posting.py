"""Writing a need down and handing it in for approval."""

from __future__ import annotations

from datetime import date
from typing import Any

from market.commodities import queries as commodities
from market.core import clock, db, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.needs import queries
from market.needs.models import Need
from market.needs.services import rules

EDITABLE = (
    *("pack_id", "wanted_packs", "at_most_packs", "ceiling_rp", "cash_rp", "terms", "needed_by_on"),
    *("place_code", "truck_access", "max_suppliers", "note"),
)


def post_need(
    actor: Actor,
    *,
    pack_id: int,
    wanted_packs: int,
    needed_by_on: date,
    at_most_packs: int | None = None,
    ceiling_rp: int | None = None,
    cash_rp: int | None = None,
    terms: str = "cod",
    place_code: str | None = None,
    truck_access: str = "any",
    max_suppliers: int | None = None,
    note: str | None = "",
    submit: bool = True,
) -> Need:
    """A need of the actor's cooperative, in whole packs and rupiah per pack at the door.

    Handed in at once unless `submit` is False. Raises Forbidden, NotFound, and Refused at the field
    that breaks a rule (services/rules.py).
    """
    actor.require(Permission.NEEDS_POST)
    need = _draft(actor, pack_id, place_code)
    need.wanted_packs, need.at_most_packs = wanted_packs, at_most_packs or wanted_packs
    need.ceiling_rp, need.cash_rp, need.terms = ceiling_rp, cash_rp, terms
    need.needed_by_on, need.truck_access = needed_by_on, truck_access
    need.max_suppliers, need.note = max_suppliers, note or ""
    with db.session.no_autoflush:
        rules.check(need, actor)
    db.session.add(need)
    db.session.flush()
    faults.point("needs.posted")
    states.start(need, actor)
    if submit:
        _hand_in(actor, need)
    return need


def _draft(actor: Actor, pack_id: int, place_code: str | None) -> Need:
    if actor.organization_id is None or actor.organization_kind != "cooperative":
        raise Refused(_("Hanya koperasi yang bisa memasang kebutuhan."))
    home = identity.organization(actor.organization_id)
    pack = commodities.pack(pack_id)
    if not pack.bulk:
        raise Refused(_("Kemasan ini dijual eceran. Pilih kemasan besar."), field="pack_id")
    now = clock.now()
    return Need(
        organization_id=home.id,
        pack_id=pack.id,
        pack=pack,
        place_code=place_code or home.place_code or "",
        weight=max(1, home.households),
        matched_packs=0,
        state=Need.STATES.initial,
        state_at=now,
        created_at=now,
        created_by=actor.user_id,
    )


def update_need(actor: Actor, need_id: int, *, version: int | None = None, **changes: Any) -> Need:
    """Change a draft, or a rejected need, which becomes a draft again.

    `changes` are fields of `post_need`. Raises NotFound, Conflict when the need is no draft any more
    or was changed since `version` was read, Refused as `post_need` does.
    """
    actor.require(Permission.NEEDS_POST)
    need = queries.need_for(actor, need_id)
    if need.state not in ("draft", "rejected"):
        raise Conflict(
            _("Kebutuhan ini sudah diajukan, jadi tidak bisa diubah. Tarik dahulu, lalu pasang baru.")
        )
    if version is not None and version != need.version:
        raise Conflict(_("Orang lain baru saja mengubah kebutuhan ini. Muat ulang, lalu ubah lagi."))
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not fields of a need: {sorted(unknown)}")
    try:
        with db.session.no_autoflush:
            _apply(need, changes)
            rules.check(need, actor)
    except Refused:
        db.session.expire(need)
        raise
    db.session.flush()
    if need.state == "rejected":
        states.advance(need, "draft", actor, stored("diperbaiki"))
    return need


def _apply(need: Need, changes: dict[str, Any]) -> None:
    if changes.get("pack_id") is not None:
        need.pack = commodities.pack(changes.pop("pack_id"))
        if not need.pack.bulk:
            raise Refused(_("Kemasan ini dijual eceran. Pilih kemasan besar."), field="pack_id")
    if "at_most_packs" in changes or "wanted_packs" in changes:
        need.wanted_packs = changes.pop("wanted_packs", need.wanted_packs)
        need.at_most_packs = changes.pop("at_most_packs", need.at_most_packs) or need.wanted_packs
    if "place_code" in changes:
        need.place_code = changes.pop("place_code") or need.place_code
    if "note" in changes:
        need.note = changes.pop("note") or ""
    for name, value in changes.items():
        setattr(need, name, value)


def submit_need(actor: Actor, need_id: int) -> Need:
    """Hand a draft in for approval. Raises NotFound, IllegalMove, Refused when a rule now says no."""
    actor.require(Permission.NEEDS_POST)
    need = queries.need_for(actor, need_id)
    with db.session.no_autoflush:
        rules.check(need, actor)
    _hand_in(actor, need)
    return need


def _hand_in(actor: Actor, need: Need) -> None:
    states.advance(need, "submitted", actor, also={"submitted_by": actor.user_id})
