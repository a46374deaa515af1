"""The blueprint of the counter, and what its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from market.core.errors import NotFound
from market.core.i18n import _, lazy
from market.rations.types import CATEGORIES
from market.web.access import current_actor

bp = Blueprint("counter", __name__)

Answer = str | Response | tuple[str, int]

CASH_WORDS = {
    "deposit": lazy("Setor ke bank"),
    "expense": lazy("Beli keperluan kecil"),
    "float": lazy("Ambil uang kembalian dari bank"),
}


def own_id() -> int:
    """The cooperative of who is signed in; raises NotFound for anybody else."""
    actor = current_actor()
    if actor.organization_kind != "cooperative" or actor.organization_id is None:
        raise NotFound(_("Halaman ini tidak ada"))
    return actor.organization_id


bp.add_app_template_global(lambda kind: str(CASH_WORDS[kind]), "cash_word")
bp.add_app_template_global(lambda code: str(CATEGORIES.get(code, "")), "buyer_word")
