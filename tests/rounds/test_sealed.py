"""Sealed until closing: two worlds that differ only in one supplier's price look the same to its rivals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from market import app as application
from market.commodities import services as reference
from market.core import clock, db
from market.core.permissions import SYSTEM, Actor, Role
from market.identity import services
from tests import cast as people
from tests import factories
from tests.conftest import Browser
from tests.rounds.conftest import Cast, Market
from tests.support import postgres

PAGES = (
    *("/hari-ini", "/penugasan", "/penawaran", "/penawaran/1", "/penawaran/2", "/penawaran/3"),
    *("/penawaran/baru", "/penawaran/baru?barang=BRS-PRM-25", "/penawaran/unduh.csv", "/permintaan"),
    *("/pesanan", "/rapor", "/hasil-penawaran", "/kabar", "/harga", "/putaran", "/putaran/1"),
    *(
        "/putaran/1/langsung",
        "/putaran/1/kode-jawaban",
        "/usulan",
        "/dinas/penawaran",
        "/dinas/rapor-pemasok",
    ),
    *("/papan/", "/", "/kebutuhan", "/kebutuhan/1", "/kebutuhan/baru"),
    *("/kebutuhan/baru?barang=BRS-PRM-25", "/kebutuhan/usulan", "/kebutuhan/1/kelonggaran", "/siklus"),
)
"""Everything that a rival could think of; what is forbidden must be forbidden in the same words."""

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@contextmanager
def world(template: str | Path, folder: Path, settings, name: str) -> Iterator[object]:
    """An empty migrated database of its own, at the same hour of the same day."""
    if isinstance(template, Path):
        path = folder / f"{name}.sqlite"
        path.write_bytes(template.read_bytes())
        url = f"sqlite:///{path}"
    else:
        url = postgres.clone(template)
    mine = replace(settings, database_url=url, instance_dir=folder / name)
    application.configure(mine)
    clock.travel(to=MORNING)
    yield mine
    db.dispose()
    clock.reset()
    if not isinstance(template, Path):
        postgres.drop(url)


def furnish(price_rp: int) -> dict[str, tuple[Actor, int | None]]:
    """Two rivals, one with a seat in a buying cooperative, too; an open round; Joko's price is the secret."""
    with db.transaction():
        made = people.assemble()
        head = factories.actor(Role.CHAIR, made.tetangga, "Yani", "yani")
        reference.load_reference()
    market = Market(Cast(**vars(made), head=head))
    market.need(40)
    market.need(30, by=market.cast.wati)
    market.offer(market.cast.joko, price_rp, 60, tiers=[(1, price_rp), (50, price_rp - 5_000)])
    market.offer(market.cast.nur, 302_500, 80)
    with db.transaction():
        third = factories.actor(
            Role.SUPPLIER_SALES, factories.supplier("Penggilingan Ketiga"), "Tiga", "tiga"
        )
        user = db.session.get_one(factories.User, third.user_id)
        board = services.grant_role(SYSTEM, user.id, market.cast.makmur.id, Role.CHAIR)
        seat = board.id
    market.offer(third, 301_000, 70)
    market.open()
    market.work()
    return {"nur": (market.cast.nur, None), "third": (third, None), "buyer who sells": (third, seat)}


def seen(settings, rivals: dict[str, tuple[Actor, int | None]]) -> dict[tuple[str, str], tuple[int, str]]:
    """What each rival gets at each address."""
    site = application.create_app(settings)
    found = {}
    for who, (actor, seat) in rivals.items():
        browser = Browser(site).login(actor)
        if seat is not None:
            assert browser.post("/peran", {"role_id": seat}).status_code == 303
        for path in PAGES:
            answer = browser.get(path)
            found[who, path] = (answer.status_code, plain(answer.get_data(as_text=True)))
    return found


def plain(page: str) -> str:
    """Without what differs between any two requests: tokens, keys, request ids, the minute."""
    page = re.sub(r'(name="(?:csrf_token|_idem)" value=")[^"]*', r"\1", page)
    page = re.sub(r"\b\d{4}-\d\d-\d\dT[\d:.+]+", "", page)
    page = re.sub(r'("request_id": "|data-request="|Kode permintaan:? )[0-9a-f]{16}', r"\1", page)
    page = re.sub(r"\b[0-2]\d\.[0-5]\d\b", "", page)
    return re.sub(r"\b[0-9a-f]{16}\b", "", page)


@pytest.fixture
def look(template, tmp_path, settings, matcher):
    def at(price_rp: int, name: str) -> dict[tuple[str, str], tuple[int, str]]:
        with world(template, tmp_path, settings, name) as mine:
            return seen(mine, furnish(price_rp))

    return at


def test_no_page_of_a_rival_tells_the_price_before_closing(look):
    low, high = look(290_000, "low"), look(299_000, "high")
    assert low.keys() == high.keys()
    different = [key for key in low if low[key] != high[key]]
    assert different == []
    assert sum(status == 200 for status, _page in low.values()) >= 20, "the pages are really looked at"


def test_two_equal_worlds_are_equal_and_a_buyer_without_a_seat_at_a_supplier_sees_the_bar(look, monkeypatch):
    """The planted leak: without the rule for buyers who sell, the bar tells them the price."""
    low, same = look(290_000, "low"), look(290_000, "same")
    assert low == same
    assert "302.500" in low["nur", "/penawaran/2"][1], "the own price is there"
    assert "pool-BRS-PRM-25" in low["buyer who sells", "/putaran/1"][1], "and so is the pool"
    monkeypatch.setattr("market.rounds.routes.pages.identity.sits_in", lambda *_given: False)
    leaky, high = look(290_000, "leaky"), look(299_000, "high")
    key = ("buyer who sells", "/putaran/1")
    assert leaky[key] != high[key]
