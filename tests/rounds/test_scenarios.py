"""What-ifs: each change does what it says, the comparison adds up, and nothing is ever applied."""

from __future__ import annotations

import pytest

from market.commodities import queries as commodities
from market.core import db, jobs
from market.core.errors import Conflict, IllegalMove, NotFound, Refused
from market.core.permissions import Role
from market.needs.models import Need
from market.purchasing.models import PurchaseOrder
from market.rounds import queries, services
from market.rounds.models import Assignment, AssignmentLine, RoundNeed, RoundPlan
from market.rounds.models_scenarios import Scenario
from market.rounds.services import Changes, Depot
from tests import factories
from tests.rounds.conftest import RICE, the_round

READ = {"read_only": True}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def ask(market, round_id, **changes) -> int:
    """A what-if that the worker has computed."""
    with db.transaction():
        made = services.request_scenario(market.cast.ratna, round_id, "Coba", Changes(**changes)).id
    market.work()
    return made


def answer_to(scenario_id) -> queries.Comparison:
    with db.transaction(**READ):
        scenario = db.session.get_one(Scenario, scenario_id)
        assert (scenario.state, scenario.failure) == ("solved", "")
        return queries.comparison(scenario, db.session.get_one(RoundPlan, scenario.plan_id))


# --- asked, solved, compared ---------------------------------------------------------------------


def test_without_its_cheapest_supplier_the_round_pays_more_and_goes_short(market, rice):
    number = market.published()
    found = answer_to(ask(market, number, supplier_out=market.cast.lamongan.id))
    assert (found.before.paid_rp, found.after.paid_rp) == (23_840_000, 60 * 302_500)
    assert (found.before.missing, found.after.missing) == (0, 20)
    assert (found.before.coverage, found.after.coverage) == (100, 75)
    assert (found.after.worst, found.after.worst_percent) == ("Koperasi Sumber Makmur", 75)
    line = found.lines[0]
    assert (line.before_packs, line.after_packs, line.changed) == (80, 60, True)
    assert (line.before_from, line.after_from) == (
        "Penggilingan Lamongan Jaya, Penggilingan Ngawi Subur",
        "Penggilingan Ngawi Subur",
    )


def test_dearer_offers_cost_what_they_cost(market, rice):
    with db.transaction():
        db.session.get_one(Need, rice).ceiling_rp = None
    found = answer_to(ask(market, market.solved(), price_percent=10))
    assert found.after.paid_rp == 23_840_000 * 11 // 10
    assert found.after.missing == 0


def test_a_depot_nearby_wins_what_it_can_bring(market, rice):
    depot = Depot(RICE, "3578081003", 280_000, 30, 0)
    found = answer_to(ask(market, market.solved(), depot=depot))
    assert found.after.missing == 0
    assert 30 * 280_000 < found.after.paid_rp < found.before.paid_rp
    assert "Gudang baru" in found.lines[0].after_from


def test_the_lines_of_both_sides_add_up_to_their_sums(market, rice):
    market.need(33, by=market.cast.wati)
    number = market.solved()
    found = answer_to(ask(market, number, capacity_percent=50))
    for side, packs, paid in (
        (found.before, "before_packs", "before_rp"),
        (found.after, "after_packs", "after_rp"),
    ):
        assert side.packs == sum(getattr(line, packs) for line in found.lines)
        assert side.paid_rp == sum(getattr(line, paid) for line in found.lines)
    with db.transaction(**READ):
        plan = queries.newest_plan(number)
        assert found.before.paid_rp == plan.goods_rp + plan.delivery_rp


def test_a_what_if_of_a_rematch_keeps_what_was_accepted(market, rice):
    number = market.published()
    with db.transaction(**READ):
        mine = [a.id for a in queries.assignments_of_round(number)]
    market.answer(market.cast.joko, mine[0])
    market.answer(market.cast.nur, mine[1], decline_reason="no_stock")
    market.work()
    found = answer_to(ask(market, number, capacity_percent=25))
    assert (found.before.packs, found.after.packs) == (48, 48)


# --- never applied -------------------------------------------------------------------------------


def everything_else(market) -> list[object]:
    """All that a round could change: its state, plans, assignments, needs and orders."""
    with db.transaction(**READ):
        tables = (RoundPlan, Assignment, AssignmentLine, RoundNeed, Need, PurchaseOrder)
        rows = [
            {column.name: getattr(row, column.name) for column in row.__table__.c}
            for table in tables
            for row in db.session.query(table).order_by(table.id)
        ]
        return [*rows, [(r.id, r.state, r.attempt, r.state_at) for r in queries.rounds_of(market.cast.ratna)]]


def test_a_what_if_changes_nothing_of_the_round_from_asking_to_throwing_away(market, rice):
    number = market.published()
    before = everything_else(market)
    made = ask(market, number, supplier_out=market.cast.lamongan.id)
    assert everything_else(market) == before
    with db.transaction():
        services.discard_scenario(market.cast.ratna, made)
    assert everything_else(market) == before
    with db.transaction(**READ):
        assert queries.scenarios_of(number) == []


def test_no_state_of_a_what_if_and_no_address_publishes_it(app, market):
    assert Scenario.STATES.states == {"queued", "solving", "solved", "failed", "discarded"}
    addresses = {rule.rule for rule in app.url_map.iter_rules() if "skenario" in rule.rule}
    assert addresses == {
        "/putaran/<int:round_id>/skenario",
        "/putaran/<int:round_id>/skenario/baru",
        "/skenario/<int:scenario_id>",
        "/skenario/<int:scenario_id>/langsung",
        "/skenario/<int:scenario_id>/pembuangan",
        "/skenario/<int:scenario_id>/hitungan",
    }


# --- refusals, failures, repeats -----------------------------------------------------------------


def test_a_what_if_needs_a_plan_and_a_change(market, rice):
    number = market.open()
    with pytest.raises(Refused, match="belum punya rencana"), db.transaction():
        services.request_scenario(market.cast.ratna, number, "x", Changes(price_percent=10))
    market.close(number)
    market.work()
    with pytest.raises(Refused, match="satu perubahan"), db.transaction():
        services.request_scenario(market.cast.ratna, number, "x", Changes(pack_code=RICE))


def test_only_so_many_what_ifs_are_kept(market, rice, monkeypatch):
    monkeypatch.setattr("market.rounds.services.scenarios.MOST_KEPT", 1)
    number = market.solved()
    made = ask(market, number, price_percent=10)
    with pytest.raises(Refused, match="Buang"), db.transaction():
        services.request_scenario(market.cast.ratna, number, "x", Changes(price_percent=5))
    with db.transaction():
        services.discard_scenario(market.cast.ratna, made)
        services.request_scenario(market.cast.ratna, number, "x", Changes(price_percent=5))


def test_a_matcher_that_fails_fails_the_what_if_and_it_can_be_tried_again(market, rice, broken_matcher):
    number = market.solved()
    broken_matcher("fails")
    made = ask(market, number, price_percent=5)
    with db.transaction(**READ):
        assert db.session.get_one(Scenario, made).state == "failed"
        assert the_round(number).state == "solved"
    broken_matcher(None)
    with db.transaction():
        services.retry_scenario(market.cast.ratna, made)
    market.work()
    assert answer_to(made).after.missing == 0


def test_a_plan_that_the_checker_refuses_is_not_shown(market, rice, broken_matcher):
    number = market.solved()
    broken_matcher("refused")
    made = ask(market, number, price_percent=5)
    with db.transaction(**READ):
        scenario = db.session.get_one(Scenario, made)
        assert (scenario.state, scenario.plan_json) == ("failed", "")


def test_solving_twice_changes_nothing_the_second_time(market, rice):
    made = ask(market, market.solved(), price_percent=5)
    with db.transaction(**READ):
        before = db.session.get_one(Scenario, made).state_at
    services.solve_scenario(made)
    with db.transaction(**READ):
        assert db.session.get_one(Scenario, made).state_at == before


def test_what_is_being_computed_or_was_thrown_away_cannot_be_thrown_away(market, rice):
    number = market.solved()
    with db.transaction():
        made = services.request_scenario(market.cast.ratna, number, "x", Changes(price_percent=5)).id
        services.discard_scenario(market.cast.ratna, made)
    with pytest.raises(IllegalMove), db.transaction():
        services.discard_scenario(market.cast.ratna, made)
    market.work()
    with db.transaction(**READ):
        assert db.session.get_one(Scenario, made).state == "discarded"
        assert db.session.query(jobs.Job).filter(jobs.Job.last_error != "").count() == 0
    with db.transaction():
        other = services.request_scenario(market.cast.ratna, number, "y", Changes(price_percent=5)).id
        services.scenarios._begin(other)
        with pytest.raises(Conflict):
            services.discard_scenario(market.cast.ratna, other)


# --- pages ---------------------------------------------------------------------------------------

FORM = {"name": "Lamongan berhenti", "price_percent": "10"}


@pytest.fixture
def strangers(cast):
    """An officer of another city, one who may only look, and people of other trades."""
    with db.transaction():
        elsewhere = factories.actor(Role.OFFICE_OFFICER, factories.office("3573", "Dinas Malang"))
        viewer = factories.actor(Role.PROVINCE_OFFICER, cast.dinas)
    return {"elsewhere": elsewhere, "forbidden": (viewer, cast.sri, cast.joko)}


def test_an_officer_asks_watches_compares_and_throws_away(market, browsers, rice):
    number = market.published()
    browser = browsers(market.cast.ratna)
    assert f"/putaran/{number}/skenario" in text(browser.get(f"/putaran/{number}"))
    assert "Belum ada skenario" in text(browser.get(f"/putaran/{number}/skenario"))
    form = {"name": "Lamongan berhenti", "supplier_out": str(market.cast.lamongan.id)}
    asked = browser.post(f"/putaran/{number}/skenario", form)
    assert asked.status_code == 303
    waiting = text(browser.get(asked.location))
    assert 'data-state="queued"' in waiting
    live = browser.get(f"{asked.location}/langsung?keadaan=queued")
    assert (live.status_code, "<form" in text(live)) == (200, False)
    seen = {"If-None-Match": live.headers["ETag"]}
    assert browser.get(f"{asked.location}/langsung?keadaan=queued", headers=seen).status_code == 304
    market.work()
    moved = browser.get(f"{asked.location}/langsung?keadaan=queued", headers=seen)
    assert moved.headers["HX-Refresh"] == "true"
    page = text(browser.get(asked.location))
    for shown in ("Penggilingan Lamongan Jaya tidak ikut", "Rp23.840.000", "Rp18.150.000", "60 dari 80 sak"):
        assert shown in page
    assert "Ini hanya perbandingan" in page
    assert "Lamongan berhenti" in text(browser.get(f"/putaran/{number}/skenario"))
    gone = browser.post(f"{asked.location}/pembuangan")
    assert gone.location == f"/putaran/{number}/skenario"
    assert "Lamongan berhenti" not in text(browser.get(gone.location))


def test_a_colleague_opens_the_shared_link_and_nobody_else_does(market, browsers, rice, strangers):
    made = ask(market, number := market.solved(), price_percent=10)
    paths = (f"/skenario/{made}", f"/skenario/{made}/langsung")
    for path in paths:
        assert browsers(market.cast.agus).get(path).status_code == 200
        assert browsers(strangers["elsewhere"]).get(path).status_code == 404
        for person in strangers["forbidden"]:
            assert browsers(person).get(path).status_code == 403
    for path in (f"/putaran/{number}/skenario", f"/putaran/{number}/skenario/baru"):
        assert browsers(strangers["elsewhere"]).get(path).status_code == 404
        assert browsers(strangers["forbidden"][0]).get(path).status_code == 403
    for path in (f"/skenario/{made}/pembuangan", f"/skenario/{made}/hitungan", f"/putaran/{number}/skenario"):
        assert browsers(strangers["elsewhere"]).post(path, FORM).status_code == 404
        assert browsers(strangers["forbidden"][1]).post(path, FORM).status_code == 403
    assert browsers(market.cast.ratna).get(f"/skenario/{made}/pembuangan").status_code == 405
    with pytest.raises(NotFound), db.transaction(**READ):
        queries.scenario_for(market.cast.ratna, 10**30)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "Wajib diisi"),
        ({"price_percent": "9999"}, "Pilih salah satu"),
        ({"price_percent": ""}, "satu perubahan"),
        ({"supplier_out": "1"}, "Pilih salah satu"),
        ({"depot_pack": RICE}, "Wajib diisi"),
        ({"fairness": "on", "pack_code": RICE}, "satu harga dan satu ukuran"),
    ],
)
def test_a_bad_form_comes_back_at_its_field(market, browsers, wrong, says):
    market.need(80)
    market.offer(market.cast.joko, 295_000, 48, tiers=[(1, 299_000), (40, 295_000)])
    number = market.solved()
    answer = browsers(market.cast.ratna).post(f"/putaran/{number}/skenario", {**FORM, **wrong})
    assert (answer.status_code, says in text(answer)) == (422, True)
    with db.transaction(**READ):
        assert db.session.query(Scenario).count() == 0


def test_every_change_is_said_in_words(market, rice):
    depot = {"pack_code": RICE, "place_code": "3578081003", "price_rp": 280_000, "capacity_packs": 75}
    with db.transaction(**READ):
        said = queries.changes_in_words(
            {
                "supplier_out": market.cast.ngawi.id,
                "price_percent": -10,
                "capacity_percent": 50,
                "ceiling": "5",
                "fairness": "on",
                "depot": depot,
            }
        )
    assert said == [
        "Penggilingan Ngawi Subur tidak ikut",
        "Harga semua barang −10 %",
        "Persediaan semua barang menjadi 50 %",
        "Batas harga semua barang +5 %",
        "Dibagi rata: semua barang",
        f"Gudang baru di Ngagelrejo: 75 {pack_name()}, Rp280.000",
    ]


def pack_name() -> str:
    with db.transaction(**READ):
        return next(pack.name for pack in commodities.packs() if pack.code == RICE)
