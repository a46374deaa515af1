"""One-time codes sent to phones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db

MAX_TRIES = 5


class SignInCode(db.Base):
    """One request for a code, of a known or unknown number alike; rows live for a day.

    `flow_hash` binds it to the browser that asked. `code_hash` is keyed, because six digits are guessed in
    no time; `sealed` is the code itself until the message has left, and empty from then on. `slot` is the
    minute, so that of two requests at once one wins. `address` is a keyed fingerprint.
    """

    __tablename__ = "sign_in_code"
    __table_args__ = (
        UniqueConstraint("phone", "slot"),
        CheckConstraint(f"tries BETWEEN 0 AND {MAX_TRIES}", name="tries"),
        Index("ix_sign_in_code_phone", "phone", "asked_at"),
        Index("ix_sign_in_code_address", "address", "asked_at"),
        Index("ix_sign_in_code_asked_at", "asked_at"),
    )

    id: Mapped[int] = db.pk()
    phone: Mapped[str] = mapped_column(String(20))
    slot: Mapped[int] = mapped_column(db.BigKey)
    address: Mapped[str] = mapped_column(String(64))
    flow_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), default="")
    sealed: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    """When the right code was typed; it opens nothing a second time."""
    spent_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    """When the proof became a session or an account."""
    failure: Mapped[str] = mapped_column(String(100), default="")
    user_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
