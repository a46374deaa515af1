"""The product speaks English to those who prefer it: every text, completely, with the same values in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from jinja2 import nodes

from market.core import i18n
from market.home.tasks import TASKS
from tests.house import messages, source
from tests.web.pages import environment

SPOKEN = set(messages.KEYWORDS)
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")
# What a call may not be given: nobody finds such a text in the source.
PIECES = ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp
HINT = "run `python -m tests.house.messages update` and fill in the empty ones"


@cache
def catalog() -> Catalog:
    return messages.english()


@cache
def compared() -> tuple[dict[messages.Pair, str], set[messages.Pair]]:
    return messages.differences(catalog())


# The catalogue is complete and no more than that


def test_every_message_of_the_product_is_in_the_english_catalogue() -> None:
    missing, _stale = compared()
    assert not missing, HINT


def test_the_catalogue_holds_no_message_that_nobody_says() -> None:
    _missing, stale = compared()
    assert not stale, HINT
    assert not catalog().obsolete, HINT


def test_a_number_before_an_english_plural_has_a_singular_as_well() -> None:
    counted = re.compile(r"(?:.*[:·(] ?)?%\((?:n|count)\)s (?!is|was|has)[a-z]+s\b")
    assert counted.match("%(n)s packs") and counted.match("Cart · %(count)s goods")
    alone = (entry for entry in messages.entries(catalog()) if not messages.pair_of(entry.id)[1])
    assert [entry.id for entry in alone if counted.match(messages.forms(entry.string)[0])] == [], "ngettext"


def test_one_of_something_is_one_in_english() -> None:
    with i18n.use_locale("en"):
        assert [i18n.ngettext("%(n)s kemasan", "%(n)s kemasan", n) for n in (1, 2)] == ["1 pack", "2 packs"]
        task = TASKS["assignment_waits"]
        assert task.say(task.reason, "x", 1).startswith("1 pack;")
        assert task.say(task.reason, "x", 1250).startswith("1.250 packs;")


def test_no_translation_is_missing_or_fuzzy() -> None:
    entries = messages.entries(catalog())
    assert len(entries) > 1000
    assert not [entry.id for entry in entries if entry.fuzzy]
    assert not [entry.id for entry in entries if not all(messages.forms(entry.string))]


def test_the_file_is_as_the_script_writes_it(tmp_path, monkeypatch) -> None:
    """Sorted, without dates and places, so that two people's additions do not collide."""
    before = messages.ENGLISH.read_bytes()
    known = {messages.pair_of(e.id): messages.forms(e.string) for e in messages.entries(catalog())}
    monkeypatch.setattr(messages, "ENGLISH", tmp_path / "messages.po")
    messages.write(known)
    assert messages.ENGLISH.read_bytes() == before, HINT


# A translation says what the text says


def test_the_placeholders_are_the_same_on_both_sides() -> None:
    wrong = []
    for entry in messages.entries(catalog()):
        for text, translated in zip(messages.forms(entry.id), messages.forms(entry.string), strict=True):
            if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(translated)):
                wrong.append((text, translated))
    assert not wrong


def test_a_translation_ends_and_is_spaced_as_its_text() -> None:
    """A sentence stays a sentence and a label a label; spaces that join pieces stay."""
    for entry in messages.entries(catalog()):
        for text, translated in zip(messages.forms(entry.id), messages.forms(entry.string), strict=True):
            assert text[-1] == translated[-1] or not {text[-1], translated[-1]} & set(".?!:"), text
            assert text[0].isspace() == translated[0].isspace(), text


# Texts that cannot be found cannot be translated


def _assembled(path: str) -> Iterator[str]:
    """Calls of gettext whose text is put together on the spot."""
    file = source.ROOT / path
    for node in ast.walk(source.tree(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN:
            yield from (f"{path}:{node.lineno}" for text in node.args[:1] if isinstance(text, PIECES))


@pytest.mark.parametrize(
    "part", sorted({path.relative_to(source.ROOT).parts[1] for path in source.python_files("market")})
)
def test_a_message_is_one_text_and_never_put_together(part: str) -> None:
    paths = [str(path.relative_to(source.ROOT)) for path in source.python_files("market")]
    mine = [path for path in paths if path.split("/")[1] == part]
    assert not [place for path in mine for place in _assembled(path)]


def test_a_message_of_a_template_is_one_text_and_never_put_together() -> None:
    found = []
    for path in sorted(messages.TEMPLATES.rglob("*.html")):
        for call in environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            spoken = isinstance(call.node, nodes.Name) and call.node.name in SPOKEN
            if spoken and isinstance(call.args[0], nodes.Concat | nodes.BinExpr | nodes.CondExpr):
                found.append(f"{path.name}:{call.lineno}")
    assert not found


# The language is the person's choice


def test_the_product_speaks_english_when_asked(client, cast) -> None:
    assert "<title>Masuk" in client.get("/masuk").get_data(as_text=True)
    client.post("/bahasa", {"locale": "en", "next": "/masuk"})
    page = client.get("/masuk").get_data(as_text=True)
    assert '<html lang="en"' in page
    assert "<title>Sign in" in page
    client.post("/bahasa", {"locale": "id"})
    assert "<title>Masuk" in client.get("/masuk").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/hari-ini", "/kebutuhan", "/buku/", "/stok", "/akun"])
def test_the_pages_of_a_cooperative_open_in_english(client, cast, address: str) -> None:
    client.login(cast.sri)
    client.post("/bahasa", {"locale": "en"})
    answer = client.get(address)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "Sign out" in page
    assert "Keluar" not in page


def test_one_thing_is_singular_and_more_are_plural_in_english() -> None:
    with i18n.use_locale("en"):
        said = [i18n.ngettext("%(n)s hari lalu", "%(n)s hari lalu", n) for n in (1, 2)]
    assert said == ["1 day ago", "2 days ago"]
