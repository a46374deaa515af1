"""Which account speaks to which provider, where: adapters are loaded when they are first wanted."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import cast

from market.payments.gateway import PaymentGateway, PayoutGateway
from market.payments.types import Account, Provider

ADAPTERS = {
    Provider.MIDTRANS: ("market.payments.midtrans", "MidtransGateway"),
    Provider.STRIPE: ("market.payments.stripe", "StripeGateway"),
}
PAYOUTS = {Provider.MIDTRANS: ("market.payments.iris", "IrisPayouts")}


@dataclass(frozen=True)
class Addresses:
    """Where the providers are, when not at their own public addresses: a simulation or a stub."""

    midtrans: str = ""
    stripe: str = ""

    def of(self, provider: Provider) -> str:
        return {Provider.MIDTRANS: self.midtrans, Provider.STRIPE: self.stripe}[provider]


def openers(addresses: Addresses) -> dict[Provider, Callable[[Account], PaymentGateway]]:
    """For each provider, what turns an account into its gateway."""
    return {
        provider: lambda account, provider=provider: gateway_for(account, addresses)  # type: ignore[misc]
        for provider in ADAPTERS
    }


def payers(addresses: Addresses) -> dict[Provider, Callable[[Account], PayoutGateway]]:
    """For each provider that pays out here, what turns an account into its payouts."""
    return {
        provider: lambda account, provider=provider: payouts_for(account, addresses)  # type: ignore[misc]
        for provider in PAYOUTS
    }


def gateway_for(account: Account, addresses: Addresses | None = None) -> PaymentGateway:
    """The gateway of an account."""
    adapter = _load(*ADAPTERS[account.provider])
    made = adapter(account, base_url=(addresses or Addresses()).of(account.provider))
    return cast(PaymentGateway, made)


def payouts_for(account: Account, addresses: Addresses | None = None) -> PayoutGateway:
    """The payouts of an account. Raises LookupError where the provider has none for Indonesia."""
    if account.provider not in PAYOUTS:
        raise LookupError(f"{account.provider} pays nobody out here")
    adapter = _load(*PAYOUTS[account.provider])
    made = adapter(account, base_url=(addresses or Addresses()).of(account.provider))
    return cast(PayoutGateway, made)


@cache
def _load(module: str, name: str) -> Callable[..., object]:
    """By name: who pays through one provider does not wait for the other one's package to load."""
    return cast(Callable[..., object], getattr(importlib.import_module(module), name))
