"""Posting: balanced, in order, once, never below zero, never into closed books."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, db, faults
from market.core.errors import NotFound, Refused
from market.core.faults import FaultInjected
from market.ledger import chain, chart, queries, services
from market.ledger.types import EntryDraft, Unbalanced, credit, debit


def test_an_entry_is_numbered_and_moves_both_accounts(books, cast, draft):
    entry = services.post(cast.budi, books, draft(amount_rp=5_000))
    assert entry.number.startswith(f"JU/{clock.today().year}/")
    assert entry.seq == 2, "the opening balance was the first"
    assert queries.balance_rp(books, chart.CASH) == 1_005_000
    assert queries.balance_rp(books, chart.SALES_MEMBERS) == -5_000


def test_the_first_entry_opens_the_books(cast, transaction, draft):
    services.post(cast.wati, cast.tetangga.id, draft())
    assert queries.balance_rp(cast.tetangga.id, chart.CASH) == 5_000
    assert len(queries.accounts(cast.tetangga.id)) == len(chart.DEFAULT_CHART)


def test_opening_the_books_twice_changes_nothing(books, cast):
    services.open_books(cast.budi, books)
    assert queries.balance_rp(books, chart.CASH) == 1_000_000


def test_a_draft_that_does_not_balance_cannot_even_be_made(draft):
    with pytest.raises(Unbalanced) as caught:
        draft(lines=[debit(chart.CASH, 5_000), credit(chart.SALES_MEMBERS, 4_999)])
    assert caught.value.detail["difference_rp"] == 1


def test_lines_of_zero_are_dropped(draft):
    lines = [debit(chart.CASH, 5), credit(chart.SALES_MEMBERS, 5), debit(chart.BANK, 0)]
    assert len(draft(lines=lines).lines) == 2


def test_an_entry_without_amounts_is_refused(books, cast, draft):
    with pytest.raises(Refused):
        services.post(cast.budi, books, draft(lines=[debit(chart.CASH, 0)]))


def test_a_source_is_posted_once(books, cast, draft):
    first = services.post(cast.budi, books, draft("sale:7"))
    with pytest.raises(services.AlreadyPosted) as caught:
        services.post(cast.budi, books, draft("sale:7", 9_000))
    assert caught.value.detail["entry_id"] == first.id
    assert queries.balance_rp(books, chart.CASH) == 1_005_000


def test_two_cooperatives_may_post_the_same_source(books, cast, draft):
    services.post(cast.budi, books, draft("round:7"))
    assert services.post(cast.wati, cast.tetangga.id, draft("round:7")).seq == 1


def test_an_unknown_account_is_refused(books, cast, draft):
    with pytest.raises(Refused, match="9-9999"):
        services.post(cast.budi, books, draft(lines=[debit("9-9999", 5), credit(chart.CASH, 5)]))


def test_cash_cannot_be_spent_that_is_not_there(books, cast, draft):
    too_much = [debit(chart.EXPENSES, 1_000_001), credit(chart.CASH, 1_000_001)]
    with pytest.raises(Refused, match=r"Rp1\.000\.000"):
        services.post(cast.budi, books, draft(lines=too_much))
    services.post(cast.budi, books, draft(lines=[debit(chart.EXPENSES, 10**6), credit(chart.CASH, 10**6)]))
    assert queries.balance_rp(books, chart.CASH) == 0


def test_within_one_entry_only_the_sum_on_an_account_counts(books, cast, draft):
    lines = [
        credit(chart.CASH, 1_500_000),
        debit(chart.CASH, 700_000),
        debit(chart.EXPENSES, 800_000),
    ]
    services.post(cast.budi, books, draft(lines=lines))
    assert queries.balance_rp(books, chart.CASH) == 200_000


def test_savings_cannot_be_paid_out_twice(books, cast, draft):
    twice = [debit(chart.PRINCIPAL_SAVINGS, 1_000_001), credit(chart.BANK, 1_000_001)]
    with pytest.raises(Refused, match="Simpanan pokok"):
        services.post(cast.budi, books, draft(lines=twice))


def test_tomorrow_cannot_be_booked_today(books, cast, draft):
    with pytest.raises(Refused):
        services.post(cast.budi, books, draft(on=clock.today() + timedelta(days=1)))


def test_an_amount_beyond_a_thousand_milliard_is_refused():
    with pytest.raises(Refused):
        debit(chart.CASH, 10**12 + 1)
    with pytest.raises(TypeError):
        debit(chart.CASH, 1.5)


def test_a_clock_that_is_set_back_does_not_fold_the_record(cast, draft):
    yesterday = clock.today() - timedelta(days=1)
    clock.travel(3600)
    ahead = _post_committed(cast, draft("sale:1", on=yesterday))
    clock.reset()
    after = _post_committed(cast, draft("sale:2", on=yesterday))
    assert after.recorded_at == ahead.recorded_at
    with _reading():
        assert chain.verify_chain(cast.makmur.id) == []


# --- reversal -------------------------------------------------------------------------------------


def test_a_reversal_is_the_exact_negation(books, cast, draft):
    sale = services.post(
        cast.budi,
        books,
        draft(
            lines=[
                debit(chart.CASH, 3_000, "tunai", cast.lamongan.id),
                debit(chart.BANK, 2_000),
                credit(chart.SALES_MEMBERS, 5_000, "beras"),
            ]
        ),
    )
    undone = services.reverse(cast.hadi, sale.id, "salah ketik")
    before = [(r.code, r.amount_rp, r.memo, r.counterparty_id) for r in queries.entry_lines(sale.id)]
    after = [(r.code, -r.amount_rp, r.memo, r.counterparty_id) for r in queries.entry_lines(undone.id)]
    assert before == after
    assert undone.reverses_id == sale.id
    assert "salah ketik" in (undone.description or "")
    assert queries.balance_rp(books, chart.CASH) == 1_000_000


def test_an_entry_is_reversed_once_and_a_reversal_never(books, cast, draft):
    sale = services.post(cast.budi, books, draft())
    undone = services.reverse(cast.budi, sale.id, "salah")
    for entry in (sale, undone):
        with pytest.raises(Refused):
            services.reverse(cast.budi, entry.id, "lagi")


def test_a_sale_cannot_be_reversed_once_its_cash_is_spent(books, cast, draft):
    sale = services.post(cast.budi, books, draft("sale:1", 500_000))
    services.post(
        cast.budi,
        books,
        draft("pay:1", lines=[debit(chart.EXPENSES, 1_200_000), credit(chart.CASH, 1_200_000)]),
    )
    with pytest.raises(Refused):
        services.reverse(cast.budi, sale.id, "batal")


def test_nobody_reverses_an_entry_of_other_books(books, cast, draft):
    sale = services.post(cast.budi, books, draft())
    with pytest.raises(NotFound):
        services.reverse(cast.wati, sale.id, "iseng")


def test_by_hand_only_what_no_document_stands_behind_and_by_another_person(books, cast, draft):
    sale = services.post(cast.budi, books, draft())
    with pytest.raises(Refused, match="dokumen"):
        services.reverse_by_hand(cast.hadi, sale.id, "salah")
    opening = queries.entry_by_source(books, f"opening:{clock.today().isoformat()}")
    assert opening is not None
    with pytest.raises(Refused, match="orang lain"):
        services.reverse_by_hand(cast.budi, opening.id, "salah")
    with pytest.raises(Refused):
        services.reverse_by_hand(cast.hadi, opening.id, "  ")
    services.reverse(cast.budi, sale.id, "dikembalikan")
    assert services.reverse_by_hand(cast.hadi, opening.id, "salah angka").reverses_id == opening.id


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ledger.before_entry", "ledger.after_postings", "ledger.before_head"])
def test_a_crash_anywhere_leaves_no_trace(name, database, cast, draft):
    from_before = _post_committed(cast, draft("sale:1"))
    with pytest.raises(FaultInjected), faults.armed(name):
        _post_committed(cast, draft("sale:2"))
    after = _post_committed(cast, draft("sale:2"))
    assert (after.seq, after.prev_hash) == (from_before.seq + 1, from_before.hash)
    assert int(after.number[-6:]) == int(from_before.number[-6:]) + 1, "the number was given back"
    with _reading():
        assert chain.verify_chain(cast.makmur.id) == []
        assert queries.balance_rp(cast.makmur.id, chart.CASH) == 10_000


def _post_committed(cast, draft: EntryDraft):
    with db.transaction():
        return services.post(cast.budi, cast.makmur.id, draft)


def _reading():
    return db.transaction(read_only=True)
