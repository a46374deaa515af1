"""What the cooperative decided about a product, on which text, and changes that wait beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

DECISIONS = ("approved", "returned", "rejected")
ORIGINS = ("", "member", "city")
"""Where the cooperative found it to be made: by the member, or elsewhere in this city."""


class ProductDecision(db.Tenant, db.Base):
    """One decision: what was read (`facts`), what was said about which field (`notes`), by whom.

    `notes` are {"field", "text"}; `organization_id` is the seller's, like the product's.
    """

    __tablename__ = "product_decision"
    __table_args__ = db.tenant_args(
        db.one_of("kind", DECISIONS),
        db.one_of("origin", ORIGINS),
        db.tenant_fk("product", "product_id"),
        CheckConstraint("kind <> 'approved' OR origin <> ''", name="origin_decided"),
    )

    id: Mapped[int] = db.pk()
    product_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    kind: Mapped[str] = mapped_column(String(10))
    facts: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    notes: Mapped[list[dict[str, str]]] = mapped_column(db.JsonText)
    origin: Mapped[str] = mapped_column(String(10), default="")
    origin_note: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    decided_name: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class ProductChange(db.Versioned, db.Tenant, db.Base):
    """Another wording of a product on the shelf; the approved one is sold until this one is decided.

    `facts` are the fields that differ, as they would become. A product has one open change at most.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "waiting",
        {
            "waiting": {"applied", "returned", "dropped"},
            "returned": {"waiting", "dropped"},
        },
    )

    __tablename__ = "product_change"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("product", "product_id"),
        Index(
            "uq_product_change_open",
            "product_id",
            unique=True,
            postgresql_where=text("state IN ('waiting', 'returned')"),
            sqlite_where=text("state IN ('waiting', 'returned')"),
        ),
    )

    id: Mapped[int] = db.pk()
    product_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(db.JsonText)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
