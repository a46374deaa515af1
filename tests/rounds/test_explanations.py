"""Explanations: what is said to help is tried again with the whole round, and no rival's price is told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from market.core import clock, db
from market.offers import services as offers
from market.rounds import queries, services, solver
from market.rounds.models_explanations import NeedAdvice, OfferAdvice, PlanProof
from market.rounds.services import gathering
from market.rounds.services.explanation_claims import band_of
from market.rounds.solver import Limits
from tests.rounds.conftest import the_round

READ = {"read_only": True}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def advice(round_id, kind) -> NeedAdvice:
    with db.transaction(**READ):
        plan = queries.newest_plan(round_id)
        found = [row for rows in queries.advice_of(plan.id).values() for row in rows]
        assert kind in {row.kind for row in found}, [row.kind for row in found]
        return next(row for row in found if row.kind == kind)


def solved_again(round_id, change) -> dict[str, int]:
    """The whole round of the plan with a change in its problem: packs by need."""
    with db.transaction(**READ):
        problem = json.loads(queries.newest_plan(round_id).problem_json)
    change(problem)
    return packs_of(problem)


def packs_of(problem) -> dict[str, int]:
    with solver.workplace(problem) as folder:
        plan = solver.solve(folder, Limits(gap=0.0, seconds=10), lambda _point: None)
    packs: dict[str, int] = {}
    for line in plan["lines"]:
        packs[line["need"]] = packs.get(line["need"], 0) + line["quantity"]
    return packs


def reopened(round_id, **changes) -> int:
    """Packs in all when the round's only need had been posted differently."""
    with db.transaction(**READ):
        rows = gathering.rows_of(the_round(round_id))
    problem = replace(rows, needs=[replace(rows.needs[0], **changes)]).problem()
    return sum(packs_of(problem).values())


# --- each claim is tried again -------------------------------------------------------------------


def test_a_higher_ceiling_is_named_to_the_rupiah(market):
    need = market.need(80, ceiling_rp=290_000)
    market.offer(market.cast.joko, 295_000, 48)
    market.offer(market.cast.nur, 299_000, 60)
    number = market.solved()
    said = advice(number, "ceiling")
    assert (said.need_id, said.amount, said.packs, said.unit_rp) == (need, 295_000, 48, 295_000)

    def raised(to):
        return solved_again(number, lambda problem: problem["needs"][0].update(ceiling_rp=to))

    assert raised(said.amount) == {f"n{need}": 48}
    assert raised(said.amount - 1) == {}


def test_the_cash_that_is_missing_is_named_to_the_rupiah(market):
    need = market.need(40, cash_rp=3_000_000)
    market.offer(market.cast.joko, 290_000, 60, zones=[("3578", 500, 7_000)])
    number = market.solved()
    said = advice(number, "cash")
    assert (said.amount, said.packs) == (40 * 290_500 + 7_000, 30)

    def with_cash(amount):
        return solved_again(number, lambda problem: problem["buyers"][0].update(cash_rp=amount))

    assert with_cash(said.amount) == {f"n{need}": 40}
    assert with_cash(said.amount - 1)[f"n{need}"] < 40


def test_one_more_supplier_is_named_where_one_alone_is_not_enough(market):
    need = market.need(80, max_suppliers=1)
    market.offer(market.cast.joko, 295_000, 48)
    market.offer(market.cast.nur, 302_500, 60)
    number = market.solved()
    said = advice(number, "suppliers")
    assert (said.amount, said.packs) == (2, 20)
    again = solved_again(number, lambda problem: problem["needs"][0].update(max_suppliers=2))
    assert again == {f"n{need}": 80}


@pytest.mark.parametrize(
    ("offer", "least"), [({"min_per_drop_packs": 50}, 50), ({"pooled_min_packs": 60, "lot_packs": 8}, 64)]
)
def test_the_smallest_amount_that_reaches_a_minimum_is_named(market, offer, least):
    need = market.need(40)
    market.offer(market.cast.joko, 290_000, 64, **offer)
    number = market.solved()
    said = advice(number, "amount")
    assert (said.amount, said.packs) == (least, least)

    def asking(packs):
        change = {"wanted": packs, "at_most": packs}
        return solved_again(number, lambda problem: problem["needs"][0].update(change))

    assert asking(least) == {f"n{need}": least}
    assert asking(least - 1) == {}


def test_a_later_day_is_named_where_goods_would_come(market):
    market.need(40)
    market.offer(market.cast.joko, 290_000, 60, lead_days=20)
    number = market.solved()
    said = advice(number, "date")
    assert said.day_on > clock.today() + timedelta(days=10)
    assert reopened(number, needed_by_on=said.day_on) == said.packs == 40
    assert reopened(number, needed_by_on=said.day_on - timedelta(days=1)) == 0


def test_other_terms_are_named_where_they_open_an_offer(market):
    market.need(40, terms="tempo")
    market.offer(market.cast.joko, 290_000, 60, terms="cod")
    said = advice(number := market.solved(), "terms")
    assert (said.word, said.packs) == ("cod", 40)
    assert reopened(number, terms=said.word) == 40


def test_a_wider_road_is_named_where_only_the_truck_is_in_the_way(market):
    from_mill = {"place_code": "3578", "vehicle": "truck", "capacity_g": 8_000_000, "cost_rp": 1}
    market.need(40, truck_access="pickup")
    market.offer(market.cast.joko, 290_000, 60)
    with db.transaction():
        offers.set_trip_rates(market.cast.joko, [offers.Trip(**from_mill)])
    said = advice(number := market.solved(), "access")
    assert (said.word, said.packs) == ("any", 40)
    assert reopened(number, truck_access="any") == 40
    assert reopened(number, truck_access="small") == 0


def test_another_pack_of_the_family_is_named_as_a_substitute(market):
    market.need(40)
    market.offer(market.cast.joko, 290_000, 10)
    market.need(1, code="BRS-MED-25", by=market.cast.wati)
    market.offer(market.cast.nur, 280_000, 60, code="BRS-MED-25")
    number = market.solved()
    said = advice(number, "substitute")
    assert (said.packs, said.unit_rp) == (30, 280_000)
    with db.transaction(**READ):
        rows = gathering.rows_of(the_round(number))
    first, *others = rows.needs
    rest = replace(first, id=10**6, pack_code="BRS-MED-25", wanted=30, at_most=30)
    again = packs_of(replace(rows, needs=[first, rest, *others]).problem())
    assert (again[f"n{first.id}"], again["n1000000"]) == (10, 30)


# --- nothing is promised -------------------------------------------------------------------------


def test_nothing_is_promised_where_no_change_helps(market):
    market.need(80)
    market.offer(market.cast.joko, 295_000, 48)
    number = market.solved()
    with db.transaction(**READ):
        assert db.session.query(NeedAdvice).count() == 0
        assert queries.round_needs(number)[0].unmet_reason == "capacity"


def test_advice_leaves_to_others_what_the_plan_gives_them(market):
    """The cheap sacks go to the neighbour: raising the ceiling must not count them again."""
    market.need(48, by=market.cast.wati)
    need = market.need(40, ceiling_rp=290_000)
    market.offer(market.cast.joko, 295_000, 60)
    number = market.solved()
    said = advice(number, "ceiling")
    assert (said.need_id, said.packs) == (need, 12)


def test_a_matcher_that_fails_leaves_the_plan_without_advice(market, broken_matcher):
    market.need(80, ceiling_rp=290_000)
    market.offer(market.cast.joko, 295_000, 48)
    number = market.close()
    services.solve_round(number)
    broken_matcher("fails")
    market.work()
    with db.transaction(**READ):
        assert the_round(number).state == "solved"
        assert db.session.query(NeedAdvice).count() == 0


def test_explaining_twice_writes_nothing_twice(market):
    market.need(80, ceiling_rp=290_000)
    market.offer(market.cast.joko, 295_000, 48)
    number = market.solved()
    with db.transaction(**READ):
        plan_id = queries.newest_plan(number).id
        before = db.session.query(NeedAdvice).count()
    services.explain_plan(plan_id)
    with db.transaction(**READ):
        assert db.session.query(NeedAdvice).count() == before > 0
        assert db.session.query(PlanProof).one().explained_at is not None


# --- who reads it --------------------------------------------------------------------------------


def test_a_board_reads_what_would_help_once_the_plan_is_published(market, browsers):
    market.need(80, ceiling_rp=290_000)
    market.need(7, by=market.cast.wati, ceiling_rp=250_000)
    market.offer(market.cast.joko, 295_000, 48)
    number = market.solved()
    assert "Naikkan" not in text(browsers(market.cast.sri).get(f"/putaran/{number}"))
    market.publish(number)
    mine = text(browsers(market.cast.sri).get(f"/putaran/{number}"))
    assert "Naikkan batas harga Rp5.000 menjadi Rp295.000: Anda mendapat 48 sak lagi" in mine
    theirs = text(browsers(market.cast.wati).get(f"/putaran/{number}"))
    assert "Naikkan batas harga Rp45.000 menjadi Rp295.000" in theirs
    assert "Rp5.000" not in theirs


def test_the_office_reads_coverage_and_who_is_served_worst(market, browsers):
    market.need(80, ceiling_rp=290_000)
    market.need(8, by=market.cast.wati)
    market.offer(market.cast.joko, 295_000, 48)
    number = market.solved()
    page = text(browsers(market.cast.ratna).get(f"/putaran/{number}"))
    assert re.search(r'data-testid="coverage".*?9,1 %', page, re.DOTALL)
    worst = page.split('data-testid="worst-served"')[1]
    assert "Koperasi Sumber Makmur" in worst.split("</table>")[0]
    assert "Naikkan batas harga Rp5.000" in page


# --- suppliers that got nothing ------------------------------------------------------------------


@pytest.fixture
def rivals(market):
    """`rivals(cheap)` publishes a round that the cheapest mill wins; returns those who lose."""

    def run(cheap: int):
        market.need(40)
        market.offer(market.cast.joko, cheap, 60)
        market.offer(market.cast.nur, 300_000, 60)
        third = market.third_mill(310_000, 60)
        return market.published(), third

    return run


def result_of(actor) -> OfferAdvice:
    with db.transaction(**READ):
        return db.session.query(OfferAdvice).filter_by(organization_id=actor.organization_id).one()


def test_a_losing_offer_is_told_a_band_and_at_its_lower_edge_it_would_have_won(market, rivals):
    number, third = rivals(290_000)
    near, far = result_of(market.cast.nur), result_of(third)
    assert [(each.band_from, each.band_to) for each in (near, far)] == [(2, 4), (4, 8)]
    for said in (near, far):

        def lowered(problem, said=said):
            offer = next(row for row in problem["offers"] if row["id"] == f"o{said.offer_id}")
            offer["tiers"] = [{"from": 1, "price_rp": said.asked_rp * (100 - said.band_to) // 100}]

        with db.transaction(**READ):
            problem = json.loads(queries.newest_plan(number).problem_json)
        lowered(problem)
        with solver.workplace(problem) as folder:
            plan = solver.solve(folder, Limits(gap=0.0, seconds=10), lambda _point: None)
        assert f"o{said.offer_id}" in {line["offer"] for line in plan["lines"]}


def test_with_one_rival_alone_the_band_would_be_its_price_and_is_not_told(market, browsers):
    market.need(40)
    market.offer(market.cast.joko, 290_000, 60)
    market.offer(market.cast.nur, 300_000, 60)
    market.published()
    assert (result_of(market.cast.nur).reason, result_of(market.cast.nur).band_to) == ("price", None)
    assert "di atas harga masuk" not in text(browsers(market.cast.nur).get("/hasil-penawaran"))


def test_the_page_tells_the_band_and_neither_rival_nor_price(market, rivals, browsers):
    rivals(290_000)
    page = text(browsers(market.cast.nur).get("/hasil-penawaran"))
    assert "2–4 % di atas harga masuk" in page
    assert "Rp288.000" in page
    for secret in ("Lamongan", "290.000", "289.", "310.000", "Sumber Makmur"):
        assert secret not in page
    assert 'data-testid="offer-result"' not in text(browsers(market.cast.joko).get("/hasil-penawaran"))


def test_a_rivals_price_that_moves_within_the_band_changes_nothing_on_the_page(market, rivals, browsers):
    rivals(290_000)
    first = seen(browsers(market.cast.nur))
    rivals(291_500)
    cards = seen(browsers(market.cast.nur))
    assert cards[0] == cards[1] == first[0]


def seen(browser) -> list[str]:
    page = re.sub(r"<time.*?</time>|PTR/\d+/\d+", "", text(browser.get("/hasil-penawaran")))
    return [card.split("</section>")[0] for card in page.split('data-testid="offer-result"')[1:]]


def test_before_the_plan_is_published_no_supplier_reads_a_result(market, browsers):
    market.need(40)
    market.offer(market.cast.joko, 290_000, 60)
    market.offer(market.cast.nur, 300_000, 60)
    market.solved()
    assert "Tidak ada penawaran yang tersisih" in text(browsers(market.cast.nur).get("/hasil-penawaran"))


@pytest.mark.parametrize(
    ("need", "offer", "reason"),
    [
        ({"terms": "tempo"}, {"terms": "cod"}, "terms"),
        ({}, {"lead_days": 30}, "date"),
        ({}, {"zones": [("3573", 0, 0), ("357804", 0, 0)]}, "area"),
        ({}, {"min_per_drop_packs": 50}, "minimum"),
    ],
)
def test_an_offer_that_fits_nobody_is_told_why(market, browsers, need, offer, reason):
    market.need(40, **need)
    market.offer(market.cast.joko, 290_000, 60, **offer)
    market.published()
    assert result_of(market.cast.joko).reason == reason
    assert str(queries.OFFER_WORDS[reason]) in text(browsers(market.cast.joko).get("/hasil-penawaran"))


@pytest.mark.parametrize(
    ("asked", "entry", "band"),
    [
        (100, 99, (0, 2)),
        (100, 98, (0, 2)),
        (100, 97, (2, 4)),
        (100, 70, (15, 30)),
        (100, 69, None),
        (100, 100, (0, 2)),
    ],
)
def test_bands_are_wide_and_end_somewhere(asked, entry, band):
    assert band_of(asked, entry) == band
