"""Words as people in the street spell them, folded so that one spelling finds the other.

Index and question go through the same fold, so a fold need not be right, only the same twice: "kerupuk",
"krupuk" and "kruppuk" are one word, so are "tempe" and "tempeh". What a fold cannot know (sembako is rice
and oil; telo is singkong) stands with its source in `market/data/search_words.csv`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from market import refdata

MOST_WORDS = 6
"""Words of a question that count; the others are not asked for."""
MOST_LETTERS = 24
SHORTEST_PREFIX = 3
SHORTEST_TYPO = 4
"""Below four letters nearly every word is one letter away from every other."""

_WORD = re.compile(r"[a-z0-9]+")
_OLD = (("oe", "u"), ("tj", "c"), ("dj", "j"), ("sj", "sy"))
"""Spelling before 1972, alive in names of food: loempia, djahe."""
_SOUNDS = (("q", "k"), ("x", "ks"), ("f", "p"), ("v", "p"), ("z", "s"), ("y", "i"), ("h", ""), ("ie", "i"))
_BETWEEN = re.compile(r"(?<=[bcdgjkpst])e(?=[rl])")
"""The weak e that people leave out: kerupuk, keripik, cokelat."""
_DOUBLE = re.compile(r"([a-z])\1+")
_SILENT = frozenset(
    ("dan", "yang", "yg", "di", "dari", "untuk", "utk", "dengan", "dgn", "ke", "atau", "the", "of", "and")
)


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text in their order, each once."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    found = (fold(word) for word in _WORD.findall(plain) if word not in _SILENT)
    return tuple(dict.fromkeys(word for word in found if word))


def indexed(*texts: str) -> str:
    """What the index keeps of some texts."""
    return " ".join(dict.fromkeys(word for text in texts for word in words(text)))


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """One way of writing for all ways of spelling a word of lower-case letters and digits."""
    if word.isdigit():
        return word[:MOST_LETTERS]
    plain = word[: 2 * MOST_LETTERS]
    for old, new in (*_OLD, *_SOUNDS):
        plain = plain.replace(old, new)
    plain = _DOUBLE.sub(r"\1", plain)
    plain = _BETWEEN.sub("", plain)
    return _ending(plain)[:MOST_LETTERS]


def _ending(word: str) -> str:
    """-nya and -an fall off a long word, ai and au at its end are e and o: gorengan, cabai, hijau."""
    for suffix in ("nya", "an"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            word = word.removesuffix(suffix)
    return {"ai": word[:-2] + "e", "au": word[:-2] + "o"}.get(word[-2:], word)


@cache
def _meanings() -> dict[str, tuple[str, ...]]:
    """Folded word -> other words that a person may mean by it."""
    found: dict[str, list[str]] = {}
    for row in refdata.search_words():
        (word,), others = words(row.word)[:1], [each for text in row.means for each in words(text)[:1]]
        found.setdefault(word, []).extend(others)
        if row.kind == "same":
            for other in others:
                found.setdefault(other, []).extend([word, *others])
    return {word: tuple(dict.fromkeys(w for w in others if w != word)) for word, others in found.items()}


def question(text: str) -> tuple[tuple[str, ...], ...]:
    """What is looked for: for each typed word the words that may answer it, its own first."""
    asked = words(text[:400])[:MOST_WORDS]
    return tuple((word, *_meanings().get(word, ())) for word in asked)


def near(word: str) -> tuple[str, ...]:
    """The word and what is left of it without one letter: two words one slip apart share one of these."""
    if len(word) < SHORTEST_TYPO or word.isdigit():
        return (word,)
    return tuple(dict.fromkeys((word, *(word[:at] + word[at + 1 :] for at in range(len(word))))))


def one_slip(typed: str, meant: str) -> bool:
    """Whether one letter too many, too few, wrong, or two letters swapped lie between the words."""
    if typed == meant:
        return True
    short, long = sorted((typed, meant), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long[at:]
