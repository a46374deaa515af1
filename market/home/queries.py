"""All parts' tasks of one person as one statement, and the few figures above them as another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, String, bindparam, select, union_all

from market.catalogue import queries as catalogue
from market.commodities import queries as commodities
from market.core import clock, db
from market.core.permissions import Actor, Permission, Role
from market.counter import queries as counter
from market.cycles import queries as cycles
from market.empties import queries as empties
from market.inputs import queries as inputs
from market.ledger import chart
from market.ledger import queries as ledger
from market.members import queries as members
from market.needs import queries as needs
from market.notices import queries as notices
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
from market.savings import queries as savings
from market.statements import queries as statements
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
    savings.today,
    profiles.today,
    retail.today,
    complaints.today,
    reviews.today,
    parts.today,
    counter.today,
    payouts.today,
    ledger.today,
    statements.today,
    reconciliation.today,
    commodities.today,
)
MOST = 40

_ORGANIZATION: Any = bindparam("asker_organization", type_=BigInteger)
_USER: Any = bindparam("asker_user", type_=BigInteger)
_PLACE: Any = bindparam("asker_place", type_=String)


def tasks(actor: Actor) -> list[Row[Any]]:
    """What waits for this person: kind, subject_id, since, detail, amount; oldest first."""
    if actor.organization_id is None:
        return []
    # An office's place stands in patterns, so it is part of the statement; there are few offices.
    place = actor.scope_code if actor.organization_kind == "office" else None
    now = (clock.today(), clock.now().replace(second=0, microsecond=0))
    query = _tasks(actor.organization_kind, actor.role, place, now)
    if query is None:
        return []
    asker = {
        "asker_organization": actor.organization_id,
        "asker_user": actor.user_id,
        "asker_place": actor.scope_code,
    }
    return list(db.session.execute(query, asker))


Now = tuple[date, datetime]
"""The day and the minute."""


@lru_cache(maxsize=64)
def _tasks(kind: str, role: Role, place: str | None, now: Now) -> Select[Any] | None:
    """The statement for everybody in this role; who asks comes in with the question.

    Putting some fifty selects together costs ten times what the database needs to answer them. The
    `now` is part of the key because parts write down what is old or due as days and instants.
    """
    anybody = Actor(_USER, _ORGANIZATION, kind, "", role, "", _PLACE if place is None else place)
    selects: list[Select[Any]] = []
    for today in PARTS:
        asked = today(anybody)
        selects.extend(asked if isinstance(asked, list) else [] if asked is None else [asked])
    if not selects:
        return None
    everything = union_all(*selects).subquery()
    return everything.select().order_by(everything.c.since, everything.c.subject_id).limit(MOST)


def figures(actor: Actor) -> Row[Any]:
    """Notices not read yet; cash and bank in whole rupiah for those who see a cooperative's books."""
    asker = {"asker_organization": actor.organization_id, "asker_user": actor.user_id}
    found: Row[Any] = db.session.execute(_figures(sees_money(actor)), asker).one()
    return found


@cache
def _figures(with_money: bool) -> Select[Any]:
    """The statement for everybody; who asks comes in with the question."""
    anybody = Actor(_USER, _ORGANIZATION, "", "", Role.MEMBER, "")
    columns: list[Any] = [notices.unread_of(anybody).label("unread")]
    if with_money:
        columns += [
            ledger.balance_of(_ORGANIZATION, chart.CASH).label("cash_rp"),
            ledger.balance_of(_ORGANIZATION, chart.BANK).label("bank_rp"),
        ]
    return select(*columns)


def sees_money(actor: Actor) -> bool:
    """Whether the home shows what is in the till and at the bank."""
    return actor.organization_kind == "cooperative" and actor.may(Permission.BOOKS_VIEW)
