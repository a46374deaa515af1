"""What is asked of commodities: packs, the rules in force at a place on a day, market prices.

A place belongs to several regions; the most exact region that has a rule wins, and within it the
newest rule. Amounts per pack are rounded down from the amount per rule unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, literal, select

from market.commodities.models import BINDING_QUOTA, Commodity, Pack, PriceObservation, PriceRule, Quota
from market.core import approvals, clock, db, money
from market.core.approvals import Approval
from market.core.errors import NotFound
from market.core.i18n import _
from market.core.permissions import Actor, Permission

MAX_ID = 2**63 - 1
COOPERATIVE_CHANNELS = ("outlet", "pangkalan", "retailer")
"""The links of a chain at which a cooperative buys."""
_JAVA = ("31", "32", "33", "34", "35", "36")
_MALUKU_PAPUA = ("81", "82", "91", "92", "93", "94", "95", "96")
ZONES: dict[str, tuple[str, ...]] = {
    "zone1": (*_JAVA, "16", "18", "51", "52", "71", "72", "73", "74", "75", "76"),
    "zone2": ("11", "12", "13", "14", "15", "17", "19", "21", "53", "61", "62", "63", "64", "65"),
    "zone3": _MALUKU_PAPUA,
    "maluku-papua-3tp": _MALUKU_PAPUA,
}
"""Named regions of national price decrees, as province codes."""


def region_keys(place_code: str | None) -> list[str]:
    """Every region a place belongs to, the most exact first: city, province, zones, the nation."""
    code = place_code or ""
    own = [code[:length] for length in (4, 2) if len(code) >= length]
    return [*own, *(zone for zone, provinces in ZONES.items() if code[:2] in provinces), "national"]


def commodities() -> list[Commodity]:
    """Every commodity, by name."""
    return list(db.session.scalars(select(Commodity).order_by(Commodity.name)))


def commodity_by_code(code: str) -> Commodity:
    """The commodity with this code; raises NotFound."""
    found = next((each for each in commodities() if each.code == code), None)
    if found is None:
        raise NotFound(_("Barang tidak ditemukan."))
    return found


def commodity(commodity_id: int) -> Commodity:
    """The commodity with this id; raises NotFound."""
    found = db.session.get(Commodity, commodity_id) if 0 < commodity_id <= MAX_ID else None
    if found is None:
        raise NotFound(_("Barang tidak ditemukan."))
    return found


def packs(bulk: bool | None = None, retail: bool | None = None) -> list[Pack]:
    """Packs with their commodity, by name and size; `bulk`: those that cooperatives buy together."""
    query = select(Pack).join(Commodity)
    if bulk is not None:
        query = query.where(Pack.bulk.is_(bulk))
    if retail is not None:
        query = query.where(Pack.retail.is_(retail))
    return list(db.session.scalars(query.order_by(Commodity.name, Pack.size_base.desc())))


def families() -> list[str]:
    """The families of goods that cooperatives buy together, by name."""
    query = select(Commodity.family).join(Pack).where(Pack.bulk.is_(True)).distinct()
    return list(db.session.scalars(query.order_by(Commodity.family)))


def pack_ids_of(family: str) -> list[int] | None:
    """The packs of a family of goods; None (no limit) for the empty family."""
    if not family:
        return None
    return list(db.session.scalars(select(Pack.id).join(Commodity).where(Commodity.family == family)))


def pack(pack_id: int) -> Pack:
    """The pack with this id; raises NotFound."""
    found = db.session.get(Pack, pack_id) if 0 < pack_id <= MAX_ID else None
    if found is None:
        raise NotFound(_("Kemasan tidak ditemukan."))
    return found


def pack_by_code(code: str) -> Pack:
    """The pack with this code; raises NotFound."""
    found = next((each for each in packs() if each.code == code), None)
    if found is None:
        raise NotFound(_("Kemasan tidak ditemukan."))
    return found


# --- price rules ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleBook:
    """The rules in force at one place on one day: (commodity id, kind, channel) -> rule."""

    rules: dict[tuple[int, str, str], PriceRule]

    def rule(self, commodity_id: int, kind: str, channel: str = "consumer") -> PriceRule | None:
        return self.rules.get((commodity_id, kind, channel))

    def buying(self, commodity_id: int, channel: str | None = None) -> PriceRule | None:
        """The fixed buying price of a channel, or of the one at which a cooperative buys."""
        wanted = (channel,) if channel else COOPERATIVE_CHANNELS
        found = (self.rule(commodity_id, "ADMIN_BUY", each) for each in wanted)
        return next((rule for rule in found if rule is not None), None)


def rule_book(place_code: str | None, on: date, commodity_ids: Iterable[int] | None = None) -> RuleBook:
    """The rules in force at a place on a day, in one query; all commodities unless some are named."""
    keys = region_keys(place_code)
    query = select(PriceRule).where(
        PriceRule.state == "in_force", PriceRule.region_key.in_(keys), _valid(PriceRule, on)
    )
    if commodity_ids is not None:
        query = query.where(PriceRule.commodity_id.in_(list(commodity_ids)))
    found = sorted(
        db.session.scalars(query), key=lambda r: (keys.index(r.region_key), -r.valid_from_on.toordinal())
    )
    rules: dict[tuple[int, str, str], PriceRule] = {}
    for rule in found:
        rules.setdefault((rule.commodity_id, rule.kind, rule.channel), rule)
    return RuleBook(rules)


def _valid(table: type[PriceRule] | type[Quota], on: date) -> ColumnElement[bool]:
    until = table.valid_until_on
    return (table.valid_from_on <= on) & (until.is_(None) | (until >= on))


def ceiling_rule(pack: Pack, place_code: str | None, on: date) -> PriceRule | None:
    """The HET that binds the good at the place on the day."""
    return rule_book(place_code, on, [pack.commodity_id]).rule(pack.commodity_id, "HET")


def ceiling_rp(pack: Pack, place_code: str | None, on: date) -> int | None:
    """HET per pack, rounded down; None where no HET binds."""
    return _per_pack(pack, ceiling_rule(pack, place_code, on))


def reference_rp(pack: Pack, place_code: str | None, on: date) -> int | None:
    """HAP per pack, rounded down: a price above it is warned about, not refused."""
    return _per_pack(pack, rule_book(place_code, on, [pack.commodity_id]).rule(pack.commodity_id, "HAP"))


def buy_price_rule(
    pack: Pack, place_code: str | None, on: date, channel: str | None = None
) -> PriceRule | None:
    """The fixed buying price; without a channel the one that applies to a cooperative."""
    return rule_book(place_code, on, [pack.commodity_id]).buying(pack.commodity_id, channel)


def buy_price_rp(pack: Pack, place_code: str | None, on: date, channel: str | None = None) -> int | None:
    """The fixed buying price per pack; None where nothing is fixed."""
    return _per_pack(pack, buy_price_rule(pack, place_code, on, channel))


def _per_pack(pack: Pack, rule: PriceRule | None) -> int | None:
    return None if rule is None else pack.of_rule_rp(rule.amount_rp)


def rules_of(commodity_id: int, region_keys: Iterable[str] | None = None) -> list[PriceRule]:
    """Every rule of a commodity that was ever in force, newest first; of some regions only if named."""
    query = select(PriceRule).where(PriceRule.commodity_id == commodity_id, PriceRule.state == "in_force")
    if region_keys is not None:
        query = query.where(PriceRule.region_key.in_(list(region_keys)))
    return list(db.session.scalars(query.order_by(PriceRule.valid_from_on.desc(), PriceRule.id.desc())))


def proposals(organization_id: int) -> list[tuple[Approval, PriceRule]]:
    """Price rules that wait for a second person of the office, oldest first."""
    waiting = approvals.pending(organization_id, ("price_rule",))
    query = select(PriceRule).where(PriceRule.id.in_([each.subject_id for each in waiting]))
    rules = {rule.id: rule for rule in db.session.scalars(query)}
    return [(each, rules[each.subject_id]) for each in waiting]


# --- quotas and observed prices ------------------------------------------------------------------


def quota(pack: Pack, on: date, kind: str = BINDING_QUOTA) -> Quota | None:
    """The newest quota row of a kind that is valid on the day."""
    query = select(Quota).where(
        Quota.commodity_id == pack.commodity_id, Quota.kind == kind, _valid(Quota, on)
    )
    return db.session.scalars(query.order_by(Quota.valid_from_on.desc()).limit(1)).first()


def quota_packs(pack: Pack, on: date, kind: str = BINDING_QUOTA) -> int | None:
    """The quota in whole packs per period; None where there is none."""
    found = quota(pack, on, kind)
    return None if found is None else found.amount_base // pack.size_base


def quotas_of(commodity_id: int, on: date) -> list[Quota]:
    """Every quota of a commodity on a day, binding or usual."""
    query = select(Quota).where(Quota.commodity_id == commodity_id, _valid(Quota, on))
    return list(db.session.scalars(query.order_by(Quota.kind)))


def market_prices(place_code: str | None, on: date, level: str = "retail") -> dict[int, PriceObservation]:
    """Commodity id -> the newest price seen by that day in the most exact region that has one."""
    keys = region_keys(place_code)
    query = select(PriceObservation).where(
        PriceObservation.level == level,
        PriceObservation.region_key.in_(keys),
        PriceObservation.observed_on <= on,
    )
    seen = sorted(
        db.session.scalars(query), key=lambda o: (keys.index(o.region_key), -o.observed_on.toordinal(), -o.id)
    )
    found: dict[int, PriceObservation] = {}
    for each in seen:
        found.setdefault(each.commodity_id, each)
    return found


def market_price_rp(pack: Pack, place_code: str | None, on: date) -> int | None:
    """The newest observed retail price per pack, to the nearest rupiah; None where nobody looked."""
    seen = market_prices(place_code, on).get(pack.commodity_id)
    if seen is None:
        return None
    return money.div_round(seen.amount_rp * pack.size_base, pack.commodity.rule_unit_base)


def observations_of(commodity_id: int, limit: int = 30) -> list[PriceObservation]:
    """The newest observed prices of a commodity."""
    query = select(PriceObservation).where(PriceObservation.commodity_id == commodity_id)
    newest = query.order_by(PriceObservation.observed_on.desc(), PriceObservation.id.desc())
    return list(db.session.scalars(newest.limit(limit)))


# --- home ----------------------------------------------------------------------------------------


def today(actor: Actor) -> Select[*tuple[Any, ...]] | None:
    """Price rules that wait for this person's approval."""
    if not actor.may(Permission.PRICE_RULE_APPROVE):
        return None
    fresh = clock.now() - timedelta(hours=approvals.LAPSES_AFTER_H)
    return (
        select(
            literal("price_rule_to_approve", String).label("kind"),
            Approval.id.label("subject_id"),
            Approval.proposed_at.label("since"),
            cast(Commodity.name, String).label("detail"),
            cast(PriceRule.amount_rp, BigInteger).label("amount"),
        )
        .join(PriceRule, PriceRule.id == Approval.subject_id)
        .join(Commodity, Commodity.id == PriceRule.commodity_id)
        .where(
            Approval.kind == "price_rule",
            Approval.state == "proposed",
            Approval.organization_id == actor.organization_id,
            Approval.proposed_by != actor.user_id,
            Approval.proposed_at > fresh,
        )
    )
