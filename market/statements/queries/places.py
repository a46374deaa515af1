"""Which accounts nobody has placed yet, and who placed the others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Row, Select, String, and_, cast, func, literal, not_, or_, select

from market.core import db
from market.core.permissions import Actor, Permission
from market.identity.models import User
from market.ledger.models import JournalEntry, LedgerAccount, Posting
from market.statements import chart
from market.statements.models import StatementPlace


def history(organization_id: int, limit: int = 40) -> list[Row[*tuple[Any, ...]]]:
    """Every placement with the name of who wrote it, newest first."""
    query = (
        select(StatementPlace, User.name)
        .outerjoin(User, User.id == StatementPlace.entered_by)
        .where(StatementPlace.organization_id == organization_id)
        .order_by(StatementPlace.id.desc())
        .limit(limit)
    )
    return list(db.session.execute(query).all())


def today(actor: Actor) -> Select[*tuple[Any, ...]] | None:
    """Accounts with entries that no line of the statements claims, for who may place them."""
    if actor.organization_kind != "cooperative" or not actor.may(Permission.BOOKS_POST):
        return None
    claimed = or_(
        *(
            and_(LedgerAccount.kind == kind, LedgerAccount.code.startswith(prefix, autoescape=True))
            for kind, prefix, _line in chart.PLACES
        )
    )
    placed = select(StatementPlace.id).where(
        StatementPlace.organization_id == LedgerAccount.organization_id,
        StatementPlace.code == LedgerAccount.code,
    )
    first = (
        select(func.min(JournalEntry.recorded_at))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .where(Posting.account_id == LedgerAccount.id)
        .scalar_subquery()
    )
    return select(
        literal("account_unplaced", String).label("kind"),
        LedgerAccount.id.label("subject_id"),
        first.label("since"),
        cast(LedgerAccount.name, String).label("detail"),
        cast(LedgerAccount.balance_rp, BigInteger).label("amount"),
    ).where(
        LedgerAccount.organization_id == actor.organization_id,
        not_(claimed),
        not_(placed.exists()),
        first.isnot(None),
    )
