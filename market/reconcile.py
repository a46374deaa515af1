"""`lumbung reconcile`: every merchant account compared with its provider now, one report each."""

from __future__ import annotations

import json
import time
from typing import Any

from market.core import db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.money import format_rp
from market.core.permissions import SYSTEM
from market.identity import queries as identity
from market.payments import queries_reconciliation as queries
from market.payments import services

Report = dict[str, Any]


def run(slug: str | None = None) -> list[Report]:
    """Carry a run over each account (of the organization of this slug) to its end and tell what it found.

    A run that a worker has under way is carried on with it. Raises NotFound for an unknown slug.
    """
    with db.transaction():
        names = {each.id: each for each in identity.organizations("cooperative")}
        wanted = [each.id for each in names.values() if slug in (None, each.slug)]
        if slug is not None and not wanted:
            raise NotFound(_("Koperasi %(slug)s tidak ada.", slug=slug))
        accounts = [each for each in queries.merchants() if each.organization_id in wanted]
        runs = [services.begin_run(SYSTEM, account, "command").id for account in accounts]
    for run_id in runs:
        services.run_whole(run_id, time.sleep)
    with db.transaction(read_only=True):
        return [_report(run_id, names) for run_id in runs]


def _report(run_id: int, names: dict[int, Any]) -> Report:
    found = queries.run(run_id)
    return {
        "organization": names[found.organization_id].slug,
        "account": found.account_id,
        "state": found.state,
        "equal": found.state == "equal",
        "asked": found.asked,
        "applied": found.applied,
        "provider_rp": found.provider_rp if found.totals else None,
        "ledger_rp": found.ledger_rp if found.totals else None,
        "items": {item.name: item.amount_rp for item in queries.items_of(run_id)},
        "unexplained_rp": found.unexplained_rp,
        "cases": queries.number_of_cases(found.account_id),
    }


def as_json(reports: list[Report]) -> str:
    """One list, one object per account."""
    return json.dumps(reports, ensure_ascii=False)


def as_text(reports: list[Report]) -> str:
    """A few lines per account."""
    lines = []
    for each in reports:
        lines.append(
            f"{each['organization']}: {each['state']}, {each['asked']} asked, {each['applied']} applied"
        )
        if each["provider_rp"] is not None:
            named = "".join(f" {name} {format_rp(rp)}" for name, rp in each["items"].items())
            lines.append(
                f"  provider {format_rp(each['provider_rp'])} = books {format_rp(each['ledger_rp'])}{named}"
            )
        if each["unexplained_rp"]:
            lines.append(f"  unexplained {format_rp(each['unexplained_rp'])}")
        lines += [f"  open: {n} {kind}" for kind, n in sorted(each["cases"].items())]
    return "\n".join(lines) or "no merchant account"
