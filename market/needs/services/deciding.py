"""A second person's word on a need, withdrawing it, and what time does to it."""

from __future__ import annotations

from sqlalchemy import select

from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.permissions import SYSTEM, Actor, Permission
from market.needs import queries
from market.needs.models import Need
from market.needs.services import rules

MAX_REASON = 300


def approve_need(actor: Actor, need_id: int) -> Need:
    """Let a submitted need into the pool. Raises Forbidden, NotFound, IllegalMove, and Refused for
    one's own need and for one that has broken a rule since (its day is past, the quota is used up)."""
    need = _submitted_by_another(actor, need_id)
    with db.session.no_autoflush:
        rules.check(need, actor)
    states.advance(need, "open", actor, also={"approved_by": actor.user_id})
    faults.point("needs.approved")
    return need


def reject_need(actor: Actor, need_id: int, reason: str) -> Need:
    """Send a submitted need back with a reason; the poster may mend it."""
    if not reason:
        raise Refused(_("Tulis alasannya, supaya bisa diperbaiki."), field="reason")
    need = _submitted_by_another(actor, need_id)
    states.advance(need, "rejected", actor, reason[:MAX_REASON])
    return need


def _submitted_by_another(actor: Actor, need_id: int) -> Need:
    actor.require(Permission.NEEDS_APPROVE)
    need = queries.need_for(actor, need_id)
    if actor.user_id is None or actor.user_id in (need.created_by, need.submitted_by):
        raise Refused(_("Kebutuhan yang Anda buat sendiri harus disetujui orang lain."))
    return need


def withdraw_need(actor: Actor, need_id: int, reason: str = "") -> Need:
    """Take a need back before a round has taken it. Raises NotFound, IllegalMove."""
    actor.require(Permission.NEEDS_POST)
    need = queries.need_for(actor, need_id)
    states.advance(need, "withdrawn", actor, reason[:MAX_REASON])
    return need


def expire_old() -> int:
    """Close open needs whose day has passed; returns how many (a scheduled job)."""
    query = select(Need).where(Need.state == "open", Need.needed_by_on < clock.today())
    late = list(db.session.scalars(query))
    for need in late:
        states.advance(need, "expired", SYSTEM, stored("tanggal butuh sudah lewat"))
    return len(late)
