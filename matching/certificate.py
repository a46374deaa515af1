"""The certificate of a bound, as it stands in the plan file, and its exact evaluation.

    {"kind": "prices/1", "scale": 1000,
     "pi":            [[offer, tier_from, price], ...],        missing: the tier's own price
     "truck":         [[supplier, district, price per kg], ...], missing: cost spread over the fullest load
     "opening":       [[need, offer, share per unit], ...],    missing: 0
     "truck_opening": [[need, offer, share per unit], ...],    missing: 0
     "weight":        [[supplier, price per kg], ...],         missing: 0
     "fills":         [[need, filled], ...],                   exactly the needs of rationed commodities
     "trees":         [{"needs": [...], "nodes": [...]}, ...]}

All numbers are integers in 1 / scale rupiah; only `kind` and `scale` must be there. `frame` says why
any such prices give a lower bound. A tree makes it tighter for needs that share no offer and no trip
group with any other need: its nodes, the root first, are either
    {"split": "volume", "offer": o, "at": a, "low": k, "high": m}          volume <= a | volume >= a + 1
    {"split": "trips", "supplier": s, "district": d, "at": a, ...}         trucks <= a | trucks >= a + 1
    {"split": "lane", "need": n, "offer": o, "at": a, ...}                 units  <= a | units  >= a + 1
or  {"leaf": {"pi": [...], ...}}   prices of its own (what it leaves out is taken from the certificate).
Both sides of a split together leave nothing out, so the least leaf bounds the tree's needs. The bound
of the whole is the sum over trees and over all other needs, rounded up to a whole rupiah.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .frame import CertificateError, Frame, Prices, Ranges, default_truck
from .problem import Bools, Ints, Problem
from .restrict import Part, restrict

KIND = "prices/1"
_PRICE_KEYS = ("pi", "truck", "opening", "truck_opening", "weight")
_KEYS = {"kind", "scale", "fills", "trees", *_PRICE_KEYS}
_DEEPEST = 10_000
_MANY = 2_000  # lanes from which looking all of them up at once is worth a pass over the problem
_LARGEST = 2**60

Certificate = dict[str, Any]
__all__ = ["CertificateError", "evaluate", "fills_of", "to_json"]


def evaluate(problem: Problem, certificate: Certificate) -> int:
    """The bound in whole rupiah that the certificate proves; exact.

    Valid for every plan of the problem (with rationed commodities: for every plan with these fills).
    Raises CertificateError when it is malformed or its sums would not be exact in int64.
    """
    cert = _object(certificate, _KEYS)
    if cert.get("kind") != KIND:
        raise CertificateError("kind")
    scale = _int(cert.get("scale"))
    book = _Book(problem)
    fills = _read_fills(book, cert.get("fills", []))
    base = _Text(book, scale, cert, None)
    taken = np.zeros(problem.n_needs, dtype=np.bool_)
    total = 0
    for tree in _list(cert.get("trees", [])):
        needs = _tree_needs(book, tree, taken)
        taken |= needs
        bound = _tree_bound(problem, base, _object(tree, {"needs", "nodes"}), needs, fills)
        total += -(-bound // scale) * scale
    total += _rest(problem, base, taken, fills)
    return -(-total // scale)


def fills_of(problem: Problem, filled: Ints) -> list[list[Any]]:
    """The `fills` entry for these fills: one row for every need of a rationed commodity."""
    return [[problem.need_id[i], int(filled[i])] for i in np.flatnonzero(problem.rationed).tolist()]


def to_json(problem: Problem, prices: Prices, filled: Ints | None = None) -> Certificate:
    """The certificate of prices for the whole problem; `filled` is needed where something is rationed."""
    p = problem
    offers = [p.offer_id[j] for j in p.tier_offer.tolist()]
    pi = zip(offers, p.tier_from.tolist(), prices.pi.tolist(), strict=True)
    found: Certificate = {"kind": KIND, "scale": prices.scale, "pi": [list(row) for row in pi]}
    groups = zip(p.trip_supplier.tolist(), p.trip_district.tolist(), prices.truck.tolist(), strict=True)
    found["truck"] = [[p.supplier_id[s], p.district_id[d], price] for s, d, price in groups]
    for key, share in (("opening", prices.opening), ("truck_opening", prices.truck_opening)):
        if share is not None:
            lanes = np.flatnonzero(share).tolist()
            rows = [[p.need_id[p.lane_need[k]], p.offer_id[p.lane_offer[k]], int(share[k])] for k in lanes]
            found[key] = rows
    if prices.weight is not None:
        paid = np.flatnonzero(prices.weight).tolist()
        found["weight"] = [[p.supplier_id[s], int(prices.weight[s])] for s in paid]
    if filled is not None and p.rationed.any():
        found["fills"] = fills_of(p, filled)
    return found


def _object(value: object, keys: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not value.keys() <= keys:
        raise CertificateError("unknown keys")
    return value


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise CertificateError("not a list")
    return value


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or abs(int(value)) > _LARGEST:
        raise CertificateError("not an integer in range")
    return int(value)


class _Book:
    """Row numbers by name, made once."""

    def __init__(self, problem: Problem) -> None:
        p = self.problem = problem
        self.need = {name: i for i, name in enumerate(p.need_id)}
        self.offer = {name: j for j, name in enumerate(p.offer_id)}
        self.supplier = {name: s for s, name in enumerate(p.supplier_id)}
        district = {name: d for d, name in enumerate(p.district_id)}
        self.district = district

    def row(self, table: Mapping[Any, int], key: object) -> int:
        """Number of a row; an unknown one is refused."""
        try:
            return table[key]
        except (KeyError, TypeError):
            raise CertificateError("unknown row") from None

    def lane(self, need: object, offer: object) -> int:
        """Number of the lane between a need and an offer."""
        i, j = self.row(self.need, need), self.row(self.offer, offer)
        start = self.problem.need_start
        k = int(start[i] + np.searchsorted(self.problem.lane_offer[start[i] : start[i + 1]], j))
        if k >= start[i + 1] or self.problem.lane_offer[k] != j:
            raise CertificateError("unknown lane")
        return k

    def tier(self, offer: object, begin: object) -> int:
        """Number of the tier row of an offer that starts at `begin`."""
        j = self.row(self.offer, offer)
        start, end = self.problem.tier_start[j : j + 2].tolist()
        k = start + int(np.searchsorted(self.problem.tier_from[start:end], _int(begin)))
        if k >= end or self.problem.tier_from[k] != begin:
            raise CertificateError("unknown tier")
        return int(k)

    def group(self, supplier: object, district: object) -> int:
        """Number of a trip group."""
        return int(self.groups([(supplier, district)])[0])

    def groups(self, rows: Sequence[Sequence[Any]]) -> Ints:
        """Numbers of many trip groups: rows that begin with supplier and district."""
        p = self.problem
        wanted = self._keys(rows, self.supplier, self.district)
        # Groups lie in order of supplier and district.
        return _among(p.trip_supplier * max(1, len(p.district_id)) + p.trip_district, wanted, "unknown row")

    def lanes(self, rows: Sequence[Sequence[Any]]) -> Ints:
        """Numbers of many lanes: rows that begin with need and offer."""
        p = self.problem
        if len(rows) < _MANY:
            return np.array([self.lane(row[0], row[1]) for row in rows], dtype=np.int64)
        wanted = self._keys(rows, self.need, self.offer)
        return _among(p.lane_need * max(1, p.n_offers) + p.lane_offer, wanted, "unknown lane")

    def _keys(
        self, rows: Sequence[Sequence[Any]], first: Mapping[Any, int], second: Mapping[Any, int]
    ) -> Ints:
        pairs = ((self.row(first, row[0]), self.row(second, row[1])) for row in rows)
        width = max(1, len(second))
        return np.fromiter((a * width + b for a, b in pairs), dtype=np.int64, count=len(rows))


class _Text:
    """Prices as a certificate (or a leaf on top of it) writes them, as columns of the whole problem."""

    def __init__(self, book: _Book, scale: int, written: Mapping[str, Any], under: _Text | None) -> None:
        p = book.problem
        if not 1 <= scale <= 10**6:
            raise CertificateError("scale")
        self.book, self.scale = book, scale
        if under is None:
            self.pi = _object_ints([int(price) * scale for price in p.tier_price_rp.tolist()])
            self.truck = np.full(p.n_trips, 0, dtype=np.int64)
            self.truck_set = np.zeros(p.n_trips, dtype=np.bool_)
            self.shares: dict[str, Ints] = {}
        else:
            self.pi, self.truck, self.truck_set = under.pi.copy(), under.truck.copy(), under.truck_set.copy()
            self.shares = {key: share.copy() for key, share in under.shares.items()}
        self._read(written)

    def _read(self, written: Mapping[str, Any]) -> None:
        book, p = self.book, self.book.problem
        for offer, begin, price in _rows(written, "pi", 3):
            self.pi[book.tier(offer, begin)] = _int(price)
        rows = _rows(written, "truck", 3)
        group = book.groups(rows)
        self.truck[group], self.truck_set[group] = _last(rows), True
        for key in ("opening", "truck_opening"):
            rows = _rows(written, key, 3)
            if rows:
                self._share(key, p.n_lanes)[book.lanes(rows)] = _last(rows)
        for supplier, price in _rows(written, "weight", 2):
            self._share("weight", p.n_suppliers)[book.row(book.supplier, supplier)] = _int(price)

    def _share(self, key: str, size: int) -> Ints:
        if key not in self.shares:
            self.shares[key] = np.zeros(size, dtype=np.int64)
        return self.shares[key]

    def _weight(self, part: Part | None) -> Ints | None:
        weight = self.shares.get("weight")
        if weight is None or part is None:
            return weight
        inside = np.zeros(weight.size, dtype=np.bool_)
        inside[part.problem.offer_supplier] = True
        return np.where(inside, weight, 0)

    def prices(self, frame: Frame, part: Part | None) -> Prices:
        """The prices for a frame: of the whole problem, or of a part of it."""
        cut: dict[str, Any] = {"pi": slice(None), "trip": slice(None), "lane": slice(None)}
        if part is not None:
            cut = {"pi": part.tiers, "trip": part.trips, "lane": part.lanes}
        spread = default_truck(frame, self.scale)
        truck = np.where(self.truck_set[cut["trip"]], self.truck[cut["trip"]], spread)
        found = Prices(self.scale, self.pi[cut["pi"]], truck, weight=self._weight(part))
        for key in ("opening", "truck_opening"):
            if key in self.shares:
                found = replace(found, **{key: self.shares[key][cut["lane"]]})
        return found


def _object_ints(values: list[int]) -> Ints:
    if any(abs(value) > _LARGEST for value in values):
        raise CertificateError("overflow")
    return np.array(values, dtype=np.int64)


def _among(keys: Ints, wanted: Ints, trouble: str) -> Ints:
    """Where each wanted key stands among rising keys; a missing one is refused."""
    at = np.searchsorted(keys, wanted)
    if wanted.size and (not keys.size or not np.array_equal(keys[np.minimum(at, keys.size - 1)], wanted)):
        raise CertificateError(trouble)
    return np.asarray(at, dtype=np.int64)


def _last(rows: Sequence[Sequence[Any]]) -> Ints:
    return np.fromiter((_int(row[-1]) for row in rows), dtype=np.int64, count=len(rows))


def _rows(written: Mapping[str, Any], key: str, width: int) -> Sequence[Sequence[Any]]:
    rows = _list(written.get(key, []))
    for row in rows:
        if not isinstance(row, list | tuple) or len(row) != width:
            raise CertificateError(key)
    return rows


def _read_fills(book: _Book, rows: object) -> Ints:
    p = book.problem
    fills = np.full(p.n_needs, -1, dtype=np.int64)
    for need, filled in _rows({"fills": rows}, "fills", 2):
        i = book.row(book.need, need)
        if not 0 <= _int(filled) < 2**53:
            raise CertificateError("fills")
        fills[i] = filled
    if not np.array_equal(fills >= 0, p.rationed):
        raise CertificateError("fills must name exactly the rationed needs")
    return fills


def _rest(problem: Problem, base: _Text, taken: Bools, fills: Ints) -> int:
    if not taken.any():
        frame = Frame(problem, fills=fills)
        return frame.value(base.prices(frame, None))
    part = restrict(problem, ~taken)
    frame = Frame(part.problem, fills=fills[part.needs])
    return frame.value(base.prices(frame, part))


def _tree_needs(book: _Book, tree: object, taken: Bools) -> Bools:
    p = book.problem
    needs = np.zeros(p.n_needs, dtype=np.bool_)
    for name in _list(_object(tree, {"needs", "nodes"}).get("needs")):
        needs[book.row(book.need, name)] = True
    if bool(np.any(needs & taken)):
        raise CertificateError("a need stands in two trees")
    inside = needs[p.lane_need]
    for index in (p.lane_offer, p.lane_trip):
        shared = np.intersect1d(index[inside], index[~inside])
        if bool(np.any(shared >= 0)):
            raise CertificateError("a tree shares an offer or a trip group with other needs")
    return needs


def _tree_bound(problem: Problem, base: _Text, tree: Mapping[str, Any], needs: Bools, fills: Ints) -> int:
    """The least leaf of a tree, in 1 / scale rupiah; leaves that no plan reaches do not count."""
    part = restrict(problem, needs)
    nodes = _list(tree.get("nodes"))
    if not 0 < len(nodes) <= _DEEPEST:
        raise CertificateError("nodes")
    todo, seen = [(0, Ranges.all_of(part.problem))], 0
    values: list[int] = []
    while todo:
        number, ranges = todo.pop()
        if not isinstance(nodes[number], Mapping):
            raise CertificateError("node")
        seen += 1
        if seen > len(nodes):
            raise CertificateError("a node with two parents")
        if "leaf" in nodes[number]:
            values += _leaf_bound(base, part, nodes[number], ranges, fills)
        else:
            todo += _split(base.book, part, nodes[number], number, ranges, len(nodes))
    if not values:
        raise CertificateError("no leaf can be reached")
    return min(values)


def _leaf_bound(base: _Text, part: Part, node: Mapping[str, Any], ranges: Ranges, fills: Ints) -> list[int]:
    """The bound of one leaf; none at all when no plan lies in it."""
    leaf = _object(_object(node, {"leaf"})["leaf"], set(_PRICE_KEYS))
    frame = Frame(part.problem, ranges, fills[part.needs])
    if not frame.possible:
        return []
    text = _Text(base.book, base.scale, leaf, base)
    return [frame.value(text.prices(frame, part))]


_SPLITS = {
    "volume": {"split", "at", "low", "high", "offer"},
    "trips": {"split", "at", "low", "high", "supplier", "district"},
    "lane": {"split", "at", "low", "high", "need", "offer"},
}


def _split(
    book: _Book, part: Part, node: Mapping[str, Any], number: int, ranges: Ranges, size: int
) -> list[tuple[int, Ranges]]:
    kind = node.get("split")
    if kind not in ("volume", "trips", "lane"):
        raise CertificateError("split")
    _object(node, _SPLITS[kind])
    at, children = _int(node.get("at")), [_int(node.get("low")), _int(node.get("high"))]
    if not all(number < child < size for child in children) or not -1 <= at < 2**53:
        raise CertificateError("split")
    if kind == "volume":
        row = _within(part.offers, book.row(book.offer, node.get("offer")))
    elif kind == "trips":
        row = _within(part.trips, book.group(node.get("supplier"), node.get("district")))
    else:
        row = _within(part.lanes, book.lane(node.get("need"), node.get("offer")))
    top, bottom = getattr(ranges, f"{kind}_high").copy(), getattr(ranges, f"{kind}_low").copy()
    top[row], bottom[row] = min(int(top[row]), at), max(int(bottom[row]), at + 1)
    below = replace(ranges, **{f"{kind}_high": top})
    above = replace(ranges, **{f"{kind}_low": bottom})
    return [(children[0], below), (children[1], above)]


def _within(rows: Ints, row: int) -> int:
    at = int(np.searchsorted(rows, row))
    if at >= rows.size or rows[at] != row:
        raise CertificateError("a split outside its tree")
    return at
