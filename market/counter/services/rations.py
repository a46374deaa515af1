"""How much one buyer may have: claimed before money changes hands, given back when nothing came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from market.commodities import queries as commodities
from market.commodities.models import Quota
from market.core import clock, db, faults
from market.core.errors import Refused
from market.core.i18n import _
from market.counter import queries
from market.counter.models import Ration, RationUse, Sale, SaleLine
from market.counter.types import period_of, rule_of

CAP = "consumer_cap"
"""The kind of quota that limits one buyer; without such a row nothing is capped, but all is counted."""
MONTH_DAYS = 30


@dataclass(frozen=True)
class Limit:
    """What one buyer may have of a good, in whole packs; no cap: the law names none now."""

    name: str
    unit: str
    cap: int | None
    used: int
    days: int
    source: str

    @property
    def left(self) -> int | None:
        return None if self.cap is None else max(0, self.cap - self.used)


def rationed(line: SaleLine) -> bool:
    """Whether the buyer of this line has to be known."""
    if line.pack_id is None:
        return False
    rule = rule_of(commodities.pack(line.pack_id).commodity.code, clock.today())
    return rule is not None and rule.needs_identity


def _cap(pack_id: int) -> tuple[Quota | None, str]:
    quota = commodities.quota(commodities.pack(pack_id), clock.today(), CAP)
    return quota, period_of(quota.period_days if quota else MONTH_DAYS)


def limits(sale: Sale, lines: Sequence[SaleLine]) -> list[Limit]:
    """What the sale's buyer may still have of each rationed good, before this sale."""
    found = []
    for line in lines:
        if not rationed(line) or not sale.buyer_index:
            continue
        pack = commodities.pack(line.pack_id or 0)
        quota, period = _cap(pack.id)
        used = queries.used_base(sale.organization_id, sale.buyer_index, pack.commodity_id, period)
        cap = None if quota is None else quota.amount_base // pack.size_base
        source = "" if quota is None else quota.legal_ref
        days = MONTH_DAYS if quota is None else quota.period_days
        found.append(Limit(line.name, pack.unit_word, cap, used // pack.size_base, days, source))
    return found


def claim(sale: Sale, lines: Sequence[SaleLine]) -> None:
    """Take each rationed line's part of the buyer's ration: one conditional UPDATE for each good.

    Two counters that serve the same buyer at once cannot both take the last pack. Raises Refused for a
    buyer who is not known, and with what is left when it is not enough.
    """
    held = {use.line_id for use in queries.uses_of([line.id for line in lines])}
    for line in sorted(lines, key=lambda each: each.good):
        if line.id in held or not rationed(line):
            continue
        if not sale.buyer_index:
            raise Refused(_("%(name)s: isi NIK pembeli dahulu.", name=line.name), field="nik")
        _claim_one(sale, line)
    faults.point("counter.ration_claimed")


def _claim_one(sale: Sale, line: SaleLine) -> None:
    pack = commodities.pack(line.pack_id or 0)
    quota, period = _cap(pack.id)
    wanted = line.quantity * pack.size_base
    key: dict[str, Any] = {
        "organization_id": sale.organization_id,
        "buyer_index": sale.buyer_index,
        "commodity_id": pack.commodity_id,
        "period": period,
    }
    db.session.execute(db.insert_ignore(Ration.__table__), {**key, "used_base": 0})
    take = update(Ration).filter_by(**key).values(used_base=Ration.used_base + wanted)
    if quota is not None:
        take = take.where(Ration.used_base + wanted <= quota.amount_base)
    if db.rows_changed(take) != 1:
        left = max(0, (quota.amount_base if quota else 0) - queries.used_base(**key))
        raise Refused(
            _(
                "Batas %(name)s untuk pembeli ini: %(cap)s %(unit)s, sisa %(left)s. Kurangi jumlahnya.",
                name=line.name,
                cap=(quota.amount_base if quota else 0) // pack.size_base,
                unit=_per(pack.unit_word, quota.period_days if quota else MONTH_DAYS),
                left=left // pack.size_base,
            ),
            field="nik",
        )
    ration_id = db.session.scalars(select(Ration.id).filter_by(**key)).one()
    _note(sale.organization_id, ration_id, line.id, wanted, quota.amount_base if quota else None)


def _per(unit: str, days: int) -> str:
    if days == 1:
        return _("%(unit)s per hari", unit=unit)
    if days >= 28:
        return _("%(unit)s per bulan", unit=unit)
    return _("%(unit)s per %(days)s hari", unit=unit, days=days)


def _note(organization_id: int, ration_id: int, line_id: int, quantity_base: int, cap: int | None) -> None:
    db.session.add(
        RationUse(
            organization_id=organization_id,
            ration_id=ration_id,
            line_id=line_id,
            quantity_base=quantity_base,
            cap_base=cap,
            at=clock.now(),
        )
    )
    db.session.flush()


def give_back(lines: Sequence[SaleLine], quantities: dict[int, int] | None = None) -> None:
    """What was not sold after all, or came back ({line id: units}, else everything), may be had again."""
    by_id = {line.id: line for line in lines}
    for use in queries.uses_of(by_id):
        line = by_id[use.line_id]
        units = line.quantity if quantities is None else quantities.get(line.id, 0)
        back = min(use.quantity_base, units * commodities.pack(line.pack_id or 0).size_base)
        if back == 0:
            continue
        less = update(Ration).where(Ration.id == use.ration_id).values(used_base=Ration.used_base - back)
        db.rows_changed(less)
        use.given_back_at = clock.now()
        db.session.flush()
        if back < use.quantity_base:
            _note(use.organization_id, use.ration_id, line.id, use.quantity_base - back, use.cap_base)
