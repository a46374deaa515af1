"""What is asked of permits: which a product has, what it lacks from which day, the rules behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, literal, or_, select

from market.catalogue import duties
from market.catalogue.models import Product
from market.catalogue.models_permits import Permit, PermitRule
from market.core import approvals, clock, db
from market.core.approvals import Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission
from market.identity.models import Organization

MAX_ID = 2**63 - 1
COUNTING = ("stated", "checked")


def rules() -> list[duties.Rule]:
    """Every rule that was approved, also of days to come."""
    found = db.session.scalars(
        select(PermitRule).where(PermitRule.state == "in_force").order_by(PermitRule.valid_from_on)
    )
    return [as_rule(row) for row in found]


def as_rule(row: PermitRule) -> duties.Rule:
    """A row of the table as a plain value."""
    return duties.Rule(
        duty=row.duty,
        categories=frozenset(filter(None, row.categories.split("|"))),
        specials=frozenset(filter(None, row.specials.split("|"))),
        packed_only=row.packed_only,
        shelf_over_days=row.shelf_over_days,
        from_on=row.valid_from_on,
        until_on=row.valid_until_on,
        binding=row.binding,
        legal_ref=row.legal_ref,
        source_url=row.source_url,
    )


def rule_rows() -> list[PermitRule]:
    """The rules with their sources, as the public page shows them."""
    query = select(PermitRule).where(PermitRule.state == "in_force")
    return list(
        db.session.scalars(query.order_by(PermitRule.binding.desc(), PermitRule.valid_from_on, PermitRule.id))
    )


def proposed_rules(organization_id: int) -> list[tuple[Approval, PermitRule]]:
    """Rules that wait for a second person of the office, oldest first."""
    waiting = approvals.pending(organization_id, ("permit_rule",))
    return [(each, rule_by_id(each.subject_id)) for each in waiting]


def rule_by_id(rule_id: int) -> PermitRule:
    """Raises NotFound."""
    found = db.session.get(PermitRule, min(rule_id, MAX_ID))
    if found is None:
        raise NotFound(_("Aturan tidak ditemukan."))
    return found


# --- one product -----------------------------------------------------------------------------------


def facts_of(product: Product, address: str | None = None) -> duties.Facts:
    """What the duties ask about; `address` is the maker's, asked for when it is not given."""
    if address is None:
        address = db.session.scalar(
            select(Organization.address).where(Organization.id == product.organization_id)
        )
    return duties.Facts(
        category=product.category,
        halal=product.halal,
        special=product.special,
        packaging=product.packaging,
        shelf_life_days=product.shelf_life_days,
        net=bool(product.net_weight_g or product.net_volume_ml),
        ingredients=bool(product.ingredients.strip()),
        dated=product.label_dated,
        address=bool((address or "").strip()),
    )


def permits_for(product: Product) -> list[Permit]:
    """The permits that count for a product, its own and its maker's: stated or checked ones."""
    mine = or_(Permit.product_id.is_(None), Permit.product_id == product.id)
    query = select(Permit).where(
        Permit.organization_id == product.organization_id, mine, Permit.state.in_(COUNTING)
    )
    return list(db.session.scalars(query.order_by(Permit.id)))


def held(permits: Iterable[Permit]) -> list[duties.Held]:
    """Rows as plain values."""
    return [duties.Held(each.kind, each.valid_until_on, each.state == "checked") for each in permits]


def gaps_of(product: Product) -> list[duties.Gap]:
    """What the product lacks today or within a year; a cooperative's own packs lack nothing here."""
    if product.pack_id is not None:
        return []
    return duties.gaps(rules(), facts_of(product), held(permits_for(product)), clock.today())


def needed(facts: duties.Facts) -> list[str]:
    """The permits that such a product will be asked for."""
    return duties.needed(rules(), facts, clock.today())


def addresses(sellers: set[int]) -> dict[int, str]:
    """The makers' addresses by organization."""
    query = select(Organization.id, Organization.address).where(Organization.id.in_(sellers))
    return {row.id: row.address for row in db.session.execute(query)} if sellers else {}


def permits_by_product(products: Sequence[Product]) -> dict[int, list[Permit]]:
    """The permits that count for each of many products, as two statements would give one by one."""
    sellers = {product.organization_id for product in products}
    query = select(Permit).where(Permit.organization_id.in_(sellers), Permit.state.in_(COUNTING))
    by_seller: dict[int, list[Permit]] = defaultdict(list)
    for permit in db.session.scalars(query.order_by(Permit.id)) if sellers else ():
        by_seller[permit.organization_id].append(permit)
    return {
        product.id: [p for p in by_seller[product.organization_id] if p.product_id in (None, product.id)]
        for product in products
    }


# --- the permits of a seller -----------------------------------------------------------------------


def _seen_by(actor: Actor) -> ColumnElement[bool]:
    """A seller's own, or those of the members who sell through the actor's cooperative."""
    members = select(Organization.id).where(Organization.sells_through_id == actor.organization_id)
    return or_(Permit.organization_id == actor.organization_id, Permit.organization_id.in_(members))


@dataclass(frozen=True)
class PermitLine:
    """A permit with the names that people know it by."""

    permit: Permit
    seller: str
    product: str | None


def permits_of(actor: Actor) -> list[PermitLine]:
    """What the actor's organization has or, for a cooperative, has to check: waiting ones first."""
    query = (
        select(Permit, Organization.name, Product.name)
        .join(Organization, Organization.id == Permit.organization_id)
        .outerjoin(Product, Product.id == Permit.product_id)
        .where(_seen_by(actor), Permit.state != "ended")
        .order_by(case((Permit.state == "stated", 0), else_=1), Permit.valid_until_on, Permit.id)
    )
    return [PermitLine(permit, seller, name) for permit, seller, name in db.session.execute(query)]


def permit_for(actor: Actor, permit_id: int, lock: bool = False) -> Permit:
    """A permit that the actor's organization holds or checks; raises NotFound."""
    query = select(Permit).where(Permit.id == min(permit_id, MAX_ID), _seen_by(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("Izin tidak ditemukan."))
    return found


def public(product_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """A condition on permits: the checked ones that a buyer sees with a product."""
    seller = select(Product.organization_id).where(Product.id == product_id).scalar_subquery()
    mine = or_(Permit.product_id.is_(None), Permit.product_id == product_id)
    valid = or_(Permit.valid_until_on.is_(None), Permit.valid_until_on >= clock.today())
    return (Permit.organization_id == seller) & mine & valid & (Permit.state == "checked")


def public_numbers(product_id: int) -> list[Permit]:
    """The checked permits that a buyer sees with a product."""
    query = select(Permit).where(public(product_id))
    return list(db.session.scalars(query.order_by(Permit.id)))


# --- Hari ini --------------------------------------------------------------------------------------


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Permits to check (cooperative); products that stopped or will stop soon (their owner)."""
    tasks: list[Select[*tuple[Any, ...]]] = []
    if actor.may(Permission.PRODUCT_APPROVE):
        kind = literal("permit_waits", String).label("kind")
        columns = (
            Permit.id.label("subject_id"),
            Permit.state_at.label("since"),
            (Organization.name + literal(": ") + Permit.number).label("detail"),
            literal(0).label("amount"),
        )
        waiting = (Organization.sells_through_id == actor.organization_id) & (Permit.state == "stated")
        # The numbers of a product that waits are compared where it is approved.
        elsewhere = Permit.product_id.is_(None) | Product.state.in_(("published", "paused"))
        tasks.append(
            select(kind, *columns)
            .join(Organization, Organization.id == Permit.organization_id)
            .outerjoin(Product, Product.id == Permit.product_id)
            .where(waiting, elsewhere)
        )
    if actor.organization_kind == "seller" and actor.may(Permission.PRODUCT_LIST):
        mine = Product.organization_id == actor.organization_id
        columns = (
            Product.id.label("subject_id"),
            Product.state_at.label("since"),
            Product.name.label("detail"),
            Product.price_rp.label("amount"),
        )
        paused = literal("product_paused", String).label("kind")
        tasks.append(select(paused, *columns).where(mine, Product.state == "paused"))
        ending = literal("product_ending", String).label("kind")
        soon = (Product.state == "published") & Product.reminded_days.isnot(None)
        tasks.append(select(ending, *columns).where(mine, soon))
    return tasks
