"""`lumbung benchmark members`: a province's registers come in as sheets, one cooperative after the other.

433,968 members over 3,410 cooperatives is what Kalimantan Tengah had to enter. Each sheet is read, stored
and confirmed by a second person through the product's own services, in transactions of its own; one row in
two hundred is broken, and one sheet in a thousand is no sheet at all. Afterwards the register of the largest
cooperative is opened as its secretary does. Exit code 1 when a good row is missing or a bad one is not told.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from market import app as application
from market import config, migrations
from market.benchmarks.measure import machine
from market.benchmarks.web import postgres
from market.core import crypto, db, sheets
from market.core.errors import Refused
from market.core.permissions import SYSTEM, Actor, Role
from market.identity import services as people
from market.members import services
from market.members.models import Member, MemberImport

MEMBERS, COOPERATIVES = 433_968, 3_410
LARGEST = 5_000
"""Rows of the first cooperative: as many as a sheet may have."""
BROKEN_ROW, BROKEN_SHEET = 200, 1_000
HEADERS = ("Nomor anggota", "Nama lengkap", "NIK", "Nomor HP", "Tanggal masuk", "Simpanan pokok dibayar")
SECRET = "benchmark"


@dataclass
class Told:
    """What was sent and what became of it."""

    rows: int = 0
    broken: int = 0
    refused_sheets: int = 0
    stored: int = 0
    faults: int = 0
    active: int = 0
    seconds: float = 0.0


def run(argv: Sequence[str]) -> int:
    """One JSON object per line; 1 when rows are missing or faults untold."""
    asked = _parser().parse_args(list(argv))
    _say(machine())
    with tempfile.TemporaryDirectory(prefix="lumbung-benchmark-") as folder, _database(asked, folder) as url:
        secretary = _prepare(url)
        told, ids = Told(), _cooperatives(asked.cooperatives)
        for place, organization_id in enumerate(ids):
            _one(told, secretary, organization_id, place, _size(place, asked))
        _say(_figures(told, asked))
        db.dispose()
        _pages(url, folder, ids[0], secretary)
        return int(not _whole(told))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lumbung benchmark members",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--members", type=int, default=MEMBERS)
    parser.add_argument("--cooperatives", type=int, default=COOPERATIVES)
    parser.add_argument("--sqlite", action="store_true", help="the embedded database instead of PostgreSQL")
    return parser


def _say(row: dict[str, Any]) -> None:
    print(json.dumps(row), flush=True)


@contextmanager
def _database(asked: argparse.Namespace, folder: str) -> Iterator[str]:
    if asked.sqlite:
        yield f"sqlite:///{folder}/members.sqlite"
        return
    with postgres.server() as url:
        yield url


def _prepare(url: str) -> Actor:
    """Schema and keys; the person who uploads everywhere (a real board uploads its own)."""
    crypto.configure(crypto.derive_keys(SECRET))
    db.configure(url)
    with db.engine().connect() as connection:
        migrations.upgrade(connection)
        connection.commit()
    with db.transaction():
        writer = people.create_user(SYSTEM, "sekretaris", "Sekretaris", SECRET * 2)
        people.create_user(SYSTEM, "ketua", "Ketua", SECRET * 2)
        return Actor(writer.id, None, "cooperative", "", Role.SECRETARY, writer.name)


def _cooperatives(count: int) -> list[int]:
    with db.transaction():
        made = [people.create_organization(SYSTEM, "cooperative", f"Koperasi {n:04d}") for n in range(count)]
        people.grant_role(SYSTEM, 1, made[0].id, Role.SECRETARY)
        return [each.id for each in made]


def _size(place: int, asked: argparse.Namespace) -> int:
    """The first has the most that a sheet may have; the others share the rest evenly."""
    members, among = int(asked.members), int(asked.cooperatives) - 1
    first = min(LARGEST, members // 2)
    if place == 0:
        return first
    rest = members - first
    return rest // among + int(place <= rest % among)


def _sheet(place: int, size: int) -> tuple[bytes, int]:
    """A sheet as a secretary would type it, and how many of its rows are broken."""
    rows: list[list[sheets.Cell]] = []
    broken = 0
    for n in range(size):
        serial = place * LARGEST + n
        nik = f"62{serial % 90 + 10:02d}{serial // 90 % 90 + 10:02d}{n % 28 + 1:02d}0{n % 9 + 1}{60 + n % 40}"
        nik += f"{n % 9_998 + 1:04d}"
        if (place * 127 + n) % BROKEN_ROW == BROKEN_ROW - 1:
            nik, broken = nik[:9], broken + 1
        rows.append([f"A-{n:05d}", f"Anggota {serial}", nik, f"08{serial:010d}"[:13], "01/08/2025", 50_000])
    return sheets.write_csv(HEADERS, rows), broken


def _one(told: Told, writer: Actor, organization_id: int, place: int, size: int) -> None:
    """One cooperative's sheet; what is wrong with it stops no other."""
    secretary = Actor(writer.user_id, organization_id, "cooperative", "", Role.SECRETARY, writer.name)
    chair = Actor(2, organization_id, "cooperative", "", Role.CHAIR, "Ketua")
    data, broken = _sheet(place, size)
    if place % BROKEN_SHEET == BROKEN_SHEET - 1:
        data, broken, size = b"%PDF-1.7 buku anggota", 0, 0
    told.rows, told.broken = told.rows + size, told.broken + broken
    began = time.perf_counter()
    try:
        with db.transaction():
            read = services.preview_import(secretary, data, "anggota.csv")
            if isinstance(read, MemberImport):
                told.faults += len(services.shown_rows(read)[1])
                told.stored += services.store_import(secretary, read.id).row_count
                import_id = read.id
        with db.transaction():
            told.active += services.confirm_import(chair, import_id)[0]
    except Refused:
        told.refused_sheets += 1
    told.seconds += time.perf_counter() - began


def _figures(told: Told, asked: argparse.Namespace) -> dict[str, Any]:
    with db.transaction(read_only=True):
        active = db.session.query(Member).filter_by(state="active").count()
    return {
        "database": "sqlite" if asked.sqlite else "postgresql",
        "cooperatives": asked.cooperatives,
        "rows": told.rows,
        "stored": told.stored,
        "active_in_register": active,
        "broken_rows": told.broken,
        "faults_told": told.faults,
        "broken_sheets": told.refused_sheets,
        "seconds": round(told.seconds, 1),
        "rows_per_s": round(told.rows / max(told.seconds, 0.001)),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _whole(told: Told) -> bool:
    return told.stored == told.active == told.rows - told.broken and told.faults == told.broken


def _pages(url: str, folder: str, organization_id: int, writer: Actor) -> None:
    """The register of the largest cooperative, as its secretary opens it: median and slowest of 30."""
    settings = config.load({
        "LUMBUNG_ENV": "demo",
        "LUMBUNG_DATABASE_URL": url,
        "LUMBUNG_SECRET_KEY": SECRET * 6,
        "LUMBUNG_PHOTOS_DIR": str(Path(folder) / "photos"),
        "LUMBUNG_MESSAGES": "memory",
    })  # fmt: skip
    client = application.create_app(settings).test_client()
    db.configure(url)
    with db.engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    page = client.get("/masuk").get_data(as_text=True)
    fields = dict(re.findall(r'name="(csrf_token|_idem)" value="([^"]+)"', page))
    client.post("/masuk", data={**fields, "login": "sekretaris", "password": SECRET * 2})
    with db.transaction(read_only=True):
        first = db.session.query(Member).filter_by(organization_id=organization_id)
        member_id = first.order_by(Member.id).limit(1).one().id
    paths = {
        "list": "/anggota",
        "last page": f"/anggota?sesudah={member_id + 30}",
        "search by name": "/anggota?q=Anggota+42",
        "search by number": "/anggota?q=A-00042",
        "detail": f"/anggota/{member_id}",
    }
    for name, path in paths.items():
        times = []
        for _ in range(30):
            began = time.perf_counter()
            answer = client.get(path)
            times.append(1_000 * (time.perf_counter() - began))
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
        _say({"page": name, "median_ms": round(statistics.median(times), 1), "most_ms": round(max(times), 1)})
