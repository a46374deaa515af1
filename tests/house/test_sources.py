"""Every entry of the books leads to its document, or says why it has none."""

from __future__ import annotations

import ast

from market.ledger.routes.base import NO_PAGE, OWN_SOURCES
from market.wiring import SOURCE_PAGES
from tests.house import source

DRAFTS = {"EntryDraft": 0}
"""What makes an entry, and where its source stands among the arguments."""


def kinds_posted() -> dict[str, str]:
    """Kind of source -> where the product posts it; a source that is not written out is a fault."""
    found: dict[str, str] = {}
    for path in source.python_files("market"):
        if "benchmarks" in path.parts:
            continue  # books of nobody
        for node in ast.walk(source.tree(path)):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if not isinstance(node, ast.Call) or name not in DRAFTS:
                continue
            where = f"{path.relative_to(source.ROOT)}:{node.lineno}"
            said = next((k.value for k in node.keywords if k.arg == "source"), None) or node.args[0]
            kind = _kind(said)
            assert kind, f"{where}: the kind of a source is written out"
            found[kind] = where
    return found


def _kind(said: ast.expr) -> str:
    first = said.values[0] if isinstance(said, ast.JoinedStr) and said.values else said
    text = first.value if isinstance(first, ast.Constant) else ""
    return str(text).partition(":")[0] if ":" in str(text) else ""


def test_every_kind_of_entry_leads_to_a_page_or_says_why_not():
    known = SOURCE_PAGES.keys() | OWN_SOURCES.keys() | NO_PAGE.keys()
    missing = {kind: where for kind, where in kinds_posted().items() if kind not in known}
    assert missing == {}
    assert len(kinds_posted()) > 40


def test_the_pages_of_sources_exist_and_take_a_number(app):
    views = [*(page[1:] for page in SOURCE_PAGES.values()), *OWN_SOURCES.values()]
    for endpoint, argument in views:
        rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint]
        assert rules, endpoint
        assert any(rule.arguments == {argument} for rule in rules), endpoint


def test_a_reason_is_given_only_where_there_is_no_page():
    assert NO_PAGE.keys() & (SOURCE_PAGES.keys() | OWN_SOURCES.keys()) == set()
    assert all(str(reason).strip() for reason in NO_PAGE.values())
