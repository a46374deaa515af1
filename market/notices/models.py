"""One row per person and piece of news; sending is a job beside it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db

MAX_TITLE = 160


class Notice(db.Tenant, db.Base):
    """News for one person in one seat; `link` is a path of our own site.

    `failure` says why no mail could ever arrive; passing failures stay with the job.
    """

    __tablename__ = "notice"
    __table_args__ = db.tenant_args(Index("ix_notice_inbox", "user_id", "organization_id", "read_at"))

    id: Mapped[int] = db.pk()
    user_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    failure: Mapped[str] = mapped_column(String(300), default="")
