"""All plans of a tiny problem, one after the other, judged by the rules as they are written: the slow truth.

Shares no arithmetic with the solver: rows as dictionaries, plain loops, Python integers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

Quantities = dict[tuple[str, str], int]


class Book:
    """A problem document with its rows by id."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.needs = {row["id"]: row for row in document["needs"]}
        self.offers = {row["id"]: row for row in document["offers"]}
        self.lanes = {(row["need"], row["offer"]): row for row in document["lanes"]}
        self.fixed = {(row["need"], row["offer"]): row for row in document["fixed"]}
        self.trips = {(row["supplier"], row["district"]): row for row in document["trips"]}
        self.unit_g = {row["id"]: row["unit_g"] for row in document["commodities"]}
        self.ration = [row["id"] for row in document["commodities"] if row["ration"]]
        self.cash = {row["id"]: row["cash_rp"] for row in document["buyers"]}
        self.most_g = {row["id"]: row["max_weight_g"] for row in document["suppliers"]}

    def group(self, lane: tuple[str, str]) -> tuple[str, str]:
        """Trip group of a lane (which may have no row)."""
        return self.offers[lane[1]]["supplier"], self.needs[lane[0]]["district"]

    def weight(self, lane: tuple[str, str]) -> int:
        """Grams of one unit on a lane."""
        return int(self.unit_g[self.offers[lane[1]]["commodity"]])

    def share(self, lane: tuple[str, str]) -> int:
        """Truck share that counts against ceiling and cash."""
        row = self.trips.get(self.group(lane))
        if row is None or row["min_load_g"] == 0:
            return 0
        return int(-(-row["cost_rp"] * self.weight(lane) // row["min_load_g"]))

    def price(self, offer: str, volume: int) -> int:
        """Price of an offer at a volume."""
        return [int(t["price_rp"]) for t in self.offers[offer]["tiers"] if t["from"] <= max(volume, 1)][-1]

    def total(self, y: Quantities) -> Quantities:
        """Fixed plus new units."""
        return {k: y[k] + (self.fixed[k]["quantity"] if k in self.fixed else 0) for k in self.lanes}


def plans(book: Book) -> Iterator[Quantities]:
    """Every choice of lots per lane within at_most and capacity; rules are not looked at."""
    ranges = []
    for need, offer in book.lanes:
        lot = book.offers[offer]["lot"]
        most = min(book.needs[need]["at_most"], book.offers[offer]["capacity"])
        ranges.append(range(0, most + 1, lot))
    for choice in itertools.product(*ranges):
        yield dict(zip(book.lanes, choice, strict=True))


def allowed(book: Book, y: Quantities) -> bool:
    """Does the plan keep rules 1 to 6?"""
    x = book.total(y)
    return (
        all(_need_keeps(book, need, x, y) for need in book.needs)
        and all(_offer_keeps(book, offer, x, y) for offer in book.offers)
        and all(_trip_keeps(book, group, x, y) for group in book.trips)
        and all(_buyer_keeps(book, buyer, x, y) for buyer in book.cash)
        and all(_supplier_keeps(book, supplier, x) for supplier in book.most_g)
    )


def _need_keeps(book: Book, need: str, x: Quantities, y: Quantities) -> bool:
    row, mine = book.needs[need], [k for k in x if k[0] == need]
    if not any(y[k] for k in mine):
        return True
    filled = sum(x[k] for k in mine)
    suppliers = {book.offers[k[1]]["supplier"] for k in mine if x[k]}
    limit = row["max_suppliers"]
    return bool(row["min_fill"] <= filled <= row["at_most"] and (limit is None or len(suppliers) <= limit))


def _offer_keeps(book: Book, offer: str, x: Quantities, y: Quantities) -> bool:
    row, mine = book.offers[offer], [k for k in x if k[1] == offer]
    volume = sum(x[k] for k in mine)
    if volume > row["capacity"]:
        return False
    if any(y[k] for k in mine) and volume < row["min_total"]:
        return False
    price = book.price(offer, volume)
    for k in mine:
        if y[k] == 0:
            continue
        if y[k] % row["lot"] or x[k] < row["min_per_need"]:
            return False
        ceiling = book.needs[k[0]]["ceiling_rp"]
        if ceiling is not None and price + book.lanes[k]["freight_rp"] + book.share(k) > ceiling:
            return False
    return True


def _trip_keeps(book: Book, group: tuple[str, str], x: Quantities, y: Quantities) -> bool:
    row, mine = book.trips[group], [k for k in x if book.group(k) == group]
    load = sum(x[k] * book.weight(k) for k in mine)
    trucks = -(-load // row["capacity_g"])
    if row["max_trips"] is not None and trucks > row["max_trips"]:
        return False
    return not any(y[k] for k in mine) or load >= row["min_load_g"] * trucks


def _buyer_keeps(book: Book, buyer: str, x: Quantities, y: Quantities) -> bool:
    mine = [k for k in x if book.needs[k[0]]["buyer"] == buyer]
    if book.cash[buyer] is None or not any(y[k] for k in mine):
        return True
    paid = 0
    for k in mine:
        if x[k] and not book.offers[k[1]]["credit"]:
            paid += _line_cost(book, k, x, y) + book.share(k) * x[k]
    return bool(paid <= book.cash[buyer])


def _supplier_keeps(book: Book, supplier: str, x: Quantities) -> bool:
    limit = book.most_g[supplier]
    grams = sum(x[k] * book.weight(k) for k in x if book.offers[k[1]]["supplier"] == supplier)
    return limit is None or bool(grams <= limit)


def _line_cost(book: Book, k: tuple[str, str], x: Quantities, y: Quantities) -> int:
    price = book.price(k[1], sum(q for other, q in x.items() if other[1] == k[1]))
    lane = book.lanes[k]
    agreed = min(price, book.fixed[k]["price_rp"]) if k in book.fixed else price
    return int(y[k] * price + (x[k] - y[k]) * agreed + x[k] * lane["freight_rp"] + lane["drop_rp"])


def cost(book: Book, y: Quantities) -> int:
    """The whole objective of one plan."""
    x = book.total(y)
    total = sum(_line_cost(book, k, x, y) for k in x if x[k])
    for offer, row in book.offers.items():
        total += row["fixed_rp"] if any(x[k] for k in x if k[1] == offer) else 0
    for group, row in book.trips.items():
        load = sum(x[k] * book.weight(k) for k in x if book.group(k) == group)
        total += row["cost_rp"] * -(-load // row["capacity_g"])
    for need, row in book.needs.items():
        total += row["unmet_rp"] * max(0, row["wanted"] - sum(x[k] for k in x if k[0] == need))
    return int(total)


def rationed(book: Book, kept: list[Quantities]) -> list[Quantities]:
    """The plans that share out every rationed commodity as fairly as possible."""
    for commodity in sorted(book.ration):
        needs = [n for n, row in book.needs.items() if row["commodity"] == commodity]
        needs.sort(key=lambda n: (book.needs[n]["order"], n))
        best: list[Quantities] = []
        top: Any = None
        for y in kept:
            key = _fairness(book, needs, y)
            if key is not None and (top is None or key > top):
                top, best = key, []
            if key is not None and key == top:
                best.append(y)
        kept = best
    return kept


def _fairness(book: Book, needs: list[str], y: Quantities) -> Any:
    x = book.total(y)
    fills = []
    for need in needs:
        mine = [k for k in x if k[0] == need]
        filled = sum(x[k] for k in mine)
        if any(y[k] for k in mine) and filled > book.needs[need]["wanted"]:
            return None
        fills.append(filled)
    scale = 1
    for need in needs:
        scale *= book.needs[need]["weight"]
    ratios = sorted(f * scale // book.needs[n]["weight"] for n, f in zip(needs, fills, strict=True))
    return ratios, fills


def optimum(document: dict[str, Any]) -> tuple[int, list[Quantities]]:
    """The least cost and all plans that reach it. At least the plan without new units is allowed."""
    book = Book(document)
    kept = [y for y in plans(book) if allowed(book, y)]
    kept = rationed(book, kept)
    costs = [cost(book, y) for y in kept]
    least = min(costs)
    return least, [y for y, c in zip(kept, costs, strict=True) if c == least]
