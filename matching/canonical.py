"""Canonical order, canonical JSON and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .columns import FORMAT, IDS, SECTIONS

if TYPE_CHECKING:
    from .problem import Problem

Ints = NDArray[np.int64]
Columns = dict[str, Any]
_CHUNK = 50_000


def arrange(columns: Columns) -> Columns:
    """The same columns with every table in canonical order and all indices renumbered."""
    columns = dict(columns)
    columns["district_id"], rank = _sorted_ids(columns["district_id"])[0::2]
    for name in ("need_district", "trip_district"):
        columns[name] = rank[columns[name]]
    for section in IDS:
        _arrange_table(columns, section)
    _arrange_pairs(columns, "lanes", "lane_need", "lane_offer")
    _arrange_pairs(columns, "trips", "trip_supplier", "trip_district")
    _arrange_pairs(columns, "fixed", "fixed_need", "fixed_offer")
    _arrange_pairs(columns, "closed", "closed_need", "closed_offer")
    return columns


def _sorted_ids(ids: tuple[str, ...]) -> tuple[tuple[str, ...], Ints, Ints]:
    """Sorted ids, the permutation that sorts, and the new row number of each old row."""
    permutation = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    rank = np.empty(len(ids), dtype=np.int64)
    rank[permutation] = np.arange(len(ids))
    return tuple(ids[i] for i in permutation), permutation, rank


def _names(section: str) -> list[str]:
    return [c.name for c in SECTIONS[section] if c.kind not in ("id", "also", "tiers")]


def _arrange_table(columns: Columns, section: str) -> None:
    name = IDS[section]
    columns[name], permutation, rank = _sorted_ids(columns[name])
    for column in _names(section):
        columns[column] = columns[column][permutation]
    if section == "needs":
        _arrange_csr(columns, "also_start", ("also_commodity",), permutation)
        _sort_also(columns)
    if section == "offers":
        _arrange_csr(columns, "tier_start", ("tier_from", "tier_price_rp"), permutation)
    for others in SECTIONS.values():
        for other in others:
            if other.kind == "ref" and other.target == section:
                columns[other.name] = rank[columns[other.name]]
    if section == "commodities":
        columns["also_commodity"] = rank[columns["also_commodity"]]


def _arrange_csr(columns: Columns, start: str, flats: tuple[str, ...], permutation: Ints) -> None:
    old = columns[start]
    counts = np.diff(old)[permutation]
    new = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    take = np.arange(int(new[-1]), dtype=np.int64) + np.repeat(old[:-1][permutation] - new[:-1], counts)
    columns[start] = new
    for flat in flats:
        columns[flat] = columns[flat][take]


def _sort_also(columns: Columns) -> None:
    start = columns["also_start"]
    owner = np.repeat(np.arange(start.size - 1), np.diff(start))
    columns["also_commodity"] = columns["also_commodity"][np.lexsort((columns["also_commodity"], owner))]


def _arrange_pairs(columns: Columns, section: str, first: str, second: str) -> None:
    a, b = columns[first], columns[second]
    key = a * (int(b.max(initial=0)) + 1) + b
    if key.size < 2 or bool(np.all(key[:-1] < key[1:])):
        return
    permutation = np.argsort(key, kind="stable")
    for name in _names(section):
        column = columns[name]
        columns[name] = (
            tuple(column[i] for i in permutation) if isinstance(column, tuple) else column[permutation]
        )


def document(problem: Problem) -> dict[str, Any]:
    """The canonical problem file as rows."""
    found: dict[str, Any] = {"format": FORMAT}
    found.update((section, list(_SECTION_ROWS[section](problem))) for section in SECTIONS)
    return found


def sha256(problem: Problem) -> str:
    """SHA-256 of the canonical UTF-8 JSON, made section by section so that it needs little memory."""
    digest = hashlib.sha256()
    for piece in canonical_json(problem):
        digest.update(piece)
    return digest.hexdigest()


def canonical_json(problem: Problem) -> Iterator[bytes]:
    """The canonical file in pieces: sorted keys, no spaces, UTF-8."""
    opening = "{"
    for section in sorted([*SECTIONS, "format"]):
        if section == "format":
            yield f'{opening}"format":"{FORMAT}"'.encode()
        else:
            yield f'{opening}"{section}":['.encode()
            yield from _joined(_TEXTS[section](problem) if section in _TEXTS else _dumped(problem, section))
            yield b"]"
        opening = ","
    yield b"}"


def _dumped(problem: Problem, section: str) -> Iterator[str]:
    for row in _SECTION_ROWS[section](problem):
        yield json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _joined(rows: Iterable[str]) -> Iterator[bytes]:
    chunk: list[str] = []
    comma = ""
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield (comma + ",".join(chunk)).encode()
            chunk, comma = [], ","
    if chunk:
        yield (comma + ",".join(chunk)).encode()


def _null(values: Ints) -> list[int | None]:
    return [None if value < 0 else value for value in values.tolist()]


def _named(ids: Sequence[str], index: Ints) -> list[str]:
    return [ids[i] for i in index.tolist()]


def _commodities(p: Problem) -> Iterator[dict[str, Any]]:
    for name, unit, ration in zip(p.commodity_id, p.unit_g.tolist(), p.ration.tolist(), strict=True):
        yield {"id": name, "unit_g": unit, "ration": "max_min" if ration else None}


def _buyers(p: Problem) -> Iterator[dict[str, Any]]:
    for name, cash in zip(p.buyer_id, _null(p.cash_rp), strict=True):
        yield {"id": name, "cash_rp": cash}


def _suppliers(p: Problem) -> Iterator[dict[str, Any]]:
    for name, weight in zip(p.supplier_id, _null(p.max_weight_g), strict=True):
        yield {"id": name, "max_weight_g": weight}


def _needs(p: Problem) -> Iterator[dict[str, Any]]:
    ints = [p.wanted, p.at_most, p.unmet_rp, p.min_fill, p.weight, p.order]
    plain = zip(*(column.tolist() for column in ints), strict=True)
    nulls = zip(_null(p.ceiling_rp), _null(p.max_suppliers), strict=True)
    names = zip(
        p.need_id,
        _named(p.buyer_id, p.need_buyer),
        _named(p.commodity_id, p.need_commodity),
        _named(p.district_id, p.need_district),
        strict=True,
    )
    also = _named(p.commodity_id, p.also_commodity)
    start = p.also_start.tolist()
    for i, (name, value, null) in enumerate(zip(names, plain, nulls, strict=True)):
        yield {
            "id": name[0], "buyer": name[1], "commodity": name[2], "also": also[start[i] : start[i + 1]],
            "district": name[3], "wanted": value[0], "at_most": value[1], "ceiling_rp": null[0],
            "unmet_rp": value[2], "max_suppliers": null[1], "min_fill": value[3], "weight": value[4],
            "order": value[5],
        }  # fmt: skip


def _offers(p: Problem) -> Iterator[dict[str, Any]]:
    ints = [p.capacity, p.lot, p.min_per_need, p.min_total, p.fixed_rp, p.credit]
    plain = zip(*(column.tolist() for column in ints), strict=True)
    names = zip(
        p.offer_id,
        _named(p.supplier_id, p.offer_supplier),
        _named(p.commodity_id, p.offer_commodity),
        strict=True,
    )
    tiers = [
        {"from": a, "price_rp": b}
        for a, b in zip(p.tier_from.tolist(), p.tier_price_rp.tolist(), strict=True)
    ]
    start = p.tier_start.tolist()
    for j, (name, value) in enumerate(zip(names, plain, strict=True)):
        yield {
            "id": name[0], "supplier": name[1], "commodity": name[2], "capacity": value[0], "lot": value[1],
            "min_per_need": value[2], "min_total": value[3], "fixed_rp": value[4], "credit": value[5],
            "tiers": tiers[start[j] : start[j + 1]],
        }  # fmt: skip


def _lanes(p: Problem) -> Iterator[dict[str, Any]]:
    columns = (p.lane_need, p.lane_offer, p.freight_rp, p.drop_rp)
    for i, j, freight, drop in zip(*(column.tolist() for column in columns), strict=True):
        yield {"need": p.need_id[i], "offer": p.offer_id[j], "freight_rp": freight, "drop_rp": drop}


def _lane_texts(p: Problem) -> Iterator[str]:
    """Lanes are many: their JSON is put together by hand, from ids that were quoted once."""
    needs = [json.dumps(name, ensure_ascii=False) for name in p.need_id]
    offers = [json.dumps(name, ensure_ascii=False) for name in p.offer_id]
    for at in range(0, p.n_lanes, _CHUNK):
        part = slice(at, at + _CHUNK)
        columns = (p.drop_rp[part], p.freight_rp[part], p.lane_need[part], p.lane_offer[part])
        for drop, freight, i, j in zip(*(column.tolist() for column in columns), strict=True):
            yield f'{{"drop_rp":{drop},"freight_rp":{freight},"need":{needs[i]},"offer":{offers[j]}}}'


def _trips(p: Problem) -> Iterator[dict[str, Any]]:
    names = zip(_named(p.supplier_id, p.trip_supplier), _named(p.district_id, p.trip_district), strict=True)
    ints = zip(
        p.trip_capacity_g.tolist(),
        p.trip_cost_rp.tolist(),
        _null(p.trip_max),
        p.trip_min_load_g.tolist(),
        strict=True,
    )
    for (supplier, district), value in zip(names, ints, strict=True):
        yield {
            "supplier": supplier, "district": district, "capacity_g": value[0], "cost_rp": value[1],
            "max_trips": value[2], "min_load_g": value[3],
        }  # fmt: skip


def _fixed(p: Problem) -> Iterator[dict[str, Any]]:
    columns = (p.fixed_need, p.fixed_offer, p.fixed_quantity, p.fixed_price_rp)
    for i, j, quantity, price in zip(*(column.tolist() for column in columns), strict=True):
        yield {"need": p.need_id[i], "offer": p.offer_id[j], "quantity": quantity, "price_rp": price}


def _closed(p: Problem) -> Iterator[dict[str, Any]]:
    pairs = zip(p.closed_need.tolist(), p.closed_offer.tolist(), p.closed_reason, strict=True)
    for i, j, reason in pairs:
        yield {"need": p.need_id[i], "offer": p.offer_id[j], "reason": reason}


_SECTION_ROWS: dict[str, Callable[[Problem], Iterator[dict[str, Any]]]] = {
    "commodities": _commodities,
    "buyers": _buyers,
    "suppliers": _suppliers,
    "needs": _needs,
    "offers": _offers,
    "lanes": _lanes,
    "trips": _trips,
    "fixed": _fixed,
    "closed": _closed,
}
_TEXTS: dict[str, Callable[[Problem], Iterator[str]]] = {"lanes": _lane_texts}
