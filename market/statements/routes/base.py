"""What the pages share: whose statements, which days beside which, how an amount is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from market.core import clock
from market.core.errors import NotFound, Refused
from market.core.i18n import _, format_day
from market.core.text import parse_date
from market.statements.types import COMPARES, Compare, Period, compared, period_of
from market.web.access import current_actor

bp = Blueprint("statements", __name__, url_prefix="/buku/laporan")

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Asked:
    """The days asked for and those beside them; `query` writes both into an address again."""

    period: Period
    other: Period | None
    how: Compare

    @property
    def query(self) -> dict[str, str]:
        if self.period.code:
            return {"periode": self.period.code, "banding": self.how}
        since, until = self.period.since.isoformat(), self.period.until.isoformat()
        return {"dari": since, "sampai": until, "banding": self.how}


def asked() -> Asked:
    """?periode= (2026, 2026-T3, 2026-11) or ?dari=&sampai=, and ?banding=; raises Refused for nonsense.

    Days that have not come yet are cut off, so that a running year stands beside as much of the last one.
    """
    how = request.args.get("banding", "") or COMPARES[0]
    if how not in COMPARES:
        raise Refused(_("Pilih salah satu dari daftar."), field="banding")
    period = _until_today(
        _typed_days() or period_of(request.args.get("periode", "") or str(clock.today().year))
    )
    return Asked(period, compared(period, how), how)


def _typed_days() -> Period | None:
    since, until = (request.args.get(name, "").strip() for name in ("dari", "sampai"))
    if not since and not until:
        return None
    last = parse_date(until) if until else clock.today()
    first = parse_date(since) if since else date(last.year, 1, 1)
    if first > last or not first.year >= 2000 or last.year > 2200:
        raise Refused(_("Tanggal awal harus sebelum tanggal akhir."), field="dari")
    return Period(first, last)


def _until_today(period: Period) -> Period:
    today = clock.today()
    if period.since <= today < period.until:
        return Period(period.since, today, period.code)
    return period


def own_id() -> int:
    """The organization whose statements are read; raises NotFound for somebody without one."""
    organization_id = current_actor().organization_id
    if organization_id is None:
        raise NotFound(_("Organisasi tidak ditemukan."))
    return organization_id


def amount(rp: int | None) -> str:
    """As accountants write it: no sign of currency, what is taken away in brackets."""
    if rp is None:
        return ""
    written = f"{abs(rp):,}".replace(",", ".")
    return f"({written})" if rp < 0 else written


def period_choices() -> list[tuple[str, str]]:
    """This year and last year, their quarters that have begun, and the last twelve months."""
    today = clock.today()
    choices = [(str(year), _("Tahun %(year)s", year=year)) for year in (today.year, today.year - 1)]
    quarters = [(y, q) for y in (today.year, today.year - 1) for q in (4, 3, 2, 1)]
    for year, number in quarters:
        if date(year, 3 * number - 2, 1) <= today:
            choices.append((f"{year}-T{number}", _("Triwulan %(n)s %(year)s", n=number, year=year)))
    for back in range(12):
        month = today.year * 12 + today.month - 1 - back
        code = f"{month // 12}-{month % 12 + 1:02d}"
        choices.append((code, f"{_month_names()[month % 12]} {month // 12}"))
    return choices


def _month_names() -> list[str]:
    return [
        *(_("Januari"), _("Februari"), _("Maret"), _("April"), _("Mei"), _("Juni")),
        *(_("Juli"), _("Agustus"), _("September"), _("Oktober"), _("November"), _("Desember")),
    ]


@bp.context_processor
def _shared() -> dict[str, Any]:
    return {
        "amount": amount,
        "paper_day": format_day,
        "paper_href": paper_href,
        "period_choices": period_choices,
    }


PAGES = {"ekuitas": "show_equity", "catatan": "show_notes", "neraca-saldo": "show_trial"}
"""Papers with a page of their own; the others are rows of figures."""


def paper_href(paper: str, query: Mapping[str, Any]) -> str:
    """The address of a paper in the same days."""
    if paper in PAGES:
        return url_for(f"statements.{PAGES[paper]}", **query)
    return url_for("statements.show_paper", paper=paper, **query)
