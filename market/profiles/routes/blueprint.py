"""The blueprint of sellers, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from market.core import text
from market.core.errors import Refused
from market.core.history import history_of
from market.identity.models import Organization
from market.places import queries as places
from market.profiles.models import SellerProfile

bp = Blueprint("profiles", __name__)

Answer = str | Response | tuple[str, int]


def typed_words() -> str:
    try:
        return text.clean(request.args.get("q", ""), 60)
    except Refused:
        return ""


def why(own: SellerProfile | None) -> str:
    """The cooperative's words, while they still ask for something."""
    if own is None or own.state not in ("changes_requested", "declined", "paused"):
        return ""
    return history_of(own)[-1].reason


def villages(near: Organization) -> list[tuple[str, str]]:
    """Kelurahan of the cooperative's city, by name."""
    found = places.villages_of(near.city_code) if near.city_code else []
    return sorted(((place.code, place.name) for place in found), key=lambda pair: pair[1])
