"""From cookie to actor: reads the session row of each request, and nothing else about flask."""

from __future__ import annotations

from flask import g, session

from market.core import db, i18n
from market.core.permissions import ANONYMOUS
from market.identity import services

COOKIE_FIELD = "session"


def has_session() -> bool:
    """Whether the cookie names a session; it may have ended."""
    return isinstance(session.get(COOKIE_FIELD), str)


def load_actor() -> None:
    """Fill g.user_id, g.seats and g.actor for this request; speaks the person's language."""
    g.user_id, g.seats, g.actor = None, (), ANONYMOUS
    i18n.use_locale(session.get("locale", i18n.DEFAULT))
    visit = services.visit(session[COOKIE_FIELD]) if has_session() else None
    if visit is None:
        return
    g.user_id, g.seats, g.actor = visit.user_id, visit.seats, visit.actor
    i18n.use_locale(session.get("locale", visit.locale))
    if g.actor.organization_id is not None:
        db.set_organization(g.actor.organization_id)
