"""The published addresses are true: each is answered by its method, and its fields stand in a form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from market.app import ROOT

CONTRACT = yaml.safe_load((Path(__file__).parent / "routes.yml").read_text(encoding="utf-8"))


@pytest.fixture
def rules(app) -> set[tuple[str, str]]:
    plain = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
    return {
        (method, plain.sub(r"<\1>", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def test_every_published_address_is_answered_by_its_method(rules):
    missing = [name for name, said in CONTRACT.items() if (said["method"], said["path"]) not in rules]
    assert missing == []


def text_of(*folders: str) -> str:
    files = (
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".html")
    )
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


SOURCE = text_of("market", "templates")


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_published_fields_and_signs_are_in_the_product(name):
    for field in CONTRACT[name].get("fields", []):
        stem = re.split(r"_?\d|<", field)[0].rstrip("_")
        assert re.search(rf"\b{stem}", SOURCE), field
    testid = CONTRACT[name]["success"].get("testid")
    assert testid is None or f'testid="{testid}"' in SOURCE, testid
