"""What an offer must keep to. A refusal about a tier or an area names its row: field "tier_2_price"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from market.commodities import queries as commodities
from market.commodities.models import Pack
from market.core import clock
from market.core.errors import NotFound, Refused
from market.core.i18n import _, format_date
from market.core.money import format_rp, group
from market.offers import queries
from market.offers.models import TERMS, Offer, OfferTier
from market.places import queries as places

MAX_PACKS = 10_000_000
MAX_TIERS = 20
MAX_ZONES = 60
MAX_LEAD_DAYS = 60
MAX_CREDIT_DAYS = 180
AHEAD_DAYS = 366


def check(offer: Offer) -> None:
    """Everything an offer must keep to when it is made, changed and published; raises Refused."""
    _check_amounts(offer)
    _check_terms(offer)
    _check_dates(offer)
    check_tiers([(tier.from_packs, tier.price_rp) for tier in offer.tiers], offer.capacity_packs)
    _check_zones(offer)
    _check_authorised(offer)
    _check_prices(offer)


def _check_amounts(offer: Offer) -> None:
    word = offer.pack.unit_word
    if not 0 < offer.capacity_packs <= MAX_PACKS:
        raise Refused(_("Isi jumlah antara 1 dan %(most)s.", most=group(MAX_PACKS)), field="capacity_packs")
    if not 0 < offer.lot_packs <= offer.capacity_packs:
        text = _(
            "Kelipatan harus antara 1 dan kapasitas, %(most)s %(word)s.",
            most=group(offer.capacity_packs),
            word=word,
        )
        raise Refused(text, field="lot_packs")
    if offer.min_per_drop_packs < offer.lot_packs:
        text = _("Paling sedikit satu kelipatan: %(lot)s %(word)s.", lot=group(offer.lot_packs), word=word)
        raise Refused(text, field="min_per_drop_packs")
    if offer.min_per_drop_packs > offer.capacity_packs:
        text = _(
            "Tidak boleh lebih dari kapasitas, %(most)s %(word)s.",
            most=group(offer.capacity_packs),
            word=word,
        )
        raise Refused(text, field="min_per_drop_packs")
    if not 0 <= offer.pooled_min_packs <= offer.capacity_packs:
        text = _(
            "Kapasitas %(most)s %(word)s lebih kecil dari minimum gabungan ini.",
            most=group(offer.capacity_packs),
            word=word,
        )
        raise Refused(text, field="pooled_min_packs")


def _check_terms(offer: Offer) -> None:
    if offer.terms not in TERMS:
        raise Refused(_("Pilih salah satu dari daftar."), field="terms")
    if offer.terms == "tempo" and not 0 < offer.credit_days <= MAX_CREDIT_DAYS:
        raise Refused(
            _("Isi lama tempo antara 1 dan %(most)s hari.", most=MAX_CREDIT_DAYS), field="credit_days"
        )
    if offer.terms != "tempo" and offer.credit_days:
        raise Refused(_("Lama tempo hanya untuk cara bayar tempo. Kosongkan."), field="credit_days")
    if not 0 <= offer.lead_days <= MAX_LEAD_DAYS:
        raise Refused(_("Isi antara 0 dan %(most)s hari.", most=MAX_LEAD_DAYS), field="lead_days")
    if not 0 <= offer.fixed_rp <= 10**12:
        raise Refused(_("Jumlah rupiah tidak boleh kurang dari nol."), field="fixed_rp")


def _check_dates(offer: Offer) -> None:
    today = clock.today()
    if offer.valid_until_on < today:
        text = _(
            "Tanggal %(day)s sudah lewat. Pilih hari ini atau sesudahnya.",
            day=format_date(offer.valid_until_on),
        )
        raise Refused(text, field="valid_until_on")
    if offer.valid_until_on < offer.valid_from_on:
        text = _("Berakhir sebelum mulai berlaku, %(day)s.", day=format_date(offer.valid_from_on))
        raise Refused(text, field="valid_until_on")
    if offer.valid_until_on > today + timedelta(days=AHEAD_DAYS):
        raise Refused(_("Paling lama satu tahun ke depan."), field="valid_until_on")


def check_tiers(tiers: Sequence[tuple[int, int]], capacity_packs: int) -> None:
    """Tiers begin at 1, amounts rise, prices fall, none lies beyond the capacity; raises Refused."""
    if not tiers:
        raise Refused(_("Isi paling sedikit satu harga."), field="tier_1_price")
    if len(tiers) > MAX_TIERS:
        raise Refused(_("Paling banyak %(most)s tingkat harga.", most=MAX_TIERS), field="tier_1_price")
    before = (0, 10**12 + 1)
    for row, (start, price) in enumerate(tiers, 1):
        _check_tier(row, start, price, before, capacity_packs)
        before = start, price


def _check_tier(row: int, start: int, price: int, before: tuple[int, int], capacity_packs: int) -> None:
    if row == 1 and start != 1:
        raise Refused(_("Baris 1: harga pertama harus mulai dari 1."), field="tier_1_from")
    if start <= before[0]:
        text = _("Baris %(row)s: jumlah mulai harus lebih dari %(before)s.", row=row, before=group(before[0]))
        raise Refused(text, field=f"tier_{row}_from")
    if start > capacity_packs:
        text = _(
            "Baris %(row)s: mulai %(start)s, padahal kapasitas %(most)s.",
            row=row,
            start=group(start),
            most=group(capacity_packs),
        )
        raise Refused(text, field=f"tier_{row}_from")
    if price <= 0:
        raise Refused(_("Baris %(row)s: isi harga lebih dari nol.", row=row), field=f"tier_{row}_price")
    if price >= before[1]:
        text = _(
            "Baris %(row)s: harga harus lebih murah dari %(before)s.", row=row, before=format_rp(before[1])
        )
        raise Refused(text, field=f"tier_{row}_price")


def _check_zones(offer: Offer) -> None:
    if not offer.zones:
        raise Refused(_("Isi paling sedikit satu wilayah kirim."), field="zone_1_place")
    if len(offer.zones) > MAX_ZONES:
        raise Refused(_("Paling banyak %(most)s wilayah.", most=MAX_ZONES), field="zone_1_place")
    seen: set[str] = set()
    for row, zone in enumerate(offer.zones, 1):
        known = _place_kind(zone.place_code)
        if known not in ("city", "district", "village"):
            raise Refused(_("Baris %(row)s: pilih kota atau kecamatan.", row=row), field=f"zone_{row}_place")
        if zone.place_code in seen:
            raise Refused(
                _("Baris %(row)s: wilayah ini sudah ada di atas.", row=row), field=f"zone_{row}_place"
            )
        if not (0 <= zone.freight_rp <= 10**9 and 0 <= zone.drop_rp <= 10**9):
            raise Refused(_("Baris %(row)s: periksa ongkos kirim.", row=row), field=f"zone_{row}_freight")
        seen.add(zone.place_code)


def _place_kind(code: str) -> str:
    try:
        return places.place(code).kind
    except NotFound:
        return ""


def _check_authorised(offer: Offer) -> None:
    commodity = offer.pack.commodity
    if commodity.handling != "administered":
        return
    if queries.authorisation(offer.organization_id, commodity.id, clock.today()) is None:
        text = _(
            "%(name)s hanya boleh dijual sumber resmi. Izin Anda belum dicatat; hubungi dinas.",
            name=commodity.name,
        )
        raise Refused(text, field="pack_id")
    if len(offer.tiers) > 1:
        text = _("Baris 2: %(name)s berharga resmi, jadi hanya satu harga.", name=commodity.name)
        raise Refused(text, field="tier_2_price")


def _check_prices(offer: Offer) -> None:
    """No price above a ceiling of any place served; an administered good at exactly its price."""
    for zone in offer.zones:
        if offer.pack.commodity.handling == "administered":
            _check_fixed_price(offer, zone.place_code)
        else:
            _check_ceiling(offer, zone.place_code)


def _check_fixed_price(offer: Offer, place_code: str) -> None:
    pack: Pack = offer.pack
    rule = commodities.buy_price_rule(pack, place_code, clock.today())
    if rule is None:
        text = _("Harga beli resmi %(name)s belum dicatat dinas.", name=pack.commodity.name)
        raise Refused(text, field="tier_1_price")
    fixed = pack.of_rule_rp(rule.amount_rp)
    tier: OfferTier = offer.tiers[0]
    if tier.price_rp != fixed:
        text = _(
            "Harga resmi %(fixed)s (%(source)s), tidak lebih dan tidak kurang.",
            fixed=format_rp(fixed),
            source=rule.legal_ref,
        )
        raise Refused(text, field="tier_1_price")


def _check_ceiling(offer: Offer, place_code: str) -> None:
    rule = commodities.ceiling_rule(offer.pack, place_code, clock.today())
    if rule is None:
        return
    most = offer.pack.of_rule_rp(rule.amount_rp)
    for row, tier in enumerate(offer.tiers, 1):
        if tier.price_rp > most:
            text = _(
                "Baris %(row)s: di atas HET %(most)s per %(word)s (%(source)s).",
                row=row,
                most=format_rp(most),
                word=offer.pack.unit_word,
                source=rule.legal_ref,
            )
            raise Refused(text, field=f"tier_{row}_price")


def above_reference(offer: Offer) -> int | None:
    """The HAP per pack if the dearest tier lies above it: a warning, not a refusal."""
    if not offer.zones or not offer.tiers:
        return None
    limits = [commodities.reference_rp(offer.pack, zone.place_code, clock.today()) for zone in offer.zones]
    least = min((limit for limit in limits if limit is not None), default=None)
    return least if least is not None and offer.tiers[0].price_rp > least else None
