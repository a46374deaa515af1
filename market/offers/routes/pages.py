"""One offer: writing it down with a preview of its prices, looking at it, ending it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from market.commodities import queries as commodities
from market.commodities import services as amounts
from market.commodities.models import Pack
from market.core import clock
from market.core.errors import NotFound, Refused
from market.core.history import history_of
from market.core.i18n import _
from market.core.permissions import Permission
from market.offers import queries, services
from market.offers.forms import TERMS, TIER_ROWS, ZONE_ROWS, OfferForm
from market.offers.models import Offer
from market.offers.routes.blueprint import Answer, bp
from market.places import queries as places
from market.web import charts
from market.web.access import current_actor, repeatable, requires
from market.web.forms import Choices

USUAL_DAYS = 14
SHOWN_ZONES = 3
AMOUNTS = ("capacity_packs", "lot_packs", "min_per_drop_packs", "pooled_min_packs")


@bp.get("/penawaran/baru")
@requires(Permission.OFFERS_MAKE)
def new() -> Answer:
    """An empty form, or one filled from an earlier offer (?salin=7)."""
    start: dict[str, Any] = {"terms": "cod", "tier_1_from": 1}
    copied = request.args.get("salin", "")
    if copied.isdecimal() and len(copied) < 19:
        start = _start(queries.offer_for(current_actor(), int(copied)))
    code = request.args.get("barang", "")
    chosen = next((pack for pack in commodities.packs(bulk=True) if pack.code == code), None)
    if chosen is not None:
        start["pack_id"] = chosen.id
    start["valid_until_on"] = clock.today() + timedelta(days=USUAL_DAYS)
    return _new(OfferForm.load(start, **_choices()), 200)


def _start(offer: Offer) -> dict[str, Any]:
    """The fields of the form as an offer fills them."""
    names = [name for name in OfferForm()._fields if hasattr(offer, name)]
    start = {name: getattr(offer, name) for name in names}
    start["pooled_min_packs"] = offer.pooled_min_packs or None
    start["credit_days"] = offer.credit_days or None
    start["fixed_rp"] = offer.fixed_rp or None
    for row, (first, price) in enumerate(queries.price_curve(offer), 1):
        start |= {f"tier_{row}_from": first, f"tier_{row}_price": price}
    for row, zone in enumerate(offer.zones, 1):
        start |= {f"zone_{row}_place": zone.place_code, f"zone_{row}_freight": zone.freight_rp}
        start |= {f"zone_{row}_drop": zone.drop_rp}
    return start


def _choices() -> dict[str, Choices]:
    """All bulk packs stay choosable, so that an unauthorised one is refused with the reason."""
    where: Choices = [("", _("(kosong)")), *services.place_choices()]
    return {
        "pack_id": [(str(pack.id), pack.name) for pack in commodities.packs(bulk=True)],
        "terms": [(value, str(label)) for value, label in TERMS.items()],
        **{f"zone_{row}_place": where for row in range(1, ZONE_ROWS + 1)},
    }


def _new(form: OfferForm, status: int, curve: Markup | None = None) -> Answer:
    return _form_page("offers/new.html", form, status, curve=curve)


def _form_page(template: str, form: OfferForm, status: int, **more: Any) -> Answer:
    packs = commodities.packs(bulk=True)
    held = queries.authorised_commodities(current_actor().organization_id, clock.today())
    rows = {"tier_rows": range(1, TIER_ROWS + 1), "zone_rows": range(1, ZONE_ROWS + 1)}
    return render_template(
        template,
        form=form,
        pack=next((each for each in packs if each.id == form.pack_id.data), None),
        closed=sorted({p.commodity.name for p in packs if p.commodity_id not in held and _administered(p)}),
        more_zones=_has_more_zones(form),
        **rows,
        **more,
    ), status


def _has_more_zones(form: OfferForm) -> bool:
    """Whether something stands in the area rows that are folded away."""
    later = range(SHOWN_ZONES + 1, ZONE_ROWS + 1)
    fields = [form[f"zone_{row}_{name}"] for row in later for name in ("place", "freight", "drop")]
    return any(field.data or field.errors for field in fields)


def _administered(pack: Pack) -> bool:
    return pack.commodity.handling == "administered"


@bp.post("/penawaran")
@requires(Permission.OFFERS_MAKE)
def create() -> Answer:
    """Store the offer; live at once, or kept as a draft."""
    form = OfferForm.load(None, **_choices())
    draft = request.form.get("intent") == "draft"
    values = _typed(form) if form.validate() else None
    if values is not None:
        with form.guard():
            offer = services.make_offer(current_actor(), publish=not draft, **values)
            flash(_("Konsep tersimpan.") if draft else _("Penawaran berlaku dan ikut putaran berikutnya."))
            return redirect(url_for("offers.show", offer_id=offer.id), 303)
    return _new(form, 422)


def _typed(form: OfferForm) -> dict[str, Any] | None:
    """What was typed as arguments of make_offer; None when an amount or a row is wrong."""
    values = form.values()
    pack = commodities.pack(values["pack_id"])
    given: dict[str, Any] = {"pack_id": pack.id}
    for name in AMOUNTS:
        if values[name] is not None and not (name == "pooled_min_packs" and values[name] == "0"):
            with form.guard():
                given[name] = amounts.read_packs(pack, values[name], name)
    with form.guard():
        given["tiers"] = _tiers(values)
    with form.guard():
        given["zones"] = _zones(values)
    if form.errors:
        return None
    given.setdefault("lot_packs", 1)
    plain = {name: values[name] or 0 for name in ("fixed_rp", "credit_days", "lead_days")}
    return {
        **given,
        **plain,
        "terms": values["terms"],
        "valid_until_on": values["valid_until_on"],
        "note": values["note"] or "",
    }


def _tiers(values: dict[str, Any]) -> list[tuple[int, int]]:
    """The rows that are filled in; a gap or half a row is refused at its row."""
    tiers: list[tuple[int, int]] = []
    for row in range(1, TIER_ROWS + 1):
        start, price = values[f"tier_{row}_from"], values[f"tier_{row}_price"]
        start = 1 if row == 1 and start is None else start
        if start is None and price is None:
            continue
        _refuse_gap(row, len(tiers), f"tier_{row}_price")
        if price is None:
            raise Refused(_("Baris %(row)s: isi juga harganya.", row=row), field=f"tier_{row}_price")
        if start is None:
            raise Refused(_("Baris %(row)s: isi juga mulai dari berapa.", row=row), field=f"tier_{row}_from")
        tiers.append((start, price))
    return tiers


def _zones(values: dict[str, Any]) -> list[tuple[str, int, int]]:
    zones: list[tuple[str, int, int]] = []
    for row in range(1, ZONE_ROWS + 1):
        place = values[f"zone_{row}_place"]
        freight, drop = values[f"zone_{row}_freight"], values[f"zone_{row}_drop"]
        if place is None and freight is None and drop is None:
            continue
        _refuse_gap(row, len(zones), f"zone_{row}_place")
        if place is None:
            raise Refused(_("Baris %(row)s: pilih wilayahnya.", row=row), field=f"zone_{row}_place")
        zones.append((place, freight or 0, drop or 0))
    return zones


def _refuse_gap(row: int, filled: int, field: str) -> None:
    if filled != row - 1:
        raise Refused(_("Baris %(row)s: isi dahulu baris %(before)s.", row=row, before=row - 1), field=field)


@bp.post("/penawaran/pratinjau")
@requires(Permission.OFFERS_MAKE)
@repeatable
def create_preview() -> Answer:
    """Show the price curve of what is typed; nothing is stored."""
    form = OfferForm.load(None, **_choices())
    form.validate()
    curve, numbers = None, form.values()
    typed = [field for name, field in form._fields.items() if name.startswith("tier_")]
    if not any(field.errors for field in typed):
        for field in form:
            field.errors = []
        with form.guard():
            tiers = _tiers(numbers)
            services.check_tiers(tiers, max(start for start, _price in tiers))
            curve = charts.price_curve(tiers, _word(form.pack_id.data))
    return _new(form, 200 if curve is not None else 422, curve)


def _word(pack_id: object) -> str:
    try:
        return commodities.pack(pack_id).unit_word if isinstance(pack_id, int) else _("kemasan")
    except NotFound:
        return _("kemasan")


@bp.get("/penawaran/<int:offer_id>")
@requires(Permission.OFFERS_VIEW)
def show(offer_id: int) -> Answer:
    """One offer with its price curve."""
    offer = queries.offer_for(current_actor(), offer_id)
    curve = queries.price_curve(offer)
    return render_template(
        "offers/show.html",
        offer=offer,
        curve=charts.price_curve(curve, offer.pack.unit_word, upto=offer.capacity_packs),
        changes=history_of(offer),
        places=places.names({zone.place_code for zone in offer.zones}),
        terms=TERMS[offer.terms],
        reference_rp=services.above_reference(offer),
        may_make=current_actor().may(Permission.OFFERS_MAKE),
    )


@bp.get("/penawaran/<int:offer_id>/ubah")
@requires(Permission.OFFERS_MAKE)
def edit(offer_id: int) -> Answer:
    """Change a draft or a live offer."""
    offer = queries.offer_for(current_actor(), offer_id)
    if offer.state not in ("draft", "live"):
        flash(_("Penawaran ini sudah berakhir. Salin menjadi penawaran baru."), "warn")
        return redirect(url_for("offers.show", offer_id=offer.id))
    form = OfferForm.load(_start(offer), **_choices())
    return _form_page("offers/edit.html", form, 200, offer=offer, curve=None)


@bp.post("/penawaran/<int:offer_id>/ubah")
@requires(Permission.OFFERS_MAKE)
def update(offer_id: int) -> Answer:
    """Store the changed offer; rounds that have closed keep what they froze."""
    actor = current_actor()
    offer = queries.offer_for(actor, offer_id)
    form = OfferForm.load(None, **_choices())
    values = _typed(form) if form.validate() else None
    if values is not None:
        with form.guard():
            values.setdefault("min_per_drop_packs", values["lot_packs"])
            values.setdefault("pooled_min_packs", 0)
            services.update_offer(actor, offer_id, version=_version(), **values)
            flash(_("Penawaran diubah."))
            return redirect(url_for("offers.show", offer_id=offer_id), 303)
    return _form_page("offers/edit.html", form, 422, offer=offer, curve=None)


def _version() -> int | None:
    given = request.form.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


@bp.post("/penawaran/<int:offer_id>/terbit")
@requires(Permission.OFFERS_MAKE)
def create_publication(offer_id: int) -> Answer:
    """Put a draft into force."""
    services.publish_offer(current_actor(), offer_id)
    flash(_("Penawaran berlaku dan ikut putaran berikutnya."))
    return redirect(url_for("offers.show", offer_id=offer_id), 303)


@bp.post("/penawaran/<int:offer_id>/penarikan")
@requires(Permission.OFFERS_MAKE)
def create_withdrawal(offer_id: int) -> Answer:
    """End an offer; what was already assigned from it stands."""
    services.withdraw_offer(current_actor(), offer_id)
    flash(_("Penawaran ditarik. Pesanan yang sudah ada tetap berjalan."))
    return redirect(url_for("offers.show", offer_id=offer_id), 303)
