"""Sharing scarce administered goods out: who comes first, and the shares as they are published."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

from market import refdata
from market.core import db
from market.needs.models import Need
from market.rounds import queries
from market.rounds.models import RoundNeed, RoundPlan
from market.rounds.models_explanations import RationShare


@cache
def _kelurahan() -> dict[str, int]:
    return {row.village_code: row.households for row in refdata.households()}


def households_of(need: Need) -> int:
    """The weight of a need: the households that the cooperative serves, or those of its kelurahan.

    A cooperative that has not said how many it serves is counted with everybody who lives there.
    """
    return need.weight if need.weight > 1 else max(1, _kelurahan().get(need.place_code, 1))


def turns(round_id: int, frozen: list[RoundNeed], pack_ids: set[int]) -> dict[int, tuple[Any, ...]]:
    """By need: a key that sorts last round's losers of administered goods first; other goods are equal."""
    history = queries.ration_history(round_id, pack_ids)
    return {
        row.need_id: queries.turn_of(history.get((row.buyer_id, row.pack_id), []))
        if row.pack_id in pack_ids
        else queries.turn_of([])
        for row in frozen
    }


def keep_shares(plan: RoundPlan, problem: dict[str, Any], found: dict[str, Any]) -> None:
    """Write down what every need gets of the goods that the plan shares out by households."""
    rationed = {row["id"] for row in problem["commodities"] if row["ration"]}
    shared = {int(row["id"][1:]): row for row in problem["needs"] if row["commodity"] in rationed}
    if not shared:
        return
    filled: dict[int, int] = defaultdict(int)
    for line in found["lines"]:
        filled[int(line["need"][1:])] += line["quantity"]
    frozen = [row for row in queries.round_needs(plan.round_id) if row.need_id in shared]
    history = queries.ration_history(plan.round_id, {row.pack_id for row in frozen})
    ranks: dict[int, int] = defaultdict(int)
    for row in sorted(frozen, key=lambda each: shared[each.need_id]["order"]):
        ranks[row.pack_id] += 1
        last = history.get((row.buyer_id, row.pack_id), [None])[0]
        db.session.add(
            RationShare(
                organization_id=plan.organization_id,
                plan_id=plan.id,
                need_id=row.need_id,
                cooperative_id=row.buyer_id,
                pack_id=row.pack_id,
                households=shared[row.need_id]["weight"],
                rank=ranks[row.pack_id],
                wanted_packs=row.wanted_packs,
                packs=filled[row.need_id],
                last_packs=last.packs if last else None,
                last_wanted=last.wanted if last else None,
            )
        )
    db.session.flush()
