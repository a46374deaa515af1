"""Reads the source tree once for the tests of the house: files, imports, functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Import:
    """One imported name: where, what, and whether it hides inside a function."""

    file: str
    line: int
    module: str
    inside_function: bool


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Every Python file below the folders, tracked or new, without caches."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if "__pycache__" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """All imports of a file; `from market.x import y` yields market.x.y as well as market.x."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[Import]:
    for node, inside in _walk(tree(path), False):
        name = str(path.relative_to(ROOT))
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, node.lineno, alias.name, inside)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(path, node)
            for alias in node.names:
                yield Import(name, node.lineno, f"{module}.{alias.name}", inside)


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    """The whole name of the imported module; `from .rows import x` counts from the file's package."""
    if node.level == 0:
        return node.module or ""
    package = path.relative_to(ROOT).parts[: -node.level]
    return ".".join((*package, *([node.module] if node.module else [])))


def _walk(node: ast.AST, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    yield node, inside
    deeper = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, deeper)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def part_of(path: Path) -> str:
    """market/needs/services.py -> needs; market/app.py -> app; matching/x.py -> matching."""
    pieces = path.relative_to(ROOT).parts
    if pieces[0] != "market":
        return pieces[0]
    return pieces[1].removesuffix(".py")


def room_of(path: Path) -> str:
    """The file name inside a part; a package in place of a file counts as that file."""
    pieces = path.relative_to(ROOT).parts
    return room_named((pieces[2] if len(pieces) > 2 else pieces[-1]).removesuffix(".py"))


def room_named(name: str) -> str:
    """`models_scenarios` is a part of the room `models`: a noun with too much in it for one file."""
    return name.split("_")[0] if name.startswith(("models_", "forms_", "queries_", "postings_")) else name
