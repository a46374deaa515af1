"""The provider's lines, kept once each, wherever they were read: what a question answered or a file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from market.core import clock, db
from market.payments.models_reconciliation import ProviderMove
from market.payments.types import BalanceMove

WORDS = {
    "settlement": "payment",
    "partial_refund": "refund",
    "deny": "reversal",
    "payout": "withdrawal",
    "partial_chargeback": "chargeback",
    "chargeback_reversal": "chargeback",
}
"""Other words for the kinds of lines."""


@dataclass(frozen=True)
class Line:
    """One line of the provider's books before it is kept; rupiah as its balance moved."""

    kind: str
    reference: str
    amount_rp: int
    at: datetime
    method: str = ""


def lines_of(moves: Iterable[BalanceMove]) -> list[Line]:
    """What a provider's answer lists, in our kinds; a kind that nobody knows is "other"."""
    return [Line(_kind(each.kind), each.reference[:80], each.amount_rp, each.at) for each in moves]


def _kind(word: str) -> str:
    plain = word.strip().lower()
    plain = WORDS.get(plain, plain)
    return plain if plain in ProviderMove.KINDS else "other"


def keyed(lines: Iterable[Line]) -> dict[str, Line]:
    """Each line under the name of its fact, the same wherever it is read.

    A payment and its reversal happen once in an order's life; what may happen again is numbered by the day.
    """
    seen: Counter[str] = Counter()
    found = {}
    for line in lines:
        name = f"{line.kind}:{line.reference}"
        once = line.kind in ("payment", "reversal") or (line.kind == "withdrawal" and line.reference)
        if line.kind != "fee" and not once:
            name += f":{line.amount_rp}:{clock.wib(line.at).date()}"
        seen[name] += 1
        key = name if seen[name] == 1 else f"{name}:{seen[name]}"
        if line.amount_rp and not (once and key != name):
            found[key[:140]] = line
    return found


def keep(
    account_id: int,
    organization_id: int,
    lines: Iterable[Line],
    *,
    file_id: int | None = None,
    methods: Mapping[str, str] | None = None,
    listed: bool = False,
) -> int:
    """Write the lines that are not there yet; returns how many were new.

    `methods`: how orders were paid, by order id; `listed`: the provider's own answer names these lines.
    """
    rows = [
        {
            "organization_id": organization_id,
            "account_id": account_id,
            "file_id": file_id,
            "key": key,
            "kind": line.kind,
            "reference": line.reference,
            "method": line.method or (methods or {}).get(line.reference, ""),
            "listed": listed,
            "amount_rp": line.amount_rp,
            "at": line.at,
        }
        for key, line in keyed(lines).items()
    ]
    kept = 0
    for row in rows:
        insert = db.insert_ignore(ProviderMove.__table__).values(row).returning(ProviderMove.id)
        kept += db.session.scalar(insert) is not None
    if listed and kept < len(rows):
        named = (ProviderMove.account_id == account_id, ProviderMove.listed.is_(False))
        keys = ProviderMove.key.in_([row["key"] for row in rows])
        db.rows_changed(update(ProviderMove).where(*named, keys).values(listed=True))
    return kept
