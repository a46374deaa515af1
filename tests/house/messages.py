"""Every text the product says, and the English catalogue beside it.

`python -m tests.house.messages` prints what the catalogue lacks and what it holds although nobody says it
any more; with `update` it also drops the stale texts and adds the missing ones without a translation.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from tests.house import source

TEMPLATES = source.ROOT / "templates"
ENGLISH = source.ROOT / "market" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
ONE, MANY = None, (1, 2)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "lazy", "stored"), ONE),
    **dict.fromkeys(("ngettext", "lazy_counted"), MANY),
}
# As in market/app.py: what the template engine trims is trimmed from the texts as well.
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
# Without dates and tool versions, so that a written file differs only by its texts.
HEADER = b"""# English texts of Lumbung. The msgid is the Indonesian text itself.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

# A text and its plural ("" for a text without one).
Pair = tuple[str, str]


def said() -> dict[Pair, str]:
    """Every message of the product and the first place that says it.

    A text said both with and without a plural is one entry, the one with the plural: it serves both.
    """
    found: dict[Pair, str] = {}
    for path in source.python_files("market"):
        _gather(found, path, "python", {})
    for path in sorted(TEMPLATES.rglob("*.html")):
        _gather(found, path, "jinja2", JINJA)
    with_plural = {text for text, plural in found if plural}
    return {pair: place for pair, place in found.items() if pair[1] or pair[0] not in with_plural}


def _gather(found: dict[Pair, str], path: Path, method: str, options: dict[str, str]) -> None:
    stream = io.BytesIO(path.read_bytes())
    for line, texts, _comments, _context in extract(method, stream, KEYWORDS, options=options):
        pair = pair_of(texts)
        if pair[0]:
            found.setdefault(pair, f"{path.relative_to(source.ROOT)}:{line}")


def pair_of(text: str | list[str] | tuple[str, ...]) -> Pair:
    """A msgid as babel gives it, as a pair."""
    return (text, "") if isinstance(text, str) else (text[0], text[1])


def english() -> Catalog:
    """The English catalogue as it stands in the source."""
    with ENGLISH.open("rb") as stream:
        return read_po(stream, locale="en")


def entries(catalog: Catalog) -> list[Message]:
    """The messages of a catalogue without its header."""
    return [entry for entry in catalog if entry.id]


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A msgid or msgstr as the tuple of its forms: one, or singular and plural."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def differences(catalog: Catalog) -> tuple[dict[Pair, str], set[Pair]]:
    """What is said but not in the catalogue (with its place), and what is in it but not said."""
    now, there = said(), {pair_of(entry.id) for entry in entries(catalog)}
    return {pair: now[pair] for pair in now if pair not in there}, there - set(now)


def write(translations: dict[Pair, tuple[str, ...]]) -> None:
    """Write the catalogue, sorted by text; an empty translation stays to be filled in."""
    catalog = Catalog(locale="en")
    for (text, plural), translated in translations.items():
        catalog.add((text, plural) if plural else text, translated if plural else translated[0])
    body = io.BytesIO()
    write_po(body, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    ENGLISH.write_bytes(HEADER + body.getvalue().strip() + b"\n")


def update() -> None:
    """Drop what nobody says any more, add what is new with an empty translation."""
    catalog = english()
    known = {pair_of(entry.id): forms(entry.string) for entry in entries(catalog)}
    empty = {pair: ("", "") if pair[1] else ("",) for pair in said()}
    write({pair: known.get(pair, nothing) for pair, nothing in empty.items()})


def lines(catalog: Catalog) -> Iterator[str]:
    """The report: one line for every text that is missing, untranslated or stale."""
    missing, stale = differences(catalog)
    for pair, place in sorted(missing.items()):
        yield f"missing {pair!r} ({place})"
    for entry in entries(catalog):
        if not all(forms(entry.string)):
            yield f"empty   {pair_of(entry.id)!r}"
    for pair in sorted(stale):
        yield f"stale   {pair!r}"


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    for each in lines(english()):
        print(each)
