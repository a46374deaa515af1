"""Opening balances from a sheet: everything wrong at once, posted once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from market.core import clock, sheets
from market.core.errors import Forbidden, NotFound, Refused
from market.core.permissions import SYSTEM
from market.ledger import chart, queries, services
from market.ledger.types import Unbalanced
from tests import factories

HEAD = ["Kode akun", "Nama akun", "Debit", "Kredit"]
GOOD = [
    [chart.CASH, "Kas", 1_500_000, None],
    [chart.INVENTORY, "Persediaan", 3_000_000, None],
    [chart.PRINCIPAL_SAVINGS, "Simpanan pokok", None, 4_500_000],
]


def upload(actor, rows=GOOD, filename="saldo.xlsx", on=None):
    data = sheets.write_xlsx("Saldo", HEAD, rows)
    return services.preview_opening(actor, data, filename, on or clock.today())


def test_what_was_read_is_shown_before_anything_is_posted(cast, transaction):
    staged = upload(cast.budi)
    assert (staged.faults, staged.difference_rp) == ([], 0)
    assert staged.rows[2] == [chart.PRINCIPAL_SAVINGS, -4_500_000, ""]
    assert queries.balance_rp(cast.makmur.id, chart.CASH) == 0
    entry = services.confirm_opening(cast.budi, staged.id)
    assert entry.source == f"opening:{clock.today().isoformat()}"
    assert queries.balance_rp(cast.makmur.id, chart.CASH) == 1_500_000


def test_every_fault_is_named_with_row_and_column(cast, transaction):
    staged = upload(
        cast.budi,
        [
            ["9-9999", "apa", 5, None],
            [chart.CASH, "Kas", "lima ribu", None],
            [chart.BANK, "Bank", 5, 5],
            [chart.BANK, "Bank", 5, None],
            [chart.BANK, "Bank lagi", 5, None],
            [None, "tanpa kode", 5, None],
        ],
    )
    assert [(row, column) for row, column, _message in staged.faults] == [
        (2, "Kode akun"),
        (3, "Debit"),
        (4, "Debit"),
        (6, "Kode akun"),
        (7, "Kode akun"),
    ]
    with pytest.raises(Refused, match="salah"):
        services.confirm_opening(cast.budi, staged.id)


def test_a_difference_is_shown_and_refused(cast, transaction):
    staged = upload(cast.budi, [*GOOD[:2], [chart.PRINCIPAL_SAVINGS, "", None, 4_400_000]])
    assert staged.difference_rp == 100_000
    with pytest.raises(Refused, match=r"Rp100\.000"):
        services.confirm_opening(cast.budi, staged.id)


def test_the_same_file_again_is_recognised(cast, transaction):
    first = upload(cast.budi)
    assert upload(cast.budi, filename="salinan.xlsx").id == first.id, "read anew, not twice"
    services.confirm_opening(cast.budi, first.id)
    with pytest.raises(Refused, match="sudah dibukukan"):
        upload(cast.budi)


def test_one_day_has_one_opening(cast, transaction):
    services.confirm_opening(cast.budi, upload(cast.budi).id)
    other = [[chart.BANK, "", 5, None], [chart.RESERVES, "", None, 5]]
    with pytest.raises(services.AlreadyPosted):
        services.confirm_opening(cast.budi, upload(cast.budi, other).id)
    yesterday = clock.today() - timedelta(days=1)
    assert services.confirm_opening(cast.budi, upload(cast.budi, other, on=yesterday).id).seq == 2


def test_it_is_confirmed_once(cast, transaction):
    staged = upload(cast.budi)
    services.confirm_opening(cast.budi, staged.id)
    with pytest.raises(services.AlreadyPosted):
        services.confirm_opening(cast.budi, staged.id)


def test_others_neither_see_nor_confirm_it(cast, transaction):
    staged = upload(cast.budi)
    with pytest.raises(Forbidden):
        services.confirm_opening(cast.sri, staged.id)
    with pytest.raises(Forbidden):
        upload(cast.kasir)
    with pytest.raises(NotFound):
        services.confirm_opening(factories.actor("treasurer", cast.tetangga), staged.id)


def test_tomorrow_is_no_day_for_an_opening(cast, transaction):
    with pytest.raises(Refused):
        upload(cast.budi, on=clock.today() + timedelta(days=1))


def test_the_platform_posts_openings_for_a_cooperative(cast, transaction):
    rows = [services.OpeningRow(chart.BANK, 7), services.OpeningRow(chart.GRANTS, -7)]
    services.import_opening(SYSTEM, rows, clock.today(), organization_id=cast.tetangga.id)
    assert queries.balance_rp(cast.tetangga.id, chart.BANK) == 7
    with pytest.raises(Unbalanced):
        services.import_opening(cast.budi, rows[:1], clock.today())


def test_a_member_of_one_cooperative_cannot_name_another(cast, transaction):
    rows = [services.OpeningRow(chart.BANK, 7), services.OpeningRow(chart.GRANTS, -7)]
    services.import_opening(cast.budi, rows, clock.today(), organization_id=cast.tetangga.id)
    assert queries.balance_rp(cast.tetangga.id, chart.BANK) == 0
    assert queries.balance_rp(cast.makmur.id, chart.BANK) == 7
