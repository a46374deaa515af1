"""The end of each chain: made with the chart, held by whoever writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, select

from market.core import db
from market.core.i18n import DEFAULT, use_locale
from market.ledger.chart import DEFAULT_CHART, MEMBER_SHARES
from market.ledger.models import GENESIS, LedgerAccount, LedgerHead

MemberShares = Literal["equity", "liability"]


@dataclass(frozen=True)
class HeldHead:
    """The end of the chain, locked until the transaction ends."""

    organization_id: int
    seq: int
    hash: str
    recorded_at: datetime | None


def hold_head(organization_id: int) -> HeldHead:
    """Hold the end of the organization's chain until the transaction ends; opens books that are not.

    A second writer waits here for the first, so entries follow each other without a gap.
    """
    found = _locked(organization_id)
    if found is None:
        seed(organization_id)
        found = _locked(organization_id)
    assert found is not None
    return found


_HEAD = (
    select(LedgerHead.seq, LedgerHead.hash, LedgerHead.recorded_at)
    .where(LedgerHead.organization_id == bindparam("organization"))
    .with_for_update()
)


def _locked(organization_id: int) -> HeldHead | None:
    found = db.session.execute(_HEAD, {"organization": organization_id}).one_or_none()
    return None if found is None else HeldHead(organization_id, *found)


def seed(organization_id: int, member_shares: MemberShares = "equity") -> None:
    """Chart and head without asking who: the first entry of an organization opens its books."""
    with use_locale(DEFAULT):
        rows = [
            {
                "organization_id": organization_id,
                "code": each.code,
                "name": str(each.name),
                "kind": member_shares if each.code in MEMBER_SHARES else each.kind,
                "side": each.side,
                "non_negative": each.non_negative,
                "balance_rp": 0,
            }
            for each in DEFAULT_CHART
        ]
    db.session.execute(db.insert_ignore(LedgerAccount.__table__), rows)
    head = {"organization_id": organization_id, "seq": 0, "hash": GENESIS, "recorded_at": None}
    db.session.execute(db.insert_ignore(LedgerHead.__table__), head)
