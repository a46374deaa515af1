"""What is asked of containers: where they are, to whom empties are owed and until when, open deposits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Row, Select, String, bindparam, case, cast, func, literal, select

from market.core import clock, db
from market.core.approvals import LAPSES_AFTER_H, Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.empties.models import (
    ContainerDeposit,
    ContainerHolding,
    ContainerMove,
    ContainerPurchase,
    RefillSale,
)
from market.empties.types import BY_ITEM, CONTAINERS, Container
from market.identity.models import Organization, User

Found = TypeVar("Found")

PURCHASE = "container_purchase"
"""The kind of two-person act by which containers are bought."""
FROM_SUPPLIER, TO_SUPPLIER = ("received", "taken_back"), ("handed_back", "bought", "sent_back")


def container_of(pack_code: str) -> Container | None:
    """The container in which a pack comes; None for goods in nothing that goes back."""
    return BY_ITEM.get(f"pack:{pack_code}")


def holdings_of(organization_id: int) -> list[ContainerHolding]:
    """What the organization holds or held of every container."""
    return list(db.session.scalars(_holdings(), {"owner": organization_id}))


@cache
def _holdings() -> Select[ContainerHolding]:
    """Asked by every home of a cooperative, so put together once."""
    query = select(ContainerHolding).where(ContainerHolding.organization_id == bindparam("owner"))
    return query.order_by(ContainerHolding.container)


def holding(organization_id: int, code: str) -> ContainerHolding:
    """The holding of one container; an empty one that is not kept when there is none yet."""
    found = {each.container: each for each in holdings_of(organization_id)}.get(code)
    if found is not None:
        return found
    counts = ("full_count", "empty_count", "lent_count", "at_supplier", "owned", "value_rp")
    return ContainerHolding(organization_id=organization_id, container=code, **dict.fromkeys(counts, 0))


def deals_in(organization_id: int) -> list[ContainerHolding]:
    """Holdings that are worth a line: something is or was there."""
    return [each for each in holdings_of(organization_id) if each.moved_at is not None]


def empties_at_hand(organization_id: int, code: str) -> int:
    """Empties that could go along with a truck now."""
    return holding(organization_id, code).empty_count


def move_count(held: ContainerHolding) -> int:
    """How many moves the holding has had."""
    query = select(func.count()).where(
        ContainerMove.organization_id == held.organization_id, ContainerMove.container == held.container
    )
    return db.session.scalar(query) or 0


def moves_of(organization_id: int, limit: int = 30) -> list[Row[ContainerMove, str]]:
    """The newest moves with the name of who did them."""
    query = (
        select(ContainerMove, User.name)
        .outerjoin(User, User.id == ContainerMove.actor_id)
        .where(ContainerMove.organization_id == organization_id)
        .order_by(ContainerMove.id.desc())
        .limit(limit)
    )
    return list(db.session.execute(query))


def move_for(actor: Actor, move_id: int) -> ContainerMove:
    """A move in the actor's own organization; raises NotFound."""
    query = select(ContainerMove).where(
        ContainerMove.id == move_id, ContainerMove.organization_id == actor.organization_id
    )
    return _there(db.session.scalar(query))


def handed_back_at(organization_id: int, sources: Iterable[str]) -> dict[str, int]:
    """Source of a receipt's line -> empties that went along with its truck."""
    query = select(ContainerMove.source, ContainerMove.count).where(
        ContainerMove.organization_id == organization_id,
        ContainerMove.kind == "handed_back",
        ContainerMove.source.in_(list(sources)),
    )
    return {source: int(count) for source, count in db.session.execute(query)}


# --- suppliers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SupplierSide:
    """How a cooperative stands with one supplier: `owed` empties go there, or `waiting` lie there."""

    container: Container
    supplier_id: int
    supplier: str
    balance: int
    due_on: date | None
    """the day by which the oldest missing empty should be there; None when none is owed"""

    @property
    def owed(self) -> int:
        return max(0, -self.balance)

    @property
    def waiting(self) -> int:
        return max(0, self.balance)


def _signed() -> Any:
    sign = case((ContainerMove.kind.in_(TO_SUPPLIER), 1), else_=-1)
    return func.sum(sign * ContainerMove.count)


def supplier_sides(organization_id: int) -> list[SupplierSide]:
    """Suppliers with whom the account of containers is not even, by name."""
    query = (
        select(ContainerMove.container, ContainerMove.supplier_id, Organization.name, _signed())
        .join(Organization, Organization.id == ContainerMove.supplier_id)
        .where(
            ContainerMove.organization_id == organization_id,
            ContainerMove.kind.in_((*FROM_SUPPLIER, *TO_SUPPLIER)),
        )
        .group_by(ContainerMove.container, ContainerMove.supplier_id, Organization.name)
        .having(_signed() != 0)
        .order_by(Organization.name)
    )
    return [
        SupplierSide(
            CONTAINERS[code],
            supplier_id,
            name,
            int(balance),
            _due_on(organization_id, CONTAINERS[code], supplier_id, -int(balance)),
        )
        for code, supplier_id, name, balance in db.session.execute(query)
    ]


def unknown_sides(organization_id: int) -> list[tuple[Container, int]]:
    """Containers that went between the cooperative and a supplier that nobody noted: above zero lie there."""
    query = (
        select(ContainerMove.container, _signed())
        .where(
            ContainerMove.organization_id == organization_id,
            ContainerMove.supplier_id.is_(None),
            ContainerMove.kind.in_((*FROM_SUPPLIER, *TO_SUPPLIER)),
        )
        .group_by(ContainerMove.container)
        .having(_signed() != 0)
    )
    return [(CONTAINERS[code], int(balance)) for code, balance in db.session.execute(query)]


def _due_on(organization_id: int, container: Container, supplier_id: int, owed: int) -> date | None:
    """First in, first out: the newest deliveries cover what is owed, and the oldest of those is due."""
    if owed <= 0:
        return None
    query = select(ContainerMove.occurred_on, ContainerMove.count).where(
        ContainerMove.organization_id == organization_id,
        ContainerMove.container == container.code,
        ContainerMove.supplier_id == supplier_id,
        ContainerMove.kind.in_(FROM_SUPPLIER),
    )
    oldest = clock.today()
    for day, count in db.session.execute(query.order_by(ContainerMove.id.desc())):
        oldest, owed = day, owed - count
        if owed <= 0:
            break
    days = container.return_days.value(on=oldest, organization_id=organization_id)
    return oldest + timedelta(days=days)


def suppliers_of(organization_id: int) -> list[tuple[int, str]]:
    """Suppliers that ever brought containers: (id, name), by name."""
    brought = select(ContainerMove.supplier_id).where(ContainerMove.organization_id == organization_id)
    query = select(Organization.id, Organization.name).where(Organization.id.in_(brought))
    return [(row.id, row.name) for row in db.session.execute(query.order_by(Organization.name))]


# --- deposits --------------------------------------------------------------------------------------


def deposit_for(actor: Actor, deposit_id: int, lock: bool = False) -> ContainerDeposit:
    """A deposit in the actor's own organization; raises NotFound."""
    query = select(ContainerDeposit).where(
        ContainerDeposit.id == deposit_id, ContainerDeposit.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return _there(db.session.scalar(query))


def open_deposits(organization_id: int, limit: int = 100) -> list[ContainerDeposit]:
    """Containers that buyers still have, the oldest first."""
    query = select(ContainerDeposit).where(
        ContainerDeposit.organization_id == organization_id, ContainerDeposit.state == "open"
    )
    return list(db.session.scalars(query.order_by(ContainerDeposit.id).limit(limit)))


def deposits_held_rp(organization_id: int) -> int:
    """What buyers get back when everything comes back."""
    still_out = ContainerDeposit.count - ContainerDeposit.returned - ContainerDeposit.kept
    query = select(func.sum(still_out * ContainerDeposit.unit_rp)).where(
        ContainerDeposit.organization_id == organization_id
    )
    return int(db.session.scalar(query) or 0)


def sale_for(actor: Actor, sale_id: int) -> RefillSale:
    """A refill sold by the actor's own organization; raises NotFound."""
    query = select(RefillSale).where(
        RefillSale.id == sale_id, RefillSale.organization_id == actor.organization_id
    )
    return _there(db.session.scalar(query))


def sale_to_undo(actor: Actor, sale_id: int) -> RefillSale:
    """A refill of the actor's own organization, held; raises NotFound."""
    query = select(RefillSale).where(
        RefillSale.id == sale_id, RefillSale.organization_id == actor.organization_id
    )
    return _there(db.session.scalar(query.with_for_update().execution_options(populate_existing=True)))


def deposit_of_sale(sale_id: int) -> ContainerDeposit | None:
    """The deposit that a sale left."""
    return db.session.scalar(select(ContainerDeposit).where(ContainerDeposit.sale_id == sale_id))


# --- purchases -------------------------------------------------------------------------------------


def purchase_for(actor: Actor, purchase_id: int, lock: bool = False) -> ContainerPurchase:
    """A purchase in the actor's own organization; raises NotFound."""
    query = select(ContainerPurchase).where(
        ContainerPurchase.id == purchase_id, ContainerPurchase.organization_id == actor.organization_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return _there(db.session.scalar(query))


def _alive() -> Any:
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    return (
        (Approval.kind == PURCHASE)
        & (Approval.subject_id == ContainerPurchase.id)
        & (Approval.state == "proposed")
        & (Approval.proposed_at > oldest)
    )


def waiting_purchases(organization_id: int) -> list[Row[ContainerPurchase, str, str, int]]:
    """Purchases that wait for a second person: with supplier, proposer's name and id; oldest first."""
    query = (
        select(ContainerPurchase, Organization.name, Approval.proposed_name, Approval.proposed_by)
        .join(Organization, Organization.id == ContainerPurchase.supplier_id)
        .join(Approval, _alive())
        .where(
            ContainerPurchase.organization_id == organization_id,
            ContainerPurchase.state == "proposed",
        )
        .order_by(ContainerPurchase.id)
    )
    return list(db.session.execute(query))


def stale_purchases() -> list[ContainerPurchase]:
    """Proposals that nobody decided in time, of everybody."""
    oldest = clock.now() - timedelta(hours=LAPSES_AFTER_H)
    query = select(ContainerPurchase).where(
        ContainerPurchase.state == "proposed", ContainerPurchase.proposed_at <= oldest
    )
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


def _there(found: Found | None) -> Found:
    if found is None:
        raise NotFound(_("Catatan tabung tidak ditemukan."))
    return found


# --- home ------------------------------------------------------------------------------------------


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Empties owed to suppliers, and purchases that wait for this person."""
    if actor.organization_kind != "cooperative":
        return []
    found: list[Select[*tuple[Any, ...]]] = []
    if actor.may(Permission.GOODS_RECEIVE):
        found.append(_owed(actor))
    if actor.may(Permission.PAYMENT_APPROVE):
        found.append(_purchases(actor))
    return found


def _owed(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal("empties_owed", String).label("kind"),
            ContainerMove.supplier_id.label("subject_id"),
            func.max(ContainerMove.at).label("since"),
            cast(Organization.name, String).label("detail"),
            (-_signed()).label("amount"),
        )
        .join(Organization, Organization.id == ContainerMove.supplier_id)
        .where(
            ContainerMove.organization_id == actor.organization_id,
            ContainerMove.kind.in_((*FROM_SUPPLIER, *TO_SUPPLIER)),
        )
        .group_by(ContainerMove.container, ContainerMove.supplier_id, Organization.name)
        .having(_signed() < 0)
    )


def _purchases(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal("container_purchase_waits", String).label("kind"),
            ContainerPurchase.id.label("subject_id"),
            ContainerPurchase.proposed_at.label("since"),
            cast(ContainerPurchase.number, String).label("detail"),
            ContainerPurchase.amount_rp.label("amount"),
        )
        .join(Approval, _alive())
        .where(
            ContainerPurchase.organization_id == actor.organization_id,
            ContainerPurchase.state == "proposed",
            Approval.proposed_by != actor.user_id,
        )
    )
