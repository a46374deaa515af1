"""The figures of the round that was just solved, for people and for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from market import verify
from market.commodities import queries as commodities
from market.core import money
from market.core.permissions import Actor
from market.identity import queries as identity
from market.rounds import queries as rounds
from market.rounds.models import RoundNeed

Summary = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """What the same units cost in the plan and by a yardstick; needs that a side lacks are left out."""

    plan_rp: int
    yardstick_rp: int

    @property
    def saving(self) -> float | None:
        return None if not self.yardstick_rp else round(1 - self.plan_rp / self.yardstick_rp, 4)


def of(city: str, officer: Actor, round_id: int) -> Summary:
    """Everything the demo prints about a solved round (in an open transaction); `url`, logins come after.

    `cost_rp` and `greedy_cost_rp` are whole objectives, unmet units included. `alone_cost_rp` and
    `market_price_cost_rp` are what the units that the plan fills (at most those wanted) would cost alone
    and at the shop; beside each stands what the plan pays for the very same units. A need that cannot
    be had alone, or without an observed price, is left out of both of its sides.
    """
    plan = rounds.newest_plan(round_id)
    assert plan is not None, "the round was solved"
    problem, document = json.loads(plan.problem_json), json.loads(plan.plan_json)
    frozen = rounds.round_needs(round_id)
    alone, market = alone_of(frozen), market_of(frozen)
    cooperatives = identity.organizations("cooperative", officer.scope_code)
    return {
        "city": city,
        "cooperatives": len(cooperatives),
        "suppliers": len({offer["supplier"] for offer in problem["offers"]}),
        "needs": len(problem["needs"]),
        "offers": len(problem["offers"]),
        "lanes": plan.lanes,
        "cost_rp": plan.cost_rp,
        "bound_rp": plan.bound_rp,
        "certified_bound_rp": plan.certified_bound_rp,
        "gap": document["gap"],
        "checked": plan.checked,
        "greedy_cost_rp": plan.greedy_cost_rp,
        "paid_rp": plan.goods_rp + plan.delivery_rp,
        "alone_cost_rp": alone.yardstick_rp,
        "plan_cost_of_same_units_as_alone_rp": alone.plan_rp,
        "saving_against_alone": alone.saving,
        "market_price_cost_rp": market.yardstick_rp,
        "plan_cost_of_same_units_as_market_rp": market.plan_rp,
        "saving_against_market": market.saving,
        "filled_units": sum(min(row.planned_packs, row.wanted_packs) for row in frozen),
        "unmet_units": sum(row["missing"] for row in document["shortages"]),
        "shortages": _shortages(document["shortages"], frozen),
        "seconds": round(plan.milliseconds / 1000, 2),
        "ledger_balanced": balanced(),
        "round": rounds.round_by_id(round_id).number,
    }


def _part_rp(row: RoundNeed) -> int:
    """What the plan pays for the wanted part of what the need gets."""
    units = min(row.planned_packs, row.wanted_packs)
    return money.div_round(row.planned_rp * units, row.planned_packs)


def alone_of(frozen: Iterable[RoundNeed]) -> Compared:
    """The filled units bought by each cooperative alone, at its unit cost alone."""
    both = [row for row in frozen if row.planned_packs and row.alone_rp is not None and row.alone_packs]
    alone = sum(
        money.div_round((row.alone_rp or 0) * min(row.planned_packs, row.wanted_packs), row.alone_packs)
        for row in both
    )
    return Compared(sum(map(_part_rp, both)), alone)


def market_of(frozen: Iterable[RoundNeed]) -> Compared:
    """The filled units at the newest observed retail price."""
    both = [row for row in frozen if row.planned_packs and row.market_rp is not None]
    shop = sum((row.market_rp or 0) * min(row.planned_packs, row.wanted_packs) for row in both)
    return Compared(sum(map(_part_rp, both)), shop)


def _shortages(rows: list[dict[str, Any]], frozen: Iterable[RoundNeed]) -> list[dict[str, Any]]:
    """Which cooperative lacks how much of what, and why."""
    needs = {row.need_id: row for row in frozen}
    packs = {pack.id: pack.code for pack in commodities.packs()}
    names = identity.names({row.buyer_id for row in needs.values()})
    told = []
    for row in rows:
        need = needs[int(row["need"][1:])]
        told.append(
            {
                "need": need.need_id,
                "cooperative": names[need.buyer_id],
                "pack": packs[need.pack_id],
                "missing": row["missing"],
                "reason": row["reason"],
            }
        )
    return told


def balanced() -> bool:
    """Every entry, every trial balance and every chain of the database holds (`lumbung verify`)."""
    return all(result.ok for result in verify.run(("I1", "I2", "I4", "I7")))


def readable(summary: Summary) -> str:
    """The summary for a terminal."""
    rp = money.format_rp
    gap = summary["gap"]
    lines = [
        f"Lumbung demo: {summary['city'].title()}, round {summary['round']}, {summary['cooperatives']} "
        f"cooperatives, {summary['needs']} needs, {summary['suppliers']} suppliers, "
        f"{summary['offers']} offers, {summary['lanes']} lanes",
        f"  plan     {rp(summary['cost_rp'])} (unmet units counted), "
        f"{'checked' if summary['checked'] else 'NOT CHECKED'}, "
        f"gap {'unknown' if gap is None else f'{100 * gap:.2f} %'}, {summary['seconds']} s",
        f"  paid     {rp(summary['paid_rp'])} for {summary['filled_units']} packs",
        _against(
            "by hand ", summary["greedy_cost_rp"], summary["cost_rp"], "the same sum by a careful officer"
        ),
        _against(
            "alone   ", summary["alone_cost_rp"], summary["plan_cost_of_same_units_as_alone_rp"], "each alone"
        ),
        _against(
            "market  ",
            summary["market_price_cost_rp"],
            summary["plan_cost_of_same_units_as_market_rp"],
            "shop",
        ),
        f"  unmet    {summary['unmet_units']} packs of {len(summary['shortages'])} needs"
        f" ({', '.join(f'{reason} {n}' for reason, n in _reasons(summary))})",
        f"  books    {'balanced, every chain whole' if summary['ledger_balanced'] else 'NOT BALANCED'}",
        f"  logins   {', '.join(summary['logins'].values())}; password {summary['password']}",
        f"  open     {summary['url']}",
    ]
    return "\n".join(line for line in lines if line)


def _against(name: str, yardstick: int | None, ours: int, words: str) -> str:
    if not yardstick:
        return ""
    below = 100 * (1 - ours / yardstick)
    return f"  {name} {money.format_rp(yardstick)} ({words}; the plan is {below:.1f} % below)"


def _reasons(summary: Summary) -> list[tuple[str, int]]:
    return Counter(row["reason"] for row in summary["shortages"]).most_common()
