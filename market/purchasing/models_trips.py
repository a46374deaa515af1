"""Several orders on one truck: the trip, its stops, and what each order pays of the truck."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class DeliveryTrip(db.Tenant, db.Base):
    """What a supplier (`organization_id`) brings to one district on one day.

    `before_rp` is what its orders were to pay for trucks, `cost_rp` what the trucks of this trip cost by
    the supplier's published rate, `after_rp` what the orders pay since it set off: never more than before.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "planned", {"planned": {"departed", "cancelled"}, "departed": {"arrived"}}
    )

    __tablename__ = "delivery_trip"
    __table_args__ = db.tenant_args(
        STATES.check(),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("weight_g > 0 AND trucks > 0", name="something"),
        CheckConstraint("after_rp BETWEEN 0 AND before_rp", name="never_more"),
        CheckConstraint(
            "(departed_at IS NULL) = (state = 'planned' OR state = 'cancelled')", name="departure"
        ),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    delivery_on: Mapped[date] = mapped_column(Date, index=True)
    district_code: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="planned")
    weight_g: Mapped[int] = mapped_column(db.Count)
    trucks: Mapped[int] = mapped_column(Integer)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah)
    before_rp: Mapped[int] = mapped_column(db.Rupiah)
    after_rp: Mapped[int] = mapped_column(db.Rupiah)
    driver_name: Mapped[str] = mapped_column(String(120), default="")
    plate: Mapped[str] = mapped_column(String(20), default="")
    planned_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    planned_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    departed_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class TripStop(db.Tenant, db.Base):
    """One door of a trip; `number` is that of its delivery note (surat jalan)."""

    __tablename__ = "trip_stop"
    __table_args__ = db.tenant_args(
        db.tenant_fk("delivery_trip", "trip_id"),
        UniqueConstraint("organization_id", "number"),
        UniqueConstraint("trip_id", "position"),
        CheckConstraint("position > 0", name="in_order"),
    )

    id: Mapped[int] = db.pk()
    trip_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    buyer_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    place_code: Mapped[str | None] = mapped_column(String(10), ForeignKey("place.code"))
    position: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(String(30))


class TripOrder(db.Tenant, db.Base):
    """An order that rides along, with its share of the truck before and after.

    An order is on one live trip at a time; what stays behind may ride another day. `home_at` says that the
    truck came home with it, and `home_reason` why.
    """

    __tablename__ = "trip_order"
    __table_args__ = db.tenant_args(
        db.tenant_fk("trip_stop", "stop_id"),
        UniqueConstraint("stop_id", "order_id"),
        CheckConstraint("weight_g > 0", name="weight"),
        CheckConstraint("home_at IS NULL OR NOT live", name="home_is_off_the_truck"),
        CheckConstraint("after_rp BETWEEN 0 AND before_rp", name="never_more"),
        Index(
            "uq_trip_order_live",
            "order_id",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[int] = db.pk()
    stop_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    order_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("purchase_order.id"), index=True)
    weight_g: Mapped[int] = mapped_column(db.Count)
    before_rp: Mapped[int] = mapped_column(db.Rupiah)
    after_rp: Mapped[int] = mapped_column(db.Rupiah)
    live: Mapped[bool] = mapped_column(Boolean, default=True)
    home_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    home_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    home_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
