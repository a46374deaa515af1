"""What a need must keep to: whole packs, dates, ceilings, quotas, cash; and how its price looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from market.commodities import queries as commodities
from market.commodities.models import Pack, PriceRule
from market.core import clock
from market.core.errors import NotFound, Refused
from market.core.i18n import _, format_date, lazy
from market.core.money import format_rp, group
from market.core.parameters import Parameter
from market.core.permissions import Actor
from market.core.quantity import format_base
from market.needs import queries
from market.needs.models import TERMS, TRUCK_ACCESS, Need
from market.places import queries as places

MARGIN_BP = Parameter(
    "needs.margin_bp",
    300,
    "assumption: what a cooperative must keep of its selling price to go on (3 %)",
    *(0, 5_000, lazy("Sisa untuk koperasi dari harga jual"), lazy("per sepuluh ribu")),
)
AHEAD_DAYS = 180
MAX_PACKS = 10_000_000

Quote = Callable[[int, str, date], int | None]
"""(pack id, place code, day) -> the least that live offers ask per pack at the door, or None."""


def _nothing_offered(_pack_id: int, _place_code: str, _on: date) -> int | None:
    return None


_quote: Quote = _nothing_offered


def configure(quote: Quote | None = None) -> None:
    """Tell needs whom to ask for live offers: both parts lie on one line and do not import each other."""
    global _quote
    _quote = quote or _nothing_offered


@dataclass(frozen=True)
class Outlook:
    """How the price of a good looks at a place, per pack.

    `limit_rp` is what goods may cost at the door so that the cooperative keeps its margin under the
    ceiling. `landed_rp` is known to services only when it comes from offers: those are sealed, so a page
    shows it only when `public` says that it follows from a price rule.
    """

    ceiling: PriceRule | None
    ceiling_rp: int | None
    margin_rp: int
    limit_rp: int | None
    fixed_rp: int | None
    landed_rp: int | None
    public: bool

    @property
    def breaks(self) -> bool:
        """Whether the likely price at the door plus the margin is above the ceiling."""
        return self.landed_rp is not None and self.limit_rp is not None and self.landed_rp > self.limit_rp


def price_outlook(pack: Pack, place_code: str, on: date | None = None) -> Outlook:
    """Ceiling, margin and likely landed price of a pack at a place on a day (today)."""
    day = on or clock.today()
    return _outlook(pack, place_code, day, _quote(pack.id, place_code, day))


def _outlook(pack: Pack, place_code: str, day: date, offered: int | None) -> Outlook:
    book = commodities.rule_book(place_code, day, [pack.commodity_id])
    rule, fixed = book.rule(pack.commodity_id, "HET"), book.buying(pack.commodity_id)
    ceiling_rp = None if rule is None else pack.of_rule_rp(rule.amount_rp)
    fixed_rp = None if fixed is None else pack.of_rule_rp(fixed.amount_rp)
    margin_rp = 0 if ceiling_rp is None else -(-ceiling_rp * MARGIN_BP.value(day) // 10_000)
    return Outlook(
        ceiling=rule,
        ceiling_rp=ceiling_rp,
        margin_rp=margin_rp,
        limit_rp=None if ceiling_rp is None else ceiling_rp - margin_rp,
        fixed_rp=fixed_rp,
        landed_rp=fixed_rp if offered is None else offered,
        # Where the price is fixed, an offer hides nothing but its freight.
        public=fixed_rp is not None,
    )


def check(need: Need, actor: Actor) -> None:
    """Everything a need must keep to when it is posted, submitted and approved; raises Refused."""
    _check_amounts(need)
    _check_date(need.needed_by_on)
    _check_words(need)
    _check_place(need.place_code, actor)
    law = _outlook(need.pack, need.place_code, clock.today(), offered=None)  # whatever anybody offers
    _check_ceiling(need, law)
    _check_cash(need, law)
    _check_quota(need)


def _check_amounts(need: Need) -> None:
    if not 0 < need.wanted_packs <= MAX_PACKS:
        raise Refused(_("Isi jumlah antara 1 dan %(most)s.", most=group(MAX_PACKS)), field="wanted_packs")
    if need.at_most_packs > MAX_PACKS:
        raise Refused(_("Paling banyak %(most)s.", most=group(MAX_PACKS)), field="at_most_packs")
    if need.at_most_packs < need.wanted_packs:
        text = _(
            "Paling banyak harus sama atau lebih dari yang diminta, %(wanted)s.", wanted=need.wanted_packs
        )
        raise Refused(text, field="at_most_packs")
    if need.max_suppliers is not None and not 0 < need.max_suppliers <= 100:
        raise Refused(_("Isi antara 1 dan 100 pemasok."), field="max_suppliers")


def _check_date(needed_by_on: date) -> None:
    today = clock.today()
    if needed_by_on < today:
        text = _(
            "Tanggal %(day)s sudah lewat. Pilih hari ini atau sesudahnya.", day=format_date(needed_by_on)
        )
        raise Refused(text, field="needed_by_on")
    if needed_by_on > today + timedelta(days=AHEAD_DAYS):
        raise Refused(_("Terlalu jauh: paling lama %(n)s hari ke depan.", n=AHEAD_DAYS), field="needed_by_on")


def _check_words(need: Need) -> None:
    if need.terms not in TERMS:
        raise Refused(_("Pilih salah satu dari daftar."), field="terms")
    if need.truck_access not in TRUCK_ACCESS:
        raise Refused(_("Pilih salah satu dari daftar."), field="truck_access")


def _check_place(place_code: str, actor: Actor) -> None:
    """Goods go to a kelurahan of the cooperative's own city."""
    try:
        ours = bool(actor.scope_code) and places.village(place_code).code.startswith(actor.scope_code)
    except NotFound:
        ours = False
    if not ours:
        raise Refused(_("Pilih kelurahan di kota Anda."), field="place_code")


def _check_ceiling(need: Need, outlook: Outlook) -> None:
    if need.ceiling_rp is None:
        # The law's ceiling is everybody's: without one of its own the need carries that one.
        need.ceiling_rp = outlook.ceiling_rp
        return
    if need.ceiling_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol, atau kosongkan."), field="ceiling_rp")
    if (
        outlook.ceiling is not None
        and outlook.ceiling_rp is not None
        and need.ceiling_rp > outlook.ceiling_rp
    ):
        text = _(
            "Di atas HET: paling tinggi %(most)s per %(word)s (%(per)s per %(unit)s, %(source)s).",
            most=format_rp(outlook.ceiling_rp),
            word=need.pack.unit_word,
            per=format_rp(outlook.ceiling.amount_rp),
            unit=need.pack.commodity.rule_unit,
            source=outlook.ceiling.legal_ref,
        )
        raise Refused(text, field="ceiling_rp")
    if outlook.fixed_rp is not None and need.ceiling_rp < outlook.fixed_rp:
        text = _(
            "Harga resmi %(fixed)s tidak bisa ditawar. Kosongkan isian ini.",
            fixed=format_rp(outlook.fixed_rp),
        )
        raise Refused(text, field="ceiling_rp")


def _check_cash(need: Need, outlook: Outlook) -> None:
    """Cash must at least pay for one pack, or nothing can ever come; credit needs no cash."""
    if need.cash_rp is None or need.terms == "tempo":
        return
    one_rp = outlook.fixed_rp or need.ceiling_rp
    if one_rp is not None and need.cash_rp < one_rp:
        text = _(
            "Kas %(cash)s belum cukup untuk satu %(word)s seharga %(one)s.",
            cash=format_rp(need.cash_rp),
            word=need.pack.unit_word,
            one=format_rp(one_rp),
        )
        raise Refused(text, field="cash_rp")


def _check_quota(need: Need) -> None:
    pack, unit = need.pack, need.pack.commodity.base_unit
    use = queries.quota_use(need.organization_id, pack, need.needed_by_on, without_id=need.id or 0)
    if use is None or need.at_most_packs * pack.size_base <= use.free_base:
        return
    figures = {
        "name": pack.commodity.name,
        "most": format_base(use.quota.amount_base, unit),
        "used": format_base(use.used_base, unit),
        "free": group(use.free_base // pack.size_base),
        "word": pack.unit_word,
    }
    text = _(
        "Jatah %(name)s koperasi Anda %(most)s bulan itu. Sudah diminta %(used)s, sisa %(free)s %(word)s.",
        **figures,
    )
    if not use.monthly:
        text = _(
            "Jatah %(name)s %(most)s per koperasi dalam %(days)s hari. "
            "Sudah diminta %(used)s, sisa %(free)s %(word)s.",
            days=use.days,
            **figures,
        )
    raise Refused(text, field="wanted_packs")
