"""The softened relaxation behind the bound, as a function of free variables, with its slope."""

from __future__ import annotations

import numpy as np

from .ascent import dot
from .frame import PER_G, Frame, Prices
from .highs import Floats
from .openings import Shares, grouped
from .tally import Ints

# How strongly a step moves the shares of a small opening against the prices; from this share of what is
# opened on, an opening is large and moves more and more gently.
PULL, LARGE = 6.0, 0.004


class Dual:
    """The softened relaxation as a function of free variables.

    The variables: one price per offer, rises between its tiers where ceilings make them matter, shares of
    truck costs and of fixed costs, scarcity prices of limited trucks and suppliers.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame, self.p = frame, frame.p
        p = frame.p
        self.lane = _sellable(frame)
        self.need, self.offer = p.lane_need[self.lane], p.lane_offer[self.lane]
        trip = p.lane_trip[self.lane]
        # The last entry of what is known of groups stands for lanes without trucks.
        self.trip, self.unit_g = np.where(trip >= 0, trip, p.n_trips), p.lane_unit_g[self.lane] * 1.0
        self.room = frame.room[self.lane].astype(np.float64)
        drop = np.where(frame.forced[self.lane] > 0, 0, p.drop_rp[self.lane])
        self.plain_rp = p.freight_rp[self.lane] + drop / np.maximum(self.room, 1)
        self.row = frame.first_tier[self.lane]
        self._needs()
        self._tiers()
        self.trucks = self._truck_shares()
        self.openings = self._opening_shares()
        self._scarce()
        if self.scarce_suppliers.size:
            self.supplier = p.lane_supplier[self.lane]
        # A nation has millions of lanes: what is not needed any more goes.
        del self.need

    def _needs(self) -> None:
        f, p = self.frame, self.p
        self.served, self.seg = np.unique(self.need, return_index=True)
        self.of = np.repeat(np.arange(self.served.size), np.diff(np.append(self.seg, self.need.size)))
        i = self.served
        self.held = f.y_held[i] >= 0
        self.must = np.where(self.held, np.maximum(f.y_held[i], 0), 0).astype(np.float64)
        self.want = np.where(self.held, 0, f.y_wanted[i]).astype(np.float64)
        self.more = np.where(self.held, 0, np.maximum(0, f.y_most[i] - f.y_wanted[i])).astype(np.float64)
        self.unmet = p.unmet_rp[i].astype(np.float64)
        # What a unit costs, roughly: the measure for all steps and all softness.
        landed = p.tier_price_rp[p.tier_start[:-1]][self.offer] + self.plain_rp
        count = np.maximum(np.bincount(self.offer, minlength=p.n_offers), 1)
        dear = p.tier_price_rp[p.tier_start[:-1]]
        typical = np.bincount(self.offer, landed, p.n_offers) / count
        self.offer_rp = np.maximum(np.where(typical > 0, typical, dear), 1.0)
        self.need_rp = np.maximum(np.add.reduceat(landed, self.seg) / np.bincount(self.of), 1.0)

    def _tiers(self) -> None:
        f, p = self.frame, self.p
        self.offers = np.unique(np.concatenate((self.offer, p.lane_offer[f.forced > 0])))
        here = np.zeros(p.n_offers, dtype=np.bool_)
        here[self.offers] = True
        self.tier = np.flatnonzero(f.tier_open & here[p.tier_offer])
        self.tier_owner = p.tier_offer[self.tier]
        self.tier_seg = np.flatnonzero(np.diff(self.tier_owner, prepend=-1))
        self.tier_offers = self.tier_owner[self.tier_seg]
        self.tier_of = np.repeat(
            np.arange(self.tier_seg.size), np.diff(np.append(self.tier_seg, self.tier.size))
        )
        # A rise between two tiers matters only where some lane's ceiling refuses the dearer one.
        barred = np.zeros(p.tier_offer.size + 1, dtype=np.bool_)
        barred[self.row] = True
        barred[p.tier_start[:-1]] = False
        self.rise = np.flatnonzero(barred[:-1])
        self.low = f.volume_low[self.tier].astype(np.float64)
        self.high = f.volume_high[self.tier].astype(np.float64)
        self.price = p.tier_price_rp[self.tier].astype(np.float64)
        self.discount = f.discount[self.tier].astype(np.float64)
        self.may_close = f.may_close[self.tier_offers]
        self.opening_rp = p.fixed_rp[self.tier_offers].astype(np.float64)
        size = np.zeros(p.n_offers)
        np.maximum.at(size, self.tier_owner, self.high)
        self.size = np.maximum(size[self.tier_offers], 1.0)

    def _truck_shares(self) -> Shares:
        # Per group one entry for the weight (lane -1) and one for each lane that cannot fill a truck alone.
        f, p = self.frame, self.p
        groups = np.flatnonzero((p.trip_cost_rp > 0) & (f.load_most > 0) & (f.trips_low == 0))
        costly = np.zeros(p.n_trips + 1, dtype=np.bool_)
        costly[groups] = True
        load = np.maximum(np.minimum(p.trip_capacity_g, f.load_most), 1).astype(np.float64)
        on = np.flatnonzero(costly[self.trip])
        on = on[self.room[on] * self.unit_g[on] < load[self.trip[on]]]
        owner = np.concatenate((groups, self.trip[on]))
        lane = np.concatenate((np.full(groups.size, -1), on))
        cost = p.trip_cost_rp[owner].astype(np.float64)
        unit = cost / np.concatenate((load[groups], self.room[on]))
        self.load = load
        return grouped(owner, lane, unit, np.full(lane.size, PULL))

    def _opening_shares(self) -> Shares:
        # Per offer with a fixed cost one entry that gives nothing away (lane -1) and one per lane.
        p = self.p
        offers = self.tier_offers[(self.opening_rp > 0) & self.may_close]
        costly = np.zeros(p.n_offers, dtype=np.bool_)
        costly[offers] = True
        on = np.flatnonzero(costly[self.offer])
        owner = np.concatenate((offers, self.offer[on]))
        lane = np.concatenate((np.full(offers.size, -1), on))
        unit = p.fixed_rp[owner] / np.concatenate((np.full(offers.size, np.inf), self.room[on]))
        worth = p.capacity[owner] * self.offer_rp[owner] * LARGE
        return grouped(owner, lane, unit, np.clip(PULL * worth / p.fixed_rp[owner], 1.0, PULL))

    def _scarce(self) -> None:
        f, p = self.frame, self.p
        limited = (p.trip_max >= 0) & (f.load_most > f.trips_high * p.trip_capacity_g)
        self.scarce_trips = np.flatnonzero(limited & (f.trips_high > 0))
        grams = np.zeros(p.n_suppliers)
        np.add.at(grams, p.offer_supplier[self.offer], self.room * self.unit_g)
        self.scarce_suppliers = np.flatnonzero((p.max_weight_g >= 0) & (grams > p.max_weight_g))
        self.trip_top = (f.trips_high * p.trip_capacity_g).astype(np.float64)
        self.kilo_rp = float(np.median(self.offer_rp[self.offer] / self.unit_g)) if self.lane.size else 1.0

    def start(self) -> Floats:
        """Variables to begin with: tier prices at two thirds of the volume, costs shared evenly."""
        p = self.p
        mid = self.tier_seg + np.minimum(
            np.add.reduceat((self.low <= 0.66 * self.size[self.tier_of]).astype(np.int64), self.tier_seg) - 1
            if self.tier.size
            else 0,
            np.diff(np.append(self.tier_seg, self.tier.size)) - 1,
        )
        self.base_rp = self.price[np.maximum(mid, self.tier_seg)]
        self.base_rp = self.base_rp + np.where(self.may_close, self.opening_rp, 0) / self.size
        self.offer_at = np.full(p.n_offers, -1, dtype=np.int64)
        self.offer_at[self.tier_offers] = np.arange(self.tier_offers.size)
        z = np.zeros(self._cut())
        z[self.cuts[0] : self.cuts[1]] = 0.3
        z[self.cuts[3] :] = 0.3
        return z

    def _cut(self) -> int:
        """Lay the variables out; returns how many there are."""
        lengths = (
            self.tier_offers.size, self.rise.size, self.trucks.lane.size, self.openings.lane.size,
            self.scarce_trips.size, self.scarce_suppliers.size,
        )  # fmt: skip
        self.cuts = np.cumsum(lengths)[:-1]
        return int(sum(lengths))

    def _prices(self, z: Floats) -> dict[str, Floats]:
        base, rise, truck, opening, trips, suppliers = np.split(z, self.cuts)
        p = self.p
        known = self.offer_at[p.tier_offer]
        pi = np.where(known >= 0, (self.base_rp + 0.02 * self.offer_rp[self.tier_offers] * base)[known], 0.0)
        step = np.zeros(p.tier_offer.size)
        step[self.rise] = 0.02 * self.offer_rp[p.tier_offer[self.rise]] * rise**2
        total = np.cumsum(step)
        first = p.tier_start[:-1]
        before = total[first] - step[first] if first.size else total[:0]
        pi += total - before[p.tier_offer]
        found = {"pi": pi, "kilo": np.zeros(p.n_trips + 1), "supplier": np.zeros(p.n_suppliers)}
        found["share"], found["opening"] = np.zeros(self.lane.size), np.zeros(self.lane.size)
        found["truck_weight"], unit = (z[:0], z[:0])
        if self.trucks.lane.size:
            found["truck_weight"], unit = self.trucks.split(truck)
            whole = self.trucks.lane < 0
            found["kilo"][self.trucks.row[whole]] = unit[whole]
            found["share"][self.trucks.lane[~whole]] = unit[~whole]
        found["opening_weight"] = z[:0]
        if self.openings.lane.size:
            found["opening_weight"], unit = self.openings.split(opening)
            whole = self.openings.lane < 0
            found["opening"][self.openings.lane[~whole]] = unit[~whole]
        found["kilo"][self.scarce_trips] += 0.05 * self.kilo_rp * trips**2
        found["supplier"][self.scarce_suppliers] = 0.05 * self.kilo_rp * suppliers**2
        return found

    def _lane_rp(self, q: dict[str, Floats]) -> Floats:
        unit = q["pi"][self.row]
        unit += self.plain_rp
        if self.trucks.lane.size:
            unit += q["share"]
        if self.openings.lane.size:
            unit += q["opening"]
        if self.p.n_trips:
            unit += q["kilo"][self.trip] * self.unit_g
        if self.scarce_suppliers.size:
            unit += q["supplier"][self.supplier] * self.unit_g
        return unit

    def _buy(self, cost: Floats, softness: float) -> tuple[float, Floats]:
        """What the needs pay, and how much flows on each lane."""
        heat = softness * self.need_rp
        least = np.minimum.reduceat(cost, self.seg)
        weight = least[self.of] - cost
        weight *= (1 / heat)[self.of]
        np.exp(weight, out=weight)
        total = np.add.reduceat(weight, self.seg)
        price = least - heat * np.log(total)
        soft, served = _soft_min(price, self.unmet, heat)
        extra, gain = _soft_min(price, 0.0, heat)
        value = dot(self.must, price) + dot(self.want, soft) + dot(self.more, extra)
        units = self.must + self.want * served + self.more * gain
        weight *= (units / total)[self.of]
        return value, weight

    def _sell(self, q: dict[str, Floats], softness: float) -> tuple[float, Floats, Floats]:
        """What the offers earn (negative), how much each tier sells, how open each offer is."""
        margin = self.price - q["pi"][self.tier]
        relief: Floats = np.zeros(self.p.n_offers)
        if self.openings.lane.size:
            relief[:] = np.bincount(self.offer, q["opening"] * self.room, self.p.n_offers)
        fee = (self.opening_rp - relief[self.tier_offers])[self.tier_of] - self.discount
        heat = (softness * self.offer_rp[self.tier_offers] * self.size)[self.tier_of]
        both = np.stack((fee + margin * self.low, fee + margin * self.high))
        least = np.minimum.reduceat(both.min(axis=0), self.tier_seg)
        least = np.where(self.may_close, np.minimum(least, 0), least)
        weight = np.exp((least[self.tier_of] - both) / heat)
        shut = np.where(self.may_close, np.exp(np.minimum(least, 0) / heat[self.tier_seg]), 0.0)
        total = np.add.reduceat(weight.sum(axis=0), self.tier_seg) + shut
        value = (least - heat[self.tier_seg] * np.log(total)).sum()
        weight /= total[self.tier_of]
        sold = weight[0] * self.low + weight[1] * self.high
        return float(value), sold, np.add.reduceat(weight.sum(axis=0), self.tier_seg)

    def value(self, z: Floats, softness: float) -> tuple[float, Floats]:
        """The softened bound (in shares of the total) and its slope."""
        q = self._prices(z)
        bought, flow = self._buy(self._lane_rp(q), softness)
        earned, sold, opened = self._sell(q, softness)
        p, supplier = self.p, q["supplier"]
        scarce = 0.05 * self.kilo_rp * z[self.cuts[3] : self.cuts[4]] ** 2
        limits = -dot(scarce, self.trip_top[self.scarce_trips])
        limits -= dot(
            supplier[self.scarce_suppliers], p.max_weight_g[self.scarce_suppliers].astype(np.float64)
        )
        held, held_slope = self._forced(q)
        slope = self._slope(z, q, flow, sold, opened, held_slope)
        unit = max(dot(self.want + self.must, self.need_rp), 1.0)
        return (bought + earned + limits + held) / unit, slope / unit

    def _forced(self, q: dict[str, Floats]) -> tuple[float, Floats]:
        # What is sold in any case pays the price of its offer's first tier.
        f, p = self.frame, self.p
        on = np.flatnonzero(f.forced > 0)
        slope = np.zeros(p.n_offers)
        np.add.at(slope, p.lane_offer[on], f.forced[on].astype(np.float64))
        return dot(slope, q["pi"][p.tier_start[:-1]]) if on.size else 0.0, slope

    def _slope(
        self, z: Floats, q: dict[str, Floats], flow: Floats, sold: Floats, opened: Floats, held: Floats
    ) -> Floats:
        p = self.p
        by_row: Floats = np.bincount(self.row, flow, p.tier_offer.size).astype(np.float64)
        by_row[self.tier] -= sold
        by_row[p.tier_start[:-1]] += held
        _, rise, _, _, trips, suppliers = np.split(z, self.cuts)
        by_offer = np.add.reduceat(by_row, p.tier_start[:-1])[self.tier_offers]
        found = [0.02 * self.offer_rp[self.tier_offers] * by_offer]
        # A rise lifts its own tier and all later ones of the offer.
        tail = np.cumsum(by_row[::-1])[::-1]
        end = p.tier_start[1:][p.tier_offer[self.rise]]
        after = np.append(tail, 0.0)[end]
        rises = 0.02 * self.offer_rp[p.tier_offer[self.rise]] * 2 * rise
        found.append(rises * (tail[self.rise] - after))
        grams = flow * self.unit_g
        load: Floats = np.bincount(self.trip, grams, p.n_trips + 1)[:-1].astype(np.float64)
        found.append(self._share_slope(self.trucks, q["truck_weight"], flow, load))
        net = flow - self.room * self._opened_lanes(opened) if self.openings.lane.size else flow
        found.append(self._share_slope(self.openings, q["opening_weight"], net, np.zeros(p.n_offers)))
        scarce = load[self.scarce_trips] - self.trip_top[self.scarce_trips]
        found.append(0.1 * self.kilo_rp * trips * scarce)
        over = np.zeros(0)
        if self.scarce_suppliers.size:
            sold_g: Floats = np.bincount(self.supplier, grams, p.n_suppliers).astype(np.float64)
            over = sold_g[self.scarce_suppliers] - p.max_weight_g[self.scarce_suppliers]
        found.append(0.1 * self.kilo_rp * suppliers * over)
        return np.concatenate(found)

    def _opened_lanes(self, opened: Floats) -> Floats:
        share = np.zeros(self.p.n_offers)
        share[self.tier_offers] = opened
        return share[self.offer]

    def _share_slope(self, shares: Shares, weight: Floats, flow: Floats, whole: Floats) -> Floats:
        if not shares.lane.size:
            return np.zeros(0)
        slope = np.where(shares.lane < 0, whole[shares.row], flow[shares.lane])
        return shares.back(weight, slope)

    def guesses(self, z: Floats, softness: float) -> tuple[Floats, Floats]:
        """How much the softened needs buy on each lane, and what each lane would lose if it were full."""
        flow, loss = np.zeros(self.p.n_lanes), np.full(self.p.n_lanes, np.inf)
        if z.size:
            cost = self._lane_rp(self._prices(z))
            flow[self.lane] = self._buy(cost, softness)[1]
            least = np.minimum.reduceat(cost, self.seg)
            loss[self.lane] = (cost - least[self.of]) * self.room
        return flow, loss

    def integers(self, z: Floats, scale: int) -> Prices:
        """The prices in 1 / scale rupiah, rounded so that no share is given away twice."""
        p = self.p
        if not z.size:
            return Prices(scale, p.tier_price_rp * scale, np.zeros(p.n_trips, dtype=np.int64))
        q = self._prices(z)
        pi = np.where(q["pi"] > 0, q["pi"], p.tier_price_rp.astype(np.float64))
        share, opening = np.zeros(p.n_lanes, dtype=np.int64), np.zeros(p.n_lanes, dtype=np.int64)
        share[self.lane] = np.floor(q["share"] * scale)
        opening[self.lane] = np.floor(q["opening"] * scale)
        weight = np.floor(q["supplier"] * scale * PER_G).astype(np.int64)
        return Prices(
            scale,
            np.rint(pi * scale).astype(np.int64),
            np.floor(q["kilo"][:-1] * scale * PER_G).astype(np.int64),
            opening if opening.any() else None,
            share if share.any() else None,
            weight if weight.any() else None,
        )


def _sellable(frame: Frame) -> Ints:
    """Lanes that can carry something at a tier that both the ceiling allows and the volume can reach."""
    tiers = frame.p.tier_offer.size
    reachable = frame.cheapest_pi(np.zeros(tiers, dtype=np.int64)) == 0
    row = np.minimum(frame.first_tier, tiers - 1)
    return np.flatnonzero(frame.lanes_open & (frame.first_tier < frame.last_tier) & reachable[row])


def _soft_min(a: Floats, b: Floats | float, heat: Floats) -> tuple[Floats, Floats]:
    """Softened least of a and b, and the weight of a in it."""
    least = np.minimum(a, b)
    first, second = np.exp((least - a) / heat), np.exp((least - b) / heat)
    return least - heat * np.log(first + second), first / (first + second)
