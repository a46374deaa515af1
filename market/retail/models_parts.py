"""Each seller's part of a resident's order: what one pair of hands packs for one day."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable

PLACES = ("here", "away")
"""Where the goods lie: in the cooperative, which packs them itself, or with their maker, who is asked."""
LIVE = ("waiting", "accepted", "packed", "ready")


class RetailPart(db.Tenant, db.Base):
    """`organization_id` is the cooperative, `seller_id` whose goods they are.

    A part "here" starts accepted; one "away" waits for its maker's answer until `answer_by` (empty while
    the order is not paid that is to be paid first). Silence is `lapsed`. `cancelled` ends with its order.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "waiting",
        {
            "waiting": {"accepted", "refused", "lapsed", "cancelled"},
            "accepted": {"packed", "ready", "handed_over", "refused", "cancelled"},
            "packed": {"ready", "handed_over", "refused", "cancelled"},
            "ready": {"handed_over", "refused", "cancelled"},
            "cancelled": {"waiting"},  # money came after its time, and the order lives again
        },
    )

    __tablename__ = "retail_part"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.one_of("place", PLACES),
        db.tenant_fk("retail_order", "order_id"),
        UniqueConstraint("order_id", "seller_id", "place", "ready_on"),
        CheckConstraint("place = 'away' OR answer_by IS NULL", name="asked"),
        Index("ix_retail_part_seller", "seller_id", "state"),
        Index("ix_retail_part_due", "state", "answer_by"),
    )

    id: Mapped[int] = db.pk()
    order_id: Mapped[int] = mapped_column(db.BigKey, index=True)
    seller_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    place: Mapped[str] = mapped_column(String(4))
    ready_on: Mapped[date] = mapped_column(Date)
    """The day from which these goods can be collected, as the buyer was told."""
    answer_by: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why something of it does not come, in the seller's words."""
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)

    @property
    def live(self) -> bool:
        return self.state in LIVE
