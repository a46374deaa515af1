"""The chain finds what the triggers could not prevent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from market.core import db
from market.ledger import chain, chart, services
from market.ledger.chain import Leaf, LeafLine
from market.ledger.models import GENESIS
from market.ledger.types import credit, debit
from tests.ledger.tamper import tamper

LEAF = Leaf(
    organization_id=1,
    seq=1,
    number="JU/2026/000001",
    source="sale:1",
    effective_on=date(2026, 11, 22),
    recorded_at=datetime(2026, 11, 22, 7, 5, tzinfo=UTC),
    description_hash="",
    posted_by=2,
    reverses_id=None,
    lines=(LeafLine("1-1100", 5, "", None), LeafLine("4-1100", -5, "", 7)),
)


def test_the_form_that_is_hashed_never_changes():
    """Whoever changes this text breaks every chain that was ever written."""
    assert LEAF.canonical() == (
        '{"description":"","effective_on":"2026-11-22","lines":[["1-1100",5,"",null],["4-1100",-5,"",7]],'
        '"number":"JU/2026/000001","organization":1,"posted_by":2,'
        '"recorded_at":"2026-11-22T07:05:00.000000+00:00","reverses":null,"seq":1,"source":"sale:1","v":1}'
    )


@pytest.mark.parametrize(
    "change",
    [
        {"organization_id": 2},
        {"seq": 2},
        {"number": "JU/2026/000002"},
        {"source": "sale:2"},
        {"effective_on": date(2026, 11, 21)},
        {"recorded_at": datetime(2026, 11, 22, 7, 5, 0, 1, tzinfo=UTC)},
        {"description_hash": "x"},
        {"posted_by": None},
        {"reverses_id": 1},
        {"lines": LEAF.lines[::-1]},
    ],
)
def test_every_fact_is_in_the_hash(change):
    assert replace(LEAF, **change).hash(GENESIS) != LEAF.hash(GENESIS)


def test_the_entry_before_is_in_the_hash():
    assert LEAF.hash(GENESIS) != LEAF.hash("1" * 64)


# --- tampering ------------------------------------------------------------------------------------


@pytest.fixture
def chained(cast, draft):
    """Four committed entries of makmur, one of tetangga."""
    for number in range(4):
        with db.transaction():
            lines = [debit(chart.CASH, 5_000, "tunai"), credit(chart.SALES_MEMBERS, 5_000)]
            services.post(cast.budi, cast.makmur.id, draft(f"sale:{number}", lines=lines))
    with db.transaction():
        services.post(cast.wati, cast.tetangga.id, draft())
    return cast.makmur.id


def breaks(organization_id: int) -> list[tuple[int, str]]:
    with db.transaction(read_only=True):
        return [(found.seq, found.why) for found in chain.verify_chain(organization_id)]


def anchors() -> list[chain.Anchor]:
    with db.transaction(read_only=True):
        return chain.heads()


def test_honest_books_hold(chained, cast):
    assert breaks(chained) == []
    assert breaks(cast.tetangga.id) == []
    assert breaks(cast.lamongan.id) == [], "books that were never opened hold too"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE posting SET amount_rp = 2 * amount_rp WHERE entry_id = {id}",
        "UPDATE posting SET account_id = (SELECT id FROM ledger_account WHERE code = '1-1200'"
        " AND organization_id = {organization}) WHERE entry_id = {id} AND amount_rp > 0",
        "UPDATE posting SET counterparty_id = {organization} WHERE entry_id = {id} AND amount_rp > 0",
        "DELETE FROM posting WHERE entry_id = {id}",
        "UPDATE journal_entry SET effective_on = '2026-01-01' WHERE id = {id}",
        "UPDATE journal_entry SET posted_by = NULL WHERE id = {id}",
    ],
)
def test_an_edited_entry_is_found(chained, change):
    tamper(change.format(id=_id_of(chained, 2), organization=chained))
    assert breaks(chained) == [(2, "was changed after it was written")]


@pytest.mark.parametrize("table", ["journal_entry SET description", "posting SET memo"])
def test_a_changed_word_is_found_but_an_erased_one_holds(chained, table):
    number = _id_of(chained, 3)
    column = "id" if table.startswith("journal") else "amount_rp > 0 AND entry_id"
    tamper(f"UPDATE {table} = 'palsu' WHERE {column} = {number}")
    assert breaks(chained) == [(3, "has a text that was changed")]
    tamper(f"UPDATE {table} = NULL, salt = NULL WHERE {column} = {number}")
    assert breaks(chained) == []


def test_a_removed_entry_is_found(chained):
    number = _id_of(chained, 2)
    tamper(f"DELETE FROM posting WHERE entry_id = {number}", f"DELETE FROM journal_entry WHERE id = {number}")
    assert breaks(chained) == [(3, "entry 2 is missing"), (3, "does not name the entry before it")]


def test_a_cut_tail_is_found_by_the_head(chained):
    _cut_tail(chained)
    assert breaks(chained) == [(4, "the head is not the last entry (3)")]


def test_a_cut_tail_with_a_rewound_head_is_found_only_by_an_anchor(chained):
    written_down = anchors()
    _cut_tail(chained, rewind=True)
    assert breaks(chained) == [], "the chain alone cannot know"
    with db.transaction(read_only=True):
        found = chain.verify_anchors(written_down)
    assert [(b.organization_id, b.seq) for b in found] == [(chained, 4)]
    assert "gone" in found[0].why


def test_a_rewritten_history_is_found_by_an_anchor(chained, cast, draft):
    written_down = anchors()
    _cut_tail(chained, rewind=True)
    with db.transaction():
        services.post(cast.budi, chained, draft("sale:3", 9_999))
    assert breaks(chained) == []
    with db.transaction(read_only=True):
        assert ["differs" in found.why for found in chain.verify_anchors(written_down)] == [True]


def test_anchors_stay_true_while_the_books_grow(chained, cast, draft):
    written_down = anchors()
    with db.transaction():
        services.post(cast.budi, chained, draft("sale:9"))
    with db.transaction(read_only=True):
        assert chain.verify_anchors(written_down) == []
        assert chain.verify_anchors(chain.heads()) == []


def _id_of(organization_id: int, seq: int) -> int:
    with db.transaction(read_only=True):
        query = f"SELECT id FROM journal_entry WHERE organization_id = {organization_id} AND seq = {seq}"
        return db.session.connection().exec_driver_sql(query).scalar_one()


def _cut_tail(organization_id: int, rewind: bool = False) -> None:
    last = _id_of(organization_id, 4)
    head = (
        "UPDATE ledger_head SET seq = 3, hash = (SELECT prev_hash FROM journal_entry WHERE id = {0}),"
        " recorded_at = (SELECT recorded_at FROM journal_entry e WHERE e.seq = 3 AND e.organization_id = {1})"
        " WHERE organization_id = {1}"
    )
    tamper(
        *([head.format(last, organization_id)] if rewind else []),
        f"DELETE FROM posting WHERE entry_id = {last}",
        f"DELETE FROM journal_entry WHERE id = {last}",
        *(
            [
                "UPDATE ledger_account SET balance_rp = balance_rp * 3 / 4"
                f" WHERE organization_id = {organization_id}"
            ]
            if rewind
            else []
        ),
    )
