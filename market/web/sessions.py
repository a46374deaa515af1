"""The signed cookie of a visitor, read once: the same few bytes come with each of their requests."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

from market.core import clock

DAY_S = 86_400


class Sessions(SecureCookieSessionInterface):
    """As the framework's; what a cookie says is remembered for the rest of the day."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._kept = lru_cache(maxsize=4_096)(self._loaded)

    def _loaded(self, cookie: str, _day: int) -> Mapping[str, Any] | None:
        serializer = self.get_signing_serializer(self.app)
        if serializer is None:
            return None
        try:
            said = serializer.loads(cookie, max_age=int(self.app.permanent_session_lifetime.total_seconds()))
        except BadSignature:
            return None
        return said if isinstance(said, dict) else None

    def read(self, cookie: str) -> Mapping[str, Any] | None:
        """What a signed cookie says, not to be changed; None for one that is not ours, or too old."""
        return self._kept(cookie, int(clock.now().timestamp()) // DAY_S)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request, with a copy of its own; an empty one for a cookie that is none."""
        cookie = request.cookies.get(self.get_cookie_name(app))
        said = self.read(cookie) if cookie else None
        return self.session_class(copy.deepcopy(said) if said else None)
