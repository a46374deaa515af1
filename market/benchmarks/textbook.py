"""The matching problem as one mixed-integer model, the way a good textbook would write it down.

Every peer gets this same model, the compact one (volumes per offer and tier instead of a column per lane
and tier), so that none of them is made a straw man. Made from the problem file alone, row by row.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Terms = list[tuple[int, int]]
Pair = tuple[str, str]


@dataclass
class Linear:
    """Columns (low, high, cost, whole) and rows (low, high, terms); None is no limit."""

    columns: list[tuple[int, int, int, bool]] = field(default_factory=list)
    rows: list[tuple[int | None, int | None, Terms]] = field(default_factory=list)

    def column(self, high: int, cost: int = 0, whole: bool = True) -> int:
        """A new column from 0 to `high`; its number."""
        self.columns.append((0, high, cost, whole))
        return len(self.columns) - 1

    def row(self, low: int | None, high: int | None, terms: Terms) -> None:
        """low <= sum of coefficient x column <= high."""
        self.rows.append((low, high, [term for term in terms if term[1]]))


class Textbook:
    """The model of a problem document, and how to read a plan back. Raises ValueError for what it lacks."""

    def __init__(self, document: Row) -> None:
        if document.get("fixed") or any(row.get("ration") for row in document["commodities"]):
            raise ValueError("neither fixed lines nor rationed commodities are in this model")
        self.model = Linear()
        self.needs = {row["id"]: row for row in document["needs"]}
        self.offers = {row["id"]: row for row in document["offers"]}
        self.grams = {row["id"]: int(row["unit_g"]) for row in document["commodities"]}
        self.lanes: dict[Pair, Row] = {(row["need"], row["offer"]): row for row in document["lanes"]}
        self.trips = {(row["supplier"], row["district"]): row for row in document.get("trips", [])}
        self.lots: dict[Pair, int] = {}
        self.used: dict[Pair, int] = {}
        self.of_need: dict[str, list[Pair]] = defaultdict(list)
        self.of_offer: dict[str, list[Pair]] = defaultdict(list)
        for pair in self.lanes:
            self._lane(pair)
        self.tiers = {offer: self._offer(offer) for offer in self.offers}
        for need in self.needs:
            self._need(need)
        self._groups()
        self._suppliers(document["suppliers"])
        self._buyers(document["buyers"])

    def _lot(self, pair: Pair) -> int:
        return int(self.offers[pair[1]].get("lot", 1))

    def _weight(self, pair: Pair) -> int:
        return self.grams[self.offers[pair[1]]["commodity"]]

    def _most(self, pair: Pair) -> int:
        need, offer = self.needs[pair[0]], self.offers[pair[1]]
        return min(int(need.get("at_most", need["wanted"])), int(offer["capacity"]))

    def _share(self, pair: Pair) -> int:
        """The truck share that counts against ceiling and cash."""
        row = self.trips.get((self.offers[pair[1]]["supplier"], self.needs[pair[0]]["district"]))
        if row is None or not row.get("min_load_g"):
            return 0
        return int(-(-row["cost_rp"] * self._weight(pair) // row["min_load_g"]))

    def _lane(self, pair: Pair) -> None:
        m, lot, most, row = self.model, self._lot(pair), self._most(pair), self.lanes[pair]
        self.lots[pair] = m.column(most // lot, lot * int(row["freight_rp"]))
        self.used[pair] = m.column(1, int(row.get("drop_rp", 0)))
        least = max(int(self.offers[pair[1]].get("min_per_need", 1)), lot)
        m.row(0, None, [(self.lots[pair], lot), (self.used[pair], -least)])
        m.row(None, 0, [(self.lots[pair], lot), (self.used[pair], -most)])
        self.of_need[pair[0]].append(pair)
        self.of_offer[pair[1]].append(pair)

    def _offer(self, offer: str) -> list[int]:
        """Volumes and choice of tier; the columns that say which tier is reached."""
        m, row = self.model, self.offers[offer]
        tiers, capacity, choice = row["tiers"], int(row["capacity"]), []
        volume: Terms = [(self.lots[pair], -self._lot(pair)) for pair in self.of_offer[offer]]
        for number, tier in enumerate(tiers):
            last = tiers[number + 1]["from"] - 1 if number + 1 < len(tiers) else capacity
            least, most = max(int(tier["from"]), int(row.get("min_total", 0))), min(int(last), capacity)
            reached = m.column(1 if least <= most else 0, int(row.get("fixed_rp", 0)))
            amount = m.column(max(0, most), int(tier["price_rp"]))
            m.row(0, None, [(amount, 1), (reached, -least)])
            m.row(None, 0, [(amount, 1), (reached, -max(0, most))])
            volume.append((amount, 1))
            choice.append(reached)
            for pair in self.of_offer[offer]:
                self._ceiling(pair, int(tier["price_rp"]), reached)
        m.row(0, 0, volume)
        m.row(None, 1, [(reached, 1) for reached in choice])
        return choice

    def _ceiling(self, pair: Pair, price: int, reached: int) -> None:
        ceiling = self.needs[pair[0]].get("ceiling_rp")
        if ceiling is not None and price + int(self.lanes[pair]["freight_rp"]) + self._share(pair) > ceiling:
            self.model.row(None, 1, [(self.used[pair], 1), (reached, 1)])

    def _need(self, need: str) -> None:
        m, row, pairs = self.model, self.needs[need], self.of_need[need]
        wanted, most = int(row["wanted"]), int(row.get("at_most", row["wanted"]))
        filled: Terms = [(self.lots[pair], self._lot(pair)) for pair in pairs]
        short = m.column(wanted, int(row["unmet_rp"]), whole=False)
        m.row(wanted, None, [*filled, (short, 1)])
        m.row(None, most, filled)
        if row.get("min_fill"):
            served = m.column(1)
            m.row(0, None, [*filled, (served, -int(row["min_fill"]))])
            m.row(None, 0, [*filled, (served, -most)])
        limit = row.get("max_suppliers")
        names = {self.offers[offer]["supplier"] for _, offer in pairs}
        if limit is not None and limit < len(names):
            known = {name: m.column(1) for name in sorted(names)}
            for pair in pairs:
                m.row(None, 0, [(self.used[pair], 1), (known[self.offers[pair[1]]["supplier"]], -1)])
            m.row(None, int(limit), [(column, 1) for column in known.values()])

    def _groups(self) -> None:
        loads: dict[Pair, Terms] = defaultdict(list)
        for pair, lots in self.lots.items():
            group = (self.offers[pair[1]]["supplier"], self.needs[pair[0]]["district"])
            loads[group].append((lots, self._lot(pair) * self._weight(pair)))
        for group, load in loads.items():
            if group in self.trips:
                self._trucks(self.trips[group], load)

    def _trucks(self, row: Row, load: Terms) -> None:
        m, size = self.model, int(row["capacity_g"])
        heaviest = sum(grams * m.columns[column][1] for column, grams in load)
        most = -(-heaviest // size)
        if row.get("max_trips") is not None:
            most = min(most, int(row["max_trips"]))
        trucks = m.column(most, int(row["cost_rp"]))
        m.row(None, 0, [*load, (trucks, -size)])
        if row.get("min_load_g"):
            m.row(0, None, [*load, (trucks, -int(row["min_load_g"]))])

    def _suppliers(self, rows: list[Row]) -> None:
        limits = {row["id"]: row.get("max_weight_g") for row in rows}
        loads: dict[str, Terms] = defaultdict(list)
        for pair, lots in self.lots.items():
            loads[self.offers[pair[1]]["supplier"]].append((lots, self._lot(pair) * self._weight(pair)))
        for supplier, load in loads.items():
            most = limits[supplier]
            if most is not None:
                self.model.row(None, int(most), load)

    def _buyers(self, rows: list[Row]) -> None:
        """Cash: on the lanes of buyers with a limit the units are split by the tier that they are paid at."""
        cash = {row["id"]: row["cash_rp"] for row in rows if row.get("cash_rp") is not None}
        spent: dict[str, Terms] = defaultdict(list)
        for pair, lots in self.lots.items():
            buyer = self.needs[pair[0]]["buyer"]
            if buyer in cash and not self.offers[pair[1]].get("credit", False):
                spent[buyer] += self._payment(pair, lots)
        for buyer, terms in spent.items():
            self.model.row(None, int(cash[buyer]), terms)

    def _payment(self, pair: Pair, lots: int) -> Terms:
        m, lot, most = self.model, self._lot(pair), self._most(pair)
        rate = int(self.lanes[pair]["freight_rp"]) + self._share(pair)
        terms: Terms = [(lots, lot * rate), (self.used[pair], int(self.lanes[pair].get("drop_rp", 0)))]
        split: Terms = [(lots, -lot)]
        for tier, reached in zip(self.offers[pair[1]]["tiers"], self.tiers[pair[1]], strict=True):
            part = m.column(most, whole=False)
            m.row(None, 0, [(part, 1), (reached, -most)])
            split.append((part, 1))
            terms.append((part, int(tier["price_rp"])))
        m.row(0, 0, split)
        return terms

    def units(self, values: list[float]) -> dict[Pair, int]:
        """Units per lane of a solution."""
        found = {pair: round(values[column]) * self._lot(pair) for pair, column in self.lots.items()}
        return {pair: units for pair, units in found.items() if units}
