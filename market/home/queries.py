"""All parts' tasks of one person as one statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, Select, union_all

from market.catalogue import queries as catalogue
from market.commodities import queries as commodities
from market.core import db
from market.core.permissions import Actor
from market.counter import queries as counter
from market.cycles import queries as cycles
from market.empties import queries as empties
from market.inputs import queries as inputs
from market.ledger import queries as ledger
from market.members import queries as members
from market.needs import queries as needs
from market.offers import queries as offers
from market.payments import queries_payouts as payouts
from market.payments import queries_reconciliation as reconciliation
from market.preorders import queries as preorders
from market.prepaid import queries as prepaid
from market.profiles import queries as profiles
from market.purchasing import queries as purchasing
from market.retail import queries as retail
from market.retail import queries_complaints as complaints
from market.retail import queries_parts as parts
from market.reviews import queries as reviews
from market.rounds import queries as rounds
from market.stock import queries as stock
from market.transfers import queries as transfers

PARTS: tuple[Callable[[Actor], Any], ...] = (
    needs.today,
    cycles.today,
    offers.today,
    rounds.today,
    purchasing.today,
    stock.today,
    empties.today,
    transfers.today,
    prepaid.today,
    preorders.today,
    inputs.today,
    catalogue.today,
    members.today,
    profiles.today,
    retail.today,
    complaints.today,
    reviews.today,
    parts.today,
    counter.today,
    payouts.today,
    ledger.today,
    reconciliation.today,
    commodities.today,
)
MOST = 40


def tasks(actor: Actor) -> list[Row[Any]]:
    """What waits for this person: kind, subject_id, since, detail, amount; oldest first."""
    if actor.organization_id is None:
        return []
    selects: list[Select[Any]] = []
    for today in PARTS:
        asked = today(actor)
        selects.extend(asked if isinstance(asked, list) else [] if asked is None else [asked])
    if not selects:
        return []
    everything = union_all(*selects).subquery()
    query = everything.select().order_by(everything.c.since, everything.c.subject_id).limit(MOST)
    return list(db.session.execute(query))
