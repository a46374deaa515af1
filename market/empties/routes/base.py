"""The blueprint of containers, their words, and the line that says where they are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from market.core import money
from market.core.errors import NotFound
from market.core.i18n import _, lazy
from market.core.permissions import Permission
from market.empties import queries
from market.empties.models import ContainerHolding
from market.empties.types import CONTAINERS, Container
from market.ledger import chart
from market.web.access import current_actor

bp = Blueprint("empties", __name__)

Answer = str | Response | tuple[str, int]

MOVE_WORDS = {
    "owned": lazy("Milik koperasi dicatat"),
    "opening": lazy("Saldo awal, berisi"),
    "received": lazy("Berisi, dari agen"),
    "sent_back": lazy("Berisi, kembali ke agen"),
    "taken_back": lazy("Berisi, retur dibatalkan"),
    "unsold": lazy("Penjualan dibatalkan, kembali berisi"),
    "exchanged": lazy("Terjual, ditukar kosong"),
    "lent": lazy("Dibawa pembeli dengan titipan"),
    "returned": lazy("Kembali dari pembeli"),
    "kept": lazy("Tidak kembali, titipan hangus"),
    "handed_back": lazy("Kosong, diserahkan ke agen"),
    "bought": lazy("Dibeli dari agen"),
    "found_full": lazy("Selisih hitung, isi lebih"),
    "lost_full": lazy("Selisih hitung, isi kurang"),
    "found_empty": lazy("Selisih hitung, kosong lebih"),
    "lost_empty": lazy("Selisih hitung, kosong kurang"),
}
ACCOUNTS = {chart.CASH: lazy("Kas"), chart.BANK: lazy("Bank")}


def own_id() -> int:
    actor = current_actor()
    if actor.organization_kind != "cooperative" or actor.organization_id is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    return actor.organization_id


def container_at(code: str) -> Container:
    own_id()
    found = CONTAINERS.get(code)
    if found is None:
        raise NotFound(_("Tabung tidak ditemukan."))
    return found


def lines() -> list[str]:
    """One line per container of the reader's cooperative: "Tabung 3 kg: 34 isi · 12 kosong · ..."."""
    actor = current_actor()
    if actor.organization_kind != "cooperative" or not actor.may(Permission.STOCK_VIEW):
        return []
    return [line_of(each) for each in queries.deals_in(actor.organization_id or 0)]


def line_of(held: ContainerHolding) -> str:
    """Full and empty on one line, then only what is not zero."""
    parts = [
        _("%(n)s isi", n=money.group(held.full_count)),
        _("%(n)s kosong", n=money.group(held.empty_count)),
    ]
    if held.lent_count:
        parts.append(_("%(n)s di pembeli", n=money.group(held.lent_count)))
    if held.at_supplier > 0:
        parts.append(_("%(n)s di agen", n=money.group(held.at_supplier)))
    if held.at_supplier < 0:
        parts.append(_("%(n)s terutang ke agen", n=money.group(-held.at_supplier)))
    return f"{CONTAINERS[held.container].name}: {' · '.join(parts)}"


bp.add_app_template_global(lines, "container_lines")


@bp.context_processor
def _shared() -> dict[str, Any]:
    return {
        "line_of": line_of,
        "move_word": lambda move: str(MOVE_WORDS[move.kind]),
        "container_of": CONTAINERS.get,
        "number": money.group,
        "account_word": lambda code: str(ACCOUNTS[code]),
    }
