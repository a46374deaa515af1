"""Reference data of `market.refdata` as rows; loading twice adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from market import refdata
from market.commodities.models import Commodity, Pack, PriceObservation, PriceRule, Quota
from market.core import clock, db


def load_reference() -> int:
    """Load commodities, packs, rules, quotas and observed prices of `market.refdata`; returns rows added.

    Loading twice adds nothing; what people have entered since is left alone.
    """
    ids, added = _load_commodities()
    for load in (_load_packs, _load_rules, _load_quotas, _load_observations):
        added += load(ids)
    return added


def _load_commodities() -> tuple[dict[str, int], int]:
    known = set(db.session.scalars(select(Commodity.code)))
    rows = [
        Commodity(
            code=row.code,
            name=row.name,
            family=row.group,
            handling=row.price_class,
            base_unit=row.base_unit,
            rule_unit=row.price_unit,
            rule_unit_base=row.price_unit_base,
            grade=row.grade,
            resale_allowed=row.resale_allowed,
            online_allowed=row.online_allowed,
            note=row.note,
        )
        for row in refdata.commodities()
        if row.code not in known
    ]
    db.session.add_all(rows)
    db.session.flush()
    pairs = db.session.execute(select(Commodity.code, Commodity.id))
    return {pair.code: pair.id for pair in pairs}, len(rows)


def _load_packs(ids: dict[str, int]) -> int:
    known = set(db.session.scalars(select(Pack.code)))
    with_bulk = {row.commodity for row in refdata.packs() if row.kind == "bulk"}
    rows = [
        {
            "commodity_id": ids[row.commodity],
            "code": row.code,
            "name": f"{refdata.commodity(row.commodity).name}, {row.label}",
            "label": row.label,
            "size_base": row.size_base,
            "gross_g": row.weight_g,
            # A good that comes in one pack only is bought together in that pack.
            "bulk": row.kind == "bulk" or row.commodity not in with_bulk,
            "retail": row.kind == "retail",
            "tolerance_g": row.tolerance_g,
        }
        for row in refdata.packs()
        if row.code not in known
    ]
    return _insert(Pack, rows)


def _load_rules(ids: dict[str, int]) -> int:
    rows = [
        {
            "commodity_id": ids[row.commodity],
            "kind": row.kind,
            "channel": row.channel_level,
            "region_key": row.region_key,
            "amount_rp": row.amount_rp,
            "valid_from_on": row.valid_from,
            "valid_until_on": row.valid_to,
            "legal_ref": row.legal_ref,
            "source_url": row.source_url,
            "confidence": row.confidence,
            "note": row.note,
            "state": "in_force",
            "state_at": clock.now(),
        }
        for row in refdata.price_rules()
    ]
    key = ("commodity_id", "kind", "channel", "region_key", "valid_from_on")
    return _insert_new(PriceRule, rows, key, PriceRule.state == "in_force")


def _load_quotas(ids: dict[str, int]) -> int:
    rows = [
        {
            "commodity_id": ids[row.commodity],
            "kind": row.kind,
            "scope": row.scope,
            "amount_base": row.amount_base,
            "period_days": row.period_days,
            "region_key": row.region_key,
            "valid_from_on": row.valid_from,
            "valid_until_on": row.valid_to,
            "legal_ref": row.legal_ref,
            "source_url": row.source_url,
            "confidence": row.confidence,
            "note": row.note,
        }
        for row in refdata.quotas()
    ]
    return _insert_new(Quota, rows, ("commodity_id", "kind", "region_key", "valid_from_on"))


def _load_observations(ids: dict[str, int]) -> int:
    rows = [
        {
            "commodity_id": ids[row.commodity],
            "region_key": row.region_key,
            "level": row.level,
            "amount_rp": row.amount_rp,
            "observed_on": row.observed_on,
            "source": row.source,
            "source_url": row.source_url,
            "confidence": row.confidence,
            "note": row.note,
        }
        for row in refdata.market_prices()
    ]
    return _insert_new(
        PriceObservation, rows, ("commodity_id", "region_key", "level", "observed_on", "source")
    )


def _insert_new(table: Any, rows: list[dict[str, Any]], key: Sequence[str], *where: Any) -> int:
    columns = [getattr(table, name) for name in key]
    known = {tuple(row) for row in db.session.execute(select(*columns).where(*where))}
    return _insert(table, [row for row in rows if tuple(row[name] for name in key) not in known])


def _insert(table: Any, rows: list[dict[str, Any]]) -> int:
    if rows:
        db.session.execute(insert(table), rows)
    return len(rows)
