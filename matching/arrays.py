"""From bare arrays to checked columns: the way in for machines and for `.npz` files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .columns import HIGHEST, IDS, REASONS, SECTIONS, TIER, Column
from .errors import Fault
from .rows import id_fault

Columns = dict[str, Any]

# What may be left out, and the value every row then has (None: null; a string: the column it copies).
DEFAULTS: Final[dict[str, int | str | bool | None]] = {
    "ration": False,
    "cash_rp": None,
    "max_weight_g": None,
    "at_most": "wanted",
    "ceiling_rp": None,
    "max_suppliers": None,
    "min_fill": 0,
    "weight": 1,
    "lot": 1,
    "min_per_need": 1,
    "min_total": 0,
    "fixed_rp": 0,
    "credit": False,
    "drop_rp": 0,
    "trip_max": None,
    "trip_min_load_g": 0,
}


def names() -> list[str]:
    """Every column name, as the fields of Problem and the entries of an `.npz` file are called."""
    flat = [c.name for columns in SECTIONS.values() for c in columns if c.kind not in ("also", "tiers")]
    return [*flat, "district_id", "also_start", "also_commodity", "tier_start", "tier_from", "tier_price_rp"]


def read(given: Mapping[str, Any]) -> tuple[Columns, list[Fault]]:
    """Columns as int64 arrays of agreeing length with references in range, and what is wrong."""
    faults = [Fault(str(key)[:60], "kolom tidak dikenal") for key in given if key not in names()]
    reader = _Reader(given, faults)
    for section, columns in SECTIONS.items():
        reader.section(section, columns)
    reader.ids("district_id", "district_id")
    reader.csr("also", "needs")
    reader.csr("tier", "offers")
    reader.references()
    return reader.columns, faults


class _Reader:
    """Reads one column after the other; faults gather in the list that was handed in."""

    def __init__(self, given: Mapping[str, Any], faults: list[Fault]) -> None:
        self.given = given
        self.faults = faults
        self.columns: Columns = {}
        self.length: dict[str, int] = {}
        self._range_broken = False

    def section(self, section: str, columns: tuple[Column, ...]) -> None:
        """Read the plain columns of one table."""
        self.length[section] = self._length(columns)
        for column in columns:
            if column.kind == "id":
                self.ids(section, column.name)
            elif column.kind in ("bool", "ration"):
                self._flags(section, column)
            elif column.kind == "reason":
                self._reasons(section, column)
            elif column.kind not in ("also", "tiers"):
                self._ints(section, column)

    def _length(self, columns: tuple[Column, ...]) -> int:
        for column in columns:
            value = self.given.get(column.name)
            if value is not None and column.kind not in ("also", "tiers"):
                return int(np.asarray(value).size)
        return 0

    def ids(self, section: str, name: str) -> None:
        """Read a column of ids: distinct texts."""
        value = self.given.get(name)
        if value is None and name not in ("district_id",) and self.length.get(section):
            self.faults.append(Fault(name, "tidak ada"))
        found = tuple(value.tolist() if isinstance(value, np.ndarray) else value or ())
        seen: dict[object, int] = {}
        for number, item in enumerate(found):
            text = id_fault(item)
            if text is None and item in seen:
                text = f"'{str(item)[:60]}' sudah dipakai baris {seen[item]}"
            if text:
                self.faults.append(Fault(f"{section}[{number}].id", text))
            else:
                seen[item] = number
        self.columns[name] = tuple(str(item) for item in found)
        self.length.setdefault(section, len(found))

    def _array(self, section: str, name: str, kinds: str) -> NDArray[Any] | None:
        value = np.asarray(self.given[name])
        if value.size == 0:
            value = value.reshape(0).astype(np.int64 if kinds == "iu" else np.bool_)
        if value.ndim != 1 or value.dtype.kind not in kinds:
            self.faults.append(
                Fault(name, "harus deret satu dimensi " + ("bool" if kinds == "b" else "int64"))
            )
            return None
        if value.size != self.length[section]:
            self.faults.append(Fault(name, f"panjangnya {value.size}, bukan {self.length[section]}"))
            return None
        return value

    def _default(self, section: str, column: Column) -> NDArray[np.int64]:
        size = self.length[section]
        if column.name == "order":
            return np.arange(size, dtype=np.int64)
        if column.name not in DEFAULTS:
            if size:
                self.faults.append(Fault(column.name, "tidak ada"))
            return np.full(size, max(column.low, 0), dtype=np.int64)
        default = DEFAULTS[column.name]
        if isinstance(default, str):
            return np.array(self.columns[default], dtype=np.int64)
        return np.full(size, -1 if default is None else int(default), dtype=np.int64)

    def _ints(self, section: str, column: Column) -> None:
        value = None
        if self.given.get(column.name) is None:
            value = self._default(section, column)
        else:
            value = self._array(section, column.name, "iu")
        if value is None:
            value = np.full(self.length[section], max(column.low, 0), dtype=np.int64)
        self._range(section, column, value)
        if not value.flags.writeable and value.dtype == np.int64 and not self._range_broken:
            self.columns[column.name] = value  # nobody can change it: no copy is needed
        else:
            self.columns[column.name] = np.clip(value, -1, HIGHEST).astype(np.int64)

    def _range(self, section: str, column: Column, value: NDArray[Any]) -> None:
        low = -1 if column.nullable or column.kind in ("ref", "district") else column.low
        bad = (value > HIGHEST) | ((value < column.low) & ~((value == -1) & (low == -1)))
        self._range_broken = bool(bad.any())
        for number in np.flatnonzero(bad).tolist():
            text = f"harus {column.low} sampai {HIGHEST}, bukan {int(value[number])}"
            self.faults.append(Fault(f"{section}[{number}].{column.key}", text))

    def _flags(self, section: str, column: Column) -> None:
        value = None
        if self.given.get(column.name) is not None:
            value = self._array(section, column.name, "b")
        if value is None:
            value = np.zeros(self.length[section], dtype=np.bool_)
        self.columns[column.name] = value.astype(np.bool_)

    def _reasons(self, section: str, column: Column) -> None:
        value = self.given.get(column.name)
        found = tuple(value.tolist() if isinstance(value, np.ndarray) else value or ())
        if len(found) != self.length[section]:
            self.faults.append(Fault(column.name, f"panjangnya {len(found)}, bukan {self.length[section]}"))
        for number, item in enumerate(found):
            if item not in REASONS:
                text = "harus salah satu dari " + ", ".join(REASONS)
                self.faults.append(Fault(f"{section}[{number}].{column.key}", text))
        self.columns[column.name] = tuple(str(item) for item in found)

    def csr(self, prefix: str, owner: str) -> None:
        """Read offsets and the flat columns that they cut."""
        size = self.length[owner]
        flats = [c.name for c in TIER] if prefix == "tier" else ["also_commodity"]
        start = self.given.get(f"{prefix}_start")
        if start is None and prefix == "also" and self.given.get("also_commodity") is None:
            start = np.zeros(size + 1, dtype=np.int64)
        offsets = np.zeros(1, dtype=np.int64) if start is None else np.asarray(start)
        flat_size = np.asarray(self.given.get(flats[0], ())).size
        whole = offsets.ndim == 1 and offsets.dtype.kind in "iu" and offsets.size == size + 1
        if (
            not whole
            or offsets[0] != 0
            or offsets[-1] != flat_size
            or np.any(np.diff(offsets.astype(np.int64)) < 0)
        ):
            self.faults.append(
                Fault(f"{prefix}_start", f"harus {size + 1} batas naik dari 0 sampai {flat_size}")
            )
            offsets, flat_size = np.zeros(size + 1, dtype=np.int64), 0
        self.columns[f"{prefix}_start"] = offsets.astype(np.int64)
        self.length[prefix] = flat_size
        for name in flats:
            self._flat(prefix, name)

    def _flat(self, prefix: str, name: str) -> None:
        column = next((c for c in TIER if c.name == name), Column("also", name, "ref", target="commodities"))
        if self.length[prefix] == 0 or self.given.get(name) is None:
            if self.length[prefix]:
                self.faults.append(Fault(name, "tidak ada"))
            self.columns[name] = np.full(self.length[prefix], column.low, dtype=np.int64)
            return
        self._ints(prefix, column)

    def references(self) -> None:
        """Every index must name a row."""
        for section, columns in SECTIONS.items():
            for column in columns:
                if column.kind == "ref":
                    self._reference(section, column.key, column.name, len(self.columns[IDS[column.target]]))
                elif column.kind == "district":
                    self._reference(section, column.key, column.name, len(self.columns["district_id"]))
        self._reference("also", "commodity", "also_commodity", len(self.columns["commodity_id"]))

    def _reference(self, section: str, key: str, name: str, size: int) -> None:
        value = self.columns[name]
        bad = (value < 0) | (value >= size)
        for number in np.flatnonzero(bad).tolist():
            self.faults.append(Fault(f"{section}[{number}].{key}", f"baris {int(value[number])} tidak ada"))
        if bad.any():
            self.columns[name] = np.where(bad, -1, value)
