"""What an answer may change, and what is worse for its buyer. Reads, decides nothing, writes nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from market.commodities import queries as commodities
from market.core import clock, money
from market.core.errors import Refused
from market.core.i18n import _, format_date
from market.core.money import format_rp
from market.rounds import queries
from market.rounds.models import DECLINE_REASONS, Assignment, AssignmentLine
from market.rounds.queries import proposals
from market.rounds.queries.proposals import Limits

MAX_PARTS = 3


@dataclass(frozen=True)
class Part:
    """Packs that come on one day."""

    delivery_on: date
    packs: int


@dataclass(frozen=True)
class LineAnswer:
    """An exception for one line: fewer packs (or none), another day, several days, price or pack.

    `parts` are the days of a split delivery and sum to `packs`; without them everything comes on
    `delivery_on` (None: the day that was asked for). `price_rp` is per pack, None as asked.
    """

    packs: int
    delivery_on: date | None = None
    reason: str = ""
    parts: tuple[Part, ...] = ()
    price_rp: int | None = None
    pack_id: int | None = None


@dataclass(frozen=True)
class Prepared:
    """One line's answer, checked: what would come when, at what price, and whether that is worse."""

    line: AssignmentLine
    packs: int
    parts: tuple[Part, ...]
    price_rp: int
    pack_id: int
    reason: str
    needed_by_on: date
    dearer: bool = False
    other_pack: bool = False

    @property
    def late_packs(self) -> int:
        """Packs that come after the day on which the buyer needs them."""
        return sum(part.packs for part in self.parts if part.delivery_on > self.needed_by_on)

    @property
    def asks_buyer(self) -> bool:
        """Whether the buyer has to agree first."""
        return self.packs > 0 and (self.dearer or self.other_pack or self.late_packs > 0)

    @property
    def kept_packs(self) -> int:
        """What the buyer keeps when it says no: what comes in time as it was asked for."""
        return 0 if self.dearer or self.other_pack else self.packs - self.late_packs

    def kept(self) -> Prepared:
        """The answer without what is worse."""
        parts = tuple(part for part in self.parts if part.delivery_on <= self.needed_by_on)
        return replace(self, packs=self.kept_packs, parts=parts if self.kept_packs else ())


def prepare(assignment: Assignment, line: AssignmentLine, answer: LineAnswer | None) -> Prepared:
    """Check one line's answer against what was asked and what rules allow; None accepts it as asked.

    Raises Refused at the field of the line ("packs_7", "price_7").
    """
    needed_by = queries.needed_by(line.need_id)
    if answer is None:
        parts = (Part(assignment.delivery_on, line.packs),)
        return Prepared(line, line.packs, parts, line.price_rp, assignment.pack_id, "", needed_by)
    if not 0 <= answer.packs <= line.packs:
        raise Refused(_("Isi antara 0 dan %(most)s.", most=line.packs), field=f"packs_{line.id}")
    limits = proposals.limits_of(assignment.round_id)
    prepared = Prepared(
        line=line,
        packs=answer.packs,
        parts=_parts(assignment, line, answer, needed_by, limits),
        price_rp=line.price_rp if answer.price_rp is None or not answer.packs else answer.price_rp,
        pack_id=answer.pack_id or assignment.pack_id,
        reason=answer.reason,
        needed_by_on=needed_by,
        dearer=(answer.price_rp or 0) > line.price_rp,
        other_pack=(answer.pack_id or assignment.pack_id) != assignment.pack_id,
    )
    prepared = _after_grace(prepared, limits)
    if answer.packs:
        _check_pack(assignment, prepared)
        _check_price(assignment, prepared, limits)
    if (answer.packs < line.packs or prepared.asks_buyer) and answer.reason not in DECLINE_REASONS:
        text = _("Pilih alasannya.") if prepared.asks_buyer else _("Pilih alasan mengurangi.")
        raise Refused(text, field=f"reason_{line.id}")
    return prepared


def _after_grace(prepared: Prepared, limits: Limits) -> Prepared:
    """What waits for its buyer comes no sooner than the buyer's time to decide is over."""
    if not prepared.asks_buyer:
        return prepared
    soonest = clock.wib(clock.now() + timedelta(hours=limits.grace_hours)).date()
    packs: dict[date, int] = defaultdict(int)
    for part in prepared.parts:
        packs[max(part.delivery_on, soonest)] += part.packs
    return replace(prepared, parts=tuple(Part(day, packs[day]) for day in sorted(packs)))


def _parts(
    assignment: Assignment, line: AssignmentLine, answer: LineAnswer, needed_by: date, limits: Limits
) -> tuple[Part, ...]:
    """Days in order. Every day lies ahead, none twice, none beyond what a buyer may be asked."""
    if not answer.packs:
        return ()
    single = (Part(answer.delivery_on or assignment.delivery_on, answer.packs),)
    parts = tuple(sorted(answer.parts or single, key=lambda part: part.delivery_on))
    field = f"delivery_on_{line.id}"
    if len(parts) > MAX_PARTS:
        raise Refused(_("Paling banyak %(most)s kali kirim.", most=MAX_PARTS), field=field)
    if any(part.packs <= 0 for part in parts) or sum(part.packs for part in parts) != answer.packs:
        text = _("Jumlah semua kiriman harus tepat %(packs)s.", packs=answer.packs)
        raise Refused(text, field=f"packs_{line.id}")
    if len({part.delivery_on for part in parts}) < len(parts):
        raise Refused(_("Tiap kiriman harus berbeda tanggal."), field=field)
    if answer.parts == () and answer.delivery_on is None:
        return parts
    if parts[0].delivery_on < clock.today():
        raise Refused(_("Tanggal kirim sudah lewat."), field=field)
    latest = needed_by + timedelta(days=limits.late_days)
    if parts[-1].delivery_on > latest:
        text = _(
            "Pembeli memerlukannya paling lambat %(day)s. Usul lebih lambat sampai %(latest)s saja.",
            day=format_date(needed_by),
            latest=format_date(latest),
        )
        raise Refused(text, field=field)
    return parts


def _check_pack(assignment: Assignment, prepared: Prepared) -> None:
    if not prepared.other_pack:
        return
    field = f"instead_{prepared.line.id}"
    if prepared.pack_id not in {pack.id for pack in proposals.substitutes(assignment.pack_id)}:
        raise Refused(_("Pengganti harus sejenis dan sama beratnya. Pilih dari daftar."), field=field)
    if prepared.price_rp > prepared.line.price_rp:
        raise Refused(_("Harga pengganti tidak boleh lebih mahal."), field=f"price_{prepared.line.id}")


def _check_price(assignment: Assignment, prepared: Prepared, limits: Limits) -> None:
    """Within the band around what was asked, never above a ceiling, never beside an official price."""
    line, price_rp, field = prepared.line, prepared.price_rp, f"price_{prepared.line.id}"
    pack = commodities.pack(prepared.pack_id)
    if price_rp != line.price_rp:
        if pack.commodity.handling == "administered":
            raise Refused(_("Barang ini berharga resmi, jadi harganya tidak bisa ditawar."), field=field)
        band = limits.price_band_percent
        least = -(-line.price_rp * (100 - band) // 100)
        most = line.price_rp * (100 + band) // 100
        if not least <= price_rp <= most:
            text = _(
                "Isi antara %(least)s dan %(most)s (%(band)s %% dari yang diminta).",
                least=format_rp(least),
                most=format_rp(most),
                band=money.group(band),
            )
            raise Refused(text, field=field)
    ceiling_rp = commodities.ceiling_rp(pack, line.place_code, clock.today())
    changed = price_rp != line.price_rp or prepared.other_pack
    if changed and ceiling_rp is not None and price_rp > ceiling_rp:
        raise Refused(_("Di atas HET %(most)s di tempat pembeli.", most=format_rp(ceiling_rp)), field=field)
