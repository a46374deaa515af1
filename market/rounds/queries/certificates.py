"""The certificate of a plan: what went in, who ran it, what came out, and how anyone checks it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from market.core.history import StateChange
from market.core.i18n import LazyText, lazy
from market.rounds.models import Round, RoundPlan
from market.rounds.queries.explanations import proof_of
from market.rounds.queries.rounds import round_needs, state_changes

FORMAT = "lumbung-certificate/1"
CHECK = "python3 -m matching check masalah.json rencana.json"
STATUS_WORDS: dict[str, LazyText] = {
    "optimal": lazy("Terbaik, terbukti"),
    "within_gap": lazy("Cukup dekat dengan yang terbaik, terbukti"),
    "best_found": lazy("Terbaik yang ditemukan dalam waktunya"),
    "unproved": lazy("Tanpa bukti batas"),
}
"""How the search ended -> its words on the page."""


def certificate(round_: Round, plan: RoundPlan) -> dict[str, Any]:
    """Everything about one plan that its problem and plan files do not say themselves."""
    proof = proof_of(plan.id)
    return {
        "format": FORMAT,
        "round": {
            "number": round_.number,
            "title": round_.title,
            "scope": round_.scope_code,
            "attempt": plan.attempt,
            "made_at": plan.made_at.isoformat(),
            "published_at": plan.published_at.isoformat() if plan.published_at else None,
        },
        "people": people_of(round_, plan),
        "inputs": _inputs(plan),
        "search": {**(proof.search if proof else {"seed": plan.seed}), "milliseconds": plan.milliseconds},
        "versions": proof.versions if proof else {},
        "result": _result(plan, status_of(plan, proof.search if proof else {})),
        "verdict": proof.verdict if proof else {"clean": plan.checked, "cost_rp": plan.cost_rp},
        "alone": _alone(round_),
        "check": CHECK,
    }


def status_of(plan: RoundPlan, search: dict[str, Any]) -> str:
    """A key of STATUS_WORDS."""
    if plan.gap_ppm is None:
        return "unproved"
    if plan.gap_ppm == 0:
        return "optimal"
    wanted = search.get("gap")
    return "within_gap" if wanted is not None and plan.gap_ppm <= wanted * 1_000_000 else "best_found"


def people_of(round_: Round, plan: RoundPlan) -> dict[str, dict[str, str] | None]:
    """Who closed the round for this plan, who ran it, who published it, and when."""
    changes = state_changes(round_)
    before = [change for change in changes if change.at <= plan.made_at]
    after = [change for change in changes if change.at >= plan.made_at] if plan.published_at else []
    return {
        "closed": _who(reversed(before), ("closed",)),
        "ran": _who(reversed(before), ("solving", "rematching")),
        "published": _who(after, ("published",)),
    }


def _who(changes: Iterable[StateChange], states: tuple[str, ...]) -> dict[str, str] | None:
    found = next((change for change in changes if change.to_state in states), None)
    return None if found is None else {"name": found.actor_name, "at": found.at.isoformat()}


def _inputs(plan: RoundPlan) -> dict[str, Any]:
    """The frozen inputs: the matcher's own hash of the problem, and those of the files as downloaded."""
    problem = json.loads(plan.problem_json)
    return {
        "problem_sha256": plan.problem_sha256,
        "problem_file_sha256": _sha256(plan.problem_json),
        "plan_file_sha256": _sha256(plan.plan_json),
        **{name: len(problem[name]) for name in ("needs", "offers", "lanes", "trips", "fixed", "closed")},
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _result(plan: RoundPlan, status: str) -> dict[str, Any]:
    return {
        "status": status,
        "cost_rp": plan.cost_rp,
        "bound_rp": plan.bound_rp,
        "certified_bound_rp": plan.certified_bound_rp,
        "gap": None if plan.gap_ppm is None else plan.gap_ppm / 1_000_000,
        "goods_rp": plan.goods_rp,
        "delivery_rp": plan.delivery_rp,
        "greedy_cost_rp": plan.greedy_cost_rp,
    }


def _alone(round_: Round) -> list[dict[str, Any]]:
    """What each need would pay bought alone, by the same matcher on the same offers; null where it cannot."""
    return [
        {"need": f"n{row.need_id}", "packs": row.alone_packs, "alone_rp": row.alone_rp}
        for row in round_needs(round_.id)
    ]
