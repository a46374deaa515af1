"""From the rows of a problem file (or from bare arrays) to columns, with every fault of form.

A value that is refused is replaced by a harmless one, so that the remaining rules can still be
judged and one reading lists everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import (
    FORMAT,
    HIGHEST,
    OPTIONAL_SECTIONS,
    REASONS,
    REQUIRED,
    ROW,
    SECTIONS,
    TIER,
    WANTED,
    Column,
)
from .errors import Fault

Columns = dict[str, Any]
_MISSING = object()
_LONGEST_ID = 200


def read(document: object) -> tuple[Columns, list[Fault]]:
    """Columns in the order of the rows, and what is wrong with their form."""
    if not isinstance(document, Mapping):
        return {}, [Fault("", "berkas harus berisi satu objek")]
    faults = _head(document)
    sections: dict[str, list[Mapping[str, Any]]] = {}
    for name, columns in SECTIONS.items():
        sections[name] = _section(name, columns, document.get(name, _MISSING), faults)
    reader = _Reader(sections, faults)
    for name, columns in SECTIONS.items():
        for column in columns:
            reader.fill(name, column)
    reader.finish()
    return reader.columns, faults


def _head(document: Mapping[Any, Any]) -> list[Fault]:
    faults = []
    if document.get("format") != FORMAT:
        faults.append(Fault("format", f"harus '{FORMAT}'"))
    for key in document:
        if key != "format" and key not in SECTIONS:
            faults.append(Fault(_short(key), "kunci tidak dikenal"))
    return faults


def _section(
    name: str, columns: Sequence[Column], value: object, faults: list[Fault]
) -> list[Mapping[str, Any]]:
    if value is _MISSING:
        if name not in OPTIONAL_SECTIONS:
            faults.append(Fault(name, "bagian ini tidak ada"))
        return []
    if not isinstance(value, list | tuple):
        faults.append(Fault(name, "harus berupa daftar"))
        return []
    return _objects(name, columns, value, faults)


def _objects(
    where: str, columns: Sequence[Column], value: Sequence[object], faults: list[Fault]
) -> list[Mapping[str, Any]]:
    """The rows as mappings; a row that is none becomes an empty one, unknown keys are faults."""
    known = {column.key for column in columns}
    rows: list[Mapping[str, Any]] = []
    for number, row in enumerate(value):
        if not isinstance(row, Mapping):
            faults.append(Fault(f"{where}[{number}]", "harus berupa objek"))
            row = _BROKEN
        elif not row.keys() <= known:
            for key in row:
                if key not in known:
                    faults.append(Fault(f"{where}[{number}].{_short(key)}", "kunci tidak dikenal"))
        rows.append(row)
    return rows


class _Broken(dict[str, Any]):
    """Stands for a row that is no object: its missing keys are not reported one by one."""


_BROKEN = _Broken()


def _short(value: object) -> str:
    """A value as it may stand in a message: short, printable, without surrogates."""
    text = value if isinstance(value, str) else repr(value) if not isinstance(value, int) else _digits(value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "?")


def _digits(value: int) -> str:
    return str(value) if abs(value) < 10**40 else "bilangan raksasa"


def id_fault(value: object) -> str | None:
    """Why a value cannot be an id, or None."""
    if not isinstance(value, str):
        return "harus berupa teks"
    if not 0 < len(value) <= _LONGEST_ID:
        return f"panjangnya harus 1 sampai {_LONGEST_ID} huruf"
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        return "memuat huruf yang tidak boleh"
    return None


def _int_fault(value: object, column: Column) -> str | None:
    if value is None and column.nullable:
        return None
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        return "harus bilangan bulat" + (" atau null" if column.nullable else "")
    if not column.low <= value <= HIGHEST:
        return f"harus {column.low} sampai {HIGHEST}, bukan {_short(int(value))}"
    return None


class _Reader:
    """Fills columns section by section; faults gather in the list that was handed in."""

    def __init__(self, sections: dict[str, list[Mapping[str, Any]]], faults: list[Fault]) -> None:
        self.sections = sections
        self.faults = faults
        self.columns: Columns = {}
        self.index: dict[str, dict[str, int]] = {}
        self.districts: dict[str, list[object]] = {}

    def fill(self, section: str, column: Column) -> None:
        """Read one key of one section into its column."""
        values = self._values(section, column)
        getattr(self, "_" + column.kind)(section, column, values)

    def _fault(self, section: str, row: int, key: str, text: str) -> None:
        if self.sections[section][row] is not _BROKEN:
            self.faults.append(Fault(f"{section}[{row}].{key}", text))

    def _values(self, section: str, column: Column) -> list[Any]:
        rows = self.sections[section]
        if column.default == REQUIRED:
            values = [row.get(column.key, _MISSING) for row in rows]
            for number, value in enumerate(values):
                if value is _MISSING:
                    self._fault(section, number, column.key, "tidak ada")
            return values
        if column.default == ROW:
            return [row.get(column.key, number) for number, row in enumerate(rows)]
        if column.default == WANTED:
            return [row.get(column.key, self._wanted(row)) for row in rows]
        return [row.get(column.key, column.default) for row in rows]

    @staticmethod
    def _wanted(row: Mapping[str, Any]) -> object:
        wanted = row.get("wanted", _MISSING)
        return _MISSING if _int_fault(wanted, Column("wanted", "wanted")) else wanted

    def _int(self, section: str, column: Column, values: list[Any]) -> None:
        self.columns[column.name] = self._ints(section, column.key, column, values)

    def _ints(self, section: str, key: str, column: Column, values: list[Any]) -> NDArray[np.int64]:
        if column.nullable and None in values:
            return self._checked_ints(section, key, column, values)
        if set(map(type, values)) <= {int}:
            try:
                array = np.array(values, dtype=np.int64)
            except OverflowError:
                return self._checked_ints(section, key, column, values)
            if not array.size or (array.min() >= column.low and array.max() <= HIGHEST):
                return array
        return self._checked_ints(section, key, column, values)

    def _checked_ints(self, section: str, key: str, column: Column, values: list[Any]) -> NDArray[np.int64]:
        harmless = -1 if column.nullable else column.low
        array = np.full(len(values), harmless, dtype=np.int64)
        for number, value in enumerate(values):
            if value is _MISSING:
                continue
            text = _int_fault(value, column)
            if text:
                self._fault(section, number, key, text)
            elif value is not None:
                array[number] = value
        return array

    def _bool(self, section: str, column: Column, values: list[Any]) -> None:
        for number, value in enumerate(values):
            if not isinstance(value, bool | np.bool_) and value is not _MISSING:
                self._fault(section, number, column.key, "harus true atau false")
        self.columns[column.name] = np.array(
            [value is True or value is np.True_ for value in values], dtype=np.bool_
        )

    def _ration(self, section: str, column: Column, values: list[Any]) -> None:
        for number, value in enumerate(values):
            if not (value is None or (isinstance(value, str) and value == "max_min")):
                self._fault(section, number, column.key, "harus null atau 'max_min'")
        flags = [isinstance(value, str) and value == "max_min" for value in values]
        self.columns[column.name] = np.array(flags, dtype=np.bool_)

    def _reason(self, section: str, column: Column, values: list[Any]) -> None:
        good = []
        for number, value in enumerate(values):
            known = isinstance(value, str) and value in REASONS
            if not known and value is not _MISSING:
                self._fault(section, number, column.key, "harus salah satu dari " + ", ".join(REASONS))
            good.append(str(value) if known else REASONS[0])
        self.columns[column.name] = tuple(good)

    def _id(self, section: str, column: Column, values: list[Any]) -> None:
        index: dict[str, int] = {}
        for number, value in enumerate(values):
            text = None if value is _MISSING else id_fault(value)
            if text:
                self._fault(section, number, column.key, text)
            elif value in index:
                self._fault(
                    section, number, column.key, f"'{_short(value)}' sudah dipakai baris {index[value]}"
                )
            elif value is not _MISSING:
                index[str(value)] = number
        self.index[section] = index
        self.columns[column.name] = tuple(value if isinstance(value, str) else "" for value in values)

    def _ref(self, section: str, column: Column, values: list[Any]) -> None:
        index = self.index[column.target]
        found = [index.get(value, -1) if isinstance(value, str) else -1 for value in values]
        array = np.array(found, dtype=np.int64)
        for number in np.flatnonzero(array < 0).tolist():
            value = values[number]
            if value is _MISSING:
                continue
            text = f"'{_short(value)}' tidak dikenal" if isinstance(value, str) else "harus berupa teks"
            self._fault(section, number, column.key, text)
        self.columns[column.name] = array

    def _district(self, section: str, column: Column, values: list[Any]) -> None:
        for number, value in enumerate(values):
            text = None if value is _MISSING else id_fault(value)
            if text:
                self._fault(section, number, column.key, text)
        self.districts[column.name] = values

    def _also(self, section: str, column: Column, values: list[Any]) -> None:
        index = self.index[column.target]
        start, flat = [0], []
        for number, value in enumerate(values):
            if not isinstance(value, list | tuple):
                self._fault(section, number, column.key, "harus berupa daftar")
                value = ()
            for place, item in enumerate(value):
                if isinstance(item, str) and item in index:
                    flat.append(index[item])
                else:
                    self._fault(section, number, f"{column.key}[{place}]", f"'{_short(item)}' tidak dikenal")
            start.append(len(flat))
        self.columns["also_start"] = np.array(start, dtype=np.int64)
        self.columns["also_commodity"] = np.array(flat, dtype=np.int64)

    def _tiers(self, section: str, column: Column, values: list[Any]) -> None:
        start, flat = [0], []
        places: list[str] = []
        for number, value in enumerate(values):
            if not isinstance(value, list | tuple) or not value:
                if value is not _MISSING:
                    self._fault(section, number, column.key, "harus daftar dengan sedikitnya satu harga")
                value = ({"from": 1, "price_rp": 0},)
            if self.sections[section][number] is not _BROKEN:
                value = _objects(f"{section}[{number}].tiers", TIER, value, self.faults)
            flat.extend(value)
            places.extend(f"{section}[{number}].tiers[{place}]" for place in range(len(value)))
            start.append(len(flat))
        self.columns["tier_start"] = np.array(start, dtype=np.int64)
        for part in TIER:
            self.columns[part.name] = self._tier_ints(part, flat, places)

    def _tier_ints(self, part: Column, flat: list[Mapping[str, Any]], places: list[str]) -> NDArray[np.int64]:
        array = np.full(len(flat), part.low, dtype=np.int64)
        for number, row in enumerate(flat):
            value = row.get(part.key, _MISSING)
            text = "tidak ada" if value is _MISSING else _int_fault(value, part)
            if not text:
                array[number] = value
            elif row is not _BROKEN:
                self.faults.append(Fault(f"{places[number]}.{part.key}", text))
        return array

    def finish(self) -> None:
        """Number the districts, once all sections that name one are read."""
        named = [value for values in self.districts.values() for value in values]
        names = sorted({value for value in named if isinstance(value, str)})
        index = {name: number for number, name in enumerate(names)}
        self.columns["district_id"] = tuple(names)
        for column, values in self.districts.items():
            numbers = [index.get(value, -1) if isinstance(value, str) else -1 for value in values]
            self.columns[column] = np.array(numbers, dtype=np.int64)
