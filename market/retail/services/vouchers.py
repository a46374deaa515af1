"""Vouchers: made and stopped by the board, used once each, given back when an order comes to nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update

from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _
from market.core.money import format_rp, split
from market.core.permissions import Actor, Permission
from market.retail import queries_vouchers as queries
from market.retail.models import RetailOrder
from market.retail.models_vouchers import Voucher, VoucherUse

CODE = re.compile(r"[A-Z0-9]{3,20}")
MOST_PERCENT = 90
"""No voucher gives more than this part of the goods' price, so that an order always costs something."""


@dataclass(frozen=True)
class VoucherTerms:
    """What a voucher gives, to whom and how often; either `percent` or `amount_rp`."""

    starts_on: date
    ends_on: date
    most_uses: int
    percent: int | None = None
    amount_rp: int | None = None
    most_rp: int | None = None
    minimum_rp: int = 0
    most_per_phone: int = 1
    members_only: bool = False
    own_only: bool = False


def normal_code(typed: str) -> str:
    """A code as it is kept: capitals and digits."""
    return "".join(typed.split()).upper().replace("-", "")[:40]


def make_voucher(actor: Actor, code: str, terms: VoucherTerms) -> Voucher:
    """A voucher from a day on; raises Forbidden, Refused at the field that is wrong or a code that exists."""
    actor.require(Permission.VOUCHERS_KEEP)
    code = normal_code(code)
    if not CODE.fullmatch(code):
        raise Refused(_("Kode 3 sampai 20 huruf atau angka."), field="code")
    if queries.by_code(actor.organization_id or 0, code) is not None:
        raise Refused(_("Kode ini sudah pernah dipakai. Pilih kode lain."), field="code")
    _check(terms)
    voucher = Voucher(
        organization_id=actor.organization_id,
        state_at=clock.now(),
        code=code,
        percent=terms.percent,
        amount_rp=terms.amount_rp,
        most_rp=terms.most_rp,
        minimum_rp=terms.minimum_rp,
        most_uses=terms.most_uses,
        most_per_phone=terms.most_per_phone,
        used=0,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        members_only=terms.members_only,
        own_only=terms.own_only,
        made_by=actor.user_id,
    )
    db.session.add(voucher)
    db.session.flush()
    states.start(voucher, actor)
    return voucher


def _check(terms: VoucherTerms) -> None:
    if (terms.percent is None) == (terms.amount_rp is None):
        raise Refused(_("Isi salah satu: persen atau rupiah."), field="percent")
    if terms.percent is not None and not 1 <= terms.percent <= MOST_PERCENT:
        raise Refused(_("Antara 1 dan %(most)s persen.", most=MOST_PERCENT), field="percent")
    if terms.amount_rp is not None and terms.amount_rp <= 0:
        raise Refused(_("Jumlah harus lebih dari nol."), field="amount_rp")
    if terms.ends_on < max(terms.starts_on, clock.today()):
        raise Refused(_("Hari terakhir sudah lewat."), field="ends_on")
    if not 1 <= terms.most_per_phone <= terms.most_uses:
        raise Refused(_("Paling banyak sama dengan jumlah seluruhnya."), field="most_per_phone")


def stop_voucher(actor: Actor, voucher_id: int) -> Voucher:
    """Nobody uses it from now on; orders that have used it keep their discount."""
    actor.require(Permission.VOUCHERS_KEEP)
    voucher = queries.voucher_for(actor, voucher_id, lock=True)
    states.advance(voucher, "closed", actor)
    return voucher


def require_usable(voucher: Voucher | None, *, phone: str, member: bool, goods_rp: int) -> Voucher:
    """The voucher, if this buyer may use it now; raises Refused that says why not."""
    today = clock.today()
    if voucher is None or voucher.state != "live" or voucher.ends_on < today:
        raise Refused(_("Voucher ini tidak berlaku."), field="voucher")
    if voucher.starts_on > today:
        raise Refused(_("Voucher ini belum berlaku."), field="voucher")
    if voucher.members_only and not member:
        raise Refused(_("Voucher ini untuk anggota koperasi."), field="voucher")
    if goods_rp < voucher.minimum_rp:
        least = format_rp(voucher.minimum_rp)
        raise Refused(_("Voucher ini mulai belanja %(least)s.", least=least), field="voucher")
    if voucher.used >= voucher.most_uses:
        raise Refused(_("Voucher ini sudah habis dipakai."), field="voucher")
    if phone and queries.uses_of_phone(voucher.id, phone) >= voucher.most_per_phone:
        raise Refused(_("Nomor ini sudah memakai voucher ini."), field="voucher")
    return voucher


def discounts(voucher: Voucher, amounts: Sequence[int], own: Sequence[bool]) -> list[int]:
    """Each line's part of the discount in rupiah: exact in sum, never more than the line costs."""
    base = [amount if mine or not voucher.own_only else 0 for amount, mine in zip(amounts, own, strict=True)]
    whole = sum(base)
    if not whole:
        raise Refused(_("Voucher ini hanya untuk barang koperasi sendiri."), field="voucher")
    wished = whole * voucher.percent // 100 if voucher.percent is not None else voucher.amount_rp or 0
    most = min(wished, voucher.most_rp or wished, whole * MOST_PERCENT // 100)
    return split(most, base)


def use_voucher(actor: Actor, voucher: Voucher, order: RetailOrder, amount_rp: int) -> VoucherUse:
    """One use of a voucher for an order: a conditional UPDATE, so the last use is used once.

    Raises Refused when the last one has gone, or this number has had its own.
    """
    _take(voucher)
    if queries.uses_of_phone(voucher.id, order.phone) >= voucher.most_per_phone:
        raise Refused(_("Nomor ini sudah memakai voucher ini."), field="voucher")
    use = VoucherUse(
        organization_id=order.organization_id,
        state_at=clock.now(),
        voucher_id=voucher.id,
        order_id=order.id,
        phone=order.phone,
        amount_rp=amount_rp,
    )
    db.session.add(use)
    db.session.flush()
    states.start(use, actor)
    faults.point("voucher_used")
    return use


def _take(voucher: Voucher) -> None:
    taken = update(Voucher).where(
        Voucher.id == voucher.id, Voucher.state == "live", Voucher.used < Voucher.most_uses
    )
    db.session.flush()
    if db.rows_changed(taken.values(used=Voucher.used + 1)) != 1:
        raise Refused(_("Voucher ini sudah habis dipakai."), field="voucher")
    db.session.refresh(voucher)


def give_back(actor: Actor, order_id: int) -> None:
    """The order came to nothing: its voucher can be used again."""
    use = queries.use_of(order_id)
    if use is None or use.state != "used":
        return
    states.advance(use, "released", actor)
    back = update(Voucher).where(Voucher.id == use.voucher_id).values(used=Voucher.used - 1)
    db.rows_changed(back)


def take_again(actor: Actor, order_id: int) -> None:
    """The order lives again, at its old price, even if the voucher has had its last use since.

    Raises Refused when there is none left.
    """
    use = queries.use_of(order_id)
    if use is None or use.state != "released":
        return
    again = update(Voucher).where(Voucher.id == use.voucher_id, Voucher.used < Voucher.most_uses)
    if db.rows_changed(again.values(used=Voucher.used + 1)) != 1:
        raise Refused(_("Voucher pesanan ini sudah habis dipakai orang lain."))
    states.advance(use, "used", actor)
