"""Every paper of buying: its number, its facts, the way back to its page, and who may hold it."""

from __future__ import annotations

import pytest

from market.core import clock, db, messages
from market.purchasing import queries
from market.purchasing.models import GoodsReceipt, SupplierBill
from tests.purchasing.conftest import bill, freight, goods, issue, lump, pay, receive
from tests.support.papers import links, pages

HOUSE = "https://lumbung.example"


@pytest.fixture
def papers(cast, app):
    """Addresses of an order's papers, once it has come, been billed and paid."""
    messages.configure(messages.MemoryPort(), HOUSE)
    with db.transaction():
        order = issue(cast, goods(), freight(), lump("truck", 100_000))
        receive(cast, order, 40, 8, "broken")
        recorded = bill(cast, order, 40 * (295_000 + 2_500) + 100_000)
        pay(cast, recorded)
        receipt = db.session.query(GoodsReceipt.id).scalar()
    yield {
        "order": (f"/pesanan/{order.id}.pdf", f"/pesanan/{order.id}"),
        "certificate": (f"/penerimaan/{receipt}.pdf", f"/penerimaan/{receipt}"),
        "receipt": (f"/penerimaan/{receipt}/bukti-terima.pdf", f"/penerimaan/{receipt}"),
        "bill": (f"/tagihan/{recorded.id}.pdf", f"/tagihan/{recorded.id}"),
    }
    messages.configure(messages.MemoryPort(), "")


def paper(browser, address: str) -> tuple[str, list[str]]:
    """What is written on it and where it leads."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    return " ".join(pages(answer.data)), links(answer.data)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("order", ["Pesanan pembelian", "PO/", "Jumlah seluruhnya", "Rp14.380.000", "Terbilang"]),
        ("certificate", ["Berita acara serah terima", "BPB/", "40 sak", "Rusak atau robek"]),
        ("receipt", ["Bukti terima barang", "BPB/", "Masuk stok", "Rp12.000.000"]),
        ("bill", ["Tagihan", "INV-1", "Jatuh tempo", "Sudah dibayar", "Rp12.000.000", "Sisa", "Rp0"]),
    ],
)
def test_a_paper_names_its_number_its_sums_and_its_page(cast, browsers, papers, name, said):
    text, leads_to = paper(browsers(cast.budi), papers[name][0])
    assert [word for word in said if word not in text] == []
    assert cast.makmur.name in text and cast.lamongan.name in text
    assert leads_to == [HOUSE + papers[name][1]]
    assert browsers(cast.budi).get(papers[name][1]).status_code == 200


def test_the_supplier_holds_the_same_papers_but_not_the_cost_on_the_shelf(cast, browsers, papers):
    joko = browsers(cast.joko)
    for name in ("order", "certificate", "bill"):
        assert paper(joko, papers[name][0])[0]
    assert joko.get(papers["receipt"][0]).status_code == 404


def test_strangers_find_no_paper(cast, browsers, papers):
    stranger = browsers(cast.nur)
    assert {stranger.get(address).status_code for address, _page in papers.values()} == {404}


def test_a_paper_speaks_the_language_of_its_reader(cast, browsers, papers):
    reader = browsers(cast.budi)
    reader.post("/bahasa", {"locale": "en"})
    text, _leads = paper(reader, papers["order"][0])
    assert "Purchase order" in text and "Pesanan pembelian" not in text


def test_a_page_offers_its_paper(cast, browsers, papers):
    reader = browsers(cast.budi)
    for address, page in papers.values():
        assert address in reader.get(page).get_data(as_text=True)


def test_an_old_print_cannot_speak_for_what_was_cancelled(cast, browsers, papers):
    from_page = papers["order"][0]
    with db.transaction():
        order = queries.order(db.session.query(SupplierBill.order_id).scalar())
        line = queries.goods_lines(order.id)[0]
        line.cancelled_packs = line.open_packs
    assert "dibatalkan" in paper(browsers(cast.budi), from_page)[0]


def test_a_statement_is_numbered_and_leads_to_the_same_days(cast, browsers, papers):
    today = clock.today().isoformat()
    address = f"/rekening-pemasok/{cast.lamongan.id}.pdf?sejak={today}&sampai={today}"
    text, leads_to = paper(browsers(cast.budi), address)
    assert f"RP-{cast.makmur.id}-{cast.lamongan.id}-" in text
    assert leads_to == [f"{HOUSE}/rekening-pemasok/{cast.lamongan.id}?sejak={today}&sampai={today}"]
