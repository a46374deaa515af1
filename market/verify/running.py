"""Asking every invariant, and saying what came back."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from time import perf_counter

from market.core import db
from market.core.errors import Refused
from market.core.i18n import _
from market.verify import (
    counter,
    finding,
    goods,
    membership,
    money,
    payments,
    people,
    process,
    procurement,
    rations,
    statements,
)
from market.verify.base import Invariant, Result

INVARIANTS: tuple[Invariant, ...] = (
    *money.INVARIANTS,
    *payments.INVARIANTS,
    *goods.INVARIANTS,
    *rations.INVARIANTS,
    *counter.INVARIANTS,
    *procurement.INVARIANTS,
    *process.INVARIANTS,
    *finding.INVARIANTS,
    *people.INVARIANTS,
    *membership.INVARIANTS,
    *statements.INVARIANTS,
)

LATER: dict[str, str] = {
    "I19": "whether the worker lives is not recorded yet; the sweep of reservations is a schedule",
    "I28": "a fact about requests that were answered: only a fault test can know it",
}
"""Numbers of the list that are not asked, and why."""


def run(only: Collection[str] | None = None) -> list[Result]:
    """Ask the invariants (`only` those ids) inside the caller's transaction, which may be read only.

    Raises Refused for an id that there is not.
    """
    wanted = set(only or ())
    unknown = wanted - {invariant.id for invariant in INVARIANTS}
    if unknown:
        raise Refused(_("Tidak ada invarian %(ids)s.", ids=", ".join(sorted(unknown))))
    db.set_organization(None)
    return [_ask(each) for each in INVARIANTS if not wanted or each.id in wanted]


def _ask(invariant: Invariant) -> Result:
    """One result; a question that cannot be asked is a failure, never a silent pass."""
    begun = perf_counter()
    offenders = invariant.offenders()
    ms = round(1_000 * (perf_counter() - begun))
    return Result(invariant.id, invariant.statement, not offenders, offenders, ms, invariant.note)


def as_json(results: Sequence[Result]) -> str:
    """One list: per invariant asked its id, ok, the first offenders, ms; what is not asked is not in it."""
    document = [
        {"id": each.id, "ok": each.ok, "offenders": each.offenders, "ms": each.ms, "note": each.note}
        for each in results
    ]
    return json.dumps(document, ensure_ascii=False, default=str)


def as_text(results: Sequence[Result]) -> str:
    """A line per invariant, with the offenders below a broken one."""
    lines = []
    for each in results:
        lines.append(f"{'ok  ' if each.ok else 'FAIL'} {each.id:<4} {each.ms:>6} ms  {each.title}")
        if each.note:
            lines.append(f"                     ({each.note})")
        lines += [f"       {json.dumps(row, ensure_ascii=False, default=str)}" for row in each.offenders]
    broken = sum(not each.ok for each in results)
    lines.append(f"{len(results) - broken} of {len(results)} hold, {len(LATER)} not asked yet")
    return "\n".join(lines)
