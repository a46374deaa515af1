"""Parts are ordered; a part imports only parts below it, wherever in a file the import stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import source

LAYERS: tuple[tuple[str, ...], ...] = (
    ("core",),
    ("web",),
    ("places",),
    ("identity",),
    ("notices", "ledger", "commodities"),
    ("payments", "rations", "stock"),
    ("members", "empties"),
    ("savings",),
    ("catalogue", "needs", "offers"),
    ("purchasing", "profiles"),
    ("rounds", "retail", "counter"),
    ("cycles", "transfers", "prepaid", "inputs", "preorders", "reviews"),
    ("sellers",),
    ("statements",),
    ("surplus", "loans"),
    ("support", "potential"),
    ("monitoring", "home"),
)
ROOT_MODULES = {
    "app",
    "benchmarks",
    "celery_app",
    "cli",
    "config",
    "demo",
    "migrations",
    "exchange",
    "reconcile",
    "refdata",
    "server",
    "testing",
    "verify",
    "wiring",
    "worker",
    "__init__",
    "__main__",
}
"""The composition root may import anything; nothing imports it, but for what is named below."""
ROOT_EXCEPTIONS = {
    ("web", "config"),
    ("commodities", "refdata"),
    ("catalogue", "refdata"),
    ("places", "refdata"),
    ("rounds", "refdata"),
    ("empties", "refdata"),
    ("rations", "refdata"),
    ("counter", "refdata"),
    ("catalogue", "refdata"),
}
"""Settings are a value that security reads; reference files have no imports of their own."""
RANK = {part: rank for rank, parts in enumerate(LAYERS) for part in parts}

INSIDE_A_PART: dict[str, set[str]] = {
    "routes": {"forms", "services", "queries", "models", "login"},
    "api": {"forms", "services", "queries", "models"},
    "jobs": {"services", "queries"},
    "services": {
        "models",
        "queries",
        "postings",
        "problem",
        "solver",
        "providers",
        "doors",
        "services",
        "types",
        "chart",
        "chain",
        "imports",
    },
    "queries": {"models", "queries", "chart"},
    "forms": set(),
    "models": set(),
}
"""Which rooms of its own part a room may enter; rooms not named here may enter all below them."""

FOUNDATIONS = {"types", "duties", "chart", "signals", "spelling", "tasks", "gateway"}
"""Plain values of a part that every room of it may use."""

DOORS: dict[str, tuple[str, ...]] = {
    "ortools": ("matching/", "market/benchmarks/peer_ortools.py"),
    "numpy": ("matching/", "market/benchmarks/"),
    **dict.fromkeys(("django", "haystack", "oscar"), ("market/benchmarks/web/oscar_site/",)),
    "midtransclient": ("market/payments/midtrans.py",),
    "stripe": ("market/payments/stripe.py",),
    "requests": ("market/payments/session.py", "market/payments/midtrans.py", "market/payments/iris.py"),
    "werkzeug": ("market/app.py", "market/server.py", "market/web/", "market/payments/simulator/", "/routes"),
    "celery": ("market/celery_app.py",),
    "flask": (
        "market/app.py",
        "market/cli.py",
        "market/server.py",
        "market/web/",
        "/routes",
        "/api",
        "market/identity/login.py",
        "market/benchmarks/web/cold.py",
        "market/benchmarks/web/raw_page.py",
    ),
    "flask_wtf": ("market/app.py", "market/web/"),
    "wtforms": ("/forms", "market/web/forms.py"),
    "sqlalchemy": (
        "market/core/",
        "market/migrations/",
        "market/web/paging.py",
        "market/web/errors.py",
        "market/web/health.py",
        "market/verify/",
        "market/benchmarks/web/",
        "market/benchmarks/orders/",
        "market/ledger/",
        "/models",
        "/queries",
        "/services",
    ),
    "openpyxl": ("market/core/sheets",),
    "xlsxwriter": ("market/core/sheets",),
    "reportlab": ("market/core/render",),
    "segno": ("market/core/qr",),
    "PIL": ("market/core/files", "market/demo/snacks", "market/benchmarks/web/photos.py"),
    "argon2": ("market/identity/services",),
}
"""One outside library, one door: where each may be imported."""


def market_imports() -> Iterator[tuple[Path, source.Import]]:
    for path in source.python_files("market"):
        for found in source.imports(path):
            yield path, found


def test_every_part_has_a_place_in_the_order():
    parts = {source.part_of(path) for path in source.python_files("market")}
    assert parts - RANK.keys() - ROOT_MODULES == set()


def test_a_part_imports_only_parts_below_it():
    wrong = []
    for path, found in market_imports():
        mine, pieces = source.part_of(path), found.module.split(".")
        if pieces[0] != "market" or len(pieces) < 2 or mine in ROOT_MODULES:
            continue
        other = pieces[1]
        if other == mine or (mine, other) in ROOT_EXCEPTIONS:
            continue
        if RANK.get(other, len(LAYERS)) >= RANK[mine]:
            wrong.append(f"{found.file}:{found.line} {mine} imports {other}")
    assert wrong == []


def test_rooms_of_a_part_are_entered_in_order():
    wrong = []
    for path, found in market_imports():
        mine, room, pieces = source.part_of(path), source.room_of(path), found.module.split(".")
        if pieces[:2] != ["market", mine] or room not in INSIDE_A_PART or mine in ("core", "web"):
            continue
        entered = source.room_named(pieces[2]) if len(pieces) > 2 else ""
        if entered not in INSIDE_A_PART[room] | FOUNDATIONS | {room, ""}:
            wrong.append(f"{found.file}:{found.line} {room} enters {entered}")
    assert wrong == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_library_is_imported_only_through_its_door(library):
    wrong = [
        f"{found.file}:{found.line}"
        for path in source.python_files("market", "matching")
        for found in source.imports(path)
        if found.module.split(".")[0] == library and not any(door in found.file for door in DOORS[library])
    ]
    assert wrong == []


def test_no_import_hides_in_a_function():
    """The matcher's solver is the one permitted exception; nothing dodges a cycle this way."""
    wrong = [f"{i.file}:{i.line} {i.module}" for _path, i in market_imports() if i.inside_function]
    assert wrong == []


def test_the_matcher_knows_nothing_of_the_market():
    wrong = [
        f"{found.file}:{found.line} {found.module}"
        for path in source.python_files("matching")
        for found in source.imports(path)
        if found.module.split(".")[0] in ("market", "flask", "sqlalchemy")
    ]
    assert wrong == []


def test_only_the_solver_is_loaded_late_in_the_matcher():
    wrong = [
        f"{found.file}:{found.line} {found.module}"
        for path in source.python_files("matching")
        for found in source.imports(path)
        if found.inside_function and found.module.split(".")[0] not in ("ortools", "matching")
    ]
    assert wrong == []


def test_the_kernel_imports_no_part():
    """The first rule in one line: it would be the first to break and the last to be noticed."""
    for path in source.python_files("market/core"):
        for found in source.imports(path):
            pieces = found.module.split(".")
            assert pieces[0] != "market" or pieces[1] == "core", f"{found.file}:{found.line} {found.module}"
