"""Bringing orders home: where a shop delivers to and what it costs, who brings what, what happened there."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class DeliveryZone(db.Tenant, db.Base):
    """Villages that a shop delivers to at one fee, from one day on; a change is a new zone.

    `days` is a bit mask, Monday = 1; `cash` says whether the courier may be paid.
    """

    __tablename__ = "delivery_zone"
    __table_args__ = db.tenant_args(
        CheckConstraint("fee_rp >= 0 AND minimum_rp >= 0", name="amounts"),
        CheckConstraint("free_from_rp IS NULL OR free_from_rp > 0", name="free_from"),
        CheckConstraint("days BETWEEN 1 AND 127", name="days"),
        CheckConstraint("from_hour >= 0 AND from_hour < until_hour AND until_hour <= 24", name="hours"),
        CheckConstraint("valid_until_on IS NULL OR valid_until_on >= valid_from_on", name="validity"),
        Index("ix_delivery_zone_valid", "organization_id", "valid_from_on"),
    )

    id: Mapped[int] = db.pk()
    name: Mapped[str] = mapped_column(String(60))
    fee_rp: Mapped[int] = mapped_column(db.Rupiah)
    free_from_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    minimum_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    days: Mapped[int] = mapped_column(default=127)
    from_hour: Mapped[int] = mapped_column(default=8)
    until_hour: Mapped[int] = mapped_column(default=17)
    cash: Mapped[bool] = mapped_column(Boolean, default=True)
    valid_from_on: Mapped[date] = mapped_column(Date)
    valid_until_on: Mapped[date | None] = mapped_column(Date)
    """The last day on which it counts; nothing while nobody has ended it."""
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class DeliveryZoneVillage(db.Tenant, db.Base):
    """One village of a zone."""

    __tablename__ = "delivery_zone_village"
    __table_args__ = db.tenant_args(
        db.tenant_fk("delivery_zone", "zone_id"), UniqueConstraint("zone_id", "place_code")
    )

    id: Mapped[int] = db.pk()
    zone_id: Mapped[int] = mapped_column(db.BigKey)
    place_code: Mapped[str] = mapped_column(String(10), ForeignKey("place.code"), index=True)


class CourierRun(db.Tenant, db.Base):
    """Who brings orders home on one day; `token` opens the run without a login until the day is over."""

    __tablename__ = "courier_run"
    __table_args__ = db.tenant_args(Index("ix_courier_run_day", "organization_id", "runs_on"))

    id: Mapped[int] = db.pk()
    token: Mapped[str] = mapped_column(String(60), unique=True)
    courier_name: Mapped[str] = mapped_column(String(80))
    courier_phone: Mapped[str] = mapped_column(String(20))
    runs_on: Mapped[date] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    made_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class CashHandIn(db.Tenant, db.Base):
    """Cash that a courier brought to the till, once and for all."""

    __tablename__ = "cash_hand_in"
    __table_args__ = db.tenant_args(
        db.tenant_fk("courier_run", "run_id"), CheckConstraint("amount_rp > 0", name="something")
    )

    id: Mapped[int] = db.pk()
    run_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    taken_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class RetailDelivery(db.Tenant, db.Base):
    """Where one order is brought, by whom, and what proves that it arrived."""

    STATES: ClassVar[StateTable] = StateTable(
        "waiting",
        {
            "waiting": {"on_the_way", "cancelled"},
            "on_the_way": {"delivered", "failed", "waiting"},
            "failed": {"waiting", "returned", "cancelled"},
            "returned": {"waiting", "cancelled"},
            "cancelled": {"waiting"},  # the order lives again
        },
    )
    PROOFS: ClassVar[tuple[str, ...]] = ("", "code", "photo")

    __tablename__ = "retail_delivery"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("retail_order", "order_id"),
        db.tenant_fk("delivery_zone", "zone_id"),
        db.tenant_fk("courier_run", "run_id"),
        db.one_of("proof", PROOFS),
        UniqueConstraint("order_id"),
        CheckConstraint("(proof <> '') = (state = 'delivered')", name="proved"),
        CheckConstraint("cash_rp >= 0", name="cash"),
        Index("ix_retail_delivery_state", "organization_id", "state"),
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey)
    zone_id: Mapped[int] = mapped_column(db.BigKey)
    run_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    place_code: Mapped[str] = mapped_column(String(10), ForeignKey("place.code"))
    address: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(Date, index=True)
    landmark: Mapped[str] = mapped_column(String(120), default="")
    cash: Mapped[bool] = mapped_column(Boolean)
    """Whether the buyer wants to pay the courier; else the order is paid over the internet first."""
    tries: Mapped[int] = mapped_column(default=0)
    failed_why: Mapped[str] = mapped_column(String(200), default="")
    proof: Mapped[str] = mapped_column(String(5), default="")
    receiver_name: Mapped[str] = mapped_column(String(80), default="")
    photo: Mapped[str | None] = mapped_column(String(64))
    cash_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    """Cash that the courier took at the door."""
