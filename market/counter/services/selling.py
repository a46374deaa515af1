"""Goods for money at the counter: with the line, or told later by a page that had none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from market.commodities import queries as commodities
from market.core import clock, db, faults, messages, money, states
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.numbering import next_number
from market.core.permissions import Actor, Permission, Role
from market.core.text import clean
from market.counter import postings, queries, queries_goods
from market.counter.models import Sale, SaleLine, Shift
from market.counter.services import filling, rations
from market.counter.services.shifts import require_open
from market.counter.types import Good
from market.empties import services as cylinders
from market.ledger import services as ledger
from market.members import queries as members
from market.notices.services import notify
from market.payments import queries as money_in
from market.payments import services as payments
from market.stock import services as stock
from market.stock.models import StockItem

SERIES = "KS"
MAX_REFERENCE, MAX_PROBLEM = 40, 300


@dataclass(frozen=True)
class Terms:
    """What is said while paying: the register of the ministry, whose containers, where the receipt goes."""

    recorded: bool = False
    map_reference: str = ""
    buyer_name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Wanted:
    """One line as a page sold it."""

    code: str
    quantity: int
    price_rp: int


def pay_cash(actor: Actor, sale_id: int, given_rp: int, terms: Terms | None = None) -> Sale:
    """Cash for what lies on the counter; the change is worked out and the receipt has its number.

    Raises Refused for too little, a price that changed, a price above the HET, a buyer who is not known or
    has had enough, a sale that is not in the register, or goods that are not there.
    """
    actor.require(Permission.COUNTER_SELL)
    shift = require_open(actor)
    sale = queries.sale_for(actor, sale_id, lock=True)
    lines = prepared(sale, shift, terms or Terms())
    _require_enough(sale, given_rp)
    complete(actor, sale, lines)
    return sale


def _require_enough(sale: Sale, given_rp: int) -> None:
    if given_rp < sale.total_rp:
        short = money.format_rp(sale.total_rp - given_rp)
        raise Refused(_("Uangnya kurang %(short)s.", short=short), field="given_rp")
    sale.cash_rp, sale.given_rp, sale.change_rp = sale.total_rp, given_rp, given_rp - sale.total_rp


def prepared(sale: Sale, shift: Shift, terms: Terms) -> list[SaleLine]:
    """The lines of an open sale that may be paid now, with what was said about it. Raises Refused."""
    if sale.state != "open" or sale.shift_id != shift.id:
        raise Refused(_("Penjualan ini tidak bisa dibayar lagi."))
    lines = queries.lines_of(sale.id)
    if not lines:
        raise Refused(_("Belum ada barang. Pilih barang dahulu."))
    _note_terms(sale, terms)
    goods = queries_goods.goods_by_code(sale.organization_id, [line.good for line in lines])
    problems = [*_not_as_shown(sale, lines, goods), *_against_rules(sale, lines, goods, terms)]
    if problems:
        raise problems[0]
    return lines


def _note_terms(sale: Sale, terms: Terms) -> None:
    sale.buyer_name = clean(terms.buyer_name, filling.MAX_NAME)
    sale.map_reference = clean(terms.map_reference, MAX_REFERENCE)
    try:
        sale.phone = messages.normal_phone(terms.phone) if terms.phone.strip() else ""
    except Refused as refusal:
        raise Refused(refusal.message, field="phone") from refusal


def _not_as_shown(sale: Sale, lines: Sequence[SaleLine], goods: dict[str, Good]) -> list[Refused]:
    """What is not sold any more, or for another price than on the counter."""
    found = []
    for line in lines:
        good = goods.get(line.good)
        if good is None:
            found.append(Refused(queries_goods.why_not_sold(line.organization_id, line.good, line.name)))
        elif good.price_for(sale.member_sale) != line.unit_price_rp:
            now = money.format_rp(good.price_for(sale.member_sale))
            found.append(
                Refused(_("Harga %(name)s sekarang %(now)s. Perbarui harga.", name=line.name, now=now))
            )
    return found


def _against_rules(
    sale: Sale, lines: Sequence[SaleLine], goods: dict[str, Good], terms: Terms
) -> list[Refused]:
    """Above the HET of today, or a scarce good without what its rule asks for."""
    found = [*_above_ceiling(sale, lines)]
    for line in lines:
        rule = goods[line.good].rule if line.good in goods else None
        if rule is None:
            continue
        if rule.needs_identity and not sale.buyer_index:
            found.append(Refused(_("%(name)s: isi NIK pembeli dahulu.", name=line.name), field="nik"))
        elif rule.needs_identity and sale.buyer_category not in rule.categories:
            found.append(
                Refused(_("%(name)s tidak untuk golongan pembeli ini.", name=line.name), field="nik")
            )
        if rule.needs_register and not (terms.recorded and sale.map_reference):
            text = _("Catat %(name)s di MAP dahulu, lalu centang dan tulis nomor catatannya.", name=line.name)
            found.append(Refused(text, field="map_reference" if terms.recorded else "recorded"))
    if sale.deposit_rp and not sale.buyer_name:
        found.append(
            Refused(_("Tulis nama pembeli: titipannya dikembalikan kepada dia."), field="buyer_name")
        )
    return found


def _above_ceiling(sale: Sale, lines: Sequence[SaleLine]) -> list[Refused]:
    found = []
    for line in lines:
        most = queries_goods.ceiling_rp(sale.organization_id, line.pack_id) if line.pack_id else None
        if most is not None and line.unit_price_rp > most:
            text = _("%(name)s di atas HET %(most)s.", name=line.name, most=money.format_rp(most))
            found.append(Refused(text))
    return found


# --- what every sale comes to ----------------------------------------------------------------------


def complete(actor: Actor, sale: Sale, lines: Sequence[SaleLine]) -> None:
    """Rations, number, goods, books: everything of a sale that is paid, in one order for everybody."""
    rations.claim(sale, lines)
    number = next_number(sale.organization_id, SERIES)
    states.advance(sale, "done", actor, also={"number": number, "sold_at": clock.now(), "problem": ""})
    for _item, line in by_item(lines):
        _hand_out(actor, sale, line)
    db.session.flush()
    faults.point("counter.goods_out")
    ledger.post(actor, sale.organization_id, postings.for_sale(sale, lines))
    _tell_sellers(sale, lines)


def item_of(line: SaleLine) -> StockItem:
    """Where a line's goods are counted."""
    if line.pack_id is not None:
        return stock.item_for_pack(line.organization_id, line.pack_id)
    return stock.item_for_product(line.organization_id, line.product_id or 0, line.name)


def base_of(line: SaleLine, quantity: int) -> int:
    """Base units of stock in so many units of a line."""
    return quantity * (commodities.pack(line.pack_id).size_base if line.pack_id is not None else 1)


def by_item(lines: Sequence[SaleLine]) -> list[tuple[StockItem, SaleLine]]:
    """Everybody who takes several goods takes them in the order of their stock rows: no dead end."""
    return sorted(((item_of(line), line) for line in lines), key=lambda pair: pair[0].id)


def _hand_out(actor: Actor, sale: Sale, line: SaleLine) -> None:
    container = filling.container_of(line)
    if container is not None:
        _hand_out_refill(actor, sale, line, container.code)
        return
    source = f"counter_sale:{sale.id}:{line.id}"
    if line.reservation_id is not None:
        move = stock.consume(actor, sale.organization_id, line.reservation_id, source)
    else:
        quantity = base_of(line, line.quantity)
        move = stock.move_out(actor, sale.organization_id, item_of(line).id, quantity, source)
    line.cost_rp = -move.value_rp


def _hand_out_refill(actor: Actor, sale: Sale, line: SaleLine, code: str) -> None:
    """The one way to sell a refill: containers and deposit by `empties`, the money by the receipt."""
    refill = cylinders.sell_refill(
        actor,
        code,
        count=line.quantity,
        empties_in=line.empties_in,
        unit_price_rp=line.unit_price_rp,
        recorded=True,
        buyer_name=sale.buyer_name,
        phone=sale.phone,
        map_reference=sale.map_reference,
        member_sale=sale.member_sale,
        receipt=sale.number or "",
        reservation_id=line.reservation_id,
    )
    line.refill_id, line.cost_rp = refill.id, refill.cost_rp


def _tell_sellers(sale: Sale, lines: Sequence[SaleLine]) -> None:
    for line in lines:
        if line.seller_id == sale.organization_id:
            continue
        share = money.format_rp(line.amount_rp - line.commission_rp)
        title = lazy("Terjual: %(goods)s", goods=f"{line.quantity} {line.name}")
        body = lazy("Hak Anda %(share)s, dicatat sebagai utang koperasi.", share=share)
        notify(line.seller_id, (Role.SELLER_OWNER,), "sold", title, body, "/produk")


# --- sold by a page, with the line or without --------------------------------------------------------


def record_sale(
    actor: Actor,
    *,
    client_key: str,
    wanted: Sequence[Wanted],
    given_rp: int,
    card: str = "",
    offline: bool = False,
    client_at: datetime | None = None,
    shift_id: int | None = None,
) -> Sale:
    """A whole cash sale that a page made under its own key; the same key again gives the same sale.

    With `offline` the buyer has gone home with the goods: what does not fit any more (goods, prices, the
    shift) is not refused but kept as a difference for people to solve. Otherwise Refused says what is wrong.
    """
    actor.require(Permission.COUNTER_SELL)
    organization_id = actor.organization_id or 0
    earlier = queries.sale_by_key(organization_id, client_key)
    if earlier is not None:
        return earlier
    shift, problems = _shift_of(actor, offline, shift_id)
    sale = filling.new_sale(shift, client_key, client_at=client_at, offline=offline)
    try:
        with db.session.begin_nested():
            db.session.add(sale)
    except IntegrityError:
        found = queries.sale_by_key(organization_id, client_key)
        if found is None:
            raise
        return found
    states.start(sale, actor)
    lines = _fill(sale, wanted, card)
    _require_enough(sale, given_rp)
    goods = queries_goods.goods_by_code(organization_id, [line.good for line in lines])
    problems += [*_not_as_shown(sale, lines, goods), *_only_with_the_line(lines, goods)]
    problems += _above_ceiling(sale, lines)
    if card and sale.member_id is None:
        problems.append(Refused(_("Kartu ini bukan kartu anggota aktif koperasi Anda."), field="card"))
    return _end(actor, sale, lines, problems)


def _shift_of(actor: Actor, offline: bool, shift_id: int | None) -> tuple[Shift, list[Refused]]:
    """The actor's open shift; a sale told too late stays with the shift that it was made in."""
    try:
        return require_open(actor), []
    except Refused as refusal:
        if not offline or shift_id is None:
            raise
        return queries.shift_for(actor, shift_id), [refusal]


def _fill(sale: Sale, wanted: Sequence[Wanted], card: str) -> list[SaleLine]:
    if not 0 < len(wanted) <= filling.MAX_LINES or len({each.code for each in wanted}) != len(wanted):
        raise Refused(_("Daftar barang ini tidak bisa dibaca. Ulangi dari awal."))
    member = members.by_card(sale.organization_id, card) if card else None
    sale.member_id = member.id if member else None
    goods = queries_goods.goods_by_code(sale.organization_id, [each.code for each in wanted])
    for each in wanted:
        good = goods.get(each.code)
        if good is None and sale.offline:
            good = queries_goods.taken_off(sale.organization_id, each.code)
        if good is None:
            name = _("Barang ini")
            raise Refused(queries_goods.why_not_sold(sale.organization_id, each.code, name))
        if not 0 < each.quantity <= filling.MAX_QUANTITY or each.price_rp <= 0:
            raise Refused(_("Ada barang yang tidak dijual lagi. Muat ulang halaman kasir."))
        line = filling.made_line(sale, good, each.quantity, each.price_rp)
        line.empties_in = each.quantity if good.container else 0
        db.session.add(line)
    filling.summed(sale)
    return queries.lines_of(sale.id)


def _only_with_the_line(lines: Sequence[SaleLine], goods: dict[str, Good]) -> list[Refused]:
    return [
        Refused(_("%(name)s hanya bisa dijual saat ada sinyal, lewat Bayar.", name=line.name))
        for line in lines
        if line.good in goods and (goods[line.good].needs_line or goods[line.good].container)
    ]


def _end(actor: Actor, sale: Sale, lines: list[SaleLine], problems: list[Refused]) -> Sale:
    """Sold; or, where the buyer is gone already, kept as a difference."""
    if not problems:
        try:
            with db.session.begin_nested():
                complete(actor, sale, lines)
            return sale
        except Refused as refusal:
            problems = [refusal]
            db.session.refresh(sale)
            for line in lines:
                db.session.refresh(line)
    if not sale.offline:
        raise problems[0]
    text = " ".join(str(each) for each in problems)[:MAX_PROBLEM]
    states.advance(sale, "differs", actor, text, also={"problem": text})
    return sale


def solve_sale(actor: Actor, sale_id: int, *, accept: bool, reason: str) -> Sale:
    """A sale told too late: booked in the actor's shift as it was sold, or undone with goods and money back.

    A price that changed meanwhile is accepted; one above the HET and goods that are not there are not.
    Raises Refused with what is in the way.
    """
    actor.require(Permission.COUNTER_SELL)
    shift = require_open(actor)
    sale = queries.sale_for(actor, sale_id, lock=True)
    why = clean(reason, filling.MAX_REASON)
    if sale.state != "differs":
        raise Refused(_("Selisih ini sudah diselesaikan."))
    if not why:
        raise Refused(_("Tulis alasannya."), field="reason")
    lines = queries.lines_of(sale.id)
    if not accept:
        blank = {"cash_rp": 0, "given_rp": 0, "change_rp": 0, "void_reason": why}
        states.advance(sale, "void", actor, why, also=blank)
        return sale
    goods = queries_goods.goods_by_code(sale.organization_id, [line.good for line in lines])
    against = [*_above_ceiling(sale, lines), *_only_with_the_line(lines, goods)]
    if against:
        raise against[0]
    sale.shift_id = shift.id
    complete(actor, sale, lines)
    return sale


def use_online(actor: Actor, sale: Sale) -> None:
    """What was paid over the internet is used for this sale; for `online`."""
    payment = money_in.live_payment(queries.PURPOSE, sale.id)
    if payment is None or payment.state != "paid":
        raise Refused(_("Pembayaran QRIS-nya belum masuk."))
    payments.use_payment(actor, payment.id, sale.online_rp)
