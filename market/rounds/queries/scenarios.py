"""What-ifs of a round beside the plan they ask about, line by line and in sums."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from market.commodities import queries as commodities
from market.core import db, money
from market.core.errors import NotFound
from market.core.i18n import _, format_number
from market.core.permissions import Actor
from market.identity import queries as identity
from market.places import queries as places
from market.rounds.models import Round, RoundPlan
from market.rounds.models_scenarios import Scenario
from market.rounds.queries.rounds import MAX_ID, round_needs

Document = dict[str, Any]
WITH_PLAN = ("solved", "published", "rematching", "finished")
"""States of a round whose newest plan can be asked about."""
MOST_LINES = 60
"""So many changed lines stand on the page at first."""


def own_round(actor: Actor, round_id: int) -> Round:
    """A round of the actor's own office; raises NotFound."""
    found = db.session.get(Round, round_id) if 0 < round_id <= MAX_ID else None
    if found is None or found.organization_id != actor.organization_id:
        raise NotFound(_("Putaran tidak ditemukan."))
    return found


def scenario_for(actor: Actor, scenario_id: int, lock: bool = False) -> Scenario:
    """A what-if of the actor's own office; raises NotFound."""
    if not 0 < scenario_id <= MAX_ID:
        raise NotFound(_("Skenario tidak ditemukan."))
    query = select(Scenario).where(
        Scenario.id == scenario_id, Scenario.organization_id == actor.organization_id
    )
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(_("Skenario tidak ditemukan."))
    return found


def scenario_by_id(scenario_id: int) -> Scenario:
    """A what-if by id, held, for jobs that act for nobody."""
    query = select(Scenario).where(Scenario.id == scenario_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def scenarios_of(round_id: int) -> list[Scenario]:
    """The kept what-ifs of a round, newest first."""
    query = select(Scenario).where(Scenario.round_id == round_id, Scenario.state != "discarded")
    return list(db.session.scalars(query.order_by(Scenario.id.desc())))


def scenario_version(scenario: Scenario) -> tuple[object, ...]:
    """Something that differs whenever the page would."""
    return scenario.id, scenario.state, scenario.state_at, len(scenario.curve)


# --- figures of a document -----------------------------------------------------------------------


class Figures:
    """What a plan gives and costs each need: every rupiah but the penalties, trucks by weight."""

    def __init__(self, problem: Document, plan: Document) -> None:
        self.needs = {row["id"]: row for row in problem["needs"]}
        self.unit_g = {row["id"]: row["unit_g"] for row in problem["commodities"]}
        self.offers = {row["id"]: row for row in problem["offers"]}
        self.lanes = {(row["need"], row["offer"]): row for row in problem["lanes"]}
        self.packs: dict[str, int] = defaultdict(int)
        self.paid_rp: dict[str, int] = defaultdict(int)
        self.suppliers: dict[str, set[str]] = defaultdict(set)
        pairs: dict[tuple[str, str], int] = defaultdict(int)
        for line in plan["lines"]:
            pairs[line["need"], line["offer"]] += line["quantity"]
            self.packs[line["need"]] += line["quantity"]
            self.paid_rp[line["need"]] += line["quantity"] * (line["price_rp"] + line["freight_rp"])
            self.suppliers[line["need"]].add(self.offers[line["offer"]]["supplier"])
        for (need, offer), _count in pairs.items():
            self.paid_rp[need] += self.lanes[need, offer]["drop_rp"]
        self._share(problem, plan, pairs)

    def _share(self, problem: Document, plan: Document, pairs: Mapping[tuple[str, str], int]) -> None:
        cost = {(row["supplier"], row["district"]): row["cost_rp"] for row in problem["trips"]}
        trucks = {
            (row["supplier"], row["district"]): row["trips"] * cost[row["supplier"], row["district"]]
            for row in plan["trips"]
            if row["trips"]
        }
        by_truck: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        by_offer: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for (need, offer), packs in sorted(pairs.items()):
            row = self.needs[need]
            group = (self.offers[offer]["supplier"], row["district"])
            by_truck[group][need] += packs * self.unit_g[row["commodity"]]
            by_offer[offer][need] += packs
        for group, weights in by_truck.items():
            self._split(trucks.get(group, 0), weights)
        for offer, weights in by_offer.items():
            self._split(self.offers[offer]["fixed_rp"], weights)

    def _split(self, total_rp: int, weights: Mapping[str, int]) -> None:
        for need, share in zip(weights, money.split(total_rp, list(weights.values())), strict=True):
            self.paid_rp[need] += share


# --- the comparison ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One need under the plan and under the what-if."""

    cooperative: str
    pack: str
    word: str
    wanted: int
    before_packs: int
    after_packs: int
    before_rp: int
    after_rp: int
    before_from: str
    after_from: str

    @property
    def changed(self) -> bool:
        before = self.before_packs, self.before_rp, self.before_from
        return before != (self.after_packs, self.after_rp, self.after_from)


@dataclass(frozen=True)
class Totals:
    """One side of the comparison in sums."""

    paid_rp: int
    packs: int
    missing: int
    needs_short: int
    coverage: float
    worst: str
    worst_percent: float
    suppliers: int
    gap_ppm: int | None


@dataclass(frozen=True)
class Comparison:
    """The plan and the what-if, in sums and line by line; changed lines first, the largest first."""

    before: Totals
    after: Totals
    lines: list[Line]

    @property
    def changed(self) -> list[Line]:
        return [line for line in self.lines if line.changed]


def comparison(scenario: Scenario, plan: RoundPlan) -> Comparison:
    """A solved what-if against the plan that it asks about."""
    problem = json.loads(plan.problem_json)
    before = Figures(problem, json.loads(plan.plan_json))
    after = Figures(json.loads(scenario.problem_json), json.loads(scenario.plan_json))
    buyers = {f"n{row.need_id}": row.buyer_id for row in round_needs(scenario.round_id)}
    names = identity.names(set(buyers.values()))
    homes = {need: names.get(buyer, "") for need, buyer in buyers.items()}
    return Comparison(
        _totals(before, homes, plan.gap_ppm),
        _totals(after, homes, scenario.gap_ppm),
        _lines(before, after, homes),
    )


def _lines(before: Figures, after: Figures, homes: Mapping[str, str]) -> list[Line]:
    packs = {pack.code: pack for pack in commodities.packs()}
    sellers = _sellers(before, after)
    lines = []
    for key, row in before.needs.items():
        pack = packs[row["commodity"]]
        lines.append(
            Line(
                homes[key],
                pack.name,
                pack.unit_word,
                row["wanted"],
                before.packs[key],
                after.packs[key],
                before.paid_rp[key],
                after.paid_rp[key],
                ", ".join(sorted(sellers[each] for each in before.suppliers[key])),
                ", ".join(sorted(sellers[each] for each in after.suppliers[key])),
            )
        )
    return sorted(lines, key=_largest_first)


def _largest_first(line: Line) -> tuple[Any, ...]:
    packs, paid = abs(line.after_packs - line.before_packs), abs(line.after_rp - line.before_rp)
    return not line.changed, -packs, -paid, line.cooperative, line.pack


def _sellers(*sides: Figures) -> dict[str, str]:
    keys = {key for side in sides for found in side.suppliers.values() for key in found}
    names = identity.names({int(key[1:]) for key in keys if key[1:].isdecimal()})
    return {key: names[int(key[1:])] if key[1:].isdecimal() else _("Gudang baru") for key in keys}


def _totals(side: Figures, homes: Mapping[str, str], gap_ppm: int | None) -> Totals:
    wanted_g: dict[str, int] = defaultdict(int)
    served_g: dict[str, int] = defaultdict(int)
    missing = short = 0
    for key, row in side.needs.items():
        served = min(side.packs[key], row["wanted"])
        wanted_g[homes[key]] += row["wanted"] * side.unit_g[row["commodity"]]
        served_g[homes[key]] += served * side.unit_g[row["commodity"]]
        missing += row["wanted"] - served
        short += served < row["wanted"]
    share = {home: 100 * served_g[home] / wanted for home, wanted in wanted_g.items() if wanted}
    worst = min(share, key=lambda home: (share[home], home), default="")
    whole = sum(wanted_g.values())
    return Totals(
        paid_rp=sum(side.paid_rp.values()),
        packs=sum(side.packs.values()),
        missing=missing,
        needs_short=short,
        coverage=100 * sum(served_g.values()) / whole if whole else 100.0,
        worst=worst,
        worst_percent=share.get(worst, 100.0),
        suppliers=len({key for found in side.suppliers.values() for key in found}),
        gap_ppm=gap_ppm,
    )


# --- words ---------------------------------------------------------------------------------------


def changes_in_words(changes: Mapping[str, Any]) -> list[str]:
    """What a what-if changes, one short sentence each."""
    code = changes.get("pack_code", "")
    packs = {pack.code: pack.name for pack in commodities.packs()}
    goods = packs.get(code, code) if code else _("semua barang")
    said = []
    if changes.get("supplier_out"):
        name = identity.names({changes["supplier_out"]})[changes["supplier_out"]]
        said.append(_("%(name)s tidak ikut", name=name))
    if changes.get("price_percent"):
        said.append(_("Harga %(goods)s %(change)s %%", goods=goods, change=_signed(changes["price_percent"])))
    if changes.get("capacity_percent"):
        share = changes["capacity_percent"]
        said.append(_("Persediaan %(goods)s menjadi %(share)s %%", goods=goods, share=share))
    if changes.get("ceiling"):
        said.append(_ceiling_words(changes["ceiling"], goods))
    if changes.get("fairness"):
        on = changes["fairness"] == "on"
        said.append(
            _("Dibagi rata: %(goods)s", goods=goods) if on else _("Tidak dibagi rata: %(goods)s", goods=goods)
        )
    if changes.get("depot"):
        said.append(_depot_words(changes["depot"], packs))
    return said


def _ceiling_words(change: str, goods: str) -> str:
    if change == "none":
        return _("Tanpa batas harga untuk %(goods)s", goods=goods)
    return _("Batas harga %(goods)s %(change)s %%", goods=goods, change=_signed(int(change)))


def _depot_words(depot: Mapping[str, Any], packs: Mapping[str, str]) -> str:
    place = places.names({depot["place_code"]}).get(depot["place_code"], depot["place_code"])
    return _(
        "Gudang baru di %(place)s: %(packs)s %(goods)s, %(price)s",
        place=place,
        packs=money.group(depot["capacity_packs"]),
        goods=packs.get(depot["pack_code"], depot["pack_code"]),
        price=money.format_rp(depot["price_rp"]),
    )


def _signed(percent: int) -> str:
    return f"{'+' if percent > 0 else '−'}{format_number(abs(percent))}"
