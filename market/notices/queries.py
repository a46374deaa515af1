"""The inbox of a person in one seat."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, func, select

from market.core import db
from market.core.permissions import Actor
from market.notices.models import Notice


def inbox(actor: Actor, limit: int = 50) -> list[Notice]:
    """News for the seat in force, unread first, newest first."""
    query = (
        select(Notice)
        .where(Notice.user_id == actor.user_id, Notice.organization_id == actor.organization_id)
        .order_by(Notice.read_at.isnot(None), Notice.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def unread(actor: Actor) -> int:
    """How many the person has not seen."""
    return db.session.scalar(select(unread_of(actor))) or 0


def unread_of(actor: Actor) -> ScalarSelect[int]:
    """The same as a column of another question."""
    query = select(func.count()).where(
        Notice.user_id == actor.user_id,
        Notice.organization_id == actor.organization_id,
        Notice.read_at.is_(None),
    )
    return query.scalar_subquery()
