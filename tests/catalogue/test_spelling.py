"""Words that people spell in two ways are one word; words that differ stay two."""

from __future__ import annotations

import pytest

from market import refdata
from market.catalogue import spelling

ALIKE = [
    ("kerupuk", "krupuk"),
    ("kerupuk", "Kruppuk"),
    ("keripik", "kripik"),
    ("tempe", "tempeh"),
    ("cokelat", "coklat"),
    ("lumpia", "loempia"),
    ("jahe", "djahe"),
    ("hijau", "ijo"),
    ("cabai", "cabe"),
    ("gorengan", "goreng"),
    ("makanan", "makan"),
    ("brownies", "brownis"),
    ("kafe", "kape"),
    ("zaitun", "saitun"),
    ("siomay", "siomai"),
    ("crème", "creme"),
]
DIFFERENT = [("beras", "bakso"), ("tahu", "tempe"), ("kopi", "kapi"), ("roti", "rori"), ("5", "55")]
ONE_SLIP = [
    ("kripik", "kripuk"),
    ("sambal", "samba"),
    ("samba", "sambal"),
    ("smabal", "sambal"),
    ("abc", "abc"),
]
TWO_SLIPS = [("kripik", "krupuk"), ("sambal", "samlab"), ("sambal", "sam"), ("ab", "ba x"), ("", "ab")]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_two_spellings_of_a_word_are_one(one, other):
    assert spelling.words(one) == spelling.words(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_words_stay_two(one, other):
    assert spelling.words(one) != spelling.words(other)


def test_each_word_counts_once_and_small_words_not_at_all():
    assert spelling.words("Keripik dan kripik dari Bu Tini!") == (*spelling.words("keripik bu tini"),)


@pytest.mark.parametrize("odd", ["", "   ", "!!!", "😀😀", "日本語", "\u200b", "--", '"*:()'])
def test_what_holds_no_word_asks_nothing(odd):
    assert spelling.question(odd) == ()


def test_syntax_of_databases_is_only_words():
    asked = spelling.question("keripik' OR 1=1; DROP TABLE product --* NEAR(a b) {name}:x ^y")
    assert all(word.isalnum() and word.isascii() for group in asked for word in group)
    assert len(asked) <= spelling.MOST_WORDS


def test_a_very_long_question_is_cut():
    (group,) = spelling.question("x" * 100_000)
    assert len(group[0]) <= spelling.MOST_LETTERS
    assert len(spelling.question(" ".join(f"kata{n}" for n in range(90)))) == spelling.MOST_WORDS


def test_sembako_means_the_nine_needs_and_telo_is_singkong():
    assert {"bras", "miniak", "gula", "tlur"} <= set(spelling.question("sembako")[0])
    assert spelling.fold("singkong") in spelling.question("telo")[0]
    assert spelling.fold("telo") in spelling.question("singkong")[0]
    assert spelling.question("beras") == (("bras", "rice"),), "rice is not all of sembako"


@pytest.mark.parametrize(("typed", "meant"), ONE_SLIP)
def test_one_slip_is_forgiven(typed, meant):
    assert spelling.one_slip(typed, meant)


@pytest.mark.parametrize(("typed", "meant"), TWO_SLIPS)
def test_two_slips_are_another_word(typed, meant):
    assert not spelling.one_slip(typed, meant)


@pytest.mark.parametrize(
    ("typed", "meant"), [pair for pair in ONE_SLIP if len(pair[0]) > 4 and len(pair[1]) > 4]
)
def test_words_one_slip_apart_share_a_near_spelling(typed, meant):
    assert set(spelling.near(typed)) & set(spelling.near(meant))


def test_every_listed_word_says_where_it_comes_from_and_is_a_word():
    rows = refdata.search_words()
    assert len({row.word for row in rows}) == len(rows)
    for row in rows:
        assert row.source and row.means and row.kind in ("same", "group")
        assert spelling.words(row.word), row.word
