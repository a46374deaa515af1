"""Accounts get their line from a day on, notes are kept by year; who may, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from market.core import db, faults
from market.core.errors import Forbidden, NotFound, Refused
from market.ledger import chart as accounts
from market.ledger import services as ledger
from market.ledger.types import credit, debit
from market.statements import queries, services
from market.statements.types import Period, period_of
from tests import factories
from tests.statements.conftest import NOW, post

Y2025, Y2026 = period_of("2025"), period_of("2026")


def place(
    cast, code=accounts.CYLINDERS, line="fixed_assets", cash_line="", on=date(2026, 7, 1), reason="audit"
):
    return services.place_account(cast.budi, code, line, cash_line, on, reason)


def test_an_account_moves_to_its_new_line_from_the_day_on(books, cast):
    post(cast, "tube:1", date(2026, 5, 1), debit(accounts.CYLINDERS, 30_000), credit(accounts.CASH, 30_000))
    place(cast)
    before = queries.pack(books, Period(date(2026, 1, 1), date(2026, 6, 30)))
    after = queries.pack(books, Y2026)
    assert (before.position.rp("containers"), before.position.rp("fixed_assets")) == (30_000, 240_000)
    assert (after.position.rp("containers"), after.position.rp("fixed_assets")) == (0, 270_000)
    assert before.faults == after.faults == []


def test_the_newest_word_about_an_account_counts(books, cast):
    place(cast, accounts.BANK_LOAN, "other_liabilities")
    place(cast, accounts.BANK_LOAN, "other_current_liabilities", "other_financing")
    found = queries.pack(books, Y2026)
    assert found.position.rp("loans") == 0
    assert found.position.rp("other_current_liabilities") == 400_000
    assert (found.cash.rp("loans_cash"), found.cash.rp("other_financing")) == (0, 400_000)
    assert [row.StatementPlace.line for row in queries.history(books)] == [
        "other_current_liabilities",
        "other_liabilities",
    ]


def test_member_savings_become_a_debt_from_the_day_on_that_the_accountant_says(books, cast):
    place(cast, accounts.MANDATORY_SAVINGS, "share_liabilities")
    found = queries.pack(books, Y2026)
    assert found.position.rp("share_liabilities") == 75_000 and found.faults == []
    assert queries.pack(books, Period(date(2026, 1, 1), date(2026, 6, 30))).position.rp("mandatory") == 75_000


def test_a_fault_is_gone_once_the_account_has_a_line(books, cast):
    ledger.add_account(cast.budi, "1-3100", "Penyertaan", "asset")
    post(cast, "stake:1", date(2026, 7, 1), debit("1-3100", 25_000), credit(accounts.CASH, 25_000))
    place(cast, "1-3100", "other_assets", "for_other_assets", date(2026, 7, 1))
    found = queries.pack(books, Y2026)
    assert list(found.unplaced) == [] and found.position.rp("other_assets") == 25_000
    assert found.cash.rp("for_other_assets") == -25_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"line": "wages"}, "line"),
        ({"line": "unheard_of"}, "line"),
        ({"cash_line": "unheard_of"}, "cash_line"),
        ({"on": date(2026, 11, 24)}, "valid_from_on"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_line_that_cannot_be_is_refused_at_its_field(books, cast, changes, field):
    with pytest.raises(Refused) as refused:
        place(cast, **changes)
    assert refused.value.field == field


def test_closed_books_keep_their_lines(books, cast):
    ledger.close_period(cast.budi, date(2026, 9, 30))
    with pytest.raises(Refused, match="ditutup"):
        place(cast, on=date(2026, 9, 30))
    place(cast, on=date(2026, 10, 1))


def test_only_who_keeps_the_books_moves_accounts_and_writes_notes(books, cast):
    supervisor = factories.actor("supervisor", cast.makmur)
    for person in (cast.hadi, supervisor, cast.kasir, cast.wati):
        with pytest.raises(Forbidden):
            services.place_account(person, accounts.CASH, "cash", "", NOW, "coba")
        with pytest.raises(Forbidden):
            services.write_note(person, 2026, "general", "coba")


def test_an_account_of_other_books_is_not_found(books, cast):
    theirs = factories.actor("treasurer", cast.tetangga)
    with pytest.raises(NotFound):
        services.place_account(theirs, accounts.CASH, "cash", "", NOW, "coba")


def test_what_was_said_about_an_account_is_never_rewritten(books, cast):
    row = place(cast)
    for statement in (
        f"UPDATE statement_place SET line = 'cash' WHERE id = {row.id}",
        "DELETE FROM statement_place",
    ):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text(statement))


@pytest.mark.parametrize("point", ["statements.placed", "statements.noted"])
def test_a_crash_after_the_writing_leaves_nothing_behind(kept, cast, point):
    acts = {
        "statements.placed": lambda: place(cast),
        "statements.noted": lambda: services.write_note(cast.budi, 2026, "further", "hilang"),
    }
    with faults.armed(point), pytest.raises(faults.FaultInjected), db.transaction():
        acts[point]()
    with db.transaction(read_only=True):
        assert queries.history(kept) == [] and notes(kept)["further"].words == ""


# --- notes -----------------------------------------------------------------------------------------


def notes(books, period=Y2026, other=Y2025):
    return {note.key: note for note in queries.notes(books, queries.books(books, period, other))}


def test_words_are_kept_by_year_and_offered_the_year_after(books, cast):
    services.write_note(cast.budi, 2025, "further", "Tidak ada sengketa.")
    assert notes(books, Y2025)["further"].words == "Tidak ada sengketa."
    this = notes(books)["further"]
    assert (this.words, this.suggested) == ("", "Tidak ada sengketa.")
    services.write_note(cast.budi, 2026, "further", "Sewa kios habis 2027.")
    services.write_note(cast.budi, 2026, "further", "Sewa kios habis Maret 2027.")
    assert notes(books)["further"].words == "Sewa kios habis Maret 2027."
    assert notes(books, Y2025)["further"].words == "Tidak ada sengketa."
    assert notes(cast.tetangga.id)["further"].words == ""


def test_a_note_that_there_is_not_is_not_found(books, cast):
    for year, key in ((2026, "jokes"), (1999, "general")):
        with pytest.raises(NotFound):
            services.write_note(cast.budi, year, key, "x")


def test_every_breakdown_adds_up_to_its_line_of_the_position(books):
    papers, found = queries.pack(books, Y2026, Y2025), notes(books)
    for key in ("cash", "receivables", "inventory", "payables"):
        assert found[key].sum_rp == papers.position.rp(key), key
        assert (found[key].then_sum_rp or 0) == papers.position.then_rp(key), key
    assert found["savings"].sum_rp == 775_000
    assert found["sales"].sum_rp == papers.result.rp("member_margin") + papers.result.rp("other_margin")


def test_debts_are_told_by_whom_they_are_owed_to(books, cast):
    lines = [
        debit(accounts.INVENTORY, 60_000),
        credit(accounts.PAYABLE_SUPPLIERS, 60_000, "", cast.lamongan.id),
    ]
    post(cast, "bill:9", date(2026, 9, 1), *lines)
    rows = {each.label: each.now_rp for each in notes(books)["payables"].details}
    assert rows == {cast.lamongan.name: 60_000, "Lainnya": 100_000}


def test_the_policies_say_how_member_savings_are_shown(books, cast):
    assert any("sebagai ekuitas" in line for line in notes(books)["policies"].sentences)
    ledger.classify_member_shares(cast.hadi, "liability")
    assert any("sebagai liabilitas" in line for line in notes(books)["policies"].sentences)
