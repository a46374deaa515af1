"""A lot of slow stock on its way from one cooperative to another, and the money that answers it."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.commodities.models import Pack
from market.core import db
from market.core.states import StateTable

SHORTAGES = ("missing", "broken", "wet", "expired", "wrong", "other")
"""Why fewer packs are taken in than were sent."""
ACCOUNTS = ("1-1100", "1-1200")
"""Money goes and comes through cash or bank."""


class StockTransfer(db.Tenant, db.Base):
    """One lot of one good; `organization_id` is the giver, `receiver_id` who took it.

    `price_rp` is per pack. What leaves is worth `cost_rp` in the giver's books and `amount_rp` (never more)
    to the receiver, who owes `owed_rp` for what arrived. `need_id` is the receiver's need that it answers.
    `carried_from_id` is the lot of which this one is the rest.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "offered",
        {
            "offered": {"accepted", "withdrawn", "lapsed"},
            "accepted": {"sent", "withdrawn", "lapsed"},
            "sent": {"received", "short", "rejected"},
            "short": {"closed"},
            "rejected": {"closed"},
        },
    )

    __tablename__ = "stock_transfer"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("stock_item", "item_id"),
        db.tenant_fk("reservation", "reservation_id"),
        db.tenant_fk("stock_transfer", "carried_from_id"),
        db.one_of("shortage", ("", *SHORTAGES)),
        CheckConstraint("packs > 0 AND price_rp > 0", name="something"),
        CheckConstraint("receiver_id <> organization_id", name="to_another"),
        CheckConstraint(
            "receiver_id IS NOT NULL OR state = 'offered' OR state = 'withdrawn' OR state = 'lapsed'",
            name="taken_by_somebody",
        ),
        CheckConstraint("amount_rp BETWEEN 0 AND cost_rp", name="never_above_cost"),
        CheckConstraint("owed_rp BETWEEN 0 AND amount_rp", name="owed_for_what_came"),
        CheckConstraint(
            "received_packs >= 0 AND returned_packs >= 0 AND lost_packs >= 0"
            " AND received_packs + returned_packs + lost_packs <= packs",
            name="packs_in_bounds",
        ),
        CheckConstraint("lost_packs = 0 OR cleared_by <> sent_by", name="loss_by_two"),
        Index("ix_stock_transfer_market", "city_code", "state"),
        Index("ix_stock_transfer_receiver", "receiver_id", "state"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    item_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    city_code: Mapped[str] = mapped_column(String(4))
    place_code: Mapped[str] = mapped_column(String(10), ForeignKey("place.code"))
    packs: Mapped[int] = mapped_column(db.Count)
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    carried_from_id: Mapped[int | None] = mapped_column(db.BigKey)
    offered_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    near_until: Mapped[datetime] = mapped_column(db.UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    receiver_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    need_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("need.id"), index=True)
    reservation_id: Mapped[int | None] = mapped_column(db.BigKey)
    sent_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    expires_on: Mapped[date | None] = mapped_column(Date)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    received_packs: Mapped[int] = mapped_column(db.Count, default=0)
    shortage: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    owed_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    returned_packs: Mapped[int] = mapped_column(db.Count, default=0)
    lost_packs: Mapped[int] = mapped_column(db.Count, default=0)
    cleared_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(10), default="offered")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    pack: Mapped[Pack] = relationship(lazy="joined", innerjoin=True)

    @property
    def quantity_base(self) -> int:
        return self.packs * self.pack.size_base

    @property
    def missing_packs(self) -> int:
        """Packs that were sent and neither arrived nor are accounted for."""
        return self.packs - self.received_packs - self.returned_packs - self.lost_packs


class TransferPayment(db.Tenant, db.Base):
    """The receiver pays the giver for a lot: proposed by one, decided by another, seen by the giver.

    `organization_id` is the receiver; `into_account` is where the giver found the money.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "proposed", {"proposed": {"paid", "rejected", "lapsed"}, "paid": {"confirmed"}}
    )

    __tablename__ = "transfer_payment"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("account", ACCOUNTS),
        db.one_of("into_account", ("", *ACCOUNTS)),
        CheckConstraint("amount_rp > 0", name="something"),
        CheckConstraint("(state = 'confirmed') = (into_account <> '')", name="confirmed_into"),
        Index(
            "uq_transfer_payment_one",
            "transfer_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'paid', 'confirmed')"),
            sqlite_where=text("state IN ('proposed', 'paid', 'confirmed')"),
        ),
    )

    id: Mapped[int] = db.pk()
    transfer_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("stock_transfer.id"), index=True)
    giver_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    number: Mapped[str] = mapped_column(String(30))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    account: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str] = mapped_column(String(80), default="")
    into_account: Mapped[str] = mapped_column(String(10), default="")
    proposed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
