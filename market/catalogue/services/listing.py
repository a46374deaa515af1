"""A member lists a product, changes it, and asks for approval."""

from __future__ import annotations

from typing import Any, Unpack

from market.catalogue import queries, queries_decisions
from market.catalogue.models import Product
from market.catalogue.models_decisions import ProductChange
from market.catalogue.services import facts, permits, rules
from market.catalogue.services.facts import ProductFacts
from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, stored
from market.core.permissions import Actor, Permission
from market.identity import queries as identity


def list_product(
    actor: Actor,
    *,
    submit: bool = True,
    variant_of_id: int | None = None,
    example: bool = False,
    **said: Unpack[ProductFacts],
) -> Product:
    """A member lists a product for the shop of the own cooperative; it waits for approval.

    Without `submit` it stays a draft that only the member sees. With `variant_of_id` it is another
    choice of that product. `example` marks made-up permit numbers of a demonstration. Raises Forbidden,
    or Refused for a seller without a cooperative, facts that cannot be true, or (with `submit`) a duty in
    force that it does not meet. Own packs of a cooperative go through `sell_pack`.
    """
    actor.require(Permission.PRODUCT_LIST)
    shop_id = _shop_of(actor)
    checked = facts.checked(said)
    head = facts.head_of(actor, variant_of_id, said.get("variant", ""))
    facts.free_barcode(shop_id, checked.at_once.get("barcode"))
    product = Product(
        organization_id=actor.organization_id or 0,
        cooperative_id=shop_id,
        variant_of_id=head.id if head else None,
        **checked.moderated,
        **checked.at_once,
        state_at=clock.now(),
        created_at=clock.now(),
    )
    db.session.add(product)
    db.session.flush()
    states.start(product, actor)
    permits.state_numbers(actor, product, checked.numbers, example=example)
    if submit and _may_sell(product):
        _submit(actor, product)
    return product


def _may_sell(product: Product) -> bool:
    """Whether the cooperative has said yes to the seller; until then her products are drafts."""
    return identity.organization(product.organization_id).trading


def _shop_of(actor: Actor) -> int:
    if actor.organization_kind != "seller":
        raise Refused(_("Barang koperasi sendiri dipasang dari kemasannya, bukan sebagai titipan."))
    through = identity.organization(actor.organization_id or 0).sells_through_id
    if through is None:
        raise Refused(_("Usaha Anda belum terhubung dengan koperasi. Hubungi pengurus koperasi Anda."))
    return through


def _submit(actor: Actor, product: Product, reason: str = "") -> None:
    """The cooperative's time is not spent on what may not be sold anyway."""
    permits.require_lawful(product, stated_count=True)
    states.advance(product, "submitted", actor, reason)


def update_product(
    actor: Actor,
    product_id: int,
    *,
    version: int | None = None,
    submit: bool = True,
    **said: Unpack[ProductFacts],
) -> Product:
    """The owner changes a product; what is left out stays, a photo too.

    On the shelf, price and days of making count at once; another wording waits as a ProductChange
    beside the approved one; what health or law hang on takes the product off the shelf until the
    cooperative has read it. Orders already placed keep their price. Raises NotFound for somebody else's
    product, Conflict for a stale `version`, Refused as `list_product` does.
    """
    actor.require(Permission.PRODUCT_LIST)
    product = queries.own_product(actor, product_id, lock=True)
    rules.unchanged(product.version, version)
    if product.pack_id is not None:
        raise Refused(_("Kemasan koperasi hanya bisa diubah harganya."))
    checked = facts.checked(said)
    facts.free_barcode(product.cooperative_id, checked.at_once.get("barcode"), product.id)
    for name, value in checked.at_once.items():
        setattr(product, name, value)
    permits.state_numbers(actor, product, checked.numbers)
    open_change = queries_decisions.open_change(product.id, lock=True)
    changed = {name: value for name, value in checked.moderated.items() if getattr(product, name) != value}
    on_shelf = product.state in ("published", "paused")
    if on_shelf and changed and not changed.keys() & set(facts.SUBSTANCE):
        _propose(actor, product, changed, open_change)
        return product
    for name, value in changed.items():
        setattr(product, name, value)
    db.session.flush()
    if open_change is not None:
        states.advance(open_change, "dropped", actor)
    _after_change(actor, product, bool(changed), submit)
    return product


def _propose(actor: Actor, product: Product, changed: dict[str, Any], change: ProductChange | None) -> None:
    """Another wording waits; a later one takes the place of one that waits still."""
    db.session.flush()
    if change is None:
        change = ProductChange(
            organization_id=product.organization_id,
            product_id=product.id,
            facts=changed,
            state_at=clock.now(),
            created_at=clock.now(),
        )
        db.session.add(change)
        db.session.flush()
        states.start(change, actor)
        return
    change.facts = changed
    db.session.flush()
    faults.point("catalogue.change_rewritten")
    if change.state == "returned":
        states.advance(change, "waiting", actor)


def _after_change(actor: Actor, product: Product, reworded: bool, submit: bool) -> None:
    if product.state in ("published", "paused"):
        if reworded:
            _submit(actor, product, stored("isi diubah, diperiksa lagi"))
        else:
            permits.refresh(actor, product)
    elif submit and product.state != "submitted" and _may_sell(product):
        _submit(actor, product)
    elif product.state == "submitted":
        permits.require_lawful(product, stated_count=True)


def submit_again(actor: Actor, product_id: int) -> Product:
    """Ask for approval of a draft, or again after a rejection or a pause; owners only."""
    actor.require(Permission.PRODUCT_LIST)
    product = queries.own_product(actor, product_id, lock=True)
    if product.pack_id is not None:
        raise Refused(_("Kemasan koperasi tidak perlu persetujuan. Pasang lagi dengan harganya."))
    if not _may_sell(product):
        raise Refused(_("Koperasi belum menyetujui usaha Anda. Produknya tetap tersimpan sebagai konsep."))
    _submit(actor, product)
    return product


def drop_change(actor: Actor, product_id: int) -> Product:
    """The owner takes back another wording that waits or was returned; raises Refused when there is none."""
    actor.require(Permission.PRODUCT_LIST)
    product = queries.own_product(actor, product_id, lock=True)
    change = queries_decisions.open_change(product.id, lock=True)
    if change is None:
        raise Refused(_("Tidak ada perubahan yang menunggu."))
    states.advance(change, "dropped", actor)
    return product
