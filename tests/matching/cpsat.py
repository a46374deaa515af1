"""A second exact formulation, written apart from the first: one column per lane and tier, in CP-SAT.

Slow and plain on purpose; it shares nothing with the solver but the problem's rows.
"""

from __future__ import annotations

from typing import Any

from ortools.sat.python import cp_model

from tests.matching.exhaustive import Book

Row = dict[str, Any]


def optimum(document: Row) -> int:
    """Least cost of a problem without rationed commodities."""
    return _Model(Book(document)).solve()


class _Model:
    def __init__(self, book: Book) -> None:
        self.book, self.m = book, cp_model.CpModel()
        self.x: dict[tuple[str, str], Any] = {}
        self.y: dict[tuple[str, str], Any] = {}
        self.new: dict[tuple[str, str], Any] = {}
        self.cost: list[Any] = []
        self.cash: dict[str, list[Any]] = {buyer: [] for buyer in book.cash}
        for k in book.lanes:
            self._lane(k)
        for offer in book.offers:
            self._offer(offer)
        for need in book.needs:
            self._need(need)
        for group in book.trips:
            self._trip(group)
        self._limits()

    def solve(self) -> int:
        self.m.minimize(sum(self.cost))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        if solver.solve(self.m) != cp_model.OPTIMAL:
            raise AssertionError("no optimum")
        return round(solver.objective_value)

    def _any(self, lanes: list[tuple[str, str]], name: str) -> Any:
        flag = self.m.new_bool_var(f"new {name}")
        self.m.add_max_equality(flag, [self.new[k] for k in lanes] or [0])
        return flag

    def _lane(self, k: tuple[str, str]) -> None:
        offer, m = self.book.offers[k[1]], self.m
        fixed = self.book.fixed[k]["quantity"] if k in self.book.fixed else 0
        most = min(self.book.needs[k[0]]["at_most"], offer["capacity"])
        lots = m.new_int_var(0, most // offer["lot"], f"lots {k}")
        self.y[k] = lots * offer["lot"]
        self.x[k] = self.y[k] + fixed
        self.new[k] = m.new_bool_var(f"new {k}")
        m.add(lots >= 1).only_enforce_if(self.new[k])
        m.add(lots == 0).only_enforce_if(~self.new[k])
        m.add(self.x[k] >= offer["min_per_need"]).only_enforce_if(self.new[k])
        self.cost.append(self.x[k] * self.book.lanes[k]["freight_rp"])
        self.cost.append(self.book.lanes[k]["drop_rp"] * (1 if fixed else self.new[k]))
        if not offer["credit"]:
            row = self.book.lanes[k]
            paid = self.cash[self.book.needs[k[0]]["buyer"]]
            paid.append(self.x[k] * (row["freight_rp"] + self.book.share(k)))
            paid.append(row["drop_rp"] * (1 if fixed else self.new[k]))

    def _offer(self, offer: str) -> None:
        row, m = self.book.offers[offer], self.m
        mine = [k for k in self.book.lanes if k[1] == offer]
        volume = sum(self.x[k] for k in mine)
        fixed = sum(self.book.fixed[k]["quantity"] for k in mine if k in self.book.fixed)
        m.add(volume <= row["capacity"])
        some = self._any(mine, offer)
        m.add(volume >= row["min_total"]).only_enforce_if(some)
        sold = 1 if fixed else some
        self.cost.append(row["fixed_rp"] * sold)
        chosen = []
        for t, tier in enumerate(row["tiers"]):
            flag = m.new_bool_var(f"tier {offer} {t}")
            chosen.append(flag)
            m.add(volume >= tier["from"]).only_enforce_if(flag)
            if t + 1 < len(row["tiers"]):
                m.add(volume <= row["tiers"][t + 1]["from"] - 1).only_enforce_if(flag)
            for k in mine:
                self._tier_lane(k, tier["price_rp"], flag, t)
        m.add(sum(chosen) == sold)

    def _tier_lane(self, k: tuple[str, str], price: int, flag: Any, t: int) -> None:
        book, m = self.book, self.m
        most = min(book.needs[k[0]]["at_most"], book.offers[k[1]]["capacity"])
        here = m.new_int_var(0, most, f"x {k} {t}")
        m.add(here == self.y[k]).only_enforce_if(flag)
        m.add(here == 0).only_enforce_if(~flag)
        ceiling = book.needs[k[0]]["ceiling_rp"]
        if ceiling is not None and price + book.lanes[k]["freight_rp"] + book.share(k) > ceiling:
            m.add_implication(flag, ~self.new[k])
        spent = [here * price]
        if k in book.fixed:
            spent.append(flag * book.fixed[k]["quantity"] * min(price, book.fixed[k]["price_rp"]))
        self.cost += spent
        if not book.offers[k[1]]["credit"]:
            self.cash[book.needs[k[0]]["buyer"]] += spent

    def _need(self, need: str) -> None:
        row, m = self.book.needs[need], self.m
        mine = [k for k in self.book.lanes if k[0] == need]
        filled = sum(self.x[k] for k in mine)
        some = self._any(mine, need)
        m.add(filled <= row["at_most"]).only_enforce_if(some)
        m.add(filled >= row["min_fill"]).only_enforce_if(some)
        missing = m.new_int_var(0, row["wanted"], f"missing {need}")
        m.add(missing >= row["wanted"] - filled)
        self.cost.append(missing * row["unmet_rp"])
        if row["max_suppliers"] is not None:
            flags = [self._supplier(need, s, mine) for s in self.book.most_g]
            m.add(sum(flags) <= row["max_suppliers"]).only_enforce_if(some)

    def _supplier(self, need: str, supplier: str, mine: list[tuple[str, str]]) -> Any:
        lanes = [k for k in mine if self.book.offers[k[1]]["supplier"] == supplier]
        if any(k in self.book.fixed for k in lanes):
            return 1
        return self._any(lanes, f"{need} {supplier}")

    def _trip(self, group: tuple[str, str]) -> None:
        row, m = self.book.trips[group], self.m
        mine = [k for k in self.book.lanes if self.book.group(k) == group]
        load = sum(self.x[k] * self.book.weight(k) for k in mine)
        top = 1000 if row["max_trips"] is None else row["max_trips"]
        trucks = m.new_int_var(0, top, f"trucks {group}")
        m.add(load <= trucks * row["capacity_g"])
        m.add((trucks - 1) * row["capacity_g"] + 1 <= load).only_enforce_if(self._positive(trucks, group))
        m.add(load >= row["min_load_g"] * trucks).only_enforce_if(self._any(mine, str(group)))
        self.cost.append(trucks * row["cost_rp"])

    def _positive(self, trucks: Any, group: tuple[str, str]) -> Any:
        flag = self.m.new_bool_var(f"drives {group}")
        self.m.add(trucks >= 1).only_enforce_if(flag)
        self.m.add(trucks == 0).only_enforce_if(~flag)
        return flag

    def _limits(self) -> None:
        for supplier, most in self.book.most_g.items():
            if most is not None:
                mine = [k for k in self.book.lanes if self.book.offers[k[1]]["supplier"] == supplier]
                self.m.add(sum(self.x[k] * self.book.weight(k) for k in mine) <= most)
        for buyer, most in self.book.cash.items():
            if most is not None:
                mine = [k for k in self.book.lanes if self.book.needs[k[0]]["buyer"] == buyer]
                self.m.add(sum(self.cash[buyer]) <= most).only_enforce_if(self._any(mine, buyer))
