"""Which door leads to which provider: an account's row becomes a gateway, its keys opened for that moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from market.core import crypto
from market.payments.gateway import PaymentGateway, PayoutGateway
from market.payments.models import MerchantAccount
from market.payments.types import Account, Provider, Secret

TABLE, COLUMN = "merchant_account", "keys"
LISTS, SINGLES = (
    ("server_keys", "webhook_keys"),
    ("payout_maker_key", "payout_approver_key", "payout_merchant_key"),
)

Opener = Callable[[Account], PaymentGateway]
Payer = Callable[[Account], PayoutGateway]
_openers: dict[Provider, Opener] = {}
_payers: dict[Provider, Payer] = {}
_notices_url = ""
_production = False


def configure(
    openers: dict[Provider, Opener],
    notices_url: str = "",
    *,
    payers: dict[Provider, Payer] | None = None,
    production: bool = False,
) -> None:
    """How this process opens each provider (set once by the application, by a test for its own).

    `notices_url`: where a provider reaches this site, to tell each charge where its notices go; `payers`
    open the providers' payouts.
    """
    global _openers, _payers, _notices_url, _production
    _openers, _payers, _notices_url, _production = openers, payers or {}, notices_url, production


def seal_keys(token: str, **keys: str | list[str]) -> str:
    """The keys of an account as they are stored. `token` is the row's; ValueError for an unknown name."""
    unknown = set(keys) - {*LISTS, *SINGLES}
    if unknown:
        raise ValueError(f"no such key: {', '.join(sorted(unknown))}")
    return crypto.seal(json.dumps(keys, sort_keys=True), table=TABLE, column=COLUMN, row=token)


def account_of(row: MerchantAccount) -> Account:
    """The account with its keys. Raises crypto.Unreadable when the row was altered or its key is gone."""
    keys = json.loads(crypto.unseal(row.keys, table=TABLE, column=COLUMN, row=row.token))
    opened: dict[str, Any] = {name: tuple(map(Secret, keys.get(name, ()))) for name in LISTS}
    opened |= {name: Secret(keys.get(name, "")) for name in SINGLES}
    return Account(
        Provider(row.provider),
        row.merchant_id,
        production=row.production,
        notification_url=f"{_notices_url}/bayar/kabar/{row.token}" if _notices_url else "",
        **opened,
    )


def gateway_of(row: MerchantAccount, siblings: Sequence[MerchantAccount] = ()) -> PaymentGateway:
    """The gateway of this account. `siblings` are all rows of the same merchant account, newest first: after
    a change of keys the new one opens what was begun with the old one.

    Raises LookupError for a provider that is not installed here, and for a trial account in production.
    """
    opener = _openers.get(Provider(row.provider))
    if opener is None or (_production and not row.production):
        raise LookupError(f"no door to {row.provider}")
    rows = [account_of(each) for each in siblings] or [account_of(row)]
    return opener(
        replace(
            account_of(row),
            server_keys=tuple(dict.fromkeys(key for each in rows for key in each.server_keys)),
            webhook_keys=tuple(dict.fromkeys(key for each in rows for key in each.webhook_keys)),
        )
    )


def payouts_of(row: MerchantAccount, siblings: Sequence[MerchantAccount] = ()) -> PayoutGateway:
    """The payouts of this account, with the newest keys for them that any of its rows has.

    Raises LookupError where none are installed or no keys were entered, ValueError for keys that do not fit.
    """
    payer = _payers.get(Provider(row.provider))
    rows = [account_of(each) for each in siblings] or [account_of(row)]
    keyed = [each for each in rows if each.payout_maker_key and each.payout_approver_key]
    if payer is None or not keyed or (_production and not row.production):
        raise LookupError(f"no payouts at {row.provider}")
    return payer(keyed[0])


def trial_allowed() -> bool:
    """Whether an account of the provider's trial surroundings may be used here."""
    return not _production
