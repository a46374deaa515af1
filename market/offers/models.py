"""An offer with its price tiers and areas, a supplier's trucks, and who may sell administered goods."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.commodities.models import Commodity, Pack
from market.core import db
from market.core.states import StateTable
from market.identity.models import Organization

TERMS = ("prepaid", "cod", "tempo")


class Offer(db.Tenant, db.Versioned, db.Base):
    """What one supplier sells of one pack to the pool of a round; `organization_id` is the supplier.

    Every pack of the offer costs the price of the tier that the whole pooled amount reaches.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "draft", {"draft": {"live", "withdrawn"}, "live": {"withdrawn", "expired"}}
    )

    __tablename__ = "offer"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("terms", TERMS),
        CheckConstraint("capacity_packs > 0", name="capacity_positive"),
        CheckConstraint("lot_packs BETWEEN 1 AND capacity_packs", name="lot_in_bounds"),
        CheckConstraint("min_per_drop_packs BETWEEN lot_packs AND capacity_packs", name="drop_in_bounds"),
        CheckConstraint("pooled_min_packs BETWEEN 0 AND capacity_packs", name="pool_in_bounds"),
        CheckConstraint("fixed_rp >= 0", name="fixed_not_negative"),
        CheckConstraint("lead_days >= 0", name="lead_not_negative"),
        CheckConstraint("(terms = 'tempo') = (credit_days > 0)", name="credit_with_tempo"),
        CheckConstraint("valid_until_on >= valid_from_on", name="dates_in_order"),
        Index("ix_offer_state_until", "state", "valid_until_on"),
    )

    id: Mapped[int] = db.pk()
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"), index=True)
    capacity_packs: Mapped[int] = mapped_column(db.Count)
    lot_packs: Mapped[int] = mapped_column(db.Count, default=1)
    min_per_drop_packs: Mapped[int] = mapped_column(db.Count, default=1)
    pooled_min_packs: Mapped[int] = mapped_column(db.Count, default=0)
    fixed_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """Paid once by the pool if anything of this offer is taken."""
    terms: Mapped[str] = mapped_column(String(10), default="cod")
    credit_days: Mapped[int] = mapped_column(default=0)
    lead_days: Mapped[int] = mapped_column(default=0)
    valid_from_on: Mapped[date] = mapped_column(Date)
    valid_until_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(10), default="draft")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    pack: Mapped[Pack] = relationship(lazy="joined", innerjoin=True)
    organization: Mapped[Organization] = relationship(foreign_keys="Offer.organization_id", viewonly=True)
    tiers: Mapped[list[OfferTier]] = relationship(
        order_by="OfferTier.from_packs", cascade="all, delete-orphan", back_populates="offer"
    )
    zones: Mapped[list[OfferZone]] = relationship(
        order_by="OfferZone.place_code", cascade="all, delete-orphan", back_populates="offer"
    )

    @property
    def expired(self) -> bool:
        return self.state == "expired"


class OfferTier(db.Tenant, db.Base):
    """From `from_packs` pooled packs on, every pack costs `price_rp`."""

    __tablename__ = "offer_tier"
    __table_args__ = db.tenant_args(
        db.tenant_fk("offer", "offer_id"),
        UniqueConstraint("offer_id", "from_packs"),
        CheckConstraint("from_packs > 0", name="from_positive"),
        CheckConstraint("price_rp > 0", name="price_positive"),
    )

    id: Mapped[int] = db.pk()
    offer_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    from_packs: Mapped[int] = mapped_column(db.Count)
    price_rp: Mapped[int] = mapped_column(db.Rupiah)

    offer: Mapped[Offer] = relationship(back_populates="tiers")


class OfferZone(db.Tenant, db.Base):
    """A place (city, district or village, with everything below it) that the offer reaches.

    `freight_rp` is per pack, `drop_rp` once per delivery point.
    """

    __tablename__ = "offer_zone"
    __table_args__ = db.tenant_args(
        db.tenant_fk("offer", "offer_id"),
        UniqueConstraint("offer_id", "place_code"),
        CheckConstraint("freight_rp >= 0", name="freight_not_negative"),
        CheckConstraint("drop_rp >= 0", name="drop_not_negative"),
    )

    id: Mapped[int] = db.pk()
    offer_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    place_code: Mapped[str] = mapped_column(String(10), ForeignKey("place.code"), index=True)
    freight_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    drop_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)

    offer: Mapped[Offer] = relationship(back_populates="zones")


class TripRate(db.Tenant, db.Base):
    """What one truck of the supplier costs to a place, and what it carries."""

    __tablename__ = "trip_rate"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id", "place_code"),
        CheckConstraint("capacity_g > 0", name="capacity_positive"),
        CheckConstraint("cost_rp >= 0", name="cost_not_negative"),
        CheckConstraint("max_trips > 0", name="trips_positive"),
        CheckConstraint("min_load_g BETWEEN 0 AND capacity_g", name="load_in_bounds"),
    )

    id: Mapped[int] = db.pk()
    place_code: Mapped[str] = mapped_column(String(10), ForeignKey("place.code"))
    vehicle: Mapped[str] = mapped_column(String(20))
    capacity_g: Mapped[int] = mapped_column(db.Count)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah)
    max_trips: Mapped[int | None]
    min_load_g: Mapped[int] = mapped_column(db.Count, default=0)


class SupplierLimit(db.Tenant, db.Base):
    """How much a supplier can deliver in one round over all its offers."""

    __tablename__ = "supplier_limit"
    __table_args__ = db.tenant_args(
        UniqueConstraint("organization_id"), CheckConstraint("max_weight_g > 0", name="weight_positive")
    )

    id: Mapped[int] = db.pk()
    max_weight_g: Mapped[int] = mapped_column(db.Count)


class SupplierAuthorisation(db.Base):
    """A supplier is an authorised source of an administered good between two days."""

    __tablename__ = "supplier_authorisation"
    __table_args__ = (
        CheckConstraint("valid_until_on IS NULL OR valid_until_on >= valid_from_on", name="dates_in_order"),
        Index("ix_supplier_authorisation_supplier", "supplier_id", "commodity_id"),
    )

    id: Mapped[int] = db.pk()
    supplier_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    commodity_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("commodity.id"))
    valid_from_on: Mapped[date] = mapped_column(Date)
    valid_until_on: Mapped[date | None] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(Text, default="")
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    entered_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    supplier: Mapped[Organization] = relationship(foreign_keys=[supplier_id])
    commodity: Mapped[Commodity] = relationship()


class OfferImport(db.Tenant, db.Base):
    """A spreadsheet of offers that was read without a fault; its rows become offers when confirmed."""

    STATES: ClassVar[StateTable] = StateTable("preview", {"preview": {"imported", "discarded"}})

    __tablename__ = "offer_import"
    __table_args__ = db.tenant_args(
        STATES.check(),
        Index(
            "uq_offer_import_digest",
            "organization_id",
            "digest",
            unique=True,
            postgresql_where=text("state <> 'discarded'"),
            sqlite_where=text("state <> 'discarded'"),
        ),
    )

    id: Mapped[int] = db.pk()
    digest: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(120))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(db.JsonText)
    ignored: Mapped[list[str]] = mapped_column(db.JsonText)
    state: Mapped[str] = mapped_column(String(10), default="preview")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
