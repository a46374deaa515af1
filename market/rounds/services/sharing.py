"""Who pays what of a plan: pure functions over the matcher's documents.

Freight is by the pack. A drop is paid by the line that causes it. A truck is shared by weight among
the lines it carries, an offer's fixed cost by packs; every share is whole and the sum exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from market.core import money

Document = dict[str, Any]
Group = tuple[int, str]
"""A supplier and the district its truck goes to."""


@dataclass
class NewLine:
    """A line of the plan beyond what was already accepted."""

    need_id: int
    offer_id: int
    supplier_id: int
    district: str
    packs: int
    price_rp: int
    freight_rp: int
    drop_rp: int
    weight_g: int
    tier_from: int
    truck_rp: int = 0
    fixed_rp: int = 0

    @property
    def delivery_rp(self) -> int:
        """Everything but the goods."""
        return self.packs * self.freight_rp + self.drop_rp + self.truck_rp + self.fixed_rp


@dataclass(frozen=True)
class Bill:
    """What a plan costs in money, and how many packs it moves."""

    goods_rp: int
    delivery_rp: int
    packs: int

    @property
    def paid_rp(self) -> int:
        return self.goods_rp + self.delivery_rp


def number(key: str) -> int:
    """The row's id in a document's id: "n12" -> 12."""
    return int(key[1:])


def bill_of(problem: Document, plan: Document) -> Bill:
    """Goods and delivery (freight, drops, fixed costs, trucks) of a plan, without penalties."""
    rows = _Rows(problem, plan)
    used = {(line["need"], line["offer"]) for line in plan["lines"]}
    delivery = sum(line["quantity"] * line["freight_rp"] for line in plan["lines"])
    delivery += sum(rows.lanes[pair]["drop_rp"] for pair in used)
    delivery += sum(rows.offers[offer]["fixed_rp"] for offer in {offer for _need, offer in used})
    delivery += sum(count * rows.truck_rp[key] for key, count in rows.trips.items())
    goods = sum(line["quantity"] * line["price_rp"] for line in plan["lines"])
    return Bill(goods, delivery, sum(line["quantity"] for line in plan["lines"]))


def new_lines(problem: Document, plan: Document, truck_paid_rp: Mapping[Group, int]) -> list[NewLine]:
    """The plan's lines without the fixed ones, each with its share of the delivery.

    What accepted lines already pay (their drop, their offer's fixed cost, `truck_paid_rp` of a
    truck) is not charged again.
    """
    agreed = {(row["need"], row["offer"]): row["quantity"] for row in problem["fixed"]}
    total: dict[tuple[str, str], int] = defaultdict(int)
    price: dict[tuple[str, str], int] = {}
    for line in plan["lines"]:
        pair = (line["need"], line["offer"])
        total[pair] += line["quantity"]
        price[pair] = max(price.get(pair, 0), line["price_rp"])
    rows = _Rows(problem, plan)
    lines = [
        rows.line(pair, packs - agreed.get(pair, 0), price[pair], pair in agreed)
        for pair, packs in sorted(total.items())
        if packs > agreed.get(pair, 0)
    ]
    _share_trucks(rows, lines, truck_paid_rp)
    _share_fixed_costs(rows, lines, {number(offer) for _need, offer in agreed})
    return lines


class _Rows:
    """Looks the rows of a problem and a plan up by their ids."""

    def __init__(self, problem: Document, plan: Document) -> None:
        self.needs = {row["id"]: row for row in problem["needs"]}
        self.offers = {row["id"]: row for row in problem["offers"]}
        self.unit_g = {row["id"]: row["unit_g"] for row in problem["commodities"]}
        self.lanes = {(row["need"], row["offer"]): row for row in problem["lanes"]}
        self.truck_rp = {(row["supplier"], row["district"]): row["cost_rp"] for row in problem["trips"]}
        self.trips = {(row["supplier"], row["district"]): row["trips"] for row in plan["trips"]}
        self.tier_from = {row["offer"]: row["tier_from"] for row in plan["offers"]}

    def line(self, pair: tuple[str, str], packs: int, price_rp: int, agreed: bool) -> NewLine:
        need, offer, lane = self.needs[pair[0]], self.offers[pair[1]], self.lanes[pair]
        return NewLine(
            need_id=number(pair[0]),
            offer_id=number(pair[1]),
            supplier_id=number(offer["supplier"]),
            district=need["district"],
            packs=packs,
            price_rp=price_rp,
            freight_rp=lane["freight_rp"],
            drop_rp=0 if agreed else lane["drop_rp"],
            weight_g=packs * self.unit_g[need["commodity"]],
            tier_from=self.tier_from[pair[1]],
        )


def _share_trucks(rows: _Rows, lines: list[NewLine], paid_rp: Mapping[Group, int]) -> None:
    groups: dict[Group, list[NewLine]] = defaultdict(list)
    for line in lines:
        groups[line.supplier_id, line.district].append(line)
    for (supplier_id, district), group in groups.items():
        key = (f"s{supplier_id}", district)
        cost = rows.trips.get(key, 0) * rows.truck_rp.get(key, 0)
        rest = max(0, cost - paid_rp.get((supplier_id, district), 0))
        for line, share in zip(group, money.split(rest, [each.weight_g for each in group]), strict=True):
            line.truck_rp = share


def _share_fixed_costs(rows: _Rows, lines: list[NewLine], paid_offers: set[int]) -> None:
    groups: dict[int, list[NewLine]] = defaultdict(list)
    for line in lines:
        groups[line.offer_id].append(line)
    for offer_id, group in groups.items():
        cost = 0 if offer_id in paid_offers else rows.offers[f"o{offer_id}"]["fixed_rp"]
        for line, share in zip(group, money.split(cost, [each.packs for each in group]), strict=True):
            line.fixed_rp = share
