"""Explanations of a plan: guesses are proved by a second solve, and only what is proved is kept."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import update

from market.commodities import queries as commodities
from market.core import clock, db, faults, jobs
from market.rounds import queries, solver
from market.rounds.models import Round, RoundPlan
from market.rounds.models_explanations import NeedAdvice, OfferAdvice, PlanProof
from market.rounds.services import gathering
from market.rounds.services.explanation_cases import Case, Result, Standing, results, together
from market.rounds.services.explanation_claims import Claim, Entry, Pack, World, claims_of, entries_of
from market.rounds.solver import Limits, SolverFailed

log = logging.getLogger(__name__)

MOST_CASES = 400
"""More guesses than this are not tried in one plan; every need has its first before any has its second."""
LIMITS = Limits(gap=0.0, seconds=20)
"""Each case is tiny: the second solve is meant to be exact."""


@dataclass(frozen=True)
class Work:
    """What explaining one plan needs to know, outside any transaction."""

    plan_id: int
    organization_id: int
    standing: Standing
    claims: list[Claim]
    entries: list[Entry]


def keep_proof(
    plan: RoundPlan, verdict: dict[str, Any], search: dict[str, Any], explained: dict[str, Any]
) -> None:
    """Keep what the checker said beside a new plan, and ask for its explanations (job `plan_recorded`)."""
    db.session.add(
        PlanProof(
            organization_id=plan.organization_id,
            plan_id=plan.id,
            verdict=verdict,
            search=search,
            versions=versions(),
            entries=explained.get("entries", []),
        )
    )
    key = f"plan_recorded:{plan.id}"
    jobs.enqueue("plan_recorded", {"plan_id": plan.id}, unique_key=key, queue="solver")


def versions() -> dict[str, str]:
    """The versions of the product and of the solver's library, as they are installed."""
    found = {}
    for name in ("lumbung", "ortools", "numpy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def explain_plan(plan_id: int) -> None:
    """Try what could help each need that goes short and each offer left out; keep what is confirmed.

    Opens its own transactions; none is open while the solver runs. Explaining twice writes nothing
    twice. A matcher that fails leaves the plan without advice, and the plan is as good as before.
    """
    with db.transaction(read_only=True):
        work = _gather(plan_id)
    if work is None:
        return
    claims, entries = _proved(work)
    faults.point("plan_explained")
    with db.transaction():
        if not _first(plan_id):
            return
        db.session.add_all(_need_advice(work, claim, result) for claim, result in claims)
        db.session.add_all(_offer_advice(work, entry) for entry in entries)


def _gather(plan_id: int) -> Work | None:
    plan = db.session.get_one(RoundPlan, plan_id)
    proof = queries.proof_of(plan_id)
    if proof is None or proof.explained_at is not None:
        return None
    round_ = db.session.get_one(Round, plan.round_id)
    standing = Standing(json.loads(plan.problem_json), json.loads(plan.plan_json))
    entries = entries_of(standing, proof.entries)
    world = _world(round_) if any(map(standing.missing, standing.needs)) else None
    return Work(plan_id, plan.organization_id, standing, _claims(standing, world), entries)


def _world(round_: Round) -> World:
    rows = gathering.rows_of(round_)
    packs = {
        pack.code: Pack(
            pack.id,
            pack.code,
            pack.commodity.family,
            pack.size_base,
            pack.gross_g,
            pack.commodity.handling == "administered",
        )
        for pack in commodities.packs()
    }
    needs = {need.id: need for need in rows.needs}
    return World(needs, rows.offers, rows.trips, rows.first_delivery_on, packs)


def _claims(standing: Standing, world: World | None) -> list[Claim]:
    """The guesses for every need, in turns, so that the limit leaves nobody without any."""
    if world is None:
        return []
    short = sorted((key for key in standing.needs if standing.missing(key)), key=lambda key: int(key[1:]))
    queues = [claims_of(standing, world, key) for key in short]
    depth = max(map(len, queues), default=0)
    turns = [queue[turn] for turn in range(depth) for queue in queues if turn < len(queue)]
    return turns[:MOST_CASES]


def _proved(work: Work) -> tuple[list[tuple[Claim, Result]], list[Entry]]:
    """The claims that the second solve confirms, one of a kind for each need, and all entries."""
    banded = [entry for entry in work.entries if entry.case is not None]
    cases = [claim.case for claim in work.claims] + [entry.case for entry in banded if entry.case]
    found = _solve(work.standing, cases)
    won = {
        entry.offer_id
        for entry, result in zip(banded, found[len(work.claims) :], strict=False)
        if f"o{entry.offer_id}" in result.offers
    }
    kept: dict[tuple[int, str], tuple[Claim, Result]] = {}
    for claim, result in zip(work.claims, found, strict=False):
        if result.packs > 0:
            kept.setdefault((claim.need_id, claim.kind), (claim, result))
    entries = [entry for entry in work.entries if entry.band is None or entry.offer_id in won]
    unproved = [entry for entry in banded if entry.offer_id not in won]
    plain = [Entry(entry.offer_id, entry.supplier_id, entry.reason, entry.asked_rp) for entry in unproved]
    return list(kept.values()), [*entries, *plain]


def _solve(standing: Standing, cases: list[Case]) -> list[Result]:
    """All cases at once; nothing is proved by a matcher that fails or whose plan is not clean."""
    if not cases:
        return []
    problem = together(standing, cases)
    try:
        with solver.workplace(problem) as folder:
            plan = solver.solve(folder, LIMITS, lambda _point: None)
            if not solver.check(folder).get("clean"):
                raise SolverFailed("the checker refused the plan of the explanations")
    except SolverFailed:
        log.exception("a plan could not be explained")
        return []
    return results(standing, cases, problem, plan)


def _first(plan_id: int) -> bool:
    """Whether nobody has explained the plan meanwhile."""
    mine = PlanProof.plan_id == plan_id, PlanProof.explained_at.is_(None)
    return db.rows_changed(update(PlanProof).where(*mine).values(explained_at=clock.now())) == 1


def _need_advice(work: Work, claim: Claim, result: Result) -> NeedAdvice:
    return NeedAdvice(
        organization_id=work.organization_id,
        plan_id=work.plan_id,
        need_id=claim.need_id,
        kind=claim.kind,
        # How much cash it takes is what the second solve has spent.
        amount=result.spent_rp if claim.kind == "cash" else claim.amount,
        day_on=claim.day_on,
        word=claim.word,
        pack_id=claim.pack_id,
        packs=result.packs,
        unit_rp=result.unit_rp,
    )


def _offer_advice(work: Work, entry: Entry) -> OfferAdvice:
    low, high = entry.band or (None, None)
    return OfferAdvice(
        organization_id=entry.supplier_id,
        plan_id=work.plan_id,
        offer_id=entry.offer_id,
        reason=entry.reason,
        asked_rp=entry.asked_rp,
        band_from=low,
        band_to=high,
    )
