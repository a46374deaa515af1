"""The one place where a holding changes: a count goes from one place to another."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from market.core import clock, db, faults, money
from market.core.errors import NotFound, Refused
from market.core.i18n import _
from market.core.permissions import Actor
from market.empties.models import ContainerHolding, ContainerMove
from market.empties.types import CONTAINERS, MOVES, Container
from market.ledger import services as ledger
from market.ledger.types import EntryDraft

COLUMNS = {"full": "full_count", "empty": "empty_count", "lent": "lent_count", "supplier": "at_supplier"}
MOST = 100_000


def container(code: str) -> Container:
    """The container with this code; raises NotFound."""
    found = CONTAINERS.get(code)
    if found is None:
        raise NotFound(_("Tabung tidak ditemukan."))
    return found


def lock(organization_id: int, code: str) -> ContainerHolding:
    """The holding as it is now, made at its first use, held until the transaction ends."""
    query = select(ContainerHolding).where(
        ContainerHolding.organization_id == organization_id, ContainerHolding.container == code
    )
    held = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(held)
    if found is None:
        blank = dict.fromkeys((*COLUMNS.values(), "owned", "value_rp"), 0)
        row = {"organization_id": organization_id, "container": code, **blank}
        db.session.execute(db.insert_ignore(ContainerHolding.__table__), row)
        found = db.session.scalars(held).one()
    return found


def require_count(count: int, field: str = "count") -> None:
    """Raise Refused at `field` for a count that makes no sense."""
    if not 0 < count <= MOST:
        raise Refused(_("Isi jumlah antara 1 dan %(most)s.", most=money.group(MOST)), field=field)


def move(
    actor: Actor,
    holding: ContainerHolding,
    kind: str,
    count: int,
    source: str,
    value_rp: int = 0,
    supplier_id: int | None = None,
    on: date | None = None,
    reason: str = "",
) -> ContainerMove:
    """Both places, what is owned, and the move together, on a holding that `lock` holds.

    Raises Refused when the first place does not hold so many; a supplier may lend below zero.
    """
    start, end = MOVES[kind]
    _refuse_too_few(holding, start, count)
    for place, sign in ((start, -1), (end, 1)):
        if place == "outside":
            holding.owned -= sign * count
        else:
            setattr(holding, COLUMNS[place], getattr(holding, COLUMNS[place]) + sign * count)
    holding.value_rp += value_rp
    holding.moved_at = clock.now()
    made = ContainerMove(
        organization_id=holding.organization_id,
        container=holding.container,
        kind=kind,
        count=count,
        value_rp=value_rp,
        supplier_id=supplier_id,
        source=source,
        reason=reason,
        occurred_on=on or clock.today(),
        at=clock.now(),
        actor_id=actor.user_id,
    )
    db.session.add(made)
    faults.point("container_move")
    db.session.flush()
    return made


def _refuse_too_few(holding: ContainerHolding, place: str, count: int) -> None:
    words = {"full": _("terisi"), "empty": _("kosong"), "lent": _("di pembeli")}
    if place in words and getattr(holding, COLUMNS[place]) < count:
        left = getattr(holding, COLUMNS[place])
        text = _("Tabung %(place)s tinggal %(left)s.", place=words[place], left=money.group(left))
        raise Refused(text, field="count")


def worth_of_loss(holding: ContainerHolding, count: int) -> int:
    """Average worth of losing this many; the last one owned takes what is left."""
    if count >= holding.owned:
        return holding.value_rp
    return money.div_round(holding.value_rp * count, holding.owned)


def worth_of_gain(holding: ContainerHolding, count: int, unit_rp: int) -> int:
    """What new ones add at a price: those that only replace lost borrowed ones add nothing."""
    return max(0, min(count, holding.owned + count)) * unit_rp


def book(actor: Actor, made: ContainerMove, draft: EntryDraft | None) -> None:
    """Post the entry of a move that has one of its own, and note its debit side on the move."""
    if draft is not None and draft.lines:
        made.booked_rp = draft.total_rp
        db.session.flush()
        ledger.post(actor, made.organization_id, draft)
