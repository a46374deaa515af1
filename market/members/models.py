"""A person who belongs to a cooperative, what is kept sealed about her, and the sheets she came in by."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from market.core import db
from market.core.states import StateTable


class Member(db.Tenant, db.Base):
    """Whoever asked to belong; only who is `active` counts, votes, and has a card that opens something.

    `asked` waits for the board, `verified` for the principal savings, `imported` came in a sheet and waits
    for a second person of the board. `number` is given at the latest with the activation; `card_token` is
    what the QR of the card says; `user_id` the account of a member who signs in. `brought_rp` are
    principal savings that were paid before Lumbung kept the books: the opening balances hold them.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "asked",
        {
            "asked": {"verified", "declined", "imported"},
            "imported": {"active", "verified", "declined"},
            "verified": {"active", "declined"},
            "active": {"left"},
            "left": {"verified"},
        },
    )

    __tablename__ = "member"
    __table_args__ = db.tenant_args(
        STATES.check(),
        db.tenant_fk("member_import", "import_id"),
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("state NOT IN ('active', 'left') OR number IS NOT NULL", name="numbered"),
        CheckConstraint("brought_rp >= 0", name="brought"),
        CheckConstraint("state <> 'imported' OR import_id IS NOT NULL", name="imported_by"),
        Index("ix_member_phone", "organization_id", "phone"),
        Index("ix_member_state", "organization_id", "state"),
    )

    id: Mapped[int] = db.pk()
    number: Mapped[str | None] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str] = mapped_column(String(20))
    card_token: Mapped[str] = mapped_column(String(60), unique=True)
    user_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"), index=True)
    import_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    brought_rp: Mapped[int] = mapped_column(db.Rupiah, default=0)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    joined_on: Mapped[date | None] = mapped_column(Date)


class MemberIdentity(db.Tenant, db.Base):
    """NIK and family card of one member, sealed for exactly that row; the index finds a NIK given twice.

    `place_code` is the kelurahan that the card itself names, as staff read it: never guessed from the number.
    `consent` are the words that were agreed to, `consent_at` when.
    """

    __tablename__ = "member_identity"
    __table_args__ = db.tenant_args(
        db.tenant_fk("member", "member_id"),
        UniqueConstraint("member_id"),
        UniqueConstraint("organization_id", "nik_index"),
        CheckConstraint("(family_sealed = '') = (family_index = '')", name="family_whole"),
    )

    id: Mapped[int] = db.pk()
    member_id: Mapped[int] = mapped_column(db.BigKey)
    nik_sealed: Mapped[str] = mapped_column(Text)
    nik_index: Mapped[str] = mapped_column(String(64))
    family_sealed: Mapped[str] = mapped_column(Text, default="")
    family_index: Mapped[str] = mapped_column(String(64), default="")
    age_checked: Mapped[bool] = mapped_column(default=False)
    place_code: Mapped[str | None] = mapped_column(String(10), ForeignKey("place.code"))
    consent: Mapped[str] = mapped_column(Text)
    consent_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    entered_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
    entered_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class IdentityReveal(db.Tenant, db.Base):
    """Somebody opened a NIK (`member_id`), or the register with every NIK: who, when, why. Append-only."""

    __tablename__ = "identity_reveal"
    __table_args__ = db.tenant_args(
        db.tenant_fk("member", "member_id"),
        CheckConstraint("reason <> ''", name="reasoned"),
        Index("ix_identity_reveal_by", "revealed_by", "revealed_at"),
    )

    id: Mapped[int] = db.pk()
    member_id: Mapped[int | None] = mapped_column(db.BigKey, index=True)
    reason: Mapped[str] = mapped_column(Text)
    revealed_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    revealed_name: Mapped[str] = mapped_column(String(120))
    revealed_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class MemberImport(db.Tenant, db.Base):
    """A sheet of members: read (`preview`), taken into the register (`stored`), and held against the paper
    register by somebody else (`confirmed`). `rows_sealed` are the rows while they are only looked at.
    """

    STATES: ClassVar[StateTable] = StateTable(
        "preview", {"preview": {"stored", "discarded"}, "stored": {"confirmed", "rejected"}}
    )

    __tablename__ = "member_import"
    __table_args__ = db.tenant_args(
        STATES.check(),
        CheckConstraint("decided_by IS NULL OR decided_by <> created_by", name="two_people"),
        CheckConstraint("state NOT IN ('confirmed', 'rejected') OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("state = 'preview' OR rows_sealed = ''", name="rows_forgotten"),
        Index(
            "uq_member_import_digest",
            "organization_id",
            "digest",
            unique=True,
            postgresql_where=text("state NOT IN ('discarded', 'rejected')"),
            sqlite_where=text("state NOT IN ('discarded', 'rejected')"),
        ),
    )

    id: Mapped[int] = db.pk()
    digest: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(120))
    layout: Mapped[str] = mapped_column(String(20))
    row_count: Mapped[int] = mapped_column(db.Count)
    rows_sealed: Mapped[str] = mapped_column(Text)
    ignored: Mapped[list[str]] = mapped_column(db.JsonText)
    state: Mapped[str] = mapped_column(String(10), default="preview")
    state_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    created_by: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"))
    decided_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))
