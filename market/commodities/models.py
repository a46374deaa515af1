"""Commodities, their packs, and the dated rules and facts about their prices."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core import db
from market.core.quantity import BASE_UNITS
from market.core.states import StateTable

HANDLINGS = ("administered", "ceiling", "free")
RULE_KINDS = ("HET", "HAP", "ADMIN_BUY")
CHANNELS = ("consumer", "outlet", "pangkalan", "retailer", "d2", "d1", "producer")
LEVELS = ("retail", "wholesale", "mill")
QUOTA_SCOPES = ("outlet", "consumer")
BINDING_QUOTA = "outlet_pickup"
"""The one kind of outlet quota that a rule enforces; the others record what is usual."""


class Commodity(db.Base):
    """A good as the rules name it.

    `handling`: administered goods come from authorised sources at a fixed price; ceiling goods have
    a HET (refused above) or HAP (warned above); free goods have neither. Rules and observations are
    per `rule_unit` ("kg"), which is `rule_unit_base` base units.
    """

    __tablename__ = "commodity"
    __table_args__ = (
        db.one_of("handling", HANDLINGS),
        db.one_of("base_unit", BASE_UNITS),
        CheckConstraint("rule_unit_base > 0", name="rule_unit_positive"),
    )

    id: Mapped[int] = db.pk()
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    family: Mapped[str] = mapped_column(String(40))
    handling: Mapped[str] = mapped_column(String(15))
    base_unit: Mapped[str] = mapped_column(String(5))
    rule_unit: Mapped[str] = mapped_column(String(15))
    rule_unit_base: Mapped[int] = mapped_column(db.Count)
    grade: Mapped[str] = mapped_column(String(20), default="")
    resale_allowed: Mapped[bool] = mapped_column(Boolean, default=True)
    online_allowed: Mapped[bool] = mapped_column(Boolean, default=True)
    note: Mapped[str] = mapped_column(String(300), default="")


class Pack(db.Base):
    """A pack of a commodity: what is counted, priced and carried. `name` says good and pack."""

    __tablename__ = "pack"
    __table_args__ = (
        CheckConstraint("size_base > 0", name="size_positive"),
        CheckConstraint("gross_g > 0", name="weight_positive"),
    )

    id: Mapped[int] = db.pk()
    commodity_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("commodity.id"), index=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    label: Mapped[str] = mapped_column(String(40))
    size_base: Mapped[int] = mapped_column(db.Count)
    gross_g: Mapped[int] = mapped_column(db.Count)
    bulk: Mapped[bool] = mapped_column(Boolean)
    retail: Mapped[bool] = mapped_column(Boolean)
    tolerance_g: Mapped[int | None] = mapped_column(db.Count)
    """How much a pack may weigh less by law; None where the law names nothing."""

    commodity: Mapped[Commodity] = relationship(lazy="joined", innerjoin=True)

    @property
    def unit_word(self) -> str:
        """What one pack is called: "sak", "tabung", "karton"."""
        return self.label.split(" ", 1)[0]

    def of_rule_rp(self, amount_rp: int) -> int:
        """An amount per rule unit as an amount per pack, rounded down: a ceiling is never exceeded."""
        return amount_rp * self.size_base // self.commodity.rule_unit_base


class PriceRule(db.Base):
    """An amount that a body has set for a commodity, a region and a link of the chain, from a day on.

    `region_key` is a place code (province or city), a rice zone ("zone1") or "national". A rule counts
    only while it is in force; one that was proposed becomes so when a second person approves it.
    """

    STATES: ClassVar[StateTable] = StateTable("proposed", {"proposed": {"in_force", "rejected"}})

    __tablename__ = "price_rule"
    __table_args__ = (
        STATES.check(),
        db.one_of("kind", RULE_KINDS),
        db.one_of("channel", CHANNELS),
        CheckConstraint("amount_rp > 0", name="amount_positive"),
        CheckConstraint("valid_until_on IS NULL OR valid_until_on >= valid_from_on", name="dates_in_order"),
        Index(
            "uq_price_rule_in_force",
            *("commodity_id", "kind", "channel", "region_key", "valid_from_on"),
            unique=True,
            postgresql_where=text("state = 'in_force'"),
            sqlite_where=text("state = 'in_force'"),
        ),
    )

    id: Mapped[int] = db.pk()
    commodity_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("commodity.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(15))
    region_key: Mapped[str] = mapped_column(String(20))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    valid_from_on: Mapped[date] = mapped_column(Date)
    valid_until_on: Mapped[date | None] = mapped_column(Date)
    legal_ref: Mapped[str] = mapped_column(String(200))
    source_url: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    commodity: Mapped[Commodity] = relationship(lazy="joined", innerjoin=True)


class Quota(db.Base):
    """How much one outlet or one consumer gets of a commodity in a number of days."""

    __tablename__ = "quota"
    __table_args__ = (
        db.one_of("scope", QUOTA_SCOPES),
        CheckConstraint("amount_base > 0", name="amount_positive"),
        CheckConstraint("period_days > 0", name="period_positive"),
        UniqueConstraint("commodity_id", "kind", "region_key", "valid_from_on"),
    )

    id: Mapped[int] = db.pk()
    commodity_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("commodity.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    scope: Mapped[str] = mapped_column(String(10))
    amount_base: Mapped[int] = mapped_column(db.Count)
    period_days: Mapped[int]
    region_key: Mapped[str] = mapped_column(String(20))
    valid_from_on: Mapped[date] = mapped_column(Date)
    valid_until_on: Mapped[date | None] = mapped_column(Date)
    legal_ref: Mapped[str] = mapped_column(String(200))
    source_url: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(String(300), default="")


class PriceObservation(db.Base):
    """A price that somebody saw on a day, per rule unit of the commodity."""

    __tablename__ = "price_observation"
    __table_args__ = (
        db.one_of("level", LEVELS),
        CheckConstraint("amount_rp > 0", name="amount_positive"),
        UniqueConstraint("commodity_id", "region_key", "level", "observed_on", "source"),
    )

    id: Mapped[int] = db.pk()
    commodity_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("commodity.id"), index=True)
    region_key: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(10))
    amount_rp: Mapped[int] = mapped_column(db.Rupiah)
    observed_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(200))
    source_url: Mapped[str] = mapped_column(Text, default="")
    confidence: Mapped[str] = mapped_column(String(10), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
