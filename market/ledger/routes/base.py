"""The blueprint, and what its pages share: whose books, which days, where an entry came from."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, request, url_for
from werkzeug.wrappers import Response

from market.core import clock
from market.core.errors import NotFound
from market.core.i18n import LazyText, _, lazy
from market.core.text import parse_date
from market.ledger import queries
from market.web.access import current_actor

bp = Blueprint("ledger", __name__, url_prefix="/buku")

Answer = str | Response | tuple[str, int]

OWN_SOURCES = {
    "journal_draft": ("ledger.show_draft", "draft_id"),
    "reversal": ("ledger.show_entry", "entry_id"),
}
NO_PAGE: dict[str, LazyText] = {
    "opening": lazy("Saldo awal diisi dari berkas; barisnya adalah jurnal ini sendiri."),
}
"""Kinds of source without a page of their own, and the reason that the entry's page gives."""


def books_id() -> int:
    """The organization whose books are read; raises NotFound for somebody without one."""
    organization_id = current_actor().organization_id
    if organization_id is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    return organization_id


def day_asked(name: str, default: date) -> date:
    """A day from the address; raises Refused (422) for what is no day."""
    typed = request.args.get(name, "").strip()
    return parse_date(typed) if typed else default


def year_start(day: date) -> date:
    """The first day of the book year."""
    return date(day.year, 1, 1)


def days_asked() -> tuple[date, date]:
    """?dari= and ?sampai=, by default this book year up to today."""
    until = day_asked("sampai", clock.today())
    return min(day_asked("dari", year_start(until)), until), until


def source_label(source: str) -> str:
    """What kind of document an entry came from, in people's words."""
    kind = source.partition(":")[0]
    own = {
        "journal_draft": _("Jurnal tangan"),
        "reversal": _("Pembatalan"),
        "opening": _("Saldo awal"),
    }
    pages: dict[str, tuple[Any, str, str]] = current_app.config.get("SOURCE_PAGES", {})
    return own.get(kind) or (str(pages[kind][0]) if kind in pages else _("Dokumen"))


def source_reason(source: str) -> str:
    """Why an entry has no page of a document; "" when it has one."""
    reason = NO_PAGE.get(source.partition(":")[0])
    return str(reason) if reason else ""


def source_href(source: str) -> str | None:
    """The page of the document behind an entry; None when it has none.

    Which part shows which document is wired above (app.config["SOURCE_PAGES"]: kind of source ->
    label, endpoint, name of its argument), because the books know no part that posts to them.
    """
    kind, _colon, rest = source.partition(":")
    pages: dict[str, tuple[Any, str, str]] = current_app.config.get("SOURCE_PAGES", {})
    endpoint, argument = OWN_SOURCES.get(kind) or pages.get(kind, ("", "", ""))[1:]
    number = rest.partition("/")[0].partition(":")[0]
    if endpoint not in current_app.view_functions or not number.isdecimal():
        return None
    values: dict[str, Any] = {argument: int(number)}
    return url_for(endpoint, **values)


@bp.context_processor
def _shared() -> dict[str, Any]:
    return {
        "source_label": source_label,
        "source_href": source_href,
        "source_reason": source_reason,
        "plain": lambda rp: f"{rp:,}".replace(",", "."),
        "today": clock.today(),
    }


def books_exist(organization_id: int) -> bool:
    """Whether anything was ever written down."""
    return queries.head(organization_id).seq > 0
