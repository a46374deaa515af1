"""Products of UMKM members and of the cooperative itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock, db, money
from market.core.states import StateTable
from market.identity.models import Organization

SUPPLIES = ("shelf", "home", "order")
"""Where a unit comes from: the shelf of the shop, the maker's own stock at home, or made to order."""
CATEGORIES = (
    *("kue", "camilan", "masakan", "minuman", "bumbu", "sembako", "segar", "kerajinan", "busana", "lainnya"),
)
EVERY_DAY = 0b1111111
"""Days of the week as bits, Monday the lowest."""
HALAL_STATES = ("unstated", "certified", "in_process", "not_halal", "not_applicable")
"""What the seller says; "unstated" claims nothing and is the start."""
PACKAGINGS = ("", "loose", "plastic", "carton", "glass", "can", "foil", "other")
"""What one unit is packed in; "loose" is served or wrapped on the spot, "" is not said yet."""
SPECIALS = ("", "susu", "beku", "kaleng", "bayi", "alkohol", "air", "sni")
"""Kinds of food that a home kitchen's number does not cover: they need an MD number."""
ORIGIN_CLAIMS = ("", "member", "city", "resale")
"""Who made it, as the seller says: the seller, somebody else in this city, or bought to sell again."""


class Product(db.Versioned, db.Tenant, db.Base):
    """Something with a price on the shelf of one cooperative; `organization_id` owns it.

    With `pack_id` it is the cooperative's own retail pack of a commodity, without it a member's
    product held on consignment. `commission_bp` are hundredths of a percent of the price. `version`
    counts the changes, so that nobody approves another text or price than the one they read.
    `lawful_until_on` is the last day on which the duties known now allow its sale (None: no end known):
    what is sold asks `on_sale`, so a late worker sells nothing unlawful; the worker pauses it afterwards.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "draft",
        {
            "draft": {"submitted", "published", "withdrawn"},
            "submitted": {"published", "returned", "rejected", "withdrawn"},
            "returned": {"submitted", "withdrawn"},
            "rejected": {"submitted", "withdrawn"},
            "published": {"withdrawn", "submitted", "paused"},
            "paused": {"published", "submitted", "withdrawn"},
            "withdrawn": {"submitted", "published"},
        },
    )

    __tablename__ = "product"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("halal", HALAL_STATES),
        db.one_of("supply", SUPPLIES),
        db.one_of("category", CATEGORIES),
        db.one_of("packaging", PACKAGINGS),
        db.one_of("special", SPECIALS),
        db.one_of("origin", ORIGIN_CLAIMS),
        CheckConstraint("shelf_life_days IS NULL OR shelf_life_days BETWEEN 0 AND 3650", name="shelf_life"),
        CheckConstraint("price_rp > 0", name="price"),
        CheckConstraint(
            "member_price_rp IS NULL OR member_price_rp BETWEEN 1 AND price_rp", name="member_price"
        ),
        CheckConstraint("ready_days BETWEEN 1 AND 127", name="ready_days"),
        CheckConstraint("lead_days BETWEEN 0 AND 60", name="lead_days"),
        CheckConstraint("day_capacity IS NULL OR day_capacity > 0", name="day_capacity"),
        CheckConstraint("batch_pcs IS NULL OR batch_pcs > 0", name="batch"),
        CheckConstraint("supply <> 'order' OR day_capacity IS NOT NULL", name="made_to_order"),
        CheckConstraint("commission_bp BETWEEN 0 AND 10000", name="commission"),
        CheckConstraint("pack_id IS NULL OR organization_id = cooperative_id", name="own_pack"),
        CheckConstraint("net_weight_g IS NULL OR net_volume_ml IS NULL", name="one_measure"),
        UniqueConstraint("cooperative_id", "pack_id"),
        UniqueConstraint("cooperative_id", "barcode"),
        Index("ix_product_price", "price_rp", "id"),
    )

    id: Mapped[int] = db.pk()
    cooperative_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    pack_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    unit_label: Mapped[str] = mapped_column(String(30))
    net_weight_g: Mapped[int | None] = mapped_column(Integer)
    net_volume_ml: Mapped[int | None] = mapped_column(Integer)
    ingredients: Mapped[str] = mapped_column(Text, default="")
    pirt: Mapped[str] = mapped_column(String(20), default="")
    halal: Mapped[str] = mapped_column(String(15), default="unstated")
    photo: Mapped[str | None] = mapped_column(String(80))
    commission_bp: Mapped[int] = mapped_column(Integer, default=0)
    supply: Mapped[str] = mapped_column(String(5), default="shelf")
    category: Mapped[str] = mapped_column(String(10), default="lainnya")
    variant_of_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("product.id"), index=True)
    """The product whose page shows this one as a choice; both are products with a price and stock."""
    variant: Mapped[str] = mapped_column(String(40), default="")
    ready_days: Mapped[int] = mapped_column(Integer, default=EVERY_DAY)
    """The days of the week on which it can be made."""
    lead_days: Mapped[int] = mapped_column(Integer, default=0)
    """Whole days between the order and the day on which it is ready."""
    day_capacity: Mapped[int | None] = mapped_column(Integer)
    """How many units can be made for one day."""
    batch_pcs: Mapped[int | None] = mapped_column(Integer)
    """How many units one batch gives, as the maker counts them."""
    member_price_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    barcode: Mapped[str | None] = mapped_column(String(20))
    shelf_life_days: Mapped[int | None] = mapped_column(Integer)
    packaging: Mapped[str] = mapped_column(String(10), default="")
    special: Mapped[str] = mapped_column(String(10), default="")
    label_dated: Mapped[bool] = mapped_column(Boolean, default=False)
    """The seller says that expiry date and production code stand on each pack."""
    origin: Mapped[str] = mapped_column(String(10), default="")
    origin_note: Mapped[str] = mapped_column(Text, default="")
    lawful_until_on: Mapped[date | None] = mapped_column(Date)
    reminded_days: Mapped[int | None] = mapped_column(Integer)
    """Of the reminders before `lawful_until_on`, the last that was sent, as days before it."""
    state: Mapped[str] = mapped_column(String(10), default="draft")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


def on_sale() -> ColumnElement[bool]:
    """Products that may be sold today: on the shelf, no duty has ended that, nor the seller's cooperative."""
    lawful = Product.lawful_until_on.is_(None) | (Product.lawful_until_on >= clock.today())
    resting = select(Organization.id).where(Organization.trading.is_(False))
    return (Product.state == "published") & lawful & Product.organization_id.not_in(resting)


@dataclass(frozen=True)
class UnitPrice:
    """What a comparable amount costs, so that a small bag and a large one can be compared."""

    price_rp: int
    per: str
    """"kg", "100 g", "L" or "100 ml"."""


def unit_price(price_rp: int, net_weight_g: int | None, net_volume_ml: int | None) -> UnitPrice | None:
    """The price of a kilo or litre, of 100 g or 100 ml for packs below half of that.

    None without a measure, and where the pack itself is that amount.
    """
    net, big, small = (net_weight_g, "kg", "100 g") if net_weight_g else (net_volume_ml, "L", "100 ml")
    if not net or net in (100, 1_000):
        return None
    size, per = (1_000, big) if net >= 500 else (100, small)
    return UnitPrice(money.div_round(price_rp * size, net), per)
