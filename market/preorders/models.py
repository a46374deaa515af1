"""A pre-order that a cooperative opens, and what each household wants of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.commodities.models import Pack
from market.core import clock, db
from market.core.states import StateTable


class PreOrder(db.Tenant, db.Base):
    """Residents order units of `pack`; the cooperative's need asks for whole `bulk_pack`s.

    Nobody pays before the goods are there. `price_rp` is the most that a unit will cost, `goal_price_rp` the
    most when at least `goal_units` are wanted. At closing the wishes are summed once (`wanted_units`,
    `at_most_units`); `need_packs` up to `need_at_most_packs` of them went into `need_id`, fewer than the sum
    only for the reason in `cut_reason`. `given_units` were shared when the goods came; what came after a
    short delivery is shared in another one, with `follows_id`, whose wishes are the later shares.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "open",
        {"open": {"closed", "cancelled"}, "closed": {"ready", "cancelled"}},
    )

    __tablename__ = "preorder"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("need", "need_id"),
        db.tenant_fk("preorder", "follows_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("price_rp > 0", name="price"),
        CheckConstraint("least_units > 0 AND most_units >= least_units", name="household"),
        CheckConstraint("(goal_units IS NULL) = (goal_price_rp IS NULL)", name="goal"),
        CheckConstraint("goal_units > 0 AND goal_price_rp BETWEEN 1 AND price_rp", name="goal_is_better"),
        CheckConstraint("pickup_until_on >= pickup_from_on", name="pickup"),
        CheckConstraint("wanted_units >= 0 AND at_most_units >= wanted_units", name="asked"),
        CheckConstraint("need_packs >= 0 AND need_at_most_packs >= need_packs", name="need_packs"),
        CheckConstraint("given_units >= 0", name="given"),
        CheckConstraint("state <> 'open' OR need_id IS NULL", name="need_after_closing"),
        Index("ix_preorder_due", "state", "closes_at"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    bulk_pack_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("pack.id"))
    price_rp: Mapped[int] = mapped_column(db.Rupiah)
    goal_units: Mapped[int | None] = mapped_column(db.Count)
    goal_price_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    least_units: Mapped[int] = mapped_column(db.Count, default=1)
    most_units: Mapped[int] = mapped_column(db.Count)
    closes_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    pickup_from_on: Mapped[date] = mapped_column(Date)
    pickup_until_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(300), default="")
    opened_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    opened_role: Mapped[str] = mapped_column(String(20))
    wanted_units: Mapped[int] = mapped_column(db.Count, default=0)
    at_most_units: Mapped[int] = mapped_column(db.Count, default=0)
    need_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    follows_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    need_packs: Mapped[int] = mapped_column(db.Count, default=0)
    need_at_most_packs: Mapped[int] = mapped_column(db.Count, default=0)
    cut_reason: Mapped[str] = mapped_column(Text, default="")
    given_units: Mapped[int] = mapped_column(db.Count, default=0)
    unit_price_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    """What a unit came to cost."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    pack: Mapped[Pack] = relationship(foreign_keys=[pack_id], lazy="joined", innerjoin=True)
    bulk_pack: Mapped[Pack] = relationship(foreign_keys=[bulk_pack_id], lazy="joined", innerjoin=True)

    @property
    def units_per_bulk(self) -> int:
        """How many of the residents' packs one bulk pack gives."""
        return self.bulk_pack.size_base // self.pack.size_base

    @property
    def closes_on(self) -> date:
        """The last day on which residents may order, in Jakarta."""
        return clock.wib(self.closes_at - timedelta(seconds=1)).date()

    @property
    def at_counter(self) -> bool:
        """Whether the good may only be handed over at the counter (LPG), not through the shop's orders."""
        return not self.pack.commodity.online_allowed


class PreOrderWish(db.Tenant, db.Base):
    """What one household (one telephone number) wants; `token` opens its page.

    `order_id` is the order in which what it was given waits on the shelf; goods of the counter wait under
    `reservation_id` and `pickup_code` instead, until `sale_id` hands them over.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "asked",
        {"asked": {"withdrawn", "ready", "unmet"}, "ready": {"collected", "expired"}},
    )

    __tablename__ = "preorder_wish"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("preorder", "preorder_id"),
        db.tenant_fk("member", "member_id"),
        db.tenant_fk("retail_order", "order_id"),
        db.tenant_fk("reservation", "reservation_id"),
        db.tenant_fk("refill_sale", "sale_id"),
        CheckConstraint("wanted > 0 AND at_most >= wanted", name="something"),
        CheckConstraint("given BETWEEN 0 AND at_most", name="given"),
        CheckConstraint(
            "given = 0 OR (state <> 'asked' AND state <> 'unmet' AND state <> 'withdrawn')",
            name="given_when_ready",
        ),
        Index(
            "uq_preorder_wish_household",
            *("preorder_id", "phone"),
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
            sqlite_where=text("state <> 'withdrawn'"),
        ),
    )

    id: Mapped[int] = db.pk()
    preorder_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    token: Mapped[str] = mapped_column(String(60), unique=True)
    buyer_name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    member_id: Mapped[int | None] = mapped_column(db.BigKey)
    wanted: Mapped[int] = mapped_column(db.Count)
    at_most: Mapped[int] = mapped_column(db.Count)
    given: Mapped[int] = mapped_column(db.Count, default=0)
    order_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    reservation_id: Mapped[int | None] = mapped_column(db.BigKey)
    sale_id: Mapped[int | None] = mapped_column(db.BigKey)
    pickup_code: Mapped[str] = mapped_column(String(8), default="")
    wrong_codes: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
