"""Every route says for whom it is: `@requires(Permission.X)` or, just as loudly, `@public`.

A test walks the URL map and fails on a route that says neither.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from market.core.permissions import ANONYMOUS, Actor, Permission

View = TypeVar("View", bound=Callable[..., Any])

LOGIN_ENDPOINT = "identity.new_session"


def current_actor() -> Actor:
    """Who is asking: the seat in force of the signed-in person, or ANONYMOUS."""
    actor: Actor = g.get("actor", ANONYMOUS)
    return actor


def public(view: View) -> View:
    """Anybody may ask for this page."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anybody with an account may ask for this page, whatever the role (or without one)."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_actor().user_id is None:
            return to_login()
        return view(*args, **kwargs)

    guarded.access = "signed_in"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def requires(permission: Permission) -> Callable[[View], View]:
    """Only roles with the permission: strangers are led to the login, others get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = current_actor()
            if actor.user_id is None:
                return to_login()
            actor.require(permission)
            return view(*args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def repeatable(view: View) -> View:
    """An unsafe request whose repeat does no harm (login, language): it needs no idempotency key."""
    view.repeatable = True  # type: ignore[attr-defined]
    return view


def to_login() -> Response:
    """Send a stranger to the login, remembering the page for after it."""
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(LOGIN_ENDPOINT, next=target), 303)


def safe_next(target: str | None) -> str | None:
    """A path of our own site, or None: what comes back from the browser is never trusted."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    return None if any(ord(c) < 32 or c == "\\" for c in target) else target
