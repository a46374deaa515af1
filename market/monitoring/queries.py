"""Plain selects over the parts' tables for the board; no copies are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select

from market.core import clock, db, parameters
from market.core.errors import NotFound
from market.core.history import StateChange
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization
from market.ledger import chart
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.monitoring.signals import PARAMETERS, Events, cause_of, state_of
from market.needs.models import Need
from market.places.models import Place
from market.rounds.models import RoundNeed
from market.stock.models import StockItem, StockMove
from market.stock.queries import TRADED

Aggregates = dict[int, Any]
"""Cooperative -> one row of sums."""

ATTENTION = ("slowing", "dormant", "not_started", "alive")
"""Who fades can still be helped in time, so it stands on top."""

UNMET_STATES = ("open", "in_round")


@dataclass(frozen=True)
class BoardRow:
    """One cooperative on the board."""

    id: int
    name: str
    slug: str
    place_code: str
    place_name: str
    district_code: str
    households: int
    flags: dict[str, bool]
    state: str
    cause: str
    events: Events
    oldest_need_on: date | None

    @property
    def fresh_at(self) -> datetime | None:
        """The newest event of any kind: how fresh the row is."""
        known = [at for at in (self.events.moved_at, self.events.acted_at, self.events.needs_at) if at]
        return max(known, default=None)


def version(scope_code: str) -> str:
    """Changes whenever anything on the board may have changed, and when a day begins."""
    newest = select(
        select(func.max(StateChange.id)).scalar_subquery(),
        select(func.max(StockMove.id)).scalar_subquery(),
        select(func.max(JournalEntry.id)).scalar_subquery(),
        select(func.count(Organization.id)).scalar_subquery(),
    )
    return (
        f"{scope_code}:{clock.today()}:{':'.join(str(value) for value in db.session.execute(newest).one())}"
    )


def board(actor: Actor) -> list[BoardRow]:
    """Every cooperative below the actor's place: those that fade first, then by place."""
    found = _cooperatives(actor.scope_code)
    ids = [row.id for row in found]
    stock, money, needs, acts = _stock(ids), _money(ids), _needs(ids), _acts(ids)
    limits = parameters.values(PARAMETERS, organization_id=actor.organization_id)
    now = clock.now()
    rows = []
    for row in found:
        events = _events(row.id, stock, money, needs, acts)
        state = state_of(events, now, limits)
        rows.append(
            BoardRow(
                id=row.id,
                name=row.name,
                slug=row.slug,
                place_code=row.place_code,
                place_name=row.place_name,
                district_code=row.place_code[:6],
                households=row.households,
                flags={
                    "legal": row.legal_on is not None,
                    "account": row.simkopdes_account,
                    "outlet": row.outlet_open,
                },
                state=state,
                cause=cause_of(state, events, now, limits),
                events=events,
                oldest_need_on=needs[row.id].oldest_on if row.id in needs else None,
            )
        )
    return sorted(rows, key=lambda row: (ATTENTION.index(row.state), row.place_code))


def _flags(row: Row[Any]) -> dict[str, bool]:
    """What different bodies count as active, kept apart."""
    return {
        "legal": row.legal_on is not None,
        "account": row.simkopdes_account,
        "outlet": row.outlet_open,
    }


def _cooperatives(scope_code: str, organization_id: int | None = None) -> list[Row[Any]]:
    query = (
        select(
            Organization.id,
            Organization.name,
            Organization.slug,
            Organization.place_code,
            Organization.households,
            Organization.legal_on,
            Organization.simkopdes_account,
            Organization.outlet_open,
            Place.name.label("place_name"),
        )
        .join(Place, Place.code == Organization.place_code)
        .where(
            Organization.kind == "cooperative",
            Organization.active.is_(True),
            Organization.place_code.startswith(scope_code, autoescape=True),
        )
        .order_by(Organization.place_code)
    )
    if organization_id is not None:
        query = query.where(Organization.id == organization_id)
    return list(db.session.execute(query))


def _stock(ids: Iterable[int]) -> Aggregates:
    values = (
        select(StockItem.organization_id, func.sum(StockItem.value_rp).label("stock_rp"))
        .where(StockItem.organization_id.in_(ids))
        .group_by(StockItem.organization_id)
        .subquery()
    )
    query = (
        select(
            StockMove.organization_id,
            values.c.stock_rp,
            func.max(StockMove.at).label("moved_at"),
            func.max(StockMove.at).filter(StockMove.kind == "sale").label("sold_at"),
        )
        .join(values, values.c.organization_id == StockMove.organization_id)
        .join(StockItem, StockItem.id == StockMove.item_id)
        .where(StockMove.kind != "opening", TRADED)
        .group_by(StockMove.organization_id, values.c.stock_rp)
    )
    return {row.organization_id: row for row in db.session.execute(query)}


def _money(ids: Iterable[int]) -> dict[int, int]:
    query = (
        select(Posting.organization_id, func.sum(Posting.amount_rp))
        .join(LedgerAccount, LedgerAccount.id == Posting.account_id)
        .where(Posting.organization_id.in_(ids), LedgerAccount.code.in_((chart.CASH, chart.BANK)))
        .group_by(Posting.organization_id)
    )
    return {organization_id: int(amount) for organization_id, amount in db.session.execute(query)}


def _needs(ids: Iterable[int]) -> Aggregates:
    waiting = Need.state.in_(UNMET_STATES)
    query = (
        select(
            Need.organization_id,
            func.count().filter(waiting).label("waiting"),
            func.max(Need.state_at).label("newest_at"),
            func.min(Need.needed_by_on).filter(waiting).label("oldest_on"),
        )
        .where(Need.organization_id.in_(ids))
        .group_by(Need.organization_id)
    )
    return {row.organization_id: row for row in db.session.execute(query)}


def _acts(ids: Iterable[int]) -> dict[int | None, datetime]:
    """When a person last moved anything that belongs to the cooperative."""
    query = (
        select(StateChange.organization_id, func.max(StateChange.at).label("acted_at"))
        .where(StateChange.organization_id.in_(ids), StateChange.actor_id.isnot(None))
        .group_by(StateChange.organization_id)
    )
    return {row.organization_id: row.acted_at for row in db.session.execute(query)}


def _events(
    organization_id: int,
    stock: Aggregates,
    money: dict[int, int],
    needs: Aggregates,
    acts: dict[int | None, datetime],
) -> Events:
    moved, need = stock.get(organization_id), needs.get(organization_id)
    return Events(
        moved_at=moved.moved_at if moved else None,
        sold_at=moved.sold_at if moved else None,
        acted_at=acts.get(organization_id),
        needs_at=need.newest_at if need else None,
        stock_rp=int(moved.stock_rp or 0) if moved else 0,
        money_rp=money.get(organization_id, 0),
        open_needs=need.waiting if need else 0,
    )


def cooperative(actor: Actor, organization_id: int) -> BoardRow:
    """One cooperative of the actor's area; raises NotFound for any other."""
    found = next((row for row in board(actor) if row.id == organization_id), None)
    if found is None:
        raise NotFound(_("Koperasi tidak ditemukan."))
    return found


def unmet_needs(actor: Actor, limit: int = 200) -> list[Row[Any]]:
    """Needs of the area that wait, oldest first, with the reason of the last round they were in."""
    last_round = (
        select(RoundNeed.need_id, func.max(RoundNeed.id).label("last_id"))
        .group_by(RoundNeed.need_id)
        .subquery()
    )
    query = (
        select(
            Need.id,
            Need.organization_id,
            Need.pack_id,
            (Need.wanted_packs - Need.matched_packs).label("missing_packs"),
            Need.needed_by_on,
            Need.created_at,
            Need.state,
            Organization.name.label("cooperative"),
            RoundNeed.unmet_reason,
            RoundNeed.round_id,
        )
        .join(Organization, Organization.id == Need.organization_id)
        .outerjoin(last_round, last_round.c.need_id == Need.id)
        .outerjoin(RoundNeed, RoundNeed.id == last_round.c.last_id)
        .where(
            Need.state.in_(UNMET_STATES),
            Organization.place_code.startswith(actor.scope_code, autoescape=True),
        )
        .order_by(Need.created_at, Need.id)
        .limit(limit)
    )
    return list(db.session.execute(query))


def last_moves(organization_id: int, limit: int = 12) -> list[Row[Any]]:
    """The newest moves of goods of one cooperative: what, how much, why, when."""
    query = (
        select(
            StockItem.name,
            StockItem.base_unit,
            StockMove.kind,
            StockMove.quantity_base,
            StockMove.at,
        )
        .join(StockItem, StockItem.id == StockMove.item_id)
        .where(StockMove.organization_id == organization_id, TRADED)
        .order_by(StockMove.id.desc())
        .limit(limit)
    )
    return list(db.session.execute(query))


def points(scope_code: str) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of every village of the area, for the map."""
    query = select(Place.code, Place.longitude, Place.latitude).where(
        Place.kind == "village",
        Place.code.startswith(scope_code, autoescape=True),
        Place.latitude.isnot(None),
    )
    return {row.code: (row.longitude, row.latitude) for row in db.session.execute(query)}
