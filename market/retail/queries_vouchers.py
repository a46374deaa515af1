"""What is asked of vouchers and of members who buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, cast, func, select

from market.core import clock, db
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor
from market.retail.models import RetailOrder
from market.retail.models_vouchers import MemberTry, Voucher, VoucherUse

MAX_ID = 2**63 - 1


def voucher_for(actor: Actor, voucher_id: int, lock: bool = False) -> Voucher:
    """A voucher of the actor's own shop; raises NotFound."""
    query = select(Voucher).where(
        Voucher.id == min(voucher_id, MAX_ID), Voucher.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Voucher tidak ditemukan."))
    return found


def by_code(cooperative_id: int, code: str) -> Voucher | None:
    """The voucher of a shop with this code, as `normal_code` writes it."""
    query = select(Voucher).where(Voucher.organization_id == cooperative_id, Voucher.code == code)
    return db.session.scalar(query)


def uses_of_phone(voucher_id: int, phone: str) -> int:
    """Orders of this number that stand and used the voucher."""
    query = select(func.count()).where(
        VoucherUse.voucher_id == voucher_id, VoucherUse.phone == phone, VoucherUse.state == "used"
    )
    return db.session.scalar(query) or 0


def use_of(order_id: int) -> VoucherUse | None:
    """The voucher that an order used."""
    return db.session.scalar(select(VoucherUse).where(VoucherUse.order_id == order_id))


def code_of(order_id: int) -> str:
    """The code that an order used; "" for none."""
    query = select(Voucher.code).join(VoucherUse, VoucherUse.voucher_id == Voucher.id)
    return db.session.scalar(query.where(VoucherUse.order_id == order_id)) or ""


@dataclass(frozen=True)
class VoucherFigures:
    """A voucher, what it gave and what was bought with it (orders that stand)."""

    voucher: Voucher
    given_rp: int
    bought_rp: int


def vouchers_of(organization_id: int) -> list[VoucherFigures]:
    """Vouchers of a shop with their figures, newest first."""
    sums = (
        select(
            VoucherUse.voucher_id,
            cast(func.sum(VoucherUse.amount_rp), BigInteger).label("given"),
            cast(func.sum(RetailOrder.total_rp), BigInteger).label("bought"),
        )
        .join(RetailOrder, RetailOrder.id == VoucherUse.order_id)
        .where(VoucherUse.organization_id == organization_id, VoucherUse.state == "used")
        .group_by(VoucherUse.voucher_id)
        .subquery()
    )
    query = (
        select(Voucher, sums.c.given, sums.c.bought)
        .outerjoin(sums, sums.c.voucher_id == Voucher.id)
        .where(Voucher.organization_id == organization_id)
        .order_by(Voucher.id.desc())
        .limit(200)
    )
    return [VoucherFigures(row[0], row[1] or 0, row[2] or 0) for row in db.session.execute(query)]


def member_tries(cooperative_id: int, phone: str) -> int:
    """How often a number that is not its owner's was typed with this phone in the last hour."""
    query = select(func.count()).where(
        MemberTry.organization_id == cooperative_id,
        MemberTry.phone == phone,
        MemberTry.at > clock.now() - timedelta(hours=1),
    )
    return db.session.scalar(query) or 0
