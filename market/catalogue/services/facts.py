"""What a seller says about a product: checked, and sorted by who has to read it again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Required, TypedDict

from market.catalogue import queries
from market.catalogue.models import (
    CATEGORIES,
    EVERY_DAY,
    ORIGIN_CLAIMS,
    PACKAGINGS,
    SPECIALS,
    SUPPLIES,
    Product,
)
from market.catalogue.services import rules
from market.core.errors import Refused
from market.core.i18n import _
from market.core.permissions import Actor


class ProductFacts(TypedDict, total=False):
    """What may be said; a product that exists keeps what is left out."""

    name: Required[str]
    price_rp: Required[int]
    unit_label: Required[str]
    description: str
    net_weight_g: int | None
    net_volume_ml: int | None
    ingredients: str
    pirt: str | None
    halal: str
    photo: bytes | None
    kept_photo: str | None
    category: str
    shelf_life_days: int | None
    packaging: str
    special: str
    label_dated: bool
    origin: str
    origin_note: str
    supply: str
    ready_days: int
    lead_days: int
    day_capacity: int | None
    batch_pcs: int | None
    barcode: str | None
    variant: str
    md_number: str
    halal_number: str
    nib_number: str


WORDING = ("name", "description", "unit_label", "photo", "variant", "origin_note")
"""Read again by the cooperative while the approved wording stays on the shelf."""
SUBSTANCE = (
    *("category", "ingredients", "net_weight_g", "net_volume_ml", "pirt", "halal", "shelf_life_days"),
    *("packaging", "special", "label_dated", "origin"),
)
"""What health and law hang on: a product that changes here goes off the shelf until it was read."""
MODERATED = (*WORDING, *SUBSTANCE)
AT_ONCE = (*("price_rp", "supply", "ready_days", "lead_days", "day_capacity", "batch_pcs", "barcode"),)
"""The seller's own business: counts from now on."""
BARCODE = re.compile(r"[0-9A-Za-z-]{4,20}")


@dataclass(frozen=True)
class Said:
    """Checked facts: `moderated` and `at_once` by column, and numbers of permits by kind."""

    moderated: dict[str, Any]
    at_once: dict[str, Any]
    numbers: dict[str, str]


def checked(said: ProductFacts) -> Said:
    """The facts if they can be true; raises Refused at the field."""
    given: dict[str, Any] = dict(said)
    photo, kept = given.pop("photo", None), given.pop("kept_photo", None)
    numbers = {
        kind: given.pop(f"{kind}_number") or ""
        for kind in ("md", "halal", "nib")
        if f"{kind}_number" in given
    }
    if "pirt" in given:
        given["pirt"] = numbers["pirt"] = rules.pirt(given["pirt"])
    if "halal" in given:
        rules.halal(given["halal"])
    if "net_weight_g" in given or "net_volume_ml" in given:
        given |= rules.net(given.get("net_weight_g"), given.get("net_volume_ml"))
    if photo:
        given["photo"] = rules.photo(photo)
    elif kept:
        given["photo"] = kept
    given["price_rp"] = rules.price(given["price_rp"])
    _known(given)
    _making(given)
    return Said(
        {name: given[name] for name in MODERATED if name in given},
        {name: given[name] for name in AT_ONCE if name in given},
        numbers,
    )


def _known(given: dict[str, Any]) -> None:
    for name, words in (
        ("category", CATEGORIES),
        ("packaging", PACKAGINGS),
        ("special", SPECIALS),
        ("origin", ORIGIN_CLAIMS),
        ("supply", SUPPLIES),
    ):
        if name in given and given[name] not in words:
            raise Refused(_("Pilih salah satu dari daftar."), field=name)
    if given.get("origin") == "resale":
        raise Refused(
            _("Barang kulakan tidak dititipkan. Yang dijual di sini buatan anggota atau warga kota ini."),
            field="origin",
        )
    days = given.get("shelf_life_days")
    if days is not None and not 0 <= days <= 3_650:
        raise Refused(_("Daya tahan antara 0 dan 3650 hari."), field="shelf_life_days")


def _making(given: dict[str, Any]) -> None:
    """Days and amounts of making, and a barcode that a scanner can read."""
    if not 1 <= given.get("ready_days", EVERY_DAY) <= EVERY_DAY:
        raise Refused(_("Pilih paling sedikit satu hari."), field="ready_days")
    if not 0 <= given.get("lead_days", 0) <= 60:
        raise Refused(_("Lama pembuatan antara 0 dan 60 hari."), field="lead_days")
    if given.get("supply") == "order" and not given.get("day_capacity"):
        raise Refused(_("Tulis berapa yang sanggup Anda buat dalam sehari."), field="day_capacity")
    for name in ("day_capacity", "batch_pcs"):
        if given.get(name) is not None and not 0 < given[name] <= 10_000:
            raise Refused(_("Jumlah antara 1 dan 10.000."), field=name)
    given_code = given.get("barcode")
    if given_code and not BARCODE.fullmatch(given_code):
        raise Refused(_("Kode batang terdiri dari 4 sampai 20 angka atau huruf."), field="barcode")
    if "barcode" in given:
        given["barcode"] = given_code or None


def free_barcode(cooperative_id: int, barcode: str | None, product_id: int | None = None) -> None:
    """Raise Refused when another product of the shop has the barcode."""
    if barcode and (other := queries.by_barcode(cooperative_id, barcode)) and other.id != product_id:
        raise Refused(_("Kode batang ini sudah dipakai %(name)s.", name=other.name), field="barcode")


def snapshot(product: Product) -> dict[str, Any]:
    """What the cooperative reads, as it stands now."""
    return {name: getattr(product, name) for name in MODERATED}


def head_of(actor: Actor, variant_of_id: int | None, variant: str) -> Product | None:
    """The product that a new one is a choice of; raises NotFound, Refused for a choice without a name."""
    if variant_of_id is None:
        return None
    head = queries.own_product(actor, variant_of_id)
    if head.pack_id is not None or head.variant_of_id is not None:
        raise Refused(_("Varian dibuat dari produk utamanya."))
    if not variant.strip():
        raise Refused(_("Tulis rasanya atau ukurannya."), field="variant")
    return head
