"""Gas is short for three months: who got none comes first in the next, by a rule that everybody reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from market.commodities import queries as commodities
from market.core import clock, db
from market.core.jobs import Job
from market.core.permissions import Actor, Role
from market.empties import queries as cylinders
from market.empties import services as empties
from market.empties.models import ContainerDeposit
from market.ledger import services as ledger
from market.needs import services as needs
from market.offers import queries as standing
from market.offers import services as offers
from market.purchasing import queries as purchases
from market.purchasing.models import PurchaseOrder
from market.rounds import queries as rounds
from market.rounds.models import Round
from tests import factories
from tests.journeys import counter, steps
from tests.journeys.conftest import Live

GAS, CYLINDER, DROP, GAS_RP = "LPG-3", "TABUNG-3", 50, 16_000
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Shop:
    """A cooperative in this story: who asks and receives, who approves."""

    name: str
    secretary: Actor
    chair: Actor

    @property
    def id(self) -> int:
        return self.secretary.organization_id or 0


@pytest.fixture
def morning(live) -> Iterator[None]:
    """Nine o'clock in Jakarta; starting the product sets the clock."""
    clock.travel(to=clock.start_of(clock.today()) + timedelta(hours=9))
    yield
    clock.reset()


@pytest.fixture
def shops(cast) -> list[Shop]:
    """Three cooperatives with as many households; one agent that may sell; cylinders of Sri's own."""
    with db.transaction():
        third = factories.cooperative("Koperasi Gubeng", "3578081003")
        yani = factories.actor(Role.CHAIR, cast.tetangga, "Yani", "yani")
        gubeng = factories.actor(Role.SECRETARY, third, "Lestari", "lestari")
        chair = factories.actor(Role.CHAIR, third, "Bambang", "bambang")
        for each in (cast.tetangga, third):
            ledger.open_books(factories.SYSTEM, each.id)
        offers.authorise_supplier(
            cast.ratna,
            cast.lamongan.id,
            commodities.pack_by_code(GAS).commodity_id,
            valid_from_on=clock.today(),
            reference="Kontrak agen 7/2026",
        )
        empties.record_owned(cast.budi, CYLINDER, 60, 150_000)
        return [
            Shop(cast.makmur.name, cast.sri, cast.hadi),
            Shop(cast.tetangga.name, cast.wati, yani),
            Shop(third.name, gubeng, chair),
        ]


def ask(shop: Shop) -> None:
    """One drop each (the form of a need has journeys of its own)."""
    with db.transaction():
        need = needs.post_need(
            shop.secretary,
            pack_id=commodities.pack_by_code(GAS).id,
            wanted_packs=DROP,
            needed_by_on=clock.today() + timedelta(days=10),
        )
        needs.approve_need(shop.chair, need.id)


def month(live: Live, cast, shops: list[Shop]) -> tuple[int, dict[str, int]]:
    """Everybody asks for a drop, the agent has two: round, published shares, yes, orders."""
    for shop in shops:
        ask(shop)
    with db.transaction():
        offers.make_offer(
            cast.joko,
            pack_id=commodities.pack_by_code(GAS).id,
            tiers=[(1, GAS_RP)],
            zones=[("3578", 0, 0)],
            capacity_packs=2 * DROP,
            lot_packs=DROP,
            min_per_drop_packs=DROP,
            valid_until_on=clock.today() + timedelta(days=20),
        )
    office = steps.run_round(live, cast.ratna)
    assert office.get_by_test_id("ration").count() == 1, "the office sees the shares before it publishes"
    office.get_by_test_id("publish").click()
    steps.state(office, "round-state", "Terbit")
    steps.accept_all(live, cast.joko)
    steps.wait(lambda: finished() is not None)
    number = finished() or 0
    with db.transaction(read_only=True):
        got = {row.buyer_id: row.accepted_packs for row in rounds.round_needs(number)}
    return number, {shop.name: got[shop.id] for shop in shops}


def finished() -> int | None:
    """The newest round, when everything of it is answered."""
    with db.transaction(read_only=True):
        newest = db.session.query(Round).order_by(Round.id.desc()).first()
        return newest.id if newest is not None and newest.state == "finished" else None


def published_to_all(live: Live, number: int, shops: list[Shop], short: str, last: str | None) -> None:
    """Every member of the round reads the same list: rule, order, shares, and last month's."""
    for shop in shops:
        page = steps.see(live.of(shop.secretary), f"/putaran/{number}")
        part = page.get_by_test_id("ration")
        expect(part).to_contain_text("dibagi menurut jumlah keluarga")
        for other in shops:
            row = part.get_by_role("row").filter(has_text=other.name)
            expect(row).to_contain_text("0" if other.name == short else str(DROP))
        if last:
            first = part.get_by_role("row").filter(has_text=last)
            expect(first).to_contain_text("0 dari 50")


def receive_all(live: Live, shops: list[Shop]) -> None:
    """The truck stops at two doors; at Sri's it takes empties along."""
    with db.transaction(read_only=True):
        found = db.session.query(PurchaseOrder.id, PurchaseOrder.organization_id).filter_by(state="issued")
        waiting = [(row.id, row.organization_id) for row in found if not delivered(row.id)]
    who = {shop.id: shop.secretary for shop in shops}
    for order_id, buyer_id in waiting:
        steps.receive(live, who[buyer_id], order_id)


def delivered(order_id: int) -> bool:
    return all(line.open_packs == 0 for line in purchases.goods_lines(order_id))


def pass_a_month(live: Live, cast) -> None:
    """What was offered ends, what was asked lapses, and everybody signs in anew."""
    steps.wait(lambda: not waiting_jobs())
    with db.transaction():
        for offer in standing.live_offers("3578", clock.today()):
            offers.withdraw_offer(cast.joko, offer.id)
    live.open.clear()
    clock.travel(MONTH.total_seconds())
    with db.transaction():
        needs.expire_old()


def waiting_jobs() -> int:
    """Jobs that are due and not done; what is planned for later may wait."""
    with db.transaction(read_only=True):
        due = Job.state.in_(("waiting", "leased", "running")) & (Job.run_at <= clock.now())
        return db.session.query(Job).filter(due).count()


def sell_on_the_page(live: Live, cast) -> None:
    """Two refills, one empty: the buyer of the other leaves a deposit, and brings it back."""
    counter.open_counter(cast.kasir, cast.sri)
    page = counter.lay_gas(live.of(cast.kasir), 2)
    page.get_by_test_id("empties").fill("1")
    page.get_by_role("button", name="Ubah").click()
    expect(page.get_by_test_id("total")).to_contain_text("Rp186.000")
    counter.name_buyer(page, "3578014507800001")
    counter.record_in_register(page, "MAP-1")
    form = page.get_by_test_id("cash-form")
    form.get_by_test_id("field-buyer_name").fill("Bu Ani")
    form.get_by_test_id("field-given_rp").fill("200.000")
    form.get_by_test_id("pay-cash").click()
    expect(page.get_by_test_id("change")).to_contain_text("Rp14.000")
    with db.transaction(read_only=True):
        deposit_id = db.session.query(ContainerDeposit.id).filter_by(state="open").one()[0]
    page = steps.see(live.of(cast.kasir), f"/tabung/titipan/{deposit_id}")
    page.get_by_test_id("save-return").click()
    expect(page.get_by_test_id("deposit-state")).to_contain_text("Ditutup")
    page = steps.see(live.of(cast.kasir), "/tabung")
    expect(page.get_by_test_id("lent")).to_contain_text("0")


@pytest.mark.timeout(600)
def test_who_goes_short_of_gas_comes_first_the_month_after(morning, live, cast, shops, books_are_true):
    everybody = [shop.id for shop in shops]
    short: list[str] = []
    for turn in range(3):
        number, got = month(live, cast, shops)
        assert sorted(got.values()) == [0, DROP, DROP]
        loser = next(name for name, tubes in got.items() if tubes == 0)
        if short:
            assert got[short[-1]] == DROP, "last month's loser comes first"
        published_to_all(live, number, shops, loser, short[-1] if short else None)
        short.append(loser)
        receive_all(live, shops)
        with db.transaction(read_only=True):
            has_gas = cylinders.holding(cast.makmur.id, CYLINDER).full_count >= 2
        if has_gas:
            sell_on_the_page(live, cast)
        steps.wait(lambda: not waiting_jobs())
        books_are_true(*everybody)
        if turn < 2:
            pass_a_month(live, cast)
    assert len(set(short)) == 3, "each of the three goes short once: the rule turns"
    page = steps.see(live.of(cast.hadi), "/tabung")
    expect(page.get_by_test_id("full")).to_contain_text("9")
