"""People, organizations, the seats people have in them, and sessions as rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.core import db
from market.core.permissions import ORGANIZATION_ROLES, Role

ORGANIZATION_KINDS = tuple(ORGANIZATION_ROLES)


class User(db.Base):
    """A person who can log in; one account carries all of the person's roles."""

    __tablename__ = "user"

    id: Mapped[int] = db.pk()
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    locale: Mapped[str] = mapped_column(String(5), default="id")
    failed_logins: Mapped[int] = mapped_column(Integer, default=0)
    blocked_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class Organization(db.Base):
    """A cooperative, seller, supplier, office, bank or the platform: what books and seats belong to.

    `scope_code` is the place an office watches ("3578": a city); legal, account, outlet and
    membership facts are kept apart because different bodies count a cooperative as active by each.
    """

    __tablename__ = "organization"
    __table_args__ = (
        db.one_of("kind", ORGANIZATION_KINDS),
        CheckConstraint("open_days BETWEEN 1 AND 127", name="open_days"),
    )

    id: Mapped[int] = db.pk()
    kind: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(160))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    place_code: Mapped[str | None] = mapped_column(String(10), ForeignKey("place.code"), index=True)
    city_code: Mapped[str | None] = mapped_column(String(4), index=True)
    scope_code: Mapped[str] = mapped_column(String(10), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    sells_through_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("organization.id"))
    """The cooperative that sells a UMKM member's goods on consignment."""
    trading: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether its goods may be sold: a seller who signed up waits for her cooperative's yes."""
    open_days: Mapped[int] = mapped_column(Integer, default=127)
    """The days of the week on which it works, Monday the lowest bit."""
    households: Mapped[int] = mapped_column(Integer, default=0)
    legal_on: Mapped[date | None] = mapped_column(Date)
    simkopdes_account: Mapped[bool] = mapped_column(Boolean, default=False)
    outlet_open: Mapped[bool] = mapped_column(Boolean, default=False)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)


class RoleGrant(db.Base):
    """A person's seat in an organization, from a day on and perhaps until one."""

    __tablename__ = "role_grant"
    __table_args__ = (
        db.one_of("role", [role.value for role in Role]),
        Index(
            "uq_role_grant_current",
            "user_id",
            "organization_id",
            "role",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
            sqlite_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[int] = db.pk()
    user_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"), index=True)
    organization_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("organization.id"), index=True)
    role: Mapped[str] = mapped_column(String(30))
    granted_on: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    granted_by: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("user.id"))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])


class Session(db.Base):
    """A signed-in browser: the cookie holds the token, the row only its hash."""

    __tablename__ = "session"

    id: Mapped[int] = db.pk()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(db.BigKey, ForeignKey("user.id"), index=True)
    role_grant_id: Mapped[int | None] = mapped_column(db.BigKey, ForeignKey("role_grant.id"))
    created_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    by_code: Mapped[bool] = mapped_column(Boolean, default=False)
    """Opened by a code on the phone: seats that need a password stay closed."""
