"""The cooperative's word on a request: a price it promises, terms, or a reason why not."""

from __future__ import annotations

from datetime import date, timedelta

from market.commodities import queries as goods
from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, format_date, lazy, stored
from market.core.money import format_rp
from market.core.parameters import Parameter
from market.core.permissions import SYSTEM, Actor, Permission, Role
from market.core.text import clean
from market.identity import queries as organizations
from market.identity import services as identity
from market.inputs import queries
from market.inputs.models import TERMS, InputRequest
from market.inputs.services.leaving import start_refund, tell

MAX_REASON = 300
ROUND_RP = 100
"""People say prices in whole hundreds."""
MARGIN_BP = Parameter(
    "inputs.margin_bp",
    300,
    "assumption: 3 % on top of what goods cost at the door",
    *(
        0,
        3_000,
        lazy("Tambahan harga bahan UMKM di atas harga beli"),
        lazy("per sepuluh ribu"),
        "cooperative",
    ),
)
CREDIT_RP = Parameter(
    "inputs.credit_rp",
    1_000_000,
    "assumption: one month's flour of a home bakery",
    *(0, 10**9, lazy("Tempo bahan paling banyak per UMKM"), lazy("rupiah"), "cooperative"),
)
CREDIT_DAYS = Parameter(
    "inputs.credit_days",
    14,
    "assumption: a fortnight of sales pays for the flour",
    *(1, 120, lazy("Tempo bahan dibayar paling lambat dalam"), lazy("hari sejak diambil"), "cooperative"),
)
PAY_DAYS = Parameter(
    "inputs.pay_days",
    3,
    "assumption: time to bring the money to the counter",
    *(1, 30, lazy("Uang muka bahan dibayar paling lambat dalam"), lazy("hari"), "cooperative"),
)


def suggested_rp(request: InputRequest) -> int | None:
    """What the cooperative may promise per unit: the market's price, within the law's and her own limit.

    Standing offers are sealed, so they are not looked at; None when no market price is known.
    """
    place = organizations.organization(request.organization_id).place_code or ""
    seen = goods.market_prices(place, clock.today()).get(request.commodity_id)
    found = request.ceiling_rp if seen is None else seen.amount_rp
    limits = (request.ceiling_rp, queries.het_rp(request.commodity_id, place, clock.today()))
    if found is None:
        return None
    round_rp = found // ROUND_RP * ROUND_RP or found
    return min([round_rp, *(limit for limit in limits if limit is not None)])


def approve_request(actor: Actor, request_id: int, *, quote_rp: int, terms: str = "prepaid") -> InputRequest:
    """Promise the goods at `quote_rp` per unit at most, paid first or on the cooperative's credit.

    The margin of the day is kept with the request. Raises Forbidden, NotFound, IllegalMove, and Refused at
    the field: a price above HET or above what she will pay, credit beyond the limit, a day that is over.
    """
    actor.require(Permission.INPUTS_DECIDE)
    request = queries.request_for(actor, request_id, lock=True)
    if terms not in TERMS:
        raise Refused(_("Pilih salah satu dari daftar."), field="terms")
    if request.needed_by_on <= clock.today():
        raise Refused(_("Tanggal butuhnya sudah lewat. Tolak, lalu minta pembeli memasang yang baru."))
    _check_quote(request, quote_rp)
    if terms == "tempo":
        _check_credit(request, quote_rp)
    promised = {
        "quote_rp": quote_rp,
        "terms": terms,
        "margin_bp": MARGIN_BP.value(organization_id=request.organization_id),
        "pay_by_on": _pay_by(request) if terms == "prepaid" else None,
        "approved_by": actor.user_id,
    }
    states.advance(request, "approved", actor, also=promised)
    faults.point("inputs.approved")
    _tell_price(request, quote_rp)
    return request


def _tell_price(request: InputRequest, quote_rp: int) -> None:
    title = lazy("Permintaan %(good)s disetujui", good=request.commodity.name)
    price = lazy(
        "paling tinggi %(rp)s per %(unit)s", rp=format_rp(quote_rp), unit=request.commodity.rule_unit
    )
    if request.pay_by_on is not None:
        pay = {"rp": format_rp(request.advance_rp), "day": format_date(request.pay_by_on)}
        body = lazy("Harga %(price)s. Bayar %(rp)s paling lambat %(day)s.", price=price, **pay)
    else:
        days = CREDIT_DAYS.value(organization_id=request.organization_id)
        body = lazy("Harga %(price)s. Bayar %(n)s hari sesudah diambil.", price=price, n=days)
    tell(request, "input_approved", title, body)


def _pay_by(request: InputRequest) -> date:
    """In time to be pooled: never after the day before she needs it."""
    days = PAY_DAYS.value(organization_id=request.organization_id)
    return min(clock.today() + timedelta(days=days), request.needed_by_on - timedelta(days=1))


def _check_quote(request: InputRequest, quote_rp: int) -> None:
    if quote_rp <= 0:
        raise Refused(_("Isi harga lebih dari nol."), field="quote_rp")
    place = organizations.organization(request.organization_id).place_code or ""
    het = queries.het_rp(request.commodity_id, place, clock.today())
    if het is not None and quote_rp > het:
        raise Refused(_("Di atas HET: paling tinggi %(most)s.", most=format_rp(het)), field="quote_rp")
    if request.ceiling_rp is not None and quote_rp > request.ceiling_rp:
        most = format_rp(request.ceiling_rp)
        raise Refused(_("Pembeli hanya mau sampai %(most)s.", most=most), field="quote_rp")


def _check_credit(request: InputRequest, quote_rp: int) -> None:
    limit = CREDIT_RP.value(organization_id=request.organization_id)
    other = queries.exposure_rp(request, lock=True)
    if other + quote_rp * request.at_most_units > limit:
        text = _(
            "Melebihi batas tempo %(limit)s: sudah terpakai %(other)s.",
            limit=format_rp(limit),
            other=format_rp(other),
        )
        raise Refused(text, field="terms")


def decline_request(actor: Actor, request_id: int, reason: str) -> InputRequest:
    """Say no, with the reason that the buyer reads. Raises Forbidden, NotFound, IllegalMove, Refused."""
    actor.require(Permission.INPUTS_DECIDE)
    request = queries.request_for(actor, request_id, lock=True)
    reason = clean(reason, MAX_REASON)
    if not reason:
        raise Refused(_("Tulis alasannya."), field="reason")
    states.advance(request, "declined", actor, reason)
    tell(request, "input_declined", lazy("Permintaan %(good)s ditolak", good=request.commodity.name), reason)
    return request


def become_member(actor: Actor, request_id: int) -> str:
    """Take the buyer in as a member: a seat, and from now on she buys as one.

    What she has collected stays as it was booked. Returns the first password of a new account, an empty
    text when she had one. Raises Forbidden, NotFound, Refused when she is one already.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    request = queries.request_for(actor, request_id, lock=True)
    if request.member:
        raise Refused(_("Pembeli ini sudah anggota."))
    password = _give_seat(actor, request)
    for each in queries.requests_of_buyer(request, lock=True):
        if each.collected_on is None:
            each.member = True
    db.session.flush()
    tell(request, "input_member", lazy("Anda sekarang anggota koperasi"), lazy("Pembelian Anda dicatat."))
    return password


def _give_seat(actor: Actor, request: InputRequest) -> str:
    """One account, several hats: who owns a UMKM keeps the account and gets one seat more."""
    if request.buyer_id is None:
        return identity.invite(actor, request.buyer_name, request.phone, Role.MEMBER.value)
    for user in organizations.seat_holders(request.buyer_id, (Role.SELLER_OWNER.value,)):
        identity.grant_role(actor, user.id, request.organization_id, Role.MEMBER)
    return ""


def lapse_late() -> int:
    """End requests whose day is over before they were pooled; money goes back.

    Returns how many (a scheduled job).
    """
    over = queries.late(clock.today())
    for request in over:
        if request.open_rp > 0:
            start_refund(SYSTEM, request, stored("tanggal butuh sudah lewat"))
            continue
        states.advance(request, "lapsed", SYSTEM, stored("tanggal butuh atau batas bayar sudah lewat"))
        title = lazy("Permintaan %(good)s berakhir", good=request.commodity.name)
        tell(request, "input_lapsed", title, lazy("Waktunya sudah lewat. Pasang lagi bila masih perlu."))
    return len(over)
