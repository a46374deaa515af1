"""What is kept has one language: no text goes into books or histories in the actor's language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from market.core import i18n
from tests.house import source

KEEPS = {"advance", "start", "record", "OrderLine", "EntryDraft", "Line", "StateChange"}
"""Calls whose texts end up in a row."""
SPEAKS = {"_", "gettext", "ngettext", "lazy", "format_date", "format_datetime"}


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def spoken(text: str) -> Iterator[int]:
    """Lines where a text in the reader's language is handed to a call that keeps it."""
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call) and name_of(call) in KEEPS:
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            inside = (node for part in given for node in ast.walk(part))
            yield from (n.lineno for n in inside if isinstance(n, ast.Call) and name_of(n) in SPEAKS)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('states.advance(need, "expired", SYSTEM, _("lewat"))', [1]),
        ('EntryDraft("a:1", day, description=_("Saldo awal"), lines=[])', [1]),
        ('states.advance(need, "expired", SYSTEM, stored("lewat"))', []),
        ('raise Refused(_("Tulis alasannya."))', []),
    ],
)
def test_a_planted_text_in_the_wrong_language_is_found(text, faults):
    assert list(spoken(text)) == faults


def test_nothing_is_kept_in_the_language_of_whoever_acted():
    found = [
        f"{path.relative_to(source.ROOT)}:{line}"
        for path in source.python_files("market")
        for line in spoken(path.read_text(encoding="utf-8"))
    ]
    assert found == [], "use i18n.stored"


def test_postings_say_nothing_in_another_language():
    found = [
        str(Path(path).relative_to(source.ROOT))
        for path in source.python_files("market")
        if path.name == "postings.py" and "import _" in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_a_stored_text_is_indonesian_and_can_be_shown_in_another_language():
    with i18n.use_locale("en"):
        kept = i18n.stored("lewat 72 jam")
        assert kept == "lewat 72 jam" and i18n.gettext(kept) != kept
        assert i18n.stored("Penjualan %(number)s", number="PJ/1") == "Penjualan PJ/1"
