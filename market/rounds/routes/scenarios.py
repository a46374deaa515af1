"""What-ifs at /putaran/<id>/skenario and /skenario/<id>: ask, watch, compare, throw away."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from market.commodities import queries as commodities
from market.core.i18n import _
from market.core.permissions import Permission
from market.identity import queries as identity
from market.places import queries as places
from market.rounds import queries, services
from market.rounds.forms_scenarios import (
    ScenarioForm,
    ceiling_choices,
    fairness_choices,
    left_choices,
    percent_choices,
)
from market.rounds.models import Round
from market.rounds.models_scenarios import Scenario
from market.rounds.routes.blueprint import Answer, bp
from market.rounds.services import Changes, Depot
from market.web import charts
from market.web.access import current_actor, requires
from market.web.requests import etag_for

MOVING = ("queued", "solving")


@bp.get("/putaran/<int:round_id>/skenario")
@requires(Permission.ROUNDS_RUN)
def index_scenarios(round_id: int) -> Answer:
    """The kept what-ifs of a round."""
    round_ = queries.own_round(current_actor(), round_id)
    found = queries.scenarios_of(round_.id)
    words = {each.id: queries.changes_in_words(each.changes) for each in found}
    plan = queries.newest_plan(round_.id)
    return render_template(
        "rounds/index_scenarios.html", round=round_, scenarios=found, words=words, plan=plan
    )


@bp.get("/putaran/<int:round_id>/skenario/baru")
@requires(Permission.ROUNDS_RUN)
def new_scenario(round_id: int) -> Answer:
    """Ask a new one."""
    round_ = queries.own_round(current_actor(), round_id)
    return _asking(round_, _form(round_))


@bp.post("/putaran/<int:round_id>/skenario")
@requires(Permission.ROUNDS_RUN)
def create_scenario(round_id: int) -> Answer:
    """Have it computed by the worker."""
    round_ = queries.own_round(current_actor(), round_id)
    form = _form(round_)
    if form.validate() and _depot_is_whole(form):
        with form.guard():
            made = services.request_scenario(current_actor(), round_.id, str(form.name.data), _changes(form))
            flash(_("Skenario disimpan. Hitungan segera mulai."))
            return redirect(url_for("rounds.show_scenario", scenario_id=made.id), 303)
    return _asking(round_, form), 422


def _asking(round_: Round, form: ScenarioForm) -> str:
    return render_template("rounds/new_scenario.html", round=round_, form=form)


def _form(round_: Round) -> ScenarioForm:
    """The form with the suppliers and packs that are in the round's plan."""
    plan = queries.newest_plan(round_.id)
    problem: dict[str, Any] = json.loads(plan.problem_json) if plan else {"suppliers": [], "commodities": []}
    names = identity.names({int(row["id"][1:]) for row in problem["suppliers"]})
    codes = {row["id"] for row in problem["commodities"]}
    goods = [(pack.code, pack.name) for pack in commodities.packs() if pack.code in codes]
    villages = [(each.code, each.name) for each in places.villages_of(round_.scope_code)]
    return ScenarioForm.load(
        supplier_out=[("", _("Semua ikut")), *((str(key), name) for key, name in sorted(names.items()))],
        pack_code=[("", _("Semua barang")), *goods],
        price_percent=percent_choices(),
        capacity_percent=left_choices(),
        ceiling=ceiling_choices(),
        fairness=fairness_choices(),
        depot_pack=[("", _("Tanpa gudang baru")), *goods],
        depot_place=[("", _("Pilih kelurahan")), *villages],
    )


def _depot_is_whole(form: ScenarioForm) -> bool:
    """A depot needs its place, price and stock; says so at the field."""
    if not form.depot_pack.data:
        return True
    missing = [
        field for field in (form.depot_place, form.depot_price_rp, form.depot_capacity) if not field.data
    ]
    for field in missing:
        field.errors = [*field.errors, _("Wajib diisi.")]
    return not missing


def _changes(form: ScenarioForm) -> Changes:
    depot = None
    if form.depot_pack.data:
        depot = Depot(
            form.depot_pack.data,
            form.depot_place.data,
            form.depot_price_rp.data,
            form.depot_capacity.data,
            form.depot_freight_rp.data or 0,
        )
    return Changes(
        supplier_out=_number(form.supplier_out.data),
        pack_code=form.pack_code.data or "",
        price_percent=_number(form.price_percent.data),
        capacity_percent=_number(form.capacity_percent.data),
        ceiling=form.ceiling.data or "",
        fairness=form.fairness.data or "",
        depot=depot,
    )


def _number(chosen: str | None) -> int | None:
    return int(chosen) if chosen else None


@bp.get("/skenario/<int:scenario_id>")
@requires(Permission.ROUNDS_RUN)
def show_scenario(scenario_id: int) -> Answer:
    """One what-if beside the plan; while it is computed the page asks for its moving part."""
    scenario = queries.scenario_for(current_actor(), scenario_id)
    return render_template("rounds/show_scenario.html", **_view(scenario))


@bp.get("/skenario/<int:scenario_id>/langsung")
@requires(Permission.ROUNDS_RUN)
def show_scenario_live(scenario_id: int) -> Response:
    """The moving part; in another state the whole page again."""
    scenario = queries.scenario_for(current_actor(), scenario_id)
    tag = etag_for(queries.scenario_version(scenario))
    moved_on = request.args.get("keadaan") != scenario.state
    if tag in request.if_none_match and not moved_on:
        response = Response(status=304)
    else:
        response = make_response(render_template("rounds/_scenario_live.html", **_view(scenario)))
    if moved_on:
        response.headers["HX-Refresh"] = "true"
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _view(scenario: Scenario) -> dict[str, Any]:
    round_ = queries.round_by_id(scenario.round_id)
    plan = next(each for each in queries.plans_of(round_.id) if each.id == scenario.plan_id)
    found = queries.comparison(scenario, plan) if scenario.plan_json else None
    whole = "semua" in request.args
    curve = [(at / 1000, bound, cost) for at, bound, cost in scenario.curve if bound is not None]
    return {
        "round": round_,
        "scenario": scenario,
        "plan": plan,
        "words": queries.changes_in_words(scenario.changes),
        "moving": scenario.state in MOVING,
        "curve": charts.gap_curve(curve) if curve else None,
        "found": found,
        "lines": [] if found is None else found.lines if whole else found.changed[: queries.MOST_LINES],
        "whole": whole,
        "address": url_for("rounds.show_scenario", scenario_id=scenario.id, _external=True),
    }


@bp.post("/skenario/<int:scenario_id>/pembuangan")
@requires(Permission.ROUNDS_RUN)
def create_scenario_discard(scenario_id: int) -> Answer:
    """Throw it away."""
    scenario = services.discard_scenario(current_actor(), scenario_id)
    flash(_("Skenario dibuang. Rencana putaran tidak berubah."))
    return redirect(url_for("rounds.index_scenarios", round_id=scenario.round_id), 303)


@bp.post("/skenario/<int:scenario_id>/hitungan")
@requires(Permission.ROUNDS_RUN)
def create_scenario_solve(scenario_id: int) -> Answer:
    """Compute a failed one again."""
    scenario = services.retry_scenario(current_actor(), scenario_id)
    flash(_("Skenario dihitung lagi."))
    return redirect(url_for("rounds.show_scenario", scenario_id=scenario.id), 303)
