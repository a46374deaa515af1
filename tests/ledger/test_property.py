"""Whatever is posted and reversed in whatever order, the books stay balanced, kept and chained."""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from market.core import clock, db
from market.core.errors import Refused
from market.ledger import chain, chart, queries, services
from market.ledger.types import EntryDraft, Line

CODES = [
    chart.CASH,
    chart.BANK,
    chart.INVENTORY,
    chart.PAYABLE_SUPPLIERS,
    chart.PRINCIPAL_SAVINGS,
    chart.RENT,
]
_numbers = count(1)


@some.composite
def lines(draw) -> list[Line]:
    """Two to six lines that balance: the last one takes the rest."""
    amounts = draw(some.lists(some.integers(-(10**9), 10**9), min_size=1, max_size=5))
    codes = draw(some.lists(some.sampled_from(CODES), min_size=len(amounts) + 1, max_size=len(amounts) + 1))
    rest = -sum(amounts)
    memo = draw(some.sampled_from(["", "nota", "Rp 5 – “beras”"]))
    return [Line(code, rp, memo) for code, rp in zip(codes, [*amounts, rest], strict=True)]


step = some.tuples(lines(), some.one_of(some.none(), some.integers(0, 20)))
"""What is posted, and which of the earlier entries is reversed after it, if any."""


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=some.lists(step, min_size=1, max_size=12))
def test_random_entries_and_reversals_keep_the_books(cast, steps):
    with db.transaction():
        organization_id, posted = cast.makmur.id, []
        for draft_lines, back in steps:
            draft = EntryDraft(f"random:{next(_numbers)}", clock.today(), "acak", draft_lines)
            posted += _try(lambda draft=draft: services.post(cast.budi, organization_id, draft))
            if back is not None and back < len(posted):
                _try(lambda entry=posted[back]: services.reverse(cast.hadi, entry.id, "acak"))
        trial, kept = queries.movements_rp(organization_id), queries.trial_balance(organization_id)
        assert kept.balanced and sum(trial.values()) == 0
        assert {row.code: row.balance_rp for row in kept.rows} == {c: rp for c, rp in trial.items() if rp}
        assert all(queries.balance_rp(organization_id, code) >= 0 for code in [chart.CASH])
        assert queries.balance_rp(organization_id, chart.PRINCIPAL_SAVINGS) <= 0
        assert chain.verify_chain(organization_id) == []
        assert queries.balance_sheet(organization_id, clock.today()).balanced


def _try(act) -> list:
    """The entry, or nothing when the books refuse it; a refusal must leave no trace."""
    try:
        return [act()]
    except Refused:
        return []
