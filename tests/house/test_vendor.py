"""What others wrote is kept as it came, named with its licence, and small enough for a slow phone."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from typing import Any

import pytest

from tests.house.source import ROOT

STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
ENTRIES: list[dict[str, Any]] = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
FREE = {"0BSD", "MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "OFL-1.1"}

# Bytes on the wire: text compressed, the typeface as it is. Their sum leaves a first visit room for its page.
BUDGET = {
    "tokens.css+base.css": 8_192,
    "app.js": 2_560,
    "icons.svg": 2_560,
    "vendor/htmx-4.0.1/htmx.min.js": 14_000,
    "vendor/plus-jakarta-sans-5.3.0/plus-jakarta-sans.woff2": 15_500,
}


def on_the_wire(names: str) -> int:
    data = b"".join((STATIC / name).read_bytes() for name in names.split("+"))
    return len(data) if names.endswith(".woff2") else len(gzip.compress(data, 6))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["name"]))
def test_a_vendored_file_is_the_one_that_was_looked_at(entry: dict[str, Any]) -> None:
    digest = hashlib.sha384((VENDOR / entry["file"]).read_bytes()).digest()
    assert entry["sha384"] == "sha384-" + base64.b64encode(digest).decode()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["name"]))
def test_a_vendored_file_is_free_and_brings_its_licence(entry: dict[str, Any]) -> None:
    assert entry["licence"] in FREE
    assert len((VENDOR / entry["licence_file"]).read_text(encoding="utf-8")) > 300
    assert entry["version"] in entry["file"].split("/")[0], (
        "the folder names the version, so browsers may keep it"
    )


def test_nothing_lies_in_vendor_that_the_list_does_not_name() -> None:
    named = {entry[key] for entry in ENTRIES for key in ("file", "licence_file")} | {"vendor.json"}
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert there == named


@pytest.mark.parametrize("names", BUDGET)
def test_a_first_visit_stays_light(names: str) -> None:
    assert on_the_wire(names) <= BUDGET[names]


def test_the_whole_first_visit_without_its_page_is_under_forty_two_thousand_bytes() -> None:
    assert sum(map(on_the_wire, BUDGET)) <= 42_000


def test_style_sheets_fetch_only_what_is_here() -> None:
    for sheet in STATIC.rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8")):
            assert (sheet.parent / address).is_file(), f"{sheet.name} asks for {address}"


def test_our_script_neither_evaluates_nor_writes_code() -> None:
    script = (STATIC / "app.js").read_text(encoding="utf-8")
    assert not re.search(
        r"\beval\b|new Function|innerHTML|insertAdjacentHTML|document\.write|\.style\b", script
    )
