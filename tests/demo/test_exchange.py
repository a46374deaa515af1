"""Needs and offers from spreadsheets at the terminal: everything, or every fault and nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from market import demo, exchange
from market.core import clock, db
from market.core.errors import NotFound, Refused
from market.demo import today
from market.members import queries as members
from market.needs import queries as needs
from market.offers import queries as offers


@pytest.fixture
def story(database: str) -> None:
    demo.seed("small", 0)


@pytest.fixture
def soon() -> str:
    return (clock.today() + timedelta(days=7)).isoformat()


def sheet(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "lembar.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def asked_by(login: str) -> list[tuple[str, int, str]]:
    with db.transaction(read_only=True):
        actor = today.actor_by_login(login)
        return [(n.pack.code, n.wanted_packs, n.state) for n in needs.needs_of(actor.organization_id or 0)]


def test_a_sheet_of_needs_becomes_submitted_needs(story, tmp_path, soon, capsys):
    path = sheet(tmp_path, "Barang;Jumlah;Paling lambat", f"BRS-PRM-25;1 ton;{soon}", f"GULA-50;2;{soon}")
    assert exchange.load("needs", path, "wati") == 0
    assert asked_by("wati") == [("GULA-50", 2, "submitted"), ("BRS-PRM-25", 40, "submitted")]
    assert "2 needs" in capsys.readouterr().out


def test_every_fault_is_printed_with_row_and_column_and_nothing_is_kept(story, tmp_path, soon, capsys):
    path = sheet(
        tmp_path,
        "Barang;Jumlah;Paling lambat",
        f"BRS-PRM-25;40;{soon}",
        f"BATU;40;{soon}",
        "GULA-50;dua;2020-01-01",
    )
    assert exchange.load("needs", path, "wati") == 1
    said = capsys.readouterr().err
    assert "lembar.csv:3: Barang:" in said and "lembar.csv:4:" in said and "lembar.csv:2:" not in said
    assert asked_by("wati") == []


def test_the_same_file_is_recognised(story, tmp_path, soon):
    path = sheet(tmp_path, "Barang;Jumlah;Paling lambat", f"GULA-50;2;{soon}")
    exchange.load("needs", path, "wati")
    with pytest.raises(Refused, match="sudah diimpor"):
        exchange.load("needs", path, "wati")
    assert len(asked_by("wati")) == 1


@pytest.mark.parametrize(("kind", "login"), [("needs", "joko"), ("offers", "wati"), ("needs", "nobody")])
def test_only_a_person_with_the_right_seat_imports(story, tmp_path, kind, login):
    with pytest.raises(NotFound):
        exchange.load(kind, sheet(tmp_path, "Barang"), login)


def test_a_sheet_of_offers_becomes_live_offers(story, tmp_path, soon):
    path = sheet(
        tmp_path,
        "Barang;Kapasitas;Harga 1;Mulai 2;Harga 2;Wilayah 1;Berlaku sampai",
        f"BRS-PRM-25;10 ton;345.000;100;338.000;3578;{soon}",
    )
    assert exchange.load("offers", path, "joko") == 0
    with db.transaction(read_only=True):
        live = offers.live_offers("3578", clock.today())
        made = next(offer for offer in live if offer.pack.code == "BRS-PRM-25")
        assert offers.price_curve(made) == [(1, 345_000), (100, 338_000)] and made.capacity_packs == 400


def test_a_file_beyond_all_measure_is_refused_unread(story, tmp_path):
    path = tmp_path / "besar.csv"
    path.write_bytes(b"x" * (exchange.MOST_BYTES + 1))
    with pytest.raises(Refused):
        exchange.load("needs", path, "wati")


@pytest.mark.parametrize("kind", exchange.EXPORTS)
def test_templates_and_lists_are_written_as_spreadsheets(story, tmp_path, kind):
    path = tmp_path / f"{kind}.xlsx"
    assert exchange.write(kind, path) == 0
    assert path.read_bytes().startswith(b"PK")


def test_the_list_of_open_needs_is_also_a_csv(story, tmp_path):
    path = tmp_path / "needs.csv"
    exchange.write("needs", path)
    text = path.read_text(encoding="utf-8-sig")
    assert "Koperasi Sumber Makmur" in text and "BRS-MED-25" in text and "GULA-50" not in text


def test_a_sheet_of_members_waits_for_a_second_person_and_names_the_bad_rows(story, tmp_path, capsys):
    lines = ("Nama lengkap;NIK;Simpanan pokok dibayar", "Siti;3578014505801001;50000", "Wati;12;50000")
    assert exchange.load("members", sheet(tmp_path, *lines), "wati") == 1
    said = capsys.readouterr()
    assert "1 members, waiting" in said.out and "lembar.csv:3: NIK:" in said.err
    with db.transaction(read_only=True):
        actor = today.actor_by_login("wati")
        assert members.counts(actor)["imported"] == 1
