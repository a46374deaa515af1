"""The careful officer again, as the yardstick is worded: dictionaries, fractions, one step at a time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.matching.exhaustive import Book, Quantities

Pair = tuple[str, str]


class Officer:
    """Serves a problem document by hand; `y` is what each lane gets on top of its fixed quantity."""

    def __init__(self, document: dict[str, Any], target: dict[str, int]) -> None:
        self.book, self.target = Book(document), target
        self.y: Quantities = dict.fromkeys(self.book.lanes, 0)
        self.shut: set[Pair] = set()
        needs = self.book.needs
        self.turns = sorted(needs, key=lambda n: (needs[n]["order"], n))

    def plan(self) -> Quantities:
        """Serve, drop what is too small, serve again, mend."""
        for need in self.turns:
            self.serve(need)
        self.drop()
        for need in self.turns:
            self.serve(need)
        while self.mend():
            pass
        return self.y

    def x(self) -> Quantities:
        """Fixed and new units."""
        return self.book.total(self.y)

    def volume(self, offer: str) -> int:
        """Units of an offer."""
        return sum(q for k, q in self.x().items() if k[1] == offer)

    def filled(self, need: str) -> int:
        """Units of a need."""
        return sum(q for k, q in self.x().items() if k[0] == need)

    def suppliers(self, need: str) -> set[str]:
        """Suppliers that bring something to a need."""
        return {self.book.offers[k[1]]["supplier"] for k, q in self.x().items() if k[0] == need and q}

    def serve(self, need: str) -> None:
        """The cheapest feasible offer, again and again."""
        while (rest := self.target[need] - self.filled(need)) > 0:
            choices = [c for k in self.book.lanes if k[0] == need and (c := self.choice(k, rest))]
            if not choices:
                return
            _, offer, quantity = min(choices)
            self.y[need, offer] += quantity

    def choice(self, k: Pair, rest: int) -> tuple[Fraction, str, int] | None:
        """Landed price, offer and quantity on a lane; None where it is not feasible."""
        book, x = self.book, self.x()
        offer, need, lane = book.offers[k[1]], book.needs[k[0]], book.lanes[k]
        known, limit = self.suppliers(k[0]), need["max_suppliers"]
        count = len(known | {offer["supplier"]})
        if k in self.shut or (limit is not None and count > limit):
            return None
        quantity = min(rest, offer["capacity"] - self.volume(k[1]), self.liftable(offer["supplier"], k))
        quantity -= quantity % offer["lot"]
        while quantity > 0 and not self.affordable(k, quantity):
            quantity -= offer["lot"]
        if quantity <= 0 or x[k] + quantity < offer["min_per_need"]:
            return None
        price = book.price(k[1], self.volume(k[1]) + quantity) + lane["freight_rp"]
        if need["ceiling_rp"] is not None and price + book.share(k) > need["ceiling_rp"]:
            return None
        trip = book.trips.get(book.group(k))
        truck = Fraction(trip["cost_rp"] * book.weight(k), trip["capacity_g"]) if trip else Fraction(0)
        drop = Fraction(0 if x[k] else lane["drop_rp"], quantity)
        return price + drop + truck, k[1], quantity

    def liftable(self, supplier: str, k: Pair) -> int:
        """Units that the supplier's weight limit leaves."""
        most = self.book.most_g[supplier]
        if most is None:
            return 10**9
        used = sum(q * self.book.weight(o) for o, q in self.x().items() if self.supplier(o) == supplier)
        return int(most - used) // self.book.weight(k)

    def supplier(self, k: Pair) -> str:
        """Supplier of a lane."""
        return str(self.book.offers[k[1]]["supplier"])

    def spent(self, buyer: str, prices: dict[str, int] | None = None) -> int:
        """What a buyer pays, offers with credit aside, at today's prices."""
        book, total = self.book, 0
        for k, q in self.x().items():
            if q and book.needs[k[0]]["buyer"] == buyer and not book.offers[k[1]]["credit"]:
                price = book.price(k[1], self.volume(k[1]))
                agreed = min(price, book.fixed[k]["price_rp"]) if k in book.fixed else 0
                total += self.y[k] * price + (q - self.y[k]) * agreed
                total += q * (book.lanes[k]["freight_rp"] + book.share(k)) + book.lanes[k]["drop_rp"]
        return total

    def affordable(self, k: Pair, quantity: int) -> bool:
        """Does the buyer's cash allow these units more?"""
        cash = self.book.cash[self.book.needs[k[0]]["buyer"]]
        if cash is None:
            return True
        self.y[k] += quantity
        within = self.spent(self.book.needs[k[0]]["buyer"]) <= cash
        self.y[k] -= quantity
        return within

    def fresh(self, lanes: list[Pair]) -> bool:
        """Does any of these lanes carry new units?"""
        return any(self.y[k] for k in lanes)

    def thin_offers(self) -> list[list[Pair]]:
        """Lanes of offers that sell less than their min_total."""
        groups = [(o, [k for k in self.y if k[1] == o]) for o in self.book.offers]
        return [g for o, g in groups if self.fresh(g) and self.volume(o) < self.book.offers[o]["min_total"]]

    def thin_needs(self) -> list[list[Pair]]:
        """Lanes of needs that get less than their min_fill."""
        groups = [(n, [k for k in self.y if k[0] == n]) for n in self.book.needs]
        return [g for n, g in groups if self.fresh(g) and self.filled(n) < self.book.needs[n]["min_fill"]]

    def bad_groups(self) -> list[list[Pair]]:
        """Lanes of trip groups under their least load or over their trucks."""
        found = []
        for group, row in self.book.trips.items():
            lanes = [k for k in self.y if self.book.group(k) == group]
            load = sum(self.x()[k] * self.book.weight(k) for k in lanes)
            trucks = -(-load // row["capacity_g"])
            over = row["max_trips"] is not None and trucks > row["max_trips"]
            if self.fresh(lanes) and (load < row["min_load_g"] * trucks or over):
                found.append(lanes)
        return found

    def drop(self) -> None:
        """Whatever is too small or too much, given back as a whole, each kind after the other."""
        for kind in (self.thin_offers, self.thin_needs, self.bad_groups):
            for lanes in kind():
                self.shut |= set(lanes)
                for k in lanes:
                    self.y[k] = 0

    def mend(self) -> bool:
        """Take the last need that has a part in a broken rule out of it; False when nothing is broken."""
        for need in reversed(self.turns):
            lanes = [k for k in self.broken() if k[0] == need]
            for k in lanes:
                self.y[k] = 0
            if lanes:
                return True
        return False

    def broken(self) -> set[Pair]:
        """Lanes with new units that have a part in a broken rule."""
        book, x = self.book, self.x()
        groups = [*self.thin_offers(), *self.thin_needs(), *self.bad_groups()]
        found = {k for lanes in groups for k in lanes}
        for k in self.y:
            need = book.needs[k[0]]
            price = book.price(k[1], self.volume(k[1]))
            landed = price + book.lanes[k]["freight_rp"] + book.share(k)
            if need["ceiling_rp"] is not None and landed > need["ceiling_rp"]:
                found.add(k)
            if x[k] < book.offers[k[1]]["min_per_need"]:
                found.add(k)
            if need["max_suppliers"] is not None and len(self.suppliers(k[0])) > need["max_suppliers"]:
                found.add(k)
            cash = book.cash[need["buyer"]]
            if cash is not None and self.spent(need["buyer"]) > cash:
                found.add(k)
        return {k for k in found if self.y[k]}
