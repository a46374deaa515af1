"""Functions stay readable at a glance, files in one sitting."""

from __future__ import annotations

from statistics import median

from tests.house import source

MAX_FUNCTION, MAX_FILE = 70, 400
FOLDERS = ("market", "matching")
LISTS = ("market/migrations/versions/",)
"""Generated lists of tables: long by nature."""


def lengths() -> dict[str, int]:
    found = {}
    for path in source.python_files(*FOLDERS):
        name = str(path.relative_to(source.ROOT))
        if not name.startswith(LISTS):
            for function in source.functions(path):
                found[f"{name}:{function.name}"] = (function.end_lineno or 0) - function.lineno + 1
    return found


def test_no_function_is_longer_than_a_screen():
    assert {name: size for name, size in lengths().items() if size > MAX_FUNCTION} == {}


def test_the_usual_function_is_short():
    assert median(lengths().values()) <= 10


def test_no_file_outgrows_its_noun():
    sizes = {
        str(path.relative_to(source.ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in source.python_files(*FOLDERS, "tests")
    }
    long = {name: size for name, size in sizes.items() if size > MAX_FILE and not name.startswith(LISTS)}
    assert long == {}


def test_every_part_says_what_it_is_for():
    for path in source.python_files("market"):
        if path.name == "__init__.py" and path.parent.name not in ("market", "versions"):
            assert source.tree(path).body, f"{path.parent.name}/__init__.py is silent"
