"""At closing the wishes are summed once, and the sum goes into the cooperative's need."""

from __future__ import annotations

import logging

from market.core import clock, db, faults, states
from market.core.errors import Conflict, Forbidden, NotFound, Refused
from market.core.i18n import _, lazy, stored
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.identity import queries as organizations
from market.identity import services as identity
from market.identity.models import User
from market.needs import queries as need_queries
from market.needs import services as needs
from market.needs.models import Need
from market.notices.services import notify
from market.preorders import queries
from market.preorders.models import PreOrder

log = logging.getLogger(__name__)
KEEPERS = (Role.SECRETARY, Role.CHAIR)
BP = 10_000
MARGIN_BP = Parameter(
    "preorders.margin_bp",
    300,
    "assumption: 3 % of the residents' price stay with the cooperative",
    *(0, 3_000, lazy("Sisa untuk koperasi dari harga pra-pesan"), lazy("per sepuluh ribu"), "cooperative"),
)


def close_due() -> int:
    """Close what is over and let its sum into a need; returns how many (a scheduled job)."""
    due = queries.due(clock.now())
    for preorder_id in due:
        preorder = close(SYSTEM, preorder_id)
        if preorder.state == "closed":
            _raise_in_the_name_of_who_opened(preorder)
    return len(due)


def close(actor: Actor, preorder_id: int) -> PreOrder:
    """Freeze an open pre-order with the sum of its wishes; a closed one stays as it is.

    Nobody ordered: it is over. The row is held, so a wish is either in the sum or refused.
    """
    preorder = queries.preorder_by_id(preorder_id, lock=True)
    if preorder.state != "open":
        return preorder
    total = queries.asked([preorder.id])[preorder.id]
    if not total.households:
        states.advance(preorder, "cancelled", actor, stored("tidak ada yang memesan"))
        return preorder
    frozen = {"wanted_units": total.wanted, "at_most_units": total.at_most}
    states.advance(preorder, "closed", actor, also=frozen)
    faults.point("preorders.closed")
    return preorder


def close_now(actor: Actor, preorder_id: int) -> PreOrder:
    """The cooperative closes before or after the time, and the sum goes into its need at once.

    Said again it changes nothing. Raises Forbidden, NotFound, Conflict when it was given up, Refused where a
    rule of needs says no.
    """
    actor.require(Permission.NEEDS_POST)
    preorder = queries.preorder_for(actor, preorder_id, lock=True)
    preorder = close(actor, preorder.id)
    if preorder.state == "closed":
        feed_need(actor, preorder.id)
    return preorder


def _raise_in_the_name_of_who_opened(preorder: PreOrder) -> None:
    """Who opened it meant the purchase; where that seat is empty or a rule says no, the board is asked."""
    try:
        with db.session.begin_nested():
            who = db.session.get_one(User, preorder.opened_by)
            feed_need(identity.actor_in(who, preorder.organization_id, preorder.opened_role), preorder.id)
    except (Refused, NotFound, Conflict, Forbidden) as refusal:
        log.warning("preorder %s feeds no need yet: %s", preorder.number, refusal)
        title = lazy("Pra-pesan %(good)s belum jadi kebutuhan", good=preorder.pack.name)
        link = f"/pra-pesan/{preorder.id}"
        notify(preorder.organization_id, KEEPERS, "preorder_stuck", title, str(refusal), link)


def feed_need(actor: Actor, preorder_id: int) -> Need | None:
    """Put the sum of a closed pre-order into the draft need of the same good and cycle, or into a new one.

    Once: a pre-order that fed a need is left as it is. What a quota does not allow is cut, with the reason,
    and shared later by the published rule. Raises NotFound, Conflict, Refused where a rule of needs says no.
    """
    preorder = queries.preorder_for(actor, preorder_id, lock=True)
    if preorder.state != "closed":
        raise Conflict(_("Pra-pesan ini belum ditutup."))
    if preorder.need_id is not None:
        return db.session.get_one(Need, preorder.need_id)
    packs, most = packs_of(preorder)
    draft = queries.draft_fed_by_preorders(preorder)
    packs, most = _within_quota(preorder, packs, most, draft)
    if draft is None:
        draft = needs.post_need(
            actor,
            pack_id=preorder.bulk_pack_id,
            wanted_packs=packs,
            at_most_packs=most,
            needed_by_on=max(preorder.pickup_from_on, clock.today()),
            ceiling_rp=_ceiling_rp(preorder),
            note=stored("Pra-pesan warga"),
            submit=False,
        )
    else:
        _raise_draft(actor, preorder, draft, packs, most)
    preorder.need_id, preorder.need_packs, preorder.need_at_most_packs = draft.id, packs, most
    db.session.flush()
    faults.point("preorders.fed")
    title = lazy("Pra-pesan %(good)s masuk kebutuhan", good=preorder.pack.name)
    body = lazy("%(n)s kemasan besar. Periksa, lalu ajukan.", n=packs)
    notify(preorder.organization_id, KEEPERS, "preorder_fed", title, body, f"/kebutuhan/{draft.id}")
    return draft


def _raise_draft(actor: Actor, preorder: PreOrder, draft: Need, packs: int, most: int) -> None:
    ceiling = _ceiling_rp(preorder)
    lower = draft.ceiling_rp if ceiling is None else min(ceiling, draft.ceiling_rp or ceiling)
    needs.update_need(
        actor,
        draft.id,
        wanted_packs=draft.wanted_packs + packs,
        at_most_packs=draft.at_most_packs + most,
        ceiling_rp=lower,
    )


def packs_of(preorder: PreOrder) -> tuple[int, int]:
    """(wanted, at most) bulk packs that hold what residents want; the last pack's rest is the shelf's."""
    wanted = -(-preorder.wanted_units // preorder.units_per_bulk)
    return wanted, max(wanted, preorder.at_most_units // preorder.units_per_bulk)


def _within_quota(preorder: PreOrder, packs: int, most: int, draft: Need | None) -> tuple[int, int]:
    """No more than the cooperative may still ask for of an administered good."""
    on = max(preorder.pickup_from_on, clock.today()) if draft is None else draft.needed_by_on
    use = need_queries.quota_use(preorder.organization_id, preorder.bulk_pack, on)
    if use is None:
        return packs, most
    free = use.free_base // preorder.bulk_pack.size_base - (draft.at_most_packs if draft else 0)
    if free < packs:
        preorder.cut_reason = stored("sisa jatah koperasi tidak cukup")
    if free <= 0:
        raise Refused(_("Jatah koperasi untuk barang ini sudah habis."))
    return min(packs, free), min(most, free)


def _ceiling_rp(preorder: PreOrder) -> int | None:
    """The most a bulk pack may cost at the door so that the promised price leaves a margin."""
    home = organizations.organization(preorder.organization_id).place_code or ""
    outlook = needs.price_outlook(preorder.bulk_pack, home)
    if outlook.fixed_rp is not None:
        return None
    margin = MARGIN_BP.value(organization_id=preorder.organization_id)
    most = promised_rp(preorder) * preorder.units_per_bulk * (BP - margin) // BP
    return most if outlook.ceiling_rp is None else min(most, outlook.ceiling_rp)


def promised_rp(preorder: PreOrder) -> int:
    """The most that a unit may cost now: less when the goal is reached."""
    units = preorder.wanted_units
    if preorder.state == "open":
        units = queries.asked([preorder.id])[preorder.id].wanted
    reached = preorder.goal_units is not None and units >= preorder.goal_units
    return (preorder.goal_price_rp or preorder.price_rp) if reached else preorder.price_rp
