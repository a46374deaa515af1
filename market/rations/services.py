"""How much one buyer may have: claimed when goods change hands, given back when they come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from market.commodities import queries as commodities
from market.commodities.models import Pack, Quota
from market.core import clock, db, faults
from market.core.errors import Refused
from market.core.i18n import _
from market.rations import queries
from market.rations.models import Ration, RationUse
from market.rations.types import Buyer, Part, Shown, buyer_of, period_of, rule_of

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


def limits(organization_id: int, buyer_index: str, parts: Sequence[Part]) -> list[Limit]:
    """What this buyer may still have of each rationed good, before these parts are claimed."""
    found = []
    for part in parts:
        if not queries.needs_card(part.pack_id):
            continue
        pack = commodities.pack(part.pack_id)
        quota, period = _cap(pack)
        used = queries.used_base(organization_id, buyer_index, pack.commodity_id, period)
        cap = None if quota is None else quota.amount_base // pack.size_base
        source = "" if quota is None else quota.legal_ref
        days = MONTH_DAYS if quota is None else quota.period_days
        found.append(Limit(part.name, pack.unit_word, cap, used // pack.size_base, days, source))
    return found


def identify(organization_id: int, shown: Shown, parts: Sequence[Part]) -> Buyer | None:
    """Who takes these parts, by the card; None when no card is asked for.

    Raises Refused at the field: no NIK or an impossible one, a category for which the good is not meant.
    """
    wanted = [part for part in parts if queries.needs_card(part.pack_id)]
    if not wanted:
        return None
    if not shown.nik.strip():
        raise Refused(_("%(name)s: isi NIK pembeli dahulu.", name=wanted[0].name), field="nik")
    buyer = buyer_of(organization_id, shown.nik, shown.category, shown.nib)
    for part in wanted:
        rule = rule_of(commodities.pack(part.pack_id).commodity.code, clock.today())
        if rule is not None and buyer.category not in rule.categories:
            text = _("%(name)s tidak untuk golongan pembeli ini.", name=part.name)
            raise Refused(text, field="nik")
    return buyer


def claim(organization_id: int, buyer_index: str, parts: Sequence[Part]) -> None:
    """Take each rationed part of the buyer's ration: one conditional UPDATE for each good.

    Two who serve the same buyer at once, at the counter or at the door, cannot both take the last pack. A
    part that is held already is not taken again. Raises Refused for a buyer who is not known, and with what
    is left when it is not enough.
    """
    held = {use.source for use in queries.uses_of(organization_id, [part.source for part in parts])}
    open_parts = [part for part in parts if part.source not in held and queries.needs_card(part.pack_id)]
    for part in sorted(open_parts, key=_lock_order):
        if not buyer_index:
            raise Refused(_("%(name)s: isi NIK pembeli dahulu.", name=part.name), field="nik")
        _claim_one(organization_id, buyer_index, part)
    faults.point("ration_claimed")


def _lock_order(part: Part) -> tuple[int, str]:
    return commodities.pack(part.pack_id).commodity_id, part.source


def _cap(pack: Pack) -> tuple[Quota | None, str]:
    quota = commodities.quota(pack, clock.today(), CAP)
    return quota, period_of(quota.period_days if quota else MONTH_DAYS)


def _claim_one(organization_id: int, buyer_index: str, part: Part) -> None:
    pack = commodities.pack(part.pack_id)
    quota, period = _cap(pack)
    wanted = part.quantity * pack.size_base
    key: dict[str, Any] = {
        "organization_id": organization_id,
        "buyer_index": buyer_index,
        "commodity_id": pack.commodity_id,
        "period": period,
    }
    db.session.execute(db.insert_ignore(Ration.__table__), {**key, "used_base": 0})
    take = update(Ration).filter_by(**key).values(used_base=Ration.used_base + wanted)
    if quota is not None:
        take = take.where(Ration.used_base + wanted <= quota.amount_base)
    if db.rows_changed(take) != 1:
        raise _too_much(part, pack, quota, queries.used_base(**key))
    ration_id = db.session.scalars(select(Ration.id).filter_by(**key)).one()
    _note(organization_id, ration_id, part.source, wanted, quota.amount_base if quota else None)


def _too_much(part: Part, pack: Pack, quota: Quota | None, used: int) -> Refused:
    most = quota.amount_base if quota else 0
    return Refused(
        _(
            "Batas %(name)s untuk pembeli ini: %(cap)s %(unit)s, sisa %(left)s. Kurangi jumlahnya.",
            name=part.name,
            cap=most // pack.size_base,
            unit=_per(pack.unit_word, quota.period_days if quota else MONTH_DAYS),
            left=max(0, most - used) // pack.size_base,
        ),
        field="nik",
    )


def _per(unit: str, days: int) -> str:
    if days == 1:
        return _("%(unit)s per hari", unit=unit)
    if days >= 28:
        return _("%(unit)s per bulan", unit=unit)
    return _("%(unit)s per %(days)s hari", unit=unit, days=days)


def _note(organization_id: int, ration_id: int, source: str, quantity_base: int, cap: int | None) -> None:
    db.session.add(
        RationUse(
            organization_id=organization_id,
            ration_id=ration_id,
            source=source,
            quantity_base=quantity_base,
            cap_base=cap,
            at=clock.now(),
        )
    )
    db.session.flush()


def give_back(organization_id: int, quantities: Mapping[str, int]) -> None:
    """What came back may be had again: {source: base units}, never more than that line had taken."""
    for use in queries.uses_of(organization_id, quantities):
        back = min(use.quantity_base, quantities[use.source])
        if back == 0:
            continue
        less = update(Ration).where(Ration.id == use.ration_id).values(used_base=Ration.used_base - back)
        db.rows_changed(less)
        use.given_back_at = clock.now()
        db.session.flush()
        if back < use.quantity_base:
            _note(organization_id, use.ration_id, use.source, use.quantity_base - back, use.cap_base)
