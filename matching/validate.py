"""Faults of form that need more than one value to be seen; limits nobody can meet are no faults.

Works on columns in the caller's order (see `rows` and `arrays`); a reference of -1 was refused before
and is passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import Fault

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Columns = dict[str, Any]
LIMIT = 2**53


def faults(columns: Columns, form: list[Fault]) -> list[Fault]:
    """Faults between values. What follows only from a fault of form already listed is left out."""
    if not columns:
        return []
    found = [*_needs(columns), *_also(columns), *_tiers(columns), *_pairs(columns), *_lanes(columns)]
    found += [*_ration(columns), *_fixed(columns)]
    if not form and not found:
        found += [*_sums(columns)]
    seen = {fault.row for fault in form} | {_parent(fault.row) for fault in form}
    return [fault for fault in found if fault.row not in seen and _parent(fault.row) not in seen]


def _parent(row: str) -> str:
    """`offers[2].tiers[1].from` -> `offers[2].tiers`: one bad tier silences the order of its tiers."""
    return row[: row.index(".tiers") + 6] if ".tiers" in row else row


def _at(bad: Bools) -> list[int]:
    found: list[int] = np.flatnonzero(bad).tolist()
    return found


def _take(values: NDArray[Any], index: Ints) -> NDArray[Any]:
    """values[index], 0 for an index of -1 or an empty table."""
    if not values.size:
        return np.zeros(index.size, dtype=values.dtype)
    return np.where(index >= 0, values[np.maximum(index, 0)], 0).astype(values.dtype)


def _add(index: Ints, values: Ints, size: int) -> Ints:
    total = np.zeros(size, dtype=np.int64)
    ok = index >= 0
    np.add.at(total, index[ok], values[ok])
    return total


def _needs(c: Columns) -> Iterator[Fault]:
    for i in _at(c["at_most"] < c["wanted"]):
        yield Fault(f"needs[{i}].at_most", f"{c['at_most'][i]} lebih kecil dari wanted {c['wanted'][i]}")


def _also(c: Columns) -> Iterator[Fault]:
    start, flat = c["also_start"], c["also_commodity"]
    owner = np.repeat(np.arange(start.size - 1), np.diff(start))
    own = c["need_commodity"][owner]
    known = (flat >= 0) & (own >= 0)
    for k in _at(known & (flat == own)):
        yield Fault(f"needs[{owner[k]}].also", "memuat komoditas kebutuhan itu sendiri")
    for k in _at(known & (_take(c["unit_g"], flat) != _take(c["unit_g"], own))):
        yield Fault(f"needs[{owner[k]}].also", f"berat satuan '{c['commodity_id'][flat[k]]}' berbeda")
    for k in _repeated(owner, flat):
        if flat[k] >= 0:
            yield Fault(f"needs[{owner[k]}].also", f"'{c['commodity_id'][flat[k]]}' disebut dua kali")


def _repeated(first: Ints, second: Ints) -> list[int]:
    """Rows whose pair stood in an earlier row."""
    if first.size < 2:
        return []
    key = first * (int(second.max()) + 2) + second + 1
    if bool(np.all(key[:-1] < key[1:])):
        return []
    _, earliest = np.unique(key, return_index=True)
    repeated = np.ones(first.size, dtype=np.bool_)
    repeated[earliest] = False
    return _at(repeated & (first >= 0) & (second >= 0))


def _tiers(c: Columns) -> Iterator[Fault]:
    start, begin, price = c["tier_start"], c["tier_from"], c["tier_price_rp"]
    for j in _at(np.diff(start) == 0):
        yield Fault(f"offers[{j}].tiers", "harus memuat sedikitnya satu harga")
    owner = np.repeat(np.arange(start.size - 1), np.diff(start))
    place = np.arange(begin.size) - start[:-1][owner]
    for k in _at((place == 0) & (begin != 1)):
        yield Fault(f"offers[{owner[k]}].tiers[0].from", "jenjang pertama harus mulai dari 1")
    inner = place[1:] > 0
    for k in _at(inner & (begin[1:] <= begin[:-1])):
        yield Fault(f"offers[{owner[k + 1]}].tiers[{place[k + 1]}].from", "batas jenjang harus naik")
    for k in _at(inner & (price[1:] >= price[:-1])):
        yield Fault(f"offers[{owner[k + 1]}].tiers[{place[k + 1]}].price_rp", "harga jenjang harus turun")


def _pairs(c: Columns) -> Iterator[Fault]:
    for section, first, second in (
        ("lanes", "lane_need", "lane_offer"),
        ("trips", "trip_supplier", "trip_district"),
        ("fixed", "fixed_need", "fixed_offer"),
        ("closed", "closed_need", "closed_offer"),
    ):
        for k in _repeated(c[first], c[second]):
            yield Fault(f"{section}[{k}]", "pasangan ini sudah ada di baris lain")


def _lanes(c: Columns) -> Iterator[Fault]:
    """A lane's offer must be of the need's commodity or of one named in its `also`."""
    need, offer = c["lane_need"], c["lane_offer"]
    own, carried = _index(c["need_commodity"], need), _index(c["offer_commodity"], offer)
    odd = np.flatnonzero((own >= 0) & (carried >= 0) & (own != carried))
    if not odd.size:
        return
    n = len(c["commodity_id"]) + 1
    owner = np.repeat(np.arange(c["also_start"].size - 1), np.diff(c["also_start"]))
    accepted = owner * n + c["also_commodity"]
    wrong = odd[~np.isin(need[odd] * n + carried[odd], accepted)]
    for k in wrong.tolist():
        yield Fault(
            f"lanes[{k}]",
            f"penawaran '{c['offer_id'][offer[k]]}' bukan komoditas yang diterima '{c['need_id'][need[k]]}'",
        )


def _index(values: Ints, index: Ints) -> Ints:
    """values[index], -1 where the index is -1."""
    if not values.size:
        return np.full(index.size, -1, dtype=np.int64)
    return np.where(index >= 0, values[np.maximum(index, 0)], -1)


def _ration(c: Columns) -> Iterator[Fault]:
    if not c["ration"].any():
        return
    offered = _take(c["ration"], c["offer_commodity"])
    for j in _at(offered & (np.diff(c["tier_start"]) > 1)):
        yield Fault(f"offers[{j}].tiers", "komoditas yang dijatah hanya boleh satu jenjang harga")
    for k in np.flatnonzero(c["ration"]).tolist():
        rows = np.flatnonzero(c["offer_commodity"] == k)
        for j in rows[c["lot"][rows] != c["lot"][rows[:1]]].tolist():
            yield Fault(f"offers[{j}].lot", "komoditas yang dijatah harus punya satu ukuran lot")
    start, flat = c["also_start"], c["also_commodity"]
    for i in _at(_take(c["ration"], c["need_commodity"]) & (np.diff(start) > 0)):
        yield Fault(f"needs[{i}].also", "kebutuhan yang dijatah tidak boleh menerima komoditas lain")
    owner = np.repeat(np.arange(start.size - 1), np.diff(start))
    for k in _at(_take(c["ration"], flat)):
        yield Fault(f"needs[{owner[k]}].also", f"'{c['commodity_id'][flat[k]]}' dijatah")


def _fixed(c: Columns) -> Iterator[Fault]:
    need, offer, quantity = c["fixed_need"], c["fixed_offer"], c["fixed_quantity"]
    if not need.size:
        return
    n = len(c["offer_id"]) + 1
    lanes = np.isin(need * n + offer, c["lane_need"] * n + c["lane_offer"])
    for k in _at(~lanes & (need >= 0) & (offer >= 0)):
        yield Fault(f"fixed[{k}]", "tidak ada jalur untuk pasangan ini")
    total = _add(offer, quantity, len(c["offer_id"]))
    for j in _at(total > c["capacity"]):
        text = f"baris tetap {total[j]} melebihi kapasitas {c['capacity'][j]}"
        yield Fault(f"offers[{j}].capacity", text)
    yield from _fixed_weight(c)


def _fixed_weight(c: Columns) -> Iterator[Fault]:
    """Fixed lines alone against the suppliers' weight and the trucks of each group (Python ints)."""
    supplier = _index(c["offer_supplier"], c["fixed_offer"]).tolist()
    district = _index(c["need_district"], c["fixed_need"]).tolist()
    unit = _take(c["unit_g"], _index(c["offer_commodity"], c["fixed_offer"])).tolist()
    weight: dict[int, int] = {}
    load: dict[tuple[int, int], int] = {}
    for s, d, grams, quantity in zip(supplier, district, unit, c["fixed_quantity"].tolist(), strict=True):
        weight[s] = weight.get(s, 0) + grams * quantity
        load[s, d] = load.get((s, d), 0) + grams * quantity
    for s, most in enumerate(c["max_weight_g"].tolist()):
        if most >= 0 and weight.get(s, 0) > most:
            yield Fault(f"suppliers[{s}].max_weight_g", f"baris tetap {weight[s]} g melebihi batas {most} g")
    trips = zip(c["trip_supplier"], c["trip_district"], c["trip_capacity_g"], c["trip_max"], strict=True)
    for g, (s, d, capacity, most) in enumerate(trips):
        if most >= 0 and load.get((int(s), int(d)), 0) > int(capacity) * int(most):
            yield Fault(f"trips[{g}].max_trips", "baris tetap melebihi muatan semua truk")


def _sums(c: Columns) -> Iterator[Fault]:
    """All money and all weight that could ever be added up must stay exact."""
    unit = c["unit_g"][c["need_commodity"]]
    most = np.maximum(c["at_most"], _add(c["fixed_need"], c["fixed_quantity"], len(c["need_id"])))
    grams = sum(int(q) * int(g) for q, g in zip(most, unit, strict=True))
    heavy = grams >= LIMIT
    if heavy:
        yield Fault("needs", f"jumlah berat {grams} g harus di bawah 2^53")
    dearest = _dearest(c)
    goods = sum(int(q) * int(p) for q, p in zip(most, dearest, strict=True))
    unmet = sum(int(q) * int(p) for q, p in zip(c["wanted"], c["unmet_rp"], strict=True))
    once = _total(c["fixed_rp"]) + _total(c["drop_rp"])
    # How many trucks it takes is only worth asking where the weight can be added up.
    total = goods + unmet + once + (0 if heavy else _trucks(c, most * unit))
    if total >= LIMIT:
        yield Fault("needs", f"jumlah rupiah terbesar {total} harus di bawah 2^53")


def _total(values: Ints) -> int:
    """The exact sum of values below 2^53, however many: high and low digits by themselves."""
    return (int((values >> 26).sum()) << 26) + int((values & (2**26 - 1)).sum())


def _dearest(c: Columns) -> Ints:
    """Per need: the dearest price plus freight over its lanes and its fixed lines."""
    dearest = np.zeros(len(c["need_id"]), dtype=np.int64)
    if c["lane_need"].size:
        first = c["tier_price_rp"][c["tier_start"][:-1]]
        np.maximum.at(dearest, c["lane_need"], first[c["lane_offer"]] + c["freight_rp"])
    return dearest


def _trucks(c: Columns, need_g: Ints) -> int:
    """Cost of the most trucks each group could need: its district's needs, or all its supplier has."""
    district_g = _add(c["need_district"], need_g, len(c["district_id"]))
    # In floating point and rounded up: capacities may be astronomical, and this is a limit from above.
    offered = c["capacity"] * c["unit_g"][c["offer_commodity"]].astype(np.float64)
    supplier_g = np.zeros(len(c["supplier_id"]))
    np.add.at(supplier_g, c["offer_supplier"], np.minimum(offered * (1 + 1e-9), LIMIT))
    load = np.minimum(
        district_g[c["trip_district"]], np.ceil(np.minimum(supplier_g, LIMIT))[c["trip_supplier"]]
    )
    rows = zip(
        load.tolist(),
        c["trip_capacity_g"].tolist(),
        c["trip_cost_rp"].tolist(),
        c["trip_max"].tolist(),
        strict=True,
    )
    return sum(_most(int(g), cap, most) * cost for g, cap, cost, most in rows)


def _most(load: int, capacity: int, most: int) -> int:
    trucks = -(-load // capacity)
    return trucks if most < 0 else min(trucks, most)
