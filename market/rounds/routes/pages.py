"""Looking at rounds: the list, one round for the office or for a cooperative, its certificate."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, render_template, request
from markupsafe import Markup

from market.core import clock
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity import queries as identity
from market.rounds import queries
from market.rounds.forms import CancellationForm
from market.rounds.models import Round, RoundPlan
from market.rounds.routes.blueprint import Answer, bp
from market.web import charts, paging
from market.web.access import current_actor, requires
from market.web.requests import etag_for

PUBLISHED = ("published", "rematching", "finished")
MOVING = ("open", "closed", "solving", "published", "rematching")
"""States in which the page asks for its moving part."""


@bp.get("/putaran")
@requires(Permission.ROUNDS_VIEW)
def index() -> Answer:
    """The rounds of the area, newest first."""
    page = paging.keyset(queries.visible_rounds(current_actor()), Round.id)
    return render_template("rounds/index.html", rounds=[row[0] for row in page.rows], after=page.after)


@bp.get("/putaran/<int:round_id>")
@requires(Permission.ROUNDS_VIEW)
def show(round_id: int) -> Answer:
    """One round; what moves in it asks for itself every five seconds."""
    return page_of(queries.round_for(current_actor(), round_id), CancellationForm.load())


def page_of(round_: Round, form: CancellationForm) -> str:
    """The whole page, with what was typed into the form of giving up."""
    return render_template(
        "rounds/show.html", form=form, moving=round_.state in MOVING, **view_of(current_actor(), round_)
    )


@bp.get("/putaran/<int:round_id>/langsung")
@requires(Permission.ROUNDS_VIEW)
def show_live(round_id: int) -> Response:
    """The moving part: 304 as long as nothing has happened, the whole page again in another state."""
    actor = current_actor()
    round_ = queries.round_for(actor, round_id)
    tag = etag_for(queries.version(round_), actor.organization_id, actor.role, clock.today())
    moved_on = request.args.get("keadaan") != round_.state
    if tag in request.if_none_match and not moved_on:
        response = Response(status=304)
    else:
        response = make_response(render_template("rounds/_live.html", **view_of(actor, round_)))
    if moved_on:
        response.headers["HX-Refresh"] = "true"
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def view_of(actor: Actor, round_: Round) -> dict[str, Any]:
    """What the page shows to this person: everything to the office, its own part to a cooperative."""
    shared = {"round": round_, "now": clock.now(), "published": round_.state in PUBLISHED}
    if round_.state == "open":
        return shared | {"view": "pool", **_pool(actor, round_)}
    if actor.organization_kind == "office":
        return shared | {"view": "office", **_office(actor, round_)}
    return shared | {"view": "own", **_own(actor, round_)}


def _pool(actor: Actor, round_: Round) -> dict[str, Any]:
    """What is pooled so far. Prices are for the office and for those who have an approved need in it.

    Who also sells for a supplier sees amounts, never prices: the pool stays sealed for sellers.
    """
    office = actor.organization_kind == "office"
    sells = identity.sits_in(actor.user_id, "supplier")
    pool = queries.pool(round_.scope_code, None if office else actor.organization_id, round_.family)
    shown = pool.goods if office else [each for each in pool.goods if each.pack.id in pool.mine]
    bars = {
        each.pack.id: charts.pool_bar(each.packs, each.steps, each.pack.unit_word, title=each.pack.name)
        for each in shown
        if each.steps and not sells
    }
    return {"pool": pool, "shown": shown, "bars": bars, "sells": sells}


def _office(actor: Actor, round_: Round) -> dict[str, Any]:
    plan = queries.newest_plan(round_.id)
    curve = [
        (point.milliseconds / 1000, point.bound_rp, point.cost_rp)
        for point in queries.progress(round_.id, round_.attempt)
        if point.bound_rp is not None
    ]
    shown = {"plan": plan, "curve": charts.gap_curve(curve) if curve else None, "summary": None}
    if plan is None or round_.state in ("closed", "solving", "failed", "cancelled"):
        return shown | {"frozen": queries.round_needs(round_.id)}
    rows = queries.outcomes(round_.id)
    summary = queries.round_summary(round_.id, rows)
    return shown | {
        "summary": summary,
        "savings": _savings(summary),
        "flow": charts.round_flow(queries.flow(round_.id), unit_label="kg"),
        "goods": queries.goods_of(rows),
        "asked": queries.asked_of(round_.id),
        "unmet": sorted((row for row in rows if row.missing), key=lambda row: -row.missing),
        "dearer": [row for row in rows if (row.saved_rp or 0) < 0],
        "coverage": queries.coverage_of(rows),
        "rations": queries.rations_of(plan),
        "check": queries.alone_check(rows),
        "worst": queries.worst_served(rows),
        "advice": queries.advice_by_need(plan, rows),
        "plans": queries.plans_of(round_.id),
        **_proof(round_, plan),
        "may_see_plan": actor.may(Permission.ROUNDS_RUN),
    }


def _proof(round_: Round, plan: RoundPlan) -> dict[str, Any]:
    """How the search ended, and who ran and published it."""
    proof = queries.proof_of(plan.id)
    status = queries.status_of(plan, proof.search if proof else {})
    return {"status_word": queries.STATUS_WORDS[status], "people": queries.people_of(round_, plan)}


def _savings(summary: queries.RoundSummary) -> Markup | None:
    """Alone against together; the market price only where it speaks of the same packs."""
    if not summary.alone_cost_rp:
        return None
    same = summary.pooled_rp == summary.pooled_at_market_rp
    market_rp = summary.market_price_cost_rp if same else None
    return charts.savings_bars(summary.alone_cost_rp, summary.pooled_rp, market_rp)


def _own(actor: Actor, round_: Round) -> dict[str, Any]:
    """A cooperative sees its own needs; what they get only once suppliers have been asked."""
    rows = queries.outcomes(round_.id, actor.organization_id)
    saved = sum(row.saved_rp or 0 for row in rows)
    plan = queries.newest_plan(round_.id) if round_.state in PUBLISHED else None
    return {
        "plan": plan,
        "rations": queries.rations_of(plan) if rows else [],
        "check": queries.alone_check(rows),
        **(_proof(round_, plan) if plan else {}),
        "advice": queries.advice_by_need(plan, rows),
        "rows": rows,
        "saved_rp": saved,
        "paid_rp": sum(row.paid_rp for row in rows),
        "alone_rp": sum(row.alone_rp or 0 for row in rows),
    }


@bp.get("/putaran/<int:round_id>/rencana/<int:attempt>/masalah.json")
@requires(Permission.ROUNDS_RUN)
def show_problem(round_id: int, attempt: int) -> Response:
    """The problem as the matcher got it, for anyone who wants to check the plan again."""
    return _document(round_id, attempt, "problem")


@bp.get("/putaran/<int:round_id>/rencana/<int:attempt>/rencana.json")
@requires(Permission.ROUNDS_RUN)
def show_plan(round_id: int, attempt: int) -> Response:
    """The plan as the matcher left it, with its certificate."""
    return _document(round_id, attempt, "plan")


@bp.get("/putaran/<int:round_id>/rencana/<int:attempt>/sertifikat.json")
@requires(Permission.ROUNDS_RUN)
def show_certificate(round_id: int, attempt: int) -> Response:
    """Who ran the plan on what, how it ended, and what the checker said."""
    return _document(round_id, attempt, "certificate")


def _document(round_id: int, attempt: int, kind: str) -> Response:
    round_ = queries.round_for(current_actor(), round_id)
    plan = next((each for each in queries.plans_of(round_.id) if each.attempt == attempt), None)
    if plan is None:
        raise NotFound(_("Rencana tidak ditemukan."))
    if kind == "certificate":
        said = queries.certificate(round_, plan)
        text, name = json.dumps(said, ensure_ascii=False, indent=2), "sertifikat"
    else:
        text, name = (plan.problem_json, "masalah") if kind == "problem" else (plan.plan_json, "rencana")
    filename = f"{name}-{round_.number.replace('/', '-')}-{attempt}.json"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(text, mimetype="application/json", headers=headers)
