"""What-ifs: asked by an officer, solved beside the rounds, compared, thrown away; never applied."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from sqlalchemy import update

from market.commodities import queries as commodities
from market.core import clock, db, faults, jobs, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _
from market.core.permissions import SYSTEM, Actor, Permission
from market.needs import queries as needs
from market.places import queries as places
from market.rounds import queries, solver
from market.rounds.models import RoundPlan
from market.rounds.models_scenarios import Scenario
from market.rounds.services.scenario_changes import Changes, Depot, changed
from market.rounds.solver import Limits, SolverFailed

log = logging.getLogger(__name__)

MOST_KEPT = 20
"""So many what-ifs of one round may be kept at a time."""
PROGRESS_EVERY_S = 0.5


def request_scenario(actor: Actor, round_id: int, name: str, changes: Changes) -> Scenario:
    """Ask what the round's newest plan would be under the changes (job `scenario_requested`).

    The inputs are those that the plan was made of, frozen. Raises NotFound, and Refused without a
    change, without a plan, for too many kept what-ifs, or for a sharing that is not possible.
    """
    actor.require(Permission.ROUNDS_RUN)
    round_ = queries.own_round(actor, round_id)
    plan = queries.newest_plan(round_.id)
    if plan is None or round_.state not in queries.WITH_PLAN:
        raise Refused(_("Putaran ini belum punya rencana untuk dibandingkan."))
    if changes.nothing:
        raise Refused(_("Pilih paling sedikit satu perubahan."))
    if len(queries.scenarios_of(round_.id)) >= MOST_KEPT:
        raise Refused(_("Sudah ada %(n)s skenario. Buang yang tidak dipakai dahulu.", n=MOST_KEPT))
    now = clock.now()
    scenario = Scenario(
        organization_id=round_.organization_id,
        round_id=round_.id,
        plan_id=plan.id,
        name=name,
        changes=changes.to_document(),
        problem_json=json.dumps(_problem(plan, changes), sort_keys=True),
        curve=[],
        state_at=now,
        created_at=now,
        created_by=actor.user_id,
    )
    db.session.add(scenario)
    db.session.flush()
    states.start(scenario, actor)
    _ask_solver(scenario)
    return scenario


def _problem(plan: RoundPlan, changes: Changes) -> dict[str, Any]:
    packs = commodities.packs()
    administered = {pack.code for pack in packs if pack.commodity.handling == "administered"}
    problem = json.loads(plan.problem_json)
    km = _way(problem, changes.depot) if changes.depot else {}
    try:
        return changed(problem, changes, administered, km)
    except ValueError as error:
        text = _("Pembagian merata hanya bisa untuk barang dengan satu harga dan satu ukuran kelipatan.")
        raise Refused(text, field="fairness") from error


def _way(problem: dict[str, Any], depot: Depot) -> dict[str, int]:
    """Whole kilometres from the depot to each need's door, rounded up."""
    asked = {int(row["id"][1:]) for row in problem["needs"] if row["commodity"] == depot.pack_code}
    return {
        f"n{need.id}": -(-places.distance_m(depot.place_code, need.place_code) // 1000)
        for need in needs.by_ids(asked)
    }


def _ask_solver(scenario: Scenario) -> None:
    key = f"scenario_requested:{scenario.id}:{scenario.attempt + 1}"
    jobs.enqueue("scenario_requested", {"scenario_id": scenario.id}, unique_key=key, queue="solver")


def retry_scenario(actor: Actor, scenario_id: int) -> Scenario:
    """Compute a failed what-if once more. Raises NotFound, IllegalMove."""
    actor.require(Permission.ROUNDS_RUN)
    scenario = queries.scenario_for(actor, scenario_id, lock=True)
    states.advance(scenario, "queued", actor)
    _ask_solver(scenario)
    return scenario


def discard_scenario(actor: Actor, scenario_id: int) -> Scenario:
    """Throw a what-if away; the round never knew of it. Raises NotFound, Conflict while it is computed."""
    actor.require(Permission.ROUNDS_RUN)
    scenario = queries.scenario_for(actor, scenario_id, lock=True)
    if scenario.state == "solving":
        raise Conflict(_("Skenario ini sedang dihitung. Tunggu sebentar, lalu buang."))
    states.advance(scenario, "discarded", actor)
    return scenario


def solve_scenario(scenario_id: int, limits: Limits | None = None) -> None:
    """Solve a requested what-if and keep its plan beside the question.

    Opens its own transactions; none is open while the solver runs. Calling it for one that waits for
    no solver does nothing. A failing matcher leaves it `failed`.
    """
    with db.transaction():
        problem = _begin(scenario_id)
    if problem is None:
        return
    began = time.monotonic()
    try:
        with solver.workplace(problem) as folder:
            plan = solver.solve(folder, limits or Limits(seed=scenario_id), _Curve(scenario_id).write)
            if not solver.check(folder).get("clean"):
                raise SolverFailed("the checker refused the plan")
    except SolverFailed as failure:
        log.error("scenario %s failed: %s", scenario_id, failure)
        _finish(scenario_id, "failed", failure=str(failure)[:2000])
        return
    faults.point("scenario_found")
    gap = plan.get("gap")
    _finish(
        scenario_id,
        "solved",
        plan_json=json.dumps(plan, sort_keys=True),
        cost_rp=plan["cost_rp"],
        bound_rp=plan.get("bound_rp"),
        gap_ppm=None if gap is None else round(gap * 1_000_000),
        milliseconds=round((time.monotonic() - began) * 1000),
        failure="",
    )


def _begin(scenario_id: int) -> dict[str, Any] | None:
    scenario = queries.scenario_by_id(scenario_id)
    if scenario.state not in ("queued", "solving"):
        return None
    if scenario.state == "queued":
        states.advance(scenario, "solving", SYSTEM)
        scenario.attempt += 1
    scenario.curve = []
    problem: dict[str, Any] = json.loads(scenario.problem_json)
    return problem


def _finish(scenario_id: int, state: str, **columns: Any) -> None:
    with db.transaction():
        scenario = queries.scenario_by_id(scenario_id)
        if scenario.state == "solving":  # otherwise another worker was faster
            states.advance(scenario, state, SYSTEM, also=columns)


class _Curve:
    """Writes the search's progress for the live page, each time in a small transaction of its own."""

    def __init__(self, scenario_id: int) -> None:
        self.scenario_id = scenario_id
        self.points: list[list[Any]] = []
        self.last = 0.0

    def write(self, point: dict[str, Any]) -> None:
        self.points.append([round(point["seconds"] * 1000), point["bound_rp"], point["cost_rp"]])
        if time.monotonic() - self.last < PROGRESS_EVERY_S:
            return
        self.last = time.monotonic()
        mine = update(Scenario).where(Scenario.id == self.scenario_id, Scenario.state == "solving")
        with db.transaction():
            db.rows_changed(mine.values(curve=self.points))
