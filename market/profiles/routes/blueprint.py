"""The blueprint of sellers, and what its pages share."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from market.core import text
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import _
from market.identity import queries as identity
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


def cooperative_at(slug: str) -> Organization:
    found = identity.organization_by_slug(slug)
    if found.kind != "cooperative" or not found.active:
        raise NotFound(_("Koperasi tidak ditemukan."))
    return found


def why(own: SellerProfile | None) -> str:
    """The cooperative's words, while they still ask for something."""
    if own is None or own.state not in ("changes_requested", "declined", "paused"):
        return ""
    return history_of(own)[-1].reason


def villages(near: Organization) -> list[tuple[str, str]]:
    """Kelurahan of the cooperative's city, by name."""
    found = places.villages_of(near.city_code) if near.city_code else []
    return sorted(((place.code, place.name) for place in found), key=lambda pair: pair[1])
