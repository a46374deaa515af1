"""What the simulation remembers. Times are whole seconds since 1970 (UTC), shown as Midtrans shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from market.core.clock import WIB

ENDS = frozenset({"deny", "cancel", "expire", "failure", "refund", "chargeback"})


def stamp(at: int) -> str:
    """`2026-11-22 19:05:00`, in Jakarta, without saying so."""
    return dt.datetime.fromtimestamp(at, WIB).strftime("%Y-%m-%d %H:%M:%S")


@dataclass
class Refund:
    key: str
    amount_rp: int
    reason: str
    number: int
    created_at: int
    confirm_at: int | None
    confirmed_at: int = 0


@dataclass
class Transaction:
    """One charge. `shown` goes into every answer, `first` (QR, links) into the charge's alone."""

    id: str
    merchant_id: str
    order_id: str
    payment_type: str
    gross_rp: int
    created_at: int
    expires_at: int
    status: str = "pending"
    fee_rp: int = 0
    settled_at: int = 0
    ended_at: int = 0
    shown: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    echo: dict[str, Any] = field(default_factory=dict)
    refunds: list[Refund] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    reverse_at: int = 0
    disputed_rp: int = 0
    denied_refunds: int = 0
    unfunded_refunds: int = 0
    silent: bool = False

    @property
    def refunded_rp(self) -> int:
        return sum(refund.amount_rp for refund in self.refunds)


@dataclass
class Notice:
    """One notice to one address: what it says was fixed when the thing happened."""

    id: int
    transaction_id: str
    url: str
    body: str
    created_at: int
    next_at: int | None
    attempts: list[tuple[int, int]] = field(default_factory=list)  # (when, answer's status; 0 = none)
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    held_for: str = ""

    @property
    def delivered(self) -> bool:
        return any(200 <= code < 300 for _at, code in self.attempts)


@dataclass
class PayoutRecord:
    reference_no: str
    merchant_id: str
    amount_rp: int
    bank: str
    account: str
    name: str
    notes: str
    created_at: int
    status: str = "queued"
    updated_at: int = 0
    next_at: int | None = None
    error: str = ""
    fails: bool = False


@dataclass
class Withdrawal:
    """Money that went to the merchant's bank; `fees` by order were taken with it."""

    number: str
    merchant_id: str
    at: int
    net_rp: int
    fees: dict[str, int]
