"""What rations are used up, and by what."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from market.commodities import queries as commodities
from market.core import clock, db
from market.rations.models import Ration, RationUse
from market.rations.types import rule_of


def needs_card(pack_id: int | None) -> bool:
    """Whether the buyer of this pack has to be known today; no pack: goods of a maker, never."""
    if pack_id is None:
        return False
    rule = rule_of(commodities.pack(pack_id).commodity.code, clock.today())
    return rule is not None and rule.needs_identity


def used_base(organization_id: int, buyer_index: str, commodity_id: int, period: str) -> int:
    """What this buyer has got of a good in a period, in base units."""
    query = select(Ration.used_base).where(
        Ration.organization_id == organization_id,
        Ration.buyer_index == buyer_index,
        Ration.commodity_id == commodity_id,
        Ration.period == period,
    )
    return int(db.session.scalar(query) or 0)


def uses_of(organization_id: int, sources: Iterable[str]) -> list[RationUse]:
    """Parts of rations that these document lines hold, in the order in which rations are locked."""
    query = select(RationUse).where(
        RationUse.organization_id == organization_id,
        RationUse.source.in_(list(sources)),
        RationUse.given_back_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(RationUse.ration_id)))
