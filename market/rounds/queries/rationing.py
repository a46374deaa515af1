"""How scarce goods were shared out before, and how a plan shares them now: for everybody in the round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import db
from market.identity import queries as identity
from market.needs.models import Need
from market.rounds.models import Round, RoundNeed, RoundPlan
from market.rounds.models_explanations import RationShare

REMEMBERED = 3
"""So many earlier rounds of a good decide who comes first."""


@dataclass(frozen=True)
class Past:
    """What a cooperative wanted and got of a good in one earlier round."""

    wanted: int
    packs: int
    households: int

    @property
    def turn(self) -> tuple[int, Fraction]:
        """Sorts who went short before who did not, and there who got least for its households."""
        if self.packs >= self.wanted:
            return 1, Fraction(0)
        return 0, Fraction(self.packs, max(1, self.households))


SERVED = (1, Fraction(0))
"""Who was in no earlier round comes after those who went short there."""


def ration_history(round_id: int, pack_ids: Iterable[int]) -> dict[tuple[int, int], list[Past]]:
    """By cooperative and pack: its last finished rounds before this one, the newest first."""
    query = (
        select(
            RoundNeed.buyer_id,
            RoundNeed.pack_id,
            func.sum(RoundNeed.wanted_packs),
            func.sum(RoundNeed.accepted_packs),
            func.max(Need.weight),
        )
        .join(Round, Round.id == RoundNeed.round_id)
        .join(Need, Need.id == RoundNeed.need_id)
        .where(RoundNeed.pack_id.in_(list(pack_ids)), Round.id < round_id, Round.state == "finished")
        .group_by(RoundNeed.buyer_id, RoundNeed.pack_id, Round.id)
        .order_by(Round.id.desc())
    )
    found: dict[tuple[int, int], list[Past]] = defaultdict(list)
    for buyer_id, pack_id, wanted, packs, households in db.session.execute(query):
        found[buyer_id, pack_id].append(Past(int(wanted), int(packs), int(households)))
    return {key: past[:REMEMBERED] for key, past in found.items()}


def turn_of(past: list[Past]) -> tuple[tuple[int, Fraction], ...]:
    """A key that sorts last round's losers first, then those of the round before."""
    turns = [each.turn for each in past]
    return tuple(turns + [SERVED] * (REMEMBERED - len(turns)))


# --- as it is published --------------------------------------------------------------------------


@dataclass(frozen=True)
class ShareRow:
    """One cooperative's share."""

    share: RationShare
    cooperative: str

    @property
    def per_hundred(self) -> float:
        """Packs for a hundred households."""
        return 100 * self.share.packs / self.share.households


@dataclass(frozen=True)
class Ration:
    """One good that was shared out, with every cooperative's share; who comes first stands first."""

    pack: Pack
    rows: list[ShareRow]

    @property
    def wanted(self) -> int:
        return sum(row.share.wanted_packs for row in self.rows)

    @property
    def packs(self) -> int:
        return sum(row.share.packs for row in self.rows)


def rations_of(plan: RoundPlan | None) -> list[Ration]:
    """What a plan shares out by households, good by good."""
    if plan is None:
        return []
    query = select(RationShare).where(RationShare.plan_id == plan.id)
    groups: dict[int, list[RationShare]] = defaultdict(list)
    for share in db.session.scalars(query.order_by(RationShare.rank, RationShare.id)):
        groups[share.pack_id].append(share)
    names = identity.names({share.cooperative_id for group in groups.values() for share in group})
    found = [
        Ration(commodities.pack(pack_id), [ShareRow(share, names[share.cooperative_id]) for share in group])
        for pack_id, group in groups.items()
    ]
    return sorted(found, key=lambda each: each.pack.name)
