"""A UMKM, or a person with a telephone, says what is needed; and takes it back before it is too late."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, timedelta

from market.commodities.models import Commodity
from market.core import clock, crypto, db, faults, messages, states
from market.core.errors import Conflict, Refused
from market.core.i18n import _, format_date, lazy, stored
from market.core.money import group
from market.core.numbering import next_number
from market.core.parameters import Parameter
from market.core.permissions import ANONYMOUS, Actor, Permission, Role
from market.core.quantity import format_base
from market.core.text import clean
from market.identity import queries as identity
from market.identity.models import Organization
from market.inputs import queries
from market.inputs.models import TERMS, InputRequest
from market.inputs.services.leaving import leave_need, start_refund
from market.notices import services as notices

SERIES = "BB"
AHEAD_DAYS = 90
MAX_UNITS = 1_000_000
MAX_NAME, MAX_NOTE = 80, 300
BUYER = replace(ANONYMOUS, name="Pembeli")
"""Who acts on a public page; the history names no person."""
DECIDERS = (Role.SECRETARY, Role.TREASURER, Role.CHAIR)
MAX_OPEN_PER_PHONE = Parameter(
    "inputs.open_per_phone",
    3,
    "assumption: one kitchen has a few goods running at a time",
    *(1, 50, lazy("Permintaan bahan yang berjalan per nomor HP"), lazy("permintaan"), "cooperative"),
)


def post_request(
    actor: Actor,
    *,
    commodity_id: int,
    wanted_base: int,
    needed_by_on: date,
    at_most_base: int | None = None,
    ceiling_rp: int | None = None,
    terms: str = "prepaid",
    note: str | None = "",
    wants_membership: bool = False,
) -> InputRequest:
    """A UMKM asks the cooperative that it sells through for `wanted_base` (g, ml) up to `at_most_base`.

    `ceiling_rp` is the most it pays per rule unit (kg, L). Raises Forbidden, and Refused at the field that
    breaks a rule, or when the UMKM belongs to no cooperative.
    """
    actor.require(Permission.INPUTS_POST)
    mine = identity.organization(actor.organization_id or 0)
    if mine.kind != "seller" or mine.sells_through_id is None:
        raise Refused(_("UMKM ini belum terhubung ke koperasi. Hubungi koperasi di kelurahan Anda."))
    request = InputRequest(
        organization_id=mine.sells_through_id, buyer_id=mine.id, buyer_name=mine.name, phone=mine.phone or ""
    )
    _fill(request, commodity_id, wanted_base, at_most_base, needed_by_on, ceiling_rp, terms, note)
    request.wants_membership = wants_membership
    return _store(actor, request)


def post_guest_request(
    cooperative_id: int,
    *,
    buyer_name: str,
    phone: str,
    commodity_id: int,
    wanted_base: int,
    needed_by_on: date,
    at_most_base: int | None = None,
    ceiling_rp: int | None = None,
    terms: str = "prepaid",
    note: str | None = "",
    wants_membership: bool = False,
) -> InputRequest:
    """Like `post_request`, for a person with nothing but a telephone number.

    Raises NotFound for no cooperative, Refused also for a number that has too much running already.
    """
    shop = _open_shop(cooperative_id)
    name = clean(buyer_name, MAX_NAME)
    if not name:
        raise Refused(_("Wajib diisi."), field="buyer_name")
    request = InputRequest(organization_id=shop.id, buyer_id=None, buyer_name=name, phone=_phone(phone))
    _fill(request, commodity_id, wanted_base, at_most_base, needed_by_on, ceiling_rp, terms, note)
    request.wants_membership = wants_membership
    return _store(BUYER, request)


def _open_shop(cooperative_id: int) -> Organization:
    shop = identity.organization(cooperative_id)
    if shop.kind != "cooperative" or not shop.active:
        raise Refused(_("Koperasi ini sedang tutup."))
    return shop


def _phone(typed: str) -> str:
    try:
        return messages.normal_phone(typed)
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal


def _fill(
    request: InputRequest,
    commodity_id: int,
    wanted_base: int,
    at_most_base: int | None,
    needed_by_on: date,
    ceiling_rp: int | None,
    terms: str,
    note: str | None,
) -> None:
    found = [each for each in queries.offered_commodities() if each.id == commodity_id]
    if not found:
        raise Refused(_("Pilih salah satu dari daftar."), field="commodity_id")
    most = at_most_base or wanted_base
    _check_amounts(found[0], wanted_base, most)
    _check_date(needed_by_on)
    if ceiling_rp is not None and ceiling_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol, atau kosongkan."), field="ceiling_rp")
    if terms not in TERMS:
        raise Refused(_("Pilih salah satu dari daftar."), field="terms")
    request.commodity_id, request.commodity = found[0].id, found[0]
    request.wanted_base, request.at_most_base = wanted_base, most
    request.needed_by_on, request.ceiling_rp, request.terms = needed_by_on, ceiling_rp, terms
    request.note = clean(note or "", MAX_NOTE)


def _check_amounts(good: Commodity, wanted_base: int, most_base: int) -> None:
    """Whole kilograms or litres: so the price counts, and so goods are shared."""
    unit = good.rule_unit_base
    for base, field in ((wanted_base, "wanted"), (most_base, "at_most")):
        if base % unit:
            raise Refused(_("Tulis %(unit)s bulat.", unit=good.rule_unit), field=field)
        if not 0 < base <= MAX_UNITS * unit:
            text = _("Isi antara 1 dan %(most)s %(unit)s.", most=group(MAX_UNITS), unit=good.rule_unit)
            raise Refused(text, field=field)
    if most_base < wanted_base:
        wanted = format_base(wanted_base, good.base_unit)
        raise Refused(
            _("Paling banyak harus sama atau lebih dari %(wanted)s.", wanted=wanted), field="at_most"
        )


def _check_date(needed_by_on: date) -> None:
    if needed_by_on <= clock.today():
        text = _("Tanggal %(day)s terlalu dekat. Pilih besok atau sesudahnya.", day=format_date(needed_by_on))
        raise Refused(text, field="needed_by_on")
    if needed_by_on > clock.today() + timedelta(days=AHEAD_DAYS):
        raise Refused(_("Terlalu jauh: paling lama %(n)s hari ke depan.", n=AHEAD_DAYS), field="needed_by_on")


def _store(actor: Actor, request: InputRequest) -> InputRequest:
    """Number, secret link and code; the cooperative is told."""
    shop_id, now = request.organization_id, clock.now()
    # The number holds the series until the commit, so requests of one telephone are counted in turn.
    request.number = next_number(shop_id, SERIES)
    most = MAX_OPEN_PER_PHONE.value(organization_id=shop_id)
    if request.buyer_id is None and queries.open_of_phone(shop_id, request.phone) >= most:
        text = _("Nomor ini sudah punya %(most)s permintaan yang berjalan.", most=most)
        raise Refused(text, field="phone")
    request.token, request.pickup_code = crypto.token(), fresh_code()
    request.posted_at = request.state_at = now
    request.member = any(each.member for each in queries.requests_of_buyer(request))
    db.session.add(request)
    db.session.flush()
    states.start(request, actor)
    faults.point("inputs.posted")
    good, unit = request.commodity.name, request.commodity.base_unit
    title = lazy("%(who)s butuh %(good)s", who=request.buyer_name, good=good)
    amounts = {
        "wanted": format_base(request.wanted_base, unit),
        "most": format_base(request.at_most_base, unit),
    }
    body = lazy("%(wanted)s, paling banyak %(most)s. Setujui atau tolak.", **amounts)
    notices.notify(shop_id, DECIDERS, "input_posted", title, body, f"/bahan/{request.id}")
    return request


def fresh_code() -> str:
    """Six digits that open the counter once."""
    return f"{secrets.randbelow(1_000_000):06d}"


def withdraw_request(actor: Actor, request_id: int) -> InputRequest:
    """The UMKM takes its request back: no longer possible once a round has counted it.

    Raises Forbidden, NotFound, IllegalMove, Conflict.
    """
    actor.require(Permission.INPUTS_POST)
    queries.hold_pool(queries.request_for(actor, request_id))
    return _withdraw(actor, queries.request_for(actor, request_id, lock=True))


def withdraw_own_request(token: str) -> InputRequest:
    """The same on the buyer's own page behind the secret link."""
    queries.hold_pool(queries.request_by_token(token))
    return _withdraw(BUYER, queries.request_by_token(token, lock=True))


def _withdraw(actor: Actor, request: InputRequest) -> InputRequest:
    reason = stored("ditarik pembeli")
    if request.state == "ready":
        raise Conflict(_("Barang Anda sudah disisihkan. Hubungi koperasi bila tidak jadi."))
    if request.state == "pooled":
        leave_need(request)
    if request.open_rp > 0:
        start_refund(actor, request, reason)
    else:
        states.advance(request, "withdrawn", actor, reason)
    faults.point("inputs.withdrawn")
    title = lazy("%(who)s menarik permintaan %(good)s", who=request.buyer_name, good=request.commodity.name)
    body = lazy("Permintaan %(number)s tidak jadi.", number=request.number)
    notices.notify(request.organization_id, DECIDERS, "input_withdrawn", title, body, f"/bahan/{request.id}")
    return request
