"""A request for inputs, the need it is pooled into, and the money that moved for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.commodities.models import Commodity
from market.core import db
from market.core.states import StateTable

ACCOUNTS = ("1-1100", "1-1200")
"""Money comes and goes through cash or bank."""
TERMS = ("prepaid", "tempo")
"""Pay first, or collect first and pay within the cooperative's days."""
PAYMENT_KINDS = ("advance", "settlement", "refund", "passed")
"""Money in before the goods, money in after them, money back, money passed on to another request."""


class InputPool(db.Tenant, db.Base):
    """The cooperative's own part of a need that also holds requests, and what came of it.

    `own_packs` up to `own_at_most_packs` are for the own shelf. When the goods came they are shared once:
    `arrived_base` is what there was for `cost_rp`, `own_base` what stayed on the shelf.
    """

    __tablename__ = "input_pool"
    __table_args__ = db.tenant_args(
        db.tenant_fk("need", "need_id"),
        UniqueConstraint("need_id"),
        CheckConstraint("own_packs >= 0 AND own_at_most_packs >= own_packs", name="own"),
        CheckConstraint("arrived_base >= 0 AND own_base BETWEEN 0 AND arrived_base", name="arrived"),
        CheckConstraint("(shared_at IS NULL) = (arrived_base IS NULL)", name="shared_once"),
    )

    id: Mapped[int] = db.pk()
    need_id: Mapped[int] = mapped_column(db.BigKey)
    own_packs: Mapped[int] = mapped_column(db.Count)
    own_at_most_packs: Mapped[int] = mapped_column(db.Count)
    arrived_base: Mapped[int | None] = mapped_column(db.Count)
    own_base: Mapped[int | None] = mapped_column(db.Count)
    cost_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    shared_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    shared_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))


class InputRequest(db.Tenant, db.Base):
    """What one UMKM (`buyer_id`) or one person with a telephone asks of the cooperative `organization_id`.

    Prices are per rule unit of the commodity (kg, L): `quote_rp` is the most she will pay, promised when the
    request was approved; `price_rp` is what it became when the goods came. Advances: `paid_rp` came in,
    `used_rp` paid for goods, `returned_rp` went back, `passed_rp` went to a later request of the same buyer.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "submitted",
        {
            "submitted": {"approved", "declined", "withdrawn", "lapsed"},
            "approved": {"prepaid", "pooled", "withdrawn", "lapsed"},
            "prepaid": {"pooled", "refund_pending"},
            "pooled": {"ready", "approved", "prepaid", "refund_pending", "unmet", "withdrawn"},
            "ready": {"collected", "refund_pending", "unmet"},
            "collected": {"settled", "refund_pending"},
            "refund_pending": {"refunded", "kept"},
            "kept": {"refund_pending", "settled"},
        },
    )

    __tablename__ = "input_request"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("terms", TERMS),
        db.tenant_fk("need", "need_id"),
        db.tenant_fk("reservation", "reservation_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("wanted_base > 0 AND at_most_base >= wanted_base", name="something"),
        CheckConstraint("given_base BETWEEN 0 AND at_most_base", name="given"),
        CheckConstraint("ceiling_rp > 0", name="ceiling"),
        CheckConstraint("quote_rp > 0 AND price_rp <= quote_rp", name="price"),
        CheckConstraint("quote_rp <= ceiling_rp", name="quote_within_ceiling"),
        CheckConstraint("amount_rp >= 0 AND cost_rp >= 0", name="amounts"),
        CheckConstraint(
            "used_rp >= 0 AND returned_rp >= 0 AND passed_rp >= 0"
            " AND used_rp + returned_rp + passed_rp <= paid_rp",
            name="advance",
        ),
        CheckConstraint("settled_rp >= 0 AND used_rp + settled_rp <= amount_rp", name="not_paid_twice"),
        CheckConstraint("(collected_on IS NOT NULL) OR (used_rp = 0 AND settled_rp = 0)", name="goods_first"),
        Index("ix_input_request_state", "organization_id", "state"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    token: Mapped[str] = mapped_column(String(60), unique=True)
    pickup_code: Mapped[str] = mapped_column(String(8))
    wrong_codes: Mapped[int] = mapped_column(Integer, default=0)
    buyer_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    buyer_name: Mapped[str] = mapped_column(String(160))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    wants_membership: Mapped[bool] = mapped_column(Boolean, default=False)
    member: Mapped[bool] = mapped_column(Boolean, default=False)
    commodity_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("commodity.id"), index=True)
    wanted_base: Mapped[int] = mapped_column(db.Count)
    at_most_base: Mapped[int] = mapped_column(db.Count)
    needed_by_on: Mapped[date] = mapped_column(Date)
    ceiling_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    note: Mapped[str] = mapped_column(String(300), default="")
    terms: Mapped[str] = mapped_column(String(10))
    margin_bp: Mapped[int] = mapped_column(Integer, default=0)
    quote_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    pay_by_on: Mapped[date | None] = mapped_column(Date)
    need_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    given_base: Mapped[int] = mapped_column(db.Count, default=0)
    price_rp: Mapped[int | None] = mapped_column(db.Rupiah)
    amount_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    cost_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    reservation_id: Mapped[int | None] = mapped_column(db.BigKey)
    collected_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    refund_by_on: Mapped[date | None] = mapped_column(Date)
    paid_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    used_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    returned_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    passed_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    settled_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    state: Mapped[str] = mapped_column(String(15), default="submitted")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    posted_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))

    commodity: Mapped[Commodity] = relationship(lazy="joined", innerjoin=True)

    @property
    def wanted_units(self) -> int:
        """Kilograms, litres: what the price counts in."""
        return self.wanted_base // self.commodity.rule_unit_base

    @property
    def at_most_units(self) -> int:
        return self.at_most_base // self.commodity.rule_unit_base

    @property
    def given_units(self) -> int:
        return self.given_base // self.commodity.rule_unit_base

    @property
    def advance_rp(self) -> int:
        """What must be paid before the goods are bought: everything wanted, at the highest price."""
        return (self.quote_rp or 0) * self.wanted_units

    @property
    def open_rp(self) -> int:
        """Her money that the cooperative still holds."""
        return self.paid_rp - self.used_rp - self.returned_rp - self.passed_rp

    @property
    def owed_rp(self) -> int:
        """What she still owes for goods that she has collected."""
        return self.amount_rp - self.used_rp - self.settled_rp if self.collected_on else 0


class InputPayment(db.Tenant, db.Base):
    """Money that moved for a request; never changed afterwards. `from_request_id` gave what is passed on."""

    __tablename__ = "input_payment"
    __table_args__ = db.tenant_args(
        db.tenant_fk("input_request", "request_id"),
        db.tenant_fk("input_request", "from_request_id"),
        db.one_of("kind", PAYMENT_KINDS),
        db.one_of("account", ("", *ACCOUNTS)),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("amount_rp > 0", name="something"),
        CheckConstraint("(kind = 'passed') = (from_request_id IS NOT NULL)", name="from_another"),
        CheckConstraint("(kind = 'passed') = (account = '')", name="through_an_account"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str] = mapped_column(String(30))
    request_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    from_request_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    account: Mapped[str] = mapped_column(String(10), default="")
    paid_on: Mapped[date] = mapped_column(Date)
    paid_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    taken_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
