"""Who is simulated, and how strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from market.core.loopback import is_loopback
from market.payments.types import Secret

RETRY_MINUTES = (2, 10, 30, 90, 210)
RETRIES = {500: 1, 503: 4, 400: 2, 404: 2, 301: 0, 302: 0, 303: 0}
"""How often a notice is repeated, by the answer; anything else than 2xx: five times."""
IDEMPOTENCY_S = 300
MAX_BODY_BYTES = 16 * 1024


@dataclass(frozen=True)
class Merchant:
    """One simulated merchant account. The newest key stands first; `signs_with` picks another one."""

    merchant_id: str
    server_keys: tuple[Secret, ...]
    name: str = "KOPERASI DEMO"
    city: str = "SURABAYA"
    notification_url: str = ""
    payout_notification_url: str = ""
    maker_key: Secret = field(default_factory=lambda: Secret(""))
    approver_key: Secret = field(default_factory=lambda: Secret(""))
    merchant_key: Secret = field(default_factory=lambda: Secret(""))
    signs_with: int = 0

    def __post_init__(self) -> None:
        if not self.server_keys or not all(key.reveal().startswith("SB-") for key in self.server_keys):
            raise ValueError("the simulation takes sandbox keys alone: they begin with SB-")
        for url in (self.notification_url, self.payout_notification_url):
            if url and not is_loopback(url):
                raise ValueError("the simulation sends nothing away from this machine")

    @property
    def signing_key(self) -> Secret:
        return self.server_keys[self.signs_with]


@dataclass(frozen=True)
class Settings:
    """`error_http` "200" answers refusals as the real one does (HTTP 200), "same" with the body's code."""

    merchants: tuple[Merchant, ...]
    base_url: str = "http://127.0.0.1:8010"
    error_http: str = "200"
    expire_lag_s: int = 60
    pay_after_expiry: bool = False
    strict_order_ids: bool = False
    bank_confirm_s: int | None = 60
    payout_step_s: int | None = 30
    notice_scale: int = 1
    seed: int = 0
    control_token: Secret = field(default_factory=lambda: Secret(""))
    disabled: frozenset[str] = frozenset()
    fee_imposed: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not is_loopback(self.base_url):
            raise ValueError("the simulation lives on loopback alone")
        if self.error_http not in ("200", "same"):
            raise ValueError("error_http is 200 or same")
        if len({merchant.merchant_id for merchant in self.merchants}) != len(self.merchants):
            raise ValueError("two merchants share an id")
