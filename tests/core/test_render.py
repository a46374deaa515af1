"""Documents on paper."""

from typing import Any

import pytest

from market.core.i18n import use_locale
from market.core.render import Letterhead, Party, PdfColumn, Section, document, printable
from tests.support.papers import links, pages

HEAD = Letterhead("Koperasi Sumber Makmur", ["Jl. Kenjeran 12, Surabaya"])
COLUMNS = [PdfColumn("Barang", 3), PdfColumn("Jumlah", 1, "right"), PdfColumn("Harga", 1, "right")]
ROW = ["Beras medium", "1.250 kg", "Rp14.160.000"]


def order(**changes):
    facts: dict[str, Any] = {
        "letterhead": HEAD,
        "parties": [
            Party("Pembeli", "Koperasi Sumber Makmur", ["Kel. Ploso"]),
            Party("Penjual", "UD Padi Lamongan"),
        ],
        "meta": [("Tanggal", "Min 22 Nov 2026")],
        "columns": COLUMNS,
        "rows": [ROW],
        "totals": [("Barang", "Rp14.160.000"), ("Jumlah", "Rp14.280.000")],
        "notes": ["Bayar paling lambat 14 hari."],
        "signatures": ["Penjual", "Pembeli"],
    }
    return document("Pesanan Pembelian", "PO/2026/000123", **(facts | changes))


def test_an_order_holds_all_its_facts_on_one_a4_page():
    pdf = order()
    assert pdf.startswith(b"%PDF-")
    assert b"/MediaBox [ 0 0 595.2756 841.8898 ]" in pdf
    (text,) = pages(pdf)
    for fact in [
        *(
            "Koperasi Sumber Makmur",
            "Jl. Kenjeran 12, Surabaya",
            "Pesanan Pembelian",
            "PO/2026/000123",
            "Pembeli",
        ),
        *("Kel. Ploso", "UD Padi Lamongan", "Min 22 Nov 2026", "Beras medium", "1.250 kg", "Rp14.160.000"),
        *("Rp14.280.000", "Bayar paling lambat 14 hari.", "Halaman 1 dari 1"),
    ]:
        assert fact in text


def test_the_same_facts_give_the_same_bytes_and_others_do_not():
    assert order() == order()
    assert order() != order(totals=[("Jumlah", "Rp14.280.001")])


def test_a_long_order_repeats_its_head_and_counts_its_pages():
    shown = pages(order(rows=[[f"Barang ke-{i}", "1 kg", "Rp1"] for i in range(120)]))
    assert len(shown) > 2
    for number, text in enumerate(shown, 1):
        assert f"Halaman {number} dari {len(shown)}" in text
        assert "Pesanan Pembelian PO/2026/000123" in text
        assert "Harga" in text
    together = " ".join(shown)
    assert all(together.count(f"Barang ke-{i} ") == 1 for i in range(120))


def test_markup_in_a_name_is_shown_and_not_obeyed():
    name = '<b>UD</b> & <img src="file:///etc/passwd"/> <a href="http://x">x</a>'
    (text,) = pages(order(parties=[Party("Penjual", name)]))
    assert name.replace(" ", "") in text.replace(" ", "")
    assert b"/URI" not in order(parties=[Party("Penjual", name)])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café “baru” – 5 €", "Café “baru” – 5 €"),
        ("Łódź", "?ódz"),
        ("e\u0301", "é"),
        ("a\u202eb\x00c\ud800", "abc?"),
        ("🌾 ꦧ", "? ?"),
        ("a\nb\tc", "a b c"),
    ],
)
def test_letters_that_the_paper_does_not_know_are_replaced(text, shown):
    assert printable(text) == shown
    order(notes=[text], rows=[[text, text, text]])


@pytest.mark.parametrize("cell", ["kata " * 3_000, "x" * 8_000, "", "\n" * 200, "a\nb"])
def test_a_cell_of_any_length_finds_its_place(cell):
    assert order(rows=[[cell, cell, "Rp1"]]).endswith(b"%%EOF\n")


def test_a_bare_document_is_possible():
    (text,) = pages(document("Surat", "1", letterhead=Letterhead("Lumbung")))
    assert "Surat" in text


def test_a_row_that_does_not_fit_is_our_own_mistake():
    with pytest.raises(ValueError, match="row"):
        order(rows=[["Beras"]])


def test_the_page_count_speaks_the_language_of_the_moment():
    with use_locale("id"):
        assert "Halaman 1 dari 1" in pages(order())[0]


def test_the_code_leads_back_to_the_page_of_the_document():
    page = "https://lumbung.example/pesanan/7"
    assert links(order(link=page)) == [page]
    assert "Buka dokumen ini" in pages(order(link=page))[0]
    assert links(order()) == []


def test_a_stop_has_its_goods_its_code_and_room_for_a_pen_on_one_page():
    stops = [
        Section(
            f"{n}. Koperasi {n}",
            ["Jl. Kenjeran 12"],
            COLUMNS,
            [ROW],
            f"https://lumbung.example/kiriman/{n}",
            "Pindai untuk menerima",
            ["Diterima oleh: ........"],
        )
        for n in range(1, 13)
    ]
    pdf = order(columns=(), rows=(), sections=stops)
    shown = pages(pdf)
    assert len(shown) > 1
    assert links(pdf) == [f"https://lumbung.example/kiriman/{n}" for n in range(1, 13)]
    for n in range(1, 13):
        (page,) = [text for text in shown if f"{n}. Koperasi {n} " in f"{text} "]
        assert page.count("Diterima oleh") == page.count("Pindai untuk menerima")


def test_a_row_of_a_part_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        order(sections=[Section("1", columns=COLUMNS, rows=[["zu kurz"]])])
