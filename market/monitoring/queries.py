"""Plain selects over the parts' tables for the board; no copies are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Label, Row, Select, func, select

from market.core import clock, db, parameters
from market.core.errors import NotFound
from market.core.history import StateChange
from market.core.i18n import _
from market.core.permissions import Actor
from market.identity.models import Organization
from market.ledger import chart
from market.ledger.models import JournalEntry, LedgerAccount
from market.monitoring.signals import PARAMETERS, Events, cause_of, state_of
from market.needs.models import Need
from market.places.models import Place
from market.rounds.models import RoundNeed
from market.stock.models import StockItem, StockMove
from market.stock.queries import TRADED

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


def board(actor: Actor, organization_id: int | None = None) -> list[BoardRow]:
    """Every cooperative below the actor's place (or one of them): those that fade first, then by place."""
    limits = parameters.values(PARAMETERS, organization_id=actor.organization_id)
    now = clock.now()
    rows = [
        _board_row(row, now, limits)
        for row in db.session.execute(_with_sums(actor.scope_code, organization_id))
    ]
    return sorted(rows, key=lambda row: (ATTENTION.index(row.state), row.place_code))


def _board_row(row: Row[Any], now: datetime, limits: dict[str, int]) -> BoardRow:
    events = Events(
        moved_at=row.moved_at,
        sold_at=row.sold_at,
        acted_at=row.acted_at,
        needs_at=row.needs_at,
        stock_rp=int(row.stock_rp or 0) if row.moved_at else 0,
        money_rp=int(row.money_rp or 0),
        open_needs=row.waiting or 0,
    )
    state = state_of(events, now, limits)
    return BoardRow(
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
        oldest_need_on=row.oldest_on,
    )


def _with_sums(scope_code: str, organization_id: int | None) -> Select[Any]:
    """The cooperatives of the area with what each has and when something last happened there: one question.

    Each sum is asked of one cooperative at a time, along its index: joined groups make the database guess how
    many cooperatives an area has, and it guesses wrong.
    """
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
            *_sums(),
        )
        .join(Place, Place.code == Organization.place_code)
        .where(
            Organization.kind == "cooperative",
            Organization.active.is_(True),
            Organization.place_code.startswith(scope_code, autoescape=True),
        )
    )
    return query if organization_id is None else query.where(Organization.id == organization_id)


def _sums() -> list[Label[Any]]:
    """What lies and is owned there, what it waits for, and its newest events."""
    goods = select(func.sum(StockItem.value_rp)).where(StockItem.organization_id == Organization.id)
    moved = (
        select(func.max(StockMove.at))
        .join(StockItem, StockItem.id == StockMove.item_id)
        .where(StockMove.organization_id == Organization.id, StockMove.kind != "opening", TRADED)
    )
    money = select(func.sum(LedgerAccount.balance_rp)).where(
        LedgerAccount.organization_id == Organization.id, LedgerAccount.code.in_((chart.CASH, chart.BANK))
    )
    needs = Need.organization_id == Organization.id
    waiting = Need.state.in_(UNMET_STATES)
    # A filter, not a condition: else PostgreSQL walks back through everybody's changes for the newest one.
    by_people = func.max(StateChange.at).filter(StateChange.actor_id.isnot(None))
    acted = select(by_people).where(StateChange.organization_id == Organization.id)
    asked = {
        "stock_rp": goods,
        "moved_at": moved,
        "sold_at": moved.where(StockMove.kind == "sale"),
        "money_rp": money,
        "waiting": select(func.count()).where(needs, waiting),
        "needs_at": select(func.max(Need.state_at)).where(needs),
        "oldest_on": select(func.min(Need.needed_by_on)).where(needs, waiting),
        "acted_at": acted,
    }
    return [query.correlate(Organization).scalar_subquery().label(name) for name, query in asked.items()]


def cooperative(actor: Actor, organization_id: int) -> BoardRow:
    """One cooperative of the actor's area; raises NotFound for any other."""
    found = next(iter(board(actor, organization_id)), None)
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
