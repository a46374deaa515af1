"""The guide is true: its example runs, its commands exist, its files are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matching
from matching.cli import _parser
from matching.columns import SECTIONS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")


def test_the_example_runs_and_says_what_the_story_says() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert len([line for line in code.splitlines() if line]) <= 17
    found: dict[str, Any] = {}
    exec(code, found)
    # Eight sacks fewer from the cheaper mill, and the other one reaches its second tier.
    assert found["plan"].cost_rp == 40 * 295_000 + 40 * 299_000
    assert found["plan"].bound_rp == found["plan"].cost_rp


def test_every_command_of_the_matcher_is_in_the_guide() -> None:
    commands = next(a for a in _parser()._actions if a.choices and "solve" in a.choices).choices
    assert commands is not None
    assert [name for name in commands if f"python -m matching {name} " not in GUIDE] == []


def test_every_file_that_the_guide_names_is_there() -> None:
    names = set(re.findall(r"`(?:matching/|tests/matching/)?([a-z_]+\.py)`", GUIDE))
    folders = (ROOT / "matching", ROOT / "tests" / "matching")
    assert len(names) > 30
    assert [name for name in sorted(names) if not any((folder / name).exists() for folder in folders)] == []
    pictures = re.findall(r"\]\(([a-z0-9-]+\.svg)\)", GUIDE)
    assert [name for name in pictures if not (ROOT / "docs" / name).exists()] == []


def test_what_is_promised_at_import_is_there() -> None:
    assert set(matching.__all__) >= {"solve", "resolve", "check", "explain", "greedy", "alone", "compare"}
    assert {"trips", "fixed", "closed"} <= set(SECTIONS)
