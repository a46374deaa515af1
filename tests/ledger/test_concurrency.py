"""Many writers at once: no gap, no double, no cash that was not there, no dead end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from market.core import clock, db
from market.core.errors import Refused
from market.ledger import chain, chart, queries, services
from market.ledger.types import EntryDraft, credit, debit

WRITERS = 4


def together(act, count: int) -> list:
    """Call `act(number)` from several threads, each in its own transaction."""

    def one(number: int):
        try:
            with db.transaction():
                return act(number)
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(count)))


def post(cast, organization_id, source, lines):
    return services.post(cast.budi, organization_id, EntryDraft(source, clock.today(), source, lines))


@pytest.fixture
def funded(cast):
    with db.transaction():
        lines = [debit(chart.CASH, 10_000), credit(chart.GRANTS, 10_000)]
        post(cast, cast.makmur.id, "grant:1", lines)
    return cast.makmur.id


def test_the_chain_has_no_gap_and_no_fork(funded, cast):
    lines = [debit(chart.BANK, 7), credit(chart.OTHER_INCOME, 7)]
    together(lambda number: post(cast, funded, f"gift:{number}", lines).seq, 40)
    with db.transaction(read_only=True):
        assert queries.head(funded).seq == 41
        assert chain.verify_chain(funded) == []
        assert queries.balance_rp(funded, chart.BANK) == 280


def test_the_same_document_is_posted_once(funded, cast):
    lines = [debit(chart.BANK, 7), credit(chart.OTHER_INCOME, 7)]
    answers = together(lambda _number: post(cast, funded, "gift:1", lines).seq, 8)
    assert answers.count(2) == 1
    assert sum(isinstance(answer, services.AlreadyPosted) for answer in answers) == 7


def test_cash_is_not_spent_twice(funded, cast):
    lines = [debit(chart.RENT, 3_000), credit(chart.CASH, 3_000)]
    answers = together(lambda number: post(cast, funded, f"rent:{number}", lines).seq, 10)
    assert sum(isinstance(answer, int) for answer in answers) == 3
    with db.transaction(read_only=True):
        assert queries.balance_rp(funded, chart.CASH) == 1_000


def test_books_are_opened_once_by_two_first_writers(cast):
    lines = [debit(chart.BANK, 7), credit(chart.OTHER_INCOME, 7)]
    answers = together(lambda number: post(cast, cast.tetangga.id, f"gift:{number}", lines).seq, 8)
    assert sorted(answers) == list(range(1, 9))
    with db.transaction(read_only=True):
        assert chain.verify_chain(cast.tetangga.id) == []


def test_an_entry_is_reversed_by_one_of_many(funded, cast):
    with db.transaction(read_only=True):
        grant = queries.entry_by_source(funded, "grant:1")
    answers = together(lambda _number: services.reverse(cast.hadi, grant.id, "salah").seq, 6)
    assert sum(isinstance(answer, int) for answer in answers) == 1
