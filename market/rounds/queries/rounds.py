"""What is asked of rounds and their plans."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, literal, select

from market.core import db
from market.core.errors import NotFound
from market.core.history import StateChange, history_of
from market.core.i18n import _
from market.core.permissions import SYSTEM, Actor
from market.needs.models import Need
from market.offers.models import Offer
from market.rounds.models import Assignment, Round, RoundNeed, RoundPlan, RoundProgress

MAX_ID = 2**63 - 1


def visible_rounds(actor: Actor) -> Select[Round]:
    """Rounds that the actor may see: an office those of its area, a cooperative those of its city."""
    query = select(Round)
    if actor is SYSTEM:
        return query
    if actor.organization_kind == "office":
        return query.where(Round.scope_code.startswith(actor.scope_code, autoescape=True))
    joined = select(RoundNeed.round_id).where(RoundNeed.buyer_id == actor.organization_id)
    return query.where(Round.id.in_(joined) | literal(actor.scope_code).startswith(Round.scope_code))


def round_for(actor: Actor, round_id: int, lock: bool = False) -> Round:
    """A round the actor may see; with `lock` one of the actor's own office, held. Raises NotFound."""
    if not 0 < round_id <= MAX_ID:
        raise NotFound(_("Putaran tidak ditemukan."))
    query = visible_rounds(actor).where(Round.id == round_id)
    if lock:
        if actor is not SYSTEM:
            query = query.where(Round.organization_id == actor.organization_id)
        query = query.with_for_update()
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Putaran tidak ditemukan."))
    return found


def round_by_id(round_id: int, lock: bool = False) -> Round:
    """A round by id, for jobs that act for nobody."""
    query = select(Round).where(Round.id == round_id)
    if lock:
        query = query.with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def state_changes(round_: Round) -> list[StateChange]:
    """Every move of the round so far."""
    return history_of(round_)


def rounds_of(actor: Actor, limit: int = 30) -> list[Round]:
    """The newest rounds the actor may see."""
    return list(db.session.scalars(visible_rounds(actor).order_by(Round.id.desc()).limit(limit)))


def active_round(organization_id: int, scope_code: str) -> Round | None:
    """The round of the area that is being computed or waits to be published, if there is one."""
    query = select(Round).where(
        Round.organization_id == organization_id,
        Round.scope_code == scope_code,
        Round.state.in_(("closed", "solving", "solved")),
    )
    return db.session.scalars(query.limit(1)).first()


def open_round_for(place_code: str, family: str) -> Round | None:
    """The open round that closes first among those that would take a need of this place and family."""
    query = select(Round).where(
        Round.state == "open",
        Round.family.in_(("", family)),
        literal(place_code).startswith(Round.scope_code),
    )
    return db.session.scalars(query.order_by(Round.closes_at, Round.id).limit(1)).first()


def due_rounds(now: datetime) -> list[int]:
    """Open rounds whose time is over, the oldest first."""
    query = select(Round.id).where(Round.state == "open", Round.closes_at <= now)
    return list(db.session.scalars(query.order_by(Round.closes_at, Round.id)))


def round_needs(round_id: int) -> list[RoundNeed]:
    """The frozen needs of a round."""
    return list(
        db.session.scalars(select(RoundNeed).where(RoundNeed.round_id == round_id).order_by(RoundNeed.id))
    )


def round_need(round_id: int, need_id: int) -> RoundNeed:
    """One frozen need, held."""
    query = select(RoundNeed).where(RoundNeed.round_id == round_id, RoundNeed.need_id == need_id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def round_state_of_need(need_id: int) -> str | None:
    """State of the last round that pooled a need."""
    query = (
        select(Round.state)
        .join(RoundNeed, RoundNeed.round_id == Round.id)
        .where(RoundNeed.need_id == need_id)
        .order_by(Round.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def newest_plan(round_id: int) -> RoundPlan | None:
    """The plan of the round's last attempt."""
    query = (
        select(RoundPlan).where(RoundPlan.round_id == round_id).order_by(RoundPlan.attempt.desc()).limit(1)
    )
    return db.session.scalars(query).first()


def progress(round_id: int, attempt: int) -> list[RoundProgress]:
    """The curve of one attempt so far."""
    query = select(RoundProgress).where(RoundProgress.round_id == round_id, RoundProgress.attempt == attempt)
    return list(db.session.scalars(query.order_by(RoundProgress.id)))


def plan_by_id(plan_id: int) -> RoundPlan:
    """The plan that an assignment was made from."""
    return db.session.get_one(RoundPlan, plan_id)


def plans_of(round_id: int) -> list[RoundPlan]:
    """Every plan of a round, the first one first."""
    query = select(RoundPlan).where(RoundPlan.round_id == round_id)
    return list(db.session.scalars(query.order_by(RoundPlan.attempt)))


def version(round_: Round) -> tuple[object, ...]:
    """Something that differs whenever the page of the round would: cheap to ask every few seconds."""
    mark = (round_.id, round_.state, round_.state_at, round_.attempt)
    if round_.state == "open":
        within = Need.place_code.startswith(round_.scope_code, autoescape=True)
        waiting = select(func.count(), func.sum(Need.wanted_packs), func.max(Need.state_at))
        standing = select(func.count(), func.sum(Offer.version), func.max(Offer.id))
        found = db.session.execute(waiting.where(Need.state == "open", within)).one()
        return (*mark, *found, *db.session.execute(standing.where(Offer.state == "live")).one())
    steps = select(func.count(), func.max(RoundProgress.id)).where(RoundProgress.round_id == round_.id)
    answers = select(func.count(), func.max(Assignment.state_at)).where(Assignment.round_id == round_.id)
    return (*mark, *db.session.execute(steps).one(), *db.session.execute(answers).one())
