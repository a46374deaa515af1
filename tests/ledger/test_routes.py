"""The books in a browser: what each person sees, and the few things that can be typed."""

from __future__ import annotations

import io

import pytest

from market.core import clock, db, sheets
from market.ledger import chart, queries, services
from market.ledger.types import EntryDraft, credit, debit
from tests import factories

PAGES = ["/buku/", "/buku/jurnal", "/buku/akun", "/buku/neraca-saldo", "/buku/laporan/", "/buku/periode"]


@pytest.fixture
def sale(cast):
    """Opening balances and one sale, committed; the sale's entry."""
    with db.transaction():
        rows = [services.OpeningRow(chart.CASH, 10**6), services.OpeningRow(chart.GRANTS, -(10**6))]
        services.import_opening(cast.budi, rows, clock.today())
        lines = [debit(chart.CASH, 12_500, "struk 7", cast.lamongan.id), credit(chart.SALES_MEMBERS, 12_500)]
        draft = EntryDraft("retail_order:7", clock.today(), "Belanja <b>Bu Tini</b>", lines)
        return services.post(cast.budi, cast.makmur.id, draft)


def opening_of(cast) -> int:
    with db.transaction(read_only=True):
        entry = queries.entry_by_source(cast.makmur.id, f"opening:{clock.today().isoformat()}")
        assert entry is not None
        return entry.id


def cash(cast) -> int:
    with db.transaction(read_only=True):
        return queries.balance_rp(cast.makmur.id, chart.CASH)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_on_empty_and_on_filled_books(path, browsers, cast, draft):
    assert browsers(cast.sri).get(path).status_code == 200
    with db.transaction():
        services.post(cast.budi, cast.makmur.id, draft())
    assert browsers(cast.sri).get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/buku/jurnal/baru", "/buku/saldo-awal", "/buku/jurnal.csv"])
def test_who_has_no_books_is_kept_out(path, browsers, cast):
    for person in (cast.joko, cast.ratna, cast.kasir):
        assert browsers(person).get(path).status_code == 403


def test_an_entry_shows_lines_document_and_seal_and_no_markup_of_others(sale, browsers, cast):
    page = browsers(cast.sri).get(f"/buku/jurnal/{sale.id}").get_data(as_text=True)
    assert "12.500" in page and sale.hash[:12] in page and "Penggilingan Lamongan Jaya" in page
    assert "&lt;b&gt;Bu Tini" in page and "<b>Bu Tini" not in page


def test_strangers_get_404(sale, browsers, cast):
    other = browsers(cast.wati)
    assert other.get(f"/buku/jurnal/{sale.id}").status_code == 404
    assert other.get(f"/buku/akun/{chart.CASH}").status_code == 404
    chair = browsers(_committed("chair", cast.tetangga))
    assert chair.post(f"/buku/jurnal/{sale.id}/pembatalan", {"reason": "x"}).status_code == 404


def _committed(role, organization):
    with db.transaction():
        return factories.actor(role, organization)


def test_a_wrong_method_is_405(sale, browsers, cast):
    assert browsers(cast.hadi).get(f"/buku/jurnal/{sale.id}/pembatalan").status_code == 405


def test_the_source_leads_to_its_document_where_one_is_wired(sale, app, browsers, cast):
    app.config["SOURCE_PAGES"] = {"retail_order": ("Belanja anggota", "ledger.show_entry", "entry_id")}
    page = browsers(cast.sri).get(f"/buku/jurnal/{sale.id}").get_data(as_text=True)
    assert 'href="/buku/jurnal/7" data-testid="source"' in page and "Belanja anggota" in page


def test_the_chair_cancels_an_opening_with_a_reason(sale, browsers, cast):
    number = opening_of(cast)
    hadi = browsers(cast.hadi)
    assert 'data-testid="reverse"' in hadi.get(f"/buku/jurnal/{number}").get_data(as_text=True)
    empty = hadi.post(f"/buku/jurnal/{number}/pembatalan", {"reason": ""})
    assert empty.status_code == 422
    done = hadi.post(f"/buku/jurnal/{number}/pembatalan", {"reason": "salah angka"})
    assert done.status_code == 303
    assert cash(cast) == 12_500
    assert "sudah dibatalkan" in hadi.get(f"/buku/jurnal/{number}").get_data(as_text=True)


def test_the_one_who_posted_and_a_reader_are_not_offered_to_cancel(sale, browsers, cast):
    number = opening_of(cast)
    for person in (cast.budi, cast.sri):
        page = browsers(person).get(f"/buku/jurnal/{number}").get_data(as_text=True)
        assert 'data-testid="reverse"' not in page
    assert browsers(cast.budi).post(f"/buku/jurnal/{number}/pembatalan", {"reason": "x"}).status_code == 422
    assert browsers(cast.sri).post(f"/buku/jurnal/{number}/pembatalan", {"reason": "x"}).status_code == 403
    assert cash(cast) == 1_012_500


def test_an_entry_of_a_document_is_not_cancelled_here(sale, browsers, cast):
    answer = browsers(cast.hadi).post(f"/buku/jurnal/{sale.id}/pembatalan", {"reason": "x"})
    assert answer.status_code == 422 and "dokumen" in answer.get_data(as_text=True)


# --- by hand --------------------------------------------------------------------------------------


def typed(**changes) -> dict[str, object]:
    return {
        "effective_on": clock.today().isoformat(),
        "description": "Sewa kios",
        "account_1": chart.RENT,
        "debit_1": "250.000",
        "account_2": chart.CASH,
        "credit_2": "250.000",
        **changes,
    }


def test_two_people_book_an_entry_by_hand(sale, browsers, cast):
    sent = browsers(cast.budi).post("/buku/jurnal", typed())
    assert sent.status_code == 303
    hadi = browsers(cast.hadi)
    assert "Sewa kios" in hadi.get("/buku/").get_data(as_text=True)
    assert 'data-testid="approve"' in hadi.get(sent.location).get_data(as_text=True)
    done = hadi.post(f"{sent.location}/keputusan", {"decision": "approve"})
    assert done.status_code == 303
    assert "Dibukukan sebagai JU/" in hadi.get(done.location).get_data(as_text=True)
    assert cash(cast) == 1_012_500 - 250_000


def test_a_refusal_by_hand_needs_a_reason_and_is_shown(sale, browsers, cast):
    where = browsers(cast.budi).post("/buku/jurnal", typed()).location
    hadi = browsers(cast.hadi)
    assert hadi.post(f"{where}/keputusan", {"decision": "reject"}).status_code == 422
    assert (
        hadi.post(f"{where}/keputusan", {"decision": "reject", "reason": "mana notanya"}).status_code == 303
    )
    assert "mana notanya" in browsers(cast.budi).get(where).get_data(as_text=True)
    assert cash(cast) == 1_012_500


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"debit_1": "250.001"}, "tidak sama"),
        ({"debit_1": "seratus"}, "Tulis rupiah bulat"),
        ({"credit_1": "5"}, "jangan keduanya"),
        ({"account_1": ""}, "Pilih akunnya"),
        ({"account_1": "9-9999"}, "Pilih salah satu"),
        ({"credit_2": ""}, "Isi jumlahnya"),
        ({"account_3": chart.BANK}, "Isi jumlahnya"),
        ({"description": ""}, "Wajib diisi"),
        ({"effective_on": "2099-01-01"}, "belum tiba"),
        ({"effective_on": "kemarin"}, "Tanggal tidak dikenal"),
        ({"description": "a\x00b"}, "tersembunyi"),
        ({"memo_1": "x" * 10_000}, "Terlalu panjang"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sale, browsers, cast, changes, says):
    answer = browsers(cast.budi).post("/buku/jurnal", typed(**changes))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and says in page
    assert "Sewa kios" in page or "description" in changes


def test_the_usual_entries_are_half_written_already(browsers, cast):
    page = browsers(cast.budi).get("/buku/jurnal/baru?pola=setor-bank").get_data(as_text=True)
    assert "Setor kas ke bank" in page
    assert f'selected value="{chart.BANK}"' in page and f'selected value="{chart.CASH}"' in page
    assert browsers(cast.budi).get("/buku/jurnal/baru?pola=apa").status_code == 200


def test_a_draft_can_be_taken_back_and_proposed_again(browsers, cast):
    budi = browsers(cast.budi)
    where = budi.post("/buku/jurnal", typed(account_2=chart.BANK)).location
    clock.travel(73 * 3600)
    assert "gugur" in budi.get(where).get_data(as_text=True)
    assert budi.post(f"{where}/pengajuan").status_code == 303
    assert budi.post(f"{where}/penarikan").status_code == 303
    assert "Ditarik" in budi.get(where).get_data(as_text=True)
    assert browsers(cast.hadi).post(f"{where}/keputusan", {"decision": "approve"}).status_code == 422


# --- opening balances -----------------------------------------------------------------------------

HEAD = ["Kode akun", "Nama akun", "Debit", "Kredit"]


def uploaded(browser, rows, name="saldo.xlsx"):
    data = sheets.write_xlsx("Saldo", HEAD, rows)
    fields = {"effective_on": clock.today().isoformat(), "sheet": (io.BytesIO(data), name)}
    return browser.post("/buku/saldo-awal", fields, content_type="multipart/form-data")


def test_a_sheet_is_read_shown_and_then_posted(browsers, cast):
    budi = browsers(cast.budi)
    sent = uploaded(budi, [[chart.CASH, "Kas", 750_000, None], [chart.PRINCIPAL_SAVINGS, "", None, 750_000]])
    assert sent.status_code == 303
    shown = budi.get(sent.location).get_data(as_text=True)
    assert "750.000" in shown and 'data-testid="confirm-opening"' in shown
    assert cash(cast) == 0
    assert budi.post(f"{sent.location}/pembukuan").status_code == 303
    assert cash(cast) == 750_000
    again = uploaded(budi, [[chart.CASH, "Kas", 750_000, None], [chart.PRINCIPAL_SAVINGS, "", None, 750_000]])
    assert again.status_code == 422 and "sudah dibukukan" in again.get_data(as_text=True)


def test_wrong_rows_are_listed_and_cannot_be_posted(browsers, cast):
    budi = browsers(cast.budi)
    sent = uploaded(budi, [["9-9999", "apa", 5, None], [chart.CASH, "", 5, None]])
    shown = budi.get(sent.location).get_data(as_text=True)
    assert "Baris 2" in shown and "9-9999" in shown and "confirm-opening" not in shown
    assert budi.post(f"{sent.location}/pembukuan").status_code == 422


def test_a_difference_is_shown(browsers, cast):
    budi = browsers(cast.budi)
    sent = uploaded(budi, [[chart.CASH, "Kas", 5, None]])
    assert "Rp5" in budi.get(sent.location).get_data(as_text=True)
    assert budi.post(f"{sent.location}/pembukuan").status_code == 422


def test_what_is_no_sheet_is_refused_at_the_field(browsers, cast):
    fields = {"effective_on": clock.today().isoformat(), "sheet": (io.BytesIO(b"\x89PNG..."), "foto.png")}
    budi = browsers(cast.budi)
    assert budi.post("/buku/saldo-awal", fields, content_type="multipart/form-data").status_code == 422
    assert budi.post("/buku/saldo-awal", {"effective_on": "2026-01-01"}).status_code == 422


# --- statements, sheets, accounts, periods --------------------------------------------------------


def test_statements_and_trial_balance_show_the_same_surplus(sale, browsers, cast):
    page = browsers(cast.sri).get("/buku/laporan/").get_data(as_text=True)
    assert 'data-testid="surplus">12.500<' in page and 'data-testid="assets">1.012.500<' in page
    trial = browsers(cast.sri).get("/buku/neraca-saldo").get_data(as_text=True)
    assert 'data-testid="debit">1.012.500<' in trial and 'data-testid="balanced"' in trial


def test_a_day_that_is_no_day_is_refused(browsers, cast):
    assert browsers(cast.sri).get("/buku/neraca-saldo?sampai=entah").status_code == 422


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_journal_and_trial_balance_leave_as_sheets(sale, browsers, cast, kind):
    sri = browsers(cast.sri)
    for name in ("jurnal", "neraca-saldo"):
        answer = sri.get(f"/buku/{name}.{kind}")
        assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
        columns = [
            sheets.Column("account", "Kode akun"),
            sheets.Column("debit", "Debit", "rupiah", required=False),
        ]
        read = sheets.read(answer.get_data(), f"x.{kind}", columns)
        assert read.faults == []
        assert sum(row["debit"] or 0 for row in read.rows) == 1_012_500
    assert sri.get("/buku/jurnal.pdf").status_code == 404


def test_the_page_of_an_account_and_its_next_page(browsers, cast, draft):
    with db.transaction():
        for number in range(30):
            services.post(cast.budi, cast.makmur.id, draft(f"sale:{number}", 1_000))
    sri = browsers(cast.sri)
    first = sri.get(f"/buku/akun/{chart.CASH}").get_data(as_text=True)
    assert "Rp30.000" in first and "sesudah=" in first
    after = first.split("sesudah=")[1].split('"')[0]
    assert "Rp6.000" in sri.get(f"/buku/akun/{chart.CASH}?sesudah={after}").get_data(as_text=True)
    assert "sesudah=" in sri.get("/buku/jurnal").get_data(as_text=True)


def test_the_treasurer_adds_an_account(sale, browsers, cast):
    fields = {"code": "1-1210", "name": "Bank Jatim", "kind": "asset"}
    assert browsers(cast.budi).post("/buku/akun", fields).status_code == 303
    assert browsers(cast.budi).post("/buku/akun", fields).status_code == 422
    assert "Bank Jatim" in browsers(cast.sri).get("/buku/akun").get_data(as_text=True)


def test_a_month_is_closed_and_opened_again(browsers, cast, draft):
    with db.transaction():
        services.post(cast.budi, cast.makmur.id, draft())
    clock.travel(40 * 86400)
    closing = clock.today().replace(day=1) - clock.dt.timedelta(days=1)
    budi, hadi = browsers(cast.budi), browsers(cast.hadi)
    assert budi.post("/buku/periode", {"ends_on": clock.today().isoformat()}).status_code == 422
    assert budi.post("/buku/periode", {"ends_on": closing.isoformat()}).status_code == 303
    with db.transaction(read_only=True):
        period = queries.periods(cast.makmur.id)[0].id
    assert hadi.post(f"/buku/periode/{period}/pembukaan", {"reason": ""}).status_code == 422
    assert hadi.post(f"/buku/periode/{period}/pembukaan", {"reason": "nota"}).status_code == 303
    assert browsers(cast.wati).post(f"/buku/periode/{period}/pembukaan", {"reason": "x"}).status_code == 403
