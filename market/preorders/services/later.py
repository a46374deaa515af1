"""More goods came after a short delivery: who still lacks some gets them by the same published rule."""

from __future__ import annotations

from datetime import timedelta

from market.core import clock, crypto, db, faults, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, stored
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission
from market.preorders import queries
from market.preorders.models import PreOrder, PreOrderWish
from market.preorders.services.closing import promised_rp
from market.preorders.services.opening import SERIES
from market.preorders.services.shares import later_shares
from market.preorders.services.sharing import claims_of, give_out, units_here


def share_later(actor: Actor, preorder_id: int, units: int | None = None) -> PreOrder:
    """Share `units` that came later (all that is free, up to what is lacking) in a pre-order that follows.

    Who wanted more and was given less has the least first, as if everything had come at once; who let a
    share lie gets nothing of the later one. The promised price holds. Raises Forbidden, NotFound, Conflict
    before the first share, Refused when nobody lacks any, fewer are free, or the shelf asks too much.
    """
    actor.require(Permission.RETAIL_HAND_OVER)
    actor.require(Permission.STOCK_MOVE)
    asked = queries.preorder_for(actor, preorder_id)
    first = queries.preorder_for(actor, asked.follows_id or asked.id, lock=True)
    if first.state != "ready":
        raise Conflict(_("Bagi dahulu barang yang pertama datang."))
    short = queries.short_of(first)
    lacking = sum(wish.wanted - had for wish, had in short)
    if not lacking:
        raise Refused(_("Semua yang memesan sudah mendapat bagiannya."))
    here = units_here(first)
    come = min(here, lacking) if units is None else units
    if not 0 < come <= here:
        raise Refused(_("Di rak ada %(here)s kemasan yang bebas.", here=here), field="units")
    wishes = [wish for wish, _had in short]
    more = later_shares(come, claims_of(first, wishes), [had for _wish, had in short])
    later = _follow(actor, first, sum(more))
    given = [(wish, share) for wish, share in zip(wishes, more, strict=True) if share]
    made = [_wish_again(actor, later, wish, share) for wish, share in given]
    states.advance(later, "closed", actor)
    faults.point("preorders.later")
    give_out(actor, later, made, [share for _wish, share in given])
    return later


def _follow(actor: Actor, first: PreOrder, units: int) -> PreOrder:
    """The pre-order of the later goods: same good and promise, fetched from today for as many days."""
    today = clock.today()
    later = PreOrder(
        organization_id=first.organization_id,
        number=next_number(first.organization_id, SERIES),
        pack_id=first.pack_id,
        pack=first.pack,
        bulk_pack_id=first.bulk_pack_id,
        bulk_pack=first.bulk_pack,
        price_rp=promised_rp(first),
        least_units=1,
        most_units=first.most_units,
        closes_at=clock.now(),
        pickup_from_on=today,
        pickup_until_on=today + timedelta(days=max(1, (first.pickup_until_on - first.pickup_from_on).days)),
        note=stored("Susulan %(number)s", number=first.number),
        opened_by=first.opened_by,
        opened_role=first.opened_role,
        wanted_units=units,
        at_most_units=units,
        follows_id=first.id,
        state_at=clock.now(),
    )
    db.session.add(later)
    db.session.flush()
    states.start(later, actor)
    return later


def _wish_again(actor: Actor, later: PreOrder, wish: PreOrderWish, units: int) -> PreOrderWish:
    now = clock.now()
    made = PreOrderWish(
        organization_id=later.organization_id,
        preorder_id=later.id,
        token=crypto.token(),
        buyer_name=wish.buyer_name,
        phone=wish.phone,
        member_id=wish.member_id,
        wanted=units,
        at_most=units,
        asked_at=now,
        changed_at=now,
        state_at=now,
    )
    db.session.add(made)
    db.session.flush()
    states.start(made, actor)
    return made
