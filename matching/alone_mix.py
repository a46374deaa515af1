"""The best mix of lanes for one need on its own: by a table over units, or by an exact model."""

from __future__ import annotations

import math

import numpy as np

from .highs import Model, optimise
from .menu import FAR, Menu
from .problem import Ints

_LARGEST_TABLE = 3_000


def best_mix(menu: Menu, need: int, known_rp: int) -> tuple[int, int]:
    """Least cost and its units, at least wanted; (FAR, 0) if nothing is cheaper than `known_rp`."""
    rows = _worth(menu, menu.rows_of(need), int(menu.p.wanted[need]), known_rp)
    if not rows.size:
        return FAR, 0
    step = math.gcd(*menu.p.lot[menu.offer[rows]].tolist())
    if int(menu.p.at_most[need]) // step > _LARGEST_TABLE:
        return _by_model(menu, need)
    units = _Table(menu, need, rows, step).best()
    if units is None:
        return FAR, 0
    if not _within_cash(menu, rows, units):
        return _by_model(menu, need)
    return _count(menu, rows, units), int(units.sum())


def _worth(menu: Menu, rows: Ints, wanted: int, known_rp: int) -> Ints:
    """The rows that could be part of something cheaper: the rest at the best average of all must pay off."""
    if known_rp >= FAR or not rows.size:
        return rows
    rate = menu.rate_rp[rows] + menu.truck_rp[rows] * (menu.unit_g[rows] / menu.truck_g[rows])
    average = float((rate + menu.once_rp[rows] / menu.most[rows]).min())
    least = menu.least[rows]
    floor = rate * least + menu.once_rp[rows] + np.maximum(0, wanted - least) * average
    kept: Ints = rows[(rate < average) | (floor * (1 - 1e-9) < known_rp)]
    return kept


class _Table:
    """Least cost of every total, supplier by supplier; totals count in steps common to all lots.

    Cash is not looked at: the best is right if it fits the cash, and says nothing otherwise.
    """

    def __init__(self, menu: Menu, need: int, rows: Ints, step: int) -> None:
        self.menu, self.need, self.step = menu, need, step
        self.size = int(menu.p.at_most[need]) // step + 1
        self.row_count = rows.size
        owner = menu.p.offer_supplier[menu.offer[rows]]
        self.suppliers = [_Supplier(self, rows, np.flatnonzero(owner == s)) for s in np.unique(owner)]

    def best(self) -> Ints | None:
        """Units per row of the cheapest total of at least wanted, or None."""
        p = self.menu.p
        limit = int(p.max_suppliers[self.need])
        # Without a limit that bites, how many suppliers were used need not be told apart.
        counted = 0 <= limit < len(self.suppliers)
        tables = [_nothing(self.size)] + [np.full(self.size, FAR) for _ in range(limit if counted else 0)]
        history = [tables]
        for supplier in self.suppliers:
            tables = _add(tables, supplier.cost, counted)
            history.append(tables)
        first = -(-max(int(p.wanted[self.need]), int(p.min_fill[self.need])) // self.step)
        if first >= self.size:
            return None
        level = min(range(len(tables)), key=lambda k: int(tables[k][first:].min()))
        total = first + int(np.argmin(tables[level][first:]))
        return self._trace(history, level, total, counted) if tables[level][total] < FAR else None

    def _trace(self, history: list[list[Ints]], level: int, total: int, counted: bool) -> Ints:
        """Back from the last supplier to the first: how much of the total each one gives."""
        units = np.zeros(self.row_count, dtype=np.int64)
        for k in range(len(self.suppliers) - 1, -1, -1):
            before, value = history[k], int(history[k + 1][level][total])
            if counted and int(before[level][total]) == value:
                continue
            source = before[level - 1] if counted else before[level]
            n = _split(source, self.suppliers[k].cost, total, value)
            self.suppliers[k].fill(units, n)
            total -= n
            level -= 1 if counted else 0
        return units


class _Supplier:
    """Cost of each total from one supplier, its truck share included."""

    def __init__(self, table: _Table, rows: Ints, mine: Ints) -> None:
        self.table, self.menu, self.mine = table, table.menu, mine
        own = rows[mine]
        self.lanes = [
            self._lane(own, np.flatnonzero(self.menu.lane[own] == k)) for k in _distinct(self.menu, own)
        ]
        self.prefixes = [_nothing(table.size)]
        for cost, _ in self.lanes:
            self.prefixes.append(_join(self.prefixes[-1], cost))
        grams = int(self.menu.unit_g[own[0]]) * table.step
        truck, capacity = int(self.menu.truck_rp[own[0]]), int(self.menu.truck_g[own[0]])
        share = [-(-truck * grams * n // capacity) for n in range(table.size)]
        goods = self.prefixes[-1]
        self.cost = np.where(goods < FAR, goods + np.array(share, dtype=np.int64), FAR)

    def _lane(self, own: Ints, tiers: Ints) -> tuple[Ints, Ints]:
        """Cost of each total on one lane (FAR where impossible, 0 for nothing), and its row."""
        menu, size = self.menu, self.table.size
        units = np.arange(size) * self.table.step
        lot = menu.p.lot[menu.offer[own[tiers[0]]]]
        cost, row = _nothing(size), np.zeros(size, dtype=np.int64)
        for k in tiers.tolist():
            least, most = menu.least[own[k]], menu.most[own[k]]
            good = (units >= least) & (units <= most) & (units % lot == 0) & (units > 0)
            here = np.where(good, menu.rate_rp[own[k]] * units + menu.once_rp[own[k]], FAR)
            row[here < cost] = self.mine[k]
            cost = np.minimum(cost, here)
        return cost, row

    def fill(self, units: Ints, total: int) -> None:
        """Write the units of each row for a total from this supplier."""
        for k in range(len(self.lanes) - 1, -1, -1):
            cost, row = self.lanes[k]
            n = _split(self.prefixes[k], cost, total, int(self.prefixes[k + 1][total]))
            if n > 0:
                units[row[n]] = n * self.table.step
            total -= n


def _distinct(menu: Menu, rows: Ints) -> list[int]:
    lanes: list[int] = np.unique(menu.lane[rows]).tolist()
    return lanes


def _nothing(size: int) -> Ints:
    table = np.full(size, FAR)
    table[0] = 0
    return table


def _join(table: Ints, cost: Ints) -> Ints:
    """Least cost of each total split between both."""
    best = np.full(table.size, FAR)
    for n in np.flatnonzero(cost < FAR).tolist():
        np.minimum(best[n:], table[: table.size - n] + cost[n], out=best[n:])
    return best


def _split(table: Ints, cost: Ints, total: int, value: int) -> int:
    """The part n of a total that `cost` bears in a split of exactly this value."""
    parts = table[total::-1] + cost[: total + 1]
    return int(np.argmax(parts == value))


def _add(tables: list[Ints], cost: Ints, counted: bool) -> list[Ints]:
    """One more supplier; with `counted`, tables[k] is the least cost with exactly k suppliers."""
    if not counted:
        return [_join(tables[0], cost)]
    some = cost.copy()
    some[0] = FAR
    grown = [np.minimum(tables[k], _join(tables[k - 1], some)) for k in range(1, len(tables))]
    return [tables[0], *grown]


def _within_cash(menu: Menu, rows: Ints, units: Ints) -> bool:
    cash = int(menu.p.cash_rp[menu.p.need_buyer[menu.need[rows[0]]]])
    paid = np.flatnonzero((units > 0) & (menu.cash_rp[rows] >= 0))
    lane = menu.lane[rows[paid]]
    rate = menu.rate_rp[rows[paid]] + menu.p.lane_h_rp[lane]
    spent = sum(int(r) * int(n) for r, n in zip(rate, units[paid], strict=True))
    return cash < 0 or spent + int(menu.p.drop_rp[lane].sum()) <= cash


def _by_model(menu: Menu, need: int) -> tuple[int, int]:
    """Cost and units of the best mix of lanes for one need, by an exact model; very far if there is none."""
    rows = np.flatnonzero(menu.need == need)
    model = Model()
    lots = menu.p.lot[menu.offer[rows]]
    rate = menu.rate_rp[rows] + menu.truck_rp[rows] * (menu.unit_g[rows] / menu.truck_g[rows])
    amount = model.add_columns(rows.size, high=menu.most[rows] // lots, cost=rate * lots, whole=True)
    used = model.add_columns(rows.size, high=1.0, cost=menu.once_rp[rows], whole=True)
    _limit_lines(menu, rows, model, amount, used)
    least = max(int(menu.p.wanted[need]), int(menu.p.min_fill[need]))
    total = model.add_rows(1, low=least, high=int(menu.p.at_most[need]))
    model.add_terms(np.repeat(total, rows.size), amount, lots)
    cash = int(menu.p.cash_rp[menu.p.need_buyer[need]])
    if cash >= 0:
        _limit_cash(menu, rows, model, amount, used, cash)
    answer = optimise(model, gap=0.0)
    if answer.values is None:
        return FAR, 0
    units = np.rint(answer.values[amount]).astype(np.int64) * lots
    return _count(menu, rows, units), int(units.sum())


def _limit_lines(menu: Menu, rows: Ints, model: Model, amount: Ints, used: Ints) -> None:
    """One tier per lane, minimum and maximum of each, and at most max_suppliers suppliers."""
    lots = menu.p.lot[menu.offer[rows]]
    for bound, sign in ((menu.least[rows] // lots, 1.0), (menu.most[rows] // lots, -1.0)):
        row = model.add_rows(rows.size, low=0.0)
        model.add_terms(row, amount, sign)
        model.add_terms(row, used, -sign * bound)
    lanes, place = np.unique(menu.lane[rows], return_inverse=True)
    model.add_terms(model.add_rows(lanes.size, high=1.0)[place], used, 1.0)
    limit = int(menu.p.max_suppliers[menu.need[rows[0]]])
    suppliers, owner = np.unique(menu.p.offer_supplier[menu.offer[rows]], return_inverse=True)
    if 0 <= limit < suppliers.size:
        chosen = model.add_columns(suppliers.size, high=1.0, whole=True)
        each = model.add_rows(rows.size, high=0.0)
        model.add_terms(each, used, 1.0)
        model.add_terms(each, chosen[owner], -1.0)
        few = model.add_rows(1, high=limit)
        model.add_terms(np.repeat(few, suppliers.size), chosen, 1.0)


def _limit_cash(menu: Menu, rows: Ints, model: Model, amount: Ints, used: Ints, cash: int) -> None:
    paid = np.flatnonzero(menu.cash_rp[rows] >= 0)
    lane = menu.lane[rows[paid]]
    lots = menu.p.lot[menu.offer[rows[paid]]]
    row = np.repeat(model.add_rows(1, high=cash), paid.size)
    unit = menu.rate_rp[rows[paid]] + menu.p.lane_h_rp[lane]
    model.add_terms(row, amount[paid], unit.astype(np.float64) * lots)
    model.add_terms(row, used[paid], menu.p.drop_rp[lane])


def _count(menu: Menu, rows: Ints, units: Ints) -> int:
    """Exact cost of a mix: trucks are shared by the load of each supplier."""
    used = units > 0
    cost = int((menu.rate_rp[rows] * units + menu.once_rp[rows])[used].sum())
    for supplier in np.unique(menu.p.offer_supplier[menu.offer[rows]]).tolist():
        mine = menu.p.offer_supplier[menu.offer[rows]] == supplier
        load = int((units * menu.unit_g[rows])[mine].sum())
        truck, capacity = int(menu.truck_rp[rows[mine][0]]), int(menu.truck_g[rows[mine][0]])
        cost += -(-truck * load // capacity)
    return cost
