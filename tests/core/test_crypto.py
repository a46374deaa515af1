"""Secrets: sealed for one place, found by fingerprint, rotated without loss."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core import crypto
from market.core.crypto import Keys, Unreadable, blind_index, hash_token, reseal, same, seal, token, unseal

LETTERS = string.ascii_letters + string.digits + "-_"
PLACE: dict[str, Any] = {"table": "user", "column": "nik", "row": 7}
OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32


@pytest.fixture(autouse=True)
def _keys():
    crypto.configure(Keys({"k1": OLD}, "k1", INDEX))
    yield
    crypto.configure(None)


def test_a_sealed_field_opens_at_its_place_and_shows_nothing_outside():
    sealed = seal("3578010101900001", **PLACE)
    assert "3578" not in sealed
    assert unseal(sealed, **PLACE) == "3578010101900001"


@pytest.mark.parametrize("other", [{"table": "member"}, {"column": "phone"}, {"row": 8}, {"row": "7"}])
def test_a_sealed_field_copied_elsewhere_does_not_open(other):
    sealed = seal("rahasia", **PLACE)
    with pytest.raises(Unreadable):
        unseal(sealed, **(PLACE | other))


def test_places_cannot_be_confused_by_joining_their_names():
    sealed = seal("rahasia", table="ab", column="c", row=1)
    with pytest.raises(Unreadable):
        unseal(sealed, table="a", column="bc", row=1)


def test_every_altered_letter_is_noticed():
    """Also in the last letter, some of whose bits say nothing: every other letter is tried there."""
    sealed = seal("rahasia", **PLACE)
    last = len(sealed.rstrip("=")) - 1
    for i in range(len(sealed)):
        for letter in LETTERS if i == last else "AB":
            altered = sealed[:i] + letter + sealed[i + 1 :]
            if altered != sealed:
                with pytest.raises(Unreadable):
                    unseal(altered, **PLACE)


@pytest.mark.parametrize(
    "junk", ["", ".", "k1", "k1.", "k1.AAAA", "k9.AAAA", "k1.\ud800", "k1.é", "k1." + "A" * 40]
)
def test_junk_does_not_open_and_breaks_nothing(junk):
    with pytest.raises(Unreadable):
        unseal(junk, **PLACE)


@pytest.mark.parametrize("extra", ["!", "\n", " ", "=", "é"])
def test_a_sealed_field_has_one_spelling_only(extra):
    sealed = seal("rahasia", **PLACE)
    for spoilt in (sealed[:10] + extra + sealed[10:], sealed + extra, extra + sealed):
        with pytest.raises(Unreadable):
            unseal(spoilt, **PLACE)


def test_the_same_text_never_looks_the_same_twice():
    assert seal("a", **PLACE) != seal("a", **PLACE)


@given(st.text(max_size=200))
def test_every_text_comes_back_whole(plain):
    crypto.configure(Keys({"k1": OLD}, "k1", INDEX))
    assert unseal(seal(plain, **PLACE), **PLACE) == plain


def test_rotation_keeps_old_fields_readable_and_moves_them_to_the_new_key():
    sealed = seal("rahasia", **PLACE)
    crypto.configure(Keys({"k2": NEW, "k1": OLD}, "k2", INDEX))
    assert unseal(sealed, **PLACE) == "rahasia"
    assert crypto.needs_reseal(sealed)
    fresh = reseal(sealed, **PLACE)
    assert fresh.startswith("k2.")
    assert reseal(fresh, **PLACE) == fresh
    crypto.configure(Keys({"k2": NEW}, "k2", INDEX))
    assert unseal(fresh, **PLACE) == "rahasia"
    with pytest.raises(Unreadable):
        unseal(sealed, **PLACE)


def test_the_fingerprint_is_stable_across_rotation_and_differs_by_column_and_key():
    first = blind_index("3578", table="user", column="nik")
    assert len(first) == 64
    assert blind_index("3578", table="user", column="phone") != first
    crypto.configure(Keys({"k2": NEW}, "k2", INDEX))
    assert blind_index("3578", table="user", column="nik") == first
    crypto.configure(Keys({"k2": NEW}, "k2", b"j" * 32))
    assert blind_index("3578", table="user", column="nik") != first


@pytest.mark.parametrize(
    ("fields", "current", "index"),
    [
        ({"k1": OLD}, "k2", INDEX),
        ({"k1": b"short"}, "k1", INDEX),
        ({"k1": OLD}, "k1", b"short"),
        ({"K.1": OLD}, "K.1", INDEX),
        ({"k1": OLD}, "k1", OLD),
    ],
)
def test_unfit_keys_are_refused_at_the_start(fields, current, index):
    with pytest.raises(ValueError, match="key"):
        Keys(fields, current, index)


def test_keys_come_from_settings_and_never_show_themselves():
    old, new, index = crypto.new_key(), crypto.new_key(), crypto.new_key()
    keys = crypto.parse_keys(f"k2:{new}, k1:{old}", index)
    assert (keys.current, set(keys.fields)) == ("k2", {"k1", "k2"})
    assert "k2" in repr(keys)
    assert new not in repr(keys)
    assert not any(repr(secret) in repr(keys) for secret in (keys.index, *keys.fields.values()))


@pytest.mark.parametrize("fields", ["", "k1", "k1:", "k1:!!!!", "k1:AAAA", ":AAAA"])
def test_malformed_settings_are_refused(fields):
    with pytest.raises(ValueError):
        crypto.parse_keys(fields, crypto.new_key())


def test_the_same_key_id_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        crypto.parse_keys(f"k1:{crypto.new_key()},k1:{crypto.new_key()}", crypto.new_key())


def test_one_secret_gives_separate_keys_for_development():
    one, two = crypto.derive_keys("s" * 32), crypto.derive_keys("t" * 32)
    assert one.index not in one.fields.values()
    assert one == crypto.derive_keys("s" * 32)
    assert one.fields != two.fields


def test_without_keys_nothing_is_sealed():
    crypto.configure(None)
    with pytest.raises(RuntimeError):
        seal("a", **PLACE)


def test_tokens_are_long_unique_and_kept_only_as_a_hash():
    tokens = {token() for _i in range(1_000)}
    assert len(tokens) == 1_000
    assert min(map(len, tokens)) >= 43
    assert hash_token("a") == hash_token("a") != hash_token("b")
    assert "a" * 43 not in hash_token("a" * 43)


@pytest.mark.parametrize(
    ("one", "other", "equal"), [("a", "a", True), ("a", "b", False), ("é", "é", True), ("", "a", False)]
)
def test_comparison(one, other, equal):
    assert same(one, other) is equal


def test_comparison_survives_broken_letters():
    assert not same("\ud800", "a")
