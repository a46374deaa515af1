"""The plan as a thing to move by hand: take a need's lines away, serve it again, and know the cost at once.

Plain lists instead of arrays: a move touches a handful of numbers, and there are thousands a second.
Every change is logged so that it can be undone.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from .highs import Floats
from .problem import Problem
from .regions import Outside
from .tally import Ints, Tally

FREE = 2**60
REACH = 12  # lanes per need that are looked at, the most promising first


class Yard:
    """Quantities, volumes, loads and money of one plan that keeps every rule.

    `cost` follows every change. With `outside` the problem is a region, and that is what stands around it.

    `toll_rp` is what a unit of each offer is worth beyond its price, because others want it too. `levy`
    says how much of it counts: moves then go by `felt`, the cost and the tolls together.
    """

    def __init__(
        self,
        problem: Problem,
        y: Ints,
        loss_rp: Floats | None,
        hold: Ints | None,
        outside: Outside | None = None,
        toll_rp: Ints | None = None,
    ) -> None:
        p = self.p = problem
        tally = Tally(p, y)
        self.y: list[int] = y.tolist()
        self.fixed: list[int] = p.lane_fixed.tolist()
        self.fill: list[int] = tally.fill.tolist()
        self.base_fill: list[int] = (tally.fill - _by(p.lane_need, y, p.n_needs)).tolist()
        self.sold: list[int] = _by(p.lane_offer, y, p.n_offers).tolist()
        self.load: list[int] = [*tally.load_g.tolist(), 0]
        self.weight: list[int] = tally.weight_g.tolist()
        self.log: list[tuple[list[int], int, int]] = []
        self.cost = self.tolls = 0
        self.full_toll = [0] * p.n_offers if toll_rp is None else toll_rp.tolist()
        self.toll = [0] * p.n_offers
        # Serving overlooks a lane now and then (`blink`), and counts only a share of a new truck (`thrift`).
        self.blink, self.thrift = 0.0, 1.0
        self.chance: Callable[[], float] = random.Random(0).random
        target = p.wanted if hold is None else np.where(hold >= 0, hold, p.wanted)
        self.target: list[int] = target.tolist()
        self.held: list[bool] = [False] * p.n_needs if hold is None else (hold >= 0).tolist()
        self._lanes(loss_rp)
        self._offers(outside)
        self._limits()
        if outside is not None:
            self._surround(outside)

    def _lanes(self, loss_rp: Floats | None) -> None:
        p = self.p
        self.need, self.offer = p.lane_need.tolist(), p.lane_offer.tolist()
        # The last entry of the groups' lists stands for lanes without trucks.
        self.trip = np.where(p.lane_trip >= 0, p.lane_trip, p.n_trips).tolist()
        self.supplier, self.unit_g = p.lane_supplier.tolist(), p.lane_unit_g.tolist()
        self.freight: list[int] = p.freight_rp.tolist()
        self.drop: list[int] = p.drop_rp.tolist()
        self.share = p.lane_h_rp.tolist()
        loss = np.zeros(p.n_lanes) if loss_rp is None else loss_rp
        order = np.lexsort((loss, p.lane_need))
        ceiling = np.where(p.ceiling_rp >= 0, p.ceiling_rp, FREE)[p.lane_need]
        drop = np.where(p.lane_fixed > 0, 0, p.drop_rp)
        columns = (
            self.offer, self.trip, self.supplier, self.unit_g, self.freight, drop.tolist(),
            (ceiling - p.freight_rp - p.lane_h_rp).tolist(),
        )  # fmt: skip
        rows = list(zip(range(p.n_lanes), *columns, strict=True))
        self.choices: list[list[tuple[int, ...]]] = []
        for i in range(p.n_needs):
            mine = order[p.need_start[i] : p.need_start[i + 1]]
            self.choices.append([rows[k] for k in mine[:REACH].tolist() if np.isfinite(loss[k])])
        self.mine = [range(int(p.need_start[i]), int(p.need_start[i + 1])) for i in range(p.n_needs)]
        self.of_offer = [
            p.offer_lanes[p.offer_start[j] : p.offer_start[j + 1]].tolist() for j in range(p.n_offers)
        ]

    def _offers(self, outside: Outside | None) -> None:
        p = self.p
        fixed = np.zeros(p.n_offers, dtype=np.int64)
        np.add.at(fixed, p.fixed_offer, p.fixed_quantity)
        self.base: list[int] = (fixed if outside is None else fixed + outside.volume).tolist()
        others: list[int] = [0] * p.tier_from.size if outside is None else outside.goods_rp.tolist()
        self.floor: list[int] = [0] * p.n_offers if outside is None else outside.floor.tolist()
        agreed = list(
            zip(p.fixed_offer.tolist(), p.fixed_quantity.tolist(), p.fixed_price_rp.tolist(), strict=True)
        )
        self.tiers: list[list[tuple[int, int, int]]] = []
        for j, (a, b) in enumerate(zip(p.tier_start[:-1].tolist(), p.tier_start[1:].tolist(), strict=True)):
            rows = zip(p.tier_from[a:b].tolist(), p.tier_price_rp[a:b].tolist(), strict=True)
            mine = [(f, price) for o, f, price in agreed if o == j] if fixed[j] else []
            self.tiers.append(
                [
                    (at, rp, other + sum(f * min(rp, q) for f, q in mine))
                    for (at, rp), other in zip(rows, others[a:b], strict=True)
                ]
            )
        self.capacity, self.lot = p.capacity.tolist(), p.lot.tolist()
        self.least, self.total = p.min_per_need.tolist(), p.min_total.tolist()
        self.opening: list[int] = p.fixed_rp.tolist()
        self.credit = p.credit.tolist()
        # Tiers from the largest volume down: the first one reached is the right one.
        self.offers = list(
            zip(
                self.base, self.capacity, self.lot, self.least, self.total, self.opening,
                [rows[::-1] for rows in self.tiers], self.toll, strict=True,
            )
        )  # fmt: skip
        self.paid = [self.goods(j, sold) for j, sold in enumerate(self.sold)]

    def _limits(self) -> None:
        p = self.p
        self.size: list[int] = [*p.trip_capacity_g.tolist(), FREE]
        self.truck_rp: list[int] = [*p.trip_cost_rp.tolist(), 0]
        self.least_g = [*p.trip_min_load_g.tolist(), 0]
        most = np.where(p.trip_max >= 0, p.trip_max, FREE)
        room = [int(m) * int(s) if m < FREE else FREE for m, s in zip(most, p.trip_capacity_g, strict=True)]
        self.most_g = [*room, FREE]
        self.max_weight = np.where(p.max_weight_g >= 0, p.max_weight_g, FREE).tolist()
        self.purse: list[int] = np.where(p.cash_rp >= 0, p.cash_rp, FREE).tolist()
        self.buyer = p.need_buyer.tolist()
        self.ceiling = np.where(p.ceiling_rp >= 0, p.ceiling_rp, FREE).tolist()
        self.unmet, self.min_fill = p.unmet_rp.tolist(), p.min_fill.tolist()
        self.suppliers = np.where(p.max_suppliers >= 0, p.max_suppliers, FREE).tolist()

    def _surround(self, outside: Outside) -> None:
        # What others have used up is not there any more.
        self.weight = [a + b for a, b in zip(self.weight, outside.weight_g.tolist(), strict=True)]
        spent = zip(self.purse, outside.cash_rp.tolist(), strict=True)
        self.purse = [has if has >= FREE else max(0, has - paid) for has, paid in spent]

    def tier(self, offer: int, volume: int) -> tuple[int, int, int]:
        """From, price and cost of fixed units at a volume."""
        rows = self.tiers[offer]
        for row in rows[:0:-1]:
            if volume >= row[0]:
                return row
        return rows[0]

    @property
    def felt(self) -> int:
        """The cost with the tolls: what moves are judged by."""
        return self.cost + self.tolls

    def levy(self, share: float) -> None:
        """Let this share of the tolls count from now on; nothing may be left to undo."""
        self.toll = [int(share * full) for full in self.full_toll]
        self.offers = [(*row[:-1], toll) for row, toll in zip(self.offers, self.toll, strict=True)]
        self.paid = [self.goods(j, sold) for j, sold in enumerate(self.sold)]
        self.tolls = 0

    def goods(self, offer: int, sold: int) -> int:
        """What an offer's goods cost when it sells so many new units, its opening and toll included."""
        volume = sold + self.base[offer]
        if volume == 0:
            return 0
        _, price, fixed = self.tier(offer, volume)
        return (price + self.toll[offer]) * sold + fixed + self.opening[offer]

    def _set(self, column: list[int], row: int, value: int) -> None:
        self.log.append((column, row, column[row]))
        column[row] = value

    def undo(self, mark: int, cost: int, tolls: int = 0) -> None:
        """Go back to where the log had `mark` entries, and cost and tolls were these."""
        log = self.log
        while len(log) > mark:
            column, row, value = log.pop()
            column[row] = value
        self.cost, self.tolls = cost, tolls

    def shift(self, lane: int, quantity: int) -> None:
        """Add new units on a lane (take away: negative); costs follow, rules are not looked at."""
        offer, group, need = self.offer[lane], self.trip[lane], self.need[lane]
        sold, y = self.sold[offer], self.y[lane]
        paid = self.goods(offer, sold + quantity)
        toll = self.toll[offer] * quantity
        cost = paid - self.paid[offer] - toll + self.freight[lane] * quantity
        if self.fixed[lane] == 0 and (y == 0) != (y + quantity == 0):
            cost += self.drop[lane] if quantity > 0 else -self.drop[lane]
        load, size = self.load[group], self.size[group]
        new_load = load + quantity * self.unit_g[lane]
        cost += self.truck_rp[group] * (-(-new_load // size) - -(-load // size))
        fill, wanted = self.fill[need], int(self.target[need])
        cost += self.unmet[need] * (max(0, wanted - fill - quantity) - max(0, wanted - fill))
        self.cost += cost
        self.tolls += toll
        self._set(self.y, lane, y + quantity)
        self._set(self.sold, offer, sold + quantity)
        self._set(self.paid, offer, paid)
        self._set(self.load, group, new_load)
        self._set(self.fill, need, fill + quantity)
        self._set(
            self.weight, self.supplier[lane], self.weight[self.supplier[lane]] + quantity * self.unit_g[lane]
        )

    def clear(self, need: int) -> None:
        """Take all new units of a need away."""
        for lane in self.mine[need]:
            if self.y[lane]:
                self.shift(lane, -self.y[lane])

    def serve(self, need: int) -> None:
        """Serve a need anew, lane by lane at the least cost per unit, while that beats lacking."""
        mark, cost, tolls = len(self.log), self.cost, self.tolls
        while self.fill[need] < self.target[need]:
            lane, quantity = self._best(need, self.target[need] - self.fill[need])
            if lane < 0:
                break
            self.shift(lane, quantity)
        if self.fill[need] < self.min_fill[need] or (
            self.held[need] and self.fill[need] != self.target[need]
        ):
            self.undo(mark, cost, tolls)

    def _best(self, need: int, most: int) -> tuple[int, int]:
        """The lane with the least cost per unit and what it can take; lane -1 where none beats lacking."""
        best, chosen, units = float(FREE) if self.held[need] else float(self.unmet[need]), -1, 0
        known = {self.supplier[k] for k in self.mine[need] if self.y[k] or self.fixed[k]}
        if len(known) > self.suppliers[need]:
            return chosen, units
        full = len(known) == self.suppliers[need]
        chance, blink, thrift = self.chance, self.blink, self.thrift
        y, sold, load, paid, trucks = self.y, self.sold, self.load, self.paid, self.truck_rp
        for row in self.choices[need]:
            # One loop without calls: it is run millions of times.
            lane, offer, group, supplier, unit, freight, drop, spare = row
            if y[lane] or (full and supplier not in known) or chance() < blink:
                continue
            base, capacity, lot, least, total, opening, tiers, toll = self.offers[offer]
            before = sold[offer]
            quantity = min(most, capacity - before - base)
            if self.max_weight[supplier] < FREE:
                quantity = min(quantity, (self.max_weight[supplier] - self.weight[supplier]) // unit)
            if self.most_g[group] < FREE:
                quantity = min(quantity, (self.most_g[group] - load[group]) // unit)
            quantity -= quantity % lot
            after = before + quantity
            if quantity <= 0 or quantity + self.fixed[lane] < least or after + base < total:
                continue
            for begin, price, agreed in tiers:  # noqa: B007  (the row that is reached is used below)
                if after + base >= begin:
                    break
            if price > spare:
                continue
            cost = (price + toll) * after + agreed + opening - paid[offer] + freight * quantity + drop
            if trucks[group]:
                size, now = self.size[group], load[group]
                cost += thrift * trucks[group] * (-(-(now + quantity * unit) // size) - -(-now // size))
            if cost < best * quantity:
                best, chosen, units = cost / quantity, lane, quantity
        return chosen, units

    def keeps(self, mark: int) -> bool:
        """Do the offers, groups and buyers changed since `mark` keep their rules?"""
        lanes = {row for column, row, _ in self.log[mark:] if column is self.y}
        offers = {self.offer[k] for k in lanes}
        buyers = {self.buyer[self.need[k]] for k in lanes}
        for offer in offers:
            if self.sold[offer] + self.base[offer] < self.floor[offer]:
                return False
            used = [k for k in self.of_offer[offer] if self.y[k]]
            if used and not self._offer_keeps(offer, used):
                return False
            buyers.update(self.buyer[self.need[k]] for k in used)
        groups = {self.trip[k] for k in lanes if self.least_g[self.trip[k]]}
        if not all(self._group_keeps(group, lanes) for group in groups):
            return False
        return all(self.purse[b] >= FREE or self._spent(b) <= self.purse[b] for b in buyers)

    def _offer_keeps(self, offer: int, used: list[int]) -> bool:
        volume = self.sold[offer] + self.base[offer]
        if volume < self.total[offer]:
            return False
        price = self.tier(offer, volume)[1]
        return all(price + self.freight[k] + self.share[k] <= self.ceiling[self.need[k]] for k in used)

    def _group_keeps(self, group: int, lanes: set[int]) -> bool:
        trucks = -(-self.load[group] // self.size[group])
        if self.load[group] >= self.least_g[group] * trucks:
            return True
        # Fixed goods alone may ride below the minimum.
        district, supplier = int(self.p.trip_district[group]), int(self.p.trip_supplier[group])
        there = (self.p.need_district[self.p.lane_need] == district) & (self.p.lane_supplier == supplier)
        return not any(self.y[k] for k in np.flatnonzero(there).tolist())

    def _spent(self, buyer: int) -> int:
        spent = new = 0
        for need in self._needs_of()[buyer]:
            for lane in self.mine[need]:
                x = self.y[lane] + self.fixed[lane]
                new += self.y[lane]
                offer = self.offer[lane]
                if x and not self.credit[offer]:
                    price = self.tier(offer, self.sold[offer] + self.base[offer])[1]
                    spent += self.y[lane] * price + x * (self.freight[lane] + self.share[lane])
                    spent += self.drop[lane] + self._agreed(lane, price)
        return spent if new else 0

    def _agreed(self, lane: int, price: int) -> int:
        if self.fixed[lane] == 0:
            return 0
        at = int(np.flatnonzero(self.p.fixed_lane == lane)[0])
        return self.fixed[lane] * min(price, int(self.p.fixed_price_rp[at]))

    def _needs_of(self) -> list[list[int]]:
        if not hasattr(self, "_by_buyer"):
            self._by_buyer: list[list[int]] = [[] for _ in range(self.p.n_buyers)]
            for need, buyer in enumerate(self.buyer):
                self._by_buyer[buyer].append(need)
        return self._by_buyer


def _by(index: Ints, values: Ints, count: int) -> Ints:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, index, values)
    return sums
