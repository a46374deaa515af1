"""By hand an entry needs two people; a period once closed stays closed; shares may be a debt."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from market.core import clock, db, history
from market.core.errors import Forbidden, IllegalMove, NotFound, Refused
from market.ledger import chart, queries, services
from market.ledger.types import Unbalanced, credit, debit
from tests import factories

RENT = [debit(chart.RENT, 250_000, "kios"), credit(chart.CASH, 250_000)]


def propose(actor, lines=RENT, on=None, description="Sewa kios November"):
    return services.post_manual(actor, effective_on=on or clock.today(), description=description, lines=lines)


def waiting(actor) -> list[tuple]:
    query = queries.today(actor)
    return [] if query is None else [tuple(row) for row in db.session.execute(query)]


def test_an_entry_by_hand_waits_for_another_person(books, cast):
    draft = propose(cast.budi)
    assert queries.balance_rp(books, chart.RENT) == 0
    entry = services.decide_manual(cast.hadi, draft.id, approve=True)
    assert entry is not None and entry.source == f"journal_draft:{draft.id}"
    assert queries.balance_rp(books, chart.RENT) == 250_000
    assert (draft.state, draft.entry_id) == ("posted", entry.id)
    assert [line.memo for line in queries.entry_lines(entry.id)] == ["kios", None]


def test_the_one_who_wrote_it_cannot_approve_it(books, cast):
    draft = propose(cast.budi)
    with pytest.raises(Forbidden):
        services.decide_manual(cast.budi, draft.id, approve=True)
    with pytest.raises(NotFound):
        services.decide_manual(_chair_of(cast.tetangga), draft.id, approve=True)


def _chair_of(organization):
    return factories.actor("chair", organization)


def test_it_is_decided_once(books, cast):
    draft = propose(cast.budi)
    services.decide_manual(cast.hadi, draft.id, approve=True)
    for approve in (True, False):
        with pytest.raises((Refused, IllegalMove)):
            services.decide_manual(cast.hadi, draft.id, approve=approve, reason="lagi")


def test_a_refusal_has_a_reason_and_posts_nothing(books, cast):
    draft = propose(cast.budi)
    with pytest.raises(Refused):
        services.decide_manual(cast.hadi, draft.id, approve=False)
    assert services.decide_manual(cast.hadi, draft.id, approve=False, reason="nota belum ada") is None
    assert draft.state == "rejected"
    assert history.history_of(draft)[-1].reason == "nota belum ada"
    assert queries.balance_rp(books, chart.RENT) == 0


def test_the_second_person_finds_it_on_the_home_page(books, cast):
    draft = propose(cast.budi)
    assert [row[:2] + row[3:] for row in waiting(cast.hadi)] == [
        ("journal_draft", draft.id, "Sewa kios November", 250_000)
    ]
    assert waiting(cast.budi) == []
    services.decide_manual(cast.hadi, draft.id, approve=True)
    assert waiting(cast.hadi) == []


def test_after_three_days_it_must_be_proposed_again(books, cast):
    draft = propose(cast.budi)
    clock.travel(72 * 3600 + 1)
    assert waiting(cast.hadi) == []
    with pytest.raises(Refused):
        services.decide_manual(cast.hadi, draft.id, approve=True)
    services.renew_manual(cast.budi, draft.id)
    assert services.decide_manual(cast.hadi, draft.id, approve=True) is not None


def test_the_writer_takes_it_back(books, cast):
    draft = propose(cast.budi)
    services.withdraw_manual(cast.budi, draft.id)
    with pytest.raises(Refused):
        services.decide_manual(cast.hadi, draft.id, approve=True)
    assert waiting(cast.hadi) == []


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([debit(chart.RENT, 5), credit(chart.CASH, 4)], Unbalanced),
        ([debit("1-9999", 5), credit(chart.CASH, 5)], Refused),
        ([], Refused),
    ],
)
def test_what_could_not_be_posted_is_not_even_proposed(books, cast, lines, error):
    with pytest.raises(error):
        propose(cast.budi, lines)


def test_a_description_is_needed(books, cast):
    with pytest.raises(Refused) as caught:
        propose(cast.budi, description="  ")
    assert caught.value.field == "description"


def test_cash_spent_meanwhile_stops_the_approval(books, cast, draft):
    proposed = propose(cast.budi, [debit(chart.RENT, 900_000), credit(chart.CASH, 900_000)])
    services.post(
        cast.budi, books, draft("x:1", lines=[debit(chart.BANK, 500_000), credit(chart.CASH, 500_000)])
    )
    with pytest.raises(Refused, match="Kas"):
        services.decide_manual(cast.hadi, proposed.id, approve=True)


# --- periods and the chart ------------------------------------------------------------------------


@pytest.fixture
def december(books):
    """It is 5 December: November can be closed."""
    opened = clock.today()
    clock.travel(to=clock.start_of(date(opened.year, 12, 5)))
    yield date(opened.year, 11, 30)
    clock.reset()


def test_nothing_is_booked_into_a_closed_month(books, cast, draft, december):
    services.close_period(cast.budi, december)
    with pytest.raises(Refused):
        services.post(cast.budi, books, draft(on=december))
    assert services.post(cast.budi, books, draft(on=december + timedelta(days=1))).seq == 2


def test_the_closing_keeps_what_each_account_held(books, cast, december):
    period = services.close_period(cast.budi, december)
    assert period.balances == {chart.CASH: 1_000_000, chart.PRINCIPAL_SAVINGS: -1_000_000}
    assert period.closed_seq == 1


def test_the_chair_opens_the_last_month_again_with_a_reason(books, cast, draft, december):
    period = services.close_period(cast.budi, december)
    with pytest.raises(Forbidden):
        services.reopen_period(cast.budi, period.id, "lupa")
    with pytest.raises(Refused):
        services.reopen_period(cast.hadi, period.id, "")
    services.reopen_period(cast.hadi, period.id, "nota terlambat")
    services.post(cast.budi, books, draft(on=december))
    assert services.close_period(cast.budi, december).closed_seq == 2
    assert [change.to_state for change in history.history_of(period)] == ["open", "closed", "open", "closed"]


@pytest.mark.parametrize("day", [date(2026, 11, 29), date(2026, 12, 31)])
def test_only_a_whole_month_that_is_over_can_be_closed(books, cast, december, day):
    with pytest.raises(Refused):
        services.close_period(cast.budi, day.replace(year=december.year))


def test_what_is_closed_is_not_closed_again(books, cast, december):
    services.close_period(cast.budi, december)
    with pytest.raises(Refused):
        services.close_period(cast.budi, date(december.year, 10, 31))


def test_member_shares_are_equity_unless_the_accountant_says_otherwise(books, cast):
    assert queries.account(books, chart.PRINCIPAL_SAVINGS).kind == "equity"
    services.classify_member_shares(cast.hadi, "liability")
    assert queries.account(books, chart.PRINCIPAL_SAVINGS).kind == "liability"
    sheet = queries.balance_sheet(books, clock.today())
    assert (sheet.liabilities_rp, sheet.equity_rp, sheet.balanced) == (1_000_000, 0, True)


def test_books_may_be_opened_with_shares_as_a_debt(cast, transaction):
    services.open_books(cast.budi, cast.makmur.id, member_shares="liability")
    assert queries.account(cast.makmur.id, chart.MANDATORY_SAVINGS).kind == "liability"


def test_a_cooperative_adds_an_account_of_its_own(books, cast, draft):
    made = services.add_account(cast.budi, "1-1210", "Bank Jatim", "asset")
    assert made.side == "debit"
    services.post(cast.budi, books, draft(lines=[debit("1-1210", 10), credit(chart.CASH, 10)]))
    assert queries.balance_rp(books, "1-1210") == 10
    for code in ("1-1210", "11210", "1-12a0", "9-1000"):
        with pytest.raises(Refused):
            services.add_account(cast.budi, code, "Lagi", "asset")


def test_only_the_bookkeeper_or_the_platform_opens_books(cast, transaction):
    for stranger in (cast.sri, cast.wati, cast.joko):
        with pytest.raises(Forbidden):
            services.open_books(stranger, cast.makmur.id)
