"""The statements in a browser: who reads them, what is shown, what leaves as PDF and XLSX."""

from __future__ import annotations

import io

import openpyxl
import pytest

from market.core import db
from market.ledger import chart as accounts
from market.ledger import queries as ledger
from market.ledger import services as books
from market.ledger.types import credit, debit
from market.statements import queries
from tests import factories
from tests.statements.conftest import NOW, post
from tests.support import papers as printed

PAPERS = ["posisi", "hasil", "arus-kas", "ekuitas", "catatan", "neraca-saldo"]
PAGES = [
    "/buku/laporan/",
    *(f"/buku/laporan/{paper}" for paper in PAPERS),
    "/buku/laporan/baris",
    "/buku/laporan/angka/assets",
    f"/buku/laporan/buku-besar/{accounts.CASH}",
    "/buku/laporan/lengkap.pdf",
    "/buku/laporan/lengkap.xlsx",
    "/buku/laporan/buku-besar.xlsx",
]


def committed(role, organization):
    with db.transaction():
        return factories.actor(role, organization)


@pytest.mark.parametrize("path", PAGES)
def test_treasurer_chair_and_supervisor_read_and_the_cashier_does_not(path, kept, browsers, cast):
    for person in (
        cast.budi,
        cast.hadi,
        committed("supervisor", cast.makmur),
        committed("lurah", cast.makmur),
    ):
        assert browsers(person).get(path).status_code == 200, person.role
    for person in (cast.kasir, cast.joko, cast.ratna):
        assert browsers(person).get(path).status_code == 403


def test_another_cooperative_reads_its_own_books_only(kept, browsers, cast):
    theirs = browsers(committed("treasurer", cast.tetangga))
    assert theirs.get(f"/buku/laporan/buku-besar/{accounts.CASH}").status_code == 404
    page = theirs.get("/buku/laporan/").get_data(as_text=True)
    assert 'data-testid="assets">0<' in page and "1.865.000" not in page


def test_the_overview_says_that_the_papers_agree(kept, browsers, cast):
    page = browsers(cast.sri).get("/buku/laporan/?periode=2026").get_data(as_text=True)
    assert 'data-testid="assets">1.865.000<' in page and 'data-testid="surplus">205.000<' in page
    assert 'data-testid="ties"' in page and 'data-testid="fault"' not in page


def test_a_figure_leads_down_to_the_page_of_its_entry(kept, browsers, cast):
    budi = browsers(cast.budi)
    page = budi.get("/buku/laporan/hasil?periode=2026").get_data(as_text=True)
    assert "/buku/laporan/angka/member_sales?" in page
    page = budi.get("/buku/laporan/angka/member_sales?periode=2026").get_data(as_text=True)
    assert 'data-testid="sum">500.000<' in page
    assert f"/buku/laporan/buku-besar/{accounts.SALES_MEMBERS}?lihat=hasil" in page
    page = budi.get(f"/buku/laporan/buku-besar/{accounts.SALES_MEMBERS}?lihat=hasil&periode=2026")
    with db.transaction(read_only=True):
        entry = ledger.entry_by_source(kept, "sale:2")
    assert f'href="/buku/jurnal/{entry.id}"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        "periode=entah",
        "periode=2026-13",
        "banding=entah",
        "dari=2026-05-01&sampai=2026-04-01",
        "dari=kemarin",
    ],
)
def test_days_that_are_none_are_refused(query, kept, browsers, cast):
    assert browsers(cast.budi).get(f"/buku/laporan/?{query}").status_code == 422


@pytest.mark.parametrize(
    "query", ["periode=2026-T2", "periode=2025&banding=tanpa", "dari=2026-02-01&sampai=2026-03-01"]
)
def test_any_days_can_be_read(query, kept, browsers, cast):
    for paper in PAPERS:
        assert browsers(cast.budi).get(f"/buku/laporan/{paper}?{query}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/buku/laporan/gosip", "/buku/laporan/angka/gosip", "/buku/laporan/posisi.doc"]
)
def test_what_there_is_not_is_not_found(path, kept, browsers, cast):
    assert browsers(cast.budi).get(path).status_code == 404


# --- paper and sheets ------------------------------------------------------------------------------


def test_the_pack_as_pdf_names_cooperative_period_signers_and_pages(kept, browsers, cast):
    answer = browsers(cast.budi).get("/buku/laporan/lengkap.pdf?periode=2026")
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    text = " ".join(printed.pages(answer.data))
    for words in (
        *("Koperasi Sumber Makmur", "Laporan posisi keuangan", "Perhitungan hasil usaha"),
        *("Laporan arus kas", "Laporan perubahan ekuitas", "Catatan atas laporan keuangan", "Neraca saldo"),
        *("1.865.000", "205.000", "(300.000)", "Ketua", "Hadi", "Bendahara", "Budi", "Pengawas"),
        *("1 Jan 2026", "Halaman 1 dari"),
    ):
        assert words in text, words


@pytest.mark.parametrize("paper", PAPERS)
def test_each_paper_leaves_alone_too(paper, kept, browsers, cast):
    budi = browsers(cast.budi)
    assert budi.get(f"/buku/laporan/{paper}.pdf?periode=2026").data.startswith(b"%PDF")
    sheet = openpyxl.load_workbook(
        io.BytesIO(budi.get(f"/buku/laporan/{paper}.xlsx?periode=2026").data)
    ).active
    assert any("Budi" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_the_pack_as_a_workbook_has_a_sheet_per_paper_with_real_numbers(kept, browsers, cast):
    data = browsers(cast.budi).get("/buku/laporan/lengkap.xlsx?periode=2026").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert len(book.sheetnames) == 6
    rows = {row[0].value: row[1].value for row in book["Laporan posisi keuangan"].iter_rows() if row[0].value}
    assert rows["Jumlah aset"] == 1_865_000 and rows["Pinjaman bank"] == 400_000


def test_the_general_ledger_as_a_sheet_ends_every_account_at_its_balance(kept, browsers, cast):
    data = browsers(cast.budi).get("/buku/laporan/buku-besar.xlsx?periode=2026").data
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2, values_only=True))
    last = {row[0]: row[8] for row in rows}
    assert (last[accounts.CASH], last[accounts.BANK_LOAN]) == (785_000, -400_000)


# --- writing ---------------------------------------------------------------------------------------


def test_a_note_is_written_read_and_kept_when_it_is_too_long(kept, browsers, cast):
    budi = browsers(cast.budi)
    assert budi.get("/buku/laporan/catatan/2026/further").status_code == 200
    sent = budi.post("/buku/laporan/catatan/2026/further", {"words": "Tidak ada <b>sengketa</b>."})
    assert sent.status_code == 303
    page = budi.get(sent.location).get_data(as_text=True)
    assert "Tidak ada &lt;b&gt;sengketa" in page
    refused = budi.post("/buku/laporan/catatan/2026/further", {"words": "kata " * 2_000})
    assert refused.status_code == 422 and "kata kata" in refused.get_data(as_text=True)
    assert budi.get("/buku/laporan/catatan/2026/gosip").status_code == 404
    assert browsers(cast.hadi).get("/buku/laporan/catatan/2026/further").status_code == 403


def test_an_account_without_a_line_is_a_task_a_fault_and_then_neither(kept, browsers, cast):
    with db.transaction():
        books.add_account(cast.budi, "1-3100", "Penyertaan", "asset")
        post(cast, "stake:1", NOW, debit("1-3100", 25_000), credit(accounts.CASH, 25_000))
    budi = browsers(cast.budi)
    assert "Tempatkan akun Penyertaan" in budi.get("/hari-ini").get_data(as_text=True)
    assert 'data-testid="unplaced"' in budi.get("/buku/laporan/").get_data(as_text=True)
    fields = {
        "code": "1-3100",
        "line": "wages",
        "cash_line": "",
        "valid_from_on": NOW.isoformat(),
        "reason": "penyertaan jangka panjang",
    }
    refused = budi.post("/buku/laporan/baris", fields)
    assert refused.status_code == 422 and "penyertaan jangka panjang" in refused.get_data(as_text=True)
    assert budi.post("/buku/laporan/baris", fields | {"line": "other_assets"}).status_code == 303
    assert 'data-testid="unplaced"' not in budi.get("/buku/laporan/").get_data(as_text=True)
    assert "Tempatkan akun" not in budi.get("/hari-ini").get_data(as_text=True)
    assert browsers(cast.hadi).post("/buku/laporan/baris", fields).status_code == 403
    with db.transaction(read_only=True):
        assert len(queries.history(kept)) == 1
