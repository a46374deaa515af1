"""What a visitor looks for, read from the address: every filter stands there, so a list can be shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from market.catalogue import queries_finding as finding
from market.catalogue import spelling
from market.catalogue.models import CATEGORIES
from market.catalogue.queries_finding import PickupPoint, Wanted
from market.core import money, text
from market.core.errors import Refused
from market.core.i18n import LazyText, _, lazy

MAX_WORDS = 60
NEAREST = 5
MOST_RP = 100_000_000
LABELS: dict[str, LazyText] = {
    "kue": lazy("Kue dan roti"),
    "camilan": lazy("Camilan"),
    "masakan": lazy("Masakan"),
    "minuman": lazy("Minuman"),
    "bumbu": lazy("Bumbu dan sambal"),
    "sembako": lazy("Sembako"),
    "segar": lazy("Sayur, buah, ikan"),
    "kerajinan": lazy("Kerajinan"),
    "busana": lazy("Pakaian"),
    "lainnya": lazy("Lainnya"),
}
"""Categories as people call them, in the order of the shelf."""
SORTS = {"murah": "cheap", "mahal": "dear"}
ARGUMENTS = ("q", "titik", "kategori", "dari", "sampai", "halal", "siap", "pesanan", "urut")


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address of the same list without it."""

    label: str
    href: str


@dataclass(frozen=True)
class Asked:
    """The filters of a list as typed and as understood."""

    words: str
    wanted: Wanted
    point: str
    """Slug of the pickup point, "dekat" for the nearest ones, "" for all."""
    typed: dict[str, str]
    corrected: bool = False

    @property
    def chips(self) -> list[Chip]:
        return [Chip(label, _without(self.typed, name)) for name, label in _labels(self)]

    @property
    def narrowed(self) -> bool:
        return bool(self.typed.keys() - {"q", "urut"})

    def link(self, **changes: str | None) -> str:
        return _link(self.typed | {name: value or "" for name, value in changes.items()})


def words_of(name: str = "q") -> str:
    """What was searched for; nonsense finds everything rather than failing."""
    try:
        return text.clean(request.args.get(name, ""), MAX_WORDS)
    except Refused:
        return ""


def read(points: Iterable[PickupPoint] = (), near: Iterable[PickupPoint] = ()) -> Asked:
    """The filters of this request; what is no filter is left out."""
    typed = {name: value for name in ARGUMENTS if (value := words_of(name))}
    by_slug: dict[str, tuple[int, ...]] = {point.slug: (point.id,) for point in points}
    by_slug["dekat"] = tuple(point.id for point in list(near)[:NEAREST])
    shops = by_slug.get(typed.get("titik", ""), ())
    if not shops:
        typed.pop("titik", None)
    category = typed.get("kategori", "")
    if category not in CATEGORIES:
        category = ""
        typed.pop("kategori", None)
    question = spelling.question(typed.get("q", ""))
    wanted = Wanted(
        question=question,
        nothing="q" in typed and not question,
        shops=shops,
        category=category,
        least_rp=_amount(typed, "dari"),
        most_rp=_amount(typed, "sampai"),
        halal="halal" in typed,
        ready="siap" in typed,
        to_order="pesanan" in typed,
        sort=SORTS.get(typed.get("urut", ""), "turn"),
    )
    better = finding.corrected(question)
    return Asked(
        typed.get("q", ""),
        replace(wanted, question=better),
        typed.get("titik", ""),
        typed,
        corrected=better != question,
    )


def _amount(typed: dict[str, str], name: str) -> int | None:
    try:
        return min(money.parse_rp(typed[name]), MOST_RP)
    except (KeyError, Refused):
        typed.pop(name, None)
        return None


def _labels(asked: Asked) -> list[tuple[str, str]]:
    wanted, found = asked.wanted, []
    if asked.point:
        found.append(("titik", _("Terdekat") if asked.point == "dekat" else _("Satu titik ambil")))
    if wanted.category:
        found.append(("kategori", str(LABELS[wanted.category])))
    if wanted.least_rp is not None:
        found.append(("dari", _("Mulai %(price)s", price=money.format_rp(wanted.least_rp))))
    if wanted.most_rp is not None:
        found.append(("sampai", _("Sampai %(price)s", price=money.format_rp(wanted.most_rp))))
    if wanted.halal:
        found.append(("halal", _("Bersertifikat halal")))
    if wanted.ready:
        found.append(("siap", _("Siap hari ini")))
    if wanted.to_order:
        found.append(("pesanan", _("Dibuat sesuai pesanan")))
    return found


def _without(typed: dict[str, str], name: str) -> str:
    return _link({key: value for key, value in typed.items() if key != name})


def _link(typed: dict[str, str]) -> str:
    """The same view with other filters."""
    values: dict[str, Any] = {**(request.view_args or {}), **{k: v for k, v in typed.items() if v}}
    return url_for(request.endpoint or "", **values)


def stocked(wanted: Wanted) -> Wanted:
    """The same without what is sold out, for a list that nobody asked a question."""
    return replace(wanted, stocked=True)
