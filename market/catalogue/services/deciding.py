"""The cooperative decides what lies on its shelf: yes, not like this, or no; each with its reasons kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from market.catalogue import queries, queries_decisions, queries_permits
from market.catalogue.models import Product
from market.catalogue.models_decisions import ProductChange, ProductDecision
from market.catalogue.services import facts, permits, rules
from market.core import clock, db, faults, states
from market.core.errors import Refused
from market.core.i18n import _, lazy
from market.core.permissions import Actor, Permission, Role
from market.notices.services import notify

MAX_COMMISSION_BP = 5_000
Note = tuple[str, str]
"""Field of the product ("" for all of it) and what has to change there."""


def approve_product(
    actor: Actor,
    product_id: int,
    commission_bp: int,
    version: int | None = None,
    *,
    origin: str = "",
    origin_note: str = "",
    permits_checked: bool = False,
) -> Product:
    """The cooperative puts a member's product on its shelf at an agreed commission.

    `origin` is where the cooperative found it to be made ("member" or "city"; what the seller claims
    where it says nothing else); a name or price that looks bought needs an `origin_note`, what was seen.
    With `permits_checked` the numbers that the seller stated for it count as compared. Raises NotFound
    for a product of another shop, Refused for a commission outside 0 to 50 percent, an unmet duty or an
    origin without evidence, Conflict when the product is no longer the `version` that was read.
    """
    actor.require(Permission.PRODUCT_APPROVE)
    product = queries.product_in_shop(actor, product_id, lock=True)
    rules.unchanged(product.version, version)
    if not 0 <= commission_bp <= MAX_COMMISSION_BP:
        raise Refused(_("Komisi antara 0 dan 50 persen."), field="commission_percent")
    if product.pack_id is not None or product.state != "submitted":
        raise Refused(_("Produk ini tidak sedang menunggu persetujuan."))
    found = rules.origin(product, origin, origin_note)
    if permits_checked:
        _check_permits(actor, product)
    permits.require_lawful(product, stated_count=False)
    product.commission_bp = commission_bp
    db.session.flush()
    _record(actor, product, "approved", facts.snapshot(product), (), found, origin_note)
    faults.point("catalogue.product_approved")
    states.advance(product, "published", actor)
    permits.refresh(actor, product)
    _tell_owner(
        product,
        "product_published",
        lazy("%(name)s sudah dijual", name=product.name),
        lazy("Koperasi memasangnya di rak. Antarkan barangnya ke gerai agar bisa dipesan.")
        if product.supply == "shelf"
        else lazy("Koperasi memasangnya di toko. Pembeli sudah bisa memesannya."),
    )
    return product


def _check_permits(actor: Actor, product: Product) -> None:
    for permit in queries_permits.permits_for(product):
        if permit.state == "stated":
            permits.check_permit(actor, permit.id, right=True)


def return_product(
    actor: Actor, product_id: int, notes: Sequence[Note], version: int | None = None
) -> Product:
    """Ask for changes, field by field; the member mends them. Raises as `reject_product`."""
    return _send_back(actor, product_id, notes, version, "returned")


def reject_product(actor: Actor, product_id: int, reason: str, version: int | None = None) -> Product:
    """This product does not belong in the shop; the member may submit something that does.

    Raises Refused without a reason, NotFound, Conflict for a stale version, IllegalMove once decided.
    """
    return _send_back(actor, product_id, [("", reason)], version, "rejected")


def _send_back(actor: Actor, product_id: int, notes: Sequence[Note], version: int | None, to: str) -> Product:
    actor.require(Permission.PRODUCT_APPROVE)
    kept = _notes(notes)
    product = queries.product_in_shop(actor, product_id, lock=True)
    rules.unchanged(product.version, version)
    states.advance(product, to, actor, rules.said(kept))
    _record(actor, product, to, facts.snapshot(product), kept)
    title = lazy("Perbaiki %(name)s", name=product.name)
    if to == "rejected":
        title = lazy("%(name)s ditolak koperasi", name=product.name)
    _tell_owner(product, f"product_{to}", title, rules.said(kept))
    return product


def _notes(notes: Sequence[Note]) -> list[Note]:
    kept = [(field, text.strip()) for field, text in notes if text.strip()]
    if not kept:
        raise Refused(_("Tulis apa yang harus diperbaiki."), field="reason")
    unknown = [field for field, _text in kept if field and field not in (*facts.MODERATED, "price_rp")]
    if unknown:
        raise Refused(_("Pilih salah satu dari daftar."), field="reason")
    return kept


# --- another wording of what is on the shelf --------------------------------------------------------


def approve_change(actor: Actor, product_id: int, version: int | None = None) -> Product:
    """The other wording takes the place of the approved one; `version` is the change's, as it was read."""
    product, change = _waiting(actor, product_id, version)
    for name, value in change.facts.items():
        setattr(product, name, value)
    db.session.flush()
    before = queries_decisions.last_approved(product.id)
    found = before.origin if before else product.origin or "member"
    _record(actor, product, "approved", facts.snapshot(product), (), found)
    states.advance(change, "applied", actor)
    title = lazy("Perubahan %(name)s berlaku", name=product.name)
    _tell_owner(product, "product_published", title, lazy("Pembeli melihat isi yang baru."))
    return product


def return_change(
    actor: Actor, product_id: int, notes: Sequence[Note], version: int | None = None
) -> Product:
    """The other wording needs mending; the approved one is sold meanwhile."""
    kept = _notes(notes)
    product, change = _waiting(actor, product_id, version)
    states.advance(change, "returned", actor, rules.said(kept))
    _record(actor, product, "returned", {**facts.snapshot(product), **change.facts}, kept)
    title = lazy("Perbaiki perubahan %(name)s", name=product.name)
    _tell_owner(product, "product_returned", title, rules.said(kept))
    return product


def _waiting(actor: Actor, product_id: int, version: int | None) -> tuple[Product, ProductChange]:
    actor.require(Permission.PRODUCT_APPROVE)
    product = queries.product_in_shop(actor, product_id, lock=True)
    change = queries_decisions.open_change(product.id, lock=True)
    if change is None or change.state != "waiting":
        raise Refused(_("Tidak ada perubahan yang menunggu."))
    rules.unchanged(change.version, version)
    return product, change


def withdraw_product(actor: Actor, product_id: int, reason: str = "") -> Product:
    """Take a product off the shelf, as its owner or as the shop; orders already placed stay.

    Raises Forbidden for those who may neither list nor approve.
    """
    if not actor.may(Permission.PRODUCT_APPROVE):
        actor.require(Permission.PRODUCT_LIST)
    product = queries.product_for(actor, product_id)
    states.advance(product, "withdrawn", actor, reason)
    if product.organization_id != actor.organization_id:
        title = lazy("%(name)s diturunkan dari rak", name=product.name)
        _tell_owner(product, "product_withdrawn", title, reason or lazy("Tanyakan alasannya ke koperasi."))
    return product


def _record(
    actor: Actor,
    product: Product,
    kind: str,
    read: dict[str, Any],
    notes: Sequence[Note] = (),
    origin: str = "",
    origin_note: str = "",
) -> None:
    db.session.add(
        ProductDecision(
            organization_id=product.organization_id,
            product_id=product.id,
            kind=kind,
            facts=read,
            notes=[{"field": field, "text": text} for field, text in notes],
            origin=origin,
            origin_note=origin_note,
            decided_by=actor.user_id,
            decided_name=actor.name,
            decided_at=clock.now(),
        )
    )
    db.session.flush()


def _tell_owner(product: Product, kind: str, title: str, body: str) -> None:
    link = f"/produk/{product.id}"
    notify(product.organization_id, (Role.SELLER_OWNER,), kind, title, body, link)
