"""One form, one effect: the reply of an unsafe request is stored in the request's own transaction.

The key is made when the form is rendered. A second send of the same key waits for the first (the
unique row is locked until its transaction ends) and gets the first one's reply; the same key with
another body is refused; a refused or failed request leaves no row, so a retry is free to try again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, Integer, String, Text, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from market.core import clock, db
from market.core.errors import Conflict, Refused
from market.core.i18n import _

KEPT_DAYS = 7
_FORM = re.compile(r"[A-Za-z0-9_-]{8,64}")


class IdempotencyKey(db.Base):
    """A key, what was sent with it and what was answered."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_created", "created_at"),)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    location: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


@dataclass(frozen=True)
class Reply:
    """The stored answer of the first request."""

    status: int
    location: str | None
    body: str


def well_formed(key: str) -> bool:
    """Whether the key is one that a page of ours could have made."""
    return _FORM.fullmatch(key) is not None


def claim(key: str, body_hash: str) -> Reply | None:
    """Take the key in the current transaction: None for the first sender, the reply for a later one.

    Raises Refused for the same key with another body, Conflict while the first still runs.
    """
    found = db.session.execute(select(IdempotencyKey).where(IdempotencyKey.key == key)).scalar_one_or_none()
    if found is None:
        try:
            with db.session.begin_nested():
                db.session.execute(
                    insert(IdempotencyKey).values(key=key, body_hash=body_hash, created_at=clock.now())
                )
            return None
        except IntegrityError:
            found = db.session.execute(select(IdempotencyKey).where(IdempotencyKey.key == key)).scalar_one()
    if found.body_hash != body_hash:
        raise Refused(
            _("Formulir ini sudah pernah dikirim dengan isi lain. Buka lagi halamannya, lalu isi ulang.")
        )
    if found.status is None:
        raise Conflict(_("Kiriman pertama masih diproses. Tunggu sebentar, lalu muat ulang."))
    return Reply(found.status, found.location, found.body or "")


def store(key: str, status: int, location: str | None, body: str) -> None:
    """Keep the reply beside its effect, in the same transaction."""
    db.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.key == key)
        .values(status=status, location=location, body=body)
    )


def prune() -> int:
    """Forget keys older than a week; returns how many (a scheduled job)."""
    oldest = clock.now() - timedelta(days=KEPT_DAYS)
    return db.rows_changed(delete(IdempotencyKey).where(IdempotencyKey.created_at < oldest))
