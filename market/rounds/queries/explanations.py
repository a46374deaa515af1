"""What a plan can say for itself: advice in plain sentences, an offer's result, who is served worst."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import db
from market.core.i18n import LazyText, _, format_date, lazy, ngettext
from market.core.money import format_rp, group
from market.core.permissions import Actor
from market.identity import queries as identity
from market.offers import queries as offers
from market.rounds.models import Round, RoundPlan
from market.rounds.models_explanations import NeedAdvice, OfferAdvice, PlanProof
from market.rounds.queries.outcomes import NeedOutcome
from market.rounds.queries.words import TERM_WORDS

WORST = 5
"""So many of the worst-served cooperatives are named."""
ACCESS_WORDS = {"small": lazy("truk kecil"), "any": lazy("truk besar")}
OFFER_WORDS: dict[str, LazyText] = {
    "price": lazy("Harga Anda sampai di tempat lebih tinggi daripada yang terpilih."),
    "area": lazy("Wilayah kirim Anda tidak menjangkau kebutuhan di putaran ini."),
    "terms": lazy("Cara bayar yang Anda minta tidak cocok dengan pembeli."),
    "date": lazy("Barang Anda datang setelah tanggal yang diperlukan pembeli."),
    "authorised": lazy("Barang ini hanya boleh dijual sumber resmi."),
    "minimum": lazy("Jumlah paling sedikit Anda lebih besar daripada kebutuhan yang ada."),
    "other": lazy("Kebutuhannya sudah dipenuhi penawaran lain."),
}
"""Why an offer got nothing -> one sentence for its supplier."""


def proof_of(plan_id: int) -> PlanProof | None:
    """The verdict on a plan; None for plans older than this record."""
    return db.session.scalar(select(PlanProof).where(PlanProof.plan_id == plan_id))


def advice_of(plan_id: int, need_ids: list[int] | None = None) -> dict[int, list[NeedAdvice]]:
    """Confirmed changes by need, the one that brings most first."""
    query = select(NeedAdvice).where(NeedAdvice.plan_id == plan_id)
    if need_ids is not None:
        query = query.where(NeedAdvice.need_id.in_(need_ids))
    found: dict[int, list[NeedAdvice]] = defaultdict(list)
    for row in db.session.scalars(query.order_by(NeedAdvice.packs.desc(), NeedAdvice.id)):
        found[row.need_id].append(row)
    return found


def advice_by_need(plan: RoundPlan | None, rows: list[NeedOutcome]) -> dict[int, list[str]]:
    """What would help each of these needs, in sentences."""
    if plan is None:
        return {}
    short = {row.need.id: row for row in rows if row.missing}
    packs = {pack.id: pack for pack in commodities.packs()}
    return {
        need_id: [sentence(advice, short[need_id], packs) for advice in found]
        for need_id, found in advice_of(plan.id, list(short)).items()
    }


def sentence(advice: NeedAdvice, row: NeedOutcome, packs: dict[int, Pack]) -> str:
    """One confirmed change: what to do, and what it brings."""
    gets = packs[advice.pack_id] if advice.pack_id else row.pack
    brings = _(
        "Anda mendapat %(packs)s %(word)s lagi, kira-kira %(unit)s per %(word)s sampai di tempat.",
        packs=group(advice.packs),
        word=gets.unit_word,
        unit=format_rp(advice.unit_rp),
    )
    return f"{_ADVICE[advice.kind](advice, row, gets)} {brings}"


def _ceiling(advice: NeedAdvice, row: NeedOutcome, _pack: Pack) -> str:
    to = advice.amount or 0
    more = to - (row.need.ceiling_rp or 0)
    return _("Naikkan batas harga %(more)s menjadi %(to)s:", more=format_rp(more), to=format_rp(to))


def _cash(advice: NeedAdvice, row: NeedOutcome, _pack: Pack) -> str:
    to = advice.amount or 0
    more = max(0, to - (row.need.cash_rp or 0))
    return _("Tambah kas %(more)s menjadi %(to)s:", more=format_rp(more), to=format_rp(to))


def _amount(advice: NeedAdvice, row: NeedOutcome, _pack: Pack) -> str:
    return _("Minta %(n)s %(word)s:", n=group(advice.amount or 0), word=row.pack.unit_word)


def _day(advice: NeedAdvice, _row: NeedOutcome, _pack: Pack) -> str:
    return _("Mundurkan tanggal ke %(day)s:", day=format_date(advice.day_on)) if advice.day_on else ""


_ADVICE: dict[str, Callable[[NeedAdvice, NeedOutcome, Pack], str]] = {
    "ceiling": _ceiling,
    "cash": _cash,
    "amount": _amount,
    "date": _day,
    "suppliers": lambda advice, _row, _pack: ngettext(
        "Bolehkan %(n)s pemasok:", "Bolehkan %(n)s pemasok:", advice.amount or 0
    ),
    "terms": lambda advice, _row, _pack: _(
        "Ganti cara bayar menjadi %(terms)s:", terms=TERM_WORDS[advice.word]
    ),
    "access": lambda advice, _row, _pack: _("Bila %(truck)s bisa masuk:", truck=ACCESS_WORDS[advice.word]),
    "substitute": lambda _advice, _row, pack: _("Terima %(name)s sebagai pengganti:", name=pack.name),
}


# --- suppliers -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfferResult:
    """An offer that a published round did not take, as its supplier reads it."""

    advice: OfferAdvice
    pack: Pack
    title: str
    number: str
    published_at: datetime

    @property
    def band(self) -> str:
        """How far the price is from the entry price, in a band; "" where none may be told."""
        if self.advice.band_from is None or self.advice.band_to is None:
            return ""
        if self.advice.band_from == 0:
            return _("kurang dari %(to)s %% di atas harga masuk", to=self.advice.band_to)
        return _(
            "%(low)s–%(high)s %% di atas harga masuk", low=self.advice.band_from, high=self.advice.band_to
        )

    @property
    def enough_rp(self) -> int | None:
        """A price at which it would have been taken: the own price less the whole band."""
        if self.advice.band_to is None:
            return None
        return self.advice.asked_rp * (100 - self.advice.band_to) // 100


def offer_results(actor: Actor, limit: int = 30) -> list[OfferResult]:
    """Offers of the actor's supplier that the first published plan of a round left out, newest first."""
    query = (
        select(OfferAdvice, Round, RoundPlan.published_at)
        .join(RoundPlan, RoundPlan.id == OfferAdvice.plan_id)
        .join(Round, Round.id == RoundPlan.round_id)
        .where(OfferAdvice.organization_id == actor.organization_id, RoundPlan.published_at.is_not(None))
        .order_by(RoundPlan.published_at.desc(), OfferAdvice.id)
        .limit(limit)
    )
    found = db.session.execute(query).all()
    packs = _packs_of_offers([advice.offer_id for advice, _round, _at in found])
    seen: set[tuple[int, int]] = set()
    rows = []
    for advice, round_, published_at in reversed(found):
        if (round_.id, advice.offer_id) not in seen:
            seen.add((round_.id, advice.offer_id))
            pack = packs[advice.offer_id]
            at = published_at or round_.state_at
            rows.append(OfferResult(advice, pack, round_.title, round_.number, at))
    return rows[::-1]


def _packs_of_offers(offer_ids: list[int]) -> dict[int, Pack]:
    return {offer.id: offer.pack for offer in offers.by_ids(offer_ids)}


# --- the office ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """How much of what was wanted comes, by weight, over a round or for one cooperative."""

    name: str
    wanted_g: int
    served_g: int
    missing_needs: int = 0

    @property
    def percent(self) -> float:
        return 100 * self.served_g / self.wanted_g if self.wanted_g else 100.0


def coverage_of(rows: list[NeedOutcome]) -> Coverage:
    """The whole round."""
    wanted = sum(row.frozen.wanted_packs * row.pack.gross_g for row in rows)
    served = sum(row.counted * row.pack.gross_g for row in rows)
    return Coverage("", wanted, served, sum(1 for row in rows if row.missing))


def worst_served(rows: list[NeedOutcome], most: int = WORST) -> list[Coverage]:
    """The cooperatives that get the smallest share of what they wanted, without those who get all."""
    groups: dict[int, list[NeedOutcome]] = defaultdict(list)
    for row in rows:
        groups[row.frozen.buyer_id].append(row)
    names = identity.names(set(groups))
    found = []
    for buyer_id, group_ in groups.items():
        total = coverage_of(group_)
        found.append(Coverage(names[buyer_id], total.wanted_g, total.served_g, total.missing_needs))
    short = [each for each in found if each.served_g < each.wanted_g]
    return sorted(short, key=lambda each: (each.percent, each.name))[:most]
