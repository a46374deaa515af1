"""What a round does to needs. Called by rounds and purchasing, which have checked their own rights."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from market.core import clock, db, states
from market.core.errors import Conflict, NotFound, Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.needs import queries
from market.needs.models import Need
from market.needs.services import rules


def _need(actor: Actor, need_id: int) -> Need:
    """A need within the office's area (anywhere for the system), locked."""
    query = select(Need).where(Need.id == need_id).with_for_update(of=Need)
    if actor.scope_code:
        query = query.where(Need.place_code.startswith(actor.scope_code, autoescape=True))
    found = db.session.scalar(query) if 0 < need_id <= queries.MAX_ID else None
    if found is None:
        raise NotFound(_("Kebutuhan tidak ditemukan."))
    return found


def take_into_round(actor: Actor, need_ids: Iterable[int]) -> list[Need]:
    """Bind open needs to a round. Raises Conflict when one of them is not open any more."""
    actor.require(Permission.ROUNDS_RUN)
    needs = [_need(actor, need_id) for need_id in need_ids]
    for need in needs:
        states.advance(need, "in_round", actor)
    return needs


def mark_matched(actor: Actor, need_id: int, packs: int) -> Need:
    """A plan gives the need `packs`; said again after a new plan it changes the number.

    Raises Refused for a number below one or above what was wanted at most, IllegalMove for a need
    that is in no round.
    """
    actor.require(Permission.ROUNDS_RUN)
    need = _need(actor, need_id)
    if not 0 < packs <= need.at_most_packs:
        raise Refused(_("Jumlah cocok harus antara 1 dan %(most)s.", most=need.at_most_packs))
    if need.state != "matched":
        states.advance(need, "matched", actor)
    need.matched_packs = packs
    db.session.flush()
    return need


def return_to_open(actor: Actor, need_id: int, reason: str) -> Need:
    """The need got nothing: back into the pool for the next round, with the reason."""
    actor.require(Permission.ROUNDS_RUN)
    need = _need(actor, need_id)
    states.advance(need, "open", actor, reason)
    need.matched_packs = 0
    db.session.flush()
    return need


def carry_over(actor: Actor, need_id: int) -> Need | None:
    """Ask again for what a matched need did not get: a new open need, or None when nothing is missing
    or its day has passed. Said twice, the same need is returned."""
    actor.require(Permission.ROUNDS_RUN)
    need = _need(actor, need_id)
    if need.state not in ("matched", "fulfilled"):
        raise Conflict(_("Kebutuhan ini belum cocok."))
    earlier = db.session.scalar(select(Need).where(Need.carried_from_id == need.id))
    missing = need.wanted_packs - need.matched_packs
    if earlier is not None or missing <= 0 or need.needed_by_on < clock.today():
        return earlier
    return _rest(actor, need, missing)


def _rest(actor: Actor, need: Need, missing: int) -> Need:
    kept = ("organization_id", "pack_id", "ceiling_rp", "cash_rp", "terms", "needed_by_on", "place_code")
    more = ("truck_access", "max_suppliers", "weight", "note", "created_by", "submitted_by", "approved_by")
    now = clock.now()
    rest = Need(
        **{name: getattr(need, name) for name in (*kept, *more)},
        wanted_packs=missing,
        at_most_packs=need.at_most_packs - need.matched_packs,
        carried_from_id=need.id,
        state="open",
        state_at=now,
        created_at=now,
    )
    db.session.add(rest)
    db.session.flush()
    states.start(rest, actor, stored("sisa yang belum terpenuhi"))
    return rest


def allow_more(actor: Actor, need_id: int, at_most_packs: int) -> Need:
    """Let an open need take up to `at_most_packs`, decided by somebody who did not write it.

    Raises Forbidden, NotFound, Conflict when a round has taken it, and Refused at the field for a rule that
    the larger amount breaks (quota, cash) or for one's own need.
    """
    actor.require(Permission.NEEDS_APPROVE)
    need = queries.need_for(actor, need_id)
    if need.state != "open":
        raise Conflict(_("Kebutuhan ini sudah masuk hitungan, jadi tidak bisa diubah."))
    if actor.user_id is None or actor.user_id in (need.created_by, need.submitted_by):
        raise Refused(_("Kebutuhan yang Anda buat sendiri harus disetujui orang lain."))
    before = need.at_most_packs
    need.at_most_packs = at_most_packs
    try:
        with db.session.no_autoflush:
            rules.check(need, actor)
    except Refused:
        need.at_most_packs = before
        raise
    db.session.flush()
    return need


def mark_fulfilled(actor: Actor, need_id: int) -> Need:
    """The goods of a matched need have arrived."""
    if not actor.may(Permission.ROUNDS_RUN):
        actor.require(Permission.GOODS_RECEIVE)
    need = _need(actor, need_id)
    if actor.organization_kind == "cooperative" and need.organization_id != actor.organization_id:
        raise NotFound(_("Kebutuhan tidak ditemukan."))
    states.advance(need, "fulfilled", actor)
    return need
