"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from market.core import clock, db
from market.ledger import chart, services

HASH = "a" * 64


@pytest.fixture
def posted(cast, draft):
    """Two committed entries of makmur; returns the ids."""
    with db.transaction():
        services.post(cast.budi, cast.makmur.id, draft("sale:1"))
    with db.transaction():
        services.post(cast.budi, cast.makmur.id, draft("sale:2"))
    with db.transaction(read_only=True):
        return [row.id for row in db.session.execute(text("SELECT id FROM journal_entry ORDER BY seq"))]


def refused(statement: str, **values) -> str:
    """Run as the application would; the error it gets."""
    with pytest.raises(DBAPIError) as caught, db.transaction():
        db.session.execute(text(statement), values)
    return str(caught.value.orig)


@pytest.mark.parametrize("table", ["journal_entry", "posting"])
@pytest.mark.parametrize("verb", ["UPDATE {0} SET organization_id = organization_id", "DELETE FROM {0}"])
def test_what_is_written_is_never_changed_or_removed(posted, table, verb):
    assert "append-only" in refused(verb.format(table))


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["journal_entry", "posting", "ledger_head"])
def test_no_table_of_the_books_can_be_emptied(posted, table):
    assert "append-only" in refused(f"TRUNCATE {table} CASCADE")


def test_nothing_is_added_to_a_sealed_entry(posted):
    """A balanced pair more would still balance; the seal refuses it all the same."""
    statement = (
        "INSERT INTO posting (organization_id, entry_id, line, account_id, amount_rp, memo_hash)"
        " SELECT organization_id, entry_id, line + 10, account_id, amount_rp, '' FROM posting"
        " WHERE entry_id = :id"
    )
    assert "sealed" in refused(statement, id=posted[0])


ENTRY = (
    "INSERT INTO journal_entry (organization_id, seq, number, source, effective_on, description_hash,"
    " prev_hash, hash{more}) SELECT organization_id, seq + {step}, 'JU/X', 'x:1', {on}, '', hash,"
    " :hash{value} FROM ledger_head"
)


def entry(more: str = "", value: str = "", step: int = 1, on: str = "'2026-01-01'") -> str:
    return ENTRY.format(more=more, value=value, step=step, on=on)


def test_an_entry_must_follow_the_head(posted):
    assert "follow" in refused(entry(step=2), hash=HASH)


@pytest.mark.parametrize("at", ["2020-01-01 00:00:00.000000+00:00", "2099-01-01 00:00:00.000000+00:00"])
def test_nobody_chooses_the_instant_of_recording(posted, at):
    """Neither back (which also would not follow) nor ahead."""
    answer = refused(entry(", recorded_at", ", :at"), hash=HASH, at=at)
    assert "time of the ledger" in answer or "follow" in answer


def test_the_head_cannot_be_moved_by_hand(posted):
    for change in ("seq = seq + 1", "seq = seq - 1", "hash = :hash"):
        assert "head" in refused(f"UPDATE ledger_head SET {change}", hash=HASH)
    refused("DELETE FROM ledger_head")


def test_an_entry_that_does_not_balance_cannot_be_sealed(posted):
    with pytest.raises(DBAPIError) as caught, db.transaction():
        db.session.execute(text(entry()), {"hash": HASH})
        db.session.execute(
            text(
                "INSERT INTO posting (organization_id, entry_id, line, account_id, amount_rp, memo_hash)"
                " SELECT e.organization_id, e.id, a.id, a.id, 5, '' FROM journal_entry e"
                " JOIN ledger_account a ON a.organization_id = e.organization_id"
                f" WHERE e.number = 'JU/X' AND a.code IN ('{chart.CASH}', '{chart.BANK}')"
            )
        )
        db.session.execute(
            text(
                "UPDATE ledger_head SET seq = seq + 1, hash = :hash,"
                " recorded_at = (SELECT recorded_at FROM journal_entry WHERE number = 'JU/X')"
            ),
            {"hash": HASH},
        )
    assert "balanced" in str(caught.value.orig)


@pytest.mark.postgresql
def test_an_entry_without_its_seal_is_found_at_the_commit(posted):
    assert "add up" in refused(entry(), hash=HASH)


def test_an_account_keeps_its_code(posted):
    assert "keeps its code" in refused("UPDATE ledger_account SET code = '1-9999' WHERE code = '1-1200'")


def test_the_row_itself_refuses_negative_cash(posted):
    assert "non_negative" in refused("UPDATE ledger_account SET balance_rp = -1 WHERE code = '1-1100'")


def test_a_closed_period_is_closed_for_the_database_too(posted):
    with db.transaction():
        db.session.execute(
            text(
                "INSERT INTO ledger_period (organization_id, ends_on, state)"
                " SELECT organization_id, '2026-01-31', 'closed' FROM ledger_head"
            )
        )
    assert "closed" in refused(entry(), hash=HASH)
    assert clock.today().isoformat() > "2026-01-31"
