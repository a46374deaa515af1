"""Permit rules of the reference data as rows; loading twice adds nothing."""

from __future__ import annotations

from sqlalchemy import select

from market import refdata
from market.catalogue.models_permits import PermitRule
from market.core import clock, db, states
from market.core.permissions import SYSTEM


def load_permit_rules() -> int:
    """Load the rules of `market.refdata` that no row holds yet; returns rows added.

    What people have entered or replaced since is left alone.
    """
    columns = (PermitRule.duty, PermitRule.categories, PermitRule.specials, PermitRule.valid_from_on)
    known = {tuple(row) for row in db.session.execute(select(*columns))}
    added = []
    for row in refdata.permit_rules():
        key = (row.duty, "|".join(row.categories), "|".join(row.specials), row.valid_from)
        if key in known:
            continue
        added.append(
            PermitRule(
                duty=row.duty,
                categories=key[1],
                specials=key[2],
                packed_only=row.packed_only,
                shelf_over_days=row.shelf_over_days,
                valid_from_on=row.valid_from,
                valid_until_on=row.valid_to,
                binding=row.binding,
                legal_ref=row.legal_ref,
                source_url=row.source_url,
                confidence=row.confidence,
                note=row.note,
                state="in_force",
                state_at=clock.now(),
            )
        )
    db.session.add_all(added)
    db.session.flush()
    for rule in added:
        states.start(rule, SYSTEM)
    return len(added)
