"""From cookie to actor: reads the session row of each request, and nothing else about flask."""

from __future__ import annotations

from flask import g, session

from market.core import db, i18n
from market.core.permissions import ANONYMOUS
from market.identity import services
from market.identity.models import User

COOKIE_FIELD = "session"


def load_actor() -> None:
    """Fill g.user_id, g.seats and g.actor for this request; speaks the person's language."""
    g.user_id, g.seats, g.actor = None, [], ANONYMOUS
    i18n.use_locale(session.get("locale", i18n.DEFAULT))
    token = session.get(COOKIE_FIELD)
    row = services.session_of(token) if isinstance(token, str) else None
    if row is None:
        return
    user = db.session.get_one(User, row.user_id)
    g.user_id, g.seats = user.id, services.seats(user.id)
    current = next((seat for seat in g.seats if seat.id == row.role_grant_id), None)
    g.actor = services.actor_of(user, current or next(iter(g.seats), None))
    i18n.use_locale(session.get("locale", user.locale))
    if g.actor.organization_id is not None:
        db.set_organization(g.actor.organization_id)
