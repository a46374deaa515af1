"""Problem and plan files: JSON for both, `.npz` for large problems; written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from .canonical import canonical_json
from .columns import FORMAT as PROBLEM_FORMAT
from .errors import Fault, ProblemError
from .plan import FORMAT as PLAN_FORMAT
from .plan import Plan
from .problem import Ints, Problem
from .rows import id_fault

_LARGEST = 2**53
_ZIP = b"PK\x03\x04"


def load(path: str | os.PathLike[str]) -> Problem | Plan:
    """The problem or plan in a file, told apart by its content.

    Raises ProblemError with every fault if it is neither, OSError if it cannot be read.
    """
    data = Path(path).read_bytes()
    if data[:4] == _ZIP:
        return Problem.from_arrays(**_arrays(Path(path)))
    document = parse(data)
    if isinstance(document, Mapping) and document.get("format") == PLAN_FORMAT:
        return plan_from_document(document)
    return Problem.from_document(document)


def load_problem(path: str | os.PathLike[str]) -> Problem:
    """The problem in a file. Raises ProblemError, also when the file holds a plan; OSError."""
    found = load(path)
    if not isinstance(found, Problem):
        raise ProblemError([Fault("format", "ini berkas rencana, bukan berkas masalah")])
    return found


def load_plan(path: str | os.PathLike[str]) -> Plan:
    """The plan in a file. Raises ProblemError, also when the file holds a problem; OSError."""
    found = load(path)
    if not isinstance(found, Plan):
        raise ProblemError([Fault("format", "ini berkas masalah, bukan berkas rencana")])
    return found


def save(item: Problem | Plan, path: str | os.PathLike[str]) -> None:
    """Write a problem (JSON, or arrays where the name ends in `.npz`) or a plan (JSON), atomically."""
    target = Path(path)
    if isinstance(item, Plan):
        write_json(item.to_document(), target)
    elif target.suffix == ".npz":
        with replacing(target) as file:
            np.savez(file, format=np.array(PROBLEM_FORMAT), **_columns(item))
    else:
        write_pieces(canonical_json(item), target)


def write_json(document: object, path: str | os.PathLike[str]) -> None:
    """Write any JSON-able value, atomically."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    write_pieces([text.encode(), b"\n"], Path(path))


def write_pieces(pieces: Iterable[bytes], path: Path) -> None:
    """Write bytes piece by piece, atomically."""
    with replacing(path) as file:
        for piece in pieces:
            file.write(piece)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when all of it is on disk; on an error nothing is left behind."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def parse(data: bytes) -> object:
    """Parsed JSON. Raises ProblemError for anything that is none: bytes, depth, digits, repeated keys."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise ProblemError([Fault("", f"bukan teks UTF-8 (byte {error.start})")]) from None
    except RecursionError:
        raise ProblemError([Fault("", "bersarang terlalu dalam")]) from None
    except json.JSONDecodeError as error:
        raise ProblemError([Fault(f"line {error.lineno}", f"bukan JSON (kolom {error.colno})")]) from None
    except ValueError as error:
        raise ProblemError([Fault("", f"bukan JSON: {error}"[:200])]) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("satu kunci ditulis dua kali")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} bukan bilangan")


def _columns(problem: Problem) -> dict[str, Any]:
    columns = {}
    for field in fields(Problem):
        value = getattr(problem, field.name)
        columns[field.name] = np.array(value, dtype=np.str_) if isinstance(value, tuple) else value
    return columns


def _arrays(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            columns = {name: archive[name] for name in archive.files}
        for column in columns.values():
            column.setflags(write=False)  # ours alone: it can be taken over as it is
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise ProblemError([Fault("", f"bukan berkas .npz yang utuh: {error}"[:200])]) from None
    form = columns.pop("format", None)
    if form is None or form.shape != () or str(form) != PROBLEM_FORMAT:
        raise ProblemError([Fault("format", f"harus '{PROBLEM_FORMAT}'")])
    return columns


_HEAD = {
    "cost_rp": (int,),
    "bound_rp": (int, None),
    "certified_bound_rp": (int, None),
    "gap": (float, None),
    "seed": (int, None),
}
_TABLES: dict[str, tuple[tuple[str, type], ...]] = {
    "lines": (("need", str), ("offer", str), ("quantity", int), ("price_rp", int), ("freight_rp", int)),
    "offers": (("offer", str), ("volume", int), ("tier_from", int), ("price_rp", int)),
    "trips": (("supplier", str), ("district", str), ("trips", int)),
    "shortages": (("need", str), ("missing", int), ("reason", str)),
}
_FIELDS = {
    "lines": ("line_need", "line_offer", "line_quantity", "line_price_rp", "line_freight_rp"),
    "offers": ("offer_id", "offer_volume", "offer_tier_from", "offer_price_rp"),
    "trips": ("trip_supplier", "trip_district", "trip_trips"),
    "shortages": ("shortage_need", "shortage_missing", "shortage_reason"),
}


def plan_from_document(document: object) -> Plan:
    """A plan from a parsed plan file; only its form is looked at. Raises ProblemError."""
    if not isinstance(document, Mapping):
        raise ProblemError([Fault("", "berkas harus berisi satu objek")])
    keys = {"format", "problem_sha256", "certificate", *_HEAD, *_TABLES}
    faults = [Fault(str(key)[:60], "kunci tidak dikenal") for key in document if key not in keys]
    faults += [Fault(key, "tidak ada") for key in sorted(keys - set(document))]
    if document.get("format") != PLAN_FORMAT:
        faults.append(Fault("format", f"harus '{PLAN_FORMAT}'"))
    if not isinstance(document.get("problem_sha256"), str):
        faults.append(Fault("problem_sha256", "harus berupa teks"))
    if not isinstance(document.get("certificate"), Mapping | None):
        faults.append(Fault("certificate", "harus objek atau null"))
    faults += [
        Fault(key, "harus bilangan" + (" atau null" if None in kinds else ""))
        for key, kinds in _HEAD.items()
        if key in document and not _number(document[key], kinds)
    ]
    columns: dict[str, Any] = {}
    for table in _TABLES:
        columns.update(_table(table, document.get(table, []), faults))
    if faults:
        raise ProblemError(faults)
    head = {key: document[key] for key in ("problem_sha256", "certificate", *_HEAD)}
    return Plan(**head, **columns)


def _number(value: object, kinds: Sequence[type | None]) -> bool:
    if value is None:
        return None in kinds
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if float in kinds:
        return math.isfinite(value) if isinstance(value, float) else abs(value) <= _LARGEST
    return isinstance(value, int) and abs(value) <= _LARGEST


def _table(table: str, rows: object, faults: list[Fault]) -> dict[str, Any]:
    if not isinstance(rows, list | tuple):
        faults.append(Fault(table, "harus berupa daftar"))
        return {}
    keys = [key for key, _ in _TABLES[table]]
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping) or set(row) != set(keys):
            faults.append(Fault(f"{table}[{number}]", "harus objek dengan kunci " + ", ".join(keys)))
            continue
        for key, kind in _TABLES[table]:
            good = _number(row[key], (int,)) if kind is int else id_fault(row[key]) is None
            if not good:
                faults.append(
                    Fault(f"{table}[{number}].{key}", "harus bilangan bulat" if kind is int else "harus teks")
                )
    if faults:
        return {}
    columns: dict[str, Any] = {}
    for field, (key, kind) in zip(_FIELDS[table], _TABLES[table], strict=True):
        values = [row[key] for row in rows]
        columns[field] = _ints(values) if kind is int else tuple(values)
    return columns


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)
