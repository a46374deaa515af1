"""What is asked of decisions: the history of a product, what differs from what was approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, literal, select

from market.catalogue.models import Product
from market.catalogue.models_decisions import ProductChange, ProductDecision
from market.core import db
from market.core.permissions import Actor, Permission


def open_change(product_id: int, lock: bool = False) -> ProductChange | None:
    """The other wording that waits or was returned, if there is one."""
    query = select(ProductChange).where(
        ProductChange.product_id == product_id, ProductChange.state.in_(("waiting", "returned"))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def decisions_of(product_id: int) -> list[ProductDecision]:
    """Every decision about a product, newest first."""
    query = select(ProductDecision).where(ProductDecision.product_id == product_id)
    return list(db.session.scalars(query.order_by(ProductDecision.id.desc())))


def last_approved(product_id: int) -> ProductDecision | None:
    """The text that was approved last, with who did it."""
    query = select(ProductDecision).where(
        ProductDecision.product_id == product_id, ProductDecision.kind == "approved"
    )
    return db.session.scalar(query.order_by(ProductDecision.id.desc()).limit(1))


@dataclass(frozen=True)
class Difference:
    """One field that is not as it was approved."""

    field: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """The fields of `after` that are not as in `before`, in the order of `after`."""
    return [
        Difference(name, before.get(name), value)
        for name, value in after.items()
        if before.get(name) != value
    ]


def photos_in_use(names: set[str]) -> set[str]:
    """Those of the photos that a waiting wording or a decision shows."""
    found = set()
    for model in (ProductChange, ProductDecision):
        for facts in db.session.scalars(select(model.facts)):
            if facts.get("photo") in names:
                found.add(facts["photo"])
    return found


def today(actor: Actor) -> list[Select[*tuple[Any, ...]]]:
    """Other wordings to read (cooperative), returned ones and products (their owner)."""
    tasks: list[Select[*tuple[Any, ...]]] = []
    columns = (
        Product.id.label("subject_id"),
        ProductChange.state_at.label("since"),
        Product.name.label("detail"),
        Product.price_rp.label("amount"),
    )
    joined = (ProductChange, ProductChange.product_id == Product.id)
    if actor.may(Permission.PRODUCT_APPROVE):
        waiting = (Product.cooperative_id == actor.organization_id) & (ProductChange.state == "waiting")
        tasks.append(
            select(literal("product_changed", String).label("kind"), *columns).join(*joined).where(waiting)
        )
    if actor.organization_kind == "seller" and actor.may(Permission.PRODUCT_LIST):
        mine = Product.organization_id == actor.organization_id
        back = literal("product_rejected", String).label("kind")
        tasks.append(select(back, *columns).join(*joined).where(mine, ProductChange.state == "returned"))
    return tasks
