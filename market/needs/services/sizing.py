"""A need that also holds what others asked for grows and shrinks with them, until a round counts it."""

from __future__ import annotations

from sqlalchemy import select

from market.core import db, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.needs import queries
from market.needs.models import Need
from market.needs.services import rules

GROWS = ("submitted", "open")
SHRINKS = ("draft", "submitted", "rejected", "open")


def grow_need(actor: Actor, need_id: int, wanted_packs: int, at_most_packs: int) -> Need:
    """Let a need that waits or is open ask for more, decided by somebody who did not write it.

    Raises Forbidden, NotFound, Conflict when a round has taken it, and Refused at the field for a rule
    that the larger amount breaks, for one's own need, or for an amount that is not larger.
    """
    actor.require(Permission.NEEDS_APPROVE)
    need = _locked(queries.need_for(actor, need_id), GROWS)
    if actor.user_id is None or actor.user_id in (need.created_by, need.submitted_by):
        raise Refused(_("Kebutuhan yang Anda buat sendiri harus disetujui orang lain."))
    if wanted_packs < need.wanted_packs or at_most_packs < need.at_most_packs:
        raise Refused(_("Jumlahnya tidak boleh berkurang."), field="wanted_packs")
    before = need.wanted_packs, need.at_most_packs
    need.wanted_packs, need.at_most_packs = wanted_packs, at_most_packs
    try:
        with db.session.no_autoflush:
            rules.check(need, actor)
    except Refused:
        need.wanted_packs, need.at_most_packs = before
        raise
    db.session.flush()
    return need


def shrink_need(actor: Actor, need_id: int, wanted_packs: int, at_most_packs: int) -> Need:
    """Ask for less because who wanted it does not any more; needs no second person.

    The caller has checked whose need it is. Raises Conflict when a round has taken it, Refused for an
    amount that is not smaller or is nothing.
    """
    actor.require(Permission.NEEDS_POST)
    need = _locked(db.session.get_one(Need, need_id), SHRINKS)
    if not 0 < wanted_packs <= need.wanted_packs or not wanted_packs <= at_most_packs <= need.at_most_packs:
        raise Refused(_("Jumlahnya tidak boleh bertambah."), field="wanted_packs")
    need.wanted_packs, need.at_most_packs = wanted_packs, at_most_packs
    db.session.flush()
    return need


def drop_need(actor: Actor, need_id: int, reason: str) -> Need:
    """End a need of which nothing is wanted any more; a rejected one stays as it is.

    The caller has checked whose need it is. Raises Conflict when a round has taken it.
    """
    actor.require(Permission.NEEDS_POST)
    need = _locked(db.session.get_one(Need, need_id), SHRINKS)
    if need.state != "rejected":
        states.advance(need, "withdrawn", actor, reason)
    return need


def _locked(need: Need, allowed: tuple[str, ...]) -> Need:
    query = select(Need).where(Need.id == need.id).with_for_update(of=Need)
    held = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if held.state not in allowed:
        raise Conflict(_("Kebutuhan ini sudah masuk hitungan, jadi tidak bisa diubah."))
    return held
