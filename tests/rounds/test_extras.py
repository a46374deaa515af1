"""Packs beyond what was wanted: taken where their buyer gains, left where only others would."""

from __future__ import annotations

import json

import pytest

from market.core import db
from market.rounds import queries
from market.rounds.services.extras import capped, idle_extras
from tests.rounds.conftest import asked, asked_id

READ = {"read_only": True}


def packs(round_id) -> dict[int, int]:
    with db.transaction(**READ):
        return {row.frozen.need_id: row.packs for row in queries.outcomes(round_id)}


def test_nobody_takes_more_for_the_neighbours_price_alone(market):
    """Five sacks more from Makmur would bring Tetangga's price down; Makmur has a cheaper mill next door."""
    mine = market.need(40, at_most_packs=50, ceiling_rp=None)
    theirs = market.need(45, by=market.cast.wati, ceiling_rp=None)
    whole = {"lot_packs": 40, "min_per_drop_packs": 40}
    market.offer(market.cast.nur, 200_000, 40, zones=[("357808", 0, 0)], **whole)
    market.offer(market.cast.joko, 0, 100, tiers=[(1, 300_000), (50, 260_000)])
    number = market.solved()
    assert packs(number) == {mine: 40, theirs: 45}
    with db.transaction(**READ):
        assert asked(number, market.cast.joko).price_rp == 300_000
        problem = json.loads(queries.newest_plan(number).problem_json)
        assert {row["id"]: row["at_most"] for row in problem["needs"]}[f"n{mine}"] == 40


def test_who_gains_by_taking_more_takes_it(market):
    mine = market.need(40, at_most_packs=50, ceiling_rp=None)
    theirs = market.need(45, by=market.cast.wati, ceiling_rp=None)
    market.offer(market.cast.nur, 290_000, 40, zones=[("357808", 0, 0)])
    market.offer(market.cast.joko, 0, 100, tiers=[(1, 300_000), (90, 260_000)])
    number = market.solved()
    assert packs(number) == {mine: 45, theirs: 45}


# --- the rule itself -----------------------------------------------------------------------------


def documents(tiers, lines, wanted=40, lot=1, least=1, pooled=0, load=0):
    problem = {
        "needs": [{"id": "n1", "wanted": wanted, "at_most": 60, "district": "d"}],
        "offers": [
            {
                "id": offer,
                "supplier": f"s{offer}",
                "lot": lot,
                "min_per_need": least,
                "min_total": pooled,
                "tiers": [{"from": start, "price_rp": price} for start, price in steps],
            }
            for offer, steps in tiers.items()
        ],
        "lanes": [{"need": "n1", "offer": offer, "freight_rp": 0} for offer in tiers],
        "trips": [{"supplier": "so1", "district": "d", "min_load_g": load}],
        "fixed": [],
    }
    return problem, {"lines": [{"need": "n1", "offer": o, "quantity": q} for o, q in lines]}


@pytest.mark.parametrize(
    ("changes", "idle"),
    [
        ({}, set()),
        ({"wanted": 50}, set()),
        ({"tiers": {"o1": [(1, 300)]}}, {"n1"}),
        ({"tiers": {"o1": [(1, 300), (40, 260)]}}, {"n1"}),
        ({"tiers": {"o1": [(1, 300)]}, "lot": 50}, set()),
        ({"tiers": {"o1": [(1, 300)]}, "least": 45}, set()),
        ({"tiers": {"o1": [(1, 300)]}, "pooled": 45}, set()),
        ({"tiers": {"o1": [(1, 300)]}, "load": 1}, set()),
    ],
)
def test_extra_packs_are_idle_where_the_price_would_be_the_same_without_them(changes, idle):
    given = {"tiers": {"o1": [(1, 300), (50, 260)]}, "lines": [("o1", 50)], **changes}
    assert idle_extras(*documents(**given)) == idle


def test_a_dearer_second_source_for_extra_packs_is_no_gain():
    problem, plan = documents({"o1": [(1, 250)], "o2": [(1, 300), (50, 260)]}, [("o1", 40), ("o2", 5)])
    assert idle_extras(problem, plan) == {"n1"}
    assert capped(problem, {"n1"})["needs"][0]["at_most"] == 40
    assert problem["needs"][0]["at_most"] == 60


# --- the check on the order's page ---------------------------------------------------------------


def text(answer) -> str:
    return answer.get_data(as_text=True)


def order_of(round_id, buyer) -> int:
    with db.transaction(**READ):
        rows = queries.outcomes(round_id, buyer.organization_id)
        return next(each.line.order_id for row in rows for each in row.lines)


def test_an_order_shows_what_its_goods_would_cost_alone_and_how_delivery_is_shared(market, browsers):
    for poster in (market.cast.sri, market.cast.wati):
        market.need(30, by=poster)
    zones = [("3578", 1_000, 20_000)]
    market.offer(market.cast.joko, 0, 100, tiers=[(1, 300_000), (50, 290_000)], zones=zones)
    number = market.published()
    market.answer(market.cast.joko, asked_id(number, market.cast.joko))
    order_id = order_of(number, market.cast.sri)
    browser = browsers(market.cast.sri)
    assert f"/pesanan/{order_id}/pembanding" in text(browser.get(f"/pesanan/{order_id}"))
    page = text(browser.get(f"/pesanan/{order_id}/pembanding"))
    for shown in (
        "Rp8.750.000",
        "Rp9.050.000",
        "Rp300.000",
        "Rp290.000",
        "Rp20.000",
        "Anda tidak membayar lebih",
    ):
        assert shown in page, shown
    for person in (market.cast.wati, market.cast.joko):
        assert browsers(person).get(f"/pesanan/{order_id}/pembanding").status_code == 404
    assert browsers(market.cast.ratna).get(f"/pesanan/{order_id}/pembanding").status_code == 403
    assert browser.get("/pesanan/999/pembanding").status_code == 404


def test_a_round_that_is_dearer_for_somebody_says_so_on_the_order_too(market, browsers):
    market.need(40)
    market.need(40, by=market.cast.wati)
    market.offer(market.cast.joko, 290_000, 48)
    market.offer(market.cast.nur, 310_000, 60)
    number = market.published()
    for actor in (market.cast.joko, market.cast.nur):
        market.answer(actor, asked_id(number, actor))
    pages = []
    for buyer in (market.cast.sri, market.cast.wati):
        pages.append(text(browsers(buyer).get(f"/pesanan/{order_of(number, buyer)}/pembanding")))
    assert any("lebih mahal daripada membeli sendiri" in page for page in pages)


def test_the_round_says_how_many_needs_were_checked_against_buying_alone(market, browsers, rice):
    number = market.published()
    for person in (market.cast.ratna, market.cast.sri):
        part = text(browsers(person).get(f"/putaran/{number}")).split('data-testid="alone-check"')[1]
        assert "Kebutuhan yang diperiksa: 1." in part
        assert "lebih mahal: 0" in part
