"""What a basket costs this buyer with door, voucher and member price, before ordering."""

from __future__ import annotations

from typing import Any

from flask import g
from markupsafe import Markup

from market.catalogue import queries as catalogue
from market.catalogue.models import Product
from market.core import messages
from market.core.errors import Refused
from market.core.i18n import _
from market.retail import queries_delivery, services
from market.retail.forms_buying import ExtrasForm
from market.retail.queries_front import Front
from market.retail.services import breakdown
from market.retail.services.breakdown import Share
from market.web import charts
from market.web.access import current_actor
from market.web.requests import after_refusal


def reach_of(shop: Front) -> list[queries_delivery.Reach]:
    """Where the shop delivers today; asked once in a request."""
    if "reach" not in g:
        g.reach = {}
    if shop.id not in g.reach:
        g.reach[shop.id] = queries_delivery.reach_of(shop.id)
    found: list[queries_delivery.Reach] = g.reach[shop.id]
    return found


def extras_form(shop: Front) -> ExtrasForm:
    """The form with the villages that this shop delivers to; none, when it does not."""
    reach = reach_of(shop)
    ways = [("pickup", _("Ambil sendiri di gerai")), ("door", _("Diantar ke rumah"))]
    villages = [(each.place.code, each.place.name) for each in reach]
    form = ExtrasForm.load({"way": "pickup"}, way=ways if reach else ways[:1], place_code=villages)
    for each in (form.way, form.place_code):
        each.flags.optional = False  # one of them is always chosen
    return form


def extras_of(shop: Front, form: ExtrasForm, phone: str, pay: str | None) -> services.Extras:
    """What the buyer wants beside the goods; raises Refused. A wrong member's number is counted."""
    if not form.validate():
        wrong = next(field for field in form if field.errors)
        raise Refused(f"{wrong.label.text}: {wrong.errors[0]}")
    number = form.member_number.data or ""
    phone = messages.normal_phone(phone) if phone else ""
    try:
        member = services.buying_member(shop.id, current_actor().user_id, phone, number)
    except Refused as refusal:
        if refusal.field == "member_number":
            after_refusal(lambda: services.note_try(shop.id, phone))
        raise
    return services.Extras(member, form.voucher.data or "", _door(form, pay))


def _door(form: ExtrasForm, pay: str | None) -> services.Door | None:
    if form.way.data != "door":
        return None
    if not form.place_code.data:
        raise Refused(_("Pilih kelurahan tujuan."))
    if not form.address.data:
        raise Refused(_("Isi alamat lengkap."))
    cash = pay != "online"
    return services.Door(form.place_code.data, form.address.data, form.landmark.data or "", cash)


def bill_of(
    shop: Front,
    quantities: dict[int, int],
    extras: services.Extras,
    phone: str = "",
    products: list[Product] | None = None,
) -> services.Bill:
    """The bill of a basket now; raises Refused for extras that do not apply. `products`: read already."""
    products = catalogue.products_on_sale(shop.id, quantities) if products is None else products
    wanted = [(each, quantities[each.id]) for each in products]
    return services.bill(shop.id, shop.place_code, wanted, extras, phone)


def page_values(
    shop: Front,
    quantities: dict[int, int],
    form: ExtrasForm,
    bill: services.Bill | None,
    products: list[Product],
    names: dict[int, str],
) -> dict[str, Any]:
    """What the basket's page shows of all this; without a bill that of a member who is signed in."""
    if bill is None:
        member = services.buying_member(shop.id, current_actor().user_id, "", "")
        bill = bill_of(shop, quantities, services.Extras(member), products=products)
    return {
        "extras": form,
        "bill": bill,
        "picture": picture(breakdown.of_bill(bill, shop.id, names)),
        "reach": reach_of(shop),
        "rules": services.cancelling_rules(
            line.product.name for line in bill.lines if line.product.supply == "order"
        ),
    }


WORDS = {
    "shop": lambda: _("Koperasi, barang sendiri"),
    "margin": lambda: _("Koperasi, jasa titip jual"),
    "delivery": lambda: _("Ongkos antar"),
    "discount": lambda: _("Potongan, ditanggung koperasi"),
}


def picture(shares: list[Share]) -> Markup:
    """Where the money goes, drawn."""
    rows = [(each.who if each.kind == "seller" else WORDS[each.kind](), each.amount_rp) for each in shares]
    return charts.price_parts(rows)
