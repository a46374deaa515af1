"""The blueprint of prepaid buying, and what its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from market.core import money, quantity
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.prepaid.models import PrepaidPool
from market.web.access import current_actor

bp = Blueprint("prepaid", __name__)

Answer = str | Response | tuple[str, int]


def share_word(pool: PrepaidPool) -> str:
    """What one share is: "5 kg", "1 tabung"."""
    return quantity.format_base(pool.share_base, pool.pack.commodity.base_unit)


bp.context_processor(lambda: {"number": money.group, "share_word": share_word})


def cooperative() -> Actor:
    """The actor, who must sit in a cooperative; raises NotFound."""
    actor = current_actor()
    if actor.organization_kind != "cooperative":
        raise NotFound(_("Halaman ini untuk koperasi."))
    return actor
