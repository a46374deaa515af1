"""The page of one product as its owner and its shop see it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from market.catalogue import queries, queries_decisions, queries_permits, queries_sold, services
from market.catalogue.forms import (
    CATEGORIES,
    HALAL,
    ORIGINS,
    PACKAGINGS,
    PERMITS,
    SPECIALS,
    SUPPLIES,
    ApprovalForm,
    ConsignmentForm,
    HomeStockForm,
    PriceForm,
    RejectionForm,
    RemarksForm,
)
from market.catalogue.models import Product
from market.commodities import queries as commodities
from market.core import clock, quantity
from market.core.history import history_of
from market.core.i18n import _, lazy
from market.core.money import format_rp
from market.identity import queries as identity
from market.web.access import current_actor
from market.web.forms import Form

WORDS: dict[str, dict[str, Any]] = {
    "category": CATEGORIES,
    "supply": SUPPLIES,
    "packaging": PACKAGINGS,
    "special": SPECIALS,
    "origin": ORIGINS,
    "halal": HALAL,
}


def remarks_form() -> RemarksForm:
    """The remarks about fields, with the fields to choose from."""
    fields = [("", _("Seluruh produk")), *((name, str(text)) for name, text in services.FIELDS.items())]
    return RemarksForm.load(field_1=fields, field_2=fields, field_3=fields)


def approval_form(product: Product) -> ApprovalForm:
    """The approval, with what the seller claims as a start."""
    origins = [(name, str(text)) for name, text in _ORIGINS_FOUND.items()]
    start = {"commission_percent": 10, "origin": product.origin or "member"}
    return ApprovalForm.load(start, origin=origins)


_ORIGINS_FOUND = {"member": lazy("Dibuat penjualnya sendiri"), "city": lazy("Dibuat warga kota ini")}


def show_page(product: Product, **forms: Form) -> str:
    """The product's page; a form that was refused is shown with what was typed."""
    owner = identity.organization(product.organization_id)
    shop = identity.organization(product.cooperative_id)
    seller = product.organization_id != product.cooperative_id
    change = queries_decisions.open_change(product.id)
    approved = queries_decisions.last_approved(product.id)
    item = queries.card(product)
    return render_template(
        "catalogue/show.html",
        product=product,
        item=item,
        owner=owner,
        shop=shop,
        history=history_of(product),
        figures=queries_sold.sold([product]).get(product.id, queries_sold.Sold()),
        owed=queries.owed_rp(shop.id, owner.id) if seller else 0,
        ceiling=_ceiling(product),
        mine=product.organization_id == current_actor().organization_id,
        halal_word=_("belum diisi") if product.halal == "unstated" else HALAL[product.halal],
        words=WORDS,
        fields=services.FIELDS,
        gaps=services.missing(product),
        permits=queries_permits.permits_for(product) if seller else [],
        permit_words=PERMITS,
        change=change,
        changed=_differences(product, change.facts if change else {}),
        since_approved=_since_approved(product, approved),
        decisions=queries_decisions.decisions_of(product.id),
        signals=services.signals(product) if seller else [],
        variants=queries.family_of(product) if seller else [],
        approval=forms.get("approval") or blank(ApprovalForm, product),
        remarks=forms.get("remarks") or blank(RemarksForm, product),
        rejection=forms.get("rejection") or RejectionForm(),
        price=forms.get("price")
        or PriceForm(data={"price_rp": product.price_rp, "member_price_rp": product.member_price_rp}),
        consignment=forms.get("consignment") or ConsignmentForm(),
        home_stock=forms.get("home_stock") or HomeStockForm(data={"quantity": max(item.left, 0)}),
    )


def blank(kind: type[Any], product: Product) -> Any:
    """A form of the page that was not sent: a POST of its neighbour must not fill it."""
    form = kind(data={"commission_percent": 10, "origin": product.origin or "member"})
    if kind is ApprovalForm:
        form.origin.choices = [(name, str(text)) for name, text in _ORIGINS_FOUND.items()]
    else:
        fields = [("", _("Seluruh produk")), *((name, str(text)) for name, text in services.FIELDS.items())]
        for n in (1, 2, 3):
            form[f"field_{n}"].choices = fields
    return form


def say(name: str, value: Any) -> str:
    """A field's value in words."""
    if value is None or value == "":
        return _("kosong")
    if name in WORDS:
        return str(WORDS[name].get(value, value))
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if name == "net_weight_g":
        return quantity.format_base(value, "g")
    if name == "net_volume_ml":
        return quantity.format_base(value, "ml")
    if name == "shelf_life_days":
        return _("%(days)s hari", days=value)
    if name == "price_rp":
        return format_rp(value)
    return _("foto lain") if name == "photo" else str(value)


def _differences(product: Product, after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Field, how it is sold now, how it would become."""
    before = {name: getattr(product, name) for name in after}
    return [
        (str(services.FIELDS[each.field]), say(each.field, each.before), say(each.field, each.after))
        for each in queries_decisions.differences(before, after)
    ]


def _since_approved(product: Product, approved: Any) -> list[tuple[str, str, str]]:
    """What differs from the text that was approved last, for a product that waits again."""
    if approved is None or product.state != "submitted":
        return []
    now = services.snapshot(product)
    return [
        (str(services.FIELDS[each.field]), say(each.field, each.before), say(each.field, each.after))
        for each in queries_decisions.differences(approved.facts, now)
    ]


def _ceiling(product: Product) -> int | None:
    if product.pack_id is None:
        return None
    place_code = identity.organization(product.cooperative_id).place_code
    return commodities.ceiling_rp(commodities.pack(product.pack_id), place_code, clock.today())
